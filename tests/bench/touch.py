"""How soon a touch is answered and how evenly a list flies, while sync applies 10,000 changes and slips print. 1280×800.

Terminal and agent are real processes, the store holds 10,000 public listings, a hub in the agent's memory hands 10,000 more changes out
as fast as they are taken (tests/bench/feeding.py). `touch_p95_ms`: a finger injected by XTEST goes down on a row, a switch or a button of
the dock → the frame in which that wears its pressed colour. `frame_p99_ms`: the time between two frames of flings down the list, from the
first to the last that moves it. Both are seen from outside, by XDAMAGE. Rounds are repeated on fresh copies and put together.
"""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from subprocess import Popen
from typing import Any

from kiosk import bootstrap
from kiosk.config import Settings
from kiosk.services.browse import JobQuery, jobs
from kiosk.services.hand_out import print_listing
from kiosk.services.station import Here
from kiosk.sync.exchange import CURSOR
from kiosk.text import t
from kiosk.trial.child import spawn
from kiosk.trial.display import VirtualScreen
from kiosk.trial.eye import Eye
from tests.bench.stage import ROOT, Frames, Spot, figure, load, make_state, p, say, spread, start, stop

WIDTH, HEIGHT = 1280, 800
LISTINGS, CHANGES, ROUNDS = 10_000, 10_000, 3
PATIENCE_S = 60
FLING_PX, FLING_STEPS, STEP_S, GLIDE_S = 420, 12, 0.008, 0.7
"""A quick finger: half a screen in a tenth of a second; the list glides on for longer than is looked at."""
PRESS_S, STILL_S = 0.5, 0.15


@dataclass
class Found:
    """What one round or all of them found; milliseconds."""

    touches: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    slips: int = 0
    flings: int = 0


