"""An employer (用工方): a unit or a household, what the staff saw of it (条例 26), and whether its listings are held.

The employer's own record says who it is; what was seen and what was decided are append-only records about it, each by a named person.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.privacy import Phone
from kiosk.domain.station import COUNTY

UNIT_WORDS = re.compile(
    r"公司|集团|合作社|经营部|中心|超市|酒店|农场|基地|工地|项目部|物流|商行|门市|班子|[厂店馆铺社]$|.{3}[部队场站所局院校园]$"
)
PERSON_LONGEST = 4


class EmployerKind(StrEnum):
    """A unit shows its code and licence, a private person an ID."""

    UNIT = "unit"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """One employer, owned by the station that keeps its file."""

    id: str
    revision: int
    station_id: str
    kind: EmployerKind
    name: str
    uscc: str | None = None
    phone: Phone
    area: str | None = None
    verified_on: date | None = None
    verified_what: str = ""
    verified_by: str = ""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverify:
    """How long what was seen of an employer counts: data, because a decree may change it."""

    months: int
    effective_from: date
    source: str

    def due_on(self, employer: Employer) -> date | None:
        """Give the day on which the papers are to be looked at again; None where nobody has seen any."""
        return None if employer.verified_on is None else self.due_after(employer.verified_on)

    def due_after(self, seen: date) -> date:
        """Give the day on which what was seen then no longer counts."""
        year, month = divmod(seen.year * 12 + seen.month - 1 + self.months, 12)
        return date(year, month + 1, min(seen.day, monthrange(year, month + 1)[1]))

    def counts(self, employer: Employer, today: date) -> bool:
        """Say whether what was seen still counts."""
        due = self.due_on(employer)
        return due is not None and today < due


class Seen(StrEnum):
    """What a member of staff saw with his own eyes."""

    LICENCE = "licence"
    CODE = "code"
    ID_CARD = "id_card"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerSight:
    """That somebody saw something of an employer: append-only, private to the station and the county. No number is copied from a paper."""

    id: str
    station_id: str
    employer_id: str
    what: Seen
    note: str = ""
    by_id: str
    by_name: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerHold:
    """All listings of an employer are held, or released again: append-only, by a station or the county. It reaches every station and names
    nobody but the decider."""

    id: str
    station_id: str
    employer_id: str
    held: bool
    reason: str
    by_id: str
    by_name: str
    decided_at: datetime


def is_held(holds: Sequence[EmployerHold]) -> bool:
    """Fold decisions into whether the employer's listings are held now."""
    return bool(in_force(holds))


def in_force(holds: Sequence[EmployerHold]) -> list[EmployerHold]:
    """Give the decisions by which an employer is held now, the county's first.

    The county's last word and the stations' each count by themselves: what the one holds the other does not release.
    """
    last: dict[bool, EmployerHold] = {}
    for hold in sorted(holds, key=lambda h: (h.decided_at, h.id)):
        last[hold.station_id == COUNTY] = hold
    return [last[countys] for countys in (True, False) if countys in last and last[countys].held]


def guess_kind(name: str) -> EmployerKind:
    """Guess from a name whether it is a firm's or a person's; staff may change it."""
    plain = "".join(name.split())
    looks_like_a_unit = UNIT_WORDS.search(plain) is not None or (len(plain) > PERSON_LONGEST and "·" not in plain)
    return EmployerKind.UNIT if looks_like_a_unit else EmployerKind.PERSON
