"""Entry into the provincial platform: what waits, the files for it, and the mark that a person entered it, revision by revision."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kiosk.domain.codes import PayUnit, Trade
from kiosk.domain.listing import Listing, Takedown
from kiosk.domain.privacy import PersonName
from kiosk.domain.running import PlatformEntry
from kiosk.domain.station import Role
from kiosk.domain.worker import WorkerState
from kiosk.errors import NotAllowed, NotFound
from kiosk.services.export import Entered, export_listings, export_workers, mark_entered, waiting
from kiosk.services.platform_words import listing_cells, worker_cells
from kiosk.services.sign_in import Session
from kiosk.services.table_write import Form
from kiosk.services.withdraw import withdraw
from kiosk.store import chain
from kiosk.store.schema import audit
from tests.station import STATION, TestStation, a_listing, a_review, make_station
from tests.unit.test_roster_files import a_worker

CLERK = Session("clerk", "张伟", Role.STAFF)


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def _keep(station: TestStation, *records: Any) -> None:
    with station.store.write() as u:
        for record in records:
            u.keep(record)


def _publish(station: TestStation, listing: Listing | None = None, **changes: Any) -> Listing:
    station.clock.tick(minutes=1)
    one = replace(listing or a_listing(station.clock()), **changes)
    _keep(station, one, a_review(one, station.clock()))
    return one


def _acts(station: TestStation) -> list[tuple[str, str, str]]:
    with station.store.read() as u:
        assert chain.verify(u.connection) is None
        return [(row.act, row.actor_id, row.subject_id) for row in u.connection.execute(audit.select().order_by(audit.c.seq))]


def test_waiting_when_asked_gives_what_is_public_and_who_is_active(station: TestStation) -> None:
    one = _publish(station)
    elsewhere = _publish(station, station_id="another")
    gone, pending = _publish(station), a_listing(station.clock())
    worker, paused = a_worker(station.clock()), replace(a_worker(station.clock()), state=WorkerState.PAUSED)
    withdrawn = a_worker(station.clock())
    down = Takedown(id="t", station_id=STATION.id, listing_id=gone.id, by_name="李芳", reason="招满", taken_down_at=station.clock())
    _keep(station, pending, down, worker, paused, withdrawn)
    withdraw(station.here, withdrawn.id)
    found = waiting(station.here)
    assert [listing.id for listing in found.listings] == [one.id]
    assert elsewhere.id != one.id
    assert [w.id for w in found.workers] == [worker.id]


def test_mark_entered_when_done_says_who_and_when_and_takes_it_off_the_list(station: TestStation) -> None:
    one, two = _publish(station), _publish(station)
    station.clock.tick(hours=1)
    [entry] = mark_entered(station.here, CLERK, Entered.LISTING, [(one.id, 1), (one.id, 1)])
    assert (entry.entity, entry.record_id, entry.record_revision) == ("listing", one.id, 1)
    assert (entry.by_id, entry.by_name, entry.entered_at) == (CLERK.staff_id, "张伟", station.clock())
    assert [listing.id for listing in waiting(station.here).listings] == [two.id]
    assert _acts(station)[-1] == ("enter", CLERK.staff_id, one.id)
    with station.store.read() as u:
        assert u.list(PlatformEntry) == [entry]
        assert [o.record for o in u.outgoing(99) if o.entity == "platform_entry"] == [entry]


def test_mark_entered_when_a_colleague_was_quicker_changes_nothing(station: TestStation) -> None:
    one = _publish(station)
    mark_entered(station.here, CLERK, Entered.LISTING, [(one.id, 1)])
    acts = _acts(station)
    assert mark_entered(station.here, station.head, Entered.LISTING, [(one.id, 1)]) == []
    assert _acts(station) == acts


def test_waiting_when_a_newer_revision_is_approved_has_it_again(station: TestStation) -> None:
    one = _publish(station)
    mark_entered(station.here, CLERK, Entered.LISTING, [(one.id, 1)])
    edited = replace(one, revision=2, pay_fen=28000)
    _keep(station, edited)
    assert waiting(station.here).listings == (), "an edit waits for its reviewer first"
    _publish(station, edited)
    found = waiting(station.here)
    assert found.listings == (edited,)
    assert found.again == {one.id}
    worker = a_worker(station.clock())
    _keep(station, worker)
    mark_entered(station.here, CLERK, Entered.WORKER, [(worker.id, 1)])
    again = replace(worker, revision=2, pay_fen=26000)
    _keep(station, again)
    assert waiting(station.here).workers == (again,)


def test_mark_entered_when_a_newer_revision_came_meanwhile_marks_the_one_that_was_typed_in(station: TestStation) -> None:
    worker = a_worker(station.clock())
    _keep(station, worker)
    shown = waiting(station.here).workers
    newer = replace(worker, revision=2, pay_fen=26000)
    _keep(station, newer)
    mark_entered(station.here, CLERK, Entered.WORKER, [(w.id, w.revision) for w in shown])
    assert waiting(station.here).workers == (newer,)


def test_mark_entered_when_one_cannot_be_marked_marks_none(station: TestStation) -> None:
    one, other = _publish(station), _publish(station, station_id="another")
    with pytest.raises(NotFound):
        mark_entered(station.here, CLERK, Entered.LISTING, [(one.id, 1), ("nowhere", 1)])
    with pytest.raises(NotAllowed):
        mark_entered(station.here, CLERK, Entered.LISTING, [(one.id, 1), (other.id, 1)])
    assert [listing.id for listing in waiting(station.here).listings] == [one.id]


def test_export_listings_when_read_back_has_the_fields_of_article_6(station: TestStation) -> None:
    _publish(station)
    name, data = export_listings(station.here, CLERK)
    assert name == "待录入省平台：用工信息_义堂站_2026-11-23.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [c.value for c in sheet[3]] == ["单位（姓名）", "岗位要求", "工作时间", "工资待遇", "联系方式"]
    assert [c.value for c in sheet[4]] == [
        "云梦县汉十物流有限公司",
        "装卸工，3 人，义堂镇汉十物流园；能吃苦，穿平底鞋",
        "2026-11-24 到 2026-11-26，7:00 到 17:00，歇 1 小时",
        "260 元/天，日结",
        "周建国 19900001234",
    ]
    assert sheet.freeze_panes == "A4"
    assert _acts(station)[-1] == ("export", CLERK.staff_id, STATION.id)


def test_export_workers_when_written_as_csv_has_the_fields_of_article_6(station: TestStation) -> None:
    _keep(station, replace(a_worker(station.clock()), name=PersonName("〇𬬻·买买提"), area="420923101"))
    name, data = export_workers(station.here, CLERK, Form.CSV)
    assert name.endswith(".csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["姓名", "求职意向", "期望工资", "联系方式"], ["〇𬬻·买买提", "搬运装卸，义堂镇", "240 元/天", "19900002001"]]


def test_export_when_a_mark_was_made_leaves_it_out(station: TestStation) -> None:
    one = _publish(station)
    mark_entered(station.here, CLERK, Entered.LISTING, [(one.id, 1)])
    rows = list(csv.reader(io.StringIO(export_listings(station.here, CLERK, Form.CSV)[1].decode("utf-8-sig"), newline="")))
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("changes", "when"),
    [
        ({"ends_on": date(2026, 11, 24)}, "2026-11-24，7:00 到 17:00，歇 1 小时"),
        ({"long_term": True}, "2026-11-24 起，长期，7:00 到 17:00，歇 1 小时"),
        ({"day_start_min": None}, "2026-11-24 到 2026-11-26，时间和用工方商量"),
    ],
)
def test_listing_cells_when_days_differ_say_them(changes: dict[str, Any], when: str) -> None:
    assert listing_cells(a_listing(**changes))[2] == when


def test_worker_cells_when_nothing_was_asked_for_says_so(station: TestStation) -> None:
    worker = replace(a_worker(station.clock()), pay_fen=None, pay_unit=PayUnit.MONTH, trades=(Trade.LOADING, Trade.FARMING))
    assert worker_cells(worker)[1:3] == ["搬运装卸、农活", "面议"]
