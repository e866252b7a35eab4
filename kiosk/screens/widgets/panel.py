"""Grounds to put things on: a rounded panel with an optional outline and soft shadow, and what is made of it."""

from typing import Any

from kivy.graphics import BorderImage, Color
from kivy.properties import ColorProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.theme import RADIUS, theme
from kiosk.screens.widgets import patch

SHADOWS = {"card": (14, 4, 0.16), "paper": (44, 12, 0.30)}


class Panel(Widget):
    """Draws its own ground. `radius` and `line_width` are design pixels; `shadow` is '', card or paper."""

    fill = ColorProperty(theme.card)
    line = ColorProperty(theme.clear)
    radius = NumericProperty(RADIUS)
    line_width = NumericProperty(3)
    shadow = StringProperty("")
    _lined = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas.before:
            self._shadow_tint = Color(rgba=theme.clear)
            self._shadow_image = BorderImage()
            self._fill_tint = Color(rgba=self.fill)
            self._fill_image = BorderImage()
            self._line_tint = Color(rgba=self.line)
            self._line_image = BorderImage()
            Color(rgba=(1, 1, 1, 1))
        self.fbind("fill", self._paint)
        self.fbind("line", self._paint)
        for name in ("pos", "size"):
            self.fbind(name, self._fit)
        for name in ("radius", "line_width", "shadow"):
            self.fbind(name, self._shape)
        self._shape()

    def _paint(self, *_: Any) -> None:
        self._fill_tint.rgba, self._line_tint.rgba = self.fill, self.line
        if self.line[3] and not self._lined:
            self._shape()

    def _shape(self, *_: Any) -> None:
        corner = int(theme.px(self.radius))
        self._fill_image.texture, self._fill_image.border = patch.filled(corner), (corner,) * 4
        if self.line[3]:
            self._lined = True
            width = max(2, int(theme.px(self.line_width)))
            self._line_image.texture, self._line_image.border = patch.outlined(corner, width), (corner,) * 4
        if self.shadow:
            blur = int(theme.px(SHADOWS[self.shadow][0]))
            self._shadow_image.texture, self._shadow_image.border = patch.shadow(corner, blur), (corner + blur,) * 4
        alpha = SHADOWS[self.shadow][2] if self.shadow else 0
        self._shadow_tint.rgba = (0.24, 0.19, 0.09, alpha)
        self._paint()
        self._fit()

    def _fit(self, *_: Any) -> None:
        self._fill_image.pos, self._fill_image.size = self.pos, self.size
        self._line_image.pos, self._line_image.size = self.pos, self.size
        if self.shadow:
            blur, down = theme.px(SHADOWS[self.shadow][0]), theme.px(SHADOWS[self.shadow][1])
            self._shadow_image.pos = (self.x - blur, self.y - blur - down)
            self._shadow_image.size = (self.width + 2 * blur, self.height + 2 * blur)


class Box(BoxLayout, Panel):
    """A panel that lays out its children; as high as they are with `size_hint_y: None` and `height: self.minimum_height`."""


class Card(Box):
    """A white card with a soft shadow."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("shadow", "card")
        super().__init__(**kwargs)
