"""今天: what needs somebody now, most urgent first, read in one go. Decides nothing: each item names the page where it is done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from kiosk.domain import case
from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.employer import Employer
from kiosk.domain.facility import Condition, Standing
from kiosk.domain.judgement import Judgement
from kiosk.domain.listing import Listing, PublicListing, Takedown
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.referral import ReferralState, state_of
from kiosk.domain.release import UpdateStage
from kiosk.domain.station import COUNTY, StaffCall, Station, Training
from kiosk.domain.words import Say
from kiosk.services import bookings, facilities, follow_up, hand_in, printing, reports, safekeeping, signups, updates
from kiosk.services.listing_words import time_of
from kiosk.services.opening import review_due
from kiosk.services.publish import awaiting_review
from kiosk.services.station import CHINA, Here, local
from kiosk.store.store import UnitOfWork
from kiosk.text import t

SOON = timedelta(hours=24)
SILENT, SILENT_LONG = timedelta(days=1), timedelta(days=7)
"""A station works for weeks without a line; after a day one is told, after a week one should do something (own)."""
SLIPS_LOOKED_AT = 30
JUST_PRINTING = timedelta(minutes=2)
"""So long the visitor himself is asked whether his slip came out."""
FILE_WHY = frozenset({"file_kind", "too_large", "station_full"})
COURSE_SOON = timedelta(days=3)
TOLD_FOR = timedelta(days=7)
"""So long staff read that the county took one of their listings down (own)."""
MENDING_WORDS = 60
"""So much of what the county wrote stands on the card; all of it in 年度考核."""
MENDING_SOON = timedelta(days=7)
"""So long before its day what the county wants put right stands among what is done today (own)."""


class Need(StrEnum):
    """What it is about."""

    CALL = "call"
    CLOCK = "clock"
    PRINTER = "printer"
    SLIPS = "slips"
    REVIEW = "review"
    CASE = "case"
    FACILITY = "facility"
    EXPIRY = "expiry"
    LOOK = "look"
    BOOKING = "booking"
    APPLIED = "applied"
    FOLLOW_UP = "follow_up"
    SIGNUP = "signup"
    PARKED = "parked"
    SYNC = "sync"
    SHUT_OUT = "shut_out"
    MENDED = "mended"
    DISK = "disk"
    BACKUP = "backup"
    UPDATE = "update"
    FILE = "file"
    EMPLOYER = "employer"
    TAKEN_DOWN = "taken_down"
    MENDING = "mending"


class Urgency(IntEnum):
    """How soon."""

    NOW = 0
    TODAY = 1
    SOON = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that needs somebody. `page` is where one goes (with `args`), empty for what is done on 今天 itself.

    `subjects` are the records that it is about, where one is dealt with on the spot.
    """

    need: Need
    count: int
    title: Say
    detail: Say | None = None
    urgency: Urgency
    page: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()


def today(here: Here) -> tuple[Item, ...]:
    """Give everything that waits for somebody, most urgent first; nothing when all is done."""
    now = here.now()
    asked = follow_up.due(here)
    with here.store.read() as u:
        found = [
            *_calls(u),
            *_clock(u),
            *_printer(u, now),
            *_reviews(here, here.station(u), awaiting_review(here, u), now),
            *_cases(here, u),
            *_facilities(here, u),
            *_bookings(here, u, now),
            *_applied(here, u),
            *_follow_up(asked, now),
            *_signups(here, u),
            *_sync(u, now),
            *_safety(u, now),
            *_employers(here, u),
            *_taken_down(here, u, now),
            *_mending(here, u),
        ]
    order = list(Need)
    return tuple(sorted(found, key=lambda i: (i.urgency, order.index(i.need))))


def _calls(u: UnitOfWork) -> Iterator[Item]:
    calls = u.list(StaffCall, answered_at=None)
    if calls:
        where = Say("today.call_where", {"where": calls[0].where})
        yield Item(need=Need.CALL, count=len(calls), title=Say("today.call"), detail=where, urgency=Urgency.NOW)


def _clock(u: UnitOfWork) -> Iterator[Item]:
    """A machine without a battery has lost the time, and no county has told it."""
    if not u.sure:
        title, detail = Say("today.clock"), Say("today.clock_do")
        yield Item(need=Need.CLOCK, count=1, title=title, detail=detail, urgency=Urgency.NOW, page="set_clock")


