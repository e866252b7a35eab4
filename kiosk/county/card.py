"""What is public in the words of the phone page: a listing's pay card and five facts, a policy, a course. Knows no database and no HTML."""

from dataclasses import dataclass
from datetime import date

from kiosk.domain import pay
from kiosk.domain.codes import AREAS, Meals, PayUnit
from kiosk.domain.listing import PublicListing
from kiosk.domain.pay import MinimumWage
from kiosk.domain.privacy import Phone
from kiosk.domain.station import Policy, Training
from kiosk.text import t


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line with its icon."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the page shows of a listing."""

    title: str
    employer: str
    amount: str
    unit: str
    compared: str
    facts: tuple[Fact, ...]
    requirements: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the page shows of a policy or a course: its facts, its text in paragraphs, and whom to ask."""

    title: str
    lead: str
    facts: tuple[str, ...]
    paragraphs: tuple[str, ...]
    phone: Phone


def make_reading(record: Policy | Training) -> Reading:
    """Say a policy or a course whole."""
    if isinstance(record, Policy):
        lead, facts = record.summary, (t("policy.who", text=record.who), t("policy.how", text=record.how))
    else:
        starts = t("day.date", month=record.starts_on.month, day=record.starts_on.day)
        lead = t("policy.when", day=starts, days=record.days)
        fee = t("policy.fee", yuan=pay.yuan(record.fee_fen)) if record.fee_fen else t("policy.free")
        place = t("policy.where", place=AREAS.get(record.area, "") + record.place)
        facts = (place, t("policy.seats", count=record.seats, fee=fee), *((record.subsidy,) if record.subsidy else ()))
    paragraphs = tuple(line for line in record.body.strip().splitlines() if line)
    return Reading(title=record.title, lead=lead, facts=facts, paragraphs=paragraphs, phone=record.phone)


def make_card(listing: PublicListing, wages: MinimumWage | None, today: date) -> Card:
    """Say a listing in short lines."""
    verified = f" · {t('phone.verified')}" if listing.employer_verified_on else ""
    low, high = pay.yuan(listing.pay_fen), pay.yuan(listing.pay_max_fen or listing.pay_fen)
    facts = (
        Fact(icon="calendar", text=_days(listing, today)),
        Fact(icon="clock", text=_hours(listing)),
        Fact(icon="place", text=_place(listing)),
        Fact(icon="people", text=t("phone.headcount", count=listing.headcount)),
        Fact(icon="food", text=_board(listing)),
    )
    return Card(
        title=listing.title,
        employer=f"{listing.employer_name}{verified}",
        amount=low if low == high else t("phone.range", low=low, high=high),
        unit=t(f"pay_unit.{listing.pay_unit}"),
        compared=_compared(listing, wages),
        facts=facts,
        requirements=t("phone.requirements", text=listing.requirements) if listing.requirements else "",
    )


def _compared(listing: PublicListing, wages: MinimumWage | None) -> str:
    """Set the pay beside an hour's and the least an hour may bring; say so when it cannot be worked out."""
    hour, day = pay.per_hour(listing), pay.per_day(listing)
    parts = []
    if hour is None:
        parts.append(t("phone.no_hour"))
    elif listing.pay_unit is not PayUnit.HOUR:
        parts.append(t("phone.about_hour", yuan=pay.yuan(hour)))
    elif day is not None:
        parts.append(t("phone.about_day", yuan=pay.yuan(day)))
    mark = pay.wage_mark(listing, wages) if wages is not None else None
    if mark is not None and mark.unit is PayUnit.HOUR:
        parts.append(t("phone.below_least" if mark.below else "phone.above_least", yuan=pay.yuan(mark.least_fen)))
    words = ["，".join(parts), t(f"settlement.{listing.settlement}")]
    return " · ".join(w for w in words if w)


def _days(listing: PublicListing, today: date) -> str:
    if listing.starts_on < today:
        until = t("phone.until_day", day=day_word(listing.ends_on, today))
        return t("phone.long_term") if listing.long_term else until
    first, days = day_word(listing.starts_on, today), pay.work_days(listing)
    if days is None:
        return t("phone.from_day_long", day=first)
    return t("phone.one_day", day=first) if days == 1 else t("phone.from_day", day=first, days=days)


def day_word(day: date, today: date) -> str:
    """Say a day as one speaks: 今天, 明天, 后天, else its date."""
    near = {0: "phone.today", 1: "phone.tomorrow", 2: "phone.day_after"}.get((day - today).days)
    return t(near) if near else t("phone.date", month=day.month, day=day.day)


def _hours(listing: PublicListing) -> str:
    if listing.day_start_min is None or listing.day_end_min is None:
        return t("phone.hours_open")
    start, end = (f"{m // 60}:{m % 60:02d}" for m in (listing.day_start_min, listing.day_end_min))
    if not listing.break_min:
        return t("phone.hours", start=start, end=end)
    return t("phone.hours_break", start=start, end=end, pause=_pause(listing.break_min))


def _pause(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if rest == 0:
        return t("phone.pause_hours", hours=hours)
    return t("phone.pause_half", hours=hours) if hours and rest == 30 else t("phone.pause_minutes", minutes=minutes)


def _place(listing: PublicListing) -> str:
    area = AREAS.get(listing.area, "")
    return listing.place if listing.place.startswith(area) else f"{area}{listing.place}"


def _board(listing: PublicListing) -> str:
    lodging = t("phone.lodging") if listing.lodging else ""
    meals = t(f"meals.{listing.meals}") if listing.meals is not Meals.NONE or not lodging else ""
    return "，".join(w for w in (meals, lodging, listing.transport) if w)
