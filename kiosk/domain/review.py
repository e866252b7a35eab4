"""Reviewing a listing by rules that are data: what blocks it, what a reviewer must write a reason for, what is only shown.

Owns the rule book, the findings and their order. What a rule says, how heavy it is, from when and by which law stands in
assets/rules (read by services/rules); the sentences stand in kiosk/text under rule.* and mend.*.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.domain.codes import Trade
from kiosk.domain.employer import Reverify
from kiosk.domain.listing import Listing, PublicListing
from kiosk.domain.pay import Fen, MinimumWage
from kiosk.domain.retention import Retention
from kiosk.domain.review_checks import CHECKS, Around, Numbers, is_missing, median_pay
from kiosk.domain.review_text import Folded, Folding, Span, TextRule, clause, fold, scan
from kiosk.domain.words import Say

__all__ = [
    "TEXT_FIELDS",
    "Cleared",
    "FieldRule",
    "Finding",
    "Hazard",
    "RuleBook",
    "Severity",
    "WordRule",
    "check",
    "cleared",
    "hazardous",
    "median_pay",
    "missing",
]

TEXT_FIELDS = ("title", "requirements", "description", "place", "transport", "pay_method")
"""What a person wrote in his own words, and everybody will read."""


class Severity(StrEnum):
    """BLOCK cannot go on; HOLD needs a reviewer's written reason; WARN is shown, a tap confirms. Heaviest first."""

    BLOCK = "block"
    HOLD = "hold"
    WARN = "warn"


WEIGHT = {severity: weight for weight, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRule:
    """A rule on words."""

    name: str
    severity: Severity
    source: str
    text: TextRule
    fields: tuple[str, ...] = TEXT_FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """A rule on fields: the check of this name in review_checks.CHECKS."""

    name: str
    severity: Severity
    source: str
    numbers: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """Work that the young may not do and the old only after staff have looked: whole trades, and words."""

    trades: frozenset[Trade]
    text: TextRule
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """All rules in force on one day."""

    words: tuple[WordRule, ...]
    fields: tuple[FieldRule, ...]
    wages: MinimumWage
    hazard: Hazard
    reverify: Reverify
    retention: Retention | None = None
    folding: Folding = dataclasses.field(default_factory=Folding)
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule found in one field. `spans` mark the words in that field's text; `source` names the law."""

    rule: str
    severity: Severity
    field: str
    source: str
    spans: tuple[Span, ...] = ()
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def title(self) -> Say:
        """Name the trouble in a few words."""
        return Say(f"rule.{self.rule}.title")

    @property
    def say(self) -> Say:
        """Say what was found."""
        return Say(f"rule.{self.rule}.say", self.values)

    @property
    def mend(self) -> Say:
        """Say how the employer can mend it."""
        return Say(f"mend.{self.rule}", self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """Words a rule looked at and found harmless: 不收押金."""

    rule: str
    field: str
    span: Span


def check(
    listing: Listing,
    book: RuleBook,
    others: Sequence[PublicListing],
    today: date,
    medians: Mapping[Trade, Fen] | None = None,
) -> tuple[Finding, ...]:
    """Give everything the rules find in one listing, heaviest first.

    `others` are the listings that it may be a copy of (its own revisions do no harm); `medians` are median_pay() of the county.
    """
    around = Around(wages=book.wages, others=others, medians=medians or {}, today=today, reverify=book.reverify, folding=book.folding)
    found: list[Finding] = []
    for rule in book.fields:
        for name, values, spans in CHECKS[rule.name](listing, rule.numbers, around):
            found.append(Finding(rule=rule.name, severity=rule.severity, field=name, source=rule.source, spans=spans, values=values))
    folded = _folded(listing, book)
    for word in book.words:
        for name in word.fields:
            text = getattr(listing, name)
            bites, _ = scan(word.text, folded[name])
            if bites:
                values = {"quote": clause(text, bites[0])}
                spans = tuple(bites)
                found.append(Finding(rule=word.name, severity=word.severity, field=name, source=word.source, spans=spans, values=values))
    return tuple(sorted(found, key=lambda f: WEIGHT[f.severity]))


def _folded(listing: Listing, book: RuleBook) -> dict[str, Folded]:
    """Fold each text that some rule reads, once for all rules."""
    names = {name for word in book.words for name in word.fields}
    return {name: fold(getattr(listing, name), book.folding) for name in names}


def cleared(listing: Listing, book: RuleBook) -> tuple[Cleared, ...]:
    """Give the words that look bad and are not, so that a reviewer sees they were read."""
    folded = _folded(listing, book)
    return tuple(
        Cleared(rule=word.name, field=name, span=span)
        for word in book.words
        for name in word.fields
        for span in scan(word.text, folded[name])[1]
    )


def missing(draft: Mapping[str, object], book: RuleBook) -> str | None:
    """Give the first field of a draft that is missing, in the order of the form, or None. Absent and empty are the same."""
    order = next((rule.numbers.fields for rule in book.fields if rule.name == "missing"), ())
    return next((name for name in order if is_missing(draft.get(name))), None)


def hazardous(listing: PublicListing, hazard: Hazard) -> bool:
    """Say whether the work is hazardous: by its trade or by its words (劳动法 64; 老年人权益保障法 70)."""
    if listing.trade in hazard.trades:
        return True
    return any(scan(hazard.text, fold(text))[0] for text in (listing.title, listing.requirements, listing.description))
