"""Employers' files: who stands behind a listing, what staff saw of him and when that is due again, and holding all listings of one."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.case import state_of as case_state
from kiosk.domain.employer import Employer, EmployerHold, EmployerKind, EmployerSight, Seen, guess_kind, in_force, is_held
from kiosk.domain.listing import Listing, ListingState, Review, Takedown, Verdict, last_verdict, state_of
from kiosk.domain.record import new_id
from kiosk.domain.station import COUNTY
from kiosk.domain.uscc import check_code
from kiosk.errors import BadInput, NotAllowed, WrongState
from kiosk.services.author import Author
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork
from kiosk.text import t

PAPERS = frozenset({Seen.LICENCE, Seen.ID_CARD})
"""What proves who an employer is (条例 26); a code or a place alone does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What a station knows of an employer: how his listings were judged, and what went wrong (dismissed cases do not count)."""

    listings: int = 0
    approved: int = 0
    returned: int = 0
    rejected: int = 0
    cases: int = 0
    unpaid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One employer of the list. `due_on` is when his papers are to be looked at again, None where nobody has seen any."""

    employer: Employer
    held: bool
    due_on: date | None
    due: bool
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerFile:
    """All that is known of one employer, newest first. `hold` is by what it is held; the county's outranks the station's own."""

    row: Row
    hold: EmployerHold | None
    sights: Sequence[EmployerSight]
    listings: Sequence[tuple[Listing, ListingState]]
    cases: Sequence[tuple[Case, CaseState]]
    history: History


def employers(here: Here, query: str = "") -> list[Row]:
    """Give the employers whose name, phone or code contains `query`: held ones first, then with cases, papers due, and by name."""
    wanted = "".join(query.upper().split())
    with here.store.read() as u:
        found = [e for e in u.list(Employer, station_id=here.station_id) if e.name and _fits(e, wanted)]
        holds: dict[str, list[EmployerHold]] = defaultdict(list)
        for hold in u.list(EmployerHold):
            holds[hold.employer_id].append(hold)
        cases = Counter(case.employer_id for case in _standing(u, u.list(Case)))
    rows = [_row(here, e, is_held(holds[e.id]), cases[e.id]) for e in found]
    return sorted(rows, key=lambda r: (not r.held, not r.cases, not r.due, r.employer.name))


def employer_file(here: Here, employer_id: str) -> EmployerFile:
    """Open one file; raise NotFound."""
    with here.store.read() as u:
        employer = u.need(Employer, employer_id)
        holds = u.list(EmployerHold, employer_id=employer_id)
        listings = listings_of(u, employer)
        return EmployerFile(
            row=_row(here, employer, is_held(holds), len(cases_of(u, employer_id))),
            hold=next(iter(in_force(holds)), None),
            sights=sorted(u.list(EmployerSight, employer_id=employer_id), key=lambda s: s.seen_at, reverse=True),
            listings=[(one, _state(here, u, one)) for one in reversed(listings)],
            cases=[(case, case_state(u.list(CaseStep, case_id=case.id))) for case in reversed(u.list(Case, employer_id=employer_id))],
            history=history(u, employer, listings),
        )


def listings_of(u: UnitOfWork, employer: Employer) -> list[Listing]:
    """Give an employer's listings, oldest first: those in his file, and those that name his phone."""
    found = {one.id: one for one in u.list(Listing, employer_id=employer.id)}
    found |= {one.id: one for one in u.list(Listing, contact_phone=employer.phone)}
    return sorted(found.values(), key=lambda one: (one.collected_at, one.id))


def history(u: UnitOfWork, employer: Employer | None, listings: Sequence[Listing]) -> History:
    """Count how these listings were judged, and the employer's cases."""
    last = [last_verdict(u.list(Review, listing_id=one.id)) for one in listings]
    cases = cases_of(u, employer.id) if employer else []
    return History(
        listings=len(listings),
        approved=last.count(Verdict.APPROVE),
        returned=last.count(Verdict.RETURN),
        rejected=last.count(Verdict.REJECT),
        cases=len(cases),
        unpaid=sum(case.kind is CaseKind.UNPAID for case in cases),
    )


def cases_of(u: UnitOfWork, employer_id: str) -> list[Case]:
    """Give an employer's cases that were not dismissed."""
    return _standing(u, u.list(Case, employer_id=employer_id))


def attach(here: Here, u: UnitOfWork, listing: Listing, actor_id: str) -> Listing:
    """Put a listing into its employer's file, which is opened if there is none, and mark it verified where that counts.

    A held file is found first, so that another name or another phone is no way around. Verified is only who gives both the name and the
    phone of the file: anybody can key in a firm's name.
    """
    name, phone = listing.employer_name.strip(), listing.contact_phone
    by_phone = [e for e in u.list(Employer, phone=phone) if e.station_id == here.station_id]
    by_name = [e for e in u.list(Employer, name=name) if e.station_id == here.station_id and e.kind is EmployerKind.UNIT]
    found = sorted(
        {e.id: e for e in (*by_phone, *by_name)}.values(),
        key=lambda e: (not is_held(u.list(EmployerHold, employer_id=e.id)), (e.name, e.phone) != (name, phone), e.phone != phone, e.id),
    )
    employer = found[0] if found else _open_file(here, u, listing, actor_id)
    same = (employer.name, employer.phone) == (name, phone)
    verified = employer.verified_on if same and here.rules.reverify.counts(employer, here.today()) else None
    return replace(listing, employer_id=employer.id, employer_verified_on=verified)


