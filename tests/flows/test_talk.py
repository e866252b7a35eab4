"""The negotiation desk as a visitor books it: inside opening hours, never twice, called and given back by a number, nobody's name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.print_job import PrintJob
from kiosk.domain.referral import Party
from kiosk.domain.running import Booking, call_number
from kiosk.errors import BadInput, LockedOut, NotFound
from kiosk.services import bookings
from kiosk.services.station import CHINA
from tests.station import STATION, TestStation, make_station
from tests.unit.test_slips import said

MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""Nine o'clock of the next day in China, a Tuesday."""
DAY = date(2026, 11, 24)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def opens(station: TestStation, hours: str) -> None:
    with station.store.write() as u:
        u.put(replace(STATION, revision=2, hours=hours))


def clocks(station: TestStation, minutes: int, day: date = DAY) -> list[str]:
    return [f"{slot.astimezone(CHINA):%H:%M}" for slot in bookings.free_slots(station.here, day, minutes)]


def test_free_slots_when_the_station_says_its_hours_lie_inside_them(station: TestStation) -> None:
    opens(station, "周一到周五 8:30-11:30，14:30-16:00")
    assert clocks(station, 60) == ["08:30", "09:00", "09:30", "10:00", "10:30", "14:30", "15:00"]
    assert clocks(station, 120) == ["08:30", "09:00", "09:30"]
    assert clocks(station, 30, date(2026, 11, 28)) == [], "on a Saturday it is shut"
    opens(station, "节假日休息")
    assert (clocks(station, 120)[0], clocks(station, 120)[-1]) == ("07:00", "16:00")


def test_book_oneself_when_outside_opening_hours_is_refused(station: TestStation) -> None:
    opens(station, "每天 10:00-12:00")
    for start, minutes in ((MORNING, 60), (MORNING + timedelta(hours=2, minutes=30), 60)):
        with pytest.raises(BadInput):
            bookings.book_oneself(station.here, Party.WORKER, start, minutes)
    with station.store.read() as u:
        assert (u.count(Booking), u.count(PrintJob)) == (0, 0)


def test_book_oneself_when_free_gives_a_number_and_a_slip_without_a_name(station: TestStation) -> None:
    made = bookings.book_oneself(station.here, Party.EMPLOYER, MORNING, 60)
    assert (made.number, made.booking.who) == (call_number(made.booking.id), f"招人的 {made.number} 号")
    assert bookings.booked(station.here) == (made.booking,)
    with station.store.read() as u:
        slip = said(u.need(PrintJob, made.job_id).slip)
        assert [c.entity for c in u.outgoing(9)] == ["booking"]
    for part in (f"{made.number} 号", "11月24日", "09:00 到 10:00", "义堂镇兴义街 1 号"):
        assert part in slip
    with pytest.raises(BadInput) as found:
        bookings.book_oneself(station.here, Party.WORKER, MORNING + timedelta(minutes=30), 30)
    assert found.value.key == "bad.talk.taken", "who has it is not told"


def test_book_oneself_when_many_stand_gives_each_a_number_of_its_own(station: TestStation) -> None:
    numbers = [bookings.book_oneself(station.here, Party.WORKER, slot, 30).number for slot in bookings.free_slots(station.here, DAY, 30)]
    assert len(set(numbers)) == len(numbers) == 22
    assert {len(number) for number in numbers} == {4}


def test_cancel_numbered_when_it_is_his_gives_the_desk_back_once(station: TestStation) -> None:
    made = bookings.book_oneself(station.here, Party.WORKER, MORNING, 60)
    assert bookings.cancel_numbered(station.here, made.number).cancelled
    assert "09:00" in clocks(station, 60)
    with pytest.raises(NotFound):
        bookings.cancel_numbered(station.here, made.number)


def test_cancel_numbered_when_staff_booked_it_or_it_is_over_finds_nothing(station: TestStation) -> None:
    theirs = bookings.book(station.here, station.head, "汉十物流", MORNING, 60)
    mine = bookings.book_oneself(station.here, Party.WORKER, MORNING + timedelta(hours=1), 30)
    station.clock.now = MORNING + timedelta(hours=2)
    for number in (call_number(theirs.id), mine.number):
        with pytest.raises(NotFound):
            bookings.cancel_numbered(station.here, number)


def test_cancel_numbered_when_guessed_at_ten_times_is_locked_for_a_while(station: TestStation) -> None:
    made = bookings.book_oneself(station.here, Party.WORKER, MORNING, 60)
    wrong = "1000" if made.number != "1000" else "1001"
    for _ in range(10):
        with pytest.raises(NotFound):
            bookings.cancel_numbered(station.here, wrong)
    with pytest.raises(LockedOut) as locked:
        bookings.cancel_numbered(station.here, made.number)
    assert locked.value.until == station.clock() + timedelta(minutes=10)
    station.clock.tick(minutes=10)
    assert bookings.cancel_numbered(station.here, made.number).cancelled
