"""Makes the two JPEGs of a frame: one to look at, one small enough for a village's line. Knows no Kivy."""

import io

from PIL import Image

LARGE_PX, SMALL_PX = 960, 320
"""Widths at most; the large one is at most half as wide as the screen."""
SMALL_BYTES = 16 * 1024
QUALITY = 80
SMALLER = (70, 50, 30, 10)
"""Qualities that the small one is tried in, until it is small enough."""


def encode(pixels: bytes, size: tuple[int, int]) -> tuple[bytes, bytes]:
    """Make the large and the small JPEG of a frame as OpenGL gives it: RGB, lowest row first."""
    frame = Image.frombuffer("RGB", size, pixels, "raw", "RGB", 0, -1)
    large = frame.reduce(max(2, -(-size[0] // LARGE_PX)))
    width = min(SMALL_PX, large.width)
    small = large.resize((width, max(1, round(large.height * width / large.width))), Image.Resampling.BOX)
    return _jpeg(large, QUALITY), next((found for q in SMALLER if len(found := _jpeg(small, q)) <= SMALL_BYTES), b"")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
