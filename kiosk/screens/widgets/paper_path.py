"""The printer seen from the side, cut open: roll, paper path over head and cutter to the mouth, lid, switch, plug. What is wrong shows.

Drawn in ink on paper, WIDE by HIGH units, as large as the widget is wide. Knows no job and no printer;
`trouble` is a Trouble, `near`, or empty.
"""

from math import cos, pi, sin
from typing import Any

from kivy.graphics import Color, SmoothEllipse, SmoothLine, SmoothRoundedRectangle
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.theme import theme
from kiosk.screens.widgets.words import Word
from kiosk.text import t

WIDE, HIGH, FLOOR = 118, 82, 8
LID_OPEN = 20
"""Degrees."""
HEAD, CUTTER, MOUTH, ROLL = (74, 31), (71, 44), (71, 54), (41, 29)
HINGE = (20.0, 47.0)
SPOTS: dict[str, tuple[tuple[float, float], float]] = {
    "paper": (ROLL, 19),
    "near": (ROLL, 19),
    "cover": ((46, 64), 9),
    "jam": (CUTTER, 11),
    "take": ((73, 62), 10),
    "hot": (HEAD, 10),
    "fault": ((89, 15), 8),
    "absent": ((9, 12), 11),
}
"""Where it is, and how far around."""
PARTS = {
    "paper": "turn",
    "near": "turn",
    "cover": "lid",
    "jam": "cutter",
    "take": "mouth",
    "hot": "head",
    "fault": "switch",
    "absent": "plug",
}
LABELS: dict[str, tuple[float, float]] = {
    "roll": (8, 42),
    "turn": (50, -2),
    "lid": (22, 66),
    "cutter": (107, 44),
    "mouth": (107, 58),
    "head": (107, 30),
    "switch": (107, 15),
    "plug": (9, -2),
}
"""The middle of each word."""
LEADERS: dict[str, tuple[float, float, float, float]] = {
    "roll": (15, 40, 25, 35),
    "cutter": (81, 44, 96, 44),
    "mouth": (75, 58, 96, 58),
    "head": (80, 30, 96, 30),
}
"""From a word to its part, where they stand apart."""
CALM = ("roll", "head", "cutter", "mouth")
"""What is named where nothing is wrong."""


ARC = 48


def _arc(middle: tuple[float, float], radius: float, start: float, end: float) -> list[float]:
    """Give points on a circle, in degrees from the right, counter-clockwise."""
    steps = [(start + (end - start) * n / ARC) * pi / 180 for n in range(ARC + 1)]
    return [value for angle in steps for value in (middle[0] + radius * cos(angle), middle[1] + radius * sin(angle))]


def _turned(point: tuple[float, float], about: tuple[float, float], degrees: float) -> tuple[float, float]:
    x, y, angle = point[0] - about[0], point[1] - about[1], degrees * pi / 180
    return about[0] + x * cos(angle) - y * sin(angle), about[1] + x * sin(angle) + y * cos(angle)


