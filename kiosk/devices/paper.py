"""The paper that comes out of the simulated printer: its lines as a picture, 203 dots an inch, and as words. Knows no bytes and no line.

Lines stand 34 dots apart (1/6 inch), pictures and codes directly under one another, as thermal printers do.
"""

from dataclasses import dataclass, field

from PIL import Image

from kiosk import qr
from kiosk.devices import glyphs
from kiosk.devices.printer_profile import DOTS_PER_MM, LINE_DOTS

PITCH = 34
TOP, BOTTOM, SIDE = 40, 32, 24
LEVEL_M = 49
PICTURE = "▒"


@dataclass(frozen=True, slots=True)
class Piece:
    """One slip after the cut. `words` has a line for each line of text, ▒ for a picture, and the text of each code."""

    image: Image.Image
    words: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Say whether nothing is on it."""
        return not self.words


@dataclass
class Roll:
    """The strip under the print head."""

    dots: int = 576
    _strips: list[tuple[int, int, Image.Image]] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _y: int = 0
    _line: list[tuple[str, tuple[int, int], bool]] = field(default_factory=list)
    _scale: tuple[int, int] = (1, 1)
    _bold: bool = False
    _align: int = 0
    _pieces: list[Piece] = field(default_factory=list)

    def take(self) -> list[Piece]:
        """Give what was cut off since the last call."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def reset(self) -> None:
        """Forget styles and the unfinished line."""
        self._line, self._scale, self._bold, self._align = [], (1, 1), False, 0

    def style(self, *, scale: tuple[int, int] | None = None, bold: bool | None = None, align: int | None = None) -> None:
        """Change how what follows looks."""
        self._scale = self._scale if scale is None else scale
        self._bold = self._bold if bold is None else bold
        self._align = self._align if align is None else align

    def text(self, characters: str) -> None:
        """Put characters on the line, and go to the next one when it is full."""
        new = (characters, self._scale, self._bold)
        if sum(_across(part) for part in [*self._line, new]) > self.dots:
            self.end_line()
        self._line.append(new)

    def end_line(self) -> None:
        """Print the line and feed it out."""
        self.feed(PITCH)

    def feed(self, dots: int) -> None:
        """Print the line, if there is one, and feed."""
        high = max((LINE_DOTS * scale[1] for _, scale, _ in self._line), default=0)
        if self._line:
            self._place(_draw(self._line, high))
            self._words.append("".join(c for c, _, _ in self._line))
            self._line = []
        self._y += max(dots, high)

    def raster(self, across: int, high: int, dots: bytes) -> None:
        """Print a picture."""
        image = Image.frombytes("1", (across * 8, high), dots).point(lambda v: 0 if v else 255)
        self._place(image)
        self._words.append(PICTURE)
        self._y += high

    def code(self, text: bytes, module: int, level: int) -> None:
        """Print a QR code; a printer refuses what it cannot make, without a word."""
        if level != LEVEL_M or not 1 <= module <= 16:
            return
        rows = qr.modules(text.decode("utf-8", "replace"))
        side = len(rows)
        image = Image.frombytes("L", (side, side), bytes(0 if dark else 255 for row in rows for dark in row))
        self._place(image.resize((side * module,) * 2, Image.Resampling.NEAREST).convert("1"))
        self._words.append(text.decode("utf-8", "replace"))
        self._y += side * module

    def cut(self) -> None:
        """Cut off what was printed."""
        self.feed(0)
        high = max((y + image.height for _, y, image in self._strips), default=0)
        paper = Image.new("1", (self.dots + 2 * SIDE, TOP + high + BOTTOM), 255)
        for x, y, image in self._strips:
            paper.paste(image, (SIDE + x, TOP + y))
        self._pieces.append(Piece(paper, tuple(self._words)))
        self._strips, self._words, self._y = [], [], 0

    def _place(self, image: Image.Image) -> None:
        x = (self.dots - image.width) * self._align // 2
        self._strips.append((x, self._y, image.crop((0, 0, min(image.width, self.dots), image.height))))


def _across(part: tuple[str, tuple[int, int], bool]) -> int:
    characters, scale, _ = part
    return glyphs.dots_across(characters) * scale[0]


def _draw(line: list[tuple[str, tuple[int, int], bool]], high: int) -> Image.Image:
    image = Image.new("1", (sum(map(_across, line)), high), 255)
    x = 0
    for part in line:
        characters, (_, tall), bold = part
        glyph = glyphs.draw(characters, tall, bold=bold)
        image.paste(glyph.resize((_across(part), glyph.height)), (x, high - glyph.height))
        x += _across(part)
    return image


def save(piece: Piece, path: str) -> None:
    """Write a slip as PNG with its true size."""
    per_inch = DOTS_PER_MM * 25.4
    piece.image.save(path, "PNG", dpi=(per_inch, per_inch), optimize=True)