def run() -> Iterator[dict[str, Any]]:
    """Measure both under load; on standard error the same without."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        made = make_state(Path(name), WIDTH, HEIGHT, LISTINGS)
        quiet, loaded = Found(), Found()
        for number in range(ROUNDS):
            state = Path(name) / f"round-{number}"
            shutil.copytree(made, state)
            _round(state, quiet, loaded)
            shutil.rmtree(state)
    say(f"without load: touch {spread(quiet.touches)}; frames {spread(quiet.gaps)}")
    say(f"under load:   touch {spread(loaded.touches)}; frames {spread(loaded.gaps)}; {loaded.flings} flings, {loaded.slips} slips")
    peer = "the same without load"
    yield figure("touch_p95_ms", round(p(loaded.touches, 95), 1), "ms", 33, peer, round(p(quiet.touches, 95), 1))
    yield figure("frame_p99_ms", round(p(loaded.gaps, 99), 1), "ms", 33, peer, round(p(quiet.gaps, 99), 1))


def _round(state: Path, quiet: Found, loaded: Found) -> None:
    screen = VirtualScreen(WIDTH, HEIGHT)
    here = bootstrap.open_here(Settings(state=str(state)))
    agent = _agent(screen, state)
    terminal = start(screen, state, "terminal", probe=state / "probe")
    try:
        visit = Visit(screen, Eye(screen, state / "probe"))
        visit.open_list()
        for _ in range(3):
            visit.use(quiet)
        began = time.monotonic()
        (state / "go").touch()
        while not _fed(here):
            print_listing(here, jobs(here, JobQuery(limit=1)).rows[0].listing.id)
            loaded.slips += 1
            visit.use(loaded)
            if terminal.poll() is not None or agent.poll() is not None or time.monotonic() - began > 5 * PATIENCE_S:
                raise RuntimeError(f"terminal {terminal.poll()}, agent {agent.poll()}: {(state / 'terminal.log').read_text()[-2000:]}")
        say(f"{CHANGES} changes in {time.monotonic() - began:.0f} s, {load()}")
    finally:
        for process in (terminal, agent):
            stop(process)
        here.store.close()
        screen.close()


def _agent(screen: VirtualScreen, state: Path) -> "Popen[bytes]":
    words = [sys.executable, "-m", "tests.bench.feeding", str(state), str(CHANGES)]
    with (state / "agent.log").open("ab") as log:
        agent = spawn(words, log, os.environ | {"PYTHONPATH": str(ROOT)})
    until = time.monotonic() + PATIENCE_S
    while not (state / "fed").exists():
        if time.monotonic() > until or agent.poll() is not None:
            raise RuntimeError(f"no agent: {(state / 'agent.log').read_text()[-2000:]}")
        time.sleep(0.1)
    return agent


def _fed(here: Here) -> bool:
    with here.store.read() as u:
        return u.recall(CURSOR) == str(CHANGES)


class Visit:
    """A visitor in the job list."""

    def __init__(self, screen: VirtualScreen, eye: Eye) -> None:
        self._screen, self._eye, self._frames = screen, eye, Frames(screen)

    def open_list(self) -> None:
        """Go to the list and let the other pages load, as they do in the first seconds."""
        self._eye.wait_page("home", PATIENCE_S)
        time.sleep(10)
        self._eye.tap(t("home.find.title"))
        self._eye.wait_page("jobs")
        self._eye.wait_text(t("wish.near"))
        time.sleep(1)

    def use(self, found: Found) -> None:
        """Fling the list twice, look at a listing and come back, turn a switch on and off."""
        for _ in range(2):
            self._fling(found)
        self._wait_still()
        seen = self._eye.wait(lambda seen: any(map(_is_row, seen["things"])), "a row")
        row = max((thing for thing in seen["things"] if _is_row(thing)), key=lambda thing: thing["rect"][3] - thing["rect"][1])
        self._press(found, row["rect"])
        self._eye.wait_page("detail")
        self._press(found, self._button(t("dock.back")))
        self._eye.wait_page("jobs")
        for _ in range(2):
            self._press(found, self._button(t("wish.days_ahead_1")))
            time.sleep(0.3)

    def _wait_still(self) -> None:
        """Wait until the list has come to rest and a page stands."""
        while self._frames.next(time.monotonic() + STILL_S) is not None:
            pass

    def _button(self, text: str) -> list[int]:
        rect: list[int] = self._eye.wait_text(text)["button"]["rect"]
        return rect

    def _press(self, found: Found, rect: list[int]) -> None:
        """Put the finger down inside a button and lift it once the button shows that it was felt."""
        left, top, right, bottom = rect
        spot = Spot((left + right) / 2, bottom - (bottom - top) * 0.2)
        self._wait_still()
        before = spot.pixels(self._screen)
        began = time.monotonic()
        self._screen.press(spot.at)
        answered = self._frames.until(spot, lambda pixels: pixels != before, PRESS_S)
        found.touches.append((answered - began if answered else PRESS_S) * 1000)
        time.sleep(0.05)
        self._screen.lift()

    def _fling(self, found: Found) -> None:
        """Throw the list upwards and note when its frames come."""
        seen: list[float] = []
        done = threading.Event()

        def watch() -> None:
            while not done.is_set():
                at = self._frames.next(time.monotonic() + 0.05)
                if at is not None:
                    seen.append(at)

        self._frames.forget()
        watcher = threading.Thread(target=watch)
        watcher.start()
        x, y = WIDTH * 0.4, HEIGHT * 0.8
        self._screen.draw([(x, y - FLING_PX * n / FLING_STEPS) for n in range(FLING_STEPS + 1)], STEP_S)
        time.sleep(GLIDE_S)
        done.set()
        watcher.join()
        found.flings += 1
        found.gaps += [(b - a) * 1000 for a, b in pairwise(seen)]


def _is_row(thing: dict[str, Any]) -> bool:
    """Know a row of the list by its width."""
    left, _, right, _ = thing["rect"]
    return bool(thing["kind"] == "button" and right - left > WIDTH / 2)
