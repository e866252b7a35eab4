"""Reading pasted chat text: the labelled corpus, how pay is written, what is no ad, and that no text at all makes it stumble."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.ad_jobs import trade_of
from kiosk.domain.ad_numbers import number
from kiosk.domain.ad_text import parse_ads, plain
from kiosk.domain.codes import Meals, PayUnit, Settlement, Trade

TEXTS = tomllib.loads((Path(__file__).parent.parent / "data" / "chat_ads.toml").read_text("utf-8"))["text"]
FIELDS = ("title", "headcount", "place", "pay_min", "pay_max", "pay_unit", "settlement", "meals", "phone")


def wanted(label: dict[str, Any]) -> dict[str, Any]:
    pay = str(label.get("pay", ""))
    low, dash, high = pay.partition("-")
    ends = [float(low) if low else None, float(high) if high else None] if dash else [float(pay) if pay else None] * 2
    return {
        "pay_min": ends[0],
        "pay_max": ends[1],
        "pay_unit": label.get("unit"),
        **{name: label.get(name) for name in ("title", "headcount", "place", "settlement", "meals", "phone")},
    }


def fits(got: object, want: object, name: str) -> bool:
    return got in str(want).split("|") if name in ("title", "place") and want is not None else got == want


def one(text: str) -> dict[str, Any]:
    (ad,) = parse_ads(text)
    return plain(ad)


def test_chat_when_labelled_gives_these_ads_and_no_others() -> None:
    wrong = [t["text"] for t in TEXTS if len(parse_ads(t["text"])) != len(t["ads"])]
    assert wrong == []
    assert sum(len(t["ads"]) for t in TEXTS) >= 120


@pytest.mark.parametrize("name", FIELDS)
def test_chat_when_labelled_gives_each_field_in_at_least_98_of_100(name: str) -> None:
    missed = []
    for text in TEXTS:
        for ad, label in zip(parse_ads(text["text"]), text["ads"], strict=True):
            got, want = plain(ad)[name], wanted(label)[name]
            if not fits(got, want, name):
                missed.append((text["text"][:40], got, want))
    assert len(missed) <= 0.02 * sum(len(t["ads"]) for t in TEXTS), missed


@pytest.mark.parametrize(
    ("words", "pay"),
    [
        ("260/天", (260, 260, "day")),
        ("一天260", (260, 260, "day")),
        ("260元一天", (260, 260, "day")),
        ("日薪260-280", (260, 280, "day")),
        ("200多一天", (200, None, "day")),
        ("260一天起", (260, None, "day")),
        ("最高300一天", (None, 300, "day")),
        ("三百一天", (300, 300, "day")),
        ("两百六", (260, 260, None)),
        ("25块/小时", (25, 25, "hour")),
        ("25一小时", (25, 25, "hour")),
        ("4500-5500/月", (4500, 5500, "month")),
        ("月薪4.5k-5.5k", (4500, 5500, "month")),
        ("5千到6千", (5000, 6000, None)),
        ("1.5元/件", (1.5, 1.5, "piece")),
        ("计件 3毛一个", (0.3, 0.3, "piece")),
        ("1毛二一个", (0.12, 0.12, "piece")),
        ("80/趟", (80, 80, "trip")),
        ("包干3000", (3000, 3000, "whole")),
        ("260元/人/天", (260, 260, "day")),
        ("男180女150", (150, 180, None)),
        ("工资260 日结", (260, 260, "day")),
        ("面议", (None, None, None)),
        ("押金200，一天260", (260, 260, "day")),
        ("260/天 餐补20元/天", (260, 260, "day")),
        ("加班费25/小时，每天260", (260, 260, "day")),
    ],
)
def test_pay_when_written_this_way_among_other_figures_is_read(words: str, pay: tuple[object, ...]) -> None:
    ad = one(f"招搬运工3人，{words}，11月24号7点到5点半，18-60岁，搬50斤的货上6楼，电话 199 0000 1234")
    assert (ad["pay_min"], ad["pay_max"], ad["pay_unit"]) == pay
    assert (ad["headcount"], ad["phone"], ad["title"]) == (3, "19900001234", "搬运工")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("招搬运工两人", 2),
        ("招三五个搬运工", 5),
        ("要2-3人搬运工", 3),
        ("招10来个搬运工", 10),
        ("招搬运工若干", None),
        ("招一名搬运工", 1),
        ("招男女搬运工各3人", 6),
        ("招搬运工，男3女2", 5),
        ("招搬运工二十多个", 20),
        ("搬运工×4", 4),
    ],
)
def test_headcount_when_written_this_way_is_the_larger_end(words: str, count: int | None) -> None:
    ad = one(f"{words} 260/天 电话19900001234")
    assert ad["headcount"] == count
    assert ad["pay_min"] == 260


@pytest.mark.parametrize(
    ("words", "meals"),
    [
        ("管饭", Meals.ONE),
        ("包吃", Meals.THREE),
        ("管中饭", Meals.ONE),
        ("管两餐", Meals.TWO),
        ("包吃住", Meals.THREE),
        ("包三餐", Meals.THREE),
        ("不管饭", Meals.NONE),
        ("自带饭", Meals.NONE),
        ("饭自理", Meals.NONE),
        ("", None),
    ],
)
def test_meals_when_said_or_not_said_are_told_apart(words: str, meals: Meals | None) -> None:
    assert parse_ads(f"招小工3人 220/天 {words} 电话19900001234")[0].meals is meals


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("日结", Settlement.DAILY),
        ("当天结", Settlement.DAILY),
        ("现结", Settlement.DAILY),
        ("一天一结", Settlement.DAILY),
        ("周结", Settlement.WEEKLY),
        ("月底结", Settlement.MONTHLY),
        ("每月15号发工资", Settlement.MONTHLY),
        ("干完结", Settlement.DONE),
        ("完工结", Settlement.DONE),
        ("干完当天结", Settlement.DAILY),
        ("", None),
    ],
)
def test_settlement_when_said_is_one_of_four(words: str, when: Settlement | None) -> None:
    assert parse_ads(f"招小工3人 220/天 {words} 电话19900001234")[0].settlement is when


@pytest.mark.parametrize(
    "words",
    ["199 0000 1234", "199-0000-1234", "１９９００００１２３４", "+86 19900001234", "19900001234或19900005678", "一九九零零零零一二三四"],
)
def test_phone_when_written_this_way_is_digits_and_the_first(words: str) -> None:
    assert one(f"招小工3人 220/天 电话{words}")["phone"] == "19900001234"


@pytest.mark.parametrize("words", ["0712-4321234", "(0712)4321234", "0712 432 1234", "07124321234"])
def test_landline_when_written_this_way_is_digits(words: str) -> None:
    assert one(f"招小工3人 220/天 电话{words}")["phone"] == "07124321234"


@pytest.mark.parametrize(
    "text",
    ["收到", "[强][强]", "早上好", "有没有活干", "还招人吗", "昨天搬砖300一天累死了", "小工已招满，谢谢", "到武汉顺风车差2人40一位", ""],
)
def test_chat_when_nobody_offers_work_gives_nothing(text: str) -> None:
    assert parse_ads(text) == ()


@pytest.mark.parametrize("parting", ["\n", "\n\n", "\n---\n", "；", " ", "\n🔥", ""])
def test_ads_when_parted_in_any_way_share_the_phone_below(parting: str) -> None:
    jobs = parting.join(["瓦工3人350一天", "小工5人220一天", "木工2人400一天"])
    ads = [plain(ad) for ad in parse_ads(f"{jobs}\n电话19900001234")]
    assert [(a["title"], a["headcount"], a["pay_min"], a["phone"]) for a in ads] == [
        ("瓦工", 3, 350, "19900001234"),
        ("小工", 5, 220, "19900001234"),
        ("木工", 2, 400, "19900001234"),
    ]


@pytest.mark.parametrize("marks", [("1.", "2."), ("1、", "2、"), ("①", "②"), ("(1)", "(2)"), ("一、", "二、"), ("1️⃣", "2️⃣")])
def test_ads_when_numbered_are_parted_even_on_one_line(marks: tuple[str, str]) -> None:
    for between in ("\n", " ", ""):
        ads = parse_ads(f"{marks[0]}保洁2人150一天{between}{marks[1]}保安1人2400一个月 电话19900001234")
        if marks[0] != "一、" or between:
            assert [ad.title for ad in ads] == ["保洁", "保安"]


def test_place_when_shared_above_stays_with_those_that_name_their_own() -> None:
    ads = parse_ads("义堂镇物流园招：\n搬运工3人 260/天\n保洁1人 120/天 地点：城关北门\n电话19900001234")
    assert [ad.place for ad in ads] == ["义堂镇物流园", "城关北门"]


@pytest.mark.parametrize(("title", "trade"), [("装卸工", Trade.LOADING), ("摘橘子", Trade.FARMING), ("饭店服务员", Trade.WAITING)])
def test_trade_when_a_title_names_it_is_found(title: str, trade: Trade) -> None:
    assert trade_of(title) is trade


@given(st.integers(1, 9999))
def test_number_when_written_in_characters_is_read_back(value: int) -> None:
    words, digits = "", "零一二三四五六七八九"
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        figure = value // power % 10
        if figure:
            words += digits[figure] + unit
        elif words and not words.endswith("零") and value % power:
            words += "零"
    assert number(words) == (value, value)


ODD = ["\n", "①", "1️⃣", "【", "】", "元", "一", "百", "-", "到", "½", "㊀", "⑳", "两半"]
PARTS = [*(part for t in TEXTS for part in t["text"].split()), *ODD]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PARTS), max_size=20).map("".join)))
def test_chat_when_it_is_any_text_gives_plain_values(text: str) -> None:
    for ad in map(plain, parse_ads(text)):
        assert tuple(ad) == FIELDS
        assert ad["phone"] is None or str(ad["phone"]).isdigit()
        assert ad["pay_unit"] is None or PayUnit(str(ad["pay_unit"]))
        low, high = ad["pay_min"], ad["pay_max"]
        assert not (isinstance(low, int | float) and isinstance(high, int | float)) or 0 < low <= high
