"""A USB printer by its numbers: which interface, whose it is, and what is known of bytes when it is pulled out. On a bus of our own."""

import errno
import time
from contextlib import closing

import pytest

from kiosk.devices import transport
from kiosk.devices.escpos_printer import EscposPrinter, Patience, encode
from kiosk.devices.printer import open_printer
from kiosk.devices.printer_profile import PAPER_80
from kiosk.devices.printer_simulator import SimulatedPrinter
from kiosk.devices.transport import LineClosed
from kiosk.domain.ports import Delivery
from kiosk.errors import ConfigError, PrinterAbsent, PrinterCut
from tests.contract.usb_bus import PRODUCT, SERIAL, VENDOR, UsbBus
from tests.unit.slip_samples import SLIPS

SLIP = SLIPS["registration"]
BYTES = encode(SLIP, PAPER_80)
SOON = Patience(answer_s=0.2, quiet_s=0.05, write_s=0.3, confirm_s=0.3)


@pytest.fixture
def machine() -> SimulatedPrinter:
    return SimulatedPrinter()


@pytest.fixture
def bus(machine: SimulatedPrinter) -> UsbBus:
    return UsbBus(machine)


def a_printer(bus: UsbBus, serial: str = "") -> EscposPrinter:
    return EscposPrinter(transport.usb(VENDOR, PRODUCT, serial, bus), PAPER_80, SOON)


@pytest.mark.parametrize("driver", [True, False])
@pytest.mark.parametrize("configured", [True, False])
def test_usb_when_the_kernel_has_the_printer_it_gets_it_back(
    bus: UsbBus, machine: SimulatedPrinter, driver: bool, configured: bool
) -> None:
    bus.driver, bus.configured = driver, configured
    assert a_printer(bus, SERIAL).print(SLIP) is Delivery.PRINTED
    assert machine.raw == [BYTES]
    assert bus.log == ["detached", "attached"] * driver
    assert (bus.driver, bus.claimed, bus.open) == (driver, False, 0)


@pytest.mark.parametrize(("protocols", "chosen"), [((1, 2), 1), ((2, 1), 0), ((4, 1, 2, 3), 2)])
def test_usb_when_there_are_several_settings_takes_the_one_that_answers(
    machine: SimulatedPrinter, protocols: tuple[int, ...], chosen: int
) -> None:
    bus = UsbBus(machine, *protocols)
    assert a_printer(bus).print(SLIP) is Delivery.PRINTED
    assert bus.alternate == chosen


def test_usb_when_there_is_no_way_back_prints_and_confirms_nothing(machine: SimulatedPrinter) -> None:
    bus = UsbBus(machine, 1)
    assert a_printer(bus).print(SLIP) is Delivery.UNCERTAIN
    assert [raw.lstrip(b"\0") for raw in machine.raw] == [BYTES]
    with closing(transport.usb(VENDOR, PRODUCT, backend=bus).open()) as line, pytest.raises(LineClosed):
        line.read(0)


def test_usb_when_another_program_holds_it_or_it_is_not_there_is_absent_and_left_as_it_was(bus: UsbBus) -> None:
    bus.claimed, bus.driver = True, False
    with pytest.raises(PrinterAbsent, match="busy"):
        a_printer(bus).check()
    assert (bus.driver, bus.claimed, bus.open) == (False, True, 0)
    bus.claimed = False
    with pytest.raises(PrinterAbsent, match="plugged"):
        a_printer(bus, "another").check()
    bus.plugged = False
    with pytest.raises(PrinterAbsent, match="plugged"):
        a_printer(bus).check()


@pytest.mark.parametrize("serial", ["", SERIAL])
def test_usb_when_it_may_not_be_used_says_so(bus: UsbBus, serial: str) -> None:
    bus.denied = True
    with pytest.raises(PrinterAbsent) as refused:
        a_printer(bus, serial).check()
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.EACCES


def test_usb_when_it_is_no_printer_is_absent(machine: SimulatedPrinter) -> None:
    with pytest.raises(PrinterAbsent, match="no printer"):
        a_printer(UsbBus(machine, 2, kind=3)).check()


@pytest.mark.parametrize("offset", [1, 63, 64, 65, 300, len(BYTES) - 1])
def test_usb_when_a_transfer_breaks_off_the_slip_is_cut_and_never_called_unsent(
    bus: UsbBus, machine: SimulatedPrinter, offset: int
) -> None:
    printer = a_printer(bus)
    printer.check()
    machine.faults.reset_after = offset
    with pytest.raises(PrinterCut):
        printer.print(SLIP)
    assert printer.print(SLIP) is Delivery.PRINTED
    assert machine.raw[-1] == BYTES


def test_usb_when_it_is_pulled_out_is_cut_at_once_and_absent_until_it_is_back(bus: UsbBus, machine: SimulatedPrinter) -> None:
    printer, started = a_printer(bus), time.monotonic()
    printer.check()
    bus.plugged = False
    with pytest.raises(PrinterCut):
        printer.print(SLIP)
    with pytest.raises(PrinterAbsent):
        printer.check()
    assert time.monotonic() - started < 1
    # who plugs it in again finds it as new
    bus.plugged, bus.claimed, bus.driver = True, False, True
    assert printer.print(SLIP) is Delivery.PRINTED
    assert machine.raw == [BYTES]


def test_usb_when_it_is_pulled_out_after_the_last_byte_is_uncertain(bus: UsbBus) -> None:
    def pull() -> None:
        bus.plugged = False

    assert a_printer(bus).print(SLIP, pull) is Delivery.UNCERTAIN


def test_usb_when_it_takes_nothing_more_says_how_many_bytes_had_left(bus: UsbBus, machine: SimulatedPrinter) -> None:
    printer = a_printer(bus)
    printer.check()
    machine.faults.stall_after = 100
    with pytest.raises(PrinterCut) as cut:
        printer.print(SLIP)
    assert cut.value.sent == 128, "whole packets"


@pytest.mark.parametrize("uri", ["usb://0416:5011", "usb://0416:5011/A%20B%2F1?paper=58", "usb://0416:5011/"])
def test_open_printer_when_the_setting_names_a_usb_printer_takes_it(uri: str) -> None:
    with pytest.raises(PrinterAbsent, match="0416:5011"):
        open_printer(uri).check()


@pytest.mark.parametrize("uri", ["usb://", "usb://416:5011", "usb://0416", "usb://0416:5011/a/b", "usb:0416:5011", "usb://0416:xyzw"])
def test_open_printer_when_the_usb_numbers_are_wrong_says_so(uri: str) -> None:
    with pytest.raises(ConfigError):
        open_printer(uri)
