"""The rules engine: each check on both sides of its line, words with their negation, and the labelled texts."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from time import thread_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.codes import PayUnit, Settlement, Trade
from kiosk.domain.listing import Listing
from kiosk.domain.privacy import Phone
from kiosk.domain.review import Severity, check, cleared, hazardous, median_pay, missing
from kiosk.domain.review_text import TextRule, clause, fold, scan
from kiosk.services.rules import say
from tests.corpus import TODAY, book, texts
from tests.station import a_listing

BOOK = book()
TEXTS = texts()
FEES = ("押金", "保证金", "报名费", "服装费", "体检费", "培训费", "资料费", "办证费", "保密费", "稳定金", "中介费", "介绍费")


def _found(**changes: Any) -> dict[str, Severity]:
    return {f.rule: f.severity for f in check(a_listing(**changes), BOOK, [], TODAY)}


def _with(field: str, text: str) -> Listing:
    changes: dict[str, Any] = {"description": "", field: text}
    return a_listing(**changes)


def test_check_when_honest_finds_nothing() -> None:
    assert check(a_listing(), BOOK, [], TODAY) == ()


@pytest.mark.parametrize(
    ("rule", "severity", "bad", "good"),
    [
        ("missing", "block", {"requirements": " "}, {"requirements": "不限"}),
        ("missing", "block", {"title": "。。"}, {"title": "搬"}),
        ("missing", "block", {"day_start_min": None}, {"day_start_min": 0}),
        ("missing", "block", {"contact_phone": Phone("")}, {"contact_phone": Phone("19900001234")}),
        ("contact_phone", "block", {"contact_phone": Phone("1990000123")}, {"contact_phone": Phone("07120000101")}),
        ("pay_zero", "block", {"pay_fen": 0}, {"pay_fen": 26000}),
        ("pay_zero", "block", {"pay_fen": -100}, {"pay_fen": 26000}),
        ("pay_absurd", "block", {"pay_fen": 9_999_900}, {"pay_fen": 300_000}),
        ("pay_absurd", "block", {"pay_max_fen": 300_001}, {"pay_max_fen": 300_000}),
        ("pay_range", "block", {"pay_max_fen": 25999}, {"pay_max_fen": 26000}),
        ("headcount", "block", {"headcount": 0}, {"headcount": 1}),
        ("headcount", "block", {"headcount": 501}, {"headcount": 500}),
        ("ends_before_start", "block", {"ends_on": date(2026, 11, 23)}, {"ends_on": date(2026, 11, 24)}),
        (
            "ended",
            "block",
            {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 22)},
            {"starts_on": date(2026, 11, 1), "ends_on": TODAY},
        ),
        ("hours_odd", "block", {"break_min": 600}, {"break_min": 599}),
        ("long_day", "hold", {"day_end_min": 1141}, {"day_end_min": 1140}),
        ("wage_low", "hold", {"pay_fen": 17999}, {"pay_fen": 18000}),
        ("wage_middle", "warn", {"pay_fen": 19349}, {"pay_fen": 19350}),
        ("long_day", "hold", {"description": "早上五点干到晚上八点，吃饭一个小时"}, {"description": "早上八点干到晚上八点，吃饭一个小时"}),
        ("long_day", "hold", {"requirements": "一天十二个小时"}, {"requirements": "一天十一个小时"}),
        ("long_day", "hold", {"description": "上班7:00-22:00"}, {"description": "营业7:00-22:00，分两班"}),
        ("wage_low", "hold", {"pay_method": "每小时19元"}, {"pay_method": "每小时20元"}),
        ("wage_low", "hold", {"description": "十五块一个小时"}, {"description": "加班另加十五块一个小时"}),
        ("wage_low", "hold", {"description": "全职，月薪1900"}, {"description": "全职，月薪1970元"}),
        ("wage_middle", "warn", {"description": "时薪21"}, {"description": "时薪22"}),
        (
            "part_time_week",
            "warn",
            {"day_end_min": 720, "ends_on": date(2026, 11, 30)},
            {"day_end_min": 720, "ends_on": date(2026, 11, 29)},
        ),
        (
            "employer_unverified",
            "warn",
            {"employer_verified_on": date(2026, 5, 22)},
            {"employer_verified_on": date(2026, 5, 24)},
        ),
        (
            "part_time_settlement",
            "warn",
            {"day_end_min": 720, "settlement": Settlement.MONTHLY},
            {"day_end_min": 720, "settlement": Settlement.WEEKLY},
        ),
    ],
)
def test_check_when_a_field_crosses_the_line_finds_its_rule(rule: str, severity: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    assert _found(**bad).get(rule) == severity
    assert rule not in _found(**good)


def test_check_when_pay_is_below_the_lowest_tier_says_it_once() -> None:
    assert "wage_middle" not in _found(pay_fen=17999)


@pytest.mark.parametrize("unit", [PayUnit.PIECE, PayUnit.TRIP])
def test_check_when_no_hourly_figure_follows_leaves_the_wage_alone(unit: PayUnit) -> None:
    assert not {"wage_low", "wage_middle"} & _found(pay_unit=unit, pay_fen=35).keys()


def test_check_when_pay_is_over_three_medians_holds_it() -> None:
    usual = [(Trade.LOADING, 20000 + n) for n in range(5)]
    medians = median_pay(usual)
    assert medians == {Trade.LOADING: 20000}
    assert median_pay(usual[:4]) == {}

    def rules(pay: int) -> set[str]:
        return {f.rule for f in check(a_listing(pay_fen=pay), BOOK, [], TODAY, medians)}

    assert "pay_far_above" in rules(60001)
    assert "pay_far_above" not in rules(60000)


def test_check_when_phone_or_text_stands_elsewhere_shows_possible_duplicates() -> None:
    mine = a_listing(description="卸两车瓷砖，一箱三十公斤，用板车推到店里，当天干完当天给钱，中午管一餐盒饭。")
    same_phone = a_listing(id="other", title="卸货", description="别的活")
    near_text = a_listing(id="third", contact_phone=Phone("19900009999"), description=mine.description.replace("盒饭", "午饭"))
    other = a_listing(id="fourth", contact_phone=Phone("19900008888"), description="到田里拔萝卜，装筐抬上车，一天两百，管午饭和水。")
    found = {f.rule: f for f in check(mine, BOOK, [mine, same_phone, near_text, other], TODAY)}
    assert found["same_phone"].values["ids"] == ("other",)
    assert found["same_text"].values["ids"] == ("third",)
    assert {f.severity for f in found.values()} == {Severity.WARN}
    gone = [replace(o, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 2)) for o in (same_phone, near_text)]
    assert check(mine, BOOK, gone, TODAY) == ()
    assert {f.rule for f in check(mine, BOOK, [near_text.public()], TODAY)} == {"same_text"}


def test_check_when_many_rules_bite_puts_the_heaviest_first() -> None:
    found = check(a_listing(description="限男性，押金200", requirements="50岁以下", headcount=0), BOOK, [], TODAY)
    assert [f.severity for f in found] == sorted((f.severity for f in found), key=list(Severity).index)
    assert {f.rule for f in found} == {"headcount", "sex", "fee", "age_cap"}


@pytest.mark.parametrize("field", ["title", "requirements", "description", "place", "transport", "pay_method"])
def test_check_when_a_bad_word_stands_in_any_text_finds_it_there(field: str) -> None:
    (finding,) = [f for f in check(_with(field, "来了先交押金，再上车"), BOOK, [], TODAY) if f.rule == "fee"]
    assert finding.field == field
    assert finding.spans
    assert "押金" in say(finding.say)
    assert finding.source == "就业促进法第 41 条，劳动合同法第 9 条"


@pytest.mark.parametrize("fee", FEES)
def test_check_when_a_fee_is_denied_passes_and_when_taken_holds(fee: str) -> None:
    for honest in (f"不收{fee}", f"无需{fee}，来了就干", f"免{fee}", f"{fee}：无", f"{fee}由公司承担", f"不收取任何{fee}和别的钱"):
        assert "fee" not in _found(description=honest), honest
    for dishonest in (f"{fee}200元", f"入职交{fee}", f"不交{fee}不能上岗", f"不限学历，{fee}自理", f"{fee}　自理"):
        assert _found(description=dishonest).get("fee") == "hold", dishonest


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("活不重，收 押 金 三百", "押 金"),
        ("身 份 证 押 在 厂 里", "身 份 证 押"),
        ("活好，交押\u200b金", "交押\u200b金"),
        ("　ＷＷＷ．ａ．ｃｎ　", "ＷＷＷ．ａ．ｃｎ"),
    ],
)
def test_check_when_letters_are_pulled_apart_or_wide_marks_the_words_as_written(text: str, marked: str) -> None:
    (finding,) = check(a_listing(description=text), BOOK, [], TODAY)
    assert [text[a:b] for a, b in finding.spans] in ([marked], [marked.removeprefix("交")])


def test_fold_when_words_are_set_apart_by_blanks_keeps_them_apart() -> None:
    assert fold("无押金 日结 3 人").text == "无押金 日结 3 人"
    assert fold("保 证 金、押.金").text == "保证金、押金"


@pytest.mark.parametrize(
    ("text", "rule", "marked"),
    [
        ("服装押斤200，走时退", "fee", "押斤"),
        ("無押金，收報銘費五十", "fee", "報銘費"),
        ("交💰押💰金💰", "fee", "押💰金"),
        ("押\n金\n三\n百", "fee", "押\n金"),
        ("加薇❤聊", "link", "加薇❤"),
        ("☎️1️⃣9️⃣9️⃣0️⃣0️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣", "phone_in_text", "1️⃣9️⃣9️⃣0️⃣0️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4"),
        ("么三九零零零零一二三四", "phone_in_text", "么三九零零零零一二三四"),
        ("要身亻分证押在店里", "papers", "身亻分证"),
    ],
)
def test_check_when_words_are_written_otherwise_marks_them_as_written(text: str, rule: str, marked: str) -> None:
    (finding,) = [f for f in check(a_listing(description=text), BOOK, [], TODAY) if f.rule == rule]
    assert any(marked in text[a:b] for a, b in finding.spans), [text[a:b] for a, b in finding.spans]


@pytest.mark.parametrize(
    "text", ["❌押金 ❌中介费", "不收押金，服装费，体检费", "押金、服装费、体检费一律不收", "🈚押金", "①不收押金②管饭"]
)
def test_check_when_a_denial_goes_on_over_a_list_passes_all_of_it(text: str) -> None:
    assert check(a_listing(description=text), BOOK, [], TODAY) == ()


def test_check_when_one_demand_follows_a_denial_still_finds_it() -> None:
    assert "fraud" in _found(description="没钱交学费不要紧，帮你办分期贷款")
    assert "fee" in _found(description="不收中介费，押金两百")
    assert "fee" in _found(description="押金不多，就两百")


def test_check_when_a_listing_warns_of_bad_ones_passes_and_its_own_demand_does_not() -> None:
    assert check(a_listing(description="凡收押金、扣身份证的都是骗子，请打 12333 举报。"), BOOK, [], TODAY) == ()
    assert "fee" in _found(description="押金200，凡另外收费的请举报。")


def test_cleared_when_words_are_denied_marks_the_whole_denial() -> None:
    text = "流水线包装，每人150元工装费入职时交清。吃住免费，不收押金。"
    listing = a_listing(description=text)
    assert [text[slice(*c.span)] for c in cleared(listing, BOOK)] == ["不收押金"]
    (finding,) = check(listing, BOOK, [], TODAY)
    assert finding.values["quote"] == "每人150元工装费入职时交清"


def test_rules_when_any_bites_have_words_for_title_finding_and_mending() -> None:
    seen = set()
    for listing in _bad_listings():
        for finding in check(listing, BOOK, [a_listing(id="twin")], TODAY, {Trade.LOADING: 1000}):
            for sentence in (finding.title, finding.say, finding.mend):
                assert "{" not in say(sentence)
            assert re.search("第 .+ 条|本站规定|最低工资标准", finding.source)
            seen.add(finding.rule)
    wanted = {r.name for r in BOOK.words} | {r.name for r in BOOK.fields}
    assert seen >= wanted - {"same_text"}


def _bad_listings() -> list[Listing]:
    times, texts = Counter[str](), []
    for e in TEXTS:
        if any(times[rule] < 3 for rule in e["rules"]):
            times.update(e["rules"])
            texts.append(e["text"])
    listings = [a_listing(description=text) for text in texts]
    listings += [a_listing(pay_method=text, description="") for text in texts]
    listings += [a_listing(**changes) for changes in ({"requirements": ""}, {"contact_phone": Phone("12")}, {"pay_fen": 0})]
    listings += [a_listing(pay_fen=fen) for fen in (9_999_900, 17999, 19349)]
    listings += [a_listing(pay_max_fen=1, headcount=0, ends_on=date(2026, 1, 1)), a_listing(break_min=900)]
    listings += [a_listing(day_end_min=720, ends_on=date(2026, 12, 24)), a_listing(employer_verified_on=date(2026, 1, 1))]
    return [*listings, a_listing(day_end_min=1400), a_listing(day_end_min=600, settlement=Settlement.MONTHLY)]


def test_missing_when_fields_are_empty_gives_the_first_of_the_form() -> None:
    listing = a_listing()
    draft: dict[str, object] = {name: getattr(listing, name) for name in listing.__dataclass_fields__}
    order = next(r.numbers.fields for r in BOOK.fields if r.name == "missing")
    assert missing(draft, BOOK) is None
    assert missing({}, BOOK) == order[0]
    for name in reversed(order):
        draft[name] = None
        assert missing(draft, BOOK) == name
    assert set(order) <= set(listing.__dataclass_fields__)


@given(st.text(max_size=80))
def test_fold_when_given_anything_keeps_positions_in_order_and_in_bounds(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)
    assert all(0 <= i < len(text) for i in folded.origin)


@given(
    st.lists(
        st.sampled_from(
            [*FEES, "不收", "无", "，", "。", " ", "交", "200元", "限男", "男女不限", "刷单", "身份证", "押", "不", "扣", "\n", "😀", "Ａ"]
        )
    )
)
def test_scan_when_given_anything_marks_sorted_spans_inside_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    for rule in BOOK.words:
        bites, passed = scan(rule.text, fold(text))
        for spans in (bites, passed):
            assert all(0 <= a < b <= len(text) for a, b in spans)
            assert all(first[1] < second[0] for first, second in pairwise(spans))
        for span in bites:
            assert clause(text, span) in text


HARD = (
    "招人干活，押金，",
    "押 金 三百",
    "一",
    "1",
    "男女",
    "凡任何人谁",
    "不不不",
    "身份证",
    "早6点到晚",
    "1 3 9 0 ",
    "押-金*",
    "把钱转给我",
)


@pytest.mark.parametrize("seed", HARD)
def test_check_when_a_text_is_four_times_as_long_takes_about_four_times_as_long(seed: str) -> None:
    def seconds(length: int) -> float:
        listing = a_listing(description=(seed * length)[:length])
        began = thread_time()
        check(listing, BOOK, [], TODAY)
        return thread_time() - began

    limit = 9 * min(seconds(3000) for _ in range(2)) + 0.1
    assert any(seconds(12000) < limit for _ in range(3)), "worse than linear: some pattern goes back and forth"


@given(st.text(alphabet="不无收交押金费身份证男女岁1230十点到小时元，。 \n薇v信💰", min_size=200, max_size=800))
@settings(max_examples=40, deadline=None)
def test_check_when_given_long_nonsense_stays_quick_and_marks_inside_the_text(text: str) -> None:
    for finding in check(a_listing(description=text), BOOK, [], TODAY):
        assert all(0 <= a < b <= len(text) for a, b in finding.spans)


def test_scan_when_denied_in_another_clause_still_bites() -> None:
    rule = TextRule(name="x", pattern=re.compile("押金"), denied_before=re.compile("不收[^,。]*$"))
    assert scan(rule, fold("不收押金")) == ([], [(0, 4)])
    assert scan(rule, fold("不收水电，押金照交")) == ([(5, 7)], [])


@pytest.mark.parametrize(
    ("text", "trade", "danger"),
    [
        ("高空刷外墙", Trade.OTHER, True),
        ("给果树打药", Trade.FARMING, True),
        ("除草，不打药", Trade.FARMING, False),
        ("搬矿泉水，有高温补贴", Trade.LOADING, False),
        ("门店帮忙", Trade.WELDER, True),
        ("摘冬枣", Trade.FARMING, False),
    ],
)
def test_hazardous_when_trade_or_words_say_so_minds_context(text: str, trade: Trade, danger: bool) -> None:
    assert hazardous(a_listing(description=text, trade=trade), BOOK.hazard) is danger
