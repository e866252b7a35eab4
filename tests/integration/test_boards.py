"""How the county sees its boards: a terminal's agent tells, the hub keeps the last word of each, and one command reads them."""

import argparse
import base64
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa
from PIL import Image

from kiosk.agent import report as reporting
from kiosk.agent.report import Reporter
from kiosk.config import VERSION, Settings
from kiosk.county import boards, enrolment, tools
from kiosk.county.schema import device_health
from kiosk.domain.board_seen import BoardSeen
from kiosk.domain.print_job import PrinterState
from kiosk.domain.record import to_plain
from kiosk.errors import ConfigError, HubFailed, HubRefused, SyncError
from kiosk.services.printing import keep_printer_state
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.sync.protocol import HEALTH, PICTURE_MAX_BYTES, HealthNoted, StationHealth
from kiosk.text import t
from tests.hub_parts import COUNTY, OTHER, OURS, TestHub, answering, plain_error
from tests.integration.test_hub_push import a_worker
from tests.integration.test_sync_agent import soon
from tests.station import START, make_store

SEEN = BoardSeen(alive_at=START, state="listings", kind="list", page=2, pages=7, numbers=(17, 23), turn=40, data_age_s=130.0)
SOUND = StationHealth(version="1.0", at=START, board=SEEN, board_alive=True, printer=PrinterState(since=START))


def a_picture(color: str = "#0B2E25") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 180), color).save(out, "JPEG")
    return out.getvalue()


def kept(hub: TestHub) -> list[boards.Told]:
    with hub.engine.connect() as connection:
        return boards.told(connection, COUNTY)


def run_tool(hub: TestHub, capsys: pytest.CaptureFixture[str], pictures: Path | None = None, now: datetime | None = None) -> list[str]:
    tools.run(hub.settings, argparse.Namespace(command="boards", pictures=pictures), now or hub.clock())
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def store(hub: TestHub, tmp_path: Path) -> Iterator[Store]:
    store = make_store(tmp_path, hub.clock)
    door = HttpHub(hub.base)
    exchange.enrol(store, door, hub.code(), hub.clock())
    door.close()
    yield store
    store.close()


def stand(folder: Path, at: datetime, picture: bytes = b"") -> None:
    """Leave what a board leaves."""
    run = folder / "run"
    run.mkdir(exist_ok=True)
    # it writes more than is told
    facts = to_plain(replace(SEEN, alive_at=at)) | {"ids": ["x"], "url": "https://a.test/k/Lx", "fading": False}
    (run / "board.json").write_text(json.dumps(facts))
    (run / "board-small.jpg").write_bytes(picture or a_picture())


def test_reporter_when_it_tells_the_hub_has_all_that_the_terminal_knows(hub: TestHub, store: Store, tmp_path: Path) -> None:
    stand(tmp_path, hub.clock())
    with store.write() as u:
        keep_printer_state(u, PrinterState(near_end=True, since=START))
        u.keep(a_worker())
    reporter = Reporter(Settings(state=str(tmp_path)), store, HttpHub(hub.base), hub.clock)
    assert reporter.tell()
    (one,) = kept(hub)
    assert one.report is not None
    assert one.report.board == replace(SEEN, alive_at=hub.clock())
    assert (one.station, one.told_at, one.report.version, one.report.board_alive) == (OURS.name, hub.clock(), VERSION, True)
    assert one.report.printer == PrinterState(near_end=True, since=START)
    assert (one.report.waiting, one.report.parked, one.report.clock_offset_s) == (1, 0, None)
    assert one.report.free_mb is not None
    with hub.engine.connect() as connection:
        assert boards.picture(connection, COUNTY, one.device_id) == a_picture()
        # what else the board knows, and every word and person, stays at home
        text = str(connection.scalar(sa.select(device_health.c.report.cast(sa.Text))))
    assert "https" not in text
    assert "ids" not in text


def test_reporter_when_the_stations_clock_is_behind_tells_by_how_much_the_next_time(hub: TestHub, store: Store, tmp_path: Path) -> None:
    reporter = Reporter(Settings(state=str(tmp_path)), store, HttpHub(hub.base), lambda: hub.clock() - timedelta(hours=3))
    reporter.tell()
    reporter.tell()
    offset = kept(hub)[0].report
    assert offset is not None
    assert offset.clock_offset_s == pytest.approx(3 * 3600, abs=2)


def test_reporter_when_the_board_has_gone_silent_says_so_and_sends_no_picture(hub: TestHub, store: Store, tmp_path: Path) -> None:
    stand(tmp_path, hub.clock() - timedelta(minutes=1))
    Reporter(Settings(state=str(tmp_path)), store, HttpHub(hub.base), hub.clock).tell()
    (one,) = kept(hub)
    assert one.board(hub.clock()) == (boards.BoardState.STOPPED, hub.clock() - timedelta(minutes=1))
    with hub.engine.connect() as connection:
        assert boards.picture(connection, COUNTY, one.device_id) is None


def test_reporter_when_the_picture_is_too_large_goes_without(hub: TestHub, store: Store, tmp_path: Path) -> None:
    stand(tmp_path, hub.clock(), a_picture() + bytes(PICTURE_MAX_BYTES))
    assert Reporter(Settings(state=str(tmp_path)), store, HttpHub(hub.base), hub.clock).report().picture == ""


class Told:
    """A hub that counts, or refuses."""

    def __init__(self) -> None:
        self.reports: list[StationHealth] = []
        self.error: SyncError | None = None

    def health(self, token: str, report: StationHealth) -> HealthNoted:
        self.reports.append(report)
        if self.error is not None:
            raise self.error
        return HealthNoted(at=START)