def see(here: Here, session: Session, employer_id: str, what: Seen, note: str = "") -> EmployerSight:
    """Note that somebody saw something of an employer with his own eyes; papers make him verified from today, for listings to come."""
    now = here.now()
    with here.store.write() as u:
        employer = _own(here, u, employer_id)
        sight = EmployerSight(
            id=new_id(now),
            station_id=here.station_id,
            employer_id=employer_id,
            what=what,
            note=note.strip(),
            by_id=session.staff_id,
            by_name=session.name,
            seen_at=now,
        )
        u.keep(sight)
        if what in PAPERS:
            verified = replace(employer, verified_on=here.today(), verified_what=t(f"seen.{what.value}"), verified_by=session.name)
            u.keep(replace(verified, revision=employer.revision + 1))
        u.audit(now, session.staff_id, "see", employer_id, what=what.value)
    return sight


def name_code(here: Here, session: Session, employer_id: str, text: str) -> Employer:
    """Enter a unit's code; raise BadInput('uscc') when its check characters do not fit, or when another file has it."""
    code, now = check_code(text), here.now()
    with here.store.write() as u:
        employer = _own(here, u, employer_id)
        other = next((e for e in u.list(Employer, uscc=code) if e.id != employer_id), None)
        if other is not None:
            raise BadInput("uscc", "bad.uscc.taken", name=other.name)
        changed = replace(employer, revision=employer.revision + 1, uscc=code, kind=EmployerKind.UNIT)
        u.keep(changed)
        u.audit(now, session.staff_id, "edit_employer", employer_id, what="uscc")
    return changed


def set_kind(here: Here, session: Session, employer_id: str, kind: EmployerKind) -> Employer:
    """Say that an employer is a firm or a private person; a person has no code."""
    now = here.now()
    with here.store.write() as u:
        employer = _own(here, u, employer_id)
        changed = replace(employer, revision=employer.revision + 1, kind=kind, uscc=employer.uscc if kind is EmployerKind.UNIT else None)
        u.keep(changed)
        u.audit(now, session.staff_id, "edit_employer", employer_id, what="kind")
    return changed


def hold(here: Here, session: Session, employer_id: str, reason: str) -> EmployerHold:
    """Take all listings of an employer off every board until released; raise BadInput without a reason, WrongState when held already."""
    with here.store.write() as u:
        return decide_hold(here, u, session, employer_id, True, reason)


def release(here: Here, session: Session, employer_id: str, reason: str) -> EmployerHold:
    """Let an employer's approved listings stand in public again; raise BadInput without a reason, WrongState when not held."""
    with here.store.write() as u:
        return decide_hold(here, u, session, employer_id, False, reason)


def decide_hold(here: Here, u: UnitOfWork, session: Author, employer_id: str, held: bool, reason: str) -> EmployerHold:
    """Hold or release inside the caller's transaction, as a confirmed case does; only the county releases what the county holds."""
    if not reason.strip():
        raise BadInput("reason", "bad.review.reason")
    _own(here, u, employer_id)
    before = u.list(EmployerHold, employer_id=employer_id)
    if _held_here(before) is held:
        raise NotAllowed("the county's hold") if is_held(before) and not held else WrongState(f"held: {held}")
    now = here.now()
    # past the decision before, even within a millisecond or on a clock that was set back: the last one counts
    decided_at = max([now, *(h.decided_at + timedelta(milliseconds=1) for h in before)])
    decision = EmployerHold(
        id=new_id(now),
        station_id=here.station_id,
        employer_id=employer_id,
        held=held,
        reason=reason.strip(),
        by_id=session.staff_id,
        by_name=session.name,
        decided_at=decided_at,
    )
    u.keep(decision)
    u.audit(now, session.staff_id, "hold" if held else "release", employer_id, reason=reason)
    return decision


def held_now(u: UnitOfWork, employer_id: str | None) -> bool:
    """Say whether an employer is held."""
    return employer_id is not None and is_held(u.list(EmployerHold, employer_id=employer_id))


def held_by_stations(u: UnitOfWork, employer_id: str) -> bool:
    """Say whether an employer is held by a station's word, which a station may release."""
    return _held_here(u.list(EmployerHold, employer_id=employer_id))


def _held_here(holds: Sequence[EmployerHold]) -> bool:
    return any(hold.station_id != COUNTY for hold in in_force(holds))


def _own(here: Here, u: UnitOfWork, employer_id: str) -> Employer:
    employer = u.need(Employer, employer_id)
    if employer.station_id != here.station_id:
        raise NotAllowed("another station's employer")
    return employer


def _open_file(here: Here, u: UnitOfWork, listing: Listing, actor_id: str) -> Employer:
    now, name = here.now(), listing.employer_name.strip()
    employer = Employer(
        id=new_id(now),
        revision=1,
        station_id=here.station_id,
        kind=guess_kind(name),
        name=name,
        phone=listing.contact_phone,
        area=listing.area,
        created_at=now,
    )
    u.keep(employer)
    u.audit(now, actor_id, "open_file", employer.id)
    return employer


def _row(here: Here, employer: Employer, held: bool, cases: int) -> Row:
    counts = here.rules.reverify.counts(employer, here.today())
    return Row(employer=employer, held=held, due_on=here.rules.reverify.due_on(employer), due=not counts, cases=cases)


def _standing(u: UnitOfWork, cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case_state(u.list(CaseStep, case_id=case.id)) is not CaseState.DISMISSED]


def _state(here: Here, u: UnitOfWork, listing: Listing) -> ListingState:
    reviews, takedowns = u.list(Review, listing_id=listing.id), u.list(Takedown, listing_id=listing.id)
    return state_of(listing, reviews, takedowns, here.today())


def _fits(employer: Employer, wanted: str) -> bool:
    return any(wanted in part for part in (employer.name.upper(), str(employer.phone), employer.uscc or ""))
