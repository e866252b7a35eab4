"""What a phone's camera sees of the board from where somebody stands: smaller, turned away, blurred, dim, noisy. Reads no code itself.

The phone is an ordinary one: its scanner looks at 1920 × 1080 pixels through a lens of 64° (26 mm on film), which gives
FOCAL_PX / metres pixels a metre. What is nearer than that is seen finer than the board draws it, which costs nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin, tan
from random import Random

import numpy as np
from PIL import Image, ImageFilter

FRAME = (1920, 1080)
FOCAL_PX = FRAME[0] / 2 / tan(radians(32))
NOISE = 5
"""Standard deviation of a sensor's noise in a hall, of 255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way of looking at a board: metres, degrees to the side, blur as the radius of a point in camera pixels, light of 1."""

    distance_m: float
    tilt: float = 0.0
    blur: float = 0.6
    light: float = 1.0


def photograph(screen: Image.Image, px_per_mm: float, look: Look, seed: int = 0) -> Image.Image:
    """Photograph a screen (or the part of it that one aims at) whose pixels stand so thick, its middle in the middle of the frame."""
    width_mm, height_mm = screen.width / px_per_mm, screen.height / px_per_mm
    corners = [
        _seen(x, y, look) for x, y in ((-0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.5, -0.5)) for x, y in [(x * width_mm, y * height_mm)]
    ]
    source = [(0, 0), (0, screen.height), (screen.width, screen.height), (screen.width, 0)]
    scale = FOCAL_PX / (look.distance_m * 1000) / px_per_mm
    image = screen.convert("L")
    if scale < 1:  # one camera pixel gathers the light of all that falls on it
        image = image.filter(ImageFilter.GaussianBlur(0.4 / scale))
    seen = image.transform(FRAME, Image.Transform.PERSPECTIVE, _coefficients(corners, source), Image.Resampling.BICUBIC, fillcolor=40)
    seen = seen.filter(ImageFilter.GaussianBlur(look.blur))
    dice = Random(seed)
    # a dim screen in a bright hall: less contrast over a veil of light
    veil = 60 * (1 - look.light)
    noise = Image.frombytes("L", FRAME, dice.randbytes(FRAME[0] * FRAME[1]))
    dimmed = seen.point(lambda v: v * look.light + veil)
    return Image.blend(dimmed, noise, NOISE / 74)  # even noise of 0…255 has a deviation of 74


def _seen(x: float, y: float, look: Look) -> tuple[float, float]:
    """Give where a point of the screen (mm from its middle) falls in the frame."""
    away = look.distance_m * 1000 + x * sin(radians(look.tilt))
    across = x * cos(radians(look.tilt))
    return FRAME[0] / 2 + FOCAL_PX * across / away, FRAME[1] / 2 + FOCAL_PX * y / away


def _coefficients(target: Sequence[tuple[float, float]], source: Sequence[tuple[float, float]]) -> list[float]:
    """Solve for the eight numbers that take four points of the frame to four of the screen."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(rows), np.array(values))]
