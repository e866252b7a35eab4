"""What a visitor reads: home, the job list, one listing, policies and trainings. Writes nothing."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from kiosk.domain import referral
from kiosk.domain.codes import AREAS
from kiosk.domain.employer import Employer
from kiosk.domain.listing import Listing, Published, Review, Verdict, last_review
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.domain.station import Policy, Station, StationLevel, Training
from kiosk.errors import NotFound
from kiosk.services import tickets
from kiosk.services.station import Here, local
from kiosk.store import search
from kiosk.store.search import Filters, Order
from kiosk.store.store import UnitOfWork

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """What stands on the first screen. `updated_at` is when the county was last heard, or None."""

    station: Station
    total: int
    newest: tuple[Published, ...]
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """What the visitor asks of the list."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    order: Order = Order.NEWEST
    offset: int = 0
    limit: int = PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """One page of the list and the counts beside it. `home` is the area from which distances are counted."""

    rows: tuple[Published, ...]
    total: int
    by_trade: dict[str, int]
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """Everything on the detail page. `km` is None when the listing's area is not in the table.

    `station` collected it, `reviewed_by` names the one whose `reviewer_name` approved it. `verified_what` is known where the
    employer's file is.
    """

    published: Published
    station: Station
    km: int | None
    referred: int
    reviewer_name: str
    reviewed_by: str
    reviewed_on: date | None
    verified_what: str
    phone_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What has a number: the public listing with this id, or None; `gone`: what had it last is no longer public."""

    listing_id: str | None = None
    gone: bool = False


def home(here: Here, newest: int = 3) -> HomeFacts:
    """Give the first screen's facts."""
    with here.store.read() as u:
        heard = u.recall("sync.heard_at")
        return HomeFacts(
            station=here.station(u),
            total=search.count(u.connection, "", Filters(ends_from=u.today)),
            newest=tuple(u.newest(newest)),
            updated_at=datetime.fromisoformat(heard) if heard else None,
        )


def jobs(here: Here, query: JobQuery) -> JobPage:
    """Give one page of listings, the number of all that fit, and how many each trade has under the same words and filters.

    What has ended is not among them, whatever the filters say of it.
    """
    with here.store.read() as u:
        # by the day of this transaction: at midnight a page asks with yesterday's
        filters = replace(query.filters, ends_from=u.today)
        by_trade = search.count_by_trade(u.connection, query.text, filters)
        return JobPage(
            rows=tuple(u.search(query.text, filters, query.order, query.limit, query.offset)),
            total=by_trade[filters.trade] if filters.trade else sum(by_trade.values()),
            by_trade=by_trade,
            home=here.station(u).area,
        )


def job(here: Here, listing_id: str) -> JobFacts:
    """Give one public listing with what is known about it; raise NotFound when it is no longer public."""
    with here.store.read() as u:
        published = u.published(listing_id)
        if published is None:
            raise NotFound(listing_id)
        return _facts(here, u, published)


def numbered(here: Here, number: int) -> Numbered:
    """Say what has the board's number."""
    with here.store.read() as u:
        published = u.numbered(number)
        if published is not None:
            return Numbered(listing_id=published.listing.id)
        return Numbered(gone=u.left(number) is not None)


def policies(here: Here) -> tuple[Policy, ...]:
    """Give the county's policies, newest first."""
    with here.store.read() as u:
        return tuple(sorted(u.list(Policy), key=lambda p: p.published_on, reverse=True))


def trainings(here: Here) -> tuple[Training, ...]:
    """Give courses that have not begun, soonest first."""
    with here.store.read() as u:
        return tuple(sorted((t for t in u.list(Training) if t.starts_on >= here.today()), key=lambda t: t.starts_on))


def county_centre(here: Here) -> Station | None:
    """Give the county's own record, where complaints about a station go; None before the county was first heard."""
    with here.store.read() as u:
        return next(iter(u.list(Station, level=StationLevel.COUNTY)), None)


def alive(here: Here) -> Filters:
    """Give the filter that every list starts from: nothing that has ended."""
    return Filters(ends_from=here.today())


def nearest_areas(here: Here) -> tuple[str, ...]:
    """Give the county's areas, our own first, then as the crow flies."""
    with here.store.read() as u:
        own = here.station(u).area
    return tuple(sorted(AREAS, key=lambda area: here.areas.km(own, area) or 0))


def referred(u: UnitOfWork, listing_id: str, *, but: str = "") -> int:
    """Count who was referred to a listing and has neither declined nor stayed away; leave out whom the station `but` referred."""
    steps = [u.list(ReferralStep, referral_id=r.id) for r in u.list(Referral, listing_id=listing_id) if r.station_id != but]
    gone = (ReferralState.INTERESTED, ReferralState.DECLINED, ReferralState.NO_SHOW)
    return sum(1 for s in steps if referral.state_of(s) not in gone)


def _facts(here: Here, u: UnitOfWork, published: Published) -> JobFacts:
    listing, whole = published.listing, u.need(Listing, published.listing.id, published.listing.revision)
    reviews = [r for r in u.list(Review, listing_id=listing.id) if r.verdict is Verdict.APPROVE and r.listing_revision == listing.revision]
    approval = last_review(reviews)
    station = u.get(Station, listing.station_id) or here.station(u)
    reviewed_by = u.get(Station, approval.station_id) if approval else None
    employer = u.get(Employer, whole.employer_id) if whole.employer_id else None
    known = employer is not None and employer.verified_on == listing.employer_verified_on
    return JobFacts(
        published=published,
        station=station,
        km=here.areas.km(here.station(u).area, listing.area),
        referred=referred(u, listing.id),
        reviewer_name=approval.reviewer_name if approval else "",
        reviewed_by=reviewed_by.name if reviewed_by else "",
        reviewed_on=local(approval.reviewed_at).date() if approval else None,
        verified_what=employer.verified_what if employer is not None and known else "",
        phone_url=tickets.listing_url(here, listing.id),
    )
