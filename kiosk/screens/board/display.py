"""Where the board's window stands, as the X server tells it (RandR): how large that monitor is, in pixels and inches, and whether it is
another one by now.

A television that comes back at 720p or is turned changes its monitor, not our window: the board starts itself anew, for the new size. One
that is unplugged leaves no monitor there; nothing changes until there is one again. When the X server itself goes, the board ends at once,
for its supervisor; started again it waits for the server. Knows no Kivy.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from Xlib import display, error

from kiosk.config import BoardSettings, WindowPlace
from kiosk.domain.board_look import told_inches
from kiosk.errors import ConfigError

log = logging.getLogger(__name__)

LOOK_S = 2.0
WAIT_S, TRY_S = 60.0, 0.5
"""So long a board that finds no X server waits for one, trying so often."""
GONE = (error.DisplayError, error.ConnectionClosedError, error.XauthError, OSError)


@dataclass(frozen=True, slots=True)
class Monitor:
    """A part of the X screen that one output shows, in pixels, and what the screen there says of its size; it may say 0."""

    left: int
    top: int
    width: int
    height: int
    width_mm: int = 0
    height_mm: int = 0


def at(place: WindowPlace, monitors: Sequence[Monitor]) -> Monitor | None:
    """Give the monitor whose corner the window stands in, or None."""
    return next((m for m in monitors if (m.left, m.top) == (place.left, place.top) and m.width > 0 and m.height > 0), None)


def fitted(place: WindowPlace, look: BoardSettings, monitors: Sequence[Monitor]) -> tuple[WindowPlace, BoardSettings]:
    """Give the window as large as the monitor it stands on, and the screen's inches: what is set wins, then what the screen says, if it can
    be so. Both are as set where there is no monitor."""
    monitor = at(place, monitors)
    if monitor is None:
        return place, look
    inches = look.screen_inches or told_inches(monitor.width, monitor.height, monitor.width_mm, monitor.height_mm)
    return replace(place, width=monitor.width, height=monitor.height), replace(look, screen_inches=inches)


def anew(built: WindowPlace, before: Sequence[Monitor], now: Sequence[Monitor]) -> bool:
    """Say whether the board must be built anew: its monitor has another size, and had it before; modes are set in several steps."""
    seen = at(built, now)
    return seen is not None and seen == at(built, before) and (seen.width, seen.height) != (built.width, built.height)


class Outputs:
    """A connection to the X server that only asks for its monitors."""

    def __init__(self, name: str | None = None) -> None:
        """Connect to a display, else to $DISPLAY; raise ConfigError."""
        try:
            self._display = display.Display(name)
            version = self._display.xrandr_query_version() if self._display.has_extension("RANDR") else None
            self._tells = version is not None and (version.major_version, version.minor_version) >= (1, 5)
        except GONE as reason:
            raise ConfigError(f"display: {type(reason).__name__}") from None

    def monitors(self) -> list[Monitor]:
        """Give all monitors, none from a server that cannot tell; raise ConfigError when the server is gone."""
        if not self._tells:
            return []
        try:
            found = self._display.screen().root.xrandr_get_monitors().monitors
        except GONE as reason:
            raise ConfigError(f"display: {type(reason).__name__}") from None
        return [Monitor(m.x, m.y, m.width_in_pixels, m.height_in_pixels, m.width_in_millimeters, m.height_in_millimeters) for m in found]


def wait_for_outputs(patience_s: float = WAIT_S) -> Outputs | None:
    """Connect to the X server, waiting for one that is being started; None without $DISPLAY. Raises ConfigError when it does not come."""
    if not os.environ.get("DISPLAY"):
        return None
    until = time.monotonic() + patience_s
    while True:
        try:
            return Outputs()
        except ConfigError:
            if time.monotonic() > until:
                raise
            time.sleep(TRY_S)


def follow(outputs: Outputs, built: WindowPlace, start_anew: Callable[[], None], end: Callable[[], None]) -> None:
    """Look at the monitors on a thread of its own until the board must be built anew, or the X server is gone."""

    def look() -> None:
        before: list[Monitor] = []
        while True:
            try:
                now = outputs.monitors()
            except ConfigError as gone:
                log.warning("%s", gone)
                end()
                return
            if anew(built, before, now):
                log.warning("the monitor has another size now: starting anew")
                start_anew()
                return
            before = now
            time.sleep(LOOK_S)

    threading.Thread(target=look, name="outputs", daemon=True).start()


def replace_process() -> None:
    """Become a new process of the same command: whoever looks after this one need not notice, and nothing of the old window is left."""
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def end_process() -> None:
    """End at once, with 1: the thread of the window may wait for the X server for ever."""
    os._exit(1)
