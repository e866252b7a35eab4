"""Rounded shapes as stretched nine-part pictures: smooth edges and soft shadows for nine quads each, without frame buffers or shaders.

Each picture is white with alpha, made once per radius and kind, and tinted by the Color before it. Sizes are screen pixels. A ring leaves
its middle out: with software OpenGL every pixel that is drawn and then covered costs (a list of cards took 35 ms a frame, then 20), and
twice as much where it is looked for between the picture's pixels: these are shown pixel for pixel, but for ink, which is turned.
"""

from collections.abc import Callable
from functools import cache
from math import exp, hypot
from typing import Any

from kivy.graphics import Mesh
from kivy.graphics.texture import Texture


@cache
def filled(radius: int) -> Any:
    """Give a filled rounded shape; border = radius."""
    return _nine(radius, lambda d: radius - d + 0.5)


@cache
def dot(radius: int) -> Any:
    """Give a dot with a soft edge all around, for drawing ink; its picture is `radius` + 1 to each side."""
    return _nine(radius, lambda d: radius - 1 - d + 0.5, "linear")


@cache
def outlined(radius: int, width: int) -> Any:
    """Give the outline of a rounded shape, `width` thick, inside its edge; border = radius."""
    return _nine(radius, lambda d: min(radius - d + 0.5, d - (radius - width) + 0.5))


@cache
def shadow(radius: int, blur: int) -> Any:
    """Give a soft shadow that reaches `blur` beyond the shape; border = radius + blur."""
    return _nine(radius + blur, lambda d: 1 / (1 + exp((d - radius) * 5 / blur)) if blur else 0.0)


def _nine(corner: int, alpha: Callable[[float], float], between: str = "nearest") -> Any:
    """Draw one corner from the distance to its centre, mirror it four times, with two plain pixels between."""
    side = corner * 2 + 2
    half = corner + 1
    rows = []
    for y in range(half):
        row = []
        for x in range(half):
            # the last column and row are the plain middle: measured along the other axis alone
            dx, dy = max(corner - x - 0.5, 0), max(corner - y - 0.5, 0)
            row.append(max(0, min(255, round(255 * alpha(hypot(dx, dy))))))
        rows.append(row + row[::-1])
    rows += rows[::-1]
    pixels = bytearray()
    for row in rows:
        for value in row:
            pixels += bytes((255, 255, 255, value))
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.blit_buffer(bytes(pixels), colorfmt="rgba", bufferfmt="ubyte")
    texture.mag_filter = texture.min_filter = between
    return texture


class Stretched:
    """A nine-part picture on the canvas: its corners keep their size. `ring` leaves the middle out."""

    def __init__(self, texture: Any, border: int, ring: bool = False) -> None:
        cells = [(x, y) for y in range(3) for x in range(3) if not (ring and x == y == 1)]
        self._border = border
        self.mesh = Mesh(mode="triangles", texture=texture)
        self.mesh.indices = [y * 4 + x + step for x, y in cells for step in (0, 1, 5, 0, 5, 4)]
        share = border / texture.width
        self._shares = (0.0, share, 1 - share, 1.0)

    def fit(self, x: float, y: float, width: float, height: float) -> None:
        """Stretch it over a place; one that is smaller than its corners squeezes them."""
        side, tall = min(self._border, width / 2), min(self._border, height / 2)
        columns, rows = (x, x + side, x + width - side, x + width), (y, y + tall, y + height - tall, y + height)
        # textures are upside down to the screen; the pictures are symmetrical, so that it does not show
        self.mesh.vertices = [
            n
            for row, v in zip(rows, self._shares, strict=True)
            for column, u in zip(columns, self._shares, strict=True)
            for n in (column, row, u, v)
        ]