def _reviews(here: Here, station: Station, waiting: list[Listing], now: datetime) -> Iterator[Item]:
    if not waiting:
        return
    soon = sum(_starts(one) - now <= SOON for one in waiting)
    late = sum(now > review_due(station, one.collected_at, here.rules) for one in waiting)
    detail = None
    if soon and late:
        detail = Say("today.review_both", {"soon": soon, "late": late})
    elif soon or late:
        detail = Say("today.review_soon" if soon else "today.review_late", {"count": soon or late})
    yield Item(
        need=Need.REVIEW,
        count=len(waiting),
        title=Say("today.review", {"count": len(waiting)}),
        detail=detail,
        urgency=Urgency.NOW if detail else Urgency.TODAY,
        page="review",
    )


def _starts(listing: PublicListing) -> datetime:
    day = datetime.combine(listing.starts_on, datetime.min.time(), CHINA)
    return day + timedelta(minutes=listing.day_start_min or 0)


def _printer(u: UnitOfWork, now: datetime) -> Iterator[Item]:
    """Say what is wrong with the printer as it was when last asked, whether its paper ends soon, and which slips nobody knows of."""
    queued = [job for job in u.list(PrintJob, state=JobState.QUEUED) if job.expires_at > now]
    state = printing.printer_state(u)
    # before anybody has asked it, it shows in the slips that wait for it, and once they have expired in the last one
    lost = [job for job in u.latest(PrintJob, "id", 1) if job.state is JobState.CANCELLED and job.trouble]
    trouble = state.trouble if state else next((job.trouble for job in [*queued, *lost] if job.trouble), "")
    if trouble:
        detail = Say("today.printer_lost", {"serial": lost[0].serial}) if lost else Say("today.printer_none")
        if queued:
            detail = Say("today.printer_waiting", {"count": len(queued)})
        yield _printer_item(Say(f"today.printer_{trouble}"), detail, Urgency.NOW, len(queued))
    elif state and state.near_end:
        yield _printer_item(Say("today.printer_near_end"), Say("today.printer_near"), Urgency.TODAY)
    day = local(now).date()
    uncertain = u.latest(PrintJob, "id", SLIPS_LOOKED_AT, state=JobState.UNCERTAIN)
    unknown = [job for job in uncertain if local(job.changed_at).date() == day and now - job.changed_at > JUST_PRINTING]
    if unknown:
        yield Item(
            need=Need.SLIPS,
            count=len(unknown),
            title=Say("today.slips", {"count": len(unknown)}),
            detail=Say("today.slips_which", {"serial": unknown[0].serial}),
            urgency=Urgency.TODAY,
            subjects=tuple(job.id for job in unknown),
        )


def _printer_item(title: Say, detail: Say, urgency: Urgency, count: int = 0) -> Item:
    return Item(need=Need.PRINTER, count=max(1, count), title=title, detail=detail, urgency=urgency, page="printer")


def _cases(here: Here, u: UnitOfWork) -> Iterator[Item]:
    unfinished = (CaseState.OPEN, CaseState.CONFIRMED)
    open_cases = [c for c in u.list(Case) if case.state_of(u.list(CaseStep, case_id=c.id)) in unfinished]
    told = reports.unread(here, u)
    count = len(open_cases) + len(told)
    if count:
        unpaid = sum(c.kind is CaseKind.UNPAID for c in open_cases)
        detail = Say("today.case_unpaid", {"count": unpaid}) if unpaid else None
        if told:
            # it stands in public while one reads this
            name = told[-1].listing.title if told[-1].listing else ""
            detail = Say("report.today_unpaid" if unpaid else "report.today", {"title": name, "count": unpaid})
        urgency = Urgency.NOW if unpaid or told else Urgency.TODAY
        yield Item(need=Need.CASE, count=count, title=Say("today.case", {"count": count}), detail=detail, urgency=urgency, page="cases")


def _facilities(here: Here, u: UnitOfWork) -> Iterator[Item]:
    by: dict[Condition, list[Standing]] = {condition: [] for condition in Condition}
    for one in facilities.standings(u, here.today()):
        by[one.condition].append(one)
    broken, reported = by[Condition.BROKEN], by[Condition.REPORTED]
    if broken or reported:
        said = Say("today.reported", {"names": _names(reported)})
        title = Say("today.broken", {"names": _names(broken)}) if broken else said
        detail = said if broken and reported else None
        yield _facility(Need.FACILITY, broken + reported, title, detail, Urgency.NOW)
    for condition in (Condition.EXPIRED, Condition.EXPIRING):
        if by[condition]:
            day = min(one.expires_on for one in by[condition] if one.expires_on)
            detail = Say("today.expires_on", {"month": day.month, "day": day.day})
            title = Say(f"today.{condition.value}", {"names": _names(by[condition])})
            yield _facility(Need.EXPIRY, by[condition], title, detail, Urgency.TODAY)
    if by[Condition.UNCHECKED]:
        title = Say("today.look", {"names": _names(by[Condition.UNCHECKED])})
        yield _facility(Need.LOOK, by[Condition.UNCHECKED], title, None, Urgency.TODAY)


