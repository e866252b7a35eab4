"""How large things on the board must be, by calculation: screen, reading and scanning distance → pixels, rows a page (LOOK, end).

Text is at least 1/200 of the reading distance high, a code at least 1/10 of the scanning distance wide. A screen is as large as its
diagonal, which stays the same however it is turned.
"""

from dataclasses import dataclass
from math import hypot

TEXT_PART, CODE_PART = 200, 10
HEADER_PARTS, STRIP_PARTS, SAFETY_PARTS, ROW_PARTS = 3.4, 2.0, 2.4, 2.6
"""Heights of the board's bands in text heights."""
LEAST_TEXT_SHARE = 0.042
"""A board on a huge screen is still set as a board: text is never below this share of the short side."""
LEAST_SMALL_SHARE = 0.033
"""The same for a row's second line and other words that come after the first glance."""

MM_AN_INCH = 25.4
USUAL_INCHES = 50.0
"""What we advise, and take where nobody says how large the screen is."""
LEAST_TOLD, MOST_TOLD = 26.0, 120.0
"""What a screen says of its own size is believed between these: a display in memory claims 96 dots an inch, 23 inches."""
ASPECT_SLACK = 0.1


@dataclass(frozen=True, slots=True)
class BoardLook:
    """Sizes in pixels; `far_code_px` is a code that is scanned from where one reads."""

    text_px: int
    small_px: int
    row_px: int
    header_px: int
    strip_px: int
    safety_px: int
    rows: int
    code_px: int
    far_code_px: int


def told_inches(width: int, height: int, width_mm: int, height_mm: int) -> float:
    """Give the diagonal that a screen tells of itself in millimetres, 0 where it is not to be believed: many televisions say 160 × 90 or
    1600 × 900 for 16:9, or another form than that of their `width` × `height` pixels. Either pair may be turned."""
    inches = hypot(width_mm, height_mm) / MM_AN_INCH
    if not LEAST_TOLD <= inches <= MOST_TOLD or (width_mm % 100 == 0 and height_mm % 100 == 0):
        return 0.0
    form, told = (max(pair) / min(pair) for pair in ((width, height), (width_mm, height_mm)))
    return inches if abs(told / form - 1) <= ASPECT_SLACK else 0.0


def board_look(width: int, height: int, inches: float, reading_m: float, scanning_m: float) -> BoardLook:
    """Compute the sizes for a screen of `width` × `height` pixels with this diagonal."""
    px_per_mm = hypot(width, height) / (inches * MM_AN_INCH)
    short = min(width, height)
    legible = round(reading_m * 1000 / TEXT_PART * px_per_mm)
    text, small = max(legible, round(short * LEAST_TEXT_SHARE)), max(legible, round(short * LEAST_SMALL_SHARE))
    header, strip, safety = (round(text * parts) for parts in (HEADER_PARTS, STRIP_PARTS, SAFETY_PARTS))
    row = round(text * ROW_PARTS)
    code = max(round(scanning_m * 1000 / CODE_PART * px_per_mm), round(short * 0.3))
    far_code = max(round(reading_m * 1000 / CODE_PART * px_per_mm), code)
    upright = height > width
    room = height - header - strip - safety - (code + round(text * 4) if upright else 0)
    return BoardLook(text, small, row, header, strip, safety, max(0, min(room // row, 12)), code, far_code)
