"""How large things on this board are and where they stand: kiosk.domain.board_look's sizes for its screen and distances, divided among
header, page, card, strip and safety line. No Kivy.

Type sizes are design pixels (theme: 1080 = the short side), all others pixels of the screen.
"""

from dataclasses import dataclass

from kiosk.config import BoardSettings, WindowPlace
from kiosk.domain.board_look import USUAL_INCHES, board_look
from kiosk.domain.board_seen import BoardScreen

LINE = 1.25
"""A Word's height in its size."""
TITLE, PAY, HEADING = 1.1, 1.2, 1.6
"""Sizes in the board's text size."""
ROWS_LYING, ROWS_UPRIGHT = 6, 12
QUIET_ZONE = 4 / 33
"""What the code's quiet zone adds to its width, for a link of the usual length."""
LEAST_ROWS, MOST_CODE, LEAST_CARD_WORDS = 3, 0.75, 0.2
"""A board has room for so many rows, its code takes at most so much of the short side, and leaves so much of it to the words beside it."""
NEARER = 0.97
MOST_OF_PAGE = 0.62
"""The large code leaves the rest of its page to words, if it can be scanned from the seats then."""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle in pixels of the screen, y up."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Everything that board.kv measures with, and the places of what takes turns.

    `beside` is the page beside the white card, `whole` the page without one; `far` is the card with the code that is scanned from the
    seats, `far_words` what is left beside it: lying, it stands on the safety line, and the strip ends before it.
    `screen` says for how large a screen and for which distances they are.
    """

    screen: BoardScreen

    upright: bool
    width: int
    height: int
    rows: int
    card_words: int
    code: int
    header: int
    strip: int
    safety: int
    margin: int
    gap: int
    pad: int
    lines: int
    text: float
    small: float
    title: float
    pay: float
    heading: float
    beside: Place
    whole: Place
    card: Place
    far: Place
    far_words: Place

    @property
    def listings(self) -> int:
        """The width of a page beside the card."""
        return self.beside.width


def sizes_for(window: WindowPlace, settings: BoardSettings) -> Sizes:
    """Compute the sizes for a window, for the distances that are asked for, or the farthest at which this screen is a board at all."""
    share = 1.0
    while (sizes := _at(window, settings, share)) is None:
        share *= NEARER
    return sizes


def _at(window: WindowPlace, settings: BoardSettings, share: float) -> Sizes | None:
    """Compute the sizes for a share of the distances; None where they leave no room."""
    inches = settings.screen_inches or USUAL_INCHES
    look = board_look(window.width, window.height, inches, settings.reading_m * share, settings.scanning_m * share)
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
        rows = max(0, min(ROWS_UPRIGHT, round(room // (LINE * (PAY * look.text_px + 2 * look.small_px) + pad / 4))))
    inside = window.width - 2 * margin
    card_words = inside - card - gap - pad if upright else card - pad
    if rows < LEAST_ROWS or look.code_px > MOST_CODE * short or card_words < LEAST_CARD_WORDS * short:
        return None
    far_code = round(look.far_code_px * (1 + QUIET_ZONE))
    floor = look.safety_px + look.strip_px + gap
    whole = Place(margin, floor, inside, window.height - header - floor)
    if upright:
        beside = Place(margin, floor + card + gap, inside, whole.height - card - gap)
        card_at = Place(margin, floor, inside, card)
        side = min(inside, max(far_code, round(whole.height * MOST_OF_PAGE)))
        far = Place(margin, floor, inside, side)
        far_words = Place(margin, floor + side + gap, inside, whole.height - side - gap)
    else:
        beside = Place(margin, floor, inside - gap - card, whole.height)
        card_at = Place(margin + beside.width + gap, floor, card, whole.height)
        high = window.height - header - look.safety_px - gap
        side = min(high, max(far_code, round(inside * MOST_OF_PAGE)))
        far = Place(margin + inside - side, look.safety_px + gap, side, high)
        far_words = Place(margin, floor, inside - side - gap, whole.height)
    return Sizes(
        screen=BoardScreen(
            inches=inches, guessed=not settings.screen_inches, asked_m=settings.reading_m, reading_m=settings.reading_m * share
        ),
        upright=upright,
        width=window.width,
        height=window.height,
        rows=rows,
        card_words=card_words,
        code=look.code_px,
        header=header,
        strip=look.strip_px,
        safety=look.safety_px,
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
        beside=beside,
        whole=whole,
        card=card_at,
        far=far,
        far_words=far_words,
    )
