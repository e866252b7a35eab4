"""The search said plainly: what a listing must contain to match, by substring, without an index. The index is checked against it."""

from dataclasses import dataclass

from kiosk.characters import readings
from kiosk.domain.codes import Meals
from kiosk.domain.listing import PublicListing
from kiosk.domain.normalise import runs, spell, terms
from kiosk.domain.novice import open_to_novices
from kiosk.domain.pay import per_day
from kiosk.store.search import LETTERS, Filters, Order, long_fields, short_fields, whole_words


@dataclass(frozen=True, slots=True)
class Row:
    """A published listing, made ready once. Breaks are newlines; `spelt` has a line from each syllable to its stretch's end."""

    seq: int
    listing: PublicListing
    text: str
    spelt: str
    initials: str
    whole: frozenset[str]
    day_fen: int | None
    for_novices: bool


def make_row(seq: int, listing: PublicListing, number: int) -> Row:
    """Prepare a listing for `matches`."""
    short = [run for field in short_fields(listing) for run in runs(field)]
    stretches = [s for run in short for s in spell(run, readings())]
    tails = {"".join(s[start:]) for s in stretches for start in range(len(s))}
    return Row(
        seq,
        listing,
        "\n".join(short + [run for field in long_fields(listing) for run in runs(field)]),
        "\n".join(["", *sorted(tails)]),
        "\n".join("".join(syllable[0] for syllable in s) for s in stretches),
        frozenset(whole_words(listing, number)),
        per_day(listing),
        open_to_novices(listing),
    )


def matches(row: Row, term: str) -> bool:
    """Say whether one term is in the listing: in its text, whole among its numbers, or as letters of its pinyin."""
    if term in row.text or term in row.whole:
        return True
    letters = term.isascii() and term.isalpha()
    return letters and (term in row.initials or f"\n{term[:LETTERS]}" in row.spelt)


def fits(row: Row, filters: Filters) -> bool:
    """Say whether a listing passes the filters."""
    listing = row.listing
    return (
        filters.trade in (None, listing.trade)
        and (not filters.areas or listing.area in filters.areas)
        and filters.settlement in (None, listing.settlement)
        and ("meals" not in filters.switches or listing.meals is not Meals.NONE)
        and ("lodging" not in filters.switches or listing.lodging)
        and ("novices" not in filters.switches or row.for_novices)
        and (filters.starts_until is None or listing.starts_on <= filters.starts_until)
        and (filters.ends_from is None or listing.ends_on >= filters.ends_from)
        and (filters.min_day_fen is None or (row.day_fen is not None and row.day_fen >= filters.min_day_fen))
    )


def find(rows: list[Row], query: str, filters: Filters, order: Order) -> list[int]:
    """Give the `seq` of all matches in order."""
    found = rows
    for term in terms(query):
        found = [row for row in found if matches(row, term)]
    found = [row for row in found if fits(row, filters)]

    def rank(row: Row) -> tuple[int, int]:
        if order is Order.PAY:
            return (-row.day_fen if row.day_fen is not None else 1, -row.seq)
        if order is Order.NEAR:
            near = filters.near
            return (near.index(row.listing.area) if row.listing.area in near else len(near), -row.seq)
        return (0, -row.seq)

    return [row.seq for row in sorted(found, key=rank)]
