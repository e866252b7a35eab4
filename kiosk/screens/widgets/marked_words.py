"""Text with some of its words marked: what a rule found in it (review.png). The marks follow the lines as they are broken."""

from typing import Any

from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.properties import ListProperty

from kiosk.screens.theme import theme
from kiosk.screens.widgets.words import Words, measure
from kiosk.screens.widgets.wrap import wrap


class MarkedWords(Words):
    """`spans` are (start, end, tone) in `text`; tone bad is peach over orange, good is pale green over green."""

    spans = ListProperty([])

    def __init__(self, **kwargs: Any) -> None:
        self._marks = InstructionGroup()
        super().__init__(**kwargs)
        self.canvas.before.add(self._marks)
        self.fbind("spans", self._redraw)

    def _draw(self, *_: Any) -> None:
        super()._draw()
        self._mark()

    def _place(self, *_: Any) -> None:
        super()._place()
        if hasattr(self, "_marks"):
            self._mark()

    def _mark(self) -> None:
        self._marks.clear()
        if not self.spans or not self.text:
            return
        size = theme.fs(self.size_px)
        lines = wrap(self.text, max(self.width, size), lambda s: measure(s, size, self.bold), int(self.max_lines))
        high = self._picture.size[1] / len(lines)
        at = 0
        for row, line in enumerate(lines):
            start = self.text.index(line, at) if line else at
            at = start + len(line)
            for first, last, tone in self.spans:
                begin, end = max(first, start), min(last, at)
                if begin < end:
                    x = self.x + measure(line[: begin - start], size, self.bold)
                    wide = measure(line[begin - start : end - start], size, self.bold)
                    self._rectangle(x, self._picture.pos[1] + self._picture.size[1] - (row + 1) * high, wide, high, tone)

    def _rectangle(self, x: float, y: float, wide: float, high: float, tone: str) -> None:
        ground, edge = (theme.peach, theme.orange) if tone == "bad" else (theme.green_pale, theme.green)
        self._marks.add(Color(rgba=ground))
        self._marks.add(Rectangle(pos=(x, y + high * 0.08), size=(wide, high * 0.84)))
        self._marks.add(Color(rgba=edge))
        self._marks.add(Rectangle(pos=(x, y + high * 0.04), size=(wide, max(2, theme.px(4)))))
