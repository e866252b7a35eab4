"""Sign-ups for the county's courses: a registered worker wants one, staff pass it on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kiosk.domain.record import new_id
from kiosk.domain.running import Signup
from kiosk.domain.station import Training
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BadInput, NotAllowed
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A sign-up that nobody has passed on. `training` is None when the county has taken the course back."""

    signup: Signup
    worker: Worker
    training: Training | None


def sign_up(here: Here, worker_id: str, training_id: str) -> Signup:
    """Put a worker down for a course; a second time is the same sign-up.

    Raises NotFound, NotAllowed for who has withdrawn, BadInput for a course that has begun or is full as far as this station knows.
    """
    now = here.now()
    with here.store.write() as u:
        worker, training = u.need(Worker, worker_id), u.need(Training, training_id)
        if worker.state is WorkerState.WITHDRAWN:
            raise NotAllowed("withdrawn")
        mine = next((s for s in u.list(Signup, worker_id=worker_id) if s.training_id == training_id and not s.cancelled), None)
        if mine is not None:
            return mine
        if training.starts_on < here.today():
            raise BadInput("training_id", "bad.signup.begun")
        if u.count(Signup, training_id=training_id, cancelled=False) >= training.seats:
            raise BadInput("training_id", "bad.signup.full", count=training.seats)
        signup = Signup(id=new_id(now), revision=1, station_id=here.station_id, training_id=training_id, worker_id=worker_id, signed_at=now)
        u.keep(signup)
        u.audit(now, "worker", "sign_up", signup.id)
    return signup


def told(here: Here, session: Session, signup_id: str) -> Signup:
    """Mark that a sign-up was passed on to who gives the course; a second call changes nothing. Raises NotFound."""
    return _change(here, session, signup_id, "pass_on_signup", told=True)


def cancel(here: Here, session: Session, signup_id: str) -> Signup:
    """Take a sign-up back, because the worker says so; a second call changes nothing. Raises NotFound."""
    return _change(here, session, signup_id, "cancel_signup", cancelled=True)


def to_pass_on(here: Here) -> tuple[Waiting, ...]:
    """Give the sign-ups that wait, the course that begins first on top."""
    with here.store.read() as u:
        found = [Waiting(signup=s, worker=u.need(Worker, s.worker_id), training=u.get(Training, s.training_id)) for s in open_signups(u)]
    return tuple(sorted(found, key=lambda w: (w.training.starts_on if w.training else date.max, w.signup.signed_at)))


def open_signups(u: UnitOfWork) -> Sequence[Signup]:
    """Give the sign-ups that nobody has passed on, inside the caller's transaction."""
    return u.list(Signup, told=False, cancelled=False)


def cancel_all(u: UnitOfWork, worker_id: str) -> None:
    """Take a worker's sign-ups back with his withdrawal."""
    for signup in u.list(Signup, worker_id=worker_id, cancelled=False):
        u.keep(replace(signup, revision=signup.revision + 1, cancelled=True))


def _change(here: Here, session: Session, signup_id: str, act: str, **changes: Any) -> Signup:
    now = here.now()
    with here.store.write() as u:
        signup = u.need(Signup, signup_id)
        changed = replace(signup, **changes)
        if signup.cancelled or changed == signup:
            return signup
        changed = replace(changed, revision=signup.revision + 1, by_name=session.name)
        u.keep(changed)
        u.audit(now, session.staff_id, act, signup.id)
    return changed
