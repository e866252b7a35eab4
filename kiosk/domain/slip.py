"""What stands on a slip, as a value: a printer and a picture draw the same one. Knows no printer, no ESC/POS, no database.

A slip is a sequence of blocks from top to bottom. Words come in from kiosk/text through the caller; widths are the printer's business.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class SlipKind(StrEnum):
    """What the slip is for."""

    REGISTRATION = "registration"
    LISTING = "listing"
    REFERRAL = "referral"
    RECOMMENDATION = "recommendation"
    POSTING = "posting"
    RETURNED = "returned"
    TRAINING = "training"
    POLICY = "policy"
    BOOKING = "booking"
    CARD = "card"
    TEST = "test"


class Style(StrEnum):
    """How a line looks; the printer maps it to its sizes."""

    TITLE = "title"
    HEAD = "head"
    BODY = "body"
    BIG = "big"
    SMALL = "small"


class Align(StrEnum):
    """Where a line stands."""

    LEFT = "left"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One paragraph; the printer wraps it to its width."""

    text: str
    style: Style = Style.BODY
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A label and its value, in two columns; a long value wraps under itself. `tall` is for what one must read without glasses."""

    label: str
    value: str
    tall: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A dashed line across; as a `ruler` digits instead, that show how wide the paper is."""

    dashed: bool = True
    ruler: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A QR code, centred, error level M, at least `side_mm` wide."""

    text: str
    side_mm: int = 25


Block = Line | Field | Rule | Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One slip. `serial` is the number a person reads (YT-1123-0042); a reprint carries the same one and 补打."""

    kind: SlipKind
    serial: str
    blocks: tuple[Block, ...]
    reprint: bool = False


def without_code(slip: Slip) -> Slip:
    """Leave out what a scanner reads: of a staff card that is out, nobody may print a second one."""
    return replace(slip, blocks=tuple(block for block in slip.blocks if not isinstance(block, Code)))
