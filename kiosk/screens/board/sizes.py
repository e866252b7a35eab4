"""How large things on this board are: kiosk.domain.board_look's sizes for its screen and distances, divided among header, rows, card, strip
and safety line. No Kivy. Type sizes are design pixels (theme: 1080 = the short side), all others pixels of the screen.
"""

from dataclasses import dataclass

from kiosk.config import BoardSettings, WindowPlace
from kiosk.domain.board_look import board_look

LINE = 1.25
"""A Word's height in its size."""
TITLE, PAY, HEADING = 1.1, 1.2, 1.6
"""Sizes in the board's text size."""
ROWS_LYING, ROWS_UPRIGHT = 6, 12
QUIET_ZONE = 4 / 33
"""What the code's quiet zone adds to its width, for a link of the usual length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Everything that board.kv measures with."""

    upright: bool
    width: int
    rows: int
    listings: int
    card_words: int
    code: int
    header: int
    strip: int
    safety: int
    card: int
    margin: int
    gap: int
    pad: int
    lines: int
    text: float
    small: float
    title: float
    pay: float
    heading: float


def sizes_for(window: WindowPlace, settings: BoardSettings) -> Sizes:
    """Compute the sizes for a window; what does not fit at these distances is left out, never set smaller."""
    look = board_look(window.width, window.height, settings.screen_height_mm, settings.reading_m, settings.scanning_m)
    short = min(window.width, window.height)
    upright = window.height > window.width
    scale = 1080 / short
    margin, gap, pad = round(short * 0.044), round(short * 0.022), round(short * 0.022)
    header, card = look.header_px, round(look.code_px * (1 + QUIET_ZONE)) + 2 * pad
    rows = min(look.rows, ROWS_LYING)
    if upright:
        # its lines are short: the header has a third one, and so has each row
        header += round(look.small_px * LINE) + gap
        room = window.height - header - card - look.strip_px - look.safety_px - 2 * gap
        rows = max(1, min(ROWS_UPRIGHT, round(room // (LINE * (PAY * look.text_px + 2 * look.small_px) + pad / 4))))
    inside = window.width - 2 * margin
    return Sizes(
        upright=upright,
        width=window.width,
        rows=rows,
        listings=inside if upright else inside - gap - card,
        card_words=inside - card - gap - pad if upright else card - pad,
        code=look.code_px,
        header=header,
        strip=look.strip_px,
        safety=look.safety_px,
        card=card,
        margin=margin,
        gap=gap,
        pad=pad,
        # all cells of a lying row end on one line; an upright row's have different numbers of lines
        lines=0 if upright else round(LINE * (PAY * look.text_px + look.small_px)),
        text=look.text_px * scale,
        small=look.small_px * scale,
        title=look.text_px * TITLE * scale,
        pay=look.text_px * PAY * scale,
        heading=look.text_px * HEADING * scale,
    )
