"""A worker's registration: exactly the fields of article 6, one tap for the age band, and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.codes import AgeBand, PayUnit, Trade
from kiosk.domain.privacy import NAME_MAX, PersonName, Phone, is_mobile
from kiosk.errors import BadInput


class WorkerState(StrEnum):
    """Whether the worker wants to be recommended."""

    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class PhoneOf(StrEnum):
    """Whose phone a worker gave."""

    OWN = "own"
    RELATIVE = "relative"
    STATION = "station"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One registration, owned by the station that took it. `code` is the 8-digit number on the slip, valid at its station.

    A couple may share one phone: each has a code of his own. The station's phone stands on every slip, so it tells nobody apart.
    `withdrawn_everywhere`: who withdrew wants it so wherever else he is registered; the county, which alone knows where, passes it on.
    """

    id: str
    revision: int
    station_id: str
    state: WorkerState = WorkerState.ACTIVE
    name: PersonName
    phone: Phone
    phone_of: PhoneOf = PhoneOf.OWN
    age_band: AgeBand
    trades: tuple[Trade, ...]
    pay_fen: int | None
    pay_unit: PayUnit = PayUnit.DAY
    area: str | None = None
    code: str
    number: str
    notice_version: str
    consented_at: datetime
    by_staff: bool = False
    registered_at: datetime
    withdrawn_everywhere: bool = False


def check_name(text: str) -> PersonName:
    """Accept a name of 2 to 25 characters without digits or blanks; raise BadInput('name') otherwise."""
    name = "".join(text.split()).replace("•", "·").replace("・", "·")
    if not name:
        raise BadInput("name", "bad.name.empty")
    if len(name) < 2:
        raise BadInput("name", "bad.name.short")
    if len(name) > NAME_MAX:
        raise BadInput("name", "bad.name.long")
    if not all(_is_name_character(c) for c in name) or name[0] == "·" or name[-1] == "·":
        raise BadInput("name", "bad.name.characters")
    return PersonName(name)


def _is_name_character(c: str) -> bool:
    return c in "·〇" or "㐀" <= c <= "鿿" or "豈" <= c <= "﫿" or "\U00020000" <= c <= "\U0003ffff"


def check_mobile(text: str) -> Phone:
    """Accept eleven digits of a mainland mobile number; raise BadInput('phone') that says how many are missing or too many."""
    digits = "".join(c for c in text if c.isdigit())
    if not digits:
        raise BadInput("phone", "bad.phone.empty")
    if len(digits) < 11:
        raise BadInput("phone", "bad.phone.short", count=len(digits), missing=11 - len(digits))
    if len(digits) > 11:
        raise BadInput("phone", "bad.phone.long", count=len(digits))
    if not is_mobile(digits):
        raise BadInput("phone", "bad.phone.prefix")
    return Phone(digits)


def check_age(band: AgeBand) -> AgeBand:
    """Refuse under 16 (劳动法 15; 禁止使用童工规定)."""
    if band is AgeBand.UNDER_16:
        raise BadInput("age_band", "bad.age.under_16")
    return band
