"""What a finding can be put right with: it goes, nothing of weight comes, and nothing else is touched."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import PayUnit, Settlement
from kiosk.domain.mending import Mend, moved_on, put_right
from kiosk.domain.pay import compare
from kiosk.domain.review import Severity, check
from kiosk.services.rules import load_rules
from tests.station import ASSETS, START, a_listing

BOOK = load_rules(ASSETS / "rules", START.date())
TODAY = START.date()
INSTEAD = {"requirements": "不要求经验", "title": "装卸"}


def mends(**changes: Any) -> dict[str, Mend | None]:
    listing = a_listing(**changes)
    return {f.rule: put_right(listing, f, BOOK, TODAY, instead=INSTEAD) for f in check(listing, BOOK, (), TODAY)}


@pytest.mark.parametrize(
    ("rule", "field", "text", "left", "struck"),
    [
        ("sex", "requirements", "能吃苦、限男性、有力气", "能吃苦、有力气", "限男性"),
        ("sex", "requirements", "限男性", "不要求经验", "限男性"),
        ("sex", "title", "搬砖（限男）", "搬砖", "限男"),
        ("fee", "requirements", "能吃苦，押金 200 元，自带工具", "能吃苦，自带工具", "押金 200 元"),
        ("phone_in_text", "place", "老街，打 13900001111", "老街", "打 13900001111"),
        ("long_day", "requirements", "每天干14小时，能吃苦", "能吃苦", "每天干14小时"),
    ],
)
def test_put_right_when_words_are_forbidden_strikes_them_and_their_clause(rule: str, field: str, text: str, left: str, struck: str) -> None:
    assert mends(**{field: text})[rule] == Mend(changes={field: left}, struck=struck)


@pytest.mark.parametrize(
    ("rule", "changes", "mended"),
    [
        ("wage_low", {"pay_fen": 5000}, {"pay_fen": 18000, "pay_max_fen": None}),
        ("long_day", {"day_end_min": 22 * 60, "pay_fen": 50000}, {"day_end_min": 19 * 60}),
        (
            "ended",
            {"starts_on": date(2026, 11, 20), "ends_on": date(2026, 11, 22)},
            {"starts_on": date(2026, 11, 24), "ends_on": date(2026, 11, 26)},
        ),
        ("hours_odd", {"day_start_min": 420, "day_end_min": 540, "break_min": 180}, {"break_min": 60}),
        ("pay_range", {"pay_max_fen": 20000}, {"pay_fen": 26000, "pay_max_fen": None}),
        (
            "part_time_settlement",
            {"day_end_min": 600, "settlement": Settlement.MONTHLY, "pay_unit": PayUnit.HOUR, "pay_fen": 3000},
            {"settlement": Settlement.WEEKLY},
        ),
    ],
)
def test_put_right_when_a_figure_is_wrong_gives_the_nearest_right_one(rule: str, changes: dict[str, Any], mended: dict[str, Any]) -> None:
    assert mends(**changes)[rule] == Mend(changes=mended)


@pytest.mark.parametrize("changes", [{"headcount": 0}, {"pay_fen": 0}, {"pay_fen": 9_999_900}, {"contact_phone": "12345"}])
def test_put_right_when_only_the_employer_knows_offers_nothing(changes: dict[str, Any]) -> None:
    assert [mend for mend in mends(**changes).values() if mend] == []


WORDS = st.lists(
    st.sampled_from(["能吃苦", "限男性", "押金200元", "扣身份证", "限本地户口", "有力气", "每天干14小时", "加微信abc123", "要求未婚"]),
    max_size=6,
)


@given(
    WORDS, st.sampled_from("，、。；"), st.integers(1, 40_000), st.sampled_from([PayUnit.HOUR, PayUnit.DAY, PayUnit.WEEK, PayUnit.MONTH])
)
def test_put_right_when_applied_until_nothing_is_offered_leaves_nothing_that_it_could_mend(
    words: list[str], between: str, yuan: int, unit: PayUnit
) -> None:
    listing = a_listing(requirements=between.join(words) or "能吃苦", pay_fen=yuan * 100, pay_unit=unit)
    for _ in range(20):
        found = check(listing, BOOK, (), TODAY)
        mend = next((m for f in found if (m := put_right(listing, f, BOOK, TODAY, instead=INSTEAD))), None)
        if mend is None:
            break
        changed = a_listing(**{n: getattr(listing, n) for n in ("requirements", "pay_fen", "pay_unit")} | dict(mend.changes))
        assert changed.pay_fen >= listing.pay_fen
        assert len(changed.requirements) <= max(len(listing.requirements), len(INSTEAD["requirements"]))
        listing = changed
    assert [f.rule for f in check(listing, BOOK, (), TODAY) if f.severity is not Severity.WARN and f.rule != "pay_absurd"] == []
    lowest = compare(listing, BOOK.wages, BOOK.wages.warn_tier)
    assert lowest is None or not lowest.below


@given(st.integers(-400, 400), st.integers(0, 120))
def test_moved_on_when_asked_begins_in_the_future_and_lasts_as_long(away: int, length: int) -> None:
    first = TODAY + timedelta(days=away)
    moved = moved_on(first, first + timedelta(days=length), TODAY)
    assert moved["starts_on"] > TODAY
    assert (moved["ends_on"] - moved["starts_on"]).days == length
