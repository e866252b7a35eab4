"""A thermal printer in software that ships with the product: speaks ESC/POS over TCP, draws every slip as PNG, and can go wrong on purpose.

It keeps its place between connections, goes on with what is in its buffer when the paper is back, and serves one caller at a time, as
printers do. `python -m kiosk.devices.printer_simulator --port 9100 --out DIR`; `out_of_paper = true` in DIR/faults.toml empties it.
"""

import argparse
import random
import socket
import struct
import sys
import threading
import time
import tomllib
from collections import deque
from dataclasses import dataclass, fields
from pathlib import Path

from kiosk.devices.escpos_parser import EscposParser
from kiosk.devices.paper import Piece, Roll, save
from kiosk.devices.printer_profile import PAPER_58, PAPER_80
from kiosk.domain.record import RecordError, from_plain

CONTROL = "faults.toml"
QUESTIONS = (b"\x10\x04", b"\x1dr")
POLL_S = 0.05
BOOT_S = 0.3
"""How long it hears nothing after its power came back; real ones take seconds."""


@dataclass(kw_only=True)
class Faults:
    """What is wrong. The `_after` ones strike once so many bytes of a slip have been worked through."""

    out_of_paper: bool = False
    near_end: bool = False
    cover_open: bool = False
    broken: bool = False
    refuse: bool = False
    silent: bool = False
    garbage: bool = False
    stalled: bool = False
    out_of_paper_after: int | None = None
    reset_after: int | None = None
    stall_after: int | None = None


class SimulatedPrinter:
    """The printer without a line: bytes in, answers out, slips in `pieces` and, with `out`, in a folder."""

    def __init__(self, out: Path | None = None, dots: int = PAPER_80.dots) -> None:
        self.faults = Faults()
        self.pieces: list[Piece] = []
        self.raw: list[bytes] = []
        self._out, self._control_changed = out, 0
        self._roll = Roll(dots)
        self._parser = EscposParser(self._roll, self._report)
        self._buffer: deque[int] = deque()
        self._slip, self._last, self._answers = bytearray(), bytes(3), bytearray()
        self._deaf_until = 0.0
        self._noise = random.Random(1)

    @property
    def unknown(self) -> list[bytes]:
        """Commands that no printer of this kind knows."""
        return self._parser.unknown

    def receive(self, data: bytes) -> bytes:
        """Take bytes and give the answers; raise ConnectionResetError when the power goes."""
        self.read_control()
        if time.monotonic() < self._deaf_until:
            return b""
        self._work()
        for byte in data:
            self._buffer.append(byte)
            self._last = (self._last + bytes([byte]))[-3:]
            if self._last[:2] == QUESTIONS[0] and not self.faults.stalled:
                self._answer(self._status(self._last[2]))
            self._work()
        answers, self._answers = bytes(self._answers), bytearray()
        return answers

    def read_control(self) -> None:
        """Take over DIR/faults.toml when it has changed; a file that cannot be read changes nothing."""
        try:
            path = None if self._out is None else self._out / CONTROL
            changed = 0 if path is None else path.stat().st_mtime_ns
            if path is not None and changed != self._control_changed:
                self.faults = from_plain(Faults, tomllib.loads(path.read_text("utf-8")))
                self._control_changed = changed
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecordError):
            return

    def _work(self) -> None:
        faults = self.faults
        while self._buffer and not (faults.out_of_paper or faults.cover_open or faults.broken or faults.stalled):
            done = self._parser.feed(self._buffer.popleft())
            if done and not done.startswith(QUESTIONS):
                self._slip += done
                self._strike()
            for piece in self._roll.take():
                self._keep(piece)

    def _strike(self) -> None:
        faults, size = self.faults, len(self._slip)
        if faults.out_of_paper_after is not None and size >= faults.out_of_paper_after:
            faults.out_of_paper, faults.out_of_paper_after = True, None
        if faults.stall_after is not None and size >= faults.stall_after:
            faults.stalled, faults.stall_after = True, None
        if faults.reset_after is not None and size >= faults.reset_after:
            faults.reset_after = None
            self._buffer.clear()
            self._answers.clear()
            self._parser.restart()
            self._roll.reset()
            self._deaf_until = time.monotonic() + BOOT_S
            raise ConnectionResetError

    def _report(self) -> None:
        self._answer(0x03 if self.faults.near_end else 0x00)

    def _status(self, n: int) -> int:
        faults = self.faults
        stopped = faults.out_of_paper or faults.cover_open or faults.broken
        match n:
            case 1:
                return 0x12 | 0x08 * stopped
            case 2:
                return 0x12 | 0x04 * faults.cover_open | 0x20 * faults.out_of_paper | 0x40 * faults.broken
            case 4:
                return 0x12 | 0x0C * (faults.near_end or faults.out_of_paper) | 0x60 * faults.out_of_paper
        return 0x12

    def _answer(self, byte: int) -> None:
        if self.faults.garbage:
            self._answers += self._noise.randbytes(self._noise.randrange(1, 4))
        elif not self.faults.silent:
            self._answers.append(byte)

    def _keep(self, piece: Piece) -> None:
        raw, self._slip = bytes(self._slip), bytearray()
        if piece.blank:
            return
        self.pieces.append(piece)
        self.raw.append(raw)
        if self._out is not None:
            self._out.mkdir(parents=True, exist_ok=True)
            name = f"slip-{len(list(self._out.glob('slip-*.bin'))) + 1:04d}"
            (self._out / f"{name}.bin").write_bytes(raw)
            part = self._out / f"{name}.part"
            save(piece, str(part))
            part.replace(self._out / f"{name}.png")


class PrinterServer:
    """A simulated printer on a TCP port, served by a thread of its own; `port` 0 takes a free one."""

    def __init__(self, printer: SimulatedPrinter, port: int = 0, host: str = "127.0.0.1") -> None:
        self.printer = printer
        self._socket = socket.create_server((host, port), backlog=4)
        self._socket.settimeout(POLL_S)
        self.port: int = self._socket.getsockname()[1]
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
            if self.printer.faults.stalled:
                time.sleep(POLL_S)
                continue
            try:
                data = caller.recv(4096)
            except TimeoutError:
                # also without a byte: paper may be back for what is in the buffer
                data = None
            if data == b"":
                return
            answers = self.printer.receive(data or b"")
            if answers:
                caller.sendall(answers)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.devices.printer_simulator")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--out", type=Path, required=True, help=f"where slips go; faults are read from {CONTROL} there")
    parser.add_argument("--paper", type=int, choices=(58, 80), default=80, help="width in mm")
    options = parser.parse_args()
    printer = SimulatedPrinter(options.out, (PAPER_80 if options.paper == 80 else PAPER_58).dots)
    server = PrinterServer(printer, options.port, options.host)
    print(
        f"printer at {options.host}:{server.port}, slips in {options.out}; faults: {', '.join(f.name for f in fields(Faults))}",
        file=sys.stderr,
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.close()


if __name__ == "__main__":
    main()
