"""A QR code on the screen, in whole pixels."""

from functools import lru_cache
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

QUIET = 2


@lru_cache(maxsize=64)
def rows(text: str) -> tuple[tuple[bool, ...], ...]:
    """Give the modules of `text`; slow the first time (30 ms and an import), so ask for it on a lane before it is drawn."""
    from kiosk.qr import modules

    return tuple(tuple(bool(m) for m in row) for row in modules(text))


class QrCode(Widget):
    """Draws `text` as a code with its quiet zone, black on white, each module the same whole number of pixels. Empty text draws nothing.

    `bare`: it stands on white already. `source` is the file of a picture to show instead: the mini-program's own code, which only its
    operator can make.
    """

    text = StringProperty("")
    source = StringProperty("")
    bare = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._modules = 0
        with self.canvas:
            Color(rgba=(1, 1, 1, 1))
            self._ground = Rectangle(size=(0, 0))
            self._code = Rectangle(size=(0, 0))
        self.fbind("pos", self._place)
        self.fbind("size", self._place)
        self.fbind("text", self._draw)
        self.fbind("source", self._draw)
        self._draw()

    def _draw(self, *_: Any) -> None:
        self._modules = 0
        if self.source:
            from kivy.core.image import Image

            self._code.texture = Image(self.source).texture
        elif self.text:
            code = rows(self.text)
            self._modules = len(code)
            texture = Texture.create(size=(len(code), len(code)), colorfmt="rgb")
            texture.blit_buffer(b"".join((b"\0" if m else b"\xff") * 3 for row in reversed(code) for m in row), colorfmt="rgb")
            texture.mag_filter = texture.min_filter = "nearest"
            self._code.texture = texture
        self._place()

    def _place(self, *_: Any) -> None:
        side = min(self.width, self.height)
        scale = int(side // (self._modules + 2 * QUIET)) if self._modules else 0
        code, ground = (side, side) if self.source else (scale * self._modules, scale * (self._modules + 2 * QUIET))
        self._ground.size, self._code.size = (0, 0) if self.bare else (ground, ground), (code, code)
        for picture, wide in ((self._ground, ground), (self._code, code)):
            picture.pos = (round(self.x + (self.width - wide) / 2), round(self.y + (self.height - wide) / 2))
