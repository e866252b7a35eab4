"""The paper that comes out of the simulated printer: its lines as a picture, 203 dots an inch, and as words. Knows no bytes and no line.

Lines stand 34 dots apart (1/6 inch) unless told otherwise, pictures and codes directly under one another, as thermal printers do.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from PIL import Image

from kiosk.devices.paper_marks import PICTURE, Gap, Look, Mark, Text
from kiosk.devices.printer_profile import DOTS_PER_MM, HALF_DOTS

__all__ = ["PICTURE", "Piece", "Roll", "save"]

PITCH = 34
TOP, BOTTOM, SIDE = 40, 32, 24
TAB_EVERY = 8 * HALF_DOTS
LONGEST = 20_000
"""Dots of paper that are drawn, 2.5 m: whoever feeds more has sent nonsense."""

Strip = tuple[int, int, Mark]


@dataclass(frozen=True)
class Piece:
    """One slip after the cut. `words` has a line for each line of text, ▒ for a picture, and the text of each code."""

    dots: int
    strips: tuple[Strip, ...]
    words: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Say whether nothing is on it."""
        return not self.words

    @cached_property
    def image(self) -> Image.Image:
        """Give the paper as one sees it."""
        high = max((y + mark.size[1] for _, y, mark in self.strips), default=0)
        paper = Image.new("1", (self.dots + 2 * SIDE, TOP + high + BOTTOM), 255)
        for x, y, mark in self.strips:
            drawn = mark.draw()
            paper.paste(drawn.crop((0, 0, min(drawn.width, max(0, self.dots - x)), drawn.height)), (SIDE + x, TOP + y))
        return paper


@dataclass
class Roll:
    """The strip under the print head. While `blind`, the head burns nothing, though the paper moves."""

    dots: int = 576
    blind: bool = False
    _strips: list[Strip] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)
    _y: int = 0
    _pieces: list[Piece] = field(default_factory=list)
    _line: list[Mark] = field(default_factory=list)
    _across: int = 0

    def __post_init__(self) -> None:
        self.reset()

    def take(self) -> list[Piece]:
        """Give what was cut off since the last call."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def reset(self) -> None:
        """Forget styles and the unfinished line."""
        self._line, self._across = [], 0
        self._look, self._align, self._pitch, self._margin, self._area = Look(), 0, PITCH, 0, self.dots

    def style(self, **changes: Any) -> None:
        """Change how the characters that follow look; the names are Look's."""
        self._look = replace(self._look, **changes)

    def layout(self, *, align: int | None = None, pitch: int | None = None, margin: int | None = None, area: int | None = None) -> None:
        """Change where lines stand: align 0 left, 1 centre, 2 right; the others in dots."""
        self._align = self._align if align is None else align
        self._pitch = self._pitch if pitch is None else pitch
        self._margin = self._margin if margin is None or margin >= self.dots else margin
        self._area = self._area if area is None else area

    def text(self, characters: str) -> None:
        """Put characters on the line, and go to the next one when it is full."""
        self.put(Text(characters, self._look))

    def put(self, mark: Mark) -> None:
        """Put a mark on the line, and go to the next one when it is full."""
        if self._line and self._across + mark.size[0] > self._room:
            self.end_line()
        self._line.append(mark)
        self._across += mark.size[0]

    def tab(self) -> None:
        """Go on at the next tab stop."""
        self.move_to(TAB_EVERY - self._across % TAB_EVERY, relative=True)

    def move_to(self, dots: int, *, relative: bool = False) -> None:
        """Go on at a position of the line; a head cannot go back over what it will print, and none goes past the edge."""
        gap = dots if relative else dots - self._across
        if 0 < gap <= self._room - self._across:
            self.put(Gap(gap))

    def end_line(self) -> None:
        """Print the line and feed it out."""
        self.feed(self._pitch)

    def feed(self, dots: int) -> None:
        """Print the line, if there is one, and feed."""
        high = max((mark.size[1] for mark in self._line), default=0)
        x = self._start(self._across)
        for mark in self._line:
            across, tall = mark.size
            self._place(x, self._y + high - tall, mark)
            x += across
        if not self.blind and (words := "".join(mark.words for mark in self._line)):
            self._words.append(words)
        self._line, self._across = [], 0
        self._y = min(self._y + max(dots, high), LONGEST)

    def show(self, mark: Mark) -> None:
        """Print a picture or a code on lines of its own; nothing where it has no size."""
        self.feed(0)
        across, high = mark.size
        if across and high:
            self._place(self._start(across), self._y, mark)
            if not self.blind:
                self._words.append(mark.words)
            self._y = min(self._y + high, LONGEST)

    def cut(self) -> None:
        """Cut off what was printed."""
        self.feed(0)
        self._pieces.append(Piece(self.dots, tuple(self._strips), tuple(self._words)))
        self._strips, self._words, self._y = [], [], 0

    @property
    def _room(self) -> int:
        return max(0, min(self._area, self.dots - self._margin))

    def _start(self, across: int) -> int:
        return self._margin + max(0, self._room - across) * self._align // 2

    def _place(self, x: int, y: int, mark: Mark) -> None:
        if not self.blind:
            self._strips.append((x, y, mark))


def save(piece: Piece, path: str) -> None:
    """Write a slip as PNG with its true size."""
    per_inch = DOTS_PER_MM * 25.4
    piece.image.save(path, "PNG", dpi=(per_inch, per_inch), optimize=True)
