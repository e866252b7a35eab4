"""How a facility stands: a fold over looks and reports, in whatever order they arrive."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.facility import LOOKED_AT_EVERY, TOLD_BEFORE, Condition, standing
from kiosk.domain.running import Facility, FacilityCheck

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def a_check(ago: timedelta = timedelta(0), ok: bool = True, by: str = "s", expires_on: date | None = None) -> FacilityCheck:
    at = NOON - ago
    return FacilityCheck(
        id=f"{at.timestamp():020.3f}{by}",
        station_id="st",
        facility=Facility.FIRST_AID,
        ok=ok,
        expires_on=expires_on,
        by_id=by,
        by_name=by and "李芳",
        checked_at=at,
    )


def test_standing_when_nobody_ever_looked_asks_for_a_look() -> None:
    for facility in Facility:
        assert standing(facility, [], TODAY).condition is Condition.UNCHECKED


@pytest.mark.parametrize("facility", Facility)
def test_standing_when_a_look_grows_old_asks_for_another(facility: Facility) -> None:
    every = LOOKED_AT_EVERY[facility]
    fresh, old = a_check(every - timedelta(days=1)), a_check(every)
    assert standing(facility, [fresh], TODAY).condition is Condition.GOOD
    assert standing(facility, [old], TODAY).condition is Condition.UNCHECKED


def test_standing_when_looked_at_last_night_wants_to_be_looked_at_today() -> None:
    late = replace(a_check(), checked_at=datetime(2026, 11, 22, 15, 59, tzinfo=UTC))
    assert standing(Facility.WATER, [late], TODAY).condition is Condition.UNCHECKED
    after_midnight = replace(a_check(), checked_at=datetime(2026, 11, 22, 16, 1, tzinfo=UTC))
    assert standing(Facility.WATER, [after_midnight], TODAY).condition is Condition.GOOD


def test_standing_when_a_visitor_reports_says_so_until_staff_have_looked() -> None:
    look, report = a_check(timedelta(hours=3)), a_check(timedelta(hours=1), ok=False, by="")
    reported = standing(Facility.WATER, [look, report], TODAY)
    assert (reported.condition, reported.last) == (Condition.REPORTED, look)
    for ok, then in ((True, Condition.GOOD), (False, Condition.BROKEN)):
        assert standing(Facility.WATER, [look, report, a_check(ok=ok)], TODAY).condition is then


@pytest.mark.parametrize(
    ("days", "condition"),
    [
        (-1, Condition.EXPIRED),
        (0, Condition.EXPIRING),
        (TOLD_BEFORE.days, Condition.EXPIRING),
        (TOLD_BEFORE.days + 1, Condition.GOOD),
    ],
)
def test_standing_when_something_expires_tells_in_time(days: int, condition: Condition) -> None:
    until = TODAY + timedelta(days=days)
    one = standing(Facility.FIRST_AID, [a_check(timedelta(days=3), expires_on=until), a_check()], TODAY)
    assert (one.condition, one.expires_on) == (condition, until)


@given(
    st.lists(
        st.builds(
            a_check,
            ago=st.integers(0, 60 * 24 * 90).map(lambda m: timedelta(minutes=m)),
            ok=st.booleans(),
            by=st.sampled_from(["s", ""]),
            expires_on=st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)),
        ),
        unique_by=lambda c: c.id,
        max_size=8,
    ),
    st.randoms(),
)
def test_standing_when_checks_arrive_in_any_order_is_the_same(checks: list[FacilityCheck], dice: object) -> None:
    shuffled = list(checks)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one = standing(Facility.FIRST_AID, checks, TODAY)
    assert standing(Facility.FIRST_AID, shuffled, TODAY) == one
    last = max(checks, key=lambda c: (c.checked_at, c.id), default=None)
    assert (one.condition in (Condition.BROKEN, Condition.REPORTED)) == (last is not None and not last.ok)
