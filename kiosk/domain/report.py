"""A report: a visitor says that a public listing is not true. Nobody needs to say who he is; it holds nothing by itself (RULES, abuse)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.ad_numbers import fold
from kiosk.domain.ad_words import phones
from kiosk.errors import BadInput

WORDS_MAX = 60


class ReportReason(StrEnum):
    """What is wrong with it."""

    FEE = "fee"
    PAY = "pay"
    WORK = "work"
    UNREACHED = "unreached"
    FULL = "full"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One visit's word on one listing: append-only, owned by the station where it was said; the listing's own station gets it too."""

    id: str
    station_id: str
    listing_id: str
    reason: ReportReason
    words: str = ""
    reported_at: datetime


def check_words(words: str) -> str:
    """Accept up to WORDS_MAX characters without a phone number; raise BadInput('words'). Other stations read them."""
    words = words.strip()
    if len(words) > WORDS_MAX:
        raise BadInput("words", "bad.report.long", most=WORDS_MAX)
    if phones(fold(words))[0]:
        raise BadInput("words", "bad.report.phone")
    return words
