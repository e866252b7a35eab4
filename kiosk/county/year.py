"""A station's year counted again at the county, from the records that the station sent: the same measures over the same records, as they
stood at a moment.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
from kiosk.domain.roster import Recommendation, roster_rows
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


def year_of(connection: sa.Connection, county_id: str, station_id: str, year: int, until: datetime) -> Year:
    """Give all that a station's year is counted from, as the county has it of what was there at the moment `until`.

    Of a record that was changed later the county has what it says now, but for listings, of which it keeps each revision. Of others'
    listings that the station's people were sent to it takes what that station sees: doubts must be found in the same at both ends.
    """

    def read(cls: type[R], *where: sa.ColumnElement[bool]) -> list[R]:
        return list(_read(cls, connection.scalars(_newest(county_id, cls, until, record.c.data).where(*where))))

    def own(cls: type[R]) -> list[R]:
        return read(cls, record.c.owner == station_id)

    def about(cls: type[R], what: type) -> list[R]:
        mine = (record.c.county_id == county_id, record.c.entity == NAME_OF[what], record.c.owner == station_id)
        return read(cls, record.c.about.in_(sa.select(record.c.id).where(*mine)))

    referrals = own(Referral)
    steps: dict[str, list[ReferralStep]] = defaultdict(list)
    for step in about(ReferralStep, Referral):
        steps[step.referral_id].append(step)
    wanted = sorted({one.listing_id for one in referrals})
    rows = connection.execute(_newest(county_id, Listing, until, record.c.owner, record.c.data).where(record.c.id.in_(wanted)))
    seen = (as_seen_by(station_id, owner, NAME_OF[Listing], data, data.get("contact_scope")) for owner, data in rows)
    sought = {one.id: one for one in _read(Listing, seen)}
    employers = {one.id: one for one in own(Employer)}
    workers = {one.id: one for one in own(Worker)}
    known = [
        Recommendation(
            referral=one,
            steps=steps[one.id],
            worker=workers.get(one.worker_id),
            listing=sought.get(one.listing_id),
            employer=employers.get((sought[one.listing_id].employer_id or "") if one.listing_id in sought else ""),
        )
        for one in referrals
        if one.id in steps
    ]
    return Year(
        year=year,
        today=until.astimezone(CHINA).date(),
        workers=list(workers.values()),
        listings=own(Listing),
        reviews=own(Review),
        # the county's own word stands about a listing of the station, and is not the station's
        takedowns=about(Takedown, Listing),
        # doubts are found over all years
        roster=[row for row in roster_rows(known) if row.referred_at.astimezone(CHINA).year == year],
        cases=own(Case),
        case_steps=own(CaseStep),
        checks=own(FacilityCheck),
        signups=own(Signup),
        spendings=own(Spending),
        entries=own(PlatformEntry),
        days=own(StationDay),
    )


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
