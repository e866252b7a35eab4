"""Sign-ups for the county's courses: a worker wants one, waits behind the seats where it is full, may take it back; staff pass on
what is news.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.running import Signup, in_line
from kiosk.domain.slip import Code
from kiosk.domain.station import Training
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BadInput, NotAllowed
from kiosk.services import printing, slips, tickets
from kiosk.services.sign_in import Session
from kiosk.services.station import Here, slip_serial
from kiosk.store.store import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What has to be passed on: somebody wants a course, or no longer does (`signup.cancelled`).

    `behind` counts how many seats he is short of one. `training` is None when the county has taken the course back.
    """

    signup: Signup
    worker: Worker
    training: Training | None
    behind: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A course as one worker meets it. `signup` is his, None when he has not signed up; `behind` is 0 where a seat is his, or would be."""

    training: Training
    worker: Worker
    signup: Signup | None
    behind: int
    begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUp:
    """What the worker gets. `already` says that he had signed up before."""

    seat: Seat
    job_id: str
    already: bool


def left(here: Here, training_id: str) -> int:
    """Count the seats of a course that are left as far as this station knows, below 0 where people wait. Raises NotFound."""
    with here.store.read() as u:
        return u.need(Training, training_id).seats - u.count(Signup, training_id=training_id, cancelled=False)


def seat(here: Here, worker_id: str, training_id: str) -> Seat:
    """Say how a worker stands to a course. Raises NotFound, NotAllowed for who has withdrawn."""
    with here.store.read() as u:
        return _seat(here, u, worker_id, training_id)


def of_worker(here: Here, u: UnitOfWork, worker_id: str) -> tuple[Seat, ...]:
    """Give the courses that a worker has signed up for and that have not begun, the next one first, inside the caller's transaction."""
    mine = [s.training_id for s in u.list(Signup, worker_id=worker_id, cancelled=False) if u.get(Training, s.training_id) is not None]
    seats = [_seat(here, u, worker_id, training_id) for training_id in mine]
    return tuple(sorted((one for one in seats if not one.begun), key=lambda one: one.training.starts_on))


def sign_up(here: Here, worker_id: str, training_id: str) -> SignedUp:
    """Put a worker down for a course and queue his slip; a second time is the same sign-up, and its slip is marked 补打.

    Where this station's seats are taken he waits behind them. Raises NotFound, NotAllowed for who has withdrawn, BadInput for a course that
    has begun.
    """
    now = here.now()
    with here.store.write() as u:
        found = _seat(here, u, worker_id, training_id)
        already = found.signup is not None
        if found.begun:
            raise BadInput("training_id", "bad.signup.begun")
        if not already:
            # a clock that stands or was set back puts nobody before who was there
            last = [s.signed_at + timedelta(milliseconds=1) for s in u.latest(Signup, "signed_at", 1, training_id=training_id)]
            signup = Signup(
                id=new_id(now),
                revision=1,
                station_id=here.station_id,
                training_id=training_id,
                worker_id=worker_id,
                signed_at=max([now, *last]),
            )
            u.keep(signup)
            u.audit(now, "worker", "sign_up", signup.id)
            found = _seat(here, u, worker_id, training_id)
        station, url = here.station(u), tickets.training_url(here, training_id)
        before = [job for job in u.list(PrintJob, subject_id=worker_id) if already and Code(text=url) in job.slip.blocks]
        serial = before[-1].serial if before else slip_serial(u, station, now)
        slip = slips.training_slip(found.worker, found.training, found.behind, station, serial, url, now)
        job = printing.queue_slip(u, slips.reprinted(slip, now) if already else slip, worker_id, now)
    return SignedUp(seat=found, job_id=job.id, already=already)


