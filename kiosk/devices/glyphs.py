"""Characters as dots, in the cells of a printer's fonts: for lines that the printer cannot print itself, and for the simulator's paper.

A character that the face does not have, either (most of Extension B and later), is a dashed square to write it into by hand.

Noto's Mono face, because its Latin is exactly half as wide as its Chinese. Knows no ESC/POS.
"""

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from kiosk.devices.printer_profile import HALF_DOTS, LINE_DOTS
from kiosk.devices.slip_layout import width
from kiosk.errors import PrinterError

FONTS = Path("/usr/share/fonts/opentype/noto")
MONO_SC = 7
BASELINE, LATIN = 0.88, 0.8
"""Where characters stand in their cell, from its top: Noto CJK's own baseline, and Latin's two dots higher, so that g keeps its tail."""


UNASSIGNED = "\U0010ffff"
"""Never a character: what is drawn for it is what is drawn for want of one."""
DASH = 4


@lru_cache(maxsize=4096)
def has(character: str) -> bool:
    """Say whether the face has a character."""
    font = _font(LINE_DOTS, False)
    return bytes(font.getmask(character)) != bytes(font.getmask(UNASSIGNED))


def draw(text: str, scale: int = 1, *, bold: bool = False) -> Image.Image:
    """Draw one line, black on white, one bit a dot, each character in its own cell; raise PrinterError without the font."""
    high = LINE_DOTS * scale
    image = Image.new("L", (max(1, dots_across(text) * scale), high), 255)
    pen, x, cell = ImageDraw.Draw(image), 0, HALF_DOTS * scale
    for c in text:
        if c <= "~" or has(c):
            pen.text((x, round((LATIN if c <= "~" else BASELINE) * high)), c, font=_font(high, bold), fill=0, anchor="ls")
        else:
            _square(pen, x, high)
        x += width(c) * cell
    # a thermal head knows no grey; this threshold keeps thin strokes
    return image.point(lambda v: 255 if v > 150 else 0).convert("1", dither=Image.Dither.NONE)


def draw_scaled(text: str, scale: tuple[int, int], *, bold: bool = False) -> Image.Image:
    """Draw one line so many times as wide and as high as plain text."""
    across, high = scale
    image = draw(text, high, bold=bold)
    if across == high:
        return image
    grey = image.convert("L").resize((max(1, dots_across(text) * across), image.height), Image.Resampling.BOX)
    return grey.point(lambda v: 255 if v > 150 else 0).convert("1", dither=Image.Dither.NONE)


def _square(pen: ImageDraw.ImageDraw, left: int, high: int) -> None:
    first, last = 1, high - 2
    for start in range(first, last, 2 * DASH):
        end = min(start + DASH, last)
        for edge in (first, last):
            pen.line((left + start, edge, left + end, edge), fill=0)
            pen.line((left + edge, start, left + edge, end), fill=0)


def dots_across(text: str) -> int:
    """Give the dots that a line takes at scale 1."""
    return width(text) * HALF_DOTS


@lru_cache(maxsize=8)
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    path = FONTS / f"NotoSansCJK-{'Bold' if bold else 'Regular'}.ttc"
    try:
        return ImageFont.truetype(str(path), size, index=MONO_SC)
    except OSError:
        raise PrinterError(f"{path}: not there; install Debian's fonts-noto-cjk") from None
