"""Text and icons on the screen. A text is as high as its lines and never cut: `Words` fills its width and breaks, `Word` is one line as
wide as it is. Sizes (`size_px`) are design pixels; 大字 is applied here. Create once, change `text`.
"""

from functools import cache
from typing import Any

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import fonts
from kiosk.screens.theme import theme
from kiosk.screens.widgets.tint import tint
from kiosk.screens.widgets.wrap import wrap

# The face's line is 1.46 em and its characters sit low in it; this much is taken off so that they stand in the middle of 1.25 em.
TRIM_TOP, TRIM_BOTTOM = 0.16, 0.05


@cache
def _ruler(font: str, size: float, bold: bool) -> Any:
    return CoreLabel(font_name=font, font_size=size, bold=bold).get_cached_extents()


def measure(text: str, size: float, bold: bool = False) -> float:
    """Measure one line, in screen pixels; `size` too."""
    return float(_ruler(fonts.TEXT_FONT, size, bold)(text)[0]) if text else 0.0


class _Drawn(Widget):
    """A texture of characters, tinted and placed."""

    text = StringProperty("")
    size_px = NumericProperty(32)
    color = tint("ink")
    bold = BooleanProperty(False)
    font = fonts.TEXT_FONT
    shown: list[str]

    @property
    def font_px(self) -> float:
        """The size in screen pixels."""
        return theme.fs(self.size_px)

    def __init__(self, **kwargs: Any) -> None:
        self.shown = []
        self._core: Any = None
        self._key: tuple[Any, ...] = ()
        self._redraw = Clock.create_trigger(self._draw, -1)
        super().__init__(**kwargs)
        with self.canvas:
            self._tint = Color(rgba=self.color)
            self._picture = Rectangle(size=(0, 0))
        self.fbind("pos", self._place)
        self.fbind("size", self._place)
        for name in ("text", "size_px", "bold"):
            self.fbind(name, self._redraw)
        self.fbind("color", self._recolour)
        self._redraw()

    def _recolour(self, *_: Any) -> None:
        self._tint.rgba = self.color

    def _set_lines(self, lines: list[str], halign: str) -> None:
        """Draw the lines into a texture, unless they are the ones drawn already."""
        size = theme.fs(self.size_px)
        key = (tuple(lines), size, self.bold, halign)
        self.shown = lines
        if key == self._key:
            return
        self._key = key
        text = "\n".join(lines)
        if not text:
            self._picture.texture, self._picture.size = None, (0, 0)
            return
        if self._core is None:
            self._core = CoreLabel(font_name=self.font, halign=halign)
        self._core.options.update(font_size=size, bold=self.bold, halign=halign)
        self._core.resolve_font_name()
        self._core.text = text
        self._core.refresh()
        # drawn pixel for pixel: linear filtering shows nothing more, and is a third of a frame with software OpenGL
        self._core.texture.mag_filter = self._core.texture.min_filter = "nearest"
        self._picture.texture = self._core.texture
        self._picture.size = self._core.texture.size

    def _draw(self, *_: Any) -> None:
        raise NotImplementedError

    def _place(self, *_: Any) -> None:
        raise NotImplementedError


class Word(_Drawn):
    """One line, as wide and high as it is. Ends in … at `max_width` (screen pixels): only where the whole stands elsewhere."""

    max_width = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("size_hint", (None, None))
        super().__init__(**kwargs)
        self.fbind("max_width", self._redraw)
        self._draw()

    def _draw(self, *_: Any) -> None:
        size = theme.fs(self.size_px)
        line = self.text.replace("\n", " ")
        if self.max_width:
            line = wrap(line, self.max_width, lambda s: measure(s, size, self.bold), 1)[0]
        self._set_lines([line], "left")
        high = self._picture.size[1] or size * 1.46
        self.size = (self._picture.size[0], round(high - size * (TRIM_TOP + TRIM_BOTTOM)))
        self._place()

    def _place(self, *_: Any) -> None:
        self._picture.pos = (round(self.x + (self.width - self._picture.size[0]) / 2), round(self.y - theme.fs(self.size_px) * TRIM_BOTTOM))


class Words(_Drawn):
    """Text that fills its width, breaks as Chinese is broken, and is as high as its lines (0 without text). `max_lines` 0: all."""

    halign = OptionProperty("left", options=("left", "center", "right"))
    max_lines = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("size_hint_y", None)
        super().__init__(**kwargs)
        self.fbind("width", self._redraw)
        self.fbind("halign", self._redraw)
        self.fbind("max_lines", self._redraw)

    def _draw(self, *_: Any) -> None:
        size = theme.fs(self.size_px)
        lines = wrap(self.text, max(self.width, size), lambda s: measure(s, size, self.bold), int(self.max_lines)) if self.text else [""]
        self._set_lines(lines, self.halign)
        self.height = round(self._picture.size[1] - size * (TRIM_TOP + TRIM_BOTTOM)) if self.text else 0
        self._place()

    def _place(self, *_: Any) -> None:
        wide = self._picture.size[0]
        # from x and width: the properties center_x and right may still hold what they were while `pos` is being told
        x = self.x + (self.width - wide) * {"left": 0.0, "center": 0.5, "right": 1.0}[self.halign]
        self._picture.pos = (round(x), round(self.y - theme.fs(self.size_px) * TRIM_BOTTOM))


class Icon(_Drawn):
    """An icon of the Material Design font by its name (hand-heart), `size_px` square; always with a word beside it."""

    icon = StringProperty("")
    font = fonts.ICON_FONT

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("size_hint", (None, None))
        kwargs.setdefault("color", theme.green)
        super().__init__(**kwargs)
        self.fbind("icon", self._redraw)
        self._draw()

    def _draw(self, *_: Any) -> None:
        self._set_lines([fonts.icon(self.icon)] if self.icon else [""], "left")
        side = theme.fs(self.size_px)
        if self.size_hint_x is None:
            self.width = side
        if self.size_hint_y is None:
            self.height = side
        self._place()

    def _place(self, *_: Any) -> None:
        wide, high = self._picture.size
        self._picture.pos = (round(self.x + (self.width - wide) / 2), round(self.y + (self.height - high) / 2))
