"""Carries queued slips to the printer, one at a time, and journals each state before the act that it names. Knows no screen and no bytes.

What breaks off after the first byte, or is not confirmed, becomes uncertain and is never sent again by itself: only the visitor's No does
that (services/printing). What a printer refuses before the first byte waits, with its reason, until it expires.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from kiosk.domain.ports import Delivery, Paper, Printer
from kiosk.domain.print_job import ENDED, JobState, PrinterState, PrintJob, Trouble, settled
from kiosk.errors import BadInput, PrinterAbsent, PrinterCut, PrinterError, PrinterNotReady
from kiosk.services.printing import keep_printer_state, printer_state
from kiosk.store.store import Store

RETRY_S = (1, 2, 4, 8)
"""Waits after a printer that was not ready; the last one repeats."""
LOOK_S, MENDING_S = 30, 3
"""So often a printer with nothing to do is asked how it is, when it was well and when it was not: staff learn that paper ends before a
visitor does, and see at once that what they did has helped."""
UNDER_WAY = (JobState.SENDING, JobState.CONFIRMING)


class Spool:
    """The one sender of a station's slips; `step` runs in the agent's loop, in one thread."""

    def __init__(self, store: Store, printer: Printer, clock: Callable[[], datetime]) -> None:
        self._store, self._printer, self._clock = store, printer, clock
        self._misses = 0
        self._missed_at: datetime | None = None
        self._missed: set[str] = set()
        self._looked_at: datetime | None = None
        self._look_every_s = LOOK_S

    def step(self) -> None:
        """Print what is due. Takes as long as the printer does; raises StoreError, after which the next step sets right what was left."""
        with self._store.read() as u:
            jobs = u.list(PrintJob, state=JobState.QUEUED)
            left = [job for state in UNDER_WAY for job in u.list(PrintJob, state=state)]
        for job in left:
            # nobody else sends, so these were under way when a process or a transaction died
            self._move(job, JobState.UNCERTAIN, trouble=Trouble.CUT)
        now = self._clock()
        for job in jobs:
            if job.expires_at <= now:
                # without a trouble it would look as if somebody had let it go
                self._move(job, JobState.CANCELLED, trouble=job.trouble or Trouble.ABSENT)
        waiting = [job for job in jobs if job.expires_at > now]
        if waiting and self._is_due(now, waiting):
            self._print(waiting)
        elif not waiting and (self._looked_at is None or _apart_s(now, self._looked_at) >= self._look_every_s):
            self._look()

    def _is_due(self, now: datetime, waiting: list[PrintJob]) -> bool:
        # whoever comes after the last miss is told how the printer is now, not how it was
        if self._missed_at is None or any(job.id not in self._missed for job in waiting):
            return True
        wait = RETRY_S[min(self._misses, len(RETRY_S)) - 1]
        return _apart_s(now, self._missed_at) >= wait

    def _look(self) -> None:
        """Ask how the printer is while it has nothing to do."""
        try:
            self._note("", self._printer.check())
        except PrinterAbsent:
            self._note(Trouble.ABSENT)
        except PrinterNotReady as error:
            self._note(error.reason)
        finally:
            self._printer.close()

    def _print(self, waiting: list[PrintJob]) -> None:
        self._missed = {job.id for job in waiting}
        try:
            for job in waiting:
                self._print_one(job)
        except PrinterAbsent:
            self._hold(Trouble.ABSENT)
        except PrinterNotReady as error:
            self._hold(error.reason)
        else:
            self._misses, self._missed_at = 0, None

    def _print_one(self, job: PrintJob) -> None:
        self._note("", self._printer.check())
        self._tell("")
        sending = self._move(job, JobState.SENDING)
        if sending is None:
            return
        state, trouble = JobState.UNCERTAIN, ""
        try:
            if self._printer.print(sending.slip, lambda: self._confirming(sending)) is Delivery.PRINTED:
                state = JobState.PRINTED
        except (PrinterAbsent, PrinterNotReady):
            self._move(sending, JobState.QUEUED)
            raise
        except PrinterCut:
            trouble = Trouble.CUT
        except (BadInput, PrinterError):
            state, trouble = JobState.FAILED, Trouble.UNPRINTABLE
        if state is not JobState.PRINTED:
            # the next step asks why
            self._looked_at = None
        with self._store.read() as u:
            current = u.get(PrintJob, job.id)
        if current is not None and current.state in UNDER_WAY:
            self._move(current, state, trouble)

    def _confirming(self, job: PrintJob) -> None:
        self._move(job, JobState.CONFIRMING)

    def _hold(self, trouble: str) -> None:
        """Tell what is wrong, and try again later."""
        self._misses, self._missed_at = self._misses + 1, self._clock()
        self._note(trouble)
        self._tell(trouble)

    def _note(self, trouble: str, paper: Paper | None = None) -> None:
        """Keep how the printer is, where that has changed; one that cannot print says nothing new of how much paper it has."""
        self._looked_at = now = self._clock()
        self._look_every_s = MENDING_S if trouble else LOOK_S
        with self._store.read() as u:
            was = printer_state(u)
        near_end = paper is Paper.NEAR_END if paper else was is not None and was.near_end
        if was is None or (was.trouble, was.near_end) != (trouble, near_end):
            with self._store.write() as u:
                keep_printer_state(u, PrinterState(trouble=trouble, near_end=near_end, since=now))

    def _tell(self, trouble: str) -> None:
        """Tell every visitor who waits how the printer is."""
        with self._store.read() as u:
            waiting = [job for job in u.list(PrintJob, state=JobState.QUEUED) if job.trouble != trouble]
        for job in waiting:
            self._move(job, JobState.QUEUED, trouble)

    def _move(self, job: PrintJob, state: JobState, trouble: str = "") -> PrintJob | None:
        """Write a job's next state, unless it has left the one that `job` is in (withdrawn, cancelled)."""
        with self._store.write() as u:
            current = u.get(PrintJob, job.id)
            if current is None or current.state is not job.state:
                return None
            attempts = current.attempts + (state is JobState.SENDING)
            moved = replace(current, state=state, trouble=trouble, attempts=attempts, changed_at=self._clock())
            moved = settled(moved) if state in ENDED else moved
            u.put(moved)
        return moved


def _apart_s(one: datetime, other: datetime) -> float:
    """Give the time between two instants: a clock that was set back must not make a wait longer."""
    return abs((one - other).total_seconds())
