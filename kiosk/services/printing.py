"""Print jobs as their people see them: queueing a slip, where it stands, 小票出来了吗?, and what staff do about the rest.

Sends nothing: that is the agent's spool.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk.domain.print_job import JobState, PrinterState, PrintJob, settled
from kiosk.domain.record import from_plain, new_id, to_plain
from kiosk.domain.slip import Slip, SlipKind
from kiosk.services.author import Author
from kiosk.services.slips import reprinted, test_slip, undated
from kiosk.services.station import Here, slip_serial
from kiosk.store.schema import TOPIC_OF
from kiosk.store.store import Store, UnitOfWork

WAITS_FOR = timedelta(minutes=15)
"""A slip that has not come out by then is cancelled (own): its visitor is gone, and the next one must not get it."""

PRINTER = "printer.state"
LAST = 30
"""So many slips staff look back on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """The printer as staff see it: how it is, how many slips wait for it, and its last ones, the latest change first."""

    state: PrinterState | None
    waiting: int
    jobs: tuple[PrintJob, ...]


def queue_slip(u: UnitOfWork, slip: Slip, subject_id: str, now: datetime) -> PrintJob:
    """Journal a slip in the transaction of what it is about; `subject_id` is that record, so that a withdrawal finds the slip.

    Where others wait already, or the printer was in trouble when it was last asked, it waits for the same, and its visitor reads so at
    once; the spool asks the printer anew for it.
    """
    slip = slip if u.sure else undated(slip)
    waiting = [one for one in u.list(PrintJob, state=JobState.QUEUED) if one.expires_at > now]
    known = printer_state(u)
    job = PrintJob(
        id=new_id(now),
        serial=slip.serial,
        subject_id=subject_id,
        slip=slip,
        trouble=waiting[-1].trouble if waiting else known.trouble if known else "",
        created_at=now,
        changed_at=now,
        expires_at=now + WAITS_FOR,
    )
    u.put(job)
    return job


def wait_on(store: Store, moved_s: float) -> None:
    """Let the slips that wait go on waiting as long as they would have: the clock was put right by so many seconds."""
    with store.write() as u:
        for one in u.list(PrintJob, state=JobState.QUEUED):
            u.put(replace(one, expires_at=one.expires_at + timedelta(seconds=moved_s)))


def printer_state(u: UnitOfWork) -> PrinterState | None:
    """Give how the printer was when the agent last asked it, or None before it ever did."""
    kept = u.recall(PRINTER)
    return None if kept is None else from_plain(PrinterState, json.loads(kept))


def keep_printer_state(u: UnitOfWork, state: PrinterState) -> None:
    """Keep how the printer is, for staff to see."""
    u.remember(PRINTER, json.dumps(to_plain(state)), TOPIC_OF[PrintJob])


def job(here: Here, job_id: str) -> PrintJob:
    """Give a job as it stands; `trouble` says why a queued one waits (absent, paper, cover, fault). Raises NotFound."""
    with here.store.read() as u:
        return u.need(PrintJob, job_id)


def answer(here: Here, job_id: str, came_out: bool, by: Author | None = None) -> PrintJob:
    """Take the answer to 小票出来了吗?, of the visitor or of staff (`by`); No queues the slip again, marked 补打. Raises NotFound.

    Only an uncertain slip asks: a second tap, or an answer that the printer has overtaken, changes nothing.
    """
    now = here.now()
    with here.store.write() as u:
        job = u.need(PrintJob, job_id)
        if job.state is not JobState.UNCERTAIN:
            return job
        job = settled(replace(job, state=JobState.PRINTED, changed_at=now)) if came_out else _again(job, now)
        u.put(job)
        if by is not None:
            u.audit(now, by.staff_id, "answer_slip", job.id, came_out=str(came_out))
        return job


def _again(job: PrintJob, now: datetime) -> PrintJob:
    slip = reprinted(job.slip, now)
    return replace(job, slip=slip, state=JobState.QUEUED, trouble="", changed_at=now, expires_at=now + WAITS_FOR)


def overview(here: Here) -> Printing:
    """Give how printing stands. Slips that have waited too long no longer wait."""
    now = here.now()
    with here.store.read() as u:
        waiting = sum(job.expires_at > now for job in u.list(PrintJob, state=JobState.QUEUED))
        jobs = sorted(u.latest(PrintJob, "id", LAST), key=lambda job: job.changed_at, reverse=True)
        return Printing(state=printer_state(u), waiting=waiting, jobs=tuple(jobs))


def may_reprint(job: PrintJob) -> bool:
    """Say whether staff may print a slip again: it may not be out, and nobody has put it aside.

    Of a card the code is forgotten once it is settled.
    """
    if job.state is JobState.UNCERTAIN:
        return True
    return job.slip.kind is not SlipKind.CARD and (job.state is JobState.FAILED or (job.state is JobState.CANCELLED and bool(job.trouble)))


def reprint(here: Here, by: Author, job_id: str) -> PrintJob:
    """Queue a slip that did not come out, or may not have, again, marked 补打; a second tap changes nothing. Raises NotFound."""
    now = here.now()
    with here.store.write() as u:
        job = u.need(PrintJob, job_id)
        if may_reprint(job):
            job = _again(job, now)
            u.put(job)
            u.audit(now, by.staff_id, "reprint_slip", job.id)
        return job


def put_aside(here: Here, by: Author, job_id: str) -> PrintJob:
    """Ask no more about a slip: an uncertain one has come out, any other is not wanted. A second tap changes nothing. Raises NotFound."""
    now = here.now()
    with here.store.write() as u:
        job = u.need(PrintJob, job_id)
        if job.state is JobState.UNCERTAIN:
            job = settled(replace(job, state=JobState.PRINTED, changed_at=now))
            u.put(job)
            u.audit(now, by.staff_id, "answer_slip", job.id, came_out=str(True))
        elif may_reprint(job):
            job = replace(job, state=JobState.CANCELLED, trouble="", changed_at=now)
            u.put(job)
            u.audit(now, by.staff_id, "leave_slip", job.id)
        return job


def cancel_waiting(here: Here, by: Author) -> int:
    """Let no slip wait any more; give how many did. One that is under way prints."""
    now = here.now()
    with here.store.write() as u:
        waiting = u.list(PrintJob, state=JobState.QUEUED)
        for job in waiting:
            u.put(settled(replace(job, state=JobState.CANCELLED, trouble="", changed_at=now)))
        if waiting:
            u.audit(now, by.staff_id, "cancel_slips", here.station_id, count=str(len(waiting)))
    return len(waiting)


def queue_test(here: Here, u: UnitOfWork, now: datetime) -> PrintJob:
    """Queue a test page with a serial of its own, inside the caller's transaction."""
    station = here.station(u)
    return queue_slip(u, test_slip(station, slip_serial(u, station, now), here.phone_base, now), station.id, now)


def print_test(here: Here, by: Author) -> str:
    """Queue a test page that staff asked for; give the job's id."""
    now = here.now()
    with here.store.write() as u:
        job = queue_test(here, u, now)
        u.audit(now, by.staff_id, "print_test", job.id)
    return job.id
