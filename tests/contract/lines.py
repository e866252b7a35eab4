"""Lines to the simulated printer for tests: TCP, a USB bus of ours, and a pseudo-terminal that stands for a serial port or device file."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from kiosk.devices import transport
from kiosk.devices.escpos_printer import CLEAN_CUT, CLEAN_PRESENT, DONE, NUMBER
from kiosk.devices.printer_simulator import PrinterServer, PrinterTerminal, SimulatedPrinter
from kiosk.devices.printer_status import QUESTION
from kiosk.devices.transport import Line, Transport
from tests.contract.usb_bus import PRODUCT, VENDOR, UsbBus


@contextmanager
def over_usb(printer: SimulatedPrinter) -> Iterator[Transport]:
    bus = UsbBus(printer)
    yield transport.usb(VENDOR, PRODUCT, backend=bus)
    assert (bus.driver, bus.claimed, bus.open) == (True, False, 0), "the interface was not given back"


@contextmanager
def over_tcp(printer: SimulatedPrinter) -> Iterator[Transport]:
    with closing(PrinterServer(printer)) as server:
        yield transport.tcp("127.0.0.1", server.port, connect_s=0.5)


@contextmanager
def over_serial(printer: SimulatedPrinter) -> Iterator[Transport]:
    with closing(PrinterTerminal(printer)) as terminal:
        yield transport.serial_port(terminal.name, 9600)


@contextmanager
def over_file(printer: SimulatedPrinter) -> Iterator[Transport]:
    with closing(PrinterTerminal(printer)) as terminal:
        yield transport.device_file(terminal.name)


NO_SLIP = (*QUESTION.values(), DONE, NUMBER, CLEAN_CUT, CLEAN_PRESENT)


def is_slip(data: bytes) -> bool:
    """Tell bytes of a slip from questions to the printer and from the NULs that clear what an earlier slip left."""
    return not data.startswith(NO_SLIP) and (len(data) == 1 or any(data))


class CutLine(Line):
    """A line that breaks for good after so many bytes of slip; questions to the printer do not count."""

    def __init__(self, line: Line, left: list[int]) -> None:
        self._line, self._left = line, left

    def write(self, data: bytes, within_s: float) -> int:
        if not is_slip(data):
            return self._line.write(data, within_s)
        if self._left[0] <= 0:
            raise ConnectionResetError("cut")
        count = self._line.write(data[: self._left[0]], within_s)
        self._left[0] -= count
        return count

    def read(self, within_s: float) -> bytes:
        return self._line.read(within_s)

    def close(self) -> None:
        self._line.close()


def cut_after(way: Transport, count: int) -> tuple[Transport, Callable[[], None]]:
    """Break the line after `count` bytes of slip; calling the second value mends it."""
    left = [count]

    def mend() -> None:
        left[0] = 10**9

    return Transport(way.name, lambda: CutLine(way.open(), left), way.may_be_mute), mend
