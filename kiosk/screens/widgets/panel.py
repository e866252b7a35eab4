"""Grounds to put things on: a rounded panel with an optional outline and soft shadow, and what is made of it."""

from typing import Any

from kivy.graphics import Color, InstructionGroup
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.theme import RADIUS, theme
from kiosk.screens.widgets import patch
from kiosk.screens.widgets.patch import Stretched
from kiosk.screens.widgets.tint import tint

SHADOWS = {"card": (14, 4, 0.16), "paper": (44, 12, 0.30)}
SHADE = (0.24, 0.19, 0.09)


class Panel(Widget):
    """Draws its own ground. `radius` and `line_width` are design pixels; `shadow` is '', card or paper.

    The ground is drawn `inset` design pixels smaller than the place: what is pressed may touch its neighbours, and be seen apart.
    """

    fill = tint("card")
    line = tint("clear")
    radius = NumericProperty(RADIUS)
    line_width = NumericProperty(3)
    inset = NumericProperty(0)
    shadow = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        self._shapes: dict[str, tuple[Color, Stretched, float, float]] = {}
        super().__init__(**kwargs)
        self._ground = InstructionGroup()
        self.canvas.before.add(self._ground)
        self.fbind("fill", self._paint)
        self.fbind("line", self._paint)
        for name in ("pos", "size"):
            self.fbind(name, self._fit)
        for name in ("radius", "line_width", "inset", "shadow"):
            self.fbind(name, self._build)
        self.fbind("opacity", self._appear)
        self._build()

    def _appear(self, *_: Any) -> None:
        """Follow only to and from nothing: what fades changes in every frame."""
        if self._unseen == bool(self.opacity):
            self._build()

    def _build(self, *_: Any) -> None:
        """Make the shapes that are seen: shadow, ground, outline."""
        self._ground.clear()
        self._shapes.clear()
        self._unseen = not self.opacity
        if self._unseen:
            # software OpenGL fills every pixel of what is not seen as well
            return
        corner = int(theme.px(self.radius))
        if self.shadow and not theme.contrast:
            blur, down, alpha = (theme.px(SHADOWS[self.shadow][0]), theme.px(SHADOWS[self.shadow][1]), SHADOWS[self.shadow][2])
            picture = Stretched(patch.shadow(corner, int(blur)), corner + int(blur), ring=True)
            self._add("shadow", (*SHADE, alpha), picture, blur, down)
        if self.fill[3]:
            self._add("fill", self.fill, Stretched(patch.filled(corner), corner), -theme.px(self.inset), 0)
        line = self.line
        if theme.contrast and self.shadow == "card" and not line[3]:
            # no shadow falls on black
            line = theme.edge
        if line[3]:
            width = max(2, int(theme.px(self.line_width)))
            self._add("line", line, Stretched(patch.outlined(corner, width), corner, ring=True), 0, 0)
        self._ground.add(Color(rgba=(1, 1, 1, 1)))
        self._fit()

    def _add(self, name: str, colour: Any, picture: Stretched, beyond: float, down: float) -> None:
        tint = Color(rgba=colour)
        self._ground.add(tint)
        self._ground.add(picture.mesh)
        self._shapes[name] = (tint, picture, beyond, down)

    def _paint(self, *_: Any) -> None:
        if self._unseen:
            return
        if theme.contrast and self.shadow == "card":
            self._build()
            return
        for name, colour in (("fill", self.fill), ("line", self.line)):
            if (name in self._shapes) != bool(colour[3]):
                self._build()
                return
            if name in self._shapes:
                self._shapes[name][0].rgba = colour

    def _fit(self, *_: Any) -> None:
        for _tint, picture, beyond, down in self._shapes.values():
            picture.fit(self.x - beyond, self.y - beyond - down, self.width + 2 * beyond, self.height + 2 * beyond)


class Box(BoxLayout, Panel):
    """A panel that lays out its children; as high as they are with `size_hint_y: None` and `height: self.minimum_height`."""


class Card(Box):
    """A white card with a soft shadow."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("shadow", "card")
        super().__init__(**kwargs)
