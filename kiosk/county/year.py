"""A station's year counted again at the county, from the records that the station sent: the same measures over the same records, as they
stood at a moment.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from kiosk.county.feed import as_seen_by
from kiosk.county.phone_records import text_of
from kiosk.county.schema import record
from kiosk.domain.case import Case, CaseStep
from kiosk.domain.employer import Employer
from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.measures import CHINA, Year
from kiosk.domain.record import RecordError, from_plain, to_plain
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.roster import Recommendation, RosterRow, roster_rows
from kiosk.domain.running import FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import StationDay

R = TypeVar("R")
SINCE: Mapping[type, str] = {
    Worker: "registered_at",
    Employer: "created_at",
    Listing: "collected_at",
    Review: "reviewed_at",
    Takedown: "taken_down_at",
    Referral: "created_at",
    ReferralStep: "stepped_at",
    Case: "opened_at",
    CaseStep: "stepped_at",
    FacilityCheck: "checked_at",
    Signup: "signed_at",
    Spending: "entered_at",
    PlatformEntry: "entered_at",
}
"""Since when a record is there; of a day that is over, since the next one began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """As much of a listing as a year is counted from: a station has thousands, and reading them whole took nearly half of the time."""

    id: str
    revision: int
    station_id: str
    collected_at: datetime


@dataclass(frozen=True, slots=True)
class _Then:
    """What the county has of a station as it was at a moment."""

    connection: sa.Connection
    county_id: str
    station_id: str
    until: datetime

    def read(self, cls: type[R], *where: sa.ColumnElement[bool]) -> list[R]:
        """Read the records of a kind."""
        return list(_read(cls, self.connection.scalars(_newest(self.county_id, cls, self.until, record.c.data).where(*where))))

    def collected(self) -> list[Collected]:
        """Read of the station's listings what counts."""
        parts = [part for field in fields(Collected) for part in (field.name, record.c.data[field.name])]
        few = _newest(self.county_id, Listing, self.until, sa.func.jsonb_build_object(*parts))
        return list(_read(Collected, self.connection.scalars(few.where(record.c.owner == self.station_id))))

    def own(self, cls: type[R]) -> list[R]:
        """Read the station's."""
        return self.read(cls, record.c.owner == self.station_id)

    def about(self, cls: type[R], what: type, *where: sa.ColumnElement[bool]) -> list[R]:
        """Read those about something of the station's."""
        mine = (record.c.county_id == self.county_id, record.c.entity == NAME_OF[what], record.c.owner == self.station_id)
        return self.read(cls, record.c.about.in_(sa.select(record.c.id).where(*mine)), *where)


def roster_of(connection: sa.Connection, county_id: str, station_id: str, year: int, until: datetime) -> list[RosterRow]:
    """Give the roster alone of what `year_of` gives."""
    then = _Then(connection, county_id, station_id, until)
    return _roster(then, then.own(Worker), year)


def listings_of(connection: sa.Connection, county_id: str, station_id: str, ids: Iterable[str], until: datetime) -> list[Listing]:
    """Give these of the station's listings whole, as they stood."""
    return _Then(connection, county_id, station_id, until).read(Listing, record.c.owner == station_id, record.c.id.in_(sorted(ids)))


def year_of(connection: sa.Connection, county_id: str, station_id: str, year: int, until: datetime) -> Year:
    """Give all that a station's year is counted from, as the county has it of what was there at the moment `until`.

    Of a record that was changed later the county has what it says now, but for listings, of which it keeps each revision. Of others'
    listings that the station's people were sent to it takes what that station sees: doubts must be found in the same at both ends.
    """
    then = _Then(connection, county_id, station_id, until)
    own, about, workers = then.own, then.about, then.own(Worker)
    return Year(
        year=year,
        today=until.astimezone(CHINA).date(),
        workers=workers,
        listings=then.collected(),
        reviews=own(Review),
        # the county's own word stands about a listing of the station, and is not the station's, which counts nowhere
        takedowns=about(Takedown, Listing, record.c.owner != station_id),
        roster=_roster(then, workers, year),
        cases=own(Case),
        case_steps=own(CaseStep),
        checks=own(FacilityCheck),
        signups=own(Signup),
        spendings=own(Spending),
        entries=own(PlatformEntry),
        days=own(StationDay),
    )


def _roster(then: _Then, workers: Iterable[Worker], year: int) -> list[RosterRow]:
    """Make the roster of a year; doubts are found over all years."""
    referrals = then.own(Referral)
    steps: dict[str, list[ReferralStep]] = defaultdict(list)
    for step in then.about(ReferralStep, Referral):
        steps[step.referral_id].append(step)
    wanted = sorted({one.listing_id for one in referrals})
    newest = _newest(then.county_id, Listing, then.until, record.c.owner, record.c.data).where(record.c.id.in_(wanted))
    rows = then.connection.execute(newest)
    seen = (as_seen_by(then.station_id, owner, NAME_OF[Listing], data, data.get("contact_scope")) for owner, data in rows)
    sought = {one.id: one for one in _read(Listing, seen)}
    employers = {one.id: one for one in then.own(Employer)}
    people = {one.id: one for one in workers}
    known = [
        Recommendation(
            referral=one,
            steps=steps[one.id],
            worker=people.get(one.worker_id),
            listing=sought.get(one.listing_id),
            employer=employers.get((sought[one.listing_id].employer_id or "") if one.listing_id in sought else ""),
        )
        for one in referrals
        if one.id in steps
    ]
    return [row for row in roster_rows(known) if row.referred_at.astimezone(CHINA).year == year]


def _newest(county_id: str, cls: type, until: datetime, *columns: Any) -> sa.Select[Any]:
    """Select the newest revision of each record of a kind that was there at a moment and was not taken away."""
    ours = (record.c.county_id == county_id, record.c.entity == NAME_OF[cls], record.c.data.is_not(None))
    if cls is StationDay:
        there = text_of(record, "day") < to_plain((until + timedelta(milliseconds=1)).astimezone(CHINA).date())
    else:
        there = text_of(record, SINCE[cls]) <= to_plain(until)
    newest = sa.select(*columns).where(*ours, there)
    return newest.ext(distinct_on(record.c.id)).order_by(record.c.id, record.c.revision.desc())


def _read(cls: type[R], found: Iterable[Any]) -> Iterator[R]:
    """Read records; one that this hub cannot read is as none."""
    for data in found:
        try:
            yield from_plain(cls, data)
        except RecordError:
            continue
