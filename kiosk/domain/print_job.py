"""A print job's life: journalled before the first byte, never silently lost, never silently doubled.

queued → sending → confirming → printed | uncertain | failed | cancelled. An uncertain job asks the visitor 小票出来了吗?; only a No
(or staff) queues it again, as a reprint with the same serial.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kiosk.domain.slip import Slip, SlipKind, without_code


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    SENDING = "sending"
    CONFIRMING = "confirming"
    PRINTED = "printed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (JobState.PRINTED, JobState.FAILED, JobState.CANCELLED)
"""Nothing more comes of these by itself."""


class Trouble(StrEnum):
    """What is wrong: the first seven with the printer, the last two with one slip."""

    ABSENT = "absent"
    PAPER = "paper"
    COVER = "cover"
    JAM = "jam"
    TAKE = "take"
    """An earlier slip was not taken out of its mouth."""
    HOT = "hot"
    FAULT = "fault"
    CUT = "cut"
    """The line broke after the first byte."""
    UNPRINTABLE = "slip"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterState:
    """How the printer was when it was last asked; `trouble` is a Trouble, or empty when it could print."""

    trouble: str = ""
    near_end: bool = False
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """One slip on its way to paper; stays at the station. `subject_id` is the record it is about, so that a withdrawal finds it.

    `trouble` is a Trouble, or empty; of a cancelled job what kept it from printing, and empty where it was let go.
    """

    id: str
    serial: str
    subject_id: str
    slip: Slip
    state: JobState = JobState.QUEUED
    attempts: int = 0
    trouble: str = ""
    created_at: datetime
    changed_at: datetime
    expires_at: datetime


def settled(job: PrintJob) -> PrintJob:
    """Give a job as the journal keeps it once nothing more will come: of a staff card without its code."""
    return replace(job, slip=without_code(job.slip)) if job.slip.kind is SlipKind.CARD else job
