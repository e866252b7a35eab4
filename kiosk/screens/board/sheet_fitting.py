"""Fits the words of a sheet into its page: as large as they can stand whole; at the smallest size they are cut where a thought ends.

No widgets.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from kiosk.screens.board.fitting import STOPS, at_mark, in_few_lines
from kiosk.screens.board.scene import Fact, Row, Sheet
from kiosk.screens.board.sizes import LINE, Sizes
from kiosk.screens.theme import theme
from kiosk.screens.widgets.pay import pay_width
from kiosk.screens.widgets.words import measure
from kiosk.screens.widgets.wrap import ELLIPSIS, MARKS, in_thoughts, wrap

PITCH = 1.46
"""From line to line, in the size."""
LADDER = (1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 4.0)
"""The sizes there are above the small one, in the board's text size: an opened size of a face takes 0.3 MB and more, and is kept."""
GROWN = (2.2, 1.8, 1.5, 1.2, 1.0)
"""How much larger than at least a sheet is set: the largest that fits."""
TITLE, LEAD, BODY, TIGHT_TITLE = 1.5, 1.2, 0.85, 1.2
"""Sizes in the board's text size, in which a fact stands."""
GAP, FACT_GAP = 0.7, 0.35
"""Between the parts of a sheet, and between its facts, in the same."""
ICON, ICON_GAP = 1.2, 0.45
"""A fact's icon and the room behind it, in the fact's size."""
DISC = 1.7
"""The disc before a title, in the title's size."""
LARGEST_BROKEN, SMALLER = 1.8, 0.85
"""The largest title that may break in a thought, in the board's text size; it is so much smaller where it then breaks at a mark."""
TITLE_LINES, ALONE_LINES, LEAD_LINES, FACT_LINES, LEAST_BODY = 2, 3, 3, 3, 2
LARGE = (
    (2.2, 4.0, 1.2),
    (1.8, 3.3, 1.2),
    (1.8, 2.7, 1.0),
    (1.5, 2.7, 1.0),
    (1.2, 2.7, 1.0),
    (1.2, 2.2, 1.0),
    (1.2, 2.2, 0.8),
    (1.0, 1.8, 0.8),
)
"""Title, pay and facts of the page with one listing, in the board's text size."""
NUMBER, NUMBER_PAD = 0.62, 0.5
"""The number before the title, in the title's size, and what its ground is wider, in its own."""
TILE_ICON, TILE_GAP, TILE_LINES, TILE_EM, WIDE_TILE = 1.7, 0.4, 3, 2.9, 2.0
"""A tile's icon, the room behind it and the least width of its words, in their size; the icon of a wide one stands beside them, not over
them."""
EMPTY_TILE = 0.15
"""How much larger words must be for it that a place among the tiles stays empty."""
SENTENCE = "。！？；\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words as they are drawn, and their size in design pixels."""

    text: str = ""
    size_px: float = 32.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A sheet as it is drawn: `facts` in rows of one or two (tiles: in rows of as many as stand beside one another).

    `beside`: what the pay comes to stands beside it. Sizes of type are design pixels; `gap`, `fact_gap` and `tile` (a tile's width and
    height) are the screen's.
    """

    number: Text = Text()
    title: Text = Text()
    lead: Text = Text()
    pay_px: float = 0.0
    unit_px: float = 0.0
    facts: tuple[tuple[Fact, ...], ...] = ()
    fact_px: float = 32.0
    body: Text = Text()
    gap: float = 0.0
    fact_gap: float = 0.0
    tile: tuple[float, float] = (0.0, 0.0)
    beside: bool = False

    @property
    def wide_tiles(self) -> bool:
        """Say whether a tile's icon stands beside its words."""
        return self.tile[0] > WIDE_TILE * self.tile[1]


def set_sheet(sheet: Sheet, width: float, height: float, sizes: Sizes, disc: bool) -> Set:
    """Set a sheet into a room of so many pixels; `disc`: an icon stands before its title."""
    signs = len(sheet.lead) * LEAD**2 + len(sheet.body) * BODY**2 + sum(len(f.text) for f in sheet.facts) / 2
    # at a size at which its characters alone fill the room nothing need be tried
    likely = [grown for grown in GROWN if signs * (grown * theme.fs(sizes.text)) ** 2 < width * height]
    tried = (_text_set(sheet, width, sizes, grown, disc) for grown in likely)
    whole = next((s for s in tried if _whole(s, sheet, width, sizes) and _height(s, width, disc) <= height), None)
    return _in_thoughts(whole or _tight(sheet, width, height, sizes, disc), width)


