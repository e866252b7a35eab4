"""What a station's year comes to, counted from its records: the same at the station and at the county, which has the same records.

Each measure names the records it stands on, so that every number leads to them. A measure is None where there was nothing to measure: a
share of no complaints is no share. A year that is over stays as it was on its 31 December. Knows no store, no clock, no rubric.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from statistics import median
from typing import Protocol

from kiosk.domain import facility
from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.case import state_of as case_state
from kiosk.domain.ledger import standing
from kiosk.domain.listing import Listing, ListingState, Review, Takedown, Verdict
from kiosk.domain.referral import Party, Referral, ReferralState
from kiosk.domain.roster import Grade, RosterRow
from kiosk.domain.running import Facility, FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import StationDay

CHINA = timezone(timedelta(hours=8))
CASE_DAYS = 15
"""A case is to be closed within so many days (own); a younger one that is open is not held against the station."""
PAY_DAYS = 14
"""So long after the first day of work the worker is to have been asked whether he was paid (own)."""
PERCENT = Decimal(100)
FINE = frozenset({facility.Condition.GOOD, facility.Condition.EXPIRING, facility.Condition.UNCHECKED})
"""A facility that nobody has looked at lately is as it was; that it was not looked at counts elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value, None where there was nothing to measure, and the records on which it stands: `ids`, newest last; `against` are those that
    count against it."""

    value: Decimal | None
    entity: type
    ids: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


class Gathered(Protocol):
    """What counts of a listing: which revision of it was collected when, and by which station."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def revision(self) -> int:
        """Its revision."""

    @property
    def station_id(self) -> str:
        """Who collected it."""

    @property
    def collected_at(self) -> datetime:
        """When this revision was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One station's records as of a day, `today`, within `year` (China's calendar). Rows of the roster are those of the year.

    `listings`: newest revision (of a year that is over, of then) of what this station collected; of the others only what lies in the year
    counts.
    """

    year: int
    today: date
    workers: Sequence[Worker]
    listings: Sequence[Gathered]
    reviews: Sequence[Review]
    takedowns: Sequence[Takedown]
    roster: Sequence[RosterRow]
    cases: Sequence[Case]
    case_steps: Sequence[CaseStep]
    checks: Sequence[FacilityCheck]
    signups: Sequence[Signup]
    spendings: Sequence[Spending]
    entries: Sequence[PlatformEntry]
    days: Sequence[StationDay]

    def has(self, instant: datetime) -> bool:
        """Say whether an instant lies in the year."""
        return instant.astimezone(CHINA).year == self.year

    def at_its_end(self) -> "Year":
        """Give the same without what came after the year, as of its 31 December where that is past (own): what is judged moves no more."""
        return replace(
            self,
            today=min(self.today, last_day(self.year)),
            takedowns=[one for one in self.takedowns if self._by_then(one.taken_down_at)],
            case_steps=[one for one in self.case_steps if self._by_then(one.stepped_at)],
            checks=[one for one in self.checks if self._by_then(one.checked_at)],
            spendings=[one for one in self.spendings if self._by_then(one.entered_at)],
            entries=[one for one in self.entries if self._by_then(one.entered_at)],
        )

    def _by_then(self, instant: datetime) -> bool:
        return instant.astimezone(CHINA).year <= self.year


def last_day(year: int) -> date:
    """Give the day on which a year ends."""
    return date(year, 12, 31)


def _share(good: int, all_: int) -> Decimal | None:
    return PERCENT * good / all_ if all_ else None


def _counted(entity: type, ids: Iterable[str]) -> Measured:
    found = tuple(ids)
    return Measured(value=Decimal(len(found)), entity=entity, ids=found)


def _shared(entity: type, good: Sequence[str], bad: Sequence[str]) -> Measured:
    return Measured(value=_share(len(good), len(good) + len(bad)), entity=entity, ids=tuple(good), against=tuple(bad))


def _registrations(y: Year) -> Measured:
    return _counted(Worker, (w.id for w in sorted(y.workers, key=lambda w: w.registered_at) if y.has(w.registered_at)))


def approvals(y: Year) -> dict[str, Review]:
    """Give each listing's first approval of the year among these reviews, oldest first."""
    first: dict[str, Review] = {}
    for review in sorted(y.reviews, key=lambda r: (r.reviewed_at, r.id)):
        if review.verdict is Verdict.APPROVE and y.has(review.reviewed_at):
            first.setdefault(review.listing_id, review)
    return first