def give_back(here: Here, worker_id: str, training_id: str) -> None:
    """Take a worker's sign-up back at his own wish; staff pass that on where they had passed the sign-up on."""
    now = here.now()
    with here.store.write() as u:
        mine = _seat(here, u, worker_id, training_id).signup
        if mine is not None:
            _leave(u, replace(mine, revision=mine.revision + 1, cancelled=True, told=not mine.told))
            u.audit(now, "worker", "cancel_signup", mine.id)


def told(here: Here, session: Session, signup_id: str) -> Signup:
    """Mark that what stands was passed on to who gives the course; a second call changes nothing. Raises NotFound."""
    return _change(here, session, signup_id, "pass_on_signup", told=True)


def cancel(here: Here, session: Session, signup_id: str) -> Signup:
    """Take a sign-up back, because the worker says so to staff; a second call changes nothing. Raises NotFound."""
    return _change(here, session, signup_id, "cancel_signup", cancelled=True, told=True)


def to_pass_on(here: Here) -> tuple[Waiting, ...]:
    """Give what has to be passed on, the course that begins first on top."""
    with here.store.read() as u:
        found = [_waiting(u, signup) for signup in open_signups(u)]
    return tuple(sorted(found, key=lambda w: (w.training.starts_on if w.training else date.max, w.signup.signed_at)))


def open_signups(u: UnitOfWork) -> Sequence[Signup]:
    """Give the sign-ups of which nobody has passed on what stands there, inside the caller's transaction."""
    return u.list(Signup, told=False)


def cancel_all(u: UnitOfWork, worker_id: str) -> None:
    """Take a worker's sign-ups back with his withdrawal: nothing is left that could be passed on."""
    for signup in u.list(Signup, worker_id=worker_id):
        if not (signup.cancelled and signup.told):
            _leave(u, replace(signup, revision=signup.revision + 1, cancelled=True, told=True))


def _leave(u: UnitOfWork, gone: Signup) -> None:
    """Keep a sign-up that was taken back. Who has a seat by that has to be told again: he was promised a call."""
    training = u.get(Training, gone.training_id)
    seats = training.seats if training is not None else 0
    before = in_line(u.list(Signup, training_id=gone.training_id), seats)
    u.keep(gone)
    everybody = u.list(Signup, training_id=gone.training_id)
    after = in_line(everybody, seats)
    for other in everybody:
        if other.told and before.get(other.id, 0) > 0 and after.get(other.id) == 0:
            u.keep(replace(other, revision=other.revision + 1, told=False))


def _waiting(u: UnitOfWork, signup: Signup) -> Waiting:
    training = u.get(Training, signup.training_id)
    line = in_line(u.list(Signup, training_id=signup.training_id), training.seats) if training else {}
    return Waiting(signup=signup, worker=u.need(Worker, signup.worker_id), training=training, behind=line.get(signup.id, 0))


def _seat(here: Here, u: UnitOfWork, worker_id: str, training_id: str) -> Seat:
    worker, training = u.need(Worker, worker_id), u.need(Training, training_id)
    if worker.state is WorkerState.WITHDRAWN:
        raise NotAllowed("withdrawn")
    all_of_it = u.list(Signup, training_id=training_id)
    line = in_line(all_of_it, training.seats)
    mine = next((s for s in all_of_it if s.worker_id == worker_id and not s.cancelled), None)
    behind = line[mine.id] if mine else max(0, len(line) + 1 - training.seats)
    return Seat(training=training, worker=worker, signup=mine, behind=behind, begun=training.starts_on < here.today())


def _change(here: Here, session: Session, signup_id: str, act: str, **changes: Any) -> Signup:
    now = here.now()
    with here.store.write() as u:
        signup = u.need(Signup, signup_id)
        changed = replace(signup, **changes)
        if changed == signup or (signup.cancelled and signup.told):
            return signup
        changed = replace(changed, revision=signup.revision + 1, by_name=session.name)
        _leave(u, changed) if changed.cancelled else u.keep(changed)
        u.audit(now, session.staff_id, act, signup.id)
    return changed
