"""Listings from posting to the board: 谁收集、谁发布、谁负责. Nothing is public before a named reviewer approves it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from kiosk.domain.codes import Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import Collected, ContactScope, Listing, ListingState, Review, Takedown, Verdict, state_of
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id
from kiosk.domain.review import Finding, Severity, check, median_pay
from kiosk.errors import BadInput, NotAllowed, WrongState
from kiosk.services import printing, slips, tickets
from kiosk.services.rules import resolved
from kiosk.services.sign_in import Session
from kiosk.services.station import Here, slip_serial
from kiosk.store.store import UnitOfWork
from kiosk.text import t

REVIEW_WITHIN = timedelta(hours=2)
"""What the slip promises an employer (own): half a morning."""
UNDO_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingForm:
    """What an employer entered. Anything may still be missing; `post` says what. Money in fen, times in minutes after midnight."""

    title: str = ""
    trade: Trade | None = None
    headcount: int | None = None
    employer_name: str = ""
    requirements: str = ""
    description: str = ""
    area: str | None = None
    place: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    day_start_min: int | None = None
    day_end_min: int | None = None
    break_min: int = 0
    pay_fen: int | None = None
    pay_unit: PayUnit | None = None
    settlement: Settlement | None = None
    meals: Meals = Meals.NONE
    lodging: bool = False
    transport: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_scope: ContactScope = ContactScope.OWN_STATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What the employer gets."""

    listing: Listing
    serial: str
    review_due_at: datetime
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One listing that waits for a reviewer, with what the checks found."""

    listing: Listing
    findings: tuple[Finding, ...]
    revision_of_public: bool


REQUIRED = (
    "trade",
    "title",
    "headcount",
    "area",
    "place",
    "starts_on",
    "ends_on",
    "day_start_min",
    "day_end_min",
    "pay_fen",
    "pay_unit",
    "settlement",
    "requirements",
    "employer_name",
    "contact_name",
    "contact_phone",
)
"""What 条例 24 and article 6 ask for, in the order of the form."""


def check_posting(here: Here, form: PostingForm) -> tuple[Finding, ...]:
    """Check a form; raise BadInput naming the first field that is missing, else give the findings for the screen.

    What else stands under the same phone is the reviewer's to see: whoever keys a number in must not learn what its owner posted.
    """
    listing = _listing(here, form)
    with here.store.read() as u:
        return check(listing, here.rules, (), here.today(), _usual_pay(u))


def check_entry(here: Here, form: PostingForm, fields: Collection[str]) -> Finding | None:
    """Give what blocks one of these fields of an unfinished form, or None; what is not entered yet is left alone."""
    today = here.today()
    stand_in: dict[str, Any] = {"trade": Trade.OTHER, "headcount": 1, "area": "", "starts_on": today, "ends_on": today}
    stand_in |= {"pay_fen": 1, "pay_unit": PayUnit.DAY, "settlement": Settlement.DAILY}
    open_fields = {field: value for field, value in stand_in.items() if getattr(form, field) is None}
    found = check(_made(here, replace(form, **open_fields)), here.rules, (), today)
    return next((f for f in found if f.severity is Severity.BLOCK and f.field in fields), None)


def post(here: Here, form: PostingForm, collected_how: Collected = Collected.TERMINAL, collected_by: str = "") -> Posted:
    """Record an employer's listing as pending; raise BadInput when a field is missing or a check blocks."""
    listing = _listing(here, form, collected_how, collected_by)
    now = here.now()
    with here.store.write() as u:
        blocked = next((f for f in _findings(here, u, listing) if f.severity is Severity.BLOCK), None)
        if blocked is not None:
            raise BadInput(blocked.field, blocked.say.key, **resolved(blocked.say))
        station = here.station(u)
        u.keep(listing)
        u.audit(now, collected_by or "employer", "collect", listing.id, revision=str(listing.revision))
        serial = slip_serial(u, station, now)
        due = now + REVIEW_WITHIN
        url = tickets.posting_url(here, u, listing.id, now)
        job = printing.queue_slip(u, slips.posting_slip(listing, station, serial, url, due, now), listing.id, now)
    return Posted(listing=listing, serial=serial, review_due_at=due, job_id=job.id)


def pending(here: Here) -> list[Pending]:
    """Give what waits for review at this station, soonest start first."""
    with here.store.read() as u:
        waiting = []
        usual = _usual_pay(u)
        for listing in u.undecided(here.station_id):
            reviews, takedowns = u.list(Review, listing_id=listing.id), u.list(Takedown, listing_id=listing.id)
            if state_of(listing, reviews, takedowns, here.today()) is ListingState.PENDING:
                findings = _findings(here, u, listing, usual)
                waiting.append(Pending(listing=listing, findings=findings, revision_of_public=u.published(listing.id) is not None))
    return sorted(waiting, key=lambda p: (p.listing.starts_on, p.listing.collected_at))


