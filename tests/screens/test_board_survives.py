"""What befalls a board in its years: real processes, killed, locked out and starved; the hall never looks at a black screen."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk import bootstrap
from kiosk.config import load
from kiosk.domain.listing import Listing
from kiosk.domain.record import to_plain
from kiosk.screens.board.player import RETRY_S
from kiosk.services.station import local
from kiosk.store.backup import copy_store
from kiosk.store.key import read_key
from kiosk.store.store import open_store
from kiosk.sync.exchange import HEARD_AT
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation
from tests.screens.test_board import Board, approve, clear, collect, start_board
from tests.unit.test_board_player import SHUT_OUT

__all__ = ["start_board"]
BACK_S = 10.0
PLAYER_PATIENCE_S, HEALTH_EVERY_S = 30.0, 5.0
"""As kiosk.screens.board.board has them, which makes a window when it is imported."""
PALE, AMBER = (0xD5, 0xE5, 0xDD), (0xFF, 0xC8, 0x57)
LOCK = """
import sys, time
from pathlib import Path
from kiosk.store.connection import connect
raw = connect(Path(sys.argv[1]), sys.argv[2])
raw.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[3]))
raw.execute("ROLLBACK")
"""
FOR_ITSELF = """
import sys
from pathlib import Path
from kiosk.store.connection import connect
raw = connect(Path(sys.argv[1]), sys.argv[2])
raw.execute("PRAGMA locking_mode=EXCLUSIVE")
raw.execute("BEGIN EXCLUSIVE")
raw.execute("COMMIT")
print("locked", flush=True)
sys.stdin.read()
"""

Start = Callable[..., Board]


def lit(image: Image.Image) -> bool:
    """Say whether anybody would call it a board: not one colour, and something bright on it."""
    low, high = image.convert("L").getextrema()
    return int(str(high)) > 200 > 60 > int(str(low))


def short_pages(station: RealStation) -> None:
    """Leave so little work that a page is soon read."""
    clear(station.here)
    for title in ("装卸工", "帮厨"):
        approve(station.here, collect(station.here, title=title))


def stays(board: Board, seconds: float) -> list[dict[str, Any]]:
    """Watch for a while: lit, alive, and showing what a hall comes for; give what stood."""
    stood, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        assert lit(board.screen.picture())
        assert board.process.poll() is None
        stood.append(board.health())
        assert stood[-1].get("state") in ("listings", "sheet"), board.log.read_text()[-2000:]
        time.sleep(0.5)
    return stood


def test_board_when_it_is_killed_is_back_on_the_same_page_in_time(start_board: Start, station: RealStation, lying: Screen) -> None:
    first = start_board(lying)
    before = first.standing()
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    began = time.monotonic()
    after = start_board(lying).wait_health(
        lambda f: f.get("alive_at", "") > before["alive_at"] and f["state"] == before["state"] and not f["fading"], BACK_S
    )
    assert time.monotonic() - began < BACK_S
    for same in ("turn", "kind", "ids", "highlight", "page", "pages", "until"):
        assert after[same] == before[same], same
    assert lit(lying.picture())


@pytest.mark.parametrize("disk", ["full", pytest.param("not a folder", marks=pytest.mark.long)])
def test_board_when_it_cannot_write_down_what_stands_shows_it_all_the_same(
    start_board: Start, station: RealStation, lying: Screen, disk: str
) -> None:
    run = station.state / "run"
    shutil.rmtree(run, ignore_errors=True)
    if disk == "full":
        run.mkdir()
        for name in ("board.json", "board-played.json", "board.jpg", "board-small.jpg"):
            (run / f"{name}.part").symlink_to("/dev/full")
    else:
        run.touch()
    board = start_board(lying)
    board.wait_text(t("board.scan"))
    assert lit(lying.picture())
    assert board.health() == {}
    assert "Traceback" not in board.log.read_text()


@pytest.mark.long
def test_board_when_its_player_hangs_is_no_longer_called_alive(
    start_board: Start, station: RealStation, lying: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that is a pipe is opened for ever, as one on a stick that does not answer is; the window goes on drawing."""
    (station.state / "pictures").mkdir()
    os.mkfifo(station.state / "pictures" / "a.jpg")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        board = start_board(lying)
        fed = []
        with suppress(TimeoutError):
            while manager.recv(100):
                fed.append(time.monotonic())
                assert len(fed) < 2 * PLAYER_PATIENCE_S, "it is fed for ever"
                manager.settimeout(6)
    assert len(fed) > PLAYER_PATIENCE_S / 2
    assert board.process.poll() is None, "nothing but the manager can end it"
    alive_at = board.health()["alive_at"]
    time.sleep(HEALTH_EVERY_S + 1)
    assert board.health()["alive_at"] == alive_at


