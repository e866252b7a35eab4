"""The checks on a listing's fields: one small function each, switched on, weighed and numbered by assets/rules/checks.toml.

A check yields the field it stumbled over and the values of its sentence. It knows neither severity nor source nor words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from kiosk.domain.codes import PayUnit, Settlement, Trade
from kiosk.domain.employer import Reverify
from kiosk.domain.listing import Listing, PublicListing
from kiosk.domain.pay import Fen, MinimumWage, compare, exact_per_day, to_jiao, work_minutes, yuan
from kiosk.domain.privacy import is_phone
from kiosk.domain.review_numbers import hourly_said, hours_said, monthly_said
from kiosk.domain.review_text import PLAIN, Folded, Folding, Span, fold, merge
from kiosk.domain.words import Word


class Trouble(NamedTuple):
    """A field's name, the values of the sentence, and where in the field's text it stands."""

    field: str
    values: dict[str, object]
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the rules data says to a check: fields in the order of the form, and limits (times in minutes, money in 元)."""

    fields: tuple[str, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a check may look at beside the listing itself."""

    wages: MinimumWage
    others: Sequence[PublicListing]
    medians: Mapping[Trade, Fen]
    today: date
    reverify: Reverify
    folding: Folding = PLAIN


Check = Callable[[Listing, Numbers, Around], Iterator[Trouble]]


def is_missing(value: object) -> bool:
    """Say whether nothing was entered: None, or text without a letter or digit. 0 is an answer (midnight), if a bad one."""
    return value is None or (isinstance(value, str) and not any(c.isalnum() for c in value))


def median_pay(paid: Iterable[tuple[Trade, Fen | None]], at_least: int = 5) -> dict[Trade, Fen]:
    """Give the median fen a day of each trade that has `at_least` listings with a daily figure (pay.per_day)."""
    days: dict[Trade, list[Fen]] = {}
    for trade, day in paid:
        if day is not None:
            days.setdefault(trade, []).append(day)
    return {trade: to_jiao(Fraction(median(all_days))) for trade, all_days in days.items() if len(all_days) >= at_least}


def _missing(listing: Listing, numbers: Numbers, _: Around) -> Iterator[Trouble]:
    for name in numbers.fields:
        if is_missing(getattr(listing, name)):
            yield Trouble(name, {"field": Word(f"rule.field.{name}")})


def _contact_phone(listing: Listing, _: Numbers, __: Around) -> Iterator[Trouble]:
    if not is_missing(listing.contact_phone) and not is_phone(listing.contact_phone):
        yield Trouble("contact_phone", {})


def _pay_zero(listing: Listing, _: Numbers, __: Around) -> Iterator[Trouble]:
    if listing.pay_fen <= 0:
        yield Trouble("pay_fen", {})


def _pay_absurd(listing: Listing, numbers: Numbers, _: Around) -> Iterator[Trouble]:
    cap = numbers.limits[listing.pay_unit]
    most = max(listing.pay_fen, listing.pay_max_fen or 0)
    if most > cap * 100:
        yield Trouble("pay_fen", {"pay": yuan(most), "unit": Word(f"pay_unit.{listing.pay_unit}"), "cap": yuan(round(cap * 100))})


def _pay_range(listing: Listing, _: Numbers, __: Around) -> Iterator[Trouble]:
    if listing.pay_max_fen is not None and listing.pay_max_fen < listing.pay_fen:
        yield Trouble("pay_fen", {"low": yuan(listing.pay_fen), "high": yuan(listing.pay_max_fen)})


def _headcount(listing: Listing, numbers: Numbers, _: Around) -> Iterator[Trouble]:
    if not numbers.limits["least"] <= listing.headcount <= numbers.limits["most"]:
        yield Trouble("headcount", {"count": listing.headcount, "most": int(numbers.limits["most"])})


def _ends_before_start(listing: Listing, _: Numbers, __: Around) -> Iterator[Trouble]:
    if listing.ends_on < listing.starts_on:
        yield Trouble("ends_on", {})


def _ended(listing: Listing, _: Numbers, around: Around) -> Iterator[Trouble]:
    if listing.ends_on < around.today:
        yield Trouble("ends_on", {"month": listing.ends_on.month, "day": listing.ends_on.day})


def _hours_odd(listing: Listing, _: Numbers, __: Around) -> Iterator[Trouble]:
    if listing.day_start_min is not None and listing.day_end_min is not None and work_minutes(listing) is None:
        yield Trouble("day_end_min", {})


def _long_day(listing: Listing, numbers: Numbers, around: Around) -> Iterator[Trouble]:
    minutes = work_minutes(listing)
    if minutes is not None and minutes > numbers.limits["most_min"]:
        yield Trouble("day_end_min", {"hours": _hours(minutes), "most": _hours(int(numbers.limits["most_min"]))})
    for name, folded in _free_texts(listing, around):
        long = [said for said in hours_said(folded) if said.amount > numbers.limits["most_min"]]
        if long:
            hours = _hours(max(said.amount for said in long))
            yield Trouble(name, {"hours": hours, "most": _hours(int(numbers.limits["most_min"]))}, tuple(merge(said.span for said in long)))


def _wage_low(listing: Listing, _: Numbers, around: Around) -> Iterator[Trouble]:
    yield from _wage(listing, around.wages, around.wages.hold_tier)
    yield from _wage_said(listing, around, around.wages.hold_tier)


def _wage_middle(listing: Listing, _: Numbers, around: Around) -> Iterator[Trouble]:
    # below the lowest tier the heavier rule has already spoken
    if not any(_wage(listing, around.wages, around.wages.hold_tier)):
        yield from _wage(listing, around.wages, around.wages.warn_tier)
    if not any(_wage_said(listing, around, around.wages.hold_tier)):
        yield from _wage_said(listing, around, around.wages.warn_tier)


def _wage(listing: Listing, wages: MinimumWage, tier: int) -> Iterator[Trouble]:
    found = compare(listing, wages, tier)
    if found is not None and found.below:
        unit = Word(f"pay_unit.{found.unit}")
        yield Trouble("pay_fen", {"pay": yuan(to_jiao(found.pay)), "least": yuan(to_jiao(found.least)), "unit": unit})


def _wage_said(listing: Listing, around: Around, tier: int) -> Iterator[Trouble]:
    wages = around.wages
    for name, folded in _free_texts(listing, around):
        for said_as, least, unit in ((hourly_said, wages.hour_fen[tier], "hour"), (monthly_said, wages.month_fen[tier], "month")):
            low = [said for said in said_as(folded) if 0 < said.amount < least]
            if low:
                pay = min(said.amount for said in low)
                values: dict[str, object] = {"pay": yuan(pay), "least": yuan(least), "unit": Word(f"pay_unit.{unit}")}
                yield Trouble(name, values, tuple(merge(said.span for said in low)))


def _pay_far_above(listing: Listing, numbers: Numbers, around: Around) -> Iterator[Trouble]:
    usual, day = around.medians.get(listing.trade), exact_per_day(listing)
    if usual is not None and day is not None and day > Fraction(numbers.limits["times"]) * usual:
        yield Trouble("pay_fen", {"pay": yuan(to_jiao(day)), "usual": yuan(usual)})


def _part_time_settlement(listing: Listing, numbers: Numbers, _: Around) -> Iterator[Trouble]:
    minutes = work_minutes(listing)
    if minutes is not None and minutes <= numbers.limits["most_min"] and listing.settlement is Settlement.MONTHLY:
        yield Trouble("settlement", {"hours": _hours(minutes)})


def _part_time_week(listing: Listing, numbers: Numbers, _: Around) -> Iterator[Trouble]:
    minutes = work_minutes(listing)
    most = int(numbers.limits["week_min"])
    week = (minutes or 0) * min(7, (listing.ends_on - listing.starts_on).days + 1)
    if minutes is not None and minutes <= numbers.limits["most_min"] and week > most:
        yield Trouble("ends_on", {"hours": _hours(minutes), "week": _hours(week), "most": _hours(most)})


def _employer_unverified(listing: Listing, _: Numbers, around: Around) -> Iterator[Trouble]:
    seen = listing.employer_verified_on
    if seen is not None and around.today >= around.reverify.due_after(seen):
        yield Trouble("employer_name", {"month": seen.month, "day": seen.day, "year": seen.year})


def _same_phone(listing: Listing, _: Numbers, around: Around) -> Iterator[Trouble]:
    same = [o for o in _live(listing, around) if isinstance(o, Listing) and o.contact_phone == listing.contact_phone]
    if same and not is_missing(listing.contact_phone):
        yield Trouble("contact_phone", _which(same))


def _same_text(listing: Listing, numbers: Numbers, around: Around) -> Iterator[Trouble]:
    mine, least = _pairs(listing), numbers.limits["alike_percent"] / 100
    if len(mine) < numbers.limits["pairs"]:
        return
    same = []
    for other in _live(listing, around):
        theirs = _pairs(other)
        if len(mine & theirs) >= least * len(mine | theirs):
            same.append(other)
    if same:
        yield Trouble("description", _which(same))


def _free_texts(listing: Listing, around: Around) -> Iterator[tuple[str, Folded]]:
    for name in ("title", "requirements", "description", "pay_method"):
        yield name, fold(getattr(listing, name), around.folding)


def _live(listing: Listing, around: Around) -> list[PublicListing]:
    return [o for o in around.others if o.id != listing.id and o.ends_on >= around.today]


def _which(same: Sequence[PublicListing]) -> dict[str, object]:
    return {"count": len(same), "titles": "、".join(o.title for o in same[:3]), "ids": tuple(o.id for o in same)}


def _pairs(listing: PublicListing) -> set[str]:
    text = [c for c in fold(listing.title + listing.description).text if c.isalnum()]
    return {a + b for a, b in pairwise(text)}


def _hours(minutes: int) -> str:
    return yuan(to_jiao(Fraction(minutes * 100, 60)))


CHECKS: dict[str, Check] = {
    "missing": _missing,
    "contact_phone": _contact_phone,
    "pay_zero": _pay_zero,
    "pay_absurd": _pay_absurd,
    "pay_range": _pay_range,
    "headcount": _headcount,
    "ends_before_start": _ends_before_start,
    "ended": _ended,
    "hours_odd": _hours_odd,
    "long_day": _long_day,
    "wage_low": _wage_low,
    "wage_middle": _wage_middle,
    "pay_far_above": _pay_far_above,
    "part_time_settlement": _part_time_settlement,
    "part_time_week": _part_time_week,
    "employer_unverified": _employer_unverified,
    "same_phone": _same_phone,
    "same_text": _same_text,
}
LIMITS: dict[str, frozenset[str]] = {
    "pay_absurd": frozenset(PayUnit),
    "headcount": frozenset({"least", "most"}),
    "long_day": frozenset({"most_min"}),
    "pay_far_above": frozenset({"times"}),
    "part_time_settlement": frozenset({"most_min"}),
    "part_time_week": frozenset({"most_min", "week_min"}),
    "same_text": frozenset({"alike_percent", "pairs"}),
}
"""The numbers a check cannot do without, so that a gap in the data is found when it is read, not when a listing is checked."""
