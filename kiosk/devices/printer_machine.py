"""A thermal printer without a line: bytes in, answers out, slips on paper. Its time is whatever clock it is given.

It keeps its place between connections and goes on with what is in its buffer when the paper is back, as printers do. Status (DLE EOT 1 to
4, and 20 as Custom's printers answer it, see printer_status) is answered as its bytes come in; GS r, GS I and GS ( H when everything before
is worked through.
"""

import random
import time
import tomllib
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path

from kiosk.devices.escpos_parser import EscposParser
from kiosk.devices.paper import Piece, Roll, save
from kiosk.devices.printer_faults import Faults
from kiosk.devices.printer_profile import PAPER_80
from kiosk.domain.record import RecordError, from_plain

CONTROL = "faults.toml"
QUESTIONS = (b"\x10\x04", b"\x1dr", b"\x1d(H", b"\x1dI", b"\0")
"""Beginnings of commands that are no part of a slip; NUL is none at all."""
MAY_ASK, LONGEST_QUESTION = frozenset(question[0] for question in QUESTIONS), 3
BOOT_S = 0.3
"""How long it hears nothing after its power came back; real ones take seconds."""
COOL_S = 0.5
"""How long a hot head stops; real ones take a minute."""
BYTES_A_SECOND = 960
FULL = 512
"""Bytes on the slow line at which it takes no more."""


class SimulatedPrinter:
    """The printer. Slips are in `pieces`, their bytes in `raw`, and with `out` both in a folder, where faults.toml says what goes wrong."""

    def __init__(self, out: Path | None = None, dots: int = PAPER_80.dots, clock: Callable[[], float] = time.monotonic) -> None:
        self.faults = Faults()
        self.pieces: list[Piece] = []
        self.raw: list[bytes] = []
        self._out, self._control_changed, self._clock = out, 0, clock
        self._roll = Roll(dots)
        self._parser = EscposParser(self._roll, self._say, self._paper)
        self._wire: deque[int] = deque()
        self._wire_free = clock()
        self._buffer: deque[int] = deque()
        self._slip, self._asked, self._last, self._answers = bytearray(), False, b"", bytearray()
        self._deaf_until = self._hot_until = 0.0
        self._noise = random.Random(1)

    @property
    def unknown(self) -> list[bytes]:
        """Commands that no printer of this kind knows."""
        return self._parser.unknown

    @property
    def full(self) -> bool:
        """Say whether it takes no more from the line for now."""
        return self.faults.stalled or len(self._wire) >= FULL

    def receive(self, data: bytes) -> bytes:
        """Take bytes and give the answers; raise ConnectionResetError when the power goes or the line breaks."""
        self.read_control()
        now = self._clock()
        if now < self._deaf_until:
            return b""
        self._cool(now)
        self._work()
        if not self._wire:
            self._wire_free = now
        self._wire.extend(data)
        while self._wire and (not self.faults.slow or self._wire_free <= now):
            self._wire_free += 1 / BYTES_A_SECOND
            self._take(self._wire.popleft())
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

    def _take(self, byte: int) -> None:
        self._buffer.append(byte)
        self._last = (self._last + bytes([byte]))[-3:]
        if self._last.startswith(b"\x10\x04") and len(self._last) == 3 and not self.faults.stalled:
            self._say(self._status(byte))
        self._work()

    def _cool(self, now: float) -> None:
        if not self.faults.hot:
            self._hot_until = 0.0
        elif not self._hot_until:
            self._hot_until = now + COOL_S
        elif now >= self._hot_until:
            self.faults.hot, self._hot_until = False, 0.0

    def _work(self) -> None:
        faults = self.faults
        while self._buffer and not (faults.stopped or faults.stalled):
            self._roll.blind, self._parser.clone = faults.lying, faults.clone
            self._asked = self._asked and not self._parser.between
            if self._buffer[0] in MAY_ASK and self._parser.between:
                ahead = bytes(islice(self._buffer, LONGEST_QUESTION))
                if any(len(ahead) < len(question) and question.startswith(ahead) for question in QUESTIONS):
                    return
                self._asked = ahead.startswith(QUESTIONS)
            byte = self._buffer.popleft()
            self._parser.feed(byte)
            if not self._asked:
                self._worked(bytes([byte]))

    def _worked(self, data: bytes) -> None:
        """Count bytes of a slip, keep it when it was cut off, and let happen what is due by then."""
        self._slip += data
        size = len(self._slip)
        for piece in self._roll.take():
            self._keep(piece)
        if not (struck := self.faults.strike(size)) & {"reset_after", "reboot_after"}:
            return
        for forgotten in (self._wire, self._buffer, self._answers):
            forgotten.clear()
        if "reboot_after" in struck:
            self._parser.restart()
            self._deaf_until = self._clock() + BOOT_S
        raise ConnectionResetError

    def _paper(self) -> int:
        return 0x03 if self.faults.near_end and not self.faults.lying else 0x00

    def _status(self, n: int) -> bytes:
        faults = Faults() if self.faults.lying else self.faults
        match n:
            case 1:
                return bytes([0x12 | 0x08 * faults.stopped])
            case 2:
                error = faults.jammed or faults.hot or faults.broken
                return bytes([0x12 | 0x04 * faults.cover_open | 0x20 * faults.out_of_paper | 0x40 * error])
            case 3:
                return bytes([0x12 | 0x08 * faults.jammed | 0x20 * faults.broken | 0x40 * faults.hot])
            case 4:
                return bytes([0x12 | 0x0C * (faults.near_end or faults.out_of_paper) | 0x60 * faults.out_of_paper])
            case 20 if not faults.clone:
                paper = 0x01 * faults.out_of_paper | 0x04 * (faults.near_end or faults.out_of_paper) | 0x20 * faults.not_taken
                return bytes([0x10, 0x0F, paper, 0x03 * faults.cover_open, faults.hot | 0x40 * faults.jammed, 0x08 * faults.broken])
        return b""

    def _say(self, answer: bytes) -> None:
        if self.faults.garbage and answer:
            self._answers += self._noise.randbytes(self._noise.randrange(1, 4))
        elif not self.faults.silent:
            self._answers += answer

    def _keep(self, piece: Piece) -> None:
        raw, self._slip = bytes(self._slip), bytearray()
        if piece.blank:
            return
        self.pieces.append(piece)
        self.raw.append(raw)
        if self._out is not None:
            with suppress(OSError):  # paper does not end because a disk is full
                self._out.mkdir(parents=True, exist_ok=True)
                name = f"slip-{len(list(self._out.glob('slip-*.bin'))) + 1:04d}"
                (self._out / f"{name}.bin").write_bytes(raw)
                part = self._out / f"{name}.part"
                save(piece, str(part))
                part.replace(self._out / f"{name}.png")
