"""Pay as it is shown everywhere: the number big, its unit on the same line; and the bar beside the minimum wage (detail.png)."""

from typing import Any

from kivy.properties import ColorProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.theme import theme
from kiosk.screens.widgets.words import Word

# how far the baseline stands above the lower edge of a Word, in em
BASELINE = 0.238


class PayWords(Widget):
    """260 元/天: `amount` at `size_px`, `unit` at `unit_px` on the same base line; as wide as both."""

    amount = StringProperty("")
    unit = StringProperty("")
    size_px = NumericProperty(72)
    unit_px = NumericProperty(36)
    color = ColorProperty(theme.orange)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("size_hint", (None, None))
        self._number, self._of = Word(bold=True), Word(bold=True)
        super().__init__(**kwargs)
        self.add_widget(self._number)
        self.add_widget(self._of)
        for name in ("amount", "unit", "size_px", "unit_px", "color"):
            self.fbind(name, self._fill)
        for word in (self._number, self._of):
            word.fbind("size", self._fit)
        self.fbind("pos", self._fit)
        self._fill()

    def _fill(self, *_: Any) -> None:
        self._number.text, self._number.size_px, self._number.color = self.amount, self.size_px, self.color
        self._of.text, self._of.size_px, self._of.color = self.unit, self.unit_px, self.color

    def _fit(self, *_: Any) -> None:
        gap = theme.fs(10)
        self.size = (self._number.width + gap + self._of.width, self._number.height)
        self._number.pos = self.pos
        lift = (theme.fs(self.size_px) - theme.fs(self.unit_px)) * BASELINE
        self._of.pos = (self.x + self._number.width + gap, self.y + lift)


class PayBar(Widget):
    """How the hourly pay stands to the minimum: `share` and `mark` are 0 to 1 of the bar, with their words below."""

    share = NumericProperty(0)
    mark = NumericProperty(0)
    mark_text = StringProperty("")
    end_text = StringProperty("")
