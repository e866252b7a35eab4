"""A referral: one worker and one listing. States are a fold over append-only steps, each with who confirmed it and how.

interested → referred → accepted → arrived → paid, or declined / no_show / unpaid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.errors import WrongState


class ReferralState(StrEnum):
    """Where a referral stands."""

    INTERESTED = "interested"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    PAID = "paid"
    DECLINED = "declined"
    NO_SHOW = "no_show"
    UNPAID = "unpaid"


NEXT: dict[ReferralState, frozenset[ReferralState]] = {
    ReferralState.INTERESTED: frozenset({ReferralState.REFERRED, ReferralState.DECLINED}),
    ReferralState.REFERRED: frozenset({ReferralState.ACCEPTED, ReferralState.DECLINED}),
    ReferralState.ACCEPTED: frozenset({ReferralState.ARRIVED, ReferralState.NO_SHOW, ReferralState.DECLINED}),
    ReferralState.ARRIVED: frozenset({ReferralState.PAID, ReferralState.UNPAID}),
    ReferralState.UNPAID: frozenset({ReferralState.PAID}),
    ReferralState.PAID: frozenset(),
    ReferralState.DECLINED: frozenset(),
    ReferralState.NO_SHOW: frozenset(),
}


class Party(StrEnum):
    """Whose word a step stands on."""

    WORKER = "worker"
    EMPLOYER = "employer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """That this worker wants this listing; owned by the worker's station. No personal field: the worker is an id."""

    id: str
    station_id: str
    worker_id: str
    listing_id: str
    contact_consent: bool
    over_headcount: bool = False
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralStep:
    """One step of a referral; owned by the station that confirmed it. `party` is whose word it stands on, `by_id` who wrote it down.

    The same state may be confirmed by several parties: the first moves the referral on, the others are evidence.
    """

    id: str
    station_id: str
    referral_id: str
    state: ReferralState
    by_name: str
    how: str
    party: Party = Party.STAFF
    by_id: str = ""
    stepped_at: datetime


def state_of(steps: Sequence[ReferralStep]) -> ReferralState:
    """Fold steps into the present state; a step that the table does not allow is ignored (two stations may act at once)."""
    state = ReferralState.INTERESTED
    for step in sorted(steps, key=lambda s: (s.stepped_at, s.id)):
        if step.state in NEXT[state]:
            state = step.state
    return state


def check_step(steps: Sequence[ReferralStep], to: ReferralState) -> None:
    """Raise WrongState when the table does not allow `to` from here."""
    now = state_of(steps)
    if to not in NEXT[now]:
        raise WrongState(f"{now} → {to}")
