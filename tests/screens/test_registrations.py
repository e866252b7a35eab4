"""登记的人 by touch, lying and upright: found by four digits, slip printed again, a rest from work, and taken back."""

from typing import Any

from kiosk.domain.print_job import PrintJob
from kiosk.domain.worker import Worker, WorkerState
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, key_in, looks
from tests.screens.test_staff import _sign_in, screen
from tests.screens.xtest import Kiosk

__all__ = ["screen"]

PHONE = "19900002001"


def _worker(station: RealStation, worker_id: str) -> Worker:
    with station.here.store.read() as u:
        return u.need(Worker, worker_id)


def _over(kiosk: Kiosk) -> None:
    """Close the dialog."""
    kiosk.tap(t("problem.ok"))
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")


def _pressable(seen: dict[str, Any], text: str) -> bool:
    return any(thing["text"] == text and thing["button"] and thing["button"]["enabled"] for thing in seen["things"])


def test_registrations_when_the_slip_is_lost_print_it_let_him_rest_and_take_it_back(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    with station.here.store.read() as u:
        (worker,) = u.list(Worker, phone=PHONE)
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap(t("section.registrations"))
    kiosk.wait_page("registrations")
    key_in(kiosk, "7777")
    kiosk.tap(t("registrations.find"))
    kiosk.wait_text(t("registrations.nobody"))
    kiosk.wait_text(t("registrations.head"))
    kiosk.tap(t("pad.clear"))
    key_in(kiosk, PHONE[-4:-1])
    assert not _pressable(kiosk.view(), t("registrations.find"))
    key_in(kiosk, PHONE[-1])
    kiosk.tap(t("registrations.find"))
    kiosk.wait_text(worker.phone.grouped())
    kiosk.tap(worker.phone.grouped())
    kiosk.wait_text(f"{worker.code[:4]} {worker.code[4:]}")
    kiosk.tap(t("registrations.print"))
    kiosk.wait_text(t("registered.check"))
    assert looks(kiosk) == []
    kiosk.tap(t("registered.checked"))
    kiosk.wait_text(t("print.listing"))
    kiosk.wait(lambda seen: bool(seen["dialog"]), "the slip on its way")
    _over(kiosk)
    with station.here.store.read() as u:
        assert any(job.slip.reprint and job.serial == worker.number for job in u.list(PrintJob, subject_id=worker.id))
    kiosk.tap(t("registrations.pause"))
    kiosk.wait_text(t("registrations.paused", name=worker.name))
    assert _worker(station, worker.id).state is WorkerState.PAUSED
    assert looks(kiosk) == []
    kiosk.tap(t("registrations.resume"))
    kiosk.wait_text(t("registrations.resumed", name=worker.name))
    assert _worker(station, worker.id).state is WorkerState.ACTIVE
    kiosk.reach(t("registrations.withdraw"))
    kiosk.tap(t("registrations.withdraw"))
    kiosk.wait_text(t("registrations.withdraw_ask", name=worker.name))
    assert looks(kiosk) == []
    kiosk.tap(t("registrations.keep"))
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")
    assert _worker(station, worker.id).name == worker.name
    kiosk.reach(t("registrations.withdraw"))
    kiosk.tap(t("registrations.withdraw"))
    kiosk.wait_text(t("registrations.withdraw_ask", name=worker.name))
    texts = [thing for thing in kiosk.view()["things"] if thing["text"] == t("registrations.withdraw") and thing["button"]]
    kiosk.touch(kiosk.middle(texts[-1]["button"]["rect"]))
    kiosk.wait_text(t("registrations.withdrawn"))
    assert _worker(station, worker.id).state is WorkerState.WITHDRAWN
    assert worker.name not in "".join(kiosk.texts())
    assert looks(kiosk) == []
    key_in(kiosk, PHONE)
    kiosk.tap(t("registrations.find"))
    kiosk.wait_text(t("registrations.nobody"))