@pytest.mark.long
def test_board_when_the_county_was_silent_for_weeks_says_since_when_in_another_colour(
    start_board: Start, station: RealStation, lying: Screen
) -> None:
    heard = station.here.now() - timedelta(weeks=3)
    with station.here.store.write() as u:
        u.remember(HEARD_AT, to_plain(heard))
    board = start_board(lying)
    board.standing()
    day = local(heard)
    when = t("board.day_time", day=t("day.date", month=day.month, day=day.day), time=f"{day.hour}:{day:%M}")
    (said,) = [thing for thing in board.view()["things"] if thing["text"] == t("board.data", time=when)]
    left, top, right, bottom = said["rect"]
    seen = lying.picture(left, top, right - left, bottom - top).getcolors(1 << 20)
    colours = {colour for _, colour in seen or ()}
    assert AMBER in colours
    assert PALE not in colours


@pytest.mark.long
def test_board_when_another_process_holds_the_store_for_long_plays_on(start_board: Start, station: RealStation, lying: Screen) -> None:
    short_pages(station)
    board = start_board(lying)
    first = board.standing()
    settings = load(station.state)
    words = [sys.executable, "-c", LOCK, str(settings.store_path), read_key(settings.key_path), "30"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        stood = stays(board, 28)
        assert holder.poll() is None
        holder.wait()
    assert stood[-1]["turn"] > first["turn"], "it stopped turning"
    assert stood[-1]["alive_at"] > stood[0]["alive_at"]
    number = approve(station.here, collect(station.here, title="新来的活"))
    board.wait_health(lambda f: f["fresh"] == [number], 5)


@pytest.mark.long
def test_board_when_readers_are_shut_out_of_the_store_keeps_its_page_and_says_how_old_it_is(
    start_board: Start, station: RealStation, lying: Screen
) -> None:
    short_pages(station)
    board = start_board(lying)
    first = board.standing()
    words = [sys.executable, "-c", SHUT_OUT, str(station.state / "station.db-shm")]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        stood = stays(board, 45)
        assert (stood[-1]["turn"], stood[-1]["ids"]) == (first["turn"], first["ids"]), "nobody could have read another"
        assert stood[-1]["heard_at"], "it says how old that is"
        assert stood[-1]["alive_at"] > stood[len(stood) // 2]["alive_at"], "it waits, and does not hang"
        holder.communicate("")
    number = approve(station.here, collect(station.here, title="新来的活"))
    board.wait_health(lambda f: f["fresh"] == [number], RETRY_S + 15)


@pytest.mark.long
def test_board_when_it_starts_while_another_process_has_the_store_for_itself_waits_and_comes(
    start_board: Start, station: RealStation, lying: Screen
) -> None:
    settings = load(station.state)
    station.here.store.close()
    words = [sys.executable, "-c", FOR_ITSELF, str(settings.store_path), read_key(settings.key_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        board = start_board(lying)
        board.wait_text(t("board.waiting"))
        time.sleep(8)
        assert lit(lying.picture())
        assert board.health()["state"] == "waiting"
        holder.communicate("")
    board.standing(BACK_S)


@pytest.mark.long
def test_board_when_the_agent_is_killed_plays_on(start_board: Start, station: RealStation, lying: Screen) -> None:
    short_pages(station)
    board = start_board(lying)
    first = board.standing()
    words = [sys.executable, "-m", "kiosk", "--state", str(station.state), "agent"]
    with (station.state / "agent-log").open("wb") as log, subprocess.Popen(words, stdout=log, stderr=log) as agent:
        until = time.monotonic() + 20
        while not (station.state / "run" / "agent.json").exists():
            assert time.monotonic() < until
            time.sleep(0.1)
        agent.kill()
    stood = stays(board, 24)
    assert stood[-1]["turn"] > first["turn"]


def another_store(folder: Path, station: RealStation) -> Path:
    """Make the station's store as a backup holds it, from before there was any work but one."""
    old = folder / "restored.db"
    key = read_key(load(station.state).key_path)
    copy_store(station.state / "station.db", key, old)
    store = open_store(old, key, clock=bootstrap.wall_clock)
    with store.write() as u:
        for published in list(u.newest()):
            u.drop(Listing, published.listing.id)
    store.close()
    return old


@pytest.mark.long
def test_board_when_the_store_is_replaced_by_another_shows_that_one(
    start_board: Start, station: RealStation, lying: Screen, tmp_path: Path
) -> None:
    restored = another_store(tmp_path, station)
    board = start_board(lying)
    assert board.standing()["total"] > 0
    station.here.store.close()
    for leftover in station.state.glob("station.db-*"):
        leftover.unlink()
    restored.replace(station.state / "station.db")
    # whatever page of it comes first at this hour
    facts = board.wait_health(lambda f: f["state"] in ("empty", "sheet") and f["total"] == 0 and not f["fading"])
    assert facts["numbers"] == []
    assert lit(lying.picture())
    assert "another file stands in its place" in board.log.read_text()
