"""Search of public listings: an FTS5 index over grams, and the few columns that filters and orders need.

A listing's document is a row of tokens made here (the tokenizer only cuts at spaces), each kind with a mark that no normalised
text contains:

    工  工人        one character, two characters         =b  =by      the same of pinyin initials
    _ban  _ban_yun  the same of pinyin syllables          #17  #260元  number and pay, found only whole
    @trade.loading  what filters ask for                  ¦            a break: no phrase crosses it

A word is found as the phrase of its overlapping pairs; of pairs and not of single characters, because two common characters
that never meet ("工天") would cost a scan of both their lists (docs/decisions/search.md). Pinyin covers the short fields
alone: in a description any two initials meet. Knows SQL and tokens; the normaliser is the domain's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import chain
from operator import add
from typing import Any

import sqlalchemy as sa

from kiosk.characters import readings
from kiosk.domain.codes import AREAS, Meals, Settlement, Trade
from kiosk.domain.listing import PublicListing
from kiosk.domain.normalise import runs, spell, terms
from kiosk.domain.novice import open_to_novices
from kiosk.domain.pay import per_day
from kiosk.domain.wish import DAY_PAYS, DAYS_AHEAD, SWITCHES
from kiosk.text import t

BREAK = "¦"
LETTERS, WAYS = 16, 2500
"""So many first letters are read as syllables, in at most so many ways: enough for all words of 3,000 listings, 99 % have under 280."""
TRADES = tuple(Trade)
A, FIRST_AREA = 65, int(min(AREAS))

DDL = [
    "CREATE VIRTUAL TABLE listing_text USING fts5(tokens, content='', contentless_delete=1, tokenize=\"ascii tokenchars '.=_#@'\")",
    "CREATE TABLE listing_facet (seq INTEGER PRIMARY KEY, trade INTEGER NOT NULL, area INTEGER NOT NULL, "
    "starts INTEGER NOT NULL, ends INTEGER NOT NULL, day_fen INTEGER)",
    "CREATE INDEX ix_listing_facet_ends ON listing_facet (ends)",
]
"""`listing_facet` is narrow so that a scan of it stays in memory: trade as its place in TRADES, dates as days since year 1."""


class Order(StrEnum):
    """Newest publication first; best day's pay first, unknown last; nearest area first."""

    NEWEST = "newest"
    PAY = "pay"
    NEAR = "near"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a listing must be besides matching the words. `near` only orders: area codes, nearest first.

    `switches`: all of these of domain.wish. `starts_until`: one can begin by then, what runs already included.
    """

    trade: Trade | None = None
    areas: frozenset[str] = frozenset()
    settlement: Settlement | None = None
    switches: frozenset[str] = frozenset()
    starts_until: date | None = None
    ends_from: date | None = None
    min_day_fen: int | None = None
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How many listings each further choice would leave, everything else that is chosen staying as it is.

    By area code, by least pay a day (fen), by days from today on which it begins at the latest, by settlement, by the name of a switch.
    """

    areas: dict[str, int]
    pay: dict[int, int]
    days: dict[int, int]
    settlements: dict[Settlement, int]
    switches: dict[str, int]


def index(connection: sa.Connection, pages: Sequence[tuple[int, PublicListing, int]]) -> None:
    """Put published listings into the index, each under its `seq` and with its number, which is what people say (17号)."""
    texts = [(seq, " ".join(_tokens(listing, number))) for seq, listing, number in pages]
    connection.exec_driver_sql("INSERT INTO listing_text (rowid, tokens) VALUES (?, ?)", texts)
    facets = [
        (seq, TRADES.index(one.trade), one.area, one.starts_on.toordinal(), one.ends_on.toordinal(), per_day(one)) for seq, one, _ in pages
    ]
    connection.exec_driver_sql("INSERT INTO listing_facet VALUES (?, ?, ?, ?, ?, ?)", facets)


def unindex(connection: sa.Connection, seq: int) -> None:
    """Take a listing out of the index."""
    connection.exec_driver_sql("DELETE FROM listing_text WHERE rowid = ?", (seq,))
    connection.exec_driver_sql("DELETE FROM listing_facet WHERE seq = ?", (seq,))


