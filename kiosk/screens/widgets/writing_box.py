"""A box to write in with a finger. Collects strokes; reads nothing itself."""

from typing import Any

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle
from kivy.properties import NumericProperty, StringProperty

from kiosk.domain.ports import Stroke
from kiosk.screens.theme import theme
from kiosk.screens.widgets import patch
from kiosk.screens.widgets.panel import Box

NEAR = 3.0


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
        radius = theme.px(7)
        with self.ids.ink.canvas:
            Color(rgba=theme.ink)
            self._dot(points[0], radius)
            self._ink = Line(points=[c for p in points for c in p], width=radius, cap="round", joint="round")
        self._end_dot(points[-1])

    @staticmethod
    def _dot(at: tuple[float, float], radius: float) -> None:
        Rectangle(texture=patch.filled(int(radius)), pos=(at[0] - radius, at[1] - radius), size=(radius * 2, radius * 2))

    def _end_dot(self, at: tuple[float, float]) -> None:
        with self.ids.ink.canvas:
            self._dot(at, theme.px(7))

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
        x, y = min(max(touch.x, self.x), self.right), min(max(touch.y, self.y), self.top)
        stroke, at = self.strokes[-1], (x - self.x, self.top - y)
        if abs(at[0] - stroke[-1][0]) + abs(at[1] - stroke[-1][1]) >= NEAR:
            stroke.append(at)
            self._ink.points = [*self._ink.points, x, y]
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """Lift the pen; after a pause the word is taken as written."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        last = self.strokes[-1][-1]
        self._end_dot((self.x + last[0], self.top - last[1]))
        self._written.timeout = self.pause_s
        self._written()
        return True
