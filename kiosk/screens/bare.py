"""A page for when nothing else can be shown: drawn with Pillow, brought to a bare X server. Knows neither Kivy, OpenGL nor the store.

What it knows of the station stands in STATE/ask_staff.json, which the terminal leaves when it shows home.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.errors import ConfigError
from kiosk.screens import fonts
from kiosk.screens.theme import Colour, Palette
from kiosk.text import t

if TYPE_CHECKING:
    from PIL import Image, ImageFont

    from kiosk.domain.station import Station

FILE = "ask_staff.json"
CARD, RADIUS = (1360, 720), 32
STRIP_ROWS = 16
"""The picture goes to the server in strips: X takes 256 KB at a time."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the card: its size and how far down its middle stands, in pixels of a screen 1080 high."""

    text: str
    size: int
    down: int
    bold: bool = False
    colour: Colour = Palette.ink


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


def picture(width: int, height: int, folder: Path, name: str, icon: str, lines: Sequence[Line]) -> "Image.Image":
    """Draw a page for a screen of this size, in pixels; `folder` holds the faces, `name` is the station's."""
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
        drawn = json.loads((folder / fonts.ICON_NAMES).read_text())[icon]
        draw.text((width / 2, top + 160 * scale), drawn, _rgb(Palette.green), face(170, icons=True), anchor="mm")
    for line in lines:
        draw.text((width / 2, top + line.down * scale), line.text, _rgb(line.colour), face(line.size, line.bold), anchor="mm")
    return image


def paint(target: Any, pen: Any, depth: int, image: "Image.Image", left: int = 0, top: int = 0) -> None:
    """Bring a picture to a window or pixmap of the X server."""
    from Xlib import X

    for y, strip in _strips(image):
        data = strip.convert("RGBX").tobytes("raw", "BGRX")
        target.put_image(pen, left, top + y, strip.width, strip.height, X.ZPixmap, depth, 0, data)


def _strips(image: "Image.Image") -> Iterator[tuple[int, "Image.Image"]]:
    for y in range(0, image.height, STRIP_ROWS):
        yield y, image.crop((0, y, image.width, min(y + STRIP_ROWS, image.height)))


def pixel(colour: Colour) -> int:
    """Give a colour as X knows it."""
    red, green, blue = _rgb(colour)
    return red << 16 | green << 8 | blue


def _rgb(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (round(part * 255) for part in colour[:3])
    return red, green, blue
