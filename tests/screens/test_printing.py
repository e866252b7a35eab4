"""A slip that does not come out, as its visitor meets it: a terminal, a spool and a simulated printer with each of its faults."""

import time
from dataclasses import replace

import pytest
import zxingcpp

from kiosk.domain.print_job import JobState, PrintJob
from kiosk.services.tickets import listing_url
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, looks
from tests.screens.test_register import Press, press
from tests.screens.xtest import Kiosk

__all__ = ["press"]
FAULTS = {"out_of_paper": "paper", "cover_open": "cover", "jammed": "jam", "broken": "fault", "refuse": "absent"}
PATIENCE_S = 20
"""A printer that was not ready is asked again after up to eight seconds."""


def _job(station: RealStation) -> PrintJob:
    with station.here.store.read() as u:
        return u.latest(PrintJob, "id", 1)[0]


def _print(start_real: StartReal, station: RealStation, screen: Screen) -> tuple[Kiosk, str]:
    listing_id = station.jobs().rows[0].listing.id
    kiosk = start_real(screen, "detail", f"listing_id={listing_id}")
    kiosk.tap("打印小票")
    kiosk.wait(lambda seen: bool(seen["dialog"]), "the slip on its way")
    return kiosk, listing_id


def _gone(kiosk: Kiosk) -> None:
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")


def test_slip_when_the_printer_is_in_trouble_is_shown_to_be_photographed_until_it_prints(
    start_real: StartReal, station: RealStation, press: Press, lying: Screen
) -> None:
    faults = press.machine.faults
    faults.out_of_paper = True
    kiosk, listing_id = _print(start_real, station, lying)
    serial, before = _job(station).serial, "out_of_paper"
    for fault, trouble in FAULTS.items():
        setattr(faults, before, False)
        setattr(faults, fault, True)
        kiosk.wait_text(t(f"print.{trouble}", serial=serial), PATIENCE_S)
        before = fault
    time.sleep(0.4)
    assert looks(kiosk) == []
    assert [code.text for code in zxingcpp.read_barcodes(lying.picture())] == [listing_url(station.here, listing_id)]
    setattr(faults, before, False)
    kiosk.wait_text(t("print.printed"), PATIENCE_S)
    kiosk.tap("知道了")
    _gone(kiosk)
    assert (len(press.machine.pieces), _job(station).slip.reprint) == (1, False)


def test_slip_when_the_printer_is_in_trouble_lets_one_call_staff_from_where_it_says_so(
    start_real: StartReal, station: RealStation, press: Press, lying: Screen
) -> None:
    press.machine.faults.cover_open = True
    kiosk, _ = _print(start_real, station, lying)
    kiosk.tap(t("print.call"))
    kiosk.wait_text(t("call.title"))
    assert looks(kiosk) == []
    kiosk.tap(t("call.ok"))
    _gone(kiosk)


def test_slip_when_another_hangs_in_the_mouth_shows_where_until_it_is_taken(
    start_real: StartReal, station: RealStation, upright: Screen
) -> None:
    kiosk, _ = _print(start_real, station, upright)
    for state, trouble, words in (
        (JobState.QUEUED, "take", "print.take_title"),
        (JobState.SENDING, "", "print.sending"),
        (JobState.QUEUED, "take", "print.take"),
        (JobState.PRINTED, "", "print.printed"),
    ):
        with station.here.store.write() as u:
            u.put(replace(_job(station), state=state, trouble=trouble))
        kiosk.wait_text(t(words))
        time.sleep(0.4)
        assert looks(kiosk) == []
    assert t("print.take_title") not in kiosk.texts()


def test_slip_when_nobody_knows_and_the_visitor_calls_is_left_to_staff(
    start_real: StartReal, station: RealStation, press: Press, lying: Screen
) -> None:
    press.machine.faults.reset_after = 200
    kiosk, _ = _print(start_real, station, lying)
    kiosk.wait_text(t("print.ask_text"))
    assert looks(kiosk) == []
    kiosk.tap(t("print.call"))
    kiosk.wait_text(t("call.title"))
    assert _job(station).state is JobState.UNCERTAIN


def test_slip_when_nobody_knows_and_nobody_answers_lets_the_next_person_begin(
    start_real: StartReal, station: RealStation, press: Press, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_IDLE_S", "6")
    monkeypatch.setenv("PLAY_WARNING_S", "2")
    press.machine.faults.reset_after = 200
    kiosk, _ = _print(start_real, station, lying)
    kiosk.wait_text(t("print.ask_text"))
    kiosk.wait_page("home")
    _gone(kiosk)
    assert _job(station).state is JobState.UNCERTAIN
