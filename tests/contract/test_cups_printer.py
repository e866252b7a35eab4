"""A raw queue on a real, private CUPS: bytes arrive whole, nothing is claimed, and what it could not hand on does not come out later."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.devices.cups_printer import CupsPrinter, queues
from kiosk.devices.escpos_printer import encode
from kiosk.devices.printer import open_printer
from kiosk.devices.printer_profile import PAPER_80
from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.domain.ports import Delivery, Paper
from kiosk.domain.slip import Code, Line, Slip, SlipKind
from kiosk.errors import BadInput, ConfigError, PrinterAbsent, PrinterCut, PrinterNotReady
from tests.contract.cups_server import QUEUE, CupsServer, cups
from tests.unit.slip_samples import SLIPS

SLIP = SLIPS["registration"]
BYTES = encode(SLIP, PAPER_80)
HANDED_ON_S = 2.0


@pytest.fixture(scope="module")
def machine() -> SimulatedPrinter:
    return SimulatedPrinter()


@pytest.fixture(scope="module")
def server(machine: SimulatedPrinter) -> Iterator[tuple[CupsServer, int]]:
    with closing(PrinterServer(machine)) as end, pytest.MonkeyPatch.context() as monkeypatch, cups(monkeypatch, end.port) as server:
        yield server, end.port


@pytest.fixture
def queue(server: tuple[CupsServer, int], machine: SimulatedPrinter) -> CupsServer:
    """Give the server with its queue well and nothing printed."""
    running, port = server
    running.lead_to(port)
    running.admin("/usr/sbin/cupsenable", "-c", QUEUE)
    running.admin("/usr/sbin/cupsaccept", QUEUE)
    machine.raw.clear()
    return running


def printed(machine: SimulatedPrinter, count: int) -> list[bytes]:
    until = time.monotonic() + 5
    while len(machine.raw) < count and time.monotonic() < until:
        time.sleep(0.02)
    return machine.raw


def program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a script before one of CUPS's programs, which it calls as {real} or goes on to."""
    real = shutil.which(name)
    ours = folder / name
    ours.write_text(f'#!/bin/sh\n{script.format(real=real)}\nexec "{real}" "$@"\n')
    ours.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_cups_when_all_is_well_prints_whole_and_confirms_nothing(queue: CupsServer, machine: SimulatedPrinter) -> None:
    printer, sent = open_printer(f"cups://{QUEUE}"), list[int]()
    assert printer.check() is Paper.OK
    assert printer.print(SLIP, lambda: sent.append(1)) is Delivery.UNCERTAIN
    assert printer.print(SLIPS["listing"]) is Delivery.UNCERTAIN
    assert printed(machine, 2) == [BYTES, encode(SLIPS["listing"], PAPER_80)]
    assert sent == [1]


def test_cups_when_asked_for_its_queues_gives_them_and_where_they_lead(queue: CupsServer) -> None:
    assert list(queues()) == [(QUEUE, "ours:/printer")]


def test_cups_when_it_is_only_checked_sends_nothing(queue: CupsServer, machine: SimulatedPrinter) -> None:
    for _ in range(3):
        CupsPrinter(QUEUE, PAPER_80).check()
    time.sleep(0.3)
    assert machine.raw == []


def test_cups_when_the_queue_is_not_there_is_absent(queue: CupsServer) -> None:
    printer = CupsPrinter("another", PAPER_80)
    for act in (printer.check, lambda: printer.print(SLIP)):
        with pytest.raises(PrinterAbsent):
            act()


@pytest.mark.parametrize("command", ["cupsdisable", "cupsreject"])
def test_cups_when_the_queue_was_stopped_says_fault_and_takes_nothing(queue: CupsServer, machine: SimulatedPrinter, command: str) -> None:
    queue.admin(f"/usr/sbin/{command}", QUEUE)
    printer = CupsPrinter(QUEUE, PAPER_80, HANDED_ON_S)
    for act in (printer.check, lambda: printer.print(SLIP)):
        with pytest.raises(PrinterNotReady) as refused:
            act()
        assert refused.value.reason == "fault"
    assert machine.raw == []


def test_cups_when_the_printer_is_off_takes_the_slip_back_and_it_never_comes_out_later(
    queue: CupsServer, server: tuple[CupsServer, int], machine: SimulatedPrinter
) -> None:
    queue.lead_to(1)
    printer = CupsPrinter(QUEUE, PAPER_80, HANDED_ON_S)
    assert printer.print(SLIP) is Delivery.UNCERTAIN
    with pytest.raises(PrinterNotReady):
        printer.check()
    queue.lead_to(server[1])
    queue.admin("/usr/sbin/cupsenable", QUEUE)
    assert printer.print(SLIPS["listing"]) is Delivery.UNCERTAIN
    assert printed(machine, 1) == [encode(SLIPS["listing"], PAPER_80)]
    time.sleep(0.5)
    assert len(machine.raw) == 1


def test_cups_when_an_earlier_program_left_a_slip_in_the_queue_does_not_print_it(queue: CupsServer, machine: SimulatedPrinter) -> None:
    queue.admin("/usr/sbin/cupsdisable", QUEUE)
    queue.admin("sh", "-c", f"echo old | lp -d {QUEUE} -o raw -o job-hold-until=indefinite")
    queue.admin("/usr/sbin/cupsenable", QUEUE)
    assert CupsPrinter(QUEUE, PAPER_80).print(SLIP) is Delivery.UNCERTAIN
    assert printed(machine, 1) == [BYTES]


def test_cups_when_it_falls_silent_after_it_took_the_slip_is_uncertain_and_never_called_unsent(
    queue: CupsServer, machine: SimulatedPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.devices.cups_printer.ANSWER_S", 1.0)
    program(tmp_path, "lpstat", f"[ ! -e {tmp_path}/taken ] || exec sleep 20", monkeypatch)
    printer = CupsPrinter(QUEUE, PAPER_80, HANDED_ON_S)
    assert printer.print(SLIP, (tmp_path / "taken").touch) is Delivery.UNCERTAIN
    with pytest.raises(PrinterAbsent):
        printer.check()
    assert printed(machine, 1) == [BYTES]


def test_cups_when_it_breaks_off_while_it_takes_the_slip_is_cut(
    queue: CupsServer, machine: SimulatedPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, "lp", '"{real}" "$@"; exit 1', monkeypatch)
    with pytest.raises(PrinterCut):
        CupsPrinter(QUEUE, PAPER_80, HANDED_ON_S).print(SLIP)
    assert printed(machine, 1) == [BYTES]


def test_cups_when_the_slip_cannot_be_made_sends_nothing(queue: CupsServer, machine: SimulatedPrinter) -> None:
    slip = Slip(kind=SlipKind.TEST, serial="-", blocks=(Line(text="头"), Code(text="a" * 3000)))
    with pytest.raises(BadInput):
        CupsPrinter(QUEUE, PAPER_80).print(slip)
    assert machine.raw == []


def test_cups_when_nobody_serves_is_absent_and_has_no_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPS_SERVER", "127.0.0.1:1")
    with pytest.raises(PrinterAbsent):
        CupsPrinter(QUEUE, PAPER_80).check()
    assert list(queues()) == []
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PrinterAbsent):
        CupsPrinter(QUEUE, PAPER_80).check()
    assert list(queues()) == []


@pytest.mark.parametrize("uri", ["cups://", "cups:slips", "cups://host/slips", "cups://slips?baud=9600", "cups://slips?paper=70"])
def test_open_printer_when_the_queue_is_named_wrongly_says_so(uri: str) -> None:
    with pytest.raises(ConfigError):
        open_printer(uri)
