"""Pay as it is shown everywhere: the number big, its unit on the same line; and the bar beside the minimum wage (detail.png)."""

from typing import Any

from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.theme import theme
from kiosk.screens.widgets.tint import tint
from kiosk.screens.widgets.words import Word, measure

# how far the baseline stands above the lower edge of a Word, in em
BASELINE = 0.238
UNIT_GAP = 10


class PayWords(Widget):
    """260 元/天: `amount` at `size_px`, `unit` at `unit_px` on the same base line.

    It is as wide as both, or shrinks to `most` screen pixels (0: no limit): 4500-6000 元/月 in a narrow place.
    """

    amount = StringProperty("")
    unit = StringProperty("")
    size_px = NumericProperty(72)
    unit_px = NumericProperty(36)
    color = tint("orange")
    most = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("size_hint", (None, None))
        self._number, self._of = Word(bold=True), Word(bold=True)
        super().__init__(**kwargs)
        self.add_widget(self._number)
        self.add_widget(self._of)
        for name in ("amount", "unit", "size_px", "unit_px", "color", "most"):
            self.fbind(name, self._fill)
        for word in (self._number, self._of):
            word.fbind("size", self._fit)
        self.fbind("pos", self._fit)
        self._fill()

    def _fill(self, *_: Any) -> None:
        wide = pay_width(self.amount, self.unit, self.size_px, self.unit_px)
        shrink = min(1.0, self.most / wide) if self.most else 1.0
        self._number.text, self._number.size_px, self._number.color = self.amount, self.size_px * shrink, self.color
        self._of.text, self._of.size_px, self._of.color = self.unit, self.unit_px * shrink, self.color

    def _fit(self, *_: Any) -> None:
        gap = theme.fs(UNIT_GAP)
        self.size = (self._number.width + gap + self._of.width, self._number.height)
        self._number.pos = self.pos
        lift = (theme.fs(self._number.size_px) - theme.fs(self._of.size_px)) * BASELINE
        self._of.pos = (self.x + self._number.width + gap, self.y + lift)


def pay_width(amount: str, unit: str, size_px: float, unit_px: float) -> float:
    """Measure how wide a pay stands, in screen pixels."""
    return measure(amount, theme.fs(size_px), bold=True) + theme.fs(UNIT_GAP) + measure(unit, theme.fs(unit_px), bold=True)


class PayBar(Widget):
    """How the hourly pay stands to the minimum: `share` and `mark` are 0 to 1 of the bar, with their words below."""

    share = NumericProperty(0)
    mark = NumericProperty(0)
    mark_text = StringProperty("")
    end_text = StringProperty("")
