"""What the benches of the screens share: a sample station, real processes on a virtual screen, and a look at frames from outside.

A frame is noticed by XDAMAGE: the X server reports it when it has it, so nothing polls and nothing runs inside what is measured.
"""

import os
import select
import sys
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any

from Xlib import display
from Xlib.ext import damage

from kiosk import bootstrap
from kiosk.config import FILE, Settings
from kiosk.domain.listing import Listing, PublicListing, Review, Verdict
from kiosk.domain.record import new_id
from kiosk.domain.station import Station
from kiosk.screens import fonts
from kiosk.services.station import local
from kiosk.store.store import Store
from kiosk.trial.browser import FLAGS
from kiosk.trial.child import end, spawn
from kiosk.trial.display import Screen
from tests.bench.data import TODAY, make_listings
from tests.station import a_listing, a_review

ROOT = Path(__file__).parent.parent.parent
BATCH = 500
STOP_S = 10
WINDOWS = """
[terminal]
width = {width}
height = {height}

[board]
left = {width}
width = 1920
height = 1080
"""


def make_state(folder: Path, width: int, height: int, listings: int = 0, seed: int = 1, settings: str = "") -> Path:
    """Prepare a station's state folder with the marked samples, faces, and so many listings besides that other stations published."""
    state = folder / "state"
    bootstrap.prepare(Settings(state=str(state), sample=True))
    fonts.extract(state / "fonts")
    (state / FILE).write_text('speaker = "silent"\n' + settings + WINDOWS.format(width=width, height=height), "utf-8")
    if listings:
        store = bootstrap.open_store(Settings(state=str(state)))
        say(f"{listings} listings go in")
        records = published(store, listings, seed)
        for start in range(0, len(records), BATCH):
            with store.write() as u:
                for record in records[start : start + BATCH]:
                    u.receive(record)
        store.close()
    return state


def published(store: Store, count: int, seed: int) -> list[Listing | Review]:
    """Make listings of another station, each followed by its approval, one a minute until now; none has ended."""
    with store.read() as u:
        station = u.list(Station)[0]
    now = bootstrap.wall_clock()
    shift = local(now).date() - TODAY
    records: list[Listing | Review] = []
    for number, public in enumerate(make_listings(count, seed)):
        at = now - timedelta(minutes=count - number)
        values = {f.name: getattr(public, f.name) for f in fields(PublicListing)}
        values |= {"id": new_id(at), "station_id": station.id, "starts_on": public.starts_on + shift, "ends_on": public.ends_on + shift}
        listing = replace(a_listing(at), **values)
        records += [listing, a_review(listing, at, Verdict.APPROVE)]
    return records


class Frames:
    """Notices each frame that any window puts on the screen."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._line = display.Display(screen.name)
        self._line.damage_query_version()
        self._line.screen().root.damage_create(damage.DamageReportRawRectangles)
        self._line.sync()

    def next(self, until: float) -> float | None:
        """Wait for a frame and give the instant (time.monotonic) at which it was seen; None when `until` passes first."""
        while not self._line.pending_events():
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._line.fileno()], [], [], left)[0]:
                return None
        seen = time.monotonic()
        while self._line.pending_events():
            self._line.next_event()
        return seen

    def forget(self) -> None:
        """Drop what was reported until now."""
        while self._line.pending_events():
            self._line.next_event()

    def until(self, spot: "Spot", wanted: Any, timeout_s: float) -> float | None:
        """Wait until the spot looks as wanted (a function of its pixels); give the instant of that frame, or None."""
        end = time.monotonic() + timeout_s
        while (at := self.next(end)) is not None:
            if wanted(spot.pixels(self._screen)):
                return at
        return None

    def close(self) -> None:
        """Let go of the display."""
        self._line.close()


class Spot:
    """A few pixels of the screen, by which a change is known."""

    SIDE = 16

    def __init__(self, x: float, y: float) -> None:
        self.at = (round(x), round(y))

    def pixels(self, screen: Screen) -> bytes:
        """Look at it."""
        x, y = self.at
        return screen.picture(x - self.SIDE // 2, y - self.SIDE // 2, self.SIDE, self.SIDE).tobytes()


def start(screen: Screen, state: Path, *words: str, probe: Path | None = None) -> "Popen[bytes]":
    """Start one of the product's processes; its complaints go to a log in the state folder."""
    environment = os.environ | {"DISPLAY": screen.name, "PYTHONPATH": str(ROOT)}
    environment.pop("KIOSK_PROBE", None)
    if probe is not None:
        environment["KIOSK_PROBE"] = str(probe)
    with (state / f"{words[0]}.log").open("ab") as log:
        return spawn([sys.executable, "-m", "kiosk", "--state", str(state), *words], log, environment)


def start_chromium(screen: Screen, folder: Path, *words: str) -> "Popen[bytes]":
    """Start Chromium in a window that is drawn by OpenGL, as ours is, with a profile in the folder."""
    flags = [flag for flag in FLAGS if flag not in ("--headless=new", "--disable-gpu")]
    with (folder / "chromium.log").open("ab") as log:
        return spawn(["chromium", *flags, f"--user-data-dir={folder / 'profile'}", *words], log, os.environ | {"DISPLAY": screen.name})


def stop(process: "Popen[bytes]") -> None:
    """End a process and its own."""
    end(process, STOP_S)


def p(values: Sequence[float], percent: int) -> float:
    """Give a percentile."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


def spread(values: Sequence[float], unit: str = "ms") -> str:
    """Say how values spread."""
    ranks = " ".join(f"p{percent}={p(values, percent):.3g}" for percent in (0, 50, 95, 99, 100))
    return f"{ranks} {unit} ({len(values)})"


def load() -> str:
    """Say how busy the machine is."""
    return f"load {os.getloadavg()[0]:.1f}"


def say(words: str) -> None:
    """Write progress to standard error."""
    print(words, file=sys.stderr, flush=True)


def figure(
    name: str, value: float, unit: str, goal: float | None, peer: str | None = None, peer_value: float | None = None
) -> dict[str, Any]:
    """Make one figure."""
    return {"figure": name, "value": value, "unit": unit, "goal": goal, "peer": peer, "peer_value": peer_value}
