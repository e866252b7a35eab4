"""Putting a finding right for who does not know how: words struck, pay raised, hours cut, days moved on, and the rule has nothing to say.

Offers only what the rules themselves, asked again, find in order. Knows no screen and no words but those that were written.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kiosk.domain.codes import PayUnit, Settlement, Trade
from kiosk.domain.listing import Listing
from kiosk.domain.pay import Fen, compare
from kiosk.domain.review import TEXT_FIELDS, Finding, RuleBook, Severity, check
from kiosk.domain.review_text import Span

SMALL, LARGE = re.compile(r"[、,，。;；!！?？()（）\n…]+"), re.compile(r"[,，。;；!！?？\n…]+")
"""What parts a text: an item of a list is struck, or else the clause. Never a single word: 押金 alone would leave its 200 元 standing."""
STEP_MIN, DAY_MIN = 30, 24 * 60
BREAKS_MIN = (60, 30, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One way to put a finding right: the fields to change, and the words that go, where words go."""

    changes: Mapping[str, Any]
    struck: str = ""


def put_right(
    listing: Listing,
    finding: Finding,
    book: RuleBook,
    today: date,
    medians: Mapping[Trade, Fen] | None = None,
    instead: Mapping[str, str] | None = None,
) -> Mend | None:
    """Give the smallest change that clears a finding and brings no other of weight; None where only the employer knows.

    `instead` is what stands in a text field of which nothing is left.
    """
    before = {(f.rule, f.field) for f in check(listing, book, (), today, medians)}
    for mend in _candidates(listing, finding, book, today, instead or {}):
        after = check(dataclasses.replace(listing, **mend.changes), book, (), today, medians)
        fresh = {(f.rule, f.field) for f in after if f.severity is not Severity.WARN} - before
        if not fresh and (finding.rule, finding.field) not in {(f.rule, f.field) for f in after}:
            return mend
    return None


def _candidates(listing: Listing, finding: Finding, book: RuleBook, today: date, instead: Mapping[str, str]) -> Iterator[Mend]:
    if finding.spans and finding.field in TEXT_FIELDS:
        yield from _struck(listing, finding, instead)
    elif finding.field == "pay_fen":
        yield from _paid(listing, finding, book)
    elif finding.rule == "long_day" and listing.day_start_min is not None and listing.day_end_min is not None:
        for less in range(STEP_MIN, DAY_MIN, STEP_MIN):
            yield Mend(changes={"day_end_min": (listing.day_end_min - less) % DAY_MIN})
    elif finding.rule == "hours_odd":
        for pause in BREAKS_MIN:
            yield Mend(changes={"break_min": pause})
    elif finding.field == "ends_on" and finding.rule in ("ended", "ends_before_start"):
        yield Mend(changes=moved_on(listing.starts_on, listing.ends_on, today))
    elif finding.rule == "part_time_settlement":
        yield Mend(changes={"settlement": Settlement.WEEKLY})


def moved_on(starts_on: date, ends_on: date, today: date) -> dict[str, Any]:
    """Give first and last day of the same work done once more: from tomorrow where it has begun, as many days as then."""
    length = max(ends_on - starts_on, timedelta())
    first = max(starts_on, today + timedelta(days=1))
    return {"starts_on": first, "ends_on": first + length}


def _paid(listing: Listing, finding: Finding, book: RuleBook) -> Iterator[Mend]:
    if finding.rule == "pay_range":
        yield Mend(changes={"pay_fen": listing.pay_fen, "pay_max_fen": None})
        return
    tier = {"wage_low": book.wages.hold_tier, "wage_middle": book.wages.warn_tier}.get(finding.rule)
    found = None if tier is None else compare(listing, book.wages, tier)
    if found is None or not found.below:
        return
    step = 1 if listing.pay_unit is PayUnit.PIECE else 100
    fen = -(-listing.pay_fen * found.least // (found.pay * step)) * step
    most = listing.pay_max_fen
    yield Mend(changes={"pay_fen": int(fen), "pay_max_fen": most if most is not None and most > fen else None})


def _struck(listing: Listing, finding: Finding, instead: Mapping[str, str]) -> Iterator[Mend]:
    text = getattr(listing, finding.field)
    for between in (SMALL, LARGE):
        left, gone = _without(text, between, finding.spans)
        yield Mend(changes={finding.field: left or instead.get(finding.field, "")}, struck=gone)


def _without(text: str, between: re.Pattern[str], spans: tuple[Span, ...]) -> tuple[str, str]:
    """Give a text without the parts in which the spans lie, and those parts."""
    kept, gone, at = "", [], 0
    for mark in [*between.finditer(text), None]:
        end, after = (mark.start(), mark.end()) if mark else (len(text), len(text))
        if any(start < end and at < stop for start, stop in spans):
            gone.append(text[at:end])
        else:
            kept += text[at:after]
        at = after
    return between.sub(lambda m: m[0] if m.end() < len(kept) else "", kept).strip(), "，".join(part for part in gone if part)
