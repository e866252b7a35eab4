"""An icon and its word in the middle of their place: side by side, or the icon over the word. A word that is too long breaks."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens.theme import theme
from kiosk.screens.widgets.tint import tint
from kiosk.screens.widgets.words import Icon, Words, measure


class IconWord(Widget):
    """`wide` and `high` are what it needs in one line, in screen pixels, for the button around it to take; `tall` as it stands broken."""

    text = StringProperty("")
    icon = StringProperty("")
    size_px = NumericProperty(32)
    icon_px = NumericProperty(40)
    gap = NumericProperty(18)
    ink = tint("ink")
    icon_ink = tint("green")
    bold = BooleanProperty(False)
    stacked = BooleanProperty(False)
    icon_after = BooleanProperty(False)
    wide = NumericProperty(0)
    high = NumericProperty(0)
    tall = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self._icon, self._words = Icon(), Words(halign="center", size_hint=(None, None))
        self._fit = Clock.create_trigger(self._arrange, -1)
        super().__init__(**kwargs)
        self.add_widget(self._words)
        for name in ("text", "icon", "size_px", "icon_px", "ink", "icon_ink", "bold", "stacked", "gap", "icon_after"):
            self.fbind(name, self._fill)
        for name in ("pos", "size"):
            self.fbind(name, self._fit)
        self._words.fbind("height", self._fit)
        self._fill()

    def _fill(self, *_: Any) -> None:
        self._words.text, self._words.size_px, self._words.bold, self._words.color = self.text, self.size_px, self.bold, self.ink
        if self.icon and self._icon.parent is None:
            # most words have none: a keyboard of them is looked through at every touch and drawn in every frame
            self.add_widget(self._icon)
        self._icon.icon, self._icon.size_px, self._icon.color = self.icon, self.icon_px if self.icon else 0, self.icon_ink
        size, side = theme.fs(self.size_px), theme.fs(self.icon_px) if self.icon else 0.0
        gap = theme.px(self.gap) if self.icon and self.text else 0.0
        long = max((measure(line, size, self.bold) for line in self.text.split("\n")), default=0.0)
        self.wide = max(side, long) if self.stacked else side + gap + long
        self.high = max(side, size * 1.25) if not self.stacked else side + gap + size * 1.25
        self._long, self._side, self._gap = long, side, gap
        self._fit()

    def _arrange(self, *_: Any) -> None:
        room = self.width if self.stacked else self.width - self._side - self._gap
        middle, level = self.x + self.width / 2, self.y + self.height / 2
        words, icon = self._words, self._icon
        # half a pixel more, so that what just fits is not broken by rounding
        words.width = min(self._long + 1, max(room, 1))
        self.tall = max(self._side, words.height)
        # both are given their size now: they would take it by themselves only after this
        icon.size = (self._side, self._side)
        if not self.text:
            icon.center = (middle, level)
        elif self.stacked:
            top = level + (self._side + self._gap + words.height) / 2
            icon.center_x, icon.top = middle, top
            words.center_x, words.top = middle, top - self._side - self._gap
        else:
            left = middle - (self._side + self._gap + words.width) / 2
            first, second = (words, icon) if self.icon_after else (icon, words)
            first.x = left
            second.x = first.right + self._gap if first is words or self._side else left
            icon.center_y = words.center_y = level
