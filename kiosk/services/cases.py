"""Cases: something went wrong (unpaid, a false listing, a complaint, what is personal got out), what was done about it, and what that does
to the listings.

A confirmed case holds the employer in the same transaction; so do two different registered workers who say so (RULES). Personal words do
not go into a case: who said so is an id, and what staff write is checked for the worker's name and phone. What other stations get to see of
it is a reason in fixed words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk.domain import case as rules
from kiosk.domain import referral
from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.employer import Employer
from kiosk.domain.introduction import Introduction
from kiosk.domain.listing import Listing, Takedown
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.report import Report
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker
from kiosk.errors import BadInput
from kiosk.services import reports
from kiosk.services.author import Author, Himself
from kiosk.services.employers import decide_hold, held_by_stations, held_now
from kiosk.services.introduce import of_referral
from kiosk.services.publish import add_takedown
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork
from kiosk.text import t

LIVE = frozenset({CaseState.OPEN, CaseState.CONFIRMED})
WITNESSES = 2


class Effect(StrEnum):
    """What a step did to the listings: the employer is held or released, the one listing is taken down, or it is another station's."""

    NONE = "none"
    HELD = "held"
    RELEASED = "released"
    TAKEN_DOWN = "taken_down"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """One case with everything that staff look at. `witnesses` say the same of this employer; `story` is what became of the referral.

    `reports`: nobody has taken these up yet, the case is what they become with the first step.
    `owner`: the listing's station, when another. `sent_by`: the station whose worker it is, when another; `worker` is then who it says he
    is, as long as it says so.
    """

    case: Case
    state: CaseState
    steps: tuple[CaseStep, ...]
    worker: Worker | Introduction | None
    listing: Listing | None
    employer: Employer | None
    held: bool
    witnesses: int
    story: tuple[ReferralStep, ...] = ()
    reports: tuple[Report, ...] = ()
    owner: Station | None = None
    sent_by: Station | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The listing that somebody means by the board's number. `gone`: it is no longer public."""

    listing_id: str
    title: str
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new case, and what two workers' word has done already."""

    case: Case
    effect: Effect


def live_cases(here: Here) -> tuple[CaseFacts, ...]:
    """Give what nobody has closed: first what visitors reported, for it stands in public, then the rest; oldest first."""
    with here.store.read() as u:
        facts = [_facts(u, case) for case in u.list(Case, station_id=here.station_id)]
        facts += [_of_reports(here, u, group) for group in reports.unread(here, u)]
        return tuple(sorted((f for f in facts if f.state in LIVE), key=lambda f: (not f.reports, f.case.opened_at, f.case.id)))


def meant(here: Here, number: int) -> Meant | None:
    """Give the listing that has the board's number, or had it last; None when there is none.

    Of a job that is gone people complain most, and no other listing has its number on that day.
    """
    with here.store.read() as u:
        published = u.numbered(number)
        if published is not None:
            return Meant(listing_id=published.listing.id, title=published.listing.title, gone=False)
        listing_id = u.left(number)
        listing = u.get(Listing, listing_id) if listing_id is not None else None
        return None if listing is None else Meant(listing_id=listing.id, title=listing.title, gone=True)


def open_case(
    here: Here,
    session: Session,
    kind: CaseKind,
    text: str,
    *,
    listing_id: str | None = None,
    employer_id: str | None = None,
    worker_id: str | None = None,
    referral_id: str | None = None,
) -> Opened:
    """Write down that something went wrong; raise BadInput when nothing is said, or when it names the worker."""
    with here.store.write() as u:
        return _open(here, u, session, kind, text, listing_id, employer_id, worker_id, referral_id)


def open_unpaid(here: Here, u: UnitOfWork, author: Author, made: Referral, party: Party, text: str = "") -> Case | None:
    """Open the case of an unpaid referral in the caller's transaction; None when one is open already. `text` says it in other words."""
    if any(_state(u, case) in LIVE for case in u.list(Case, referral_id=made.id)):
        return None
    text = text or t("cases.unpaid_said", party=t(f"follow_up.party_{party}"))
    return _open(here, u, author, CaseKind.UNPAID, text, made.listing_id, None, made.worker_id, made.id).case


def step(here: Here, session: Session, case_id: str, state: CaseState, note: str, *, release: bool = False) -> Effect:
    """Confirm, settle or dismiss; what it does to the listings happens in the same transaction. For reports the case is opened first.

    `release` lets the employer's listings stand again when no other case still speaks against them. Raises BadInput without a note or when
    it names the worker, WrongState when the table does not allow it.
    """
    with here.store.write() as u:
        case = u.get(Case, case_id) or reports.take_up(here, u, session, case_id)
        case_id = case.id
        rules.check_step(u.list(CaseStep, case_id=case_id), state)
        _check_words(u, note, case.worker_id, case.referral_id)
        now = here.now()
        one = CaseStep(
            id=new_id(now),
            station_id=here.station_id,
            case_id=case_id,
            state=state,
            note=note.strip(),
            by_id=session.staff_id,
            by_name=session.name,
            stepped_at=now,
        )
        u.keep(one)
        u.audit(now, session.staff_id, f"case_{state}", case_id, note=note)
        if state is CaseState.CONFIRMED and case.kind in rules.HOLDING:
            return _hold(here, u, session, case, t("cases.hold_confirmed", kind=t(f"case_kind.{case.kind}")))
        if release and case.employer_id and _stands_alone(u, case) and held_by_stations(u, case.employer_id):
            decide_hold(here, u, session, case.employer_id, False, t("cases.release_reason"))
            return Effect.RELEASED
    return Effect.NONE


