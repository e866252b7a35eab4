"""A station's year counted again at the county, from the records that the station sent: the same measures over the same records."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from kiosk.county.schema import record
from kiosk.domain.case import Case, CaseStep
from kiosk.domain.employer import Employer
from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.measures import CHINA, Year
from kiosk.domain.record import RecordError, from_plain
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.roster import Recommendation, roster_rows
from kiosk.domain.running import FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import StationDay

R = TypeVar("R")


def year_of(connection: sa.Connection, county_id: str, station_id: str, year: int, today: date) -> Year:
    """Give all that a station's year is counted from, as the county has it."""

    def own(cls: type[R]) -> list[R]:
        return _read(cls, connection.scalars(_newest(county_id, cls).where(record.c.owner == station_id)))

    def named(cls: type[R], ids: Iterable[str]) -> dict[str, R]:
        found = _read(cls, connection.scalars(_newest(county_id, cls).where(record.c.id.in_(sorted(set(ids))))))
        return {str(getattr(one, "id")): one for one in found}  # noqa: B009 - every record has an id, and no class says so

    referrals = own(Referral)
    about = sorted(one.id for one in referrals)
    steps: dict[str, list[ReferralStep]] = defaultdict(list)
    for step in _read(ReferralStep, connection.scalars(_newest(county_id, ReferralStep).where(record.c.about.in_(about)))):
        steps[step.referral_id].append(step)
    listings = named(Listing, (one.listing_id for one in referrals))
    employers = named(Employer, (one.employer_id for one in listings.values() if one.employer_id))
    workers = {one.id: one for one in own(Worker)}
    known = [
        Recommendation(
            referral=one,
            steps=steps[one.id],
            worker=workers.get(one.worker_id),
            listing=listings.get(one.listing_id),
            employer=employers.get((listings[one.listing_id].employer_id or "") if one.listing_id in listings else ""),
        )
        for one in referrals
        if one.id in steps
    ]
    return Year(
        year=year,
        today=today,
        workers=list(workers.values()),
        listings=own(Listing),
        reviews=own(Review),
        takedowns=own(Takedown),
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


def _newest(county_id: str, cls: type) -> sa.Select[Any]:
    """Select the newest revision of each record of a kind that was not taken away."""
    ours = (record.c.county_id == county_id, record.c.entity == NAME_OF[cls])
    newest = sa.select(record.c.data, record.c.id).where(*ours, record.c.data.is_not(None))
    return newest.ext(distinct_on(record.c.id)).order_by(record.c.id, record.c.revision.desc())


def _read(cls: type[R], found: Iterable[Any]) -> list[R]:
    """Read records; one that this hub cannot read is as none."""
    read = []
    for data in found:
        try:
            read.append(from_plain(cls, data))
        except RecordError:
            continue
    return read
