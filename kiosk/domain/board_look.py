"""How large things on the board must be, by calculation: screen, reading and scanning distance → pixels, rows a page (LOOK, end).

Text is at least 1/200 of the reading distance high, a code at least 1/10 of the scanning distance wide.
"""

from dataclasses import dataclass

TEXT_PART, CODE_PART = 200, 10
HEADER_PARTS, STRIP_PARTS, SAFETY_PARTS, ROW_PARTS = 3.4, 2.0, 2.4, 2.6
"""Heights of the board's bands in text heights."""
LEAST_TEXT_SHARE = 0.042
"""A board on a huge screen is still set as a board: text is never below this share of the short side."""
LEAST_SMALL_SHARE = 0.033
"""The same for a row's second line and other words that come after the first glance."""


@dataclass(frozen=True, slots=True)
class BoardLook:
    """Sizes in pixels; `far_code_px` is a code that is scanned from where one reads.

    `fits` says whether a code for who walks up, and at least three rows, have room at these distances.
    """

    text_px: int
    small_px: int
    row_px: int
    header_px: int
    strip_px: int
    safety_px: int
    rows: int
    code_px: int
    far_code_px: int
    fits: bool


def board_look(width: int, height: int, screen_height_mm: float, reading_m: float, scanning_m: float) -> BoardLook:
    """Compute the sizes for a screen of `width` × `height` pixels that is `screen_height_mm` high."""
    px_per_mm = height / screen_height_mm
    short = min(width, height)
    legible = round(reading_m * 1000 / TEXT_PART * px_per_mm)
    text, small = max(legible, round(short * LEAST_TEXT_SHARE)), max(legible, round(short * LEAST_SMALL_SHARE))
    header, strip, safety = (round(text * parts) for parts in (HEADER_PARTS, STRIP_PARTS, SAFETY_PARTS))
    row = round(text * ROW_PARTS)
    code = max(round(scanning_m * 1000 / CODE_PART * px_per_mm), round(short * 0.3))
    far_code = max(round(reading_m * 1000 / CODE_PART * px_per_mm), code)
    upright = height > width
    room = height - header - strip - safety - (code + round(text * 4) if upright else 0)
    rows = max(1, room // row)
    return BoardLook(text, small, row, header, strip, safety, min(rows, 12), code, far_code, rows >= 3 and code < short * 0.75)
