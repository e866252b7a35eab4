"""When a facility wants somebody: how often each is looked at, how long before it expires one is told, and what its checks come to.

The intervals are our own (own): article 3 asks that water, Wi-Fi and the first-aid kit are there, not how often one looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from enum import StrEnum

from kiosk.domain.running import Facility, FacilityCheck

CHINA = timezone(timedelta(hours=8))
LOOKED_AT_EVERY: dict[Facility, timedelta] = {
    Facility.WATER: timedelta(days=1),
    Facility.WIFI: timedelta(days=1),
    Facility.FIRST_AID: timedelta(days=30),
    Facility.REST: timedelta(days=7),
    Facility.DESK: timedelta(days=7),
}
TOLD_BEFORE = timedelta(days=30)
"""So long before something expires it is time to buy it anew."""


class Condition(StrEnum):
    """How a facility stands, worst first."""

    BROKEN = "broken"
    REPORTED = "reported"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    UNCHECKED = "unchecked"
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One facility today. `last` is when staff looked last, None if never; a visitor's report is no look."""

    facility: Facility
    condition: Condition
    last: FacilityCheck | None = None
    expires_on: date | None = None


def standing(facility: Facility, checks: Sequence[FacilityCheck], today: date) -> Standing:
    """Fold a facility's checks, in any order, into how it stands. An expiry date counts until a later one is set."""
    in_order = sorted(checks, key=lambda c: (c.checked_at, c.id))
    looks = [c for c in in_order if c.by_id]
    last = looks[-1] if looks else None
    expires_on = next((c.expires_on for c in reversed(looks) if c.expires_on is not None), None)
    return Standing(facility=facility, condition=_condition(facility, in_order, last, expires_on, today), last=last, expires_on=expires_on)


def _condition(
    facility: Facility, in_order: Sequence[FacilityCheck], last: FacilityCheck | None, expires_on: date | None, today: date
) -> Condition:
    if in_order and not in_order[-1].ok:
        return Condition.BROKEN if in_order[-1].by_id else Condition.REPORTED
    if expires_on is not None and expires_on < today:
        return Condition.EXPIRED
    if expires_on is not None and expires_on - today <= TOLD_BEFORE:
        return Condition.EXPIRING
    if last is None or today - last.checked_at.astimezone(CHINA).date() >= LOOKED_AT_EVERY[facility]:
        return Condition.UNCHECKED
    return Condition.GOOD
