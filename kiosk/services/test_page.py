"""The test page for who installs a printer: made without a store, sent by the spool while the agent runs, and how it ended in one sentence.

The spool is the one sender of a station's slips: only where none runs is the page sent straight, and then nothing is journalled.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.domain.ports import Delivery, Printer
from kiosk.domain.print_job import ENDED, JobState, PrintJob, Trouble
from kiosk.domain.privacy import Phone
from kiosk.domain.slip import Slip
from kiosk.domain.station import Station, StationLevel
from kiosk.errors import PrinterAbsent, PrinterCut, PrinterError, PrinterNotReady
from kiosk.services import slips
from kiosk.services.doctor_printer import absent, not_ready
from kiosk.services.printing import job, queue_test
from kiosk.services.station import Here
from kiosk.text import t

LOOK_S = 0.2
TROUBLE_S, LONGEST_S = 6.0, 60.0
"""So long a queued page waits for a printer that is not ready, and for anything: a slip of a visitor may be before it."""
OVER = (*ENDED, JobState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended: whether well, and one sentence."""

    good: bool
    text: str


def page(here: Here | None, phone_base: str, now: datetime) -> Slip:
    """Make the page; `here` is None where there is no enrolled station, which then has no name yet."""
    if here is None:
        nowhere = Station(
            id="",
            revision=0,
            name=t("slip.test.nowhere"),
            short="",
            level=StationLevel.DOORSTEP,
            area="",
            parent_id=None,
            address="",
            phone=Phone(""),
        )
        return slips.test_slip(nowhere, "0000", phone_base, now)
    with here.store.read() as u:
        station = here.station(u)
    return slips.test_slip(station, f"{station.short}-0000", here.phone_base, now)


def drawn(name: str) -> Outcome:
    """Say that it was drawn."""
    return Outcome(True, t("test_page.drawn", name=name))


def not_drawn(name: str) -> Outcome:
    """Say that it could not be drawn there."""
    return Outcome(False, t("test_page.not_drawn", name=name))


def wrongly_set() -> Outcome:
    """Say that settings name no printer."""
    return _not_printed(t("doctor.printer.setting"))


def print_straight(printer: Printer, uri: str, slip: Slip) -> Outcome:
    """Print the page on the printer at `uri`, which nobody else uses."""
    try:
        delivery = printer.print(slip)
    except PrinterNotReady as error:
        return _not_printed(not_ready(uri, error))
    except PrinterAbsent as error:
        return _not_printed(absent(uri, error))
    except PrinterCut:
        return _wrong(Trouble.CUT)
    except PrinterError:
        return _wrong(Trouble.UNPRINTABLE)
    return Outcome(True, t("test_page.printed" if delivery is Delivery.PRINTED else "test_page.look"))


def print_by_spool(here: Here, sleep: Callable[[float], None] = time.sleep) -> Outcome:
    """Queue the page and wait for its end; what does not come out in time is taken back."""
    now = here.now()
    with here.store.write() as u:
        one = queue_test(here, u, now)
    waited = held = 0.0
    while one.state not in OVER and held < TROUBLE_S and waited < LONGEST_S:
        sleep(LOOK_S)
        waited += LOOK_S
        one = job(here, one.id)
        held = held + LOOK_S if one.trouble else 0.0
    if one.state not in OVER:
        one = _take_back(here, one.id)
    match one.state:
        case JobState.PRINTED:
            return Outcome(True, t("test_page.printed"))
        case JobState.UNCERTAIN | JobState.SENDING | JobState.CONFIRMING if not one.trouble:
            return Outcome(True, t("test_page.look"))
    return _wrong(one.trouble) if one.trouble else Outcome(False, t("test_page.waits"))


def _take_back(here: Here, job_id: str) -> PrintJob:
    """Cancel the page where nothing has left yet."""
    with here.store.write() as u:
        one = u.need(PrintJob, job_id)
        if one.state is JobState.QUEUED:
            u.put(one := replace(one, state=JobState.CANCELLED, changed_at=here.now()))
    return one


def _wrong(trouble: str) -> Outcome:
    key = {Trouble.CUT: "test_page.cut", Trouble.UNPRINTABLE: "test_page.slip"}.get(Trouble(trouble), f"doctor.printer.{trouble}")
    return _not_printed(t(key))


def _not_printed(why: str) -> Outcome:
    return Outcome(False, t("test_page.not_printed", why=why))
