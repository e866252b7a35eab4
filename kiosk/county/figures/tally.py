"""What each figure of the county means, counted from one station's records, by month. Pure: knows no table, no clock and no word.

The definitions are the station's own (kiosk.domain.measures, roster, pay), so that the county's page and a station's assessment say the
same. A listing is its collecting station's, whoever approved it; a referral is the worker's station's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import add
from typing import Any

from kiosk.domain import measures, pay
from kiosk.domain.listing import Listing, ListingState, Review, Takedown, Verdict
from kiosk.domain.measures import CHINA
from kiosk.domain.referral import ReferralState, in_order, state_of
from kiosk.domain.roster import Grade, Recommendation, grade, roster_rows
from kiosk.domain.worker import Worker


class Total(StrEnum):
    """What is only counted. People: REGISTERED, WANTED and everything from REFERRED on.

    REGISTERED: registrations, who has withdrawn included (measures.registrations); the same person at two stations counts at both.
    WANTED: for each trade, registrations that name it; who has withdrawn names none.
    PUBLISHED: listings by their first approval of the year (measures.published), HEADCOUNT: the people that this revision asks for.
    FILLED, WITHDRAWN, REMOVED: listings once approved, by the last word that took them down: the employer has whom he needs, its own
    station took it down, somebody above that station did.
    REFERRED: recommendations, by the day of the first. They are what follows: RECOMMENDED, CONFIRMED, ARRIVED and PAID by the grade of
    the evidence (kiosk.domain.roster) without what is doubtful, DOUBTFUL, and DECLINED and NO_SHOW, of which nothing came.
    UNPAID: of all these, whose last word is that no pay came.
    """

    REGISTERED = "registered"
    WANTED = "wanted"
    PUBLISHED = "published"
    HEADCOUNT = "headcount"
    FILLED = "filled"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    REFERRED = "referred"
    RECOMMENDED = "recommended"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    PAID = "paid"
    DOUBTFUL = "doubtful"
    DECLINED = "declined"
    NO_SHOW = "no_show"
    UNPAID = "unpaid"


class Value(StrEnum):
    """What is measured, so that its middle can be told.

    PAY: fen a day (pay.per_day) of each listing in PUBLISHED, by the least that it promises; what cannot be worked out is left out.
    REVIEW: whole minutes that a listing waited for its first decision of the year (measures.review_minutes).
    FILL: whole hours from a listing's first approval to the word that it is FILLED, in the month of that word.
    """

    PAY = "pay"
    REVIEW = "review"
    FILL = "fill"


GRADES = {Grade.RECOMMENDED: Total.RECOMMENDED, Grade.CONFIRMED: Total.CONFIRMED, Grade.ARRIVED: Total.ARRIVED, Grade.PAID: Total.PAID}
FAILED = {ReferralState.DECLINED: Total.DECLINED, ReferralState.NO_SHOW: Total.NO_SHOW}
MONTHS = 12
ANY = ""
"""In the place of a trade: of no trade, or the listing is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What one station's figures stand on. `listings` are all revisions of its own, oldest first; reviews and takedowns are about them,
    whoever wrote them; `known` are all its referrals that have a step."""

    workers: Sequence[Worker]
    listings: Sequence[Listing]
    reviews: Sequence[Review]
    takedowns: Sequence[Takedown]
    known: Sequence[Recommendation]


@dataclass(slots=True)
class Counts:
    """Counts as they are kept, twelve a year: `totals` as {what: {trade: months}}, `spread` of what is measured as {what: {trade: {value:
    months}}}. All keys are text, because JSON knows no other.
    """

    totals: dict[str, Any] = field(default_factory=dict)
    spread: dict[str, Any] = field(default_factory=dict)

    def count(self, what: Total, trade: str, month: int, many: int = 1) -> None:
        """Count so many more."""
        self.totals.setdefault(what.value, {}).setdefault(trade, [0] * MONTHS)[month - 1] += many

    def measure(self, what: Value, trade: str, month: int, value: int) -> None:
        """Note one measured value."""
        self.spread.setdefault(what.value, {}).setdefault(trade, {}).setdefault(str(value), [0] * MONTHS)[month - 1] += 1

    def add(self, totals: dict[str, Any], spread: dict[str, Any]) -> None:
        """Add those of another scope."""
        _add(self.totals, totals)
        _add(self.spread, spread)


def _add(to: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict):
            _add(to.setdefault(name, {}), value)
        else:
            to[name] = list(map(add, to[name], value)) if name in to else value


def tally(records: Records, year: int) -> Counts:
    """Count a station's year (China's calendar)."""
    found = Counts()
    newest = {listing.id: listing for listing in records.listings}
    y = measures.Year(
        year=year,
        today=date(year, 12, 31),
        workers=records.workers,
        listings=tuple(newest.values()),
        reviews=records.reviews,
        takedowns=records.takedowns,
        roster=(),
        cases=(),
        case_steps=(),
        checks=(),
        signups=(),
        spendings=(),
        entries=(),
        days=(),
    )
    for worker in records.workers:
        if y.has(worker.registered_at):
            found.count(Total.REGISTERED, ANY, _month(worker.registered_at))
            for trade in dict.fromkeys(worker.trades):
                found.count(Total.WANTED, trade.value, _month(worker.registered_at))
    revisions = {(listing.id, listing.revision): listing for listing in records.listings}
    for review in measures.approvals(y).values():
        listing = revisions.get((review.listing_id, review.listing_revision))
        if listing is not None:
            _published(found, listing, _month(review.reviewed_at))
    for review, waited in measures.waits(y).values():
        found.measure(Value.REVIEW, ANY, _month(review.reviewed_at), round(waited))
    _ended(found, y, newest)
    _referred(found, y, records.known)
    return found


def _month(instant: datetime) -> int:
    return instant.astimezone(CHINA).month


def _published(found: Counts, listing: Listing, month: int) -> None:
    trade = listing.trade.value
    found.count(Total.PUBLISHED, trade, month)
    found.count(Total.HEADCOUNT, trade, month, listing.headcount)
    day = pay.per_day(listing)
    if day is not None:
        found.measure(Value.PAY, trade, month, day)


def _ended(found: Counts, y: measures.Year, listings: Mapping[str, Listing]) -> None:
    first: dict[str, datetime] = {}
    for review in y.reviews:
        if review.verdict is Verdict.APPROVE:
            first[review.listing_id] = min(review.reviewed_at, first.get(review.listing_id, review.reviewed_at))
    last: dict[str, Takedown] = {}
    for takedown in sorted(y.takedowns, key=lambda t: (t.taken_down_at, t.id)):
        last[takedown.listing_id] = takedown
    for takedown in last.values():
        listing, since, at = listings.get(takedown.listing_id), first.get(takedown.listing_id), takedown.taken_down_at
        if listing is None or since is None or at < since or not y.has(at):
            continue
        filled = takedown.state is ListingState.FILLED
        how = Total.FILLED if filled else Total.WITHDRAWN if takedown.station_id == listing.station_id else Total.REMOVED
        found.count(how, listing.trade.value, _month(at))
        if filled:
            found.measure(Value.FILL, listing.trade.value, _month(at), (at - since) // timedelta(hours=1))


def _referred(found: Counts, y: measures.Year, known: Sequence[Recommendation]) -> None:
    # doubts are found over all years: a hire may be told again after New Year
    doubtful = {row.about.referral.id for row in roster_rows(known) if row.suspicious}
    for one in known:
        at = next((step.stepped_at for step in in_order(one.steps) if step.state is ReferralState.REFERRED), None)
        if at is None or not y.has(at):
            continue
        trade, state, reached = one.listing.trade.value if one.listing else ANY, state_of(one.steps), grade(one.steps)
        found.count(Total.REFERRED, trade, _month(at))
        outcome = FAILED[state] if reached is None else Total.DOUBTFUL if one.referral.id in doubtful else GRADES[reached]
        found.count(outcome, trade, _month(at))
        if state is ReferralState.UNPAID:
            found.count(Total.UNPAID, trade, _month(at))
