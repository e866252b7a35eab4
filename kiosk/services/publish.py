"""Listings from posting to the board: 谁收集、谁发布、谁负责. Nothing is public before a named reviewer approves it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from kiosk.domain.codes import PayUnit, Settlement, Trade
from kiosk.domain.listing import Collected, Listing, ListingState, Review, Takedown, Verdict, last_review, state_of
from kiosk.domain.mending import Mend, put_right
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.review import Finding, Severity, check, median_pay
from kiosk.domain.slip import SlipKind
from kiosk.domain.station import Staff
from kiosk.errors import BadInput, NotAllowed, WrongState
from kiosk.services import employers, opening, printing, receipts, slips, tickets
from kiosk.services.author import Author
from kiosk.services.posting import Posted as Posted
from kiosk.services.posting import PostingForm as PostingForm
from kiosk.services.posting import as_far_as_filled, to_listing
from kiosk.services.rules import resolved
from kiosk.services.sign_in import Session
from kiosk.services.station import Here, slip_serial
from kiosk.store.store import UnitOfWork
from kiosk.text import t

UNDO_WITHIN = timedelta(minutes=1)
STANDS_THERE = frozenset({Collected.TERMINAL, Collected.STAFF})
"""How a listing comes in when its employer stands at the terminal: only then does a slip find its reader."""
EDITABLE = frozenset({ListingState.PENDING, ListingState.RETURNED, ListingState.APPROVED, ListingState.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What taking a decision back did; `slip_out`: the slip of return is on paper already and must be taken back by hand."""

    review: Review
    slip_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One listing that waits for a reviewer, with what the checks found."""

    listing: Listing
    findings: tuple[Finding, ...]
    revision_of_public: bool


def check_posting(here: Here, form: PostingForm) -> tuple[Finding, ...]:
    """Check a form; raise BadInput naming the first field that is missing, else give the findings for the screen.

    What else stands under the same phone is the reviewer's to see: whoever keys a number in must not learn what its owner posted.
    """
    listing = to_listing(here, form)
    with here.store.read() as u:
        return check(listing, here.rules, (), here.today(), _usual_pay(u))


def look_through(here: Here, form: PostingForm) -> tuple[tuple[Finding, Mend | None], ...]:
    """Check a form as `check_posting` does, and beside each finding give what puts it right without asking, where something does."""
    listing, today = to_listing(here, form), here.today()
    instead = {"title": t(f"trade.{listing.trade.value}"), "requirements": t("post.any")}
    with here.store.read() as u:
        usual = _usual_pay(u)
    return tuple((f, put_right(listing, f, here.rules, today, usual, instead)) for f in check(listing, here.rules, (), today, usual))


def check_entry(here: Here, form: PostingForm, fields: Collection[str]) -> Finding | None:
    """Give what blocks one of these fields of an unfinished form, or None; what is not entered yet is left alone."""
    today = here.today()
    stand_in: dict[str, Any] = {"trade": Trade.OTHER, "headcount": 1, "area": "", "starts_on": today, "ends_on": today}
    stand_in |= {"pay_fen": 1, "pay_unit": PayUnit.DAY, "settlement": Settlement.DAILY}
    open_fields = {field: value for field, value in stand_in.items() if getattr(form, field) is None}
    found = check(as_far_as_filled(here, replace(form, **open_fields)), here.rules, (), today)
    return next((f for f in found if f.severity is Severity.BLOCK and f.field in fields), None)


def post(here: Here, form: PostingForm, collected_how: Collected = Collected.TERMINAL, collected_by: str = "", number: str = "") -> Posted:
    """Record an employer's listing as pending; raise BadInput when a field is missing or a check blocks.

    `number` is that of his earlier slip, which then opens this posting too.
    """
    listing, now = to_listing(here, form, collected_how, collected_by), here.now()
    with here.store.write() as u:
        listing = enter(here, u, listing)
        if collected_how not in STANDS_THERE:
            return Posted(listing=listing, review_due_at=opening.review_due(here.station(u), now, here.rules))
        return hand_out(here, u, listing, number, now)


def hand_out(here: Here, u: UnitOfWork, listing: Listing, number: str, now: datetime) -> Posted:
    """Print the slip of a posting that was just handed in, inside the caller's transaction."""
    station = here.station(u)
    due = opening.review_due(station, now, here.rules) if u.sure else None
    serial, number = slip_serial(u, station, now), receipts.give_number(u, listing.id, number)
    url = tickets.posting_url(here, u, listing.id, now)
    job = printing.queue_slip(u, slips.posting_slip(listing, station, serial, number, url, due, now), listing.id, now)
    return Posted(listing=listing, serial=serial, number=number, review_due_at=due, job_id=job.id)


