"""请叫工作人员: the terminal's place when the terminal itself cannot start. A picture on a bare X window, without Kivy, OpenGL, store.

What it knows of the station stands in STATE/ask_staff.json, which the terminal leaves when it shows home. It ends by itself after a few
minutes: then the terminal is tried again.
"""

import json
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from kiosk.alive import tell
from kiosk.config import Settings
from kiosk.errors import ConfigError
from kiosk.screens import fonts
from kiosk.screens.theme import Colour, Palette
from kiosk.text import t

if TYPE_CHECKING:
    from PIL import Image, ImageFont

    from kiosk.domain.station import Station

FILE = "ask_staff.json"
STANDS_S = 180.0
LOOK_S = 0.25
CARD, RADIUS = (1360, 720), 32
STRIP_ROWS = 16
"""The picture goes to the server in strips: X takes 256 KB at a time."""


def note(state: Path, station: "Station") -> None:
    """Leave for later how the station is called and reached; written only when it changed."""
    told = json.dumps({"name": station.name, "phone": station.phone.grouped()}, ensure_ascii=False)
    target = state / FILE
    with suppress(OSError):
        if not target.exists() or target.read_text("utf-8") != told:
            part = target.with_suffix(".part")
            part.write_text(told, "utf-8")
            part.replace(target)


def known(state: Path) -> tuple[str, str]:
    """Give the station's name and telephone; empty where nobody left them."""
    try:
        told = json.loads((state / FILE).read_text("utf-8"))
        return str(told["name"]), str(told["phone"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def picture(width: int, height: int, folder: Path, name: str, phone: str) -> "Image.Image":
    """Draw the page for a screen of this size, in pixels; `folder` holds the faces."""
    from PIL import Image, ImageDraw, ImageFont

    scale = min(width, height) / 1080 * (0.74 if height > width else 1)
    image = Image.new("RGB", (width, height), _rgb(Palette.ground))
    draw = ImageDraw.Draw(image)

    def face(size: int, bold: bool = False, icons: bool = False) -> "ImageFont.FreeTypeFont":
        path = fonts.icon_font() if icons else folder / (fonts.BOLD if bold else fonts.REGULAR)
        return ImageFont.truetype(path, max(8, round(size * scale)))

    header = round(104 * min(width, height) / 1080)
    draw.rectangle((0, 0, width, header), fill=_rgb(Palette.green))
    place = " ・ ".join(p for p in (t("header.county"), name) if p)
    draw.text((round(48 * scale), header / 2), place, _rgb(Palette.white), face(40, bold=True), anchor="lm")
    middle, card_w, card_h = (header + height) / 2, CARD[0] * scale, CARD[1] * scale
    left, top = (width - card_w) / 2, middle - card_h / 2
    draw.rounded_rectangle((left, top, left + card_w, top + card_h), RADIUS * scale, fill=_rgb(Palette.card))
    with suppress(OSError, ConfigError, KeyError, ValueError):  # a page without its picture still says what to do
        icon = json.loads((folder / fonts.ICON_NAMES).read_text())["account-voice"]
        draw.text((width / 2, top + 160 * scale), icon, _rgb(Palette.green), face(170, icons=True), anchor="mm")
    lines = [(t("ask_staff.title"), 96, True, Palette.ink, 354), (t("ask_staff.text"), 44, False, Palette.ink, 470)]
    lines.append((t("ask_staff.lost"), 40, False, Palette.quiet, 540))
    if phone:
        lines.append((t("ask_staff.phone", phone=phone), 56, True, Palette.green, 630))
    for text, size, bold, colour, down in lines:
        draw.text((width / 2, top + down * scale), text, _rgb(colour), face(size, bold), anchor="mm")
    return image


def show(settings: Settings, stands_s: float = STANDS_S, clock: Callable[[], float] = time.monotonic) -> int:
    """Show the page over the terminal's screen; give 0 when its time is over, 1 when it was told to go: then nobody tries the terminal."""
    from Xlib import X, display

    told: list[int] = []

    def go(number: int, _: FrameType | None) -> None:
        told.append(number)

    signal.signal(signal.SIGTERM, go)
    signal.signal(signal.SIGINT, go)
    place = settings.terminal
    image = picture(place.width, place.height, settings.state_dir / "fonts", *known(settings.state_dir))
    line = display.Display()
    screen = line.screen()
    window = screen.root.create_window(
        place.left,
        place.top,
        place.width,
        place.height,
        0,
        screen.root_depth,
        background_pixel=_pixel(Palette.ground),
        event_mask=X.ExposureMask,
        override_redirect=True,
    )
    window.map()
    pen = window.create_gc()
    until, ready = clock() + stands_s, False
    while not told and clock() < until:
        while line.pending_events():
            if line.next_event().type == X.Expose:
                _paint(window, pen, screen.root_depth, image)
                line.sync()
                if not ready:
                    tell("READY=1")
                    ready = True
        time.sleep(LOOK_S)
    window.destroy()
    line.close()
    return 1 if told else 0


def _paint(window: Any, pen: Any, depth: int, image: "Image.Image") -> None:
    from Xlib import X

    for y in range(0, image.height, STRIP_ROWS):
        strip = image.crop((0, y, image.width, min(y + STRIP_ROWS, image.height)))
        window.put_image(pen, 0, y, strip.width, strip.height, X.ZPixmap, depth, 0, strip.convert("RGBX").tobytes("raw", "BGRX"))


def _rgb(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (round(part * 255) for part in colour[:3])
    return red, green, blue


def _pixel(colour: Colour) -> int:
    red, green, blue = _rgb(colour)
    return red << 16 | green << 8 | blue
