"""What seldom happens to a visitor, and must be as plain as the rest: somebody was faster, a code is strange, nobody heard the call."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kiosk.domain.worker import PhoneOf
from tests.gallery import scenes as of

if TYPE_CHECKING:
    from tests.gallery.stage import Stage

Act = Callable[["Stage"], None]
GONE = {"listing_id": "00000000-0000-7000-8000-00000000dead"}
"""A listing that was taken down while somebody looked at it."""
ACROSS = "https://example.com/k/another-office"


def has_applied(stage: "Stage") -> None:
    """Let the visitor have put himself down for the job of the state already."""
    from kiosk.services.apply import apply

    of.is_registered(stage)
    apply(stage.here, stage.visit.worker_id, of.a_job("装卸")(stage)["listing_id"], contact_consent=True)


def has_a_seat(stage: "Stage") -> None:
    """Let the visitor be down for the course of the state already."""
    of.signed_up(stage)


def many_wait(stage: "Stage") -> None:
    """Let the course of the state be full, and others wait for a seat."""
    from kiosk.domain.station import Training

    of.is_registered(stage)
    course = of.a_course(stage)["record"]
    with stage.here.store.write() as u:
        u.put(replace(u.need(Training, course.id), seats=0))


def said_broken(stage: "Stage") -> None:
    """Let somebody have said that there is no hot water."""
    from kiosk.domain.running import Facility
    from kiosk.services.facilities import report_broken

    report_broken(stage.here, Facility.WATER)


def under_the_stations_number(stage: "Stage") -> dict[str, Any]:
    """Let somebody without a phone have registered; give his code."""
    from kiosk.domain.worker import Worker

    worker = of.registered()(stage)["registered"].worker
    with stage.here.store.write() as u:
        u.put(replace(u.need(Worker, worker.id), phone_of=PhoneOf.STATION, phone=stage.here.station(u).phone))
    return {"code": worker.code}


def scanned(text: str) -> Act:
    """Let this code have been held before the scanner."""
    return lambda stage: stage.terminal._scanned(text)


def call(heard: bool) -> Act:
    """Let the visitor have called, and somebody have come; or nobody."""

    def act(stage: "Stage") -> None:
        from kiosk.services.call import answer_calls

        stage.terminal.call()
        stage.pump()
        if heard:
            answer_calls(stage.here, stage.session())
        else:
            stage.later(minutes=11)
        stage.terminal._calling._look(2.0)
        stage.pump()
        if not heard:
            stage.later(minutes=-11)

    return act


def call_when_shut(stage: "Stage") -> None:
    """Let the visitor have called while nobody is there."""
    office = stage.terminal.office
    called = replace(office.call_staff("首页"), shut=True)
    stage.terminal._calling._open()
    stage.terminal._calling._wanted = True
    stage.terminal._calling._take(called)
