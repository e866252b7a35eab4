"""What a worker did on his phone: put himself down for a listing, or said whether he was paid. Written by the hub, never changed.

Ids only, no person: the hub has made sure who he is, and his station carries it out (`kiosk.services.phone_acts`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.referral import PayAnswer


class PhoneActKind(StrEnum):
    """What was done."""

    APPLY = "apply"
    PAY = "pay"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAct:
    """One act of one worker. `station_id` is his station, to which alone it goes.

    An APPLY says whether the employer may have his contact, and its id is that of the referral which it becomes; a PAY is an `answer` about
    `referral_id`. `taken_at` is the station's own note that it has been carried out; the county leaves it empty.
    """

    id: str
    station_id: str
    kind: PhoneActKind
    worker_id: str
    listing_id: str
    contact_consent: bool = False
    referral_id: str | None = None
    answer: PayAnswer | None = None
    acted_at: datetime
    taken_at: datetime | None = None
