"""Opening hours: read only where they are said plainly, and what is promised falls inside them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.opening import DAYS, Week, after, read_hours
from kiosk.services.rules import load_rules
from kiosk.services.station import CHINA
from tests.station import ASSETS

MONDAY = datetime(2026, 11, 23, tzinfo=CHINA)
WAIT = timedelta(hours=2)
ALL_DAY = "每天 6:30-17:30，中午不关门"
OFFICE = "周一到周五 8:30-12:00，14:30-17:30"


def _spans(minutes: list[int]) -> tuple[tuple[int, int], ...]:
    ends = sorted(minutes)[: len(minutes) // 2 * 2]
    return tuple(zip(ends[::2], ends[1::2], strict=True))


SPANS = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(_spans)
WEEKS = st.lists(st.just(()) | SPANS, min_size=7, max_size=7).filter(any).map(tuple)


def _said(week: Week) -> str:
    def clock(minute: int) -> str:
        return f"{minute // 60}:{minute % 60:02d}"

    return "；".join(f"周{DAYS[n]} " + "，".join(f"{clock(a)}-{clock(b)}" for a, b in day) for n, day in enumerate(week) if day)


def _open(week: Week, at: datetime) -> bool:
    """Say whether the minute that begins at `at` is opening time."""
    return any(a <= at.hour * 60 + at.minute < b for a, b in week[at.weekday()])


@given(WEEKS)
def test_read_hours_when_said_day_by_day_reads_what_was_said(week: Week) -> None:
    assert read_hours(_said(week)) == week


@given(st.text(alphabet="周星期一五六日天每到至-0123456789:：，, 休息节假") | st.text())
def test_read_hours_when_given_anything_gives_hours_in_order_or_none(words: str) -> None:
    week = read_hours(words)
    for day in week or ():
        ends = [minute for span in day for minute in span]
        assert ends == sorted(set(ends))
        assert all(0 <= minute <= 1440 for minute in ends)


@pytest.mark.parametrize(
    ("words", "monday", "sunday"),
    [
        (ALL_DAY, ((390, 1050),), ((390, 1050),)),
        (OFFICE, ((510, 720), (870, 1050)), ()),
        ("星期一至星期天　８：００～１７：００", ((480, 1020),), ((480, 1020),)),
        ("周一至五8:30—12:00 14:30—17:30；周六、周日 9:00-12:00。", ((510, 720), (870, 1050)), ((540, 720),)),
        ("8:00-17:00", ((480, 1020),), ((480, 1020),)),
        ("工作日 9:00到17:00", ((540, 1020),), ()),
    ],
)
def test_read_hours_when_said_plainly_reads_them(
    words: str, monday: tuple[tuple[int, int], ...], sunday: tuple[tuple[int, int], ...]
) -> None:
    week = read_hours(words)
    assert week is not None
    assert (week[0], week[6]) == (monday, sunday)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "每天",
        "看情况",
        "每天 8:00-17:00，节假日休息",
        "上午8:30-12:00，下午2:30-5:30",
        "周一到周五 8:30-17:30，周三 9:00-12:00",
        "每天 22:00-6:00",
        "每天 14:00-17:00，8:00-12:00",
        "每天 8:75-17:00",
        "每天 8:00-25:00",
        "周五到周二 8:00-17:00",
        "8:00-17:00，周六",
    ],
)
def test_read_hours_when_not_said_plainly_reads_nothing(words: str) -> None:
    assert read_hours(words) is None


@given(WEEKS, st.integers(0, 7 * 1440 - 1), st.integers(1, 300))
def test_after_when_hours_are_known_counts_opening_time_alone(week: Week, minute: int, wait: int) -> None:
    now = MONDAY + timedelta(minutes=minute)
    at, passed, due = now, 0, after(now, timedelta(minutes=wait), week)
    while passed < wait:
        passed += _open(week, at)
        at += timedelta(minutes=1)
    assert due == at


@given(st.integers(0, 7 * 1440 - 1))
def test_after_when_hours_are_not_known_never_promises_the_night(minute: int) -> None:
    now = MONDAY + timedelta(minutes=minute)
    due = after(now, WAIT, None)
    assert 8 * 60 <= due.hour * 60 + due.minute <= 18 * 60
    assert WAIT <= due - now <= timedelta(hours=18)
    if due != now + WAIT:
        assert (due.hour, due.minute) == (10, 0)


@given(WEEKS, st.integers(0, 7 * 1440 - 1), st.sets(st.integers(0, 6), max_size=6))
def test_after_when_days_are_closed_names_none_of_them(week: Week, minute: int, away: set[int]) -> None:
    now = MONDAY + timedelta(minutes=minute)
    closed = {MONDAY.date() + timedelta(days=n) for n in away}
    for hours in (week, None):
        due = after(now, WAIT, hours, closed)
        assert (due - timedelta(microseconds=1)).date() not in closed
        assert due >= after(now, WAIT, hours)


@pytest.mark.parametrize(
    ("words", "now", "due"),
    [
        (ALL_DAY, "09-30 16:30", "10-04 07:30"),
        (OFFICE, "10-01 09:00", "10-05 10:30"),
        ("", "10-02 09:00", "10-04 10:00"),
        (ALL_DAY, "11-23 23:39", "11-24 08:30"),
        (ALL_DAY, "11-23 10:15", "11-23 12:15"),
        (ALL_DAY, "11-23 15:30", "11-23 17:30"),
        (ALL_DAY, "11-23 16:30", "11-24 07:30"),
        (OFFICE, "11-27 16:30", "11-30 09:30"),
        (OFFICE, "11-23 11:00", "11-23 15:30"),
        ("", "11-23 23:39", "11-24 10:00"),
        ("", "11-23 16:30", "11-24 10:00"),
        ("", "11-23 04:00", "11-23 10:00"),
        ("", "11-23 09:00", "11-23 11:00"),
    ],
)
def test_after_when_an_employer_posts_names_a_time_at_which_somebody_is_there(words: str, now: str, due: str) -> None:
    def at(when: str) -> datetime:
        return datetime.strptime(f"2026-{when}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)

    closed = load_rules(ASSETS / "rules", MONDAY.date()).holidays
    assert after(at(now), WAIT, read_hours(words), closed) == at(due)
