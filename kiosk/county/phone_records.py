"""What the phone pages read of the county's records: what is public, what is near it, whose registration it is. Neither says nor acts.

Names of fields and kinds stand in the statements as they are, not as parameters: so PostgreSQL takes the indexes of `schema`.
"""

import hmac
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from kiosk.county.schema import device, record
from kiosk.domain import referral as referrals
from kiosk.domain.codes import Trade
from kiosk.domain.employer import EmployerHold, is_held
from kiosk.domain.listing import Listing, ListingState, Review, Takedown, public_revision, state_of
from kiosk.domain.matching import AreaTable
from kiosk.domain.pay import per_day
from kiosk.domain.phone_act import PhoneAct
from kiosk.domain.record import from_plain
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.domain.station import Station
from kiosk.domain.worker import PhoneOf, Worker, WorkerState

CHINA = timezone(timedelta(hours=8))
CANDIDATES, ENOUGH = 60, 20
FAR_KM = 999


@dataclass(slots=True)
class Story:
    """A listing with everything that was decided about it."""

    revisions: list[Listing] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    takedowns: list[Takedown] = field(default_factory=list)
    held: bool = False

    def shown(self, today: date) -> Listing | None:
        """Give the revision that anyone may see today, held or not; None when there is none."""
        return public_revision(self.revisions, self.reviews, self.takedowns, today)

    def ended(self, today: date) -> Listing | None:
        """Give the last revision that stood in public until its days were over."""
        over = [r for r in self.revisions if state_of(r, self.reviews, self.takedowns, today) is ListingState.EXPIRED]
        return over[-1] if over else None


@dataclass(frozen=True, slots=True)
class Known:
    """A registration as the county has it; `at` is when its newest revision came in."""

    worker: Worker
    at: datetime

    @property
    def has_own_phone(self) -> bool:
        """Say whether he gave a phone of his own; the station's number, which stands on every slip, proves nothing."""
        return self.worker.phone_of is not PhoneOf.STATION

    def is_his(self, last_four: str) -> bool:
        """Say whether these are the last digits of his phone."""
        own = self.worker.state is not WorkerState.WITHDRAWN and self.has_own_phone
        return own and hmac.compare_digest(self.worker.phone.last_four(), last_four)