def _facility(need: Need, which: list[Standing], title: Say, detail: Say | None, urgency: Urgency) -> Item:
    return Item(need=need, count=len(which), title=title, detail=detail, urgency=urgency, page="facilities", args={"showing": "rooms"})


def _names(which: list[Standing]) -> str:
    return "、".join(t(f"facility.{one.facility.value}") for one in which)


def _bookings(here: Here, u: UnitOfWork, now: datetime) -> Iterator[Item]:
    left = [b for b in bookings.on_day(u, here.today()) if bookings.ends_at(b) > now]
    if left:
        detail = Say("today.booking_next", {"time": time_of(local(left[0].starts_at)), "who": left[0].who})
        title = Say("today.booking", {"count": len(left)})
        yield Item(
            need=Need.BOOKING,
            count=len(left),
            title=title,
            detail=detail,
            urgency=Urgency.TODAY,
            page="facilities",
            args={"showing": "desk"},
        )


def _signups(here: Here, u: UnitOfWork) -> Iterator[Item]:
    waiting = signups.open_signups(u)
    if waiting:
        courses = [c for s in waiting if (c := u.get(Training, s.training_id)) is not None]
        soon = any(c.starts_on - here.today() <= COURSE_SOON for c in courses)
        yield Item(
            need=Need.SIGNUP,
            count=len(waiting),
            title=Say("today.signup", {"count": len(waiting)}),
            detail=Say("today.signup_which", {"course": courses[0].title}) if courses else None,
            urgency=Urgency.TODAY if soon else Urgency.SOON,
            page="facilities",
            args={"showing": "signups"},
        )


def _sync(u: UnitOfWork, now: datetime) -> Iterator[Item]:
    parked = len(u.parked())
    if parked:
        title, detail = Say("today.parked", {"count": parked}), Say("today.parked_more")
        yield Item(need=Need.PARKED, count=parked, title=title, detail=detail, urgency=Urgency.TODAY)
    if lost := hand_in.refused(u):
        why = lost[0] if lost[0] in FILE_WHY else "other"
        title, detail = Say("today.file", {"count": len(lost)}), Say(f"today.file_{why}")
        yield Item(need=Need.FILE, count=len(lost), title=title, detail=detail, urgency=Urgency.TODAY)
    if u.recall("sync.shut_out"):
        waiting = u.outbox_size()
        title, detail = Say("today.shut_out"), Say("today.sync_waiting", {"count": waiting}) if waiting else Say("today.sync_nothing")
        yield Item(need=Need.SHUT_OUT, count=max(1, waiting), title=title, detail=detail, urgency=Urgency.NOW)
        return  # that the county has been silent since is the same thing
    heard = u.recall("sync.heard_at")
    silent = now - datetime.fromisoformat(heard) if heard else timedelta(0)
    if silent >= SILENT:
        waiting = u.outbox_size()
        title = Say("today.sync", {"count": silent.days})
        detail = Say("today.sync_waiting", {"count": waiting}) if waiting else Say("today.sync_nothing")
        urgency = Urgency.TODAY if silent >= SILENT_LONG else Urgency.SOON
        yield Item(need=Need.SYNC, count=max(1, waiting), title=title, detail=detail, urgency=urgency)


