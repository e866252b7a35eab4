"""A box to write in with a finger. Collects strokes; reads nothing itself."""

from math import hypot
from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Mesh
from kivy.properties import NumericProperty, StringProperty

from kiosk.domain.ports import Stroke
from kiosk.screens.theme import theme
from kiosk.screens.widgets import patch
from kiosk.screens.widgets.panel import Box

NEAR = 2.0
PEN = 7
"""Half the width of the ink, in design pixels."""


class Ink:
    """One stroke as a mesh of soft dots and soft bars between them: smooth at any angle, one instruction, cheap to lengthen."""

    def __init__(self, canvas: Any, radius: float) -> None:
        self._radius, self._last = radius + 1, (0.0, 0.0)
        self._vertices: list[float] = []
        self._corners: list[int] = []
        with canvas:
            Color(rgba=theme.ink)
            self._mesh = Mesh(mode="triangles", texture=patch.dot(int(radius)))

    def add(self, points: list[tuple[float, float]]) -> None:
        """Lengthen the stroke."""
        for x, y in points:
            r = self._radius
            if self._vertices:
                self._bar(self._last, (x, y))
            self._quad((x - r, y - r, 0, 0), (x + r, y - r, 1, 0), (x + r, y + r, 1, 1), (x - r, y + r, 0, 1))
            self._last = (x, y)
        self._mesh.vertices, self._mesh.indices = self._vertices, self._corners

    def _bar(self, a: tuple[float, float], b: tuple[float, float]) -> None:
        dx, dy = b[0] - a[0], b[1] - a[1]
        long = hypot(dx, dy)
        if long < 0.5:
            return
        nx, ny = -dy / long * self._radius, dx / long * self._radius
        # the dot's middle column, stretched: soft across, full along
        self._quad(
            (a[0] + nx, a[1] + ny, 0.5, 0), (b[0] + nx, b[1] + ny, 0.5, 0), (b[0] - nx, b[1] - ny, 0.5, 1), (a[0] - nx, a[1] - ny, 0.5, 1)
        )

    def _quad(self, *corners: tuple[float, float, float, float]) -> None:
        first = len(self._vertices) // 4
        for corner in corners:
            self._vertices.extend(corner)
        self._corners.extend((first, first + 1, first + 2, first, first + 2, first + 3))


class WritingBox(Box):
    """Fires `on_written(strokes)` when the pen has been up for `pause_s`. A stroke is a list of (x, y) from the top left corner, y down.

    `hint` stands in the empty box. `show(strokes)` draws what was written before, scaled to nothing: the same box size is assumed.
    """

    hint = StringProperty("")
    pause_s = NumericProperty(0.6)
    __events__ = ("on_written",)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("line", theme.green)
        kwargs.setdefault("line_width", 4)
        super().__init__(**kwargs)
        self.strokes: list[list[tuple[float, float]]] = []
        self._ink: Any = None
        self._written = Clock.create_trigger(lambda _: self.dispatch("on_written", self.strokes), self.pause_s)

    def on_written(self, strokes: list[Stroke]) -> None:
        """Be told that a word stands there."""

    def clear(self) -> None:
        """Wipe the box."""
        self._written.cancel()
        self.strokes = []
        self._ink = None
        self.ids.ink.canvas.clear()
        self._hint()

    def show(self, strokes: list[Stroke]) -> None:
        """Draw strokes of before."""
        self.clear()
        self.strokes = [list(s) for s in strokes]
        for stroke in self.strokes:
            self._start([(self.x + x, self.top - y) for x, y in stroke])
        self._hint()

    def _hint(self) -> None:
        self.ids.hint.opacity = 0 if self.strokes else 1

    def _start(self, points: list[tuple[float, float]]) -> None:
        self._ink = Ink(self.ids.ink.canvas, theme.px(PEN))
        self._ink.add(points)

    def on_touch_down(self, touch: Any) -> bool:
        """Begin a stroke."""
        if not self.collide_point(*touch.pos) or self.disabled:
            return bool(super().on_touch_down(touch))
        touch.grab(self)
        self._written.cancel()
        self.strokes.append([(touch.x - self.x, self.top - touch.y)])
        self._start([touch.pos])
        self._hint()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Go on with it; outside the box it stops at the edge."""
        if touch.grab_current is not self:
            return bool(super().on_touch_move(touch))
        self._extend(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Lift the pen; after a pause the word is taken as written."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        self._extend(touch)
        self._written.timeout = self.pause_s
        self._written()
        return True

    def _extend(self, touch: Any) -> None:
        x, y = min(max(touch.x, self.x), self.right), min(max(touch.y, self.y), self.top)
        stroke, at = self.strokes[-1], (x - self.x, self.top - y)
        if abs(at[0] - stroke[-1][0]) + abs(at[1] - stroke[-1][1]) >= NEAR:
            stroke.append(at)
            self._ink.add([(x, y)])
