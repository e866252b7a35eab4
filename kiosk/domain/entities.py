"""Which records travel between station and county, under which name, and who may write them."""

from kiosk.domain.employer import Employer
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.station import Policy, Station, Training
from kiosk.domain.worker import Worker

ENTITIES: dict[str, type] = {
    "station": Station,
    "policy": Policy,
    "training": Training,
    "listing": Listing,
    "review": Review,
    "takedown": Takedown,
    "employer": Employer,
    "worker": Worker,
    "referral": Referral,
    "referral_step": ReferralStep,
}
COUNTY_OWNED = frozenset({"station", "policy", "training"})
"""Written by the county alone."""
PRIVATE = frozenset({"worker", "employer", "referral", "referral_step"})
"""Never in another station's feed."""

NAME_OF: dict[type, str] = {cls: name for name, cls in ENTITIES.items()}
