"""Notices between the county and its stations: who sees which, what is taken back, and what a backup that was put back makes of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.county import notices as county_notices
from kiosk.county.schema import county, feed, record
from kiosk.county.serve import _parser
from kiosk.county.tools import run
from kiosk.domain.notice import Notice
from kiosk.domain.station import Station
from kiosk.errors import BadInput, NotFound
from kiosk.services import notices
from kiosk.services.station import Here
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from tests.hub_parts import COUNTY, OTHER, OURS, TestHub
from tests.integration.test_hub_feed import a_policy
from tests.station import START, make_station, make_store


class Board:
    """One station: its store, its line to the hub, and what its board shows."""

    def __init__(self, hub: TestHub, folder: Path, station: Station) -> None:
        folder.mkdir()
        self.hub, self.station, self.store, self.door = hub, station, make_store(folder, hub.clock), HttpHub(hub.base)
        exchange.enrol(self.store, self.door, hub.code(station), hub.clock())

    def sync(self) -> None:
        exchange.push_once(self.store, self.door, self.hub.clock())
        while exchange.pull_once(self.store, self.door, self.hub.clock()).more:
            pass

    def keep(self, notice: Notice) -> None:
        with self.store.write() as u:
            u.keep(notice)

    def shown(self) -> set[str]:
        with self.store.read() as u:
            return {n.title for n in u.list(Notice) if n.stands(self.hub.clock())}

    def repair(self) -> int:
        return exchange.repair(self.store, self.door)


@pytest.fixture
def boards(hub: TestHub, tmp_path: Path) -> Iterator[list[Board]]:
    made = [Board(hub, tmp_path / name, station) for name, station in (("ours", OURS), ("second", OURS), ("other", OTHER))]
    yield made
    for board in made:
        board.door.close()
        board.store.close()


def a_notice(n: int, station: Station | None, title: str, **changes: Any) -> Notice:
    id_, whose = f"{n:08}-0000-7000-8000-000000000000", station.id if station else None
    notice = Notice(id=id_, revision=1, station_id=whose, title=title, starts_at=START, ends_at=START + timedelta(days=1))
    return replace(notice, **changes)


def sync_all(boards: list[Board]) -> list[set[str]]:
    for _ in range(2):
        for board in boards:
            board.sync()
    return [board.shown() for board in boards]


def test_notices_when_county_and_station_write_them_stand_where_they_belong(hub: TestHub, boards: list[Board]) -> None:
    ours, _, other = boards
    hub.publish(a_notice(1, None, "全县招工会"))
    ours.keep(a_notice(2, OURS, "义堂站明天停电"))
    other.keep(a_notice(3, OTHER, "曾店站换了地方"))
    assert sync_all(boards) == [{"全县招工会", "义堂站明天停电"}] * 2 + [{"全县招工会", "曾店站换了地方"}]
    with hub.engine.connect() as connection:
        owners = connection.execute(sa.select(record.c.id, record.c.owner).where(record.c.entity == "notice").order_by(record.c.id)).all()
    assert [owner for _, owner in owners] == ["county", OURS.id, OTHER.id], "a station's goes up to the county, too"
    assert [board.repair() for board in boards] == [0, 0, 0]


def test_notices_when_taken_back_leave_every_board_first(hub: TestHub, boards: list[Board]) -> None:
    ours, second, other = boards
    county_own, own = a_notice(1, None, "全县招工会"), a_notice(2, OURS, "停电")
    hub.publish(county_own)
    ours.keep(own)
    sync_all(boards)
    ours.keep(replace(own, revision=2, withdrawn=True))
    ours.sync()
    hub.publish(*(a_policy() for _ in range(30)))
    hub.publish(replace(county_own, revision=2, withdrawn=True))
    hub.publish(a_notice(3, None, "洪水来了", urgent=True))
    assert exchange.pull_urgent(other.store, other.door, hub.clock()) == 2
    assert other.shown() == {"洪水来了"}
    second.sync()
    assert second.shown() == {"洪水来了"}


def test_notices_when_the_hub_was_put_back_are_the_countys_word_for_its_own_and_the_stations_for_theirs(
    hub: TestHub, boards: list[Board]
) -> None:
    ours, *_ = boards
    lost, earlier, own = a_notice(1, None, "丢了的"), a_notice(2, None, "早先的"), a_notice(3, OURS, "停电")
    hub.publish(lost, replace(earlier, revision=3, title="后来的"))
    ours.keep(own)
    assert sync_all(boards)[0] == {"丢了的", "后来的", "停电"}
    with hub.engine.begin() as connection:
        for table, ids in ((record, record.c.id), (feed, feed.c.record_id)):
            connection.execute(sa.delete(table).where(ids.in_([lost.id, earlier.id, own.id])))
        connection.execute(sa.update(county).values(feed_epoch="restored"))
    hub.publish(replace(earlier, revision=2))
    assert sync_all(boards) == [{"早先的", "停电"}] * 2 + [{"早先的"}]
    assert [board.repair() for board in boards] == [0, 0, 0]


def test_publish_when_a_notice_is_a_stations_own_refuses_it(hub: TestHub) -> None:
    with pytest.raises(ValueError, match="not the county's"):
        hub.publish(a_notice(1, OURS, "停电"))


def test_station_when_the_county_put_a_notice_up_shows_it_and_cannot_take_it_down(
    hub: TestHub, boards: list[Board], tmp_path: Path
) -> None:
    with hub.engine.begin() as connection:
        made = county_notices.put_up(
            connection, COUNTY, " 全县招工会 ", "打 07124000000", False, START, START + timedelta(days=2), hub.clock()
        )
    boards[2].sync()
    assert boards[2].shown() == {"全县招工会"}
    station = make_station(tmp_path)
    here = Here(boards[2].store, hub.clock, OTHER.id, "", station.here.rules, station.here.areas, station.here.rubric)
    assert notices.standing(here) == (made,)
    station.store.close()


def test_tool_when_the_county_writes_lists_and_takes_notices_back(
    hub: TestHub, boards: list[Board], capsys: pytest.CaptureFixture[str]
) -> None:
    def tool(*words: str) -> str:
        hub.clock.tick(seconds=1)
        assert run(hub.settings, _parser().parse_args(["notice", *words]), hub.clock()) == 0
        return capsys.readouterr().out.strip()

    assert tool() == "现在没有县里的通知。"
    tool("全县招工会", "周六上午，县中心门口。", "--urgent")
    tool("春节放假", "--from", "2026-11-24", "--until", "2026-11-30")
    first, second = (line.split("\t") for line in tool().splitlines())
    assert (first[2:], second[1:]) == (
        ["2026-11-24 00:00", "要紧", "全县招工会"],
        ["2026-11-24 00:00", "2026-12-01 00:00", "", "春节放假"],
    )
    assert sync_all(boards) == [{"全县招工会"}] * 3
    for wrong in (("",), ("找 13900000001",), ("晚了", "--until", "2026-11-22")):
        with pytest.raises(BadInput):
            tool(*wrong)
    with pytest.raises(NotFound, match="没有放着的通知"):
        tool("--back", first[0][:4])
    tool("--back", first[0])
    assert sync_all(boards) == [set()] * 3
    with pytest.raises(NotFound, match="没有放着的通知"):
        tool("--back", first[0])
