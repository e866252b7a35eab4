"""How soon an approval stands in the hall, how smoothly pages change, and what the board costs while nothing does.

Real parts: a board process on Xvfb at 1920×1080 under software OpenGL, its station and a second one, each with an encrypted store and an
agent process, and between them a hub on PostgreSQL. `board_local_p95_s`: a member of staff approves at the board's station → the first
photograph of the screen on which the 新 strip shows that listing. `board_remote_p95_s`: the same, approved at the second station.
`board_fade_fps`: frames that Kivy drew by the seconds that they took, the middle one of five fades. `board_idle_cpu_pct`: of one core, the
most of several stretches in which a page stood.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from kiosk import bootstrap
from kiosk.config import load
from kiosk.domain.listing import Listing, Verdict
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.station import Role, Station
from kiosk.screens import fonts
from kiosk.screens.board.sizes import sizes_for
from kiosk.services import publish
from kiosk.services.sample import load_sample
from kiosk.services.sign_in import Session, add_staff
from kiosk.services.station import Here
from kiosk.trial.child import end, spawn
from kiosk.trial.display import Screen, VirtualScreen
from kiosk.trial.eye import Eye
from tests.hub_parts import OTHER, OURS, TestHub, fresh_database, make_hub, running_cluster
from tests.station import PIN, a_listing, a_review

APPROVALS, PAGES = 30, 5
LISTINGS = 60
IDLE_S = 15.0
PATIENCE_S = 120.0
"""A page stands up to ninety seconds."""


@dataclass
class Place:
    """One station: its folder, its store open here, and who approves."""

    name: str
    folder: Path
    here: Here
    head: Session
    approved: int = 0

    def collect(self) -> Listing:
        """Record a listing that waits for a reviewer."""
        now, day = self.here.now(), self.here.today() + timedelta(days=1)
        self.approved += 1
        phone = Phone(f"199{self.here.station_id[7]}{self.approved:07}")
        dates = {"starts_on": day, "ends_on": day + timedelta(days=2)}
        listing = a_listing(now, station_id=self.here.station_id, title=f"{self.name}新活{self.approved}", contact_phone=phone, **dates)
        with self.here.store.write() as u:
            u.keep(listing)
        return listing

    def approve(self, listing: Listing) -> None:
        """Approve it as staff do."""
        publish.decide(self.here, self.head, listing.id, 1, Verdict.APPROVE)


@dataclass
class Hall:
    """The board as it is seen from outside."""

    screen: Screen
    eye: Eye
    place: Place
    process: subprocess.Popen[bytes]

    def health(self) -> dict[str, Any]:
        """Read the health file."""
        return dict(json.loads((self.place.folder / "run" / "board.json").read_text("utf-8")))

    def wait_turn(self, after: int) -> int:
        """Wait until a later page stands; give its turn."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                facts = self.health()
                if facts["state"] in ("listings", "sheet") and facts["turn"] > after and not facts["fading"]:
                    return int(facts["turn"])
            except (OSError, ValueError):
                pass
            _within(until, "a page")
            time.sleep(0.1)

    def strip(self) -> bytes:
        """Photograph the strip."""
        settings = load(self.place.folder)
        sizes = sizes_for(settings.board, settings.board_look)
        top = settings.board.height - sizes.safety - sizes.gap - sizes.strip
        return self.screen.picture(sizes.margin, top, settings.board.width - 2 * sizes.margin, sizes.strip).tobytes()

    def seconds_until(self, title: str, act: Any) -> float:
        """Give the seconds from `act` to the first photograph of a strip that says the title."""
        before, began = self.strip(), time.monotonic()
        act()
        while True:
            now, taken = self.strip(), time.monotonic()
            if now != before:
                # the picture changed, and this is what it says
                if any(thing["kind"] == "text" and f"{title} " in thing["text"] for thing in self.eye.view()["things"]):
                    return taken - began
                before = now
            _within(began + PATIENCE_S, title)
            time.sleep(0.01)