def _published(y: Year) -> Measured:
    return _counted(Listing, approvals(y))


def waits(y: Year) -> dict[str, tuple[Review, float]]:
    """Give for each listing its first decision of the year as it was collected last, and how many minutes that had waited."""
    collected = {(listing.id, listing.revision): listing.collected_at for listing in y.listings}
    waited: dict[str, tuple[Review, float]] = {}
    for review in sorted(y.reviews, key=lambda r: (r.reviewed_at, r.id)):
        since = collected.get((review.listing_id, review.listing_revision))
        if since and y.has(review.reviewed_at) and review.verdict is not Verdict.UNDO:
            waited.setdefault(review.listing_id, (review, (review.reviewed_at - since) / timedelta(minutes=1)))
    return waited


def _review_minutes(y: Year) -> Measured:
    """How long what was collected waited for its first decision, in the middle: half of it waited less."""
    waited = waits(y)
    value = Decimal(round(median(minutes for _, minutes in waited.values()))) if waited else None
    return Measured(value=value, entity=Listing, ids=tuple(waited))


def _graded(least: Grade) -> Callable[[Year], Measured]:
    def count(y: Year) -> Measured:
        good = [row.about.referral.id for row in y.roster if row.grade >= least and not row.suspicious]
        doubtful = [row.about.referral.id for row in y.roster if row.grade >= least and row.suspicious]
        return Measured(value=Decimal(len(good)), entity=Referral, ids=tuple(good), against=tuple(doubtful))

    return count


def _resulted(y: Year) -> Measured:
    """Of those recommended long enough ago: whose end is known, or of whom somebody besides staff has spoken."""
    asked = [row for row in y.roster if (y.today - row.referred_at.astimezone(CHINA).date()).days >= CASE_DAYS]
    told = {row.about.referral.id for row in asked if any(step.party is not Party.STAFF for step in row.words)}
    return _shared(Referral, [i for i in _ids(asked) if i in told], [i for i in _ids(asked) if i not in told])


def _pay_asked(y: Year) -> Measured:
    """Of those who came to work long enough ago: who has said whether he was paid."""
    came = [row for row in y.roster if row.grade >= Grade.ARRIVED and _days_since(y, row) >= PAY_DAYS]
    answers = frozenset({ReferralState.PAID, ReferralState.UNPAID})
    said = {row.about.referral.id for row in came if any(s.party is Party.WORKER and s.state in answers for s in row.about.steps)}
    return _shared(Referral, [i for i in _ids(came) if i in said], [i for i in _ids(came) if i not in said])


def _days_since(y: Year, row: RosterRow) -> int:
    listing = row.about.listing
    first = listing.starts_on if listing else row.referred_at.astimezone(CHINA).date()
    return (y.today - first).days


def _ids(rows: Iterable[RosterRow]) -> list[str]:
    return [row.about.referral.id for row in rows]


def _cases(y: Year) -> list[tuple[Case, CaseState, bool]]:
    """Give the year's cases, oldest first: where each stands, and whether its time is up."""
    steps: dict[str, list[CaseStep]] = defaultdict(list)
    for step in y.case_steps:
        steps[step.case_id].append(step)
    opened = sorted((case for case in y.cases if y.has(case.opened_at)), key=lambda c: (c.opened_at, c.id))
    return [(one, case_state(steps[one.id]), (y.today - one.opened_at.astimezone(CHINA).date()).days >= CASE_DAYS) for one in opened]


def _cases_closed(y: Year) -> Measured:
    good: list[str] = []
    bad: list[str] = []
    for case, state, late in _cases(y):
        closed = state in (CaseState.SETTLED, CaseState.DISMISSED)
        if closed or late:
            (good if closed else bad).append(case.id)
    return _shared(Case, good, bad)


def _privacy_incidents(y: Year) -> Measured:
    """Count what is personal and got out: what was dismissed was none, what nobody has looked at until its time was up was one (own)."""
    return _counted(Case, (c.id for c, state, late in _cases(y) if c.kind is CaseKind.PRIVACY and _holds(state, late=late)))


def _holds(state: CaseState, *, late: bool) -> bool:
    return state in (CaseState.CONFIRMED, CaseState.SETTLED) or (state is CaseState.OPEN and late)