def enter(here: Here, u: UnitOfWork, listing: Listing) -> Listing:
    """Keep a new listing as pending inside the caller's transaction, without a slip; raise BadInput when a check blocks."""
    listing = employers.attach(here, u, listing, listing.collected_by)
    _check_entered(here, u, listing)
    u.keep(listing)
    u.audit(here.now(), listing.collected_by, "collect", listing.id, revision=str(listing.revision))
    return listing


def edit(here: Here, session: Session, listing_id: str, form: PostingForm) -> Listing:
    """Enter a new revision, which waits for a reviewer; what was approved before stays public until then.

    Whoever edits has collected this revision. Raises BadInput as `post` does, NotAllowed for another station's listing, WrongState for one
    that was taken down or rejected.
    """
    entered = to_listing(here, form, Collected.STAFF, session.staff_id)
    with here.store.write() as u:
        return revise(here, u, listing_id, entered)


def revise(here: Here, u: UnitOfWork, listing_id: str, entered: Listing, editable: Collection[ListingState] = EDITABLE) -> Listing:
    """Make what was entered the next revision of a listing, inside the caller's transaction; raises as `edit` does."""
    old = u.need(Listing, listing_id)
    if old.station_id != here.station_id:
        raise NotAllowed("another station's listing")
    if state_now(here, u, old) not in editable:
        raise WrongState(f"{listing_id} is at its end")
    same_pay = (entered.pay_fen, entered.pay_unit) == (old.pay_fen, old.pay_unit)
    new = replace(
        entered,
        id=old.id,
        revision=old.revision + 1,
        pay_max_fen=old.pay_max_fen if same_pay else None,
        pay_method=old.pay_method,
        long_term=old.long_term and entered.ends_on == old.ends_on,
    )
    new = employers.attach(here, u, new, new.collected_by)
    _check_entered(here, u, new)
    u.keep(new)
    u.audit(here.now(), new.collected_by, "edit", listing_id, revision=str(new.revision))
    return new


def pending(here: Here) -> list[Pending]:
    """Give what waits for review at this station, soonest start first."""
    with here.store.read() as u:
        usual = _usual_pay(u)
        return [
            Pending(listing=one, findings=_findings(here, u, one, usual), revision_of_public=u.published(one.id) is not None)
            for one in awaiting_review(here, u)
        ]


