"""Which records travel between station and county, under which name, and who may write them."""

from typing import Any

from kiosk.domain.case import Case, CaseStep
from kiosk.domain.employer import Employer, EmployerHold, EmployerSight
from kiosk.domain.introduction import Introduction
from kiosk.domain.judgement import Judgement
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.notice import Notice
from kiosk.domain.phone_act import PhoneAct
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.report import Report
from kiosk.domain.rule_sheet import RuleSheet
from kiosk.domain.running import Booking, ChainHead, FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.station import Policy, Station, Training
from kiosk.domain.worker import Worker, WorkerState
from kiosk.domain.yearly import Claim, PaperSet, StationDay

ENTITIES: dict[str, type] = {
    "station": Station,
    "policy": Policy,
    "training": Training,
    "notice": Notice,
    "rule_sheet": RuleSheet,
    "listing": Listing,
    "review": Review,
    "takedown": Takedown,
    "employer": Employer,
    "employer_sight": EmployerSight,
    "employer_hold": EmployerHold,
    "worker": Worker,
    "referral": Referral,
    "referral_step": ReferralStep,
    "introduction": Introduction,
    "report": Report,
    "case": Case,
    "case_step": CaseStep,
    "facility_check": FacilityCheck,
    "booking": Booking,
    "signup": Signup,
    "spending": Spending,
    "platform_entry": PlatformEntry,
    "chain_head": ChainHead,
    "station_day": StationDay,
    "claim": Claim,
    "paper_set": PaperSet,
    "judgement": Judgement,
    "phone_act": PhoneAct,
}
COUNTY_OWNED = frozenset({"station", "policy", "training", "rule_sheet", "judgement", "phone_act"})
"""Written by the county alone."""
HANDED_BACK = frozenset({"takedown", "employer_hold"})
"""Of what the county decides the part that only takes away: what stations hold of it they give back to a county that has lost it."""
EITHERS = frozenset({"notice"})
"""Written by a station, then its own affair, or by the county: `station_id` says whose, None is the county's."""
PRIVATE = EITHERS | frozenset(
    {
        "worker",
        "employer",
        "employer_sight",
        "case",
        "case_step",
        "facility_check",
        "booking",
        "signup",
        "spending",
        "platform_entry",
        "chain_head",
        "station_day",
        "claim",
        "paper_set",
    }
)
"""Never in another station's feed."""
BETWEEN = frozenset({"referral", "referral_step", "introduction"})
"""Of a worker's station and of the listing's, and nobody else's, those above them neither."""

KEEPS_HISTORY = frozenset({"listing"})
"""Of these every revision is kept, of other records only the newest."""

NAME_OF: dict[type, str] = {cls: name for name, cls in ENTITIES.items()}


def is_countys(record: Any) -> bool:
    """Say whether the county alone writes this record."""
    name = NAME_OF[type(record)]
    return name in COUNTY_OWNED or (name in EITHERS and record.station_id is None)


def is_final(record: object) -> bool:
    """Say whether nobody writes on after this: who withdrew registers anew, as another record."""
    return isinstance(record, Worker) and record.state is WorkerState.WITHDRAWN


def is_emptied(record: object) -> bool:
    """Say whether this is what a withdrawal leaves of a record: it outranks any other word about it (个人信息保护法 15, 47)."""
    if isinstance(record, Introduction):
        return not record.name
    return is_final(record) or (isinstance(record, Case) and record.revision > 1 and not record.text)