def _false_listings(y: Year) -> Measured:
    """Count what this station published and the county took down, or a confirmed case calls false."""
    ours = approvals(y)
    own = {listing.station_id for listing in y.listings}
    taken = {t.listing_id for t in y.takedowns if t.station_id not in own and t.state is ListingState.WITHDRAWN}
    confirmed = {c.listing_id for c in y.cases if c.kind is CaseKind.FALSE_LISTING and c.listing_id in ours and _confirmed(y, c)}
    found = [i for i in ours if i in confirmed or i in taken]
    return Measured(value=Decimal(len(found)) if ours else None, entity=Listing, against=tuple(found))


def _confirmed(y: Year, case: Case) -> bool:
    return any(s.case_id == case.id and s.state is CaseState.CONFIRMED for s in y.case_steps)


def _facilities_good(y: Year) -> Measured:
    good: list[str] = []
    bad: list[str] = []
    for kind in Facility:
        stands = facility.standing(kind, [c for c in y.checks if c.facility is kind], y.today)
        if stands.last:
            (good if stands.condition in FINE else bad).append(stands.last.id)
    return Measured(value=Decimal(len(good)), entity=FacilityCheck, ids=tuple(good), against=tuple(bad))


def _facilities_looked_at(y: Year) -> Measured:
    """Of the spans in which each facility was to be looked at, from the first look of the year on: in how many somebody did."""
    looks = [c for c in y.checks if c.by_id and y.has(c.checked_at)]
    if not looks:
        return Measured(value=None, entity=FacilityCheck)
    first = min(c.checked_at for c in looks).astimezone(CHINA).date()
    due = done = 0
    for kind, every in facility.LOOKED_AT_EVERY.items():
        spans = (y.today - first).days // every.days
        seen = {(c.checked_at.astimezone(CHINA).date() - first).days // every.days for c in looks if c.facility is kind}
        due, done = due + spans, done + len([n for n in seen if n < spans])
    return Measured(value=_share(done, due), entity=FacilityCheck, ids=tuple(c.id for c in sorted(looks, key=lambda c: c.checked_at)))


def _signups(y: Year) -> Measured:
    standing = sorted((s for s in y.signups if not s.cancelled and y.has(s.signed_at)), key=lambda s: (s.signed_at, s.id))
    return _counted(Signup, (s.id for s in standing))


def _entered(y: Year) -> Measured:
    """Of what the year's work left to be entered into the provincial platform (管理办法 6): how much was."""
    marked = {e.record_id for e in y.entries}
    wanted = [*_registrations(y).ids, *approvals(y)]
    return _shared(PlatformEntry, [i for i in wanted if i in marked], [i for i in wanted if i not in marked])


def _ledger(y: Year) -> Measured:
    return _counted(Spending, (s.id for s in standing(y.spendings) if s.spent_on.year == y.year))


def _ran(minutes: Callable[[StationDay], int]) -> Callable[[Year], Measured]:
    def share(y: Year) -> Measured:
        days = [d for d in y.days if d.day.year == y.year and d.due_min]
        due = sum(d.due_min or 0 for d in days)
        return Measured(
            value=_share(sum(min(minutes(d), d.due_min or 0) for d in days), due), entity=StationDay, ids=tuple(d.id for d in days)
        )

    return share


def _summed(count: Callable[[StationDay], int]) -> Callable[[Year], Measured]:
    def total(y: Year) -> Measured:
        days = [d for d in y.days if d.day.year == y.year]
        return Measured(
            value=Decimal(sum(map(count, days))) if days else None, entity=StationDay, ids=tuple(d.id for d in days if count(d))
        )

    return total


MEASURES: Mapping[str, Callable[[Year], Measured]] = {
    "terminal_share": _ran(lambda d: d.terminal_min),
    "board_share": _ran(lambda d: d.board_min),
    "facilities_good": _facilities_good,
    "facilities_looked_at": _facilities_looked_at,
    "visits": _summed(lambda d: d.visits),
    "policies": _summed(lambda d: d.policies),
    "signups": _signups,
    "registrations": _registrations,
    "published": _published,
    "review_minutes": _review_minutes,
    "recommended": _graded(Grade.RECOMMENDED),
    "confirmed": _graded(Grade.CONFIRMED),
    "arrived": _graded(Grade.ARRIVED),
    "paid": _graded(Grade.PAID),
    "resulted_share": _resulted,
    "pay_asked_share": _pay_asked,
    "cases_closed_share": _cases_closed,
    "false_listings": _false_listings,
    "privacy_incidents": _privacy_incidents,
    "entered_share": _entered,
    "ledger_lines": _ledger,
}
"""Everything that a rubric may name. Shares are per cent."""
