"""What one kind of thermal printer can do: paper width in dots, the characters its fonts surely hold, how it tells how it is and that it is
done. Knows no transport and no bytes.

Heads print 203 dots an inch, 8 a millimetre. Fonts are 24 dots high: a half-width character takes 12, a Chinese one 24.
"""

from dataclasses import dataclass
from enum import StrEnum

DOTS_PER_MM = 8
HALF_DOTS, LINE_DOTS = 12, 24


class Charset(StrEnum):
    """Which Chinese characters the printer's fonts hold; both are read as GB 18030 on the wire."""

    GB2312 = "gb2312"
    GBK = "gbk"


class Dialect(StrEnum):
    """How the printer says how it is (devices/printer_status)."""

    EPSON = "epson"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of printer. `dots` across the paper; `has` says which characters may go as text.

    `ids`: it says by the slip's own number that it is done; only where `EscposPrinter.knows_ids` has seen that it does. `presents`: it
    holds a slip out at its mouth (Custom's VKP80 family, whose cutter does not move for GS V; commands manual 915DX010100, "FS P").
    """

    dots: int
    charset: Charset = Charset.GBK
    status: Dialect = Dialect.EPSON
    ids: bool = False
    presents: bool = False

    @property
    def columns(self) -> int:
        """Half-width characters on a line."""
        return self.dots // HALF_DOTS

    def has(self, character: str) -> bool:
        """Say whether the printer's fonts surely hold a character.

        Of GBK only GB 2312 and the ideographs count: 〇 and the other signs of GBK/5, and everything in four bytes, are missing from
        many fonts that call themselves GB 18030, and such a printer leaves a gap without a word.
        """
        if " " <= character <= "~":
            return True
        try:
            code = character.encode("gb18030")
        except UnicodeEncodeError:
            return False
        if len(code) != 2:
            return False
        return _in_gb2312(code) or (self.charset is Charset.GBK and "\u4e00" <= character <= "\u9fa5")


def _in_gb2312(code: bytes) -> bool:
    try:
        code.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


PAPER_80 = Profile(dots=576)
PAPER_58 = Profile(dots=384)