def set_tiles(sheet: Sheet, width: float, height: float, sizes: Sizes) -> Set:
    """Set a sheet whose facts are tiles: title and lead over them, what else it says under them."""
    words = replace(sheet, facts=(), body="")
    head = next(s for grown in (1.2, 1.0) if _whole(s := _text_set(words, width, sizes, grown, True), words, width, sizes) or grown == 1.0)
    head = replace(head, title=_cut(head.title, _title_width(head.title.size_px, width, True), TITLE_LINES), lead=_cut(head.lead, width, 2))
    body = _cut(Text(text=sheet.body, size_px=sizes.small), width, 2)
    used = _height(replace(head, body=body), width, True)
    room = height - used - head.gap
    gap = head.fact_gap * 1.4
    options = []
    in_one_line = [Fact(f.icon, f.text.replace("\n", " ・ ")) for f in sheet.facts]
    for beside, said in [(1, in_one_line), *((beside, sheet.facts) for beside in range(1, len(sheet.facts) + 1))]:
        down = -(-len(said) // beside)
        tile = (width - (beside - 1) * gap) / beside, (room - (down - 1) * gap) / down
        one = replace(head, body=body, tile=tile, fact_gap=gap)
        px = next((px for grown in (*GROWN, 0.0) if _tile_holds(one, said, px := _rung(grown, sizes), sizes)), 0.0)
        held, px = px, px or sizes.small
        words_wide = _tile_words(one, px, sizes)
        facts = [
            Fact(f.icon, in_thoughts(cut(f.text, words_wide, TILE_LINES, px), words_wide, partial(measure, size=theme.fs(px))))
            for f in said
        ]
        rows = tuple(tuple(facts[n : n + beside]) for n in range(0, len(facts), beside))
        options.append((held * (1 - EMPTY_TILE * (down * beside - len(facts))), words_wide, replace(one, facts=rows, fact_px=px)))
    # where no words would be whole, the widest tiles cut least
    return max(reversed(options), key=lambda o: (o[0], 0 if o[0] else o[1]))[2] if options else replace(head, body=body)


def set_large(row: Row, number: str, facts: Sequence[Fact], width: float, height: float, sizes: Sizes) -> Set:
    """Set one listing: its title behind its number, its pay, what the pay comes to, and the facts."""
    for title, pay, fact in LARGE:
        px, title_px = _rung(fact, sizes), _rung(title, sizes)
        number_px = _rung(NUMBER * title, sizes)
        before = measure(number, theme.fs(number_px), bold=True) + NUMBER_PAD * theme.fs(number_px) + 0.4 * theme.fs(title_px)
        name, _ = in_few_lines(row.title, width - before - 1, (title_px,))
        one = Set(
            title=Text(text=name, size_px=title_px),
            number=Text(text=number, size_px=number_px),
            lead=Text(text=row.terms, size_px=_rung(LEAD * fact, sizes)),
            pay_px=_rung(pay, sizes),
            unit_px=_rung(pay / 2, sizes),
            facts=_in_rows(facts, width, px),
            fact_px=px,
            gap=GAP * theme.fs(sizes.text),
            fact_gap=FACT_GAP * theme.fs(px),
        )
        wide = pay_width(row.amount, row.unit, one.pay_px, one.unit_px)
        one = replace(one, beside=wide + 1.5 * one.gap + measure(row.terms, theme.fs(one.lead.size_px)) < width)
        if wide <= width and not name.endswith(ELLIPSIS) and _height(one, width, False) <= height:
            return one
    for most in (FACT_LINES, 1):
        said = [Fact(f.icon, cut(f.text, _fact_width(px, width), most, px)) for f in facts]
        one = replace(one, facts=_in_rows(said, width, px))
        if _height(one, width, False) <= height:
            break
    while one.facts and _height(one, width, False) > height:
        one = replace(one, facts=one.facts[:-1])
    return one


def cut(text: str, width: float, most_lines: int, size_px: float, bold: bool = False) -> str:
    """Give the text, or as much of it as stands in so many lines with an ellipsis, up to the end of a thought where there is one."""
    ruler = partial(measure, size=theme.fs(size_px), bold=bold)
    if not text or len(wrap(text, width, ruler)) <= most_lines:
        return text
    ends = range(1, len(text))
    too_long = bisect_left(ends, True, key=lambda end: len(wrap(text[:end].rstrip(STOPS) + ELLIPSIS, width, ruler)) > most_lines)
    most = ends[max(0, too_long - 1)]
    sentence, thought = (max((n for n in range(most + 1) if text[n] in signs), default=0) for signs in (SENTENCE, STOPS))
    end = sentence if sentence > most * 0.6 else thought if thought > most / 2 else most
    return text[:end].rstrip(STOPS) + ELLIPSIS


def lines(text: str, width: float, px: float, bold: bool = False) -> int:
    """Count the lines of a text in a width."""
    return _count(text, width, theme.fs(px), bold) if text else 0


@lru_cache(maxsize=256)
def _count(text: str, width: float, size: float, bold: bool) -> int:
    return len(wrap(text, width, partial(measure, size=size, bold=bold)))


def high(lines: int, px: float) -> float:
    """Give the height of so many lines, in pixels of the screen."""
    return (PITCH * (lines - 1) + LINE) * theme.fs(px) + lines if lines else 0.0


def _text_set(sheet: Sheet, width: float, sizes: Sizes, grown: float, disc: bool) -> Set:
    px, title_px = _rung(grown, sizes), _rung(TITLE * grown, sizes)
    most = TITLE_LINES if sheet.lead or sheet.facts or sheet.body else ALONE_LINES
    room, smaller_px = _title_width(title_px, width, disc), _rung(SMALLER * TITLE * grown, sizes)
    title, title_px = in_few_lines(sheet.title, room, (title_px, smaller_px), most)
    return Set(
        title=Text(text=title, size_px=title_px),
        lead=Text(text=sheet.lead, size_px=_rung(LEAD * grown, sizes)),
        facts=_in_rows(sheet.facts, width, px),
        fact_px=px,
        # a notice has nothing but a body: then it is what one takes home
        body=Text(text=sheet.body, size_px=_rung((BODY if sheet.lead else LEAD) * grown, sizes)),
        gap=GAP * theme.fs(px),
        fact_gap=FACT_GAP * theme.fs(px),
    )


def _whole(one: Set, sheet: Sheet, width: float, sizes: Sizes) -> bool:
    """Say whether nothing of the sheet has more lines than it should; a large title is no better for being broken in a thought."""
    # where there is a mark, a smaller one may break at it
    largest = 0.0 if any(mark in sheet.title[:-1] for mark in MARKS) else LARGEST_BROKEN
    return (
        not one.title.text.endswith(ELLIPSIS)
        and (at_mark(one.title.text) or one.fact_px <= sizes.text or one.title.size_px <= largest * sizes.text)
        and lines(one.lead.text, width, one.lead.size_px, bold=True) <= LEAD_LINES
        and all(lines(f.text, _fact_width(one.fact_px, width), one.fact_px) <= FACT_LINES for f in sheet.facts)
    )


def _tight(sheet: Sheet, width: float, height: float, sizes: Sizes, disc: bool) -> Set:
    """Set as small as may be, and cut what does not fit: the body first, then the last facts."""
    px, small, title_px = sizes.text, sizes.small, _rung(TIGHT_TITLE, sizes)
    title = in_few_lines(sheet.title, _title_width(title_px, width, disc), (title_px,))[0] if sheet.title else ""
    facts = tuple(Fact(f.icon, cut(f.text, _fact_width(small, width), FACT_LINES, small)) for f in sheet.facts)
    one = Set(
        title=Text(text=title, size_px=title_px),
        lead=_cut(Text(text=sheet.lead, size_px=px), width, LEAD_LINES, bold=True),
        fact_px=small,
        gap=GAP * theme.fs(small),
        fact_gap=FACT_GAP * theme.fs(small),
    )
    while facts and _height(replace(one, facts=_in_rows(facts, width, small)), width, disc) > height:
        facts = facts[:-1]
    one = replace(one, facts=_in_rows(facts, width, small))
    left = height - _height(one, width, disc) - one.gap
    room = int((left / theme.fs(small) - LINE) / PITCH) + 1 if left > 0 else 0
    return replace(one, body=_cut(Text(text=sheet.body, size_px=small), width, room)) if room >= LEAST_BODY else one


def _in_rows(facts: Sequence[Fact], width: float, px: float) -> tuple[tuple[Fact, ...], ...]:
    """Put two facts beside one another where both are short."""
    half = _fact_width(px, width / 2)
    rows: list[tuple[Fact, ...]] = []
    for fact in facts:
        short = measure(fact.text, theme.fs(px)) < half
        if short and rows and len(rows[-1]) == 1 and measure(rows[-1][0].text, theme.fs(px)) < half:
            rows[-1] = (rows[-1][0], fact)
        else:
            rows.append((fact,))
    return tuple(rows)


def _height(one: Set, width: float, disc: bool) -> float:
    """Compute how high a set sheet stands; without tiles."""
    title = high(one.title.text.count("\n") + 1, one.title.size_px) if one.title.text else 0.0
    parts = [
        max(title, DISC * theme.fs(one.title.size_px) if disc and title else 0.0),
        LINE * theme.fs(one.pay_px),
        0.0 if one.beside else high(lines(one.lead.text, width, one.lead.size_px, bold=True), one.lead.size_px),
        sum(high(max(lines(f.text, _fact_width(one.fact_px, width), one.fact_px) for f in row), one.fact_px) for row in one.facts)
        + one.fact_gap * max(0, len(one.facts) - 1),
        high(lines(one.body.text, width, one.body.size_px), one.body.size_px),
    ]
    return sum(parts) + one.gap * (sum(1 for p in parts if p) - 1)


def _in_thoughts(one: Set, width: float) -> Set:
    """Let every line end where a thought ends, as far as may be; it has no more of them for it."""

    def broken(text: str, width: float, px: float, bold: bool = False) -> str:
        return in_thoughts(text, width, partial(measure, size=theme.fs(px), bold=bold))

    return replace(
        one,
        lead=replace(one.lead, text=broken(one.lead.text, width, one.lead.size_px, bold=True)),
        facts=tuple(tuple(Fact(f.icon, broken(f.text, _fact_width(one.fact_px, width), one.fact_px)) for f in row) for row in one.facts),
        body=replace(one.body, text=broken(one.body.text, width, one.body.size_px)),
    )


def _tile_words(one: Set, px: float, sizes: Sizes) -> float:
    """Give the width that a tile has for its words."""
    return one.tile[0] - 2 * sizes.pad - ((TILE_ICON + TILE_GAP) * theme.fs(px) if one.wide_tiles else 0) - 1


def _tile_holds(one: Set, facts: Sequence[Fact], px: float, sizes: Sizes) -> bool:
    width, icon = _tile_words(one, px, sizes), TILE_ICON * theme.fs(px)
    most = max(lines(f.text, width, px) for f in facts) if width > TILE_EM * theme.fs(px) else TILE_LINES + 1
    tall = max(icon, high(most, px)) if one.wide_tiles else icon + TILE_GAP * theme.fs(px) + high(most, px)
    return most <= TILE_LINES and tall <= one.tile[1] - sizes.pad


def _rung(grown: float, sizes: Sizes) -> float:
    """Give the largest size there is that is not above so many text sizes."""
    return max((rung * sizes.text for rung in LADDER if rung <= grown + 0.01), default=sizes.small)


def _title_width(title_px: float, width: float, disc: bool) -> float:
    return width - (DISC + 0.4) * theme.fs(title_px) if disc else width


def _fact_width(px: float, width: float) -> float:
    return width - (ICON + ICON_GAP) * theme.fs(px) - 1


def _cut(one: Text, width: float, most_lines: int, bold: bool = False) -> Text:
    return replace(one, text=cut(one.text, width, most_lines, one.size_px, bold))
