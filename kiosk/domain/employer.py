"""An employer (用工方): a unit or a household, and what the staff saw of it (条例 26)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.privacy import Phone


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
