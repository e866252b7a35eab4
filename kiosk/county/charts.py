"""Draws plain charts as SVG, for a page and for paper: bars, columns and ranges with their words and numbers. Knows no figure.

No script, no style, nothing from outside: the page's own policy lets none in. What is told apart by colour is told apart by its outline,
too, so that a grey print reads the same. Every number stands beside its bar; the table beside the chart says the same to who sees none.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from kiosk.text import t

WIDE, COLUMNS_WIDE = 600, 1080
FONT, ROW, GAP, THICK = 15, 17, 9, 13
AFTER, AFTER_RANGE = 76, 180
"""Room for the number after a bar, and for a range's words."""
COLUMNS_HIGH = 230
GREEN, LINE, INK = "#0E5A45", "#E2DBCB", "#1D2622"
FILLS = ((GREEN, GREEN), ("#F5D9B8", "#7C2D12"))
"""Inside and outline of the first and the second of what is set side by side: dark and whole, pale and outlined."""
RANGE_FILL = "#BFD8CC"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: how long, and what stands beside it. None: nothing may be drawn, only said."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """What stands under one name: a bar for each of what is compared."""

    label: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """From the lower quarter to the upper, with the middle marked."""

    label: str
    low: float
    middle: float
    high: float
    text: str


def bars(title: str, names: Sequence[str], rows: Sequence[Row]) -> Markup:
    """Draw lying bars, one row a name; with several `names` they are explained above."""
    most = _most(rows)
    if not most:
        return _nothing()
    high, left = GAP + ROW * len(names), _left(row.label for row in rows)
    top = _legend_high(names)

    def parts() -> Iterator[Markup]:
        yield from _legend(names, left)
        for number, row in enumerate(rows):
            y = top + number * high
            yield _text(left - 10, y + ROW * len(names) / 2 + 5, row.label, "end")
            for at, bar in enumerate(row.bars):
                long = (bar.value or 0) / most * (WIDE - left - AFTER)
                yield _box(left, y + at * ROW + 2, long, THICK, at)
                yield _text(left + long + 8, y + at * ROW + ROW - 3, bar.text)
        yield _line(left, top - 4, left, top + len(rows) * high - GAP + 4)

    return _svg(title, top + len(rows) * high, parts)


def columns(title: str, names: Sequence[str], rows: Sequence[Row]) -> Markup:
    """Draw standing columns, one group a name."""
    most = _most(rows)
    if not most:
        return _nothing()
    top = _legend_high(names) + FONT
    floor, wide = top + COLUMNS_HIGH, COLUMNS_WIDE / len(rows)
    thick = min(44.0, wide * 0.8 / len(names))

    def parts() -> Iterator[Markup]:
        yield from _legend(names, 0)
        for number, row in enumerate(rows):
            left = number * wide + (wide - thick * len(row.bars)) / 2
            for at, bar in enumerate(row.bars):
                high = (bar.value or 0) / most * COLUMNS_HIGH
                yield _box(left + at * thick + 1, floor - high, thick - 2, high, at)
                # numbers of neighbours must not run into each other
                yield _text(left + (at + 0.5) * thick, floor - high - 5, bar.text, "middle", FONT - 3)
            yield _text((number + 0.5) * wide, floor + FONT + 6, row.label, "middle")
        yield _line(0, floor, COLUMNS_WIDE, floor)

    return _svg(title, floor + FONT + 16, parts, COLUMNS_WIDE)


def ranges(title: str, rows: Sequence[Range]) -> Markup:
    """Draw for each name where the middle half lies, on one scale that begins with nothing."""
    most = max((row.high for row in rows), default=0)
    if not most:
        return _nothing()
    high, left = GAP + ROW, _left(row.label for row in rows)

    def parts() -> Iterator[Markup]:
        scale = (WIDE - left - AFTER_RANGE) / most
        for number, row in enumerate(rows):
            y = GAP + number * high
            low, middle, end = (left + value * scale for value in (row.low, row.middle, row.high))
            yield _text(left - 10, y + ROW / 2 + 5, row.label, "end")
            yield _line(left, y + ROW / 2, low, y + ROW / 2)
            yield Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" fill="{}" stroke="{}"/>').format(
                low, y + 2, max(end - low, 2), THICK, RANGE_FILL, GREEN
            )
            yield Markup('<rect x="{:.1f}" y="{:.1f}" width="4" height="{}" fill="{}"/>').format(middle - 2, y - 1, THICK + 6, INK)
            yield _text(end + 10, y + ROW - 3, row.text)
        yield _line(left, GAP - 4, left, len(rows) * high + 4)

    return _svg(title, GAP + len(rows) * high, parts)


def _most(rows: Sequence[Row]) -> float:
    return max((bar.value or 0 for row in rows for bar in row.bars), default=0)


def _nothing() -> Markup:
    return Markup('<p class="quiet">{}</p>').format(t("county_report.nothing"))


def _left(labels: Iterable[str]) -> int:
    """Give the room that the words before the bars take: each of theirs is as wide as it is high."""
    return FONT * max(map(len, labels)) + 14


def _legend_high(names: Sequence[str]) -> int:
    return FONT + 24 if len(names) > 1 else GAP


def _legend(names: Sequence[str], x: int) -> Iterator[Markup]:
    if len(names) > 1:
        for at, name in enumerate(names):
            yield _box(x, 4, THICK, THICK, at)
            yield _text(x + THICK + 8, 4 + THICK - 2, name)
            x += THICK + 8 + FONT * len(name) + 32


def _box(x: float, y: float, wide: float, high: float, at: int) -> Markup:
    if not wide or not high:
        return Markup()
    fill, edge = FILLS[at % len(FILLS)]
    box = '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" stroke="{}" stroke-width="1.5"/>'
    return Markup(box).format(x, y, max(wide, 1.5), high, fill, edge)


def _line(x: float, y: float, to_x: float, to_y: float) -> Markup:
    return Markup('<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="{}" stroke-width="2"/>').format(x, y, to_x, to_y, LINE)


def _text(x: float, y: float, words: str, anchor: str = "start", size: int = FONT) -> Markup:
    said = '<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="{}" fill="{}">{}</text>'
    return Markup(said).format(x, y, anchor, size, INK, words)


def _svg(title: str, high: float, parts: Callable[[], Iterator[Markup]], wide: int = WIDE) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">').format(wide, high, title)
    return head + Markup("<title>{}</title>").format(escape(title)) + Markup().join(parts()) + Markup("</svg>")
