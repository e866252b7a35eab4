"""The simulated printer that ships with the product, on a line: TCP, or a pseudo-terminal that stands for a serial port or a device file.

It serves one caller at a time, as printers do. `python -m kiosk.devices.printer_simulator --port 9100 --out DIR`, or `--pty` instead of a
port; `out_of_paper = true` in DIR/faults.toml empties it (printer_faults lists what else can go wrong).
"""

import argparse
import os
import pty
import select
import socket
import struct
import sys
import threading
import time
import tty
from dataclasses import fields
from pathlib import Path

from kiosk.devices.printer_faults import Faults
from kiosk.devices.printer_machine import BOOT_S, COOL_S, SimulatedPrinter
from kiosk.devices.printer_profile import PAPER_58, PAPER_80

__all__ = ["BOOT_S", "COOL_S", "Faults", "PrinterServer", "PrinterTerminal", "SimulatedPrinter"]

POLL_S = 0.05


class PrinterServer:
    """A simulated printer on a TCP port, served by a thread of its own; `port` 0 takes a free one."""

    def __init__(self, printer: SimulatedPrinter, port: int = 0, host: str = "127.0.0.1") -> None:
        self.printer = printer
        self._socket = socket.create_server((host, port), backlog=4)
        self._socket.settimeout(POLL_S)
        self.port: int = self._socket.getsockname()[1]
        self.name = f"{host}:{self.port}"
        self._open = True
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._open = False
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while self._open:
            try:
                caller, _ = self._socket.accept()
            except TimeoutError:
                continue
            with caller:
                try:
                    self._serve(caller)
                except ConnectionError:
                    # closing with a linger of nothing is what a power cut looks like from the other side
                    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _serve(self, caller: socket.socket) -> None:
        caller.settimeout(POLL_S)
        while self._open:
            self.printer.read_control()
            if self.printer.faults.refuse:
                raise ConnectionResetError
            # also without a byte: paper may be back for what is in the buffer
            data: bytes | None = None
            if self.printer.full:
                time.sleep(POLL_S)
            else:
                try:
                    data = caller.recv(4096)
                except TimeoutError:
                    data = None
                if data == b"":
                    return
            answers = self.printer.receive(data or b"")
            if answers:
                caller.sendall(answers)


class PrinterTerminal:
    """A simulated printer on a pseudo-terminal, served by a thread of its own; `name` is the device to open."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        self.printer = printer
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        self.name = os.ttyname(self._theirs)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._stop.set()
        self._thread.join()
        os.close(self._ours)
        os.close(self._theirs)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.printer.read_control()
            if self.printer.full:
                self._stop.wait(POLL_S)
                data = b""
            else:
                data = os.read(self._ours, 4096) if select.select([self._ours], [], [], POLL_S)[0] else b""
            if self.printer.faults.refuse:
                continue
            try:
                answers = self.printer.receive(data)
            except ConnectionResetError:
                continue  # a serial line does not break when the printer's power does
            if answers:
                os.write(self._ours, answers)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.devices.printer_simulator")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--pty", action="store_true", help="on a pseudo-terminal instead of a port")
    parser.add_argument("--out", type=Path, required=True, help="where slips go; faults are read from faults.toml there")
    parser.add_argument("--paper", type=int, choices=(58, 80), default=80, help="width in mm")
    options = parser.parse_args()
    printer = SimulatedPrinter(options.out, (PAPER_80 if options.paper == 80 else PAPER_58).dots)
    line = PrinterTerminal(printer) if options.pty else PrinterServer(printer, options.port, options.host)
    print(f"printer at {line.name}, slips in {options.out}; faults: {', '.join(f.name for f in fields(Faults))}", file=sys.stderr)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        line.close()


if __name__ == "__main__":
    main()
