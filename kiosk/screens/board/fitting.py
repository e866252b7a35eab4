"""Fits the words of a page into its columns: these are as wide as their words need, the title has the rest, and what is too long ends where
a thought ends. No widgets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from kiosk.screens.board.scene import Row
from kiosk.screens.board.sizes import Sizes
from kiosk.screens.theme import theme
from kiosk.screens.widgets.pay import pay_width
from kiosk.screens.widgets.words import measure
from kiosk.screens.widgets.wrap import ELLIPSIS, MARKS, in_thoughts, wrap
from kiosk.text import t

STOPS = "，。、；：！？,;:（( ・\n"
TITLE_EM = 7
"""A title has at least so many characters' room; before it has less, the hourly pay goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of one row as they are drawn, sizes in design pixels."""

    number: str = ""
    title: str = ""
    title_px: float = 32
    where: str = ""
    day: str = ""
    time: str = ""
    amount: str = ""
    unit: str = ""
    terms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Widths in pixels of the screen. An upright row has no column for the time, and `pay` is that of the terms."""

    number: float = 0
    when: float = 0
    pay: float = 0


def shorten(text: str, width: float, size_px: float, bold: bool = False) -> str:
    """Give the text, or as much of it as fits with an ellipsis, up to the end of a thought where there is one."""
    size = theme.fs(size_px)
    if measure(text, size, bold) <= width:
        return text
    kept = text
    while kept and measure(kept + ELLIPSIS, size, bold) > width:
        kept = kept[:-1]
    stop = max((n for n, c in enumerate(kept) if c in STOPS), default=0)
    return (kept[:stop] if stop >= len(kept) / 2 else kept).rstrip(STOPS) + ELLIPSIS


def first_that_fits(options: Sequence[str], width: float, size_px: float, bold: bool = False) -> str:
    """Give the first option that is not too wide, else the last one shortened."""
    size = theme.fs(size_px)
    return next((o for o in options if measure(o, size, bold) <= width), shorten(options[-1], width, size_px, bold))


def in_few_lines(text: str, width: float, sizes_px: Sequence[float], most: int = 2) -> tuple[str, float]:
    """Give a bold text and the first of the sizes at which it stands whole in `most` lines, else shortened at the last.

    A later size at which it breaks at a mark is better than one at which it breaks in thoughts alone.
    """
    whole: list[tuple[str, float]] = []
    for size_px in sizes_px:
        ruler = partial(measure, size=theme.fs(size_px), bold=True)
        if len(wrap(text, width, ruler)) <= most:
            whole.append((in_thoughts(text, width, ruler), size_px))
    if whole:
        return next((one for one in whole if at_mark(one[0])), whole[0])
    # all lines but the last may end before their end
    return shorten(text, most * (width - theme.fs(sizes_px[-1])), sizes_px[-1], bold=True), sizes_px[-1]


def at_mark(text: str) -> bool:
    """Say whether a text breaks at a mark, if at all."""
    *lines, _ = text.split("\n")
    return not lines or any(line[-1:] in MARKS for line in lines)


def fit(rows: Sequence[Row], sizes: Sizes) -> tuple[Columns, list[Said]]:
    """Lay the rows of one page into their columns."""
    numbers = [t("board.number", number=r.number) for r in rows]
    number = _widest(numbers, sizes.text)
    room = sizes.listings - 2 * sizes.pad - number - sizes.gap
    if sizes.upright:
        terms = _widest([r.terms for r in rows], sizes.small)
        said = [_upright(r, n, room, sizes) for r, n in zip(rows, numbers, strict=True)]
        return Columns(number=number, pay=terms), said
    times = [_joined(r.hours, r.people) for r in rows]
    when = max(_widest([r.day for r in rows], sizes.text), _widest(times, sizes.small))
    pay = max((pay_width(r.amount, r.unit, sizes.pay, sizes.small) for r in rows), default=0.0)
    terms = max(pay, _widest([r.terms for r in rows], sizes.small))
    room -= when + 2 * sizes.gap
    short = room - terms < TITLE_EM * theme.fs(sizes.title)
    if short:
        terms = max(pay, _widest([r.settled for r in rows], sizes.small))
    said = [
        replace(
            _said(r, n, room - terms, sizes),
            where=first_that_fits(_places(r), room - terms, sizes.small),
            day=r.day,
            time=time,
            terms=r.settled if short else r.terms,
        )
        for r, n, time in zip(rows, numbers, times, strict=True)
    ]
    return Columns(number=number, when=when, pay=terms), said


def _upright(row: Row, number: str, room: float, sizes: Sizes) -> Said:
    pay = pay_width(row.amount, row.unit, sizes.pay, sizes.small)
    places = [_joined(place, row.people) for place in _places(row)]
    left = room - measure(row.terms, theme.fs(sizes.small))
    whole = [_joined(row.day, row.hours), row.day]
    return replace(
        _said(row, number, room - pay - sizes.gap, sizes),
        where=first_that_fits(places, room, sizes.small),
        time=first_that_fits(whole, left - sizes.gap, sizes.small),
        terms=row.terms,
    )


def _said(row: Row, number: str, room: float, sizes: Sizes) -> Said:
    whole = measure(row.title, theme.fs(sizes.title), bold=True) <= room
    size = sizes.title if whole else sizes.text
    title = shorten(row.title, room, size, bold=True)
    return Said(number=number, title=title, title_px=size, amount=row.amount, unit=row.unit)


def _places(row: Row) -> list[str]:
    whole = [t("board.where", area=row.area, place=row.place)] if row.area and row.place else []
    return [*whole, row.area or row.place]


def _joined(*words: str) -> str:
    return " ・ ".join(w for w in words if w)


def _widest(words: Sequence[str], size_px: float) -> float:
    """Measure the widest, and a pixel more: what just fits must not be broken by rounding."""
    return 1 + max((measure(w, theme.fs(size_px)) for w in words), default=0.0)
