"""A registration once it is made: staff find who asks at the counter; his slip once more; that he wants no work for a while.

Nobody can leaf through the registered: whoever looks must know some digits or the whole name. Taking a registration back is withdraw's,
changing it change's.
"""

from dataclasses import replace

from kiosk.domain.roster import plain
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import NotAllowed, NotFound
from kiosk.services import printing, slips, tickets
from kiosk.services.author import Author
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

LEAST_DIGITS = 4


def registrations(here: Here, digits: str) -> tuple[Worker, ...]:
    """Give our workers whose phone ends in `digits` or whose slip's code they are, the newest first; nobody for fewer than four digits."""
    if len(digits) < LEAST_DIGITS:
        return ()
    with here.store.read() as u:
        ours = [w for w in u.list(Worker, station_id=here.station_id) if w.state is not WorkerState.WITHDRAWN]
    found = [w for w in ours if w.phone.endswith(digits) or w.code == digits]
    return tuple(sorted(found, key=lambda w: (w.registered_at, w.id), reverse=True))


def registered_as(here: Here, name: str) -> tuple[Worker, ...]:
    """Give our workers of this very name, the newest first: who has no phone can tell no digits."""
    wanted = plain(name)
    with here.store.read() as u:
        ours = [w for w in u.list(Worker, station_id=here.station_id) if w.state is not WorkerState.WITHDRAWN and w.name]
    found = [w for w in ours if plain(w.name) == wanted]
    return tuple(sorted(found, key=lambda w: (w.registered_at, w.id), reverse=True))


def print_registration(here: Here, author: Author, worker_id: str) -> str:
    """Queue a worker's slip once more, marked 补打, number and code as before, the link new; give the job's id.

    Raises NotFound for who has withdrawn, NotAllowed for another station's worker.
    """
    now = here.now()
    with here.store.write() as u:
        worker = registered(here, u, worker_id)
        url = tickets.registration_url(here, u, worker, now)
        slip = slips.reprinted(slips.registration_slip(worker, here.station(u), url, now), now)
        job = printing.queue_slip(u, slip, worker.id, now)
        u.audit(now, author.staff_id, "print_registration", worker.id)
    return job.id


def pause(here: Here, author: Author, worker_id: str) -> Worker:
    """Recommend a worker nowhere until he wants work again; a second call changes nothing. Raises NotFound, NotAllowed."""
    return _set_state(here, author, worker_id, WorkerState.PAUSED, "pause_worker")


def resume(here: Here, author: Author, worker_id: str) -> Worker:
    """Recommend a worker again; a second call changes nothing. Raises NotFound, NotAllowed."""
    return _set_state(here, author, worker_id, WorkerState.ACTIVE, "resume_worker")


def _set_state(here: Here, author: Author, worker_id: str, state: WorkerState, act: str) -> Worker:
    now = here.now()
    with here.store.write() as u:
        worker = registered(here, u, worker_id)
        if worker.state is state:
            return worker
        changed = replace(worker, revision=worker.revision + 1, state=state)
        u.keep(changed)
        u.audit(now, author.staff_id, act, worker.id)
    return changed


def registered(here: Here, u: UnitOfWork, worker_id: str) -> Worker:
    """Give one of our workers; raise NotFound for who has withdrawn, NotAllowed for another station's."""
    worker = u.need(Worker, worker_id)
    if worker.station_id != here.station_id:
        raise NotAllowed("another station's worker")
    if worker.state is WorkerState.WITHDRAWN:
        raise NotFound(worker_id)
    return worker
