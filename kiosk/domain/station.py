"""Stations, their staff, and what the county publishes for them: policies and trainings."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from kiosk.domain.privacy import Phone
from kiosk.errors import BadInput

COUNTY = "county"
"""Whose record it is, where no station but the county itself decided or wrote."""


TREE_MAX = 20
"""Levels of the tree: a parent that is its own child by mistake must not turn for ever."""


class StationLevel(StrEnum):
    """What stations there are in the tree of article 2, the highest first. One stands under any that is not lower than itself."""

    COUNTY = "county"
    BRANCH = "branch"
    TOWNSHIP = "township"
    DOORSTEP = "doorstep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One node of the tree; owned by the county. `name` is short (义堂站), `short` two letters for slip numbers (YT)."""

    id: str
    revision: int
    name: str
    short: str
    level: StationLevel
    area: str
    parent_id: str | None
    address: str
    phone: Phone
    hours: str = ""


class Role(StrEnum):
    """What a member of staff may do."""

    STAFF = "staff"
    HEAD = "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A member of staff of this station; stays at the station. `pin_hash` is argon2id, `card_hash` SHA-256 of what the card's code says.

    Who has left is not `active`: he signs in no more, and his acts keep their name.
    """

    id: str
    station_id: str
    name: str
    role: Role
    pin_hash: str
    failures: int = 0
    locked_until: datetime | None = None
    card_hash: str = ""
    active: bool = True


PIN_DIGITS = 6


def check_pin(pin: str) -> str:
    """Accept six digits that nobody guesses first; raise BadInput('pin') for others: 000000, 123456, 121212, 123123, 123321, 112233."""
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise BadInput("pin", "bad.pin.digits")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    half = PIN_DIGITS // 2
    if len(set(pin)) <= 2 or len(steps) == 1 or pin[:half] == pin[half:] or pin == pin[::-1] or pin[::2] == pin[1::2]:
        raise BadInput("pin", "bad.pin.weak")
    return pin


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy in plain words; owned by the county."""

    id: str
    revision: int
    title: str
    summary: str
    body: str
    who: str
    how: str
    phone: Phone
    published_on: date
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A course; owned by the county. Fees in fen, 0 is free."""

    id: str
    revision: int
    title: str
    body: str
    area: str
    place: str
    starts_on: date
    days: int
    seats: int
    fee_fen: int
    subsidy: str
    phone: Phone
    sample: bool = False


CALLS_FOR = timedelta(minutes=10)
"""So long a call is heard and seen; who has not come by then is out, and the visitor is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCall:
    """A visitor pressed 叫工作人员; stays at the station."""

    id: str
    where: str
    called_at: datetime
    answered_at: datetime | None = None
    answered_by: str = ""

    def calling(self, now: datetime) -> bool:
        """Say whether it is still heard and seen."""
        return self.answered_at is None and is_heard(self.called_at, now)


def is_heard(called_at: datetime, now: datetime) -> bool:
    """Say whether a call that nobody has answered is still heard; a clock that was set back does not prolong it."""
    return timedelta() <= now - called_at < CALLS_FOR