def run() -> Iterator[dict[str, Any]]:
    """Measure the four figures."""
    with ExitStack() as open_parts:
        folder = Path(open_parts.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-bench-")))
        hub = make_hub(fresh_database(open_parts.enter_context(running_cluster())), folder)
        open_parts.callback(hub.close)
        ours, other = _station(hub, OURS, folder / "ours"), _station(hub, OTHER, folder / "other")
        _fill(ours)
        screen = VirtualScreen(1920, 1080)
        open_parts.callback(screen.close)
        board = _start(open_parts, ours, "board", screen)
        hall = Hall(screen, Eye(screen, ours.folder / "probe"), ours, board)
        fades, idle = [], []
        turn = hall.wait_turn(0)
        for _ in range(PAGES):
            idle.append(_cpu_pct(board.pid))
            turn = hall.wait_turn(turn)
            fades.append(hall.health()["fade"])
        _say(f"idle {[round(i, 2) for i in idle]} % of a core; fades {fades}")
        yield _figure("board_fade_fps", round(median(fade["fps"] for fade in fades), 1), 25, "fps")
        yield _figure("board_idle_cpu_pct", round(max(idle), 2), 5, "%")
        for place in (ours, other):
            _start(open_parts, place, "agent", screen)
        yield _figure("board_local_p95_s", _p95(_approvals(hall, ours)), 1, "s")
        yield _figure("board_remote_p95_s", _p95(_approvals(hall, other, hub)), 3, "s")


def _approvals(hall: Hall, place: Place, hub: TestHub | None = None) -> list[float]:
    dice, taken = random.Random(5), []
    for _ in range(APPROVALS):
        listing = place.collect()
        if hub is not None:
            hub.clock.now = bootstrap.wall_clock()
        # neither in step with the board's looking nor with the agents'
        time.sleep(1 + dice.random())
        taken.append(hall.seconds_until(listing.title, lambda listing=listing: place.approve(listing)))
    _say(f"{place.name}: median {sorted(taken)[len(taken) // 2]:.2f} s, worst {max(taken):.2f} s")
    return taken


def _station(hub: TestHub, station: Station, folder: Path) -> Place:
    """Make a station's folder as set-up does, enrolled at the hub, with one member of staff."""
    folder.mkdir()
    (folder / "kiosk.toml").write_text(f'hub = "{hub.base}"\nphone_base = "{hub.base}"\n[board]\nleft = 0\n')
    settings = load(folder)
    fonts.extract(folder / "fonts")
    hub.clock.now = bootstrap.wall_clock()
    bootstrap.prepare(settings)
    bootstrap.enrol(settings, [hub.code(station)])
    here = bootstrap.open_here(settings)
    with here.store.write() as u:
        head = add_staff(u, here.now(), station.id, "李芳", Role.HEAD, PIN)
    return Place(station.name, folder, here, Session(head.id, head.name, head.role))


def _fill(place: Place) -> None:
    """Let the sample county's listings be public here, so that pages are as full as in life."""
    now = place.here.now()
    listings = load_sample(bootstrap.ASSETS / "sample", now).listings[:LISTINGS]
    with place.here.store.write() as u:
        for listing in listings:
            ours = replace(listing, id=new_id(now), revision=1, station_id=place.here.station_id)
            u.put(ours)
            u.put(a_review(ours, now - timedelta(hours=1)))


def _start(open_parts: ExitStack, place: Place, name: str, screen: Screen) -> subprocess.Popen[bytes]:
    environment = os.environ | {"DISPLAY": screen.name, "KIOSK_BOARD_PROBE": str(place.folder / "probe")}
    with (place.folder / f"{name}.log").open("wb") as log:
        process = spawn([sys.executable, "-m", "kiosk", "--state", str(place.folder), name], log, environment)
    open_parts.callback(end, process, 5)
    return process


def _cpu_pct(pid: int) -> float:
    """Measure what the process takes of one core while its page stands."""
    began, used = time.monotonic(), _ticks(pid)
    time.sleep(IDLE_S)
    return (_ticks(pid) - used) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began) * 100


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def _within(until: float, what: str) -> None:
    if time.monotonic() > until:
        raise TimeoutError(f"the board never showed {what}")


def _p95(values: list[float]) -> float:
    return round(sorted(values)[int(len(values) * 0.95)], 2)


def _figure(name: str, value: float, goal: float, unit: str) -> dict[str, Any]:
    return {"figure": name, "value": value, "unit": unit, "goal": goal}


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
