"""Print jobs as their people see them: queueing a slip, where it stands, and 小票出来了吗? Sends nothing: that is the agent's spool."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

from kiosk.domain.print_job import JobState, PrinterState, PrintJob, settled
from kiosk.domain.record import from_plain, new_id, to_plain
from kiosk.domain.slip import Slip
from kiosk.services.slips import reprinted
from kiosk.services.station import Here
from kiosk.store.schema import TOPIC_OF
from kiosk.store.store import UnitOfWork

WAITS_FOR = timedelta(minutes=15)
"""A slip that has not come out by then is cancelled (own): its visitor is gone, and the next one must not get it."""

PRINTER = "printer.state"


def queue_slip(u: UnitOfWork, slip: Slip, subject_id: str, now: datetime) -> PrintJob:
    """Journal a slip in the transaction of what it is about; `subject_id` is that record, so that a withdrawal finds the slip.

    Where others wait already, it waits for what they wait for, and its visitor reads so at once; the spool asks the printer anew for it.
    """
    waiting = [one for one in u.list(PrintJob, state=JobState.QUEUED) if one.expires_at > now]
    job = PrintJob(
        id=new_id(now),
        serial=slip.serial,
        subject_id=subject_id,
        slip=slip,
        trouble=waiting[-1].trouble if waiting else "",
        created_at=now,
        changed_at=now,
        expires_at=now + WAITS_FOR,
    )
    u.put(job)
    return job


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


def answer(here: Here, job_id: str, came_out: bool) -> PrintJob:
    """Take the visitor's answer to 小票出来了吗?; No queues the slip again, marked 补打. Raises NotFound.

    Only an uncertain slip asks: a second tap, or an answer that the printer has overtaken, changes nothing.
    """
    now = here.now()
    with here.store.write() as u:
        job = u.need(PrintJob, job_id)
        if job.state is not JobState.UNCERTAIN:
            return job
        if came_out:
            job = settled(replace(job, state=JobState.PRINTED, changed_at=now))
        else:
            slip = reprinted(job.slip, now)
            job = replace(job, slip=slip, state=JobState.QUEUED, trouble="", changed_at=now, expires_at=now + WAITS_FOR)
        u.put(job)
        return job