def test_reporter_when_the_board_comes_and_goes_tells_at_once_and_is_silent_otherwise(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "FIRST_S", 0.0)
    monkeypatch.setattr(reporting, "LOOK_S", 0.02)
    hub: Any = Told()
    stop = threading.Event()
    reporter = Reporter(Settings(state=str(tmp_path)), store, hub, lambda: datetime.now(UTC))
    thread = threading.Thread(target=reporter.life, args=(stop, lambda: None))
    thread.start()
    try:
        soon(lambda: len(hub.reports) == 1)
        stand(tmp_path, datetime.now(UTC))
        soon(lambda: len(hub.reports) == 2)
        hub.error = HubRefused("not_found")
        stand(tmp_path, datetime.now(UTC) - timedelta(minutes=1))
        soon(lambda: len(hub.reports) == 3)
        hub.error = HubFailed("away")
        stand(tmp_path, datetime.now(UTC))
        soon(lambda: len(hub.reports) == 4)
        assert not stop.wait(0.3)
    finally:
        stop.set()
        thread.join(5)
    assert [r.board_alive for r in hub.reports] == [False, True, False, True]


def test_reporter_when_the_hub_does_not_know_reports_raises_ours(store: Store, tmp_path: Path) -> None:
    with answering(404, b'{"code":"not_found","message":""}', "application/json") as base, pytest.raises(HubRefused):
        Reporter(Settings(state=str(tmp_path)), store, HttpHub(base), lambda: START).tell()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"version": "张三"}, 422),
        ({"version": "1" * 33}, 422),
        ({"waiting": -1}, 422),
        ({"free_mb": 10**30}, 422),
        ({"at": "0001-01-01T00:00:00+14:00"}, 422),
        ({"clock_offset_s": "NaN"}, 422),
        ({"board": to_plain(SEEN) | {"state": "13812345678"}}, 422),
        ({"board": to_plain(SEEN) | {"kind": "list\n"}}, 422),
        ({"board": to_plain(SEEN) | {"numbers": list(range(51))}}, 422),
        ({"printer": {"trouble": "没纸", "since": "2026-11-27T08:00:00Z"}}, 422),
        ({"picture": "A" * (PICTURE_MAX_BYTES * 4 // 3 + 8)}, 413),
    ],
)
def test_hub_when_a_report_says_what_none_of_ours_would_keeps_nothing(hub: TestHub, change: dict[str, Any], status: int) -> None:
    token = {"Authorization": f"Bearer {hub.terminal().enrolled.device_token}"}
    response = requests.post(hub.base + HEALTH, json=to_plain(SOUND) | change, headers=token, timeout=20)
    assert plain_error(response)[0] == status
    assert kept(hub)[0].report is None


@pytest.mark.parametrize("picture", ["", "no base64", base64.b64encode(b"<script>").decode()])
def test_hub_when_the_picture_is_none_keeps_the_report_alone(hub: TestHub, picture: str) -> None:
    terminal = hub.terminal()
    terminal.door.health(terminal.enrolled.device_token, replace(SOUND, picture=picture))
    (one,) = kept(hub)
    assert one.report == SOUND
    with hub.engine.connect() as connection:
        assert boards.picture(connection, COUNTY, one.device_id) is None


def test_boards_when_listed_show_each_in_its_state(hub: TestHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_tool(hub, capsys) == [t("county_tool.no_devices")]
    picture = base64.b64encode(a_picture()).decode()
    troubled = PrinterState(trouble="paper", since=START)
    reports = [
        replace(SOUND, picture=picture),
        replace(SOUND, board_alive=False, printer=troubled),
        replace(SOUND, board=None, board_alive=False, printer=None),
    ]
    for report in reports:
        terminal = hub.terminal()
        terminal.door.health(terminal.enrolled.device_token, report)
    hub.terminal(OTHER)
    shut = hub.terminal(OTHER)
    with hub.engine.begin() as connection:
        enrolment.revoke(connection, COUNTY, shut.enrolled.device_id, hub.clock())
    lines = [line.split("\t") for line in run_tool(hub, capsys, tmp_path / "pictures")]
    assert lines[-1] == [t("county_boards.written", count=1, folder=tmp_path / "pictures")]
    assert len({len(line) for line in lines[:-1]}) == 1
    by_board = {line[3]: line for line in lines[1:-1]}
    assert len(by_board) == 4
    assert by_board[t("county_boards.alive")][4:] == ["2 / 7", "2 分钟前", t("county_boards.printer_good")]
    stopped = by_board[t("county_boards.stopped", when="2026-11-23 15:42")]
    assert stopped[6] == t("today.printer_paper")
    assert by_board[t("county_boards.none")][4:] == ["", "", t("county_boards.printer_unknown")]
    assert by_board[t("county_boards.never")][0] == OTHER.name
    (file,) = (tmp_path / "pictures").iterdir()
    assert file.name.startswith(OURS.name)
    assert file.read_bytes() == a_picture()
    later = run_tool(hub, capsys, now=hub.clock() + timedelta(minutes=13))
    assert sum(t("county_boards.unknown", when="2026-11-23 15:42") in line for line in later) == 3


def test_boards_when_the_folder_cannot_be_written_say_so(hub: TestHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = hub.terminal()
    terminal.door.health(terminal.enrolled.device_token, SOUND)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="存不进去"):
        run_tool(hub, capsys, tmp_path / "file" / "pictures")