def awaiting_review(here: Here, u: UnitOfWork) -> list[Listing]:
    """Give the listings themselves that wait, soonest start first, for who does not ask what the rules find."""
    waiting = (one for one in u.undecided(here.station_id) if state_now(here, u, one) is ListingState.PENDING)
    return sorted(waiting, key=lambda one: (one.starts_on, one.day_start_min or 0, one.collected_at))


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

    Raises NotAllowed for the collector himself, unless he is the station's only one, which the review then says; BadInput when a reason is
    missing or the employer is held, WrongState when it is no longer pending.
    """
    now, reasons = here.now(), hold_reasons or {}
    with here.store.write() as u:
        listing = u.need(Listing, listing_id)
        if listing.revision != revision or state_now(here, u, listing) is not ListingState.PENDING:
            raise WrongState(f"{listing_id} is not pending")
        own = listing.collected_by == session.staff_id
        if own and verdict is Verdict.APPROVE and not alone(u, session):
            raise NotAllowed("the collector may not review his own listing")
        findings = _findings(here, u, listing)
        if verdict is Verdict.APPROVE:
            if employers.held_now(u, listing.employer_id):
                raise BadInput("employer", "bad.review.held", name=listing.employer_name)
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
            own_collection=own,
            reviewed_at=_after(last_review(u.list(Review, listing_id=listing_id)), now),
        )
        u.keep(review)
        u.audit(now, session.staff_id, verdict.value, listing_id, **review.facts)
        if verdict is Verdict.APPROVE:
            u.audit(now, session.staff_id, "publish", listing_id, revision=str(revision))
        elif verdict is Verdict.RETURN:
            slip = slips.returned_slip(listing, here.station(u), slip_serial(u, here.station(u), now), reason.strip(), now)
            printing.queue_slip(u, slip, listing_id, now)
    return review


def undo(here: Here, session: Session, review_id: str) -> Undone:
    """Take one's own last decision on a listing back within UNDO_WITHIN: it is pending again, in public at once.

    A slip of return that has not begun to print is cancelled. Raises NotAllowed for another's decision, WrongState when something was
    decided or edited since, BadInput when it is too late.
    """
    now = here.now()
    with here.store.write() as u:
        review = u.need(Review, review_id)
        if review.reviewer_id != session.staff_id:
            raise NotAllowed("another's decision")
        last, newest = last_review(u.list(Review, listing_id=review.listing_id)), u.need(Listing, review.listing_id)
        moved_on = newest.revision != review.listing_revision or u.count(Takedown, listing_id=newest.id) > 0
        if last != review or review.verdict is Verdict.UNDO or moved_on:
            raise WrongState(f"{review.listing_id} has moved on")
        if now - review.reviewed_at > UNDO_WITHIN:
            raise BadInput("undo", "bad.review.undo_late")
        undone = replace(review, id=new_id(now), verdict=Verdict.UNDO, reason="", hold_reasons={}, reviewed_at=_after(review, now))
        u.keep(undone)
        u.audit(now, session.staff_id, "undo", review.listing_id, **undone.facts)
        slip_out = review.verdict is Verdict.RETURN and not _cancel_slip(u, review, now)
    return Undone(review=undone, slip_out=slip_out)


def alone(u: UnitOfWork, session: Session) -> bool:
    """Say whether nobody else works at this station: then he reviews even what he collected himself, and the county sees it."""
    return {s.id for s in u.list(Staff) if s.active} <= {session.staff_id}


def take_down(
    here: Here,
    session: Session,
    listing_id: str,
    reason: str,
    state: Literal[ListingState.FILLED, ListingState.WITHDRAWN] = ListingState.WITHDRAWN,
) -> Takedown:
    """Take a listing of our own off every board, with a revision of it that waits.

    Raises BadInput without a reason, NotAllowed for another station's listing, WrongState when it does not stand in public any more.
    """
    if not reason.strip():
        raise BadInput("reason", "bad.review.reason")
    with here.store.write() as u:
        listing = u.need(Listing, listing_id)
        if listing.station_id != here.station_id:
            raise NotAllowed("another station's listing")
        if u.published(listing_id) is None:
            raise WrongState(f"{listing_id} is not public")
        return add_takedown(here, u, session, listing_id, reason, state)


def add_takedown(
    here: Here, u: UnitOfWork, session: Author, listing_id: str, reason: str, state: ListingState = ListingState.WITHDRAWN
) -> Takedown:
    """Write a takedown in the caller's transaction, as a confirmed case does."""
    now = here.now()
    takedown = Takedown(
        id=new_id(now),
        station_id=here.station_id,
        listing_id=listing_id,
        by_name=session.name,
        reason=reason.strip(),
        state=state,
        taken_down_at=now,
    )
    u.keep(takedown)
    u.audit(now, session.staff_id, "take_down", listing_id, reason=reason, state=state.value)
    return takedown


def state_now(here: Here, u: UnitOfWork, listing: Listing) -> ListingState:
    """Say where a revision stands today."""
    reviews, takedowns = u.list(Review, listing_id=listing.id), u.list(Takedown, listing_id=listing.id)
    return state_of(listing, reviews, takedowns, here.today())


def _after(last: Review | None, now: datetime) -> datetime:
    """Give `now`, moved on past the decision before: two within a millisecond, or after the clock was set back, keep their order."""
    return now if last is None else max(now, last.reviewed_at + timedelta(milliseconds=1))


def _cancel_slip(u: UnitOfWork, review: Review, now: datetime) -> bool:
    jobs = [j for j in u.list(PrintJob, subject_id=review.listing_id) if j.slip.kind is SlipKind.RETURNED]
    newest = max(jobs, key=lambda j: (j.created_at, j.id), default=None)
    if newest is None or newest.state is not JobState.QUEUED:
        return newest is None or newest.state is JobState.CANCELLED
    u.put(replace(newest, state=JobState.CANCELLED, trouble="", changed_at=now))
    return True


def _check_entered(here: Here, u: UnitOfWork, listing: Listing) -> None:
    blocked = next((f for f in _findings(here, u, listing) if f.severity is Severity.BLOCK), None)
    if blocked is not None:
        raise BadInput(blocked.field, blocked.say.key, **resolved(blocked.say))


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