def search(
    connection: sa.Connection, query: str, filters: Filters, order: Order = Order.NEWEST, limit: int = 20, offset: int = 0
) -> list[int]:
    """Give the `seq` of listings that match every word of `query`, or of all when it has none (only spaces, punctuation, emoji)."""
    select = _Select(query, filters, facets=order is not Order.NEWEST)
    by = f"{select.seq} DESC"
    if order is Order.PAY:
        by = f"day_fen DESC, {by}"
    elif order is Order.NEAR and filters.near:
        ranks = " ".join(f"WHEN ? THEN {rank}" for rank in range(len(filters.near)))
        by = f"CASE area {ranks} ELSE {len(filters.near)} END, {by}"
        select.values += map(int, filters.near)
    return list(connection.exec_driver_sql(*select.sql(select.seq, f"ORDER BY {by} LIMIT ? OFFSET ?", limit, offset)).scalars())


def count(connection: sa.Connection, query: str, filters: Filters) -> int:
    """Count what `search` would give without a limit."""
    return int(connection.exec_driver_sql(*_Select(query, filters).sql("count(*)")).scalar_one())


def count_by_trade(connection: sa.Connection, query: str, filters: Filters) -> dict[str, int]:
    """Count the matches of each of the trades, whatever trade `filters` names: the numbers beside the trades to choose from."""
    letters = _letters(connection, query, replace(filters, trade=None), "trade")
    return {trade: letters.count(_letter(place)) for place, trade in enumerate(TRADES)}


def choices(connection: sa.Connection, query: str, filters: Filters, today: date) -> Choices:
    """Count what each further choice would leave; of a kind of which one is chosen, what another would leave in its place."""
    areas = _letters(connection, query, replace(filters, areas=frozenset()), f"area - {FIRST_AREA}")
    # a number for each: how many of the pays it reaches (of NULL none), how many of the days come before it begins
    reached = " + ".join(f"(coalesce(day_fen, 0) >= {fen})" for fen in DAY_PAYS)
    pay = _letters(connection, query, replace(filters, min_day_fen=None), f"({reached})")
    passed = " + ".join(f"(starts > {today.toordinal() + ahead})" for ahead in DAYS_AHEAD)
    days = _letters(connection, query, replace(filters, starts_until=None), f"({passed})")
    return Choices(
        areas={code: areas.count(_letter(int(code) - FIRST_AREA)) for code in AREAS},
        pay={fen: sum(pay.count(_letter(n)) for n in range(rank + 1, len(DAY_PAYS) + 1)) for rank, fen in enumerate(DAY_PAYS)},
        days={ahead: sum(days.count(_letter(n)) for n in range(rank + 1)) for rank, ahead in enumerate(DAYS_AHEAD)},
        settlements={s: count(connection, query, replace(filters, settlement=s)) for s in Settlement},
        switches={name: count(connection, query, replace(filters, switches=filters.switches | {name})) for name in SWITCHES},
    )


def _letters(connection: sa.Connection, query: str, filters: Filters, number: str) -> str:
    """Give a letter for each match, made of a small number: counting them here takes half the time of sums, a third of GROUP BY."""
    select = _Select(query, filters, facets=True)
    return connection.exec_driver_sql(*select.sql(f"group_concat(char({A} + {number}), '')")).scalar() or ""


def _letter(number: int) -> str:
    return chr(A + number)


class _Select:
    """One question to the index: where its rows come from, what they must be, and the values bound to it."""

    def __init__(self, query: str, filters: Filters, *, facets: bool = False) -> None:
        self._where: list[str] = []
        self.values: list[Any] = []
        match = " AND ".join([*map(_match_term, terms(query)), *_match_facets(filters)])
        ranges = (
            ("starts <= ?", filters.starts_until and filters.starts_until.toordinal()),
            ("day_fen >= ?", filters.min_day_fen),
        )
        facets = facets or any(value is not None for _, value in ranges)
        if match:
            self.seq = "listing_text.rowid"
            self._from = "listing_text" + (" CROSS JOIN listing_facet ON seq = listing_text.rowid" if facets else "")
            self._add("listing_text MATCH ?", match)
        else:
            self.seq, self._from = "seq", "listing_facet"
        for condition, value in ranges:
            if value is not None:
                self._add(condition, value)
        if filters.ends_from is not None:
            # Hardly ever has a listing ended without being swept: asking that once halves the time of a large count.
            ended = "SELECT seq FROM listing_facet WHERE ends < ?"
            self._add(f"(NOT EXISTS ({ended}) OR {self.seq} NOT IN ({ended}))", *[filters.ends_from.toordinal()] * 2)

    def _add(self, condition: str, *values: Any) -> None:
        self._where.append(condition)
        self.values += values

    def sql(self, columns: str, tail: str = "", *values: Any) -> tuple[str, tuple[Any, ...]]:
        where = f" WHERE {' AND '.join(self._where)}" if self._where else ""
        return f"SELECT {columns} FROM {self._from}{where} {tail}", (*self.values, *values)


