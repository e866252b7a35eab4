"""What a worker did elsewhere than at his station: on his phone he put himself down for a listing or said whether he was paid; at another
station he withdrew everywhere. Written by the hub, never changed.

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
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneAct:
    """One act of one worker. `station_id` is his station, to which alone it goes.

    `referral_id` is the one that an APPLY becomes, with his word whether the employer may have his contact, or the one about whose pay he
    gives an `answer`; a WITHDRAW is about neither listing nor referral. `taken_at` is the station's own note that it has been carried out;
    the county leaves it empty.
    """

    id: str
    station_id: str
    kind: PhoneActKind
    worker_id: str
    listing_id: str
    referral_id: str
    contact_consent: bool = False
    answer: PayAnswer | None = None
    acted_at: datetime
    taken_at: datetime | None = None
