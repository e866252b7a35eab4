"""Notices and called numbers through the services, on a real encrypted store read as the board reads it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.notice import CALLED_FOR, Notice, SlipCall
from kiosk.domain.privacy import Phone
from kiosk.errors import BadInput, NotFound
from kiosk.services import notices
from kiosk.store.store import open_store
from tests.station import KEY, START, STATION, TestStation, make_station

TODAY = date(2026, 11, 23)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def board(station: TestStation) -> tuple[list[str], list[str]]:
    """Give the titles and the numbers that stand on the board, read through its own connection."""
    store, now = open_store(station.path, KEY, board=True, clock=station.clock), station.clock()
    with store.read() as u:
        shown = [n.title for n in u.list(Notice) if n.stands(now)], [c.number for c in u.list(SlipCall) if c.calling(now)]
    store.close()
    return shown


def test_notice_when_put_up_stands_to_the_end_of_its_day_and_goes_to_the_county(station: TestStation) -> None:
    notice = notices.put_up(station.here, station.head, " 明天停电 ", "上午八点到十点", True, TODAY)
    assert (notice.title, notice.station_id, notice.urgent, notice.starts_at) == ("明天停电", STATION.id, True, START)
    assert notice.ends_at == datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert notices.standing(station.here) == (notice,)
    with station.store.read() as u:
        assert [(o.entity, o.record) for o in u.outgoing(9)] == [("notice", notice)]
    assert board(station) == (["明天停电"], [])
    station.clock.now = notice.ends_at
    assert (board(station), notices.standing(station.here)) == (([], []), ())


def test_notice_when_it_is_to_come_is_listed_and_not_shown(station: TestStation) -> None:
    now = notices.put_up(station.here, station.head, "今天的", "", False, TODAY + timedelta(days=7))
    later = notices.put_up(station.here, station.head, "后天的", "", False, TODAY + timedelta(days=7), START + timedelta(days=2))
    assert notices.standing(station.here) == (later, now)
    assert board(station) == (["今天的"], [])


def test_notice_when_taken_down_leaves_the_board_once_and_for_all(station: TestStation) -> None:
    notice = notices.put_up(station.here, station.head, "停电", "", False, TODAY)
    gone = notices.take_down(station.here, station.head, notice.id)
    assert notices.take_down(station.here, station.head, notice.id) == gone == replace(notice, revision=2, withdrawn=True)
    assert (board(station), notices.standing(station.here)) == (([], []), ())
    with pytest.raises(NotFound):
        notices.take_down(station.here, station.head, "nothing")


@pytest.mark.parametrize("owner", [None, "00000000-0000-7000-8000-000000000002"])
def test_notice_when_it_is_not_ours_cannot_be_taken_down_here(station: TestStation, owner: str | None) -> None:
    notice = Notice(id="n", revision=1, station_id=owner, title="全县招工会", starts_at=START, ends_at=START + timedelta(days=1))
    with station.store.write() as u:
        u.receive(notice)
    with pytest.raises(BadInput, match=r"bad\.notice\.countys"):
        notices.take_down(station.here, station.head, notice.id)
    assert notices.standing(station.here) == (notice,)


@pytest.mark.parametrize(
    ("title", "body", "last_day", "field"),
    [
        ("", "正文", TODAY, "title"),
        ("停电", "打 13900000001", TODAY, "body"),
        ("停电", "", TODAY - timedelta(days=1), "ends_at"),
        ("停电", "", date(2028, 1, 1), "ends_at"),
        ("停电", "", date.max, "ends_at"),
    ],
)
def test_notice_when_something_is_wrong_with_it_leaves_nothing_behind(
    station: TestStation, title: str, body: str, last_day: date, field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        notices.put_up(station.here, station.head, title, body, False, last_day)
    assert caught.value.field == field
    with station.store.read() as u:
        assert (u.list(Notice), u.outbox_size(), u.chain_head()) == ([], 0, None)


def test_notice_when_the_stations_own_mobile_stands_in_it_is_taken(station: TestStation) -> None:
    with station.store.write() as u:
        u.put(replace(STATION, revision=2, phone=Phone("13907120001")))
    assert notices.put_up(station.here, station.head, "晚上有事打 13907120001", "", False, TODAY).title


def test_number_when_called_stands_for_three_minutes_and_called_again_anew(station: TestStation) -> None:
    call = notices.call_number(station.here, station.head, "YT-1123-0042")
    assert board(station) == ([], ["0042"])
    station.clock.tick(minutes=2)
    again = notices.call_number(station.here, station.head, "42")
    assert (again.id, again.called_at) == (call.id, station.clock())
    station.clock.tick(minutes=2)
    assert board(station) == ([], ["0042"])
    station.clock.tick(seconds=(CALLED_FOR - timedelta(minutes=2)).total_seconds())
    assert board(station) == ([], [])
    assert notices.calls(station.here) == (notices.Called(call=again, stands=False),)


def test_number_when_it_is_no_number_costs_nothing(station: TestStation) -> None:
    with pytest.raises(BadInput, match=r"bad\.call\.number"):
        notices.call_number(station.here, station.head, "王秀兰")
    with station.store.read() as u:
        assert (u.list(SlipCall), u.chain_head()) == ([], None)


def test_number_when_ended_leaves_the_board_and_can_be_called_again(station: TestStation) -> None:
    call = notices.call_number(station.here, station.head, "7")
    ended = notices.end_call(station.here, station.head, call.id)
    assert notices.end_call(station.here, station.head, call.id) == ended
    assert board(station) == ([], [])
    notices.call_number(station.here, station.head, "7")
    assert board(station) == ([], ["0007"])
    with pytest.raises(NotFound):
        notices.end_call(station.here, station.head, "nothing")


def test_calls_when_many_were_called_gives_the_last_and_says_which_stand(station: TestStation) -> None:
    for n in range(1, 11):
        notices.call_number(station.here, station.head, str(n))
        station.clock.tick(seconds=10)
    assert [(c.call.number, c.stands) for c in notices.calls(station.here)] == [(f"{n:04}", n > 7) for n in range(10, 2, -1)], (
        "a fourth number on the board is one too many to read"
    )


def test_calls_when_half_a_day_has_passed_are_forgotten_with_the_next_one(station: TestStation) -> None:
    notices.call_number(station.here, station.head, "1")
    station.clock.tick(hours=12)
    notices.call_number(station.here, station.head, "2")
    with station.store.read() as u:
        assert [call.number for call in u.list(SlipCall)] == ["0002"]


def test_acts_when_done_stand_in_the_chain_with_their_actor(station: TestStation) -> None:
    notice = notices.put_up(station.here, station.head, "停电", "", False, TODAY)
    notices.take_down(station.here, station.head, notice.id)
    call = notices.call_number(station.here, station.head, "1")
    notices.end_call(station.here, station.head, call.id)
    with station.store.read() as u:
        rows = u.connection.exec_driver_sql("SELECT actor_id, act, subject_id FROM audit ORDER BY seq").all()
    acts = [("put_up_notice", notice.id), ("take_down_notice", notice.id), ("call_number", call.id), ("end_call", call.id)]
    assert rows == [(station.head.staff_id, act, subject) for act, subject in acts]
