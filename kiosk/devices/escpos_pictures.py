"""The commands of ESC/POS that print what is no text: pictures in rows and in columns, QR codes, bar codes. Part of the parser's reading.

Sections of Epson's ESC/POS Command Reference: GS v 0, ESC *, GS ( L functions 50 and 112, GS ( k functions 165 to 181, GS k.
"""

from collections.abc import Generator

from kiosk.devices.paper import Roll
from kiosk.devices.paper_marks import Bars, Code, Picture, Text

Bytes = Generator[bool, int, None]
LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
BAR_CODES = {0: "upca", 1: "upce", 2: "ean13", 3: "ean8", 4: "code39", 5: "itf", 6: "codabar", 7: "code93", 8: "code128", 9: "gs1_128"}
"""By m of GS k less 65, or m itself below 7."""
ABOVE, BELOW = 1, 2
STAY_ON_LINE = {0: (2, 3, 1), 1: (1, 3, 1), 32: (2, 1, 3), 33: (1, 1, 3)}
"""Of ESC * m: how often a dot is drawn across and high, and bytes a column. A column of m 0 and 1 is eight dots of a 60 dpi head."""


class Pictures:
    """What a printer remembers between the commands of a picture or a code."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll
        self._text, self._module, self._level = b"", 3, 48
        self._stored: Picture | None = None
        self.bars = {"h": 162, "w": 3, "H": 0, "f": 0}

    def raster(self) -> Bytes:
        """Read GS v 0 from its second letter on."""
        yield False
        mode = (yield False) % 48 & 3
        across = (yield False) | (yield False) << 8
        high = (yield False) | (yield False) << 8
        dots = bytearray()
        while len(dots) < across * high:
            dots.append((yield False))
        self._roll.show(Picture(across * 8, high, bytes(dots), (1 + (mode & 1), 1 + (mode >> 1))))

    def column(self) -> Bytes:
        """Read ESC * from its mode on: columns of 8 or 24 dots, from left to right, on the line."""
        mode = yield False
        columns = (yield False) | (yield False) << 8
        if mode not in STAY_ON_LINE:
            # printers take the whole command for text then, its bytes included
            return
        wide, tall, deep = STAY_ON_LINE[mode]
        dots = bytearray()
        while len(dots) < columns * deep:
            dots.append((yield False))
        if columns:
            self._roll.put(Picture(columns, deep * 8, _rows(bytes(dots), columns, deep), (wide, tall)))

    def own_characters(self) -> Bytes:
        """Step over ESC &, the definition of characters."""
        high, first, last = (yield False), (yield False), (yield False)
        for _ in range(first, last + 1):
            for _ in range(high * (yield False)):
                yield False

    def graphics(self, body: bytes) -> bool:
        """Obey GS ( L or GS 8 L; say whether the function is one."""
        match body[:2]:
            case b"0p" if len(body) >= 10:
                wide, tall = max(1, min(body[3], 2)), max(1, min(body[4], 2))
                across, high = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
                dots = body[10:]
                whole = len(dots) == (across + 7) // 8 * high
                self._stored = Picture(across, high, dots, (wide, tall)) if whole else None
            case b"02" | b"0\x02":
                if self._stored is not None:
                    self._roll.show(self._stored)
                self._stored = None
            case _:
                return len(body) == 2 and body[0] == 48
        return True

    def two_dimensional(self, body: bytes) -> bool:
        """Obey GS ( k; say whether it is a QR code's: model 2, size, level, text, print."""
        if body[:1] != b"1" or len(body) < 3:
            return False
        match body[1], body[2]:
            case 65, 50:
                pass
            case 67, module:
                self._module = module
            case 69, level:
                self._level = level
            case 80, _:
                self._text = body[3:]
            case 81, _:
                # a printer refuses what it cannot make, without a word
                if self._level in LEVELS and 1 <= self._module <= 16:
                    self._roll.show(Code(self._text.decode("utf-8", "replace"), self._module, LEVELS[self._level]))
            case _:
                return False
        return True

    def bar_code(self) -> Bytes:
        """Read GS k from its kind on: ended by NUL, or by its length from 65 on."""
        kind = yield False
        data = bytearray()
        if kind < 65:
            while byte := (yield False):
                data.append(byte)
        else:
            for _ in range((yield False)):
                data.append((yield False))
        words = data.decode("latin-1")
        bars = Bars(_plain(words, kind), BAR_CODES.get(kind - 65 if kind >= 65 else kind, ""), self.bars["w"], self.bars["h"])
        if not all(bars.size):
            return
        where = self.bars["H"] % 48
        read = Text(bars.words)
        if where & ABOVE:
            self._roll.show(read)
        self._roll.show(bars)
        if where & BELOW:
            self._roll.show(read)


def _plain(words: str, kind: int) -> str:
    """Leave out what only tells the printer which set of CODE128 to use, and the stars that CODE39 adds itself."""
    if kind >= 73 and words[:1] == "{":
        return words[2:]
    return words.strip("*") if kind in (4, 69) else words


def _rows(columns: bytes, across: int, deep: int) -> bytes:
    """Turn columns of `deep` bytes, the highest dot first, into rows of bits."""
    rows = bytearray((across + 7) // 8 * deep * 8)
    wide = (across + 7) // 8
    for x in range(across):
        for y in range(deep * 8):
            if columns[x * deep + y // 8] >> (7 - y % 8) & 1:
                rows[y * wide + x // 8] |= 0x80 >> x % 8
    return bytes(rows)
