"""Reads ESC/POS as a printer does: byte by byte, keeping its place between connections. Moves a Roll and knows no line and no time.

The commands and the length of each are those of Epson's ESC/POS Command Reference for paper roll printers, in standard mode, with those of
its Kanji section in GB 18030. What has no meaning here is stepped over whole, so that nothing of it stands on the paper; what no printer
knows lands in `unknown`. A clone prints as text what it does not know (`clone`): GS ( H and the like.
"""

from collections.abc import Callable, Generator

from kiosk.devices.escpos_pictures import Pictures
from kiosk.devices.paper import PITCH, Roll

Bytes = Generator[bool, int, None]
"""Takes bytes, yields whether a command is complete."""

ESC_SKIPPED = {**dict.fromkeys("\x0cLS<", 0), **dict.fromkeys(" %=?KRTUVegrs", 1), **dict.fromkeys("Bf", 2), "p": 3, "W": 8}
FS_SKIPPED = {**dict.fromkeys("-WC", 1), **dict.fromkeys("Sp?", 2), "2": 74}
GS_SKIPPED = {**dict.fromkeys(":c", 0), **dict.fromkeys("T/abEj|", 1), **dict.fromkeys("P\\$", 2), "^": 3, "g": 4}
"""How many bytes follow a command that changes nothing here."""
CODE_PAGES = {0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858"}
IDENTITY = {1: b"\x20", 2: b"\x02", 3: b"\x01", 65: b"_1.00\0", 66: b"_SIM\0", 67: b"_SIM-80\0", 68: b"_0001\0", 69: b"_GB18030\0"}
NUMBER = b"00"
"""Function 48, m 48 of GS ( H."""


class EscposParser:
    """One printer's reading of its input; `answer` sends what a command asks for, `paper` gives the byte of GS r 1."""

    def __init__(self, roll: Roll, answer: Callable[[bytes], None], paper: Callable[[], int]) -> None:
        self._roll, self._answer, self._paper = roll, answer, paper
        self.unknown: list[bytes] = []
        self.clone = False
        self.restart()

    def restart(self) -> None:
        """Forget a command that was not finished, and all modes, as a power cut does."""
        self._command = bytearray()
        self._pictures = Pictures(self._roll)
        self._modes()
        self._machine = self._read()
        next(self._machine)

    def feed(self, byte: int) -> bytes:
        """Take one byte; give the command that it completed, or b""."""
        self._command.append(byte)
        if not self._machine.send(byte):
            return b""
        command, self._command = bytes(self._command), bytearray()
        return command

    @property
    def between(self) -> bool:
        """Say whether the next byte begins a command."""
        return not self._command

    def _modes(self) -> None:
        self._chinese, self._page = True, "cp437"
        self._roll.reset()

    def _read(self) -> Bytes:
        first = yield True
        while True:
            again: int | None = None
            match first:
                case 0x0A | 0x0C:
                    self._roll.end_line()
                case 0x09:
                    self._roll.tab()
                case 0x00 | 0x07 | 0x0B | 0x0D | 0x18:
                    pass
                case 0x10:
                    yield from self._real_time()
                case 0x1B:
                    yield from self._esc()
                case 0x1C:
                    yield from self._fs()
                case 0x1D:
                    again = yield from self._gs()
                case _ if first < 0x20:
                    self._not_known(bytes([first]))
                case _ if first <= 0x7E:
                    self._roll.text(chr(first))
                case _ if self._chinese and 0x81 <= first <= 0xFE:
                    yield from self._character(first)
                case _:
                    self._roll.text(self._one(first))
            first = again if again is not None else (yield True)

    def _character(self, first: int) -> Bytes:
        code = bytes([first, (yield False)])
        if 0x30 <= code[1] <= 0x39:
            code += bytes([(yield False), (yield False)])
        try:
            self._roll.text(code.decode("gb18030"))
        except UnicodeDecodeError:
            self._not_known(code)

    def _one(self, byte: int) -> str:
        character = bytes([byte]).decode(self._page, "replace")
        return character if character.isprintable() else " "

    def _real_time(self) -> Bytes:
        # answered when it came in, before the buffer; here it is only stepped over
        second = yield False
        match second:
            case 0x04:
                if (yield False) in (7, 8, 18):
                    yield False
            case 0x05:
                yield False
            case 0x14:
                yield from self._skip(7 if (yield False) == 8 else 2)
            case _:
                self._not_known(bytes([0x10, second]))

    def _esc(self) -> Bytes:
        command = chr((yield False))
        roll = self._roll
        match command:
            case "@":
                self._modes()
            case "J":
                roll.feed((yield False))
            case "d":
                for _ in range((yield False)):
                    roll.end_line()
            case "i" | "m":
                roll.cut()
            case "2":
                roll.layout(pitch=PITCH)
            case "3":
                roll.layout(pitch=(yield False))
            case "A":
                roll.layout(pitch=(yield False) * 203 // 60)
            case "+":
                roll.layout(pitch=(yield False) * 203 // 360)
            case "!":
                n = yield False
                scale = (2 if n & 0x20 else 1, 2 if n & 0x10 else 1)
                roll.style(small=bool(n & 1), bold=bool(n & 8), scale=scale, underline=1 if n & 0x80 else 0)
            case "E" | "G":
                roll.style(bold=bool((yield False) & 1))
            case "-":
                roll.style(underline=min((yield False) % 48, 2))
            case "M":
                roll.style(small=(yield False) % 48 == 1)
            case "{":
                roll.style(turned=bool((yield False) & 1))
            case "a":
                n = yield False
                if n % 48 < 3:
                    roll.layout(align=n % 48)
            case "t":
                self._page = CODE_PAGES.get((yield False), "cp437")
            case "$":
                roll.move_to((yield from self._number()))
            case "\\":
                roll.move_to((yield from self._number()), relative=True)
            case "*":
                yield from self._pictures.column()
            case "D":
                while (yield False):
                    pass
            case "&":
                yield from self._pictures.own_characters()
            case "(":
                yield False
                yield from self._skip((yield from self._number()))
            case "c":
                yield from self._skip(2)
            case "v":
                self._answer(bytes([self._paper()]))
            case "u":
                yield False
                self._answer(b"\0")
            case _ if command in ESC_SKIPPED:
                yield from self._skip(ESC_SKIPPED[command])
            case _:
                self._not_known(b"\x1b" + command.encode("latin-1"))

    def _fs(self) -> Bytes:
        command = chr((yield False))
        match command:
            case "&" | ".":
                self._chinese = command == "&"
            case "!":
                n = yield False
                self._roll.style(scale=(2 if n & 4 else 1, 2 if n & 8 else 1), underline=1 if n & 0x80 else 0)
            case "(":
                yield False
                yield from self._skip((yield from self._number()))
            case "P":
                # Custom's: cut and hold out
                yield from self._skip(4)
                self._roll.cut()
            case "q":
                for _ in range((yield False)):
                    across, high = (yield from self._number()), (yield from self._number())
                    yield from self._skip(across * high * 8)
            case _ if command in FS_SKIPPED:
                yield from self._skip(FS_SKIPPED[command])
            case _:
                self._not_known(b"\x1c" + command.encode("latin-1"))

    def _gs(self) -> Generator[bool, int, int | None]:
        """Read a command; give the byte with which text goes on where a clone does not know it."""
        command = chr((yield False))
        roll, pictures = self._roll, self._pictures
        match command:
            case "!":
                n = yield False
                roll.style(scale=((n >> 4 & 7) + 1, (n & 7) + 1))
            case "B":
                roll.style(reverse=bool((yield False) & 1))
            case "L":
                roll.layout(margin=(yield from self._number()))
            case "W":
                roll.layout(area=(yield from self._number()))
            case "V":
                if (yield False) in b"ABabgh":
                    yield False
                roll.cut()
            case "r":
                self._answer(bytes([self._paper() if (yield False) % 48 == 1 else 0]))
            case "I":
                self._answer(IDENTITY.get((yield False), b""))
            case "v":
                yield from pictures.raster()
            case "*":
                across, high = (yield False), (yield False)
                yield from self._skip(across * high * 8)
            case "k":
                yield from pictures.bar_code()
            case "h" | "w" | "H" | "f":
                pictures.bars[command] = yield False
            case "(" | "8":
                return (yield from self._long(command))
            case "Q":
                yield False
                yield False
                across, high = (yield from self._number()), (yield from self._number())
                yield from self._skip(across * high)
            case _ if command in GS_SKIPPED:
                yield from self._skip(GS_SKIPPED[command])
            case _:
                self._not_known(b"\x1d" + command.encode("latin-1"))
        return None

    def _long(self, command: str) -> Generator[bool, int, int | None]:
        kind = yield False
        if self.clone and kind not in b"kAVL":
            self._roll.text(command)
            return kind
        size = yield from self._number()
        if command == "8":
            size += (yield from self._number()) << 16
        body = bytearray()
        while len(body) < size:
            body.append((yield False))
        known = True
        match chr(kind):
            case "k":
                known = self._pictures.two_dimensional(bytes(body))
            case "L":
                known = self._pictures.graphics(bytes(body))
            case "H":
                known = body[:2] == NUMBER and size == 6
                if known:
                    self._answer(b"7\x22" + bytes(body[2:]) + b"\0")
            case _:
                known = chr(kind) in "ACDEKMNPQVYZ"
        if not known:
            self._not_known(b"\x1d(" + bytes([kind]) + bytes(body[:16]))
        return None

    def _number(self) -> Generator[bool, int, int]:
        low = yield False
        return low | (yield False) << 8

    def _skip(self, count: int) -> Bytes:
        for _ in range(count):
            yield False

    def _not_known(self, command: bytes) -> None:
        if len(self.unknown) < 1000:
            self.unknown.append(command)
