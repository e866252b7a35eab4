"""Which records travel between station and county, under which name, and who may write them."""

from kiosk.domain.case import Case, CaseStep
from kiosk.domain.employer import Employer, EmployerHold, EmployerSight
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.phone_act import PhoneAct
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.report import Report
from kiosk.domain.running import Booking, ChainHead, FacilityCheck, PlatformEntry, Signup, Spending
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
    "employer_sight": EmployerSight,
    "employer_hold": EmployerHold,
    "worker": Worker,
    "referral": Referral,
    "referral_step": ReferralStep,
    "report": Report,
    "case": Case,
    "case_step": CaseStep,
    "facility_check": FacilityCheck,
    "booking": Booking,
    "signup": Signup,
    "spending": Spending,
    "platform_entry": PlatformEntry,
    "chain_head": ChainHead,
    "phone_act": PhoneAct,
}
COUNTY_OWNED = frozenset({"station", "policy", "training", "phone_act"})
"""Written by the county alone."""
PRIVATE = frozenset(
    {
        "worker",
        "employer",
        "employer_sight",
        "referral",
        "referral_step",
        "case",
        "case_step",
        "facility_check",
        "booking",
        "signup",
        "spending",
        "platform_entry",
        "chain_head",
    }
)
"""Never in another station's feed."""

NAME_OF: dict[type, str] = {cls: name for name, cls in ENTITIES.items()}
