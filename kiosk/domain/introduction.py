"""Who comes: what another station needs in order to call a worker who was recommended to its listing, and to know him at the gate.

Made when the worker lets his contact be given, emptied when the referral has come to its end, when he withdraws or takes his consent back
(个人信息保护法 15, 23). Knows no store.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Referral, ReferralState
from kiosk.domain.worker import PhoneOf, Worker

KEPT = {
    ReferralState.REFERRED: timedelta(days=7),
    ReferralState.ACCEPTED: timedelta(days=7),
    ReferralState.NO_SHOW: timedelta(days=7),
    ReferralState.ARRIVED: timedelta(days=60),
    ReferralState.UNPAID: timedelta(days=90),
}
"""How long another station may still have to reach the worker, from the end of the listing or the last news, whichever is later (own): who
stayed away may have come after all; pay by the month is asked about after 31 days; who was not paid needs whoever knows the employer. A
state that is missing here needs nobody: he was not recommended yet, was paid, or it came to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """One worker's name and number for the listing's station, owned by the worker's station. Emptied, it has neither."""

    id: str
    revision: int
    station_id: str
    referral_id: str
    name: PersonName
    phone: Phone
    phone_of: PhoneOf = PhoneOf.OWN
    introduced_at: datetime


def nobody(referral: Referral, now: datetime) -> Introduction:
    """Give an introduction that says nothing, not even that it was made: where one begins, and what stands for a worker who is not to be
    known."""
    return Introduction(
        id=new_id(now),
        revision=0,
        station_id=referral.station_id,
        referral_id=referral.id,
        name=PersonName(""),
        phone=Phone(""),
        introduced_at=now,
    )


def is_needed(state: ReferralState, moved_on: date, ends_on: date, today: date) -> bool:
    """Say whether the other station may still have to reach the worker; `moved_on` is the day on which the referral came to `state`."""
    return state in KEPT and today <= max(moved_on, ends_on) + KEPT[state]


def telling(one: Introduction, worker: Worker | None) -> Introduction:
    """Give an introduction as it says who `worker` is, or nobody; a revision more where that changes it."""
    if worker is None:
        told = replace(one, name=PersonName(""), phone=Phone(""), phone_of=PhoneOf.OWN)
    else:
        told = replace(one, name=worker.name, phone=worker.phone, phone_of=worker.phone_of)
    return one if told == one else replace(told, revision=one.revision + 1)
