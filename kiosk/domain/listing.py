"""A listing: what an employer offers, its life cycle, and what of it may be seen in public.

draft → pending → approved → filled | expired | withdrawn; pending → returned | rejected. An edit of an approved listing is a new
revision, pending, while the approved one stays public. A revision is never changed: its state is a fold over reviews, holds and takedowns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.codes import Meals, PayUnit, Settlement, Trade
from kiosk.domain.privacy import PersonName, Phone


class ListingState(StrEnum):
    """Where a listing's newest revision stands."""

    DRAFT = "draft"
    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    REJECTED = "rejected"
    FILLED = "filled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class ContactScope(StrEnum):
    """Who may read the employer's contact on a slip: visitors of every station, or of the collecting one only."""

    ALL_STATIONS = "all_stations"
    OWN_STATION = "own_station"


class Collected(StrEnum):
    """How the listing came in."""

    TERMINAL = "terminal"
    PHONE_CALL = "phone_call"
    IMPORT = "import"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicListing:
    """What anyone may see: no contact, no person. Money in fen, times in minutes after midnight."""

    id: str
    revision: int
    station_id: str
    title: str
    trade: Trade
    headcount: int
    employer_name: str
    employer_verified_on: date | None = None
    requirements: str
    description: str
    area: str
    place: str
    starts_on: date
    ends_on: date
    day_start_min: int | None = None
    day_end_min: int | None = None
    break_min: int = 0
    pay_fen: int
    pay_max_fen: int | None = None
    pay_unit: PayUnit
    settlement: Settlement
    pay_method: str = ""
    meals: Meals = Meals.NONE
    lodging: bool = False
    transport: str = ""
    long_term: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(PublicListing):
    """One revision of a listing with everything article 6 asks for, contact included."""

    employer_id: str | None = None
    contact_name: PersonName
    contact_phone: Phone
    contact_scope: ContactScope = ContactScope.OWN_STATION
    collected_by: str
    collected_how: Collected = Collected.TERMINAL
    collected_at: datetime

    def public(self) -> PublicListing:
        """Leave out the contact and the collector."""
        return PublicListing(**{f.name: getattr(self, f.name) for f in fields(PublicListing)})


class Verdict(StrEnum):
    """What a reviewer decided. `undo` takes his last decision on the revision back, within a minute."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One reviewer's decision on one revision: append-only, owned by the reviewer's station."""

    id: str
    station_id: str
    listing_id: str
    listing_revision: int
    verdict: Verdict
    reviewer_id: str
    reviewer_name: str
    reason: str = ""
    hold_reasons: dict[str, str]
    own_collection: bool = False
    reviewed_at: datetime

    @property
    def facts(self) -> dict[str, str]:
        """Give what the chain of responsibility keeps of it, as a hash: who changes the record later is found out."""
        holds = "".join(f"\n{rule}\t{words}" for rule, words in sorted(self.hold_reasons.items()))
        return {"revision": str(self.listing_revision), "by": self.reviewer_name, "reason": self.reason, "holds": holds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """Somebody took a listing off every board: append-only, owned by its author (a station or the county)."""

    id: str
    station_id: str
    listing_id: str
    by_name: str
    reason: str
    state: ListingState = ListingState.WITHDRAWN
    taken_down_at: datetime


def state_of(listing: Listing, reviews: Sequence[Review], takedowns: Sequence[Takedown], today: date) -> ListingState:
    """Fold what was decided into the state of one revision; the last review counts, a takedown outranks it."""
    if takedowns:
        return takedowns[-1].state
    verdict = last_verdict([r for r in reviews if r.listing_revision == listing.revision])
    if verdict is None:
        return ListingState.PENDING
    if verdict is Verdict.RETURN:
        return ListingState.RETURNED
    if verdict is Verdict.REJECT:
        return ListingState.REJECTED
    return ListingState.EXPIRED if listing.ends_on < today else ListingState.APPROVED


def last_review(reviews: Sequence[Review]) -> Review | None:
    """Give the last decision, an undoing included; None where there is none."""
    return max(reviews, key=lambda r: (r.reviewed_at, r.id), default=None)


def last_verdict(reviews: Sequence[Review]) -> Verdict | None:
    """Give the verdict that counts; None where nobody decided or the last decision was undone."""
    last = last_review(reviews)
    return None if last is None or last.verdict is Verdict.UNDO else last.verdict


def public_revision(revisions: Sequence[Listing], reviews: Sequence[Review], takedowns: Sequence[Takedown], today: date) -> Listing | None:
    """Choose the revision that stands in public now: the newest approved one, or none. Once that is over no older one comes back for it."""
    for listing in sorted(revisions, key=lambda r: -r.revision):
        state = state_of(listing, reviews, takedowns, today)
        if state in (ListingState.APPROVED, ListingState.EXPIRED):
            return listing if state is ListingState.APPROVED else None
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A listing as it stands in public: `seq` grows with each publication, `number` (17号) is what people say while it is public."""

    seq: int
    number: int
    published_at: datetime
    day_fen: int | None
    listing: PublicListing
