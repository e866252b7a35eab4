"""Reads ESC/POS as a printer does: byte by byte, keeping its place between connections. Knows no paper and no line; a `Mechanism` acts.

Only what our slips use, and what installers' test tools send, is known; the rest lands in `unknown`, so that a test notices.
"""

from collections.abc import Callable, Generator
from typing import Protocol

Bytes = Generator[bool, int, None]
"""Takes bytes, yields whether a command is complete."""


class Mechanism(Protocol):
    """What a printer's commands move."""

    def reset(self) -> None:
        """Forget styles and the unfinished line (ESC @)."""

    def text(self, characters: str) -> None:
        """Put characters on the line."""

    def end_line(self) -> None:
        """Print the line and feed it out."""

    def feed(self, dots: int) -> None:
        """Print the line and feed so many dots."""

    def style(self, *, scale: tuple[int, int] | None = None, bold: bool | None = None, align: int | None = None) -> None:
        """Change how what follows looks; align 0 left, 1 centre, 2 right."""

    def raster(self, across: int, high: int, dots: bytes) -> None:
        """Print a picture: `across` bytes by `high` rows, a set bit is black."""

    def code(self, text: bytes, module: int, level: int) -> None:
        """Print a QR code, `module` dots a module; level 48 L to 51 H."""

    def cut(self) -> None:
        """Cut the paper."""


class EscposParser:
    """One printer's reading of its input; `report` answers GS r 1."""

    def __init__(self, mechanism: Mechanism, report: Callable[[], None]) -> None:
        self._mechanism, self._report = mechanism, report
        self.unknown: list[bytes] = []
        self.restart()

    def restart(self) -> None:
        """Forget a command that was not finished, as a power cut does."""
        self._command = bytearray()
        self._qr_text, self._qr_module, self._qr_level = b"", 3, 48
        self._machine = self._read()
        next(self._machine)

    def feed(self, byte: int) -> bytes:
        """Take one byte; give the command that it completed, or b""."""
        self._command.append(byte)
        if not self._machine.send(byte):
            return b""
        command, self._command = bytes(self._command), bytearray()
        return command

    def _read(self) -> Bytes:
        while True:
            first = yield True
            match first:
                case 0x0A:
                    self._mechanism.end_line()
                case 0x00 | 0x0D:
                    pass
                case 0x10:
                    yield from self._real_time()
                case 0x1B:
                    yield from self._esc()
                case 0x1C:
                    yield from self._fs()
                case 0x1D:
                    yield from self._gs()
                case _ if 0x20 <= first <= 0x7E:
                    self._mechanism.text(chr(first))
                case _ if 0x81 <= first <= 0xFE:
                    yield from self._chinese(first)
                case _:
                    self.unknown.append(bytes([first]))

    def _chinese(self, first: int) -> Bytes:
        code = bytes([first, (yield False)])
        if 0x30 <= code[1] <= 0x39:
            code += bytes([(yield False), (yield False)])
        try:
            self._mechanism.text(code.decode("gb18030"))
        except UnicodeDecodeError:
            self.unknown.append(code)

    def _real_time(self) -> Bytes:
        # answered when it came in, before the buffer; here it is only stepped over
        second = yield False
        if second == 0x04:
            yield False
        else:
            self.unknown.append(bytes([0x10, second]))

    def _esc(self) -> Bytes:
        command = yield False
        if command == ord("@"):
            self._mechanism.reset()
            return
        n = yield False
        match chr(command):
            case "J":
                self._mechanism.feed(n)
            case "d":
                for _ in range(n):
                    self._mechanism.end_line()
            case "E":
                self._mechanism.style(bold=bool(n & 1))
            case "a" if n % 48 < 3:
                self._mechanism.style(align=n % 48)
            case _:
                self.unknown.append(bytes([0x1B, command, n]))

    def _fs(self) -> Bytes:
        command = yield False
        if command not in b"&.":
            self.unknown.append(bytes([0x1C, command]))

    def _gs(self) -> Bytes:
        command = yield False
        match chr(command):
            case "!":
                n = yield False
                self._mechanism.style(scale=((n >> 4 & 7) + 1, (n & 7) + 1))
            case "V":
                if (yield False) in b"ABab":
                    yield False
                self._mechanism.cut()
            case "r":
                yield False
                self._report()
            case "v":
                yield from self._raster()
            case "(":
                yield from self._two_dimensional()
            case _:
                self.unknown.append(bytes([0x1D, command]))

    def _raster(self) -> Bytes:
        yield False
        yield False
        across = (yield False) | (yield False) << 8
        high = (yield False) | (yield False) << 8
        dots = bytearray()
        while len(dots) < across * high:
            dots.append((yield False))
        self._mechanism.raster(across, high, bytes(dots))

    def _two_dimensional(self) -> Bytes:
        kind = yield False
        size = (yield False) | (yield False) << 8
        body = bytearray()
        while len(body) < size:
            body.append((yield False))
        if kind != ord("k") or body[:1] != b"1" or len(body) < 3:
            self.unknown.append(b"\x1d(" + bytes([kind]) + bytes(body))
            return
        match body[1], body[2]:
            case 65, model if model == 50:
                pass
            case 67, module:
                self._qr_module = module
            case 69, level:
                self._qr_level = level
            case 80, _:
                self._qr_text = bytes(body[3:])
            case 81, _:
                self._mechanism.code(self._qr_text, self._qr_module, self._qr_level)
            case _:
                self.unknown.append(b"\x1d(k" + bytes(body))
