"""Honest pay: what follows from the listing is computed exactly, what does not is None."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import PayUnit
from kiosk.domain.listing import Listing
from kiosk.domain.pay import MinimumWage, compare, exact_per_hour, per_day, per_hour, wage_mark, whole_job, work_days, work_minutes, yuan
from tests.station import a_listing

WAGES = MinimumWage(
    month_fen=(240000, 213000, 197000),
    hour_fen=(2400, 2150, 2000),
    hold_tier=2,
    warn_tier=1,
    effective_from=date(2025, 12, 1),
    source="test",
)
MINUTES = st.integers(0, 1439)
UNITS = st.sampled_from(PayUnit)


def _listings(units: st.SearchStrategy[PayUnit] = UNITS) -> st.SearchStrategy[Listing]:
    base = a_listing()

    def build(pay: int, unit: PayUnit, start: int | None, end: int | None, rest: int, first: date, days: int, long_term: bool) -> Listing:
        return a_listing(
            id=base.id,
            pay_fen=pay,
            pay_unit=unit,
            day_start_min=start,
            day_end_min=end,
            break_min=rest,
            starts_on=first,
            ends_on=first + timedelta(days=days),
            long_term=long_term,
        )

    return st.builds(
        build,
        st.integers(1, 10_000_000),
        units,
        st.none() | MINUTES,
        st.none() | MINUTES,
        st.integers(0, 300),
        st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        st.integers(-3, 400),
        st.booleans(),
    )


def test_pay_when_260_a_day_for_nine_hours_gives_the_figures_of_the_design() -> None:
    listing = a_listing()
    assert work_minutes(listing) == 540
    assert (per_day(listing), per_hour(listing), whole_job(listing)) == (26000, 2890, 78000)
    mark = wage_mark(listing, WAGES)
    assert mark is not None
    assert (yuan(mark.pay_fen), yuan(mark.least_fen), mark.below) == ("28.9", "20", False)
    assert mark.mark == pytest.approx(0.571, abs=0.001)
    assert mark.fill == pytest.approx(0.825, abs=0.001)


def test_pay_when_4200_a_month_divides_by_21_75_days() -> None:
    listing = a_listing(pay_fen=420000, pay_unit=PayUnit.MONTH, day_start_min=480, day_end_min=1020, break_min=60)
    assert (per_day(listing), per_hour(listing)) == (19310, 2410)


@pytest.mark.parametrize("unit", [PayUnit.PIECE, PayUnit.TRIP])
@given(st.data())
def test_pay_when_by_piece_or_trip_never_has_hour_day_or_whole(unit: PayUnit, data: st.DataObject) -> None:
    listing = data.draw(_listings(st.just(unit)))
    figures = [per_hour(listing), per_day(listing), whole_job(listing), compare(listing, WAGES, 2), wage_mark(listing, WAGES)]
    assert figures == [None] * 5


@given(_listings())
def test_pay_when_computed_is_the_exact_figure_to_the_jiao_or_none(listing: Listing) -> None:
    minutes, days = work_minutes(listing), work_days(listing)
    hours = None if minutes is None else Fraction(minutes, 60)
    pay = Fraction(listing.pay_fen)
    day = {
        PayUnit.HOUR: None if hours is None else pay * hours,
        PayUnit.DAY: pay,
        PayUnit.WEEK: pay / 5,
        PayUnit.MONTH: pay * 12 / (365 - 104),
        PayUnit.WHOLE: None if days is None else pay / days,
    }.get(listing.pay_unit)
    hour = pay if listing.pay_unit is PayUnit.HOUR else None if day is None or hours is None else day / hours
    for shown, exact in ((per_day(listing), day), (per_hour(listing), hour)):
        if exact is None:
            assert shown is None
        else:
            assert shown is not None
            assert abs(shown - exact) <= 5
            assert shown == exact or shown % 10 == 0
    assert exact_per_hour(listing) == hour


def test_pay_when_the_amount_is_stated_is_never_rounded() -> None:
    assert per_hour(a_listing(pay_fen=2155, pay_unit=PayUnit.HOUR)) == 2155
    assert per_day(a_listing(pay_fen=15333)) == 15333


@given(start=MINUTES, end=MINUTES, rest=st.integers(-10, 1500))
def test_work_minutes_when_end_is_not_later_goes_over_midnight(start: int, end: int, rest: int) -> None:
    minutes = work_minutes(a_listing(day_start_min=start, day_end_min=end, break_min=rest))
    span = (end - start) % 1440 or 1440
    assert minutes == (span - rest if 0 <= rest < span else None)


@pytest.mark.parametrize(("start", "end"), [(None, 600), (600, None), (-1, 600), (600, 1441)])
def test_work_minutes_when_a_time_is_missing_or_impossible_is_none(start: int | None, end: int | None) -> None:
    assert work_minutes(a_listing(day_start_min=start, day_end_min=end)) is None


@pytest.mark.parametrize(
    ("unit", "first", "last", "expected"),
    [
        (PayUnit.WHOLE, date(2026, 11, 24), date(2026, 11, 30), 100),
        (PayUnit.DAY, date(2026, 11, 24), date(2026, 11, 30), 700),
        (PayUnit.HOUR, date(2026, 11, 24), date(2026, 11, 25), 1800),
        (PayUnit.WEEK, date(2026, 11, 23), date(2026, 12, 6), 200),
        (PayUnit.WEEK, date(2026, 11, 23), date(2026, 12, 5), None),
        (PayUnit.MONTH, date(2026, 11, 30), date(2027, 1, 29), 200),
        (PayUnit.MONTH, date(2026, 1, 1), date(2026, 1, 31), 100),
        (PayUnit.MONTH, date(2026, 1, 31), date(2026, 2, 27), 100),
        (PayUnit.MONTH, date(2026, 11, 1), date(2026, 12, 15), None),
        (PayUnit.MONTH, date(2026, 11, 1), date.max, None),
        (PayUnit.DAY, date(2026, 11, 24), date(2026, 11, 23), None),
    ],
)
def test_whole_job_when_dates_come_out_even_multiplies(unit: PayUnit, first: date, last: date, expected: int | None) -> None:
    assert whole_job(a_listing(pay_fen=100, pay_unit=unit, starts_on=first, ends_on=last)) == expected


def test_whole_job_when_long_term_is_not_guessed_from_the_end_of_the_listing() -> None:
    assert whole_job(a_listing(long_term=True)) is None
    assert per_day(a_listing(long_term=True, pay_unit=PayUnit.WHOLE)) is None


def test_compare_when_paid_by_the_month_full_time_uses_the_monthly_minimum() -> None:
    full = a_listing(pay_fen=200000, pay_unit=PayUnit.MONTH, day_start_min=480, day_end_min=1020, break_min=60)
    part = a_listing(pay_fen=130000, pay_unit=PayUnit.MONTH, day_start_min=480, day_end_min=660, break_min=0)
    for listing, least, below in ((full, Fraction(197000 * 4, 87 * 8), False), (part, Fraction(2000), True)):
        found = compare(listing, WAGES, 2)
        assert found is not None
        assert (found.least, found.below, found.unit) == (least, below, PayUnit.HOUR)


@pytest.mark.parametrize(
    ("unit", "pay", "below", "by"),
    [
        (PayUnit.MONTH, 196999, True, PayUnit.MONTH),
        (PayUnit.MONTH, 197000, False, PayUnit.MONTH),
        (PayUnit.DAY, 9057, True, PayUnit.DAY),
        (PayUnit.DAY, 9058, False, PayUnit.DAY),
        (PayUnit.WEEK, 45287, True, PayUnit.DAY),
        (PayUnit.HOUR, 1999, True, PayUnit.HOUR),
        (PayUnit.HOUR, 2000, False, PayUnit.HOUR),
    ],
)
def test_compare_when_hours_are_not_stated_uses_the_unit_of_the_pay(unit: PayUnit, pay: int, below: bool, by: PayUnit) -> None:
    found = compare(a_listing(pay_fen=pay, pay_unit=unit, day_start_min=None), WAGES, 2)
    assert found is not None
    assert (found.below, found.unit) == (below, by)


def test_compare_when_one_price_without_hours_says_it_cannot() -> None:
    assert compare(a_listing(pay_unit=PayUnit.WHOLE, day_end_min=None), WAGES, 2) is None


@pytest.mark.parametrize(
    ("unit", "pay_fen", "below"), [(PayUnit.MONTH, 190000, True), (PayUnit.MONTH, 200000, False), (PayUnit.DAY, 8000, True)]
)
def test_wage_mark_when_no_hours_are_stated_compares_in_the_unit_of_the_law(unit: PayUnit, pay_fen: int, below: bool) -> None:
    mark = wage_mark(a_listing(pay_unit=unit, pay_fen=pay_fen, day_start_min=None), WAGES)
    assert mark is not None
    assert (mark.unit, mark.pay_fen, mark.below) == (unit, pay_fen, below)
    assert wage_mark(a_listing(), WAGES).unit is PayUnit.HOUR  # type: ignore[union-attr]


@given(_listings())
def test_wage_mark_when_there_is_one_stays_on_the_bar_and_agrees_with_itself(listing: Listing) -> None:
    mark = wage_mark(listing, WAGES)
    if mark is not None:
        assert 0 < mark.fill <= 1
        assert mark.below == (mark.fill < mark.mark)


@given(st.integers(-(10**9), 10**9))
def test_yuan_when_read_back_is_the_same_money_without_needless_zeros(fen: int) -> None:
    text = yuan(fen)
    assert Decimal(text) * 100 == fen
    assert "." not in text or not text.endswith(("0", "."))


@pytest.mark.parametrize(
    ("fen", "text"), [(26000, "260"), (2890, "28.9"), (520000, "5200"), (35, "0.35"), (5, "0.05"), (0, "0"), (-150, "-1.5")]
)
def test_yuan_when_formatted_reads_as_on_the_board(fen: int, text: str) -> None:
    assert yuan(fen) == text
