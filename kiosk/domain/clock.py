"""What time it is on a machine whose clock may have lost it: reckoned from the last time that somebody told, or said not to be known.

The county's word counts from the moment it is heard, staff's until the county says otherwise; both are carried on by a counter that no
change of the clock moves. After a new start the machine's own clock is believed as long as it lies where it can.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk.domain.retention import BUILT

NEAR = timedelta(minutes=1)
"""A clock that differs by less from what was told is right, and finer (an answer says whole seconds, staff whole minutes)."""
FAR, FAR_ANEW = timedelta(days=400), timedelta(days=20 * 365)
"""A station works for weeks without a line, not for years: a clock so far beyond the last word has leapt. Before there is a word, the
program's own age is all that is known (own)."""
AGREE_S = 5.0
"""A told time that differs by less from the one before is the same."""
WORD_LASTS_S = 3600.0
"""So old a word is replaced by a new one, so that a new start begins near."""


class Teller(StrEnum):
    """Who told the time."""

    HUB = "hub"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """That it was `at` when the counter of the start `boot` stood at `count_s` seconds."""

    at: datetime
    count_s: float
    boot: str
    by: Teller


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the machine says: its clock, the seconds since it was started, and which start that was."""

    wall: datetime
    count_s: float
    boot: str


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The present instant, UTC, and whether it is known: otherwise it is only later than all that is known to have been."""

    now: datetime
    sure: bool


def carried(word: Word, machine: Machine) -> datetime | None:
    """Carry a word on to the present; None where it was told before the machine's last start."""
    return word.at + timedelta(seconds=machine.count_s - word.count_s) if word.boot == machine.boot else None


def reckon(machine: Machine, word: Word | None) -> Reckoned:
    """Say what time it is."""
    told = carried(word, machine) if word else None
    if told is not None:
        return Reckoned(machine.wall if abs(machine.wall - told) <= NEAR else told, True)
    least = max(word.at, BUILT) if word else BUILT
    if least - NEAR <= machine.wall <= least + (FAR if word else FAR_ANEW):
        return Reckoned(machine.wall, True)
    return Reckoned(least + timedelta(seconds=machine.count_s), False)


def counts(word: Word | None, at: datetime, by: Teller, machine: Machine) -> bool:
    """Say whether a time that is told is to be kept: the county's outranks staff's until the next start, and a repeated one is no news."""
    told = carried(word, machine) if word else None
    if word is None or told is None:
        return True
    if by is Teller.STAFF:
        return word.by is Teller.STAFF
    return word.by is Teller.STAFF or abs((at - told).total_seconds()) > AGREE_S or machine.count_s - word.count_s > WORD_LASTS_S
