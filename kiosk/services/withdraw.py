"""Withdrawing a registration, as easy as making it (个人信息保护法 15): what is personal goes at once, here, at the county and at
every station to whose listing he was recommended."""

from dataclasses import replace
from datetime import datetime

from kiosk.domain.case import Case
from kiosk.domain.print_job import PrintJob
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.referral import Referral
from kiosk.domain.worker import PhoneOf, Worker, WorkerState
from kiosk.services import signups
from kiosk.services.introduce import introduce_again
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork


def reaches_all(here: Here, worker_id: str) -> bool:
    """Say whether the county can find his other registrations: it has this one, with a number that tells him apart. Raises NotFound."""
    with here.store.read() as u:
        worker = u.need(Worker, worker_id)
        return worker.phone_of is not PhoneOf.STATION and not u.is_new_to_county(worker_id)


def withdraw(here: Here, worker_id: str, actor_id: str = "worker", *, everywhere: bool = False) -> None:
    """Leave of a worker only that he was here; a second call changes nothing. Raises NotFound.

    `actor_id`: whoever of the staff does it at his wish, for the audit. `everywhere`: he wants it so wherever else he is registered.

    Slips that name him go from the journal, printed or not; referrals stay and lead to nobody; what a case of his says goes, its steps are
    checked for names when they are written; his places in courses are free again.
    """
    with here.store.write() as u:
        worker = u.need(Worker, worker_id)
        if worker.state is not WorkerState.WITHDRAWN:
            empty(u, here.now(), replace(worker, withdrawn_everywhere=everywhere), actor_id, "withdraw")


def empty(u: UnitOfWork, now: datetime, worker: Worker, actor_id: str, act: str) -> None:
    """Leave of a worker only that he was here, inside the caller's transaction: he withdrew, or his time is over (`act`, for the audit)."""
    if worker.state is not WorkerState.WITHDRAWN:
        nobody = replace(worker, name=PersonName(""), phone=Phone(""), phone_of=PhoneOf.OWN, trades=(), pay_fen=None, area=None)
        u.keep(replace(nobody, revision=worker.revision + 1, state=WorkerState.WITHDRAWN))
        u.unsay(worker.id)
        for subject in (worker.id, *(made.id for made in u.list(Referral, worker_id=worker.id))):
            _drop_slips(u, subject)
        for case in u.list(Case, worker_id=worker.id):
            u.keep(replace(case, revision=case.revision + 1, text=""))
            u.unsay(case.id)
        introduce_again(u, now, actor_id, worker.id)
        signups.cancel_all(u, worker.id)
        u.audit(now, actor_id, act, worker.id)


def _drop_slips(u: UnitOfWork, subject_id: str) -> None:
    for job in u.list(PrintJob, subject_id=subject_id):
        u.drop(PrintJob, job.id)
