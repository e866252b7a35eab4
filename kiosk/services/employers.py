"""Employers' files: who stands behind a listing, and holding all listings of one that did wrong."""

from kiosk.domain.employer import Employer, EmployerHold, is_held
from kiosk.domain.record import new_id
from kiosk.errors import BadInput, NotAllowed, WrongState
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork


def hold(here: Here, session: Session, employer_id: str, reason: str) -> EmployerHold:
    """Take all listings of an employer off every board until released; raise BadInput without a reason, WrongState when held already."""
    with here.store.write() as u:
        return decide_hold(here, u, session, employer_id, True, reason)


def release(here: Here, session: Session, employer_id: str, reason: str) -> EmployerHold:
    """Let an employer's approved listings stand in public again; raise BadInput without a reason, WrongState when not held."""
    with here.store.write() as u:
        return decide_hold(here, u, session, employer_id, False, reason)


def decide_hold(here: Here, u: UnitOfWork, session: Session, employer_id: str, held: bool, reason: str) -> EmployerHold:
    """Hold or release inside the caller's transaction, as a confirmed case does."""
    if not reason.strip():
        raise BadInput("reason", "bad.review.reason")
    employer = u.need(Employer, employer_id)
    if employer.station_id != here.station_id:
        raise NotAllowed("another station's employer")
    if is_held(u.list(EmployerHold, employer_id=employer_id)) is held:
        raise WrongState(f"held: {held}")
    now = here.now()
    decision = EmployerHold(
        id=new_id(now),
        station_id=here.station_id,
        employer_id=employer_id,
        held=held,
        reason=reason.strip(),
        by_id=session.staff_id,
        by_name=session.name,
        decided_at=now,
    )
    u.keep(decision)
    u.audit(now, session.staff_id, "hold" if held else "release", employer_id, reason=reason)
    return decision
