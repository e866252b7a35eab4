"""What running a station leaves behind: checks of its facilities, bookings of its negotiation desk, sign-ups for courses, subsidy spent,
marks of entry into the provincial platform, heads of the chain of responsibility. Owned by the station, seen by the county alone.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Facility(StrEnum):
    """What article 3 asks a station to have."""

    WATER = "water"
    WIFI = "wifi"
    FIRST_AID = "first_aid"
    REST = "rest"
    DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityCheck:
    """Somebody looked, or a visitor said that it is broken (then `by_id` is empty). `expires_on`: of what keeps, as in a first-aid kit."""

    id: str
    station_id: str
    facility: Facility
    ok: bool
    note: str = ""
    expires_on: date | None = None
    by_id: str = ""
    by_name: str = ""
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """The negotiation desk is taken. `who` is what staff call out: a firm or a number, never a worker's name. `by_name` is who of the staff
    booked it, empty where a visitor did.
    """

    id: str
    revision: int
    station_id: str
    who: str
    starts_at: datetime
    minutes: int
    cancelled: bool = False
    by_name: str = ""
    booked_at: datetime


TALK_MINUTES = (30, 60, 120)
"""So long the desk can be had."""


def call_number(booking_id: str) -> str:
    """Give the four digits by which a booking is called and cancelled: read off its id, so that nothing more is kept."""
    return str(1000 + int.from_bytes(hashlib.sha256(booking_id.encode()).digest()[:8]) % 9000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """A registered worker wants a course, or no longer does. `told` once staff have passed on what stands here, or nobody need be told."""

    id: str
    revision: int
    station_id: str
    training_id: str
    worker_id: str
    told: bool = False
    cancelled: bool = False
    by_name: str = ""
    signed_at: datetime


def in_line(signups: Sequence[Signup], seats: int) -> dict[str, int]:
    """Give for each sign-up that stands how many it is behind the seats: 0 has one, 1 is the first who waits. Who came first goes first."""
    standing = sorted((s for s in signups if not s.cancelled), key=lambda s: (s.signed_at, s.id))
    return {s.id: max(0, n - seats) for n, s in enumerate(standing, start=1)}


class SpendingKind(StrEnum):
    """What a subsidy may be spent on (管理办法 13): building the network, and running it."""

    NETWORK = "network"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """One line of the subsidy ledger. `cancels` names an earlier line that this one takes back: nothing is ever erased."""

    id: str
    station_id: str
    spent_on: date
    kind: SpendingKind
    amount_fen: int
    purpose: str
    payee: str
    voucher: str = ""
    cancels: str | None = None
    by_id: str
    by_name: str
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEntry:
    """That somebody entered one revision of a record into the provincial platform (管理办法 6)."""

    id: str
    station_id: str
    entity: str
    record_id: str
    record_revision: int
    by_id: str
    by_name: str
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """How far the chain of responsibility had come, and its hash there: told to the county, so that it cannot be rewritten behind it."""

    id: str
    station_id: str
    device_id: str
    seq: int
    hash: str
    told_at: datetime
