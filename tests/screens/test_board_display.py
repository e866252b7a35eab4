"""A television that changes under the board, and an X server that dies: real processes, a real X server, RandR."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from Xlib import display
from Xlib.ext import randr
from Xlib.protocol import rq

from kiosk.screens.board.display import LOOK_S
from kiosk.trial.child import end, spawn
from kiosk.trial.display import Screen, VirtualScreen
from kiosk.trial.supervise import Child
from tests.screens.real import RealStation
from tests.screens.test_board import Board, start_board

__all__ = ["start_board"]
BACK_S = 10.0


class SetMonitor(rq.Request):
    """RandR's request 43; python-xlib's own cannot be packed."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(43),
        rq.RequestLength(),
        rq.Window("window"),
        rq.Card32("name"),
        rq.Bool("primary"),
        rq.Bool("automatic"),
        rq.LengthOf("crtcs", 2),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card32("width_mm"),
        rq.Card32("height_mm"),
        rq.List("crtcs", rq.Card32Obj),
    )


class Television:
    """The one output of a virtual screen: it takes other sizes, and is pulled out."""

    def __init__(self, screen: Screen) -> None:
        self._display = display.Display(screen.name)
        self._root = self._display.screen().root
        self._name = self._display.intern_atom("TV")

    def show(self, width: int, height: int) -> None:
        """Be so large from now on, in the corner of the screen."""
        resources = self._root.xrandr_get_screen_resources()
        SetMonitor(
            display=self._display.display,
            opcode=self._display.display.get_extension_major(randr.extname),
            window=self._root,
            name=self._name,
            primary=True,
            automatic=False,
            x=0,
            y=0,
            width=width,
            height=height,
            width_mm=400,
            height_mm=300,
            crtcs=list(resources.outputs),
        )
        self._display.sync()

    def close(self) -> None:
        """Let go of the X server."""
        self._display.close()

    def plug(self, plugged: bool) -> None:
        """Pull it out, or plug it in."""
        resources = self._root.xrandr_get_screen_resources()
        mode, outputs = (resources.modes[0].id, list(resources.outputs)) if plugged else (0, [])
        self._display.xrandr_set_crtc_config(resources.crtcs[0], resources.config_timestamp, 0, 0, mode, 1, outputs)
        self._display.sync()


@pytest.fixture
def own_screen() -> Iterator[VirtualScreen]:
    screen = VirtualScreen(1920, 1080)
    yield screen
    screen.close()


@pytest.fixture
def television(own_screen: VirtualScreen) -> Iterator[Television]:
    television = Television(own_screen)
    yield television
    television.close()


def window_of(board: Board) -> tuple[int, int]:
    """Give the size of the window that the hall sees."""
    seen = display.Display(board.screen.name)
    try:
        sizes = [child.get_geometry() for child in seen.screen().root.query_tree().children]
        return max(((int(g.width), int(g.height)) for g in sizes), default=(0, 0))
    finally:
        seen.close()


@pytest.mark.long
def test_board_when_its_television_changes_is_built_anew_on_the_same_page_and_stays_when_it_is_unplugged(
    start_board: Callable[..., Board], own_screen: VirtualScreen, television: Television
) -> None:
    board = start_board(own_screen)
    first, pid = board.standing(), board.process.pid
    television.plug(False)
    time.sleep(1.5 * LOOK_S)
    television.plug(True)
    time.sleep(1.5 * LOOK_S)
    assert (window_of(board), board.health()["turn"]) == ((1920, 1080), first["turn"])
    television.show(1280, 720)
    began = time.monotonic()
    while window_of(board) != (1280, 720):
        assert time.monotonic() - began < BACK_S, board.log.read_text()
        time.sleep(0.1)
    after = board.wait_health(lambda f: f.get("alive_at", "") > first["alive_at"] and f["state"] == "listings" and not f["fading"])
    assert time.monotonic() - began < BACK_S
    assert (after["turn"], after["ids"]) == (first["turn"], first["ids"])
    assert board.process.poll() is None
    assert board.process.pid == pid


class Server:
    """An X server that can be killed and started again under the same name."""

    def __init__(self) -> None:
        with_a_name = VirtualScreen(1920, 1080)
        self.name = with_a_name.name
        with_a_name.close()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = spawn(["Xvfb", self.name, "-screen", "0", "1920x1080x24", "-nolisten", "tcp"])

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            end(self._process, 0)
            self._process = None


def test_board_when_the_x_server_dies_ends_at_once_and_is_back_soon_after_the_server(
    station: RealStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    (station.state / "kiosk.toml").write_text("[board]\nleft = 0\n")
    server = Server()
    server.start()
    child = Child("board", station.state, ["board"], {**os.environ, "DISPLAY": server.name})
    health = station.state / "run" / "board.json"

    def tended(so: Callable[[], Any], timeout_s: float) -> float:
        began = time.monotonic()
        while not so():
            assert time.monotonic() - began < timeout_s, child.log.read_text()[-2000:]
            child.tend()
            time.sleep(0.05)
        return time.monotonic() - began

    try:
        child.start()
        tended(health.exists, 20)
        server.kill()
        tended(lambda: child.crashes == 1, 5)
        health.unlink(missing_ok=True)
        # nobody to show anything to: it waits, and does not fall into its supervisor's longer and longer pauses
        began = time.monotonic()
        while time.monotonic() - began < 3:
            child.tend()
            time.sleep(0.05)
        assert child.crashes == 1
        server.start()
        assert tended(health.exists, BACK_S) < BACK_S
    finally:
        child.stop()
        server.kill()