def _open(
    here: Here,
    u: UnitOfWork,
    author: Author,
    kind: CaseKind,
    text: str,
    listing_id: str | None,
    employer_id: str | None,
    worker_id: str | None,
    referral_id: str | None,
) -> Opened:
    _check_words(u, text, worker_id, referral_id)
    listing = u.get(Listing, listing_id) if listing_id else None
    now = here.now()
    case = Case(
        id=new_id(now),
        station_id=here.station_id,
        kind=kind,
        employer_id=employer_id or (listing.employer_id if listing else None),
        listing_id=listing_id,
        referral_id=referral_id,
        worker_id=worker_id,
        text=text.strip(),
        by_name=author.name,
        opened_at=now,
    )
    u.keep(case)
    u.audit(now, author.staff_id, "open_case", case.id, kind=kind)
    effect = Effect.NONE
    if kind in rules.HOLDING and len(rules.witnesses(_about_the_same(u, case))) >= WITNESSES:
        effect = _hold(here, u, author, case, t("cases.hold_two"))
    return Opened(case=case, effect=effect)


def _check_words(u: UnitOfWork, text: str, worker_id: str | None, referral_id: str | None) -> None:
    if not text.strip():
        raise BadInput("reason", "bad.review.reason")
    known = (u.get(Worker, worker_id) if worker_id else None, of_referral(u, referral_id) if referral_id else None)
    plain = "".join(text.split())
    if any(word and word in plain for one in known if one is not None for word in (one.name, one.phone)):
        raise BadInput("reason", "bad.case.names")


def _hold(here: Here, u: UnitOfWork, author: Author, case: Case, reason: str) -> Effect:
    """Hold the employer; where nobody keeps its file, take the listing down. What is another station's is left to the county."""
    if isinstance(author, Himself):
        author = replace(author, name=t("cases.two_workers"))
    if case.employer_id is not None:
        employer = u.get(Employer, case.employer_id)
        if employer is None or employer.station_id != here.station_id:
            return Effect.ELSEWHERE
        if not held_by_stations(u, case.employer_id):
            decide_hold(here, u, author, case.employer_id, True, reason)
        return Effect.HELD
    listing = u.get(Listing, case.listing_id) if case.listing_id else None
    if listing is None:
        return Effect.NONE
    if listing.station_id != here.station_id:
        return Effect.ELSEWHERE
    if not u.list(Takedown, listing_id=listing.id):
        add_takedown(here, u, author, listing.id, reason)
    return Effect.TAKEN_DOWN


def _state(u: UnitOfWork, case: Case) -> CaseState:
    return rules.state_of(u.list(CaseStep, case_id=case.id))


def _about_the_same(u: UnitOfWork, case: Case) -> Sequence[tuple[Case, CaseState]]:
    """Give the cases about the same employer, or about the same listing where nobody keeps a file; this one among them.

    Whoever says by now that he was paid speaks no more in a case that staff have not confirmed.
    """
    if case.employer_id is not None:
        same = u.list(Case, employer_id=case.employer_id)
    else:
        same = u.list(Case, listing_id=case.listing_id) if case.listing_id else [case]
    states = [(one, _state(u, one)) for one in same]
    return [(one, state) for one, state in states if state is not CaseState.OPEN or not _paid_since(u, one)]


def _paid_since(u: UnitOfWork, case: Case) -> bool:
    steps = u.list(ReferralStep, referral_id=case.referral_id) if case.kind is CaseKind.UNPAID and case.referral_id else ()
    return referral.state_of(steps) is ReferralState.PAID


def _stands_alone(u: UnitOfWork, case: Case) -> bool:
    """Say whether no other case still holds the employer: none that is confirmed, no two workers."""
    others = [(one, state) for one, state in _about_the_same(u, case) if one.id != case.id]
    confirmed = any(state is CaseState.CONFIRMED and one.kind in rules.HOLDING for one, state in others)
    return not confirmed and len(rules.witnesses(others)) < WITNESSES


def _of_reports(here: Here, u: UnitOfWork, group: reports.Reported) -> CaseFacts:
    case, listing = reports.as_case(here, group), group.listing
    elsewhere = listing is not None and listing.station_id != here.station_id
    return replace(
        _facts(u, case), reports=group.reports, owner=u.get(Station, listing.station_id) if listing is not None and elsewhere else None
    )


def _facts(u: UnitOfWork, case: Case) -> CaseFacts:
    steps = u.list(CaseStep, case_id=case.id)
    story = u.list(ReferralStep, referral_id=case.referral_id) if case.referral_id else ()
    made = u.get(Referral, case.referral_id) if case.referral_id else None
    theirs = made if made and made.station_id != case.station_id else None
    worker = u.get(Worker, case.worker_id) if case.worker_id else None
    return CaseFacts(
        case=case,
        state=rules.state_of(steps),
        steps=tuple(sorted(steps, key=lambda s: (s.stepped_at, s.id))),
        worker=of_referral(u, theirs.id) if theirs else worker,
        listing=u.get(Listing, case.listing_id) if case.listing_id else None,
        employer=u.get(Employer, case.employer_id) if case.employer_id else None,
        held=held_now(u, case.employer_id),
        witnesses=len(rules.witnesses(_about_the_same(u, case))),
        story=tuple(referral.in_order(story)),
        sent_by=u.get(Station, theirs.station_id) if theirs else None,
    )
