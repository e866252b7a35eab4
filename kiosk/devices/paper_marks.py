"""What a print head puts on paper, each mark with its size known before it is drawn: text, gaps, pictures, QR codes, bar codes.

Drawing waits until somebody looks: tens of thousands of slips are printed in a test, a few are looked at. Knows no bytes of ESC/POS.
"""

from dataclasses import dataclass, field
from typing import Protocol

from PIL import Image, ImageChops, ImageDraw

from kiosk import qr
from kiosk.devices import glyphs
from kiosk.devices.printer_profile import LINE_DOTS
from kiosk.errors import BadInput

PICTURE = "▒"
UNDERLINE = 2


@dataclass(frozen=True, slots=True)
class Look:
    """How characters look; `scale` is across and high, `small` the printer's second font."""

    scale: tuple[int, int] = (1, 1)
    bold: bool = False
    underline: int = 0
    reverse: bool = False
    small: bool = False
    turned: bool = False


class Mark(Protocol):
    """One thing on paper."""

    @property
    def words(self) -> str:
        """What one reads there."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Dots across and high."""
        ...

    def draw(self) -> Image.Image:
        """Draw it, black on white, one bit a dot."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Characters in one look."""

    words: str
    look: Look = Look()

    @property
    def size(self) -> tuple[int, int]:
        """Dots across and high: the second font is 9 by 17 where the first is 12 by 24."""
        across, high = self.look.scale
        if self.look.small:
            return glyphs.dots_across(self.words) * 3 // 4 * across, 17 * high
        return glyphs.dots_across(self.words) * across, LINE_DOTS * high

    def draw(self) -> Image.Image:
        """Draw the characters, each in its cell."""
        image = glyphs.draw_scaled(self.words, self.look.scale, bold=self.look.bold).resize(self.size)
        if self.look.underline:
            ImageDraw.Draw(image).rectangle((0, image.height - self.look.underline, image.width, image.height), fill=0)
        if self.look.reverse:
            image = ImageChops.invert(image)
        return image.transpose(Image.Transpose.ROTATE_180) if self.look.turned else image


@dataclass(frozen=True, slots=True)
class Gap:
    """Room that a tab or a position leaves."""

    across: int
    words: str = " "

    @property
    def size(self) -> tuple[int, int]:
        """Dots across, none high."""
        return self.across, 0

    def draw(self) -> Image.Image:
        """Draw nothing."""
        return Image.new("1", (self.across, 1), 255)


@dataclass(frozen=True, slots=True)
class Picture:
    """Dots as they came: `rows` of `across` dots, eight a byte, a set bit is black; each dot `scale` across and high."""

    across: int
    high: int
    rows: bytes = field(repr=False)
    scale: tuple[int, int] = (1, 1)
    words: str = PICTURE

    @property
    def size(self) -> tuple[int, int]:
        """Dots across and high."""
        return self.across * self.scale[0], self.high * self.scale[1]

    def draw(self) -> Image.Image:
        """Draw the dots."""
        image = ImageChops.invert(Image.frombytes("1", (self.across, self.high), self.rows).convert("L")).convert("1")
        return image.resize(self.size, Image.Resampling.NEAREST)


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code, `module` dots a module; a text that no code can hold leaves nothing, as printers do."""

    words: str
    module: int
    level: str = "M"

    @property
    def size(self) -> tuple[int, int]:
        """Dots across and high."""
        try:
            side = qr.side(self.words, self.level) * self.module if self.words else 0
        except BadInput:
            side = 0
        return side, side

    def draw(self) -> Image.Image:
        """Draw the modules."""
        rows = qr.modules(self.words, self.level)
        dots = bytes(0 if dark else 255 for row in rows for dark in row)
        return Image.frombytes("L", (len(rows), len(rows)), dots).resize(self.size, Image.Resampling.NEAREST).convert("1")


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar code; `kind` is its name at python-barcode, which knows those that fit; what does not fit leaves nothing."""

    words: str
    kind: str
    module: int
    tall: int

    @property
    def size(self) -> tuple[int, int]:
        """Dots across and high."""
        pattern = self._pattern()
        return len(pattern) * self.module, self.tall if pattern else 0

    def draw(self) -> Image.Image:
        """Draw the bars."""
        pattern = self._pattern()
        row = Image.frombytes("L", (len(pattern), 1), bytes(0 if bar == "1" else 255 for bar in pattern))
        return row.resize(self.size, Image.Resampling.NEAREST).convert("1")

    def _pattern(self) -> str:
        import barcode
        from barcode.errors import BarcodeError

        try:
            options = {"add_checksum": False} if self.kind == "code39" else None
            return str(barcode.get(self.kind, self.words, options=options).build()[0]).replace("G", "1")
        except (BarcodeError, KeyError, ValueError, IndexError):
            return ""
