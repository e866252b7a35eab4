"""What the product needs from the outside, as Protocols: devices and their simulators implement these, `bootstrap` picks.

Nothing here knows a transport, a library or a file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.domain.slip import Slip

Stroke = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a whole word; `score` is 0 to 1."""

    text: str
    score: float


class Handwriting(Protocol):
    """Reads a whole word from finger strokes: pixels, y down, any order, joined or not."""

    def read(self, strokes: Sequence[Stroke], *, free: bool = False) -> list[Candidate]:
        """Give readings, best first; nothing for an empty box or a scribble. `free` lets digits, letters and marks in."""
        ...


class Pinyin(Protocol):
    """Turns letters or strokes into words; remembers nothing."""

    def candidates(self, letters: str, limit: int = 30) -> list[str]:
        """Give words for the letters a-z typed so far, best first, `limit` of the likely ones; then whatever else is read so."""
        ...

    def by_strokes(self, strokes: str, limit: int = 30) -> list[str]:
        """Give characters that begin with these strokes of 一丨丿丶乛, the whole ones first."""
        ...


class Speaker(Protocol):
    """Reads aloud."""

    def say(self, text: str) -> None:
        """Start reading `text`, dropping what was being read."""
        ...

    def hush(self) -> None:
        """Stop at once."""
        ...


class Chime(Protocol):
    """Lets the hall hear that a visitor calls."""

    def ring(self) -> None:
        """Ring once, and come back when it is over: on a lane of its own."""
        ...


class Scanner(Protocol):
    """Reads bar codes and QR codes: staff cards, slips."""

    def listen(self, heard: Callable[[str], None]) -> None:
        """Begin; `heard` gets each code's text on a thread of the scanner's own. A scanner that is pulled out is waited for."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


class Paper(StrEnum):
    """What a printer says of its paper before a slip."""

    OK = "ok"
    NEAR_END = "near_end"


class Delivery(StrEnum):
    """What is known after the last byte: the printer confirmed, or nobody can know."""

    PRINTED = "printed"
    UNCERTAIN = "uncertain"


class Confirms(StrEnum):
    """How a printer says that it has worked through a slip: by the slip's own number, by an answer in order, or not at all."""

    NUMBER = "number"
    ORDER = "order"
    NOTHING = "nothing"


class Printer(Protocol):
    """Puts a slip on paper."""

    def check(self) -> Paper:
        """Ask the printer whether it can print; raise PrinterAbsent or PrinterNotReady."""
        ...

    def print(self, slip: Slip, sent: Callable[[], None] = ...) -> Delivery:
        """Send one slip whole, calling `sent` after the last byte; raise PrinterCut when the line broke after the first one.

        Before the first byte it may raise what `check` raises, BadInput for a slip that cannot be printed, or another PrinterError.
        """
        ...

    def close(self) -> None:
        """Let go of the line, which a check leaves open for the slip after it."""
        ...