def short_fields(listing: PublicListing) -> list[str]:
    """Give the fields that are searched by their characters and by their pinyin."""
    named = [t(f"trade.{listing.trade}"), t(f"settlement.{listing.settlement}"), t(f"meals.{listing.meals}")]
    return [listing.title, *named, listing.employer_name, listing.place, AREAS.get(listing.area, "")]


def long_fields(listing: PublicListing) -> list[str]:
    """Give the fields that are searched by their characters alone."""
    return [listing.requirements, listing.description]


def whole_words(listing: PublicListing, number: int) -> set[str]:
    """Give what is found only whole: the number (17, 17号) and the pay (260, 260元)."""
    fen = {listing.pay_fen, listing.pay_max_fen or listing.pay_fen}
    yuan = {f"{f // 100}" if f % 100 == 0 else f"{f / 100:.2f}".rstrip("0") for f in fen}
    return {str(number), f"{number}号"} | yuan | {f"{y}元" for y in yuan}


@cache
def _syllables() -> frozenset[str]:
    return frozenset(readings().values())


def _tokens(listing: PublicListing, number: int) -> list[str]:
    short = [run for field in short_fields(listing) for run in runs(field)]
    spelt = [stretch for run in short for stretch in spell(run, readings())]
    tokens = _grams("", short + [run for field in long_fields(listing) for run in runs(field)])
    tokens += _grams("_", spelt)
    tokens += _grams("=", [[syllable[0] for syllable in stretch] for stretch in spelt])
    tokens += [f"#{word}" for word in whole_words(listing, number)]
    tokens += (f"@trade.{listing.trade}", f"@area.{listing.area}", f"@settlement.{listing.settlement}")
    has = {"meals": listing.meals is not Meals.NONE, "lodging": listing.lodging, "novices": open_to_novices(listing)}
    return tokens + [f"@{name}" for name in SWITCHES if has[name]]


def _grams(mark: str, sequences: Sequence[Sequence[str]]) -> list[str]:
    """Give each unit once, then the pairs of every sequence in order, broken between sequences."""
    grams = [mark + unit for unit in dict.fromkeys(chain.from_iterable(sequences))]
    for sequence in sequences:
        grams.append(BREAK)
        grams += _pairs(mark, sequence)
    return grams


def _pairs(mark: str, sequence: Sequence[str]) -> list[str]:
    """Give neighbours joined; between syllables stands their mark once more."""
    marked = [mark + unit for unit in sequence]
    return list(map(add, marked, (marked if mark == "_" else sequence)[1:]))


def _phrase(mark: str, sequence: Sequence[str]) -> str:
    return '"' + (" ".join(_pairs(mark, sequence)) or mark + sequence[0]) + '"'


def _match_term(term: str) -> str:
    ways = [_phrase("", term)]
    if term[0].isdigit():
        ways.append(f'"#{term}"')
    if term.isascii() and term.isalpha():
        ways.append(_phrase("=", term))
        if len(term) > 1:  # one letter is an initial already
            ways += (_phrase("_", syllables) for syllables in _spellings(term[:LETTERS]))
    return f"({' OR '.join(ways)})"


def _match_facets(filters: Filters) -> Iterator[str]:
    yield from _any("trade", [filters.trade] if filters.trade else [])
    yield from _any("area", sorted(filters.areas))
    yield from _any("settlement", [filters.settlement] if filters.settlement else [])
    yield from (f'"@{name}"' for name in sorted(filters.switches))


def _any(facet: str, values: Sequence[str]) -> Iterator[str]:
    if values:
        yield "(" + " OR ".join(f'"@{facet}.{value}"' for value in values) + ")"


def _spellings(letters: str) -> list[tuple[str, ...]]:
    """Cut letters into syllables in every way, the last one completed if need be: bany → ban ya, ban yan, ban yang …"""
    known = _syllables()
    ways: list[list[tuple[str, ...]]] = [[] for _ in letters]
    for start in reversed(range(len(letters))):
        rest = letters[start:]
        ways[start] = [(s,) for s in sorted(known) if s.startswith(rest)] if len(rest) <= 6 else []
        for end in range(min(start + 6, len(letters) - 1), start, -1):  # the longest syllable first, as one reads
            if letters[start:end] in known:
                ways[start] += ((letters[start:end], *tail) for tail in ways[end])
        del ways[start][WAYS:]
    return ways[0]