class PaperPath(Widget):
    """As high as its width asks for."""

    trouble = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(size_hint_y=None, **kwargs)
        self.fbind("width", self._measure)
        for name in ("pos", "size", "trouble"):
            self.fbind(name, self._draw)
        self._measure()

    def _measure(self, *_: Any) -> None:
        self.height = round(self.width * HIGH / WIDE)

    def _draw(self, *_: Any) -> None:
        self.canvas.before.clear()
        self.clear_widgets()
        if self.width < WIDE:
            return
        with self.canvas.before:
            self._draw_parts()
        self._name()

    def _draw_parts(self) -> None:
        trouble, wrong = self.trouble, theme.orange
        # body; its outline is open where the paper comes out
        self._box(20, 6, 74, 42, theme.button, 5)
        self._box(24, 10, 56, 38, theme.card, 3)
        if spot := SPOTS.get(trouble):
            (x, y), radius = spot
            self._dot(x, y, radius, theme.orange_pale)
        self._line([20, 47, *_arc((25, 11), 5, 180, 270), *_arc((89, 11), 5, 270, 360), *_arc((89, 43), 5, 0, 90), 76, 48], theme.ink)
        # cable and plug
        tint = wrong if trouble == "absent" else theme.ink
        gap = 3 if trouble == "absent" else 0
        self._line([20 - gap, 12, 14, 12], tint)
        self._box(7, 8, 7, 8, tint, 2)
        for y in (10.2, 13.8):
            self._line([3, y, 7, y], tint)
        # switch
        tint = wrong if trouble == "fault" else theme.quiet
        self._line(_arc((89, 14), 3, 125, 415), tint)
        self._line([89, 14.5, 89, 18.6], tint)
        self._draw_roll(trouble)
        self._draw_path(trouble)
        self._draw_lid(trouble)
        for name in self._named:
            if line := LEADERS.get(name):
                self._line(list(line), theme.quiet if not trouble else theme.brown, 0.2)

    def _draw_roll(self, trouble: str) -> None:
        x, y = ROLL
        radius = {"paper": 4.5, "near": 7}.get(trouble, 15)
        tint = theme.orange if trouble in ("paper", "near") else theme.ink
        self._dot(x, y, radius, theme.card)
        self._line(_arc(ROLL, radius, 0, 360), tint)
        self._dot(x, y, 2.6, theme.track)
        self._line(_arc(ROLL, 2.6, 0, 360), tint)
        if trouble == "paper":
            # the way a new roll goes in
            for n in range(0, 24, 2):
                self._line(_arc(ROLL, 15, n * 15, n * 15 + 11), theme.quiet, 0.3)
        # the way it turns: the paper leaves from below
        self._line(_arc(ROLL, 10.5, 215, 300), theme.green)
        self._line([42.6, 16.7, 45.3, 19.9, 41.6, 21.9], theme.green)

    def _draw_path(self, trouble: str) -> None:
        (x, y), ink = ROLL, theme.ink
        low = y - {"near": 7}.get(trouble, 15)
        way = [x, low, 58, 15.5, *_arc((62, 24), 9, 285, 355), 71, 40]
        if trouble == "jam":
            way = [*way[:-2], 71, 39, 67.5, 41, 74, 42.5, 67, 44, 74.5, 45.5, 68, 47]
        elif trouble == "take":
            way = [*way, 71, 56, *_arc((79, 57), 8, 180, 100)]
        elif trouble != "cover":
            way = [*way, *MOUTH, 71, 59]
        tint = theme.orange if trouble in ("jam", "take") else ink
        if trouble == "paper":
            for n in range(4):
                self._line([48 + n * 5, 14.4 + n * 0.4, 51 + n * 5, 14.7 + n * 0.4], theme.quiet, 0.3)
        else:
            self._line(way, tint, 0.6)
        # head, and the roller that presses the paper against it
        hot = trouble == "hot"
        self._box(73, 26, 5, 10, theme.orange if hot else theme.ink, 1.2)
        if hot:
            for n in range(3):
                top = 27.5 + n * 3.4
                self._line([80, top, 81.5, top + 1.2, 83, top, 84.5, top + 1.2], theme.orange)
        roller = _turned((66.8, 31), HINGE, LID_OPEN) if trouble == "cover" else (66.8, 31)
        self._dot(roller[0], roller[1], 3.8, theme.card)
        self._line(_arc(roller, 3.8, 0, 360), ink)
        # cutter
        tint = theme.orange if trouble == "jam" else ink
        self._line([63, 43, 69, 44, 63, 45, 63, 43], tint)
        self._line([79, 43, 73, 44, 79, 45, 79, 43], tint)

    def _draw_lid(self, trouble: str) -> None:
        tint = theme.orange if trouble == "cover" else theme.ink
        lid = [HINGE, (24, 53), (58, 55), (67, 51)]
        if trouble == "cover":
            lid = [_turned(point, HINGE, LID_OPEN) for point in lid]
            # the way it closes
            self._line([74, 66, 77, 56], theme.green)
            self._line([73.6, 58.6, 77, 55.6, 78.8, 59.8], theme.green)
        self._line([value for point in lid for value in point], tint, 0.8)
        self._dot(*HINGE, 1.6, tint)

    def _name(self) -> None:
        """Write beside what is wrong what it is called; where nothing is, beside the parts."""
        wrong = bool(self.trouble)
        for name in self._named:
            word = Word(text=t(f"printer.part.{name}"), size_px=28, bold=wrong, color=theme.brown if wrong else theme.quiet)
            word.fbind("size", self._place, word, name)
            self.add_widget(word)
            self._place(word, name)

    @property
    def _named(self) -> tuple[str, ...]:
        return (PARTS[self.trouble],) if self.trouble in PARTS else CALM

    def _place(self, word: Word, name: str, *_: Any) -> None:
        x, y = LABELS[name]
        left = min(max(self.x, self.x + x * self._unit - word.width / 2), self.right - word.width)
        word.pos = (round(left), round(self.y + (y + FLOOR) * self._unit - word.height / 2))

    @property
    def _unit(self) -> float:
        return float(self.width) / WIDE

    def _dot(self, x: float, y: float, radius: float, tint: Any) -> None:
        unit = self._unit
        Color(rgba=tint)
        SmoothEllipse(pos=(self.x + (x - radius) * unit, self.y + (y + FLOOR - radius) * unit), size=(2 * radius * unit, 2 * radius * unit))

    def _box(self, x: float, y: float, wide: float, high: float, tint: Any, corner: float) -> None:
        unit = self._unit
        Color(rgba=tint)
        SmoothRoundedRectangle(
            pos=(self.x + x * unit, self.y + (y + FLOOR) * unit), size=(wide * unit, high * unit), radius=[corner * unit]
        )

    def _line(self, points: list[float], tint: Any, width: float = 0.45) -> None:
        unit, start = self._unit, (self.x, self.y + FLOOR * self._unit)
        Color(rgba=tint)
        SmoothLine(points=[start[n % 2] + value * unit for n, value in enumerate(points)], width=max(1.0, width * unit), overdraw_width=1.2)