class Records:
    """Reads one county's records in one transaction, as they stand at `now`."""

    def __init__(self, connection: sa.Connection, county_id: str, now: datetime) -> None:
        self._connection, self._county_id = connection, county_id
        self.now, self.today = now, now.astimezone(CHINA).date()

    def rows(self, entity: str, *where: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any, Any, Any]]:
        """Give records of one kind, each revision in its order: id, data, received_at."""
        query = sa.select(record.c.id, record.c.data, record.c.received_at).where(self._kind(record, entity), *where)
        return self._connection.execute(query.order_by(record.c.revision, record.c.id)).all()

    def station(self, station_id: str | None) -> Station | None:
        """Give a station, None when the county knows none."""
        rows = self.rows("station", record.c.id == station_id)
        return from_plain(Station, rows[-1].data) if rows else None

    def heard_at(self, station_id: str) -> datetime | None:
        """Give when a station was last heard of."""
        mine = (device.c.county_id == self._county_id, device.c.station_id == station_id)
        heard: datetime | None = self._connection.scalar(sa.select(sa.func.max(device.c.heard_at)).where(*mine))
        return heard

    def worker(self, worker_id: str, station_id: str) -> Known | None:
        """Give a registration of this station."""
        return self._known(record.c.id == worker_id, record.c.owner == station_id)

    def worker_by_code(self, code: str, last_four: str) -> Known | None:
        """Give the registration with the slip's number whose phone ends so, of whichever station; None where it is not one alone."""
        found = [k for k in self._all_known(text_of(record, "code") == code) if k.is_his(last_four)]
        return found[0] if len(found) == 1 else None

    def _known(self, *where: sa.ColumnElement[bool]) -> Known | None:
        found = self._all_known(*where)
        return found[-1] if found else None

    def _all_known(self, *where: sa.ColumnElement[bool]) -> list[Known]:
        return [Known(from_plain(Worker, r.data), r.received_at) for r in self.rows("worker", *where) if r.data]

    def referrals(self, worker: Worker) -> list[tuple[Referral, list[ReferralStep]]]:
        """Give what a worker put himself down for and what came of it, newest first."""
        mine = self.rows("referral", text_of(record, "worker_id") == worker.id, record.c.owner == worker.station_id)
        made = [from_plain(Referral, r.data) for r in mine if r.data]
        said = self.steps_of({one.id for one in made})
        return [(one, said[one.id]) for one in sorted(made, key=lambda one: (one.created_at, one.id), reverse=True)]

    def steps_of(self, referral_ids: Collection[str]) -> dict[str, list[ReferralStep]]:
        """Give the steps of each of these referrals that has any."""
        said: defaultdict[str, list[ReferralStep]] = defaultdict(list)
        for step in self.about(ReferralStep, "referral_step", referral_ids):
            said[step.referral_id].append(step)
        return said

    def steps(self, referral_id: str) -> list[ReferralStep]:
        """Give a referral's steps."""
        return self.about(ReferralStep, "referral_step", [referral_id])

    def taken(self, listing_id: str) -> int:
        """Count who holds a place of a listing, at whichever station."""
        ids = {referral.id for referral in self.about(Referral, "referral", [listing_id])}
        said = self.steps_of(ids)
        return sum(referrals.state_of(steps) in referrals.HOLDS_A_PLACE for steps in said.values())

    def acts(self, worker_id: str) -> list[PhoneAct]:
        """Give what a worker did on his phone, in that order."""
        return sorted(self.about(PhoneAct, "phone_act", [worker_id]), key=lambda act: (act.acted_at, act.id))

    def story(self, listing_id: str) -> Story:
        """Give one listing's story."""
        return self.stories([listing_id])[listing_id]

    def stories(self, listing_ids: Collection[str]) -> dict[str, Story]:
        """Give many listings' stories: four statements, however many there are."""
        stories = {listing_id: Story() for listing_id in listing_ids}
        for row in self.rows("listing", record.c.id.in_(listing_ids)):
            if row.data:
                stories[row.id].revisions.append(from_plain(Listing, row.data))
        for review in self.about(Review, "review", listing_ids):
            stories[review.listing_id].reviews.append(review)
        for takedown in sorted(self.about(Takedown, "takedown", listing_ids), key=lambda x: (x.taken_down_at, x.id)):
            stories[takedown.listing_id].takedowns.append(takedown)
        holds = defaultdict(list)
        employers = {r.employer_id for story in stories.values() for r in story.revisions if r.employer_id}
        for hold in self.about(EmployerHold, "employer_hold", employers):
            holds[hold.employer_id].append(hold)
        for story in stories.values():
            shown = story.shown(self.today)
            story.held = shown is not None and shown.employer_id is not None and is_held(holds[shown.employer_id])
        return stories

    def public(self, listing_ids: Collection[str]) -> dict[str, Listing]:
        """Give those of the listings that stand in public now."""
        found = {i: story.shown(self.today) for i, story in self.stories(listing_ids).items() if not story.held}
        return {i: listing for i, listing in found.items() if listing is not None}

    def nearest(self, like: Listing, areas: AreaTable | None, limit: int) -> list[Listing]:
        """Give public listings in place of one that is over: the same trade first, then near it, then paid alike."""
        found = self.public(self._candidates([like.trade], like.area))
        found.pop(like.id, None)
        pay = per_day(like) or 0

        def order(one: Listing) -> tuple[bool, int, int, date, str]:
            km = _km(areas, like.area, one.area)
            return one.trade is not like.trade, km, abs((per_day(one) or 0) - pay), one.starts_on, one.id

        return sorted(found.values(), key=order)[:limit]

    def for_worker(self, worker: Worker, area: str) -> Iterable[Listing]:
        """Give public listings that may suit a worker: of his trades, or near him."""
        return self.public(self._candidates(worker.trades, worker.area or area)).values()

    def _candidates(self, trades: Sequence[Trade], area: str) -> set[str]:
        """Find a few dozen that were approved and are not over: of these trades and this area, else of either. The rest `public` knows."""
        listing, review, takedown = record.alias(), record.alias(), record.alias()
        revision = text_of(review, "listing_revision") == sa.cast(listing.c.revision, sa.Text)
        approved = (self._kind(review, "review"), review.c.about == listing.c.id, text_of(review, "verdict") == "approve", revision)
        live = (
            self._kind(listing, "listing"),
            text_of(listing, "ends_on") >= self.today.isoformat(),
            sa.exists().where(*approved),
            ~sa.exists().where(self._kind(takedown, "takedown"), takedown.c.about == listing.c.id),
        )
        of_trade, near = text_of(listing, "trade").in_([trade.value for trade in trades]), text_of(listing, "area") == area
        found: set[str] = set()
        for only in (of_trade & near, of_trade, near):
            newest = sa.select(listing.c.id).where(*live, only).order_by(listing.c.received_at.desc())
            found |= set(self._connection.scalars(newest.limit(CANDIDATES)))
            if len(found) >= ENOUGH:
                break
        return found

    def about(self, cls: type[Any], entity: str, ids: Collection[str]) -> list[Any]:
        """Give the records of one kind that are about these."""
        return [from_plain(cls, r.data) for r in self.rows(entity, record.c.about.in_(ids)) if r.data] if ids else []

    def _kind(self, table: sa.FromClause, entity: str) -> sa.ColumnElement[bool]:
        return sa.and_(table.c.county_id == self._county_id, table.c.entity == sa.literal_column(f"'{entity}'"))


def text_of(table: sa.FromClause, name: str) -> sa.ColumnElement[str]:
    """Give a field of the records in `table`, as text."""
    return table.c.data.op("->>", return_type=sa.Text())(sa.literal_column(f"'{name}'"))


def is_live(steps: Sequence[ReferralStep]) -> bool:
    """Say whether an application still stands."""
    return referrals.state_of(steps) is not ReferralState.DECLINED


def _km(areas: AreaTable | None, a: str, b: str) -> int:
    km = areas.km(a, b) if areas is not None else None
    return km if km is not None else 0 if a == b else FAR_KM
