"""What the county tells a station so that it can enrol: a one-time code, where the hub is, and by which mark its own authority is known.

One line, to be read over the telephone, typed or scanned: `K7QM-2XWP hub.example.cn:8443 H7XK-4MPQ-93WD-2KTR`. The mark is 78 bits of the
authority's SHA-256, so that whoever sits on the line cannot show another authority for the county's. Knows no certificate and no line.
"""

import hashlib
import re
from dataclasses import dataclass

from kiosk.errors import BadInput

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that one misreads over the telephone: no 0 O 1 I L U."""
CODE_LENGTH = 8
MARK_LENGTH = 16
GROUP = 4
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[1-9][0-9]{0,4})?")
SCHEME = "https://"


@dataclass(frozen=True, slots=True)
class EnrolText:
    """`address` and `mark` are empty where the station knows the hub already (a trial on one machine)."""

    code: str
    address: str = ""
    mark: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.code, self.address, self.mark) if part)

    def __repr__(self) -> str:
        return f"EnrolText({self.address!r})"

    @property
    def base(self) -> str:
        """Give the hub's address as a URL."""
        return SCHEME + self.address


def read(text: str) -> EnrolText:
    """Read what was typed: any case, cut up anyhow; the part with a dot or a colon in it is the address. Raise BadInput."""
    parts = [part for part in re.split(r"[\s,，;；]+", text) if part]
    at = next((i for i, part in enumerate(parts) if "." in part or ":" in part), len(parts))
    code, mark = grouped("".join(parts[:at])), grouped("".join(parts[at + 1 :]))
    address = parts[at].removeprefix(SCHEME).rstrip("/").lower() if at < len(parts) else ""
    told = len(mark) == MARK_LENGTH + MARK_LENGTH // GROUP - 1 and HOST.fullmatch(address)
    if len(code) != CODE_LENGTH + CODE_LENGTH // GROUP - 1 or not (told or (not mark and not address)):
        raise BadInput("code", "enrolling.not_whole")
    return EnrolText(code, address, mark)


def mark_of(certificate: bytes) -> str:
    """Give the mark of an authority's certificate (DER): H7XK-4MPQ-93WD-2KTR."""
    number = int.from_bytes(hashlib.sha256(certificate).digest())
    letters = ""
    for _ in range(MARK_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return grouped(letters)


def grouped(text: str) -> str:
    """Write letters and digits in fours, however they came."""
    plain = "".join(c for c in text.upper() if c.isalnum())
    return "-".join(plain[i : i + GROUP] for i in range(0, len(plain), GROUP))
