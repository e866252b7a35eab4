"""请叫工作人员: the terminal's place when the terminal itself cannot start.

It ends by itself after a few minutes: then the terminal is tried again.
"""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from kiosk.alive import tell
from kiosk.config import Settings
from kiosk.screens import bare
from kiosk.screens.bare import Line
from kiosk.screens.theme import Palette
from kiosk.text import t

if TYPE_CHECKING:
    from PIL import Image

STANDS_S = 240.0
"""Not shorter than systemd counts the terminal's starts (kiosk-terminal.service): else it would refuse the next one."""
LOOK_S = 0.25


def picture(width: int, height: int, folder: Path, name: str, phone: str) -> "Image.Image":
    """Draw the page for a screen of this size, in pixels; `folder` holds the faces."""
    lines = [
        Line(t("ask_staff.title"), 96, 354, bold=True),
        Line(t("ask_staff.text"), 44, 470),
        Line(t("ask_staff.lost"), 40, 540, colour=Palette.quiet),
    ]
    if phone:
        lines.append(Line(t("ask_staff.phone", phone=phone), 56, 630, bold=True, colour=Palette.green))
    return bare.picture(width, height, folder, name, "account-voice", lines)


def show(settings: Settings, stands_s: float = STANDS_S, clock: Callable[[], float] = time.monotonic) -> int:
    """Show the page over the terminal's screen; give 0 when its time is over, 1 when it was told to go: then nobody tries the terminal."""
    from Xlib import X, display

    told: list[int] = []

    def go(number: int, _: FrameType | None) -> None:
        told.append(number)

    signal.signal(signal.SIGTERM, go)
    signal.signal(signal.SIGINT, go)
    place = settings.terminal
    image = picture(place.width, place.height, settings.state_dir / "fonts", *bare.known(settings.state_dir))
    line = display.Display()
    screen = line.screen()
    window = screen.root.create_window(
        place.left,
        place.top,
        place.width,
        place.height,
        0,
        screen.root_depth,
        background_pixel=bare.pixel(Palette.ground),
        event_mask=X.ExposureMask,
        override_redirect=True,
    )
    window.map()
    pen = window.create_gc()
    until, ready = clock() + stands_s, False
    while not told and clock() < until:
        while line.pending_events():
            if line.next_event().type == X.Expose:
                bare.paint(window, pen, screen.root_depth, image)
                line.sync()
                if not ready:
                    tell("READY=1")
                    ready = True
        line.sync()  # a server that hangs holds us up, too, and the watchdog ends both
        if ready:
            tell("WATCHDOG=1")
        time.sleep(LOOK_S)
    window.destroy()
    line.close()
    return 1 if told else 0
