"""Calls for staff on a real store: one call while it is heard, taken back, out of hours, and what the board may know of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from kiosk.domain.station import StaffCall
from kiosk.services import call
from kiosk.store.connection import connect
from kiosk.store.store import open_store
from tests.station import KEY, STATION, TestStation, make_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def test_call_when_nobody_came_for_ten_minutes_is_silent_and_may_be_made_anew(station: TestStation) -> None:
    first = call.call_staff(station.here, "找活干").call
    station.clock.tick(minutes=9)
    assert call.call_staff(station.here, "首页").call == first
    station.clock.tick(minutes=1)
    assert not first.calling(station.clock())
    second = call.call_staff(station.here, "首页").call
    assert second.id != first.id
    assert call.open_calls(station.here) == [first, second], "who comes late still learns of both"
    call.answer_calls(station.here, station.head)
    answered = call.call_of(station.here, second.id)
    assert answered is not None
    assert (answered.answered_by, answered.calling(station.clock())) == ("李芳", False)


def test_take_back_when_nobody_answered_leaves_no_call_and_else_changes_nothing(station: TestStation) -> None:
    one = call.call_staff(station.here, "首页").call
    call.take_back(station.here, one.id)
    call.take_back(station.here, one.id)
    assert (call.open_calls(station.here), call.call_of(station.here, one.id)) == ([], None)
    other = call.call_staff(station.here, "首页").call
    call.answer_calls(station.here, station.head)
    call.take_back(station.here, other.id)
    assert call.call_of(station.here, other.id) is not None


@pytest.mark.parametrize(
    ("hours", "shut"),
    [("每天 6:30-17:30", False), ("每天 6:30-15:00", True), ("周六 8:00-17:00", True), ("", False), ("节假日休息", False)],
)
def test_call_when_the_station_is_shut_says_so_and_gives_the_phone(station: TestStation, hours: str, shut: bool) -> None:
    with station.store.write() as u:
        u.put(replace(STATION, revision=2, hours=hours))
    called = call.call_staff(station.here, "首页")
    assert (called.shut, called.phone, called.hours) == (shut, STATION.phone, hours)


def test_call_when_the_board_looks_tells_that_and_when_and_nothing_else(station: TestStation) -> None:
    board = open_store(station.path, KEY, board=True, clock=station.clock)
    with board.read() as u:
        assert u.called_at() is None
    call.call_staff(station.here, "我的登记")
    called_at = station.clock()
    with board.read() as u:
        assert u.called_at() == called_at
    board.close()
    raw = connect(station.path, KEY, board=True)
    for column in ('"where"', "answered_by", "id", "*"):
        with pytest.raises(sqlcipher.DatabaseError, match="prohibited|not authorized"):
            raw.execute(f"SELECT {column} FROM staff_call")
    raw.close()
    call.answer_calls(station.here, station.head)
    with station.store.read() as u:
        assert u.called_at() is None


def test_call_when_the_clock_was_set_back_does_not_last_for_ever(station: TestStation) -> None:
    one = call.call_staff(station.here, "首页").call
    station.clock.tick(hours=-3)
    assert not one.calling(station.clock())
    with station.store.read() as u:
        assert u.list(StaffCall, answered_at=None) == [one]