def decide(
    here: Here,
    session: Session,
    listing_id: str,
    revision: int,
    verdict: Verdict,
    *,
    reason: str = "",
    hold_reasons: dict[str, str] | None = None,
) -> Review:
    """Record a named reviewer's decision on one revision; an approval is public in the same transaction.

    Raises NotAllowed for the collector himself, BadInput when a reason is missing, WrongState when it is no longer pending.
    """
    now, reasons = here.now(), hold_reasons or {}
    with here.store.write() as u:
        listing = u.need(Listing, listing_id)
        reviews, takedowns = u.list(Review, listing_id=listing_id), u.list(Takedown, listing_id=listing_id)
        if listing.revision != revision or state_of(listing, reviews, takedowns, here.today()) is not ListingState.PENDING:
            raise WrongState(f"{listing_id} is not pending")
        if listing.collected_by == session.staff_id and verdict is Verdict.APPROVE:
            raise NotAllowed("the collector may not review his own listing")
        findings = _findings(here, u, listing)
        if verdict is Verdict.APPROVE:
            _check_approval(findings, reasons)
        elif not reason.strip():
            raise BadInput("reason", "bad.review.reason")
        review = Review(
            id=new_id(now),
            station_id=here.station_id,
            listing_id=listing_id,
            listing_revision=revision,
            verdict=verdict,
            reviewer_id=session.staff_id,
            reviewer_name=session.name,
            reason=reason.strip(),
            hold_reasons=reasons,
            reviewed_at=now,
        )
        u.keep(review)
        u.audit(now, session.staff_id, verdict.value, listing_id, revision=str(revision), reason=reason)
        if verdict is Verdict.RETURN:
            slip = slips.returned_slip(listing, here.station(u), slip_serial(u, here.station(u), now), reason.strip(), now)
            printing.queue_slip(u, slip, listing_id, now)
    return review


def take_down(here: Here, session: Session, listing_id: str, reason: str) -> Takedown:
    """Take a listing of our own off every board."""
    now = here.now()
    if not reason.strip():
        raise BadInput("reason", "bad.review.reason")
    with here.store.write() as u:
        listing = u.need(Listing, listing_id)
        if listing.station_id != here.station_id:
            raise NotAllowed("another station's listing")
        takedown = Takedown(
            id=new_id(now),
            station_id=here.station_id,
            listing_id=listing_id,
            by_name=session.name,
            reason=reason.strip(),
            taken_down_at=now,
        )
        u.keep(takedown)
        u.audit(now, session.staff_id, "take_down", listing_id, reason=reason)
    return takedown


def _check_approval(findings: tuple[Finding, ...], reasons: dict[str, str]) -> None:
    for finding in findings:
        if finding.severity is Severity.BLOCK:
            raise WrongState(f"blocked by {finding.rule}")
        if finding.severity is Severity.HOLD and not reasons.get(finding.rule, "").strip():
            raise BadInput(finding.rule, "bad.review.hold_reason")


def _findings(here: Here, u: UnitOfWork, listing: Listing, usual: Mapping[Trade, int] | None = None) -> tuple[Finding, ...]:
    """Check one listing; `usual` is what `_usual_pay` gave, for who checks many."""
    others = [o for o in u.list(Listing, contact_phone=listing.contact_phone) if o.id != listing.id]
    return check(listing, here.rules, others, here.today(), usual if usual is not None else _usual_pay(u))


def _usual_pay(u: UnitOfWork) -> Mapping[Trade, int]:
    """Give what each trade is usually paid a day, over all that is public in the county; fen."""
    return median_pay(u.daily_pay())


def _listing(here: Here, form: PostingForm, how: Collected = Collected.TERMINAL, by: str = "") -> Listing:
    for field in REQUIRED:
        if getattr(form, field) in (None, ""):
            raise BadInput(field, "rule.missing.say", field=t(f"rule.field.{field}"))
    return _made(here, form, how, by)


def _made(here: Here, form: PostingForm, how: Collected = Collected.TERMINAL, by: str = "") -> Listing:
    now = here.now()
    known = {f: getattr(form, f) for f in form.__dataclass_fields__}
    return Listing(
        **known
        | {
            "id": new_id(now),
            "revision": 1,
            "station_id": here.station_id,
            "contact_name": PersonName(form.contact_name),
            "contact_phone": Phone(form.contact_phone),
            "collected_by": by or "employer",
            "collected_how": how,
            "collected_at": now,
        }
    )