def _safety(u: UnitOfWork, now: datetime) -> Iterator[Item]:
    """Say that the store was made anew, and what hinders its backups."""
    mended, trouble = safekeeping.mended(u), u.recall(safekeeping.TROUBLE)
    if mended and safekeeping.is_news(mended, now):
        yield Item(
            need=Need.MENDED,
            count=1,
            title=Say(f"today.store_{mended.why}"),
            detail=Say("today.store_whole" if mended.whole else "today.store_lacks"),
            urgency=Urgency.SOON if mended.whole else Urgency.TODAY,
        )
    if (changed := updates.changed(u)) and updates.is_news(changed, now):
        detail = Say(f"today.update_{changed.stage}_detail", {"version": changed.version} if changed.stage == UpdateStage.DONE else {})
        yield Item(need=Need.UPDATE, count=1, title=Say(f"today.update_{changed.stage}"), detail=detail, urgency=Urgency.SOON)
    if u.recall(safekeeping.LOW):
        yield Item(need=Need.DISK, count=1, title=Say("today.disk_low"), detail=Say("today.disk_do"), urgency=Urgency.TODAY)
    if trouble:
        last = safekeeping.last_copy(u)
        days = (now - last).days if last else 0
        yield Item(
            need=Need.BACKUP,
            count=1,
            title=Say(f"today.backup_{trouble}"),
            detail=Say("today.backup_since", {"count": days})
            if last and days > 0
            else Say("today.backup_do" if last else "today.backup_never"),
            urgency=Urgency.TODAY,
        )


def _applied(here: Here, u: UnitOfWork) -> Iterator[Item]:
    """Who put himself down was told that somebody sees it."""
    waiting = [
        found
        for made, steps in follow_up.histories(u, here.station_id)
        if state_of(steps) is ReferralState.INTERESTED and (found := u.published(made.listing_id)) is not None
    ]
    if waiting:
        soon = sum(_starts(found.listing) - here.now() <= SOON for found in waiting)
        yield Item(
            need=Need.APPLIED,
            count=len(waiting),
            title=Say("applied.today", {"count": len(waiting)}),
            detail=Say("applied.today_soon", {"count": soon}) if soon else None,
            urgency=Urgency.NOW if soon else Urgency.TODAY,
            page="recommend",
        )


def _follow_up(asked: Sequence[follow_up.Asked], now: datetime) -> Iterator[Item]:
    """Whom another station sent to work that begins soon has to be told to the employer before."""
    if asked:
        sent = [one for one in asked if one.sent_by]
        soon = any(one.state is ReferralState.REFERRED and _starts(one.listing) - now <= SOON for one in sent)
        title = Say("today.follow_up", {"count": len(asked)})
        detail = Say("today.follow_up_sent", {"count": len(sent)}) if sent else None
        urgency = Urgency.NOW if soon else Urgency.TODAY
        yield Item(need=Need.FOLLOW_UP, count=len(asked), title=title, detail=detail, urgency=urgency, page="follow_up")


def _employers(here: Here, u: UnitOfWork) -> Iterator[Item]:
    terms, today = here.rules.reverify, here.today()
    known = u.list(Employer, station_id=here.station_id)
    due = [e for e in known if e.verified_on is not None and today >= terms.due_after(e.verified_on)]
    if due:
        title, detail = Say("today.employer", {"count": len(due)}), Say("today.employer_which", {"name": due[0].name})
        yield Item(need=Need.EMPLOYER, count=len(due), title=title, detail=detail, urgency=Urgency.SOON, page="employers")


def _taken_down(here: Here, u: UnitOfWork, now: datetime) -> Iterator[Item]:
    """Say what of ours the county took down, and why: the employer will ask."""
    for one in u.list(Takedown, station_id=COUNTY):
        listing = u.get(Listing, one.listing_id)
        if listing is not None and listing.station_id == here.station_id and now - one.taken_down_at < TOLD_FOR:
            title = Say("today.taken_down", {"title": listing.title})
            detail = Say("today.taken_down_why", {"who": one.by_name, "reason": one.reason})
            yield Item(need=Need.TAKEN_DOWN, count=1, title=title, detail=detail, urgency=Urgency.TODAY, page="employers")


def _mending(here: Here, u: UnitOfWork) -> Iterator[Item]:
    """Say what the county wants put right, until it has found it done."""
    for one in u.list(Judgement, station_id=here.station_id):
        if one.due is None:
            continue
        left = (one.due - here.today()).days
        words = one.words if len(one.words) <= MENDING_WORDS else one.words[:MENDING_WORDS] + "…"
        title = Say("today.mending", {"month": one.due.month, "day": one.due.day})
        when = Say("today.mending_left", {"count": left, "words": words})
        if left <= 0:
            when = Say("today.mending_last" if left == 0 else "today.mending_late", {"count": -left, "words": words})
        urgency = Urgency.NOW if left <= 0 else Urgency.TODAY if left <= MENDING_SOON.days else Urgency.SOON
        yield Item(need=Need.MENDING, count=1, title=title, detail=when, urgency=urgency, page="assessment")
