"""Lines to the simulated printer for tests: TCP, and a pseudo-terminal that stands for a serial port or a device file."""

import os
import pty
import select
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kiosk.devices import transport
from kiosk.devices.escpos_printer import CLEAN_CUT, DONE, NUMBER
from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.devices.printer_status import QUESTION
from kiosk.devices.transport import Line, Transport


@contextmanager
def over_tcp(printer: SimulatedPrinter) -> Iterator[Transport]:
    server = PrinterServer(printer)
    yield transport.tcp("127.0.0.1", server.port, connect_s=0.5)
    server.close()


@contextmanager
def over_serial(printer: SimulatedPrinter) -> Iterator[Transport]:
    with _terminal(printer) as path:
        yield transport.serial_port(path, 9600)


@contextmanager
def over_file(printer: SimulatedPrinter) -> Iterator[Transport]:
    with _terminal(printer) as path:
        yield transport.device_file(path)


@contextmanager
def _terminal(printer: SimulatedPrinter) -> Iterator[str]:
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    stop = threading.Event()

    def pump() -> None:
        while not stop.is_set():
            readable = select.select([ours], [], [], 0.02)[0]
            if printer.faults.stalled:
                stop.wait(0.02)
                continue
            try:
                answers = printer.receive(os.read(ours, 4096) if readable else b"")
            except ConnectionResetError:
                continue  # a serial line does not break when the printer's power does
            os.write(ours, answers)

    thread = threading.Thread(target=pump)
    thread.start()
    yield os.ttyname(theirs)
    stop.set()
    thread.join()
    os.close(ours)
    os.close(theirs)


NO_SLIP = (*QUESTION.values(), DONE, NUMBER, CLEAN_CUT)


class CutLine(Line):
    """A line that breaks for good after so many bytes of slip; questions to the printer do not count."""

    def __init__(self, line: Line, left: list[int]) -> None:
        self._line, self._left = line, left

    def write(self, data: bytes, within_s: float) -> int:
        if data.startswith(NO_SLIP) or (len(data) > 1 and not any(data)):
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
