"""Keeps the counts of the county's figures: a station's year is counted anew, whole, when something came since, and then added up.

Counting a station again takes tenths of a second and uses the very functions that its own assessment uses, so nothing can drift: no counter
is moved by a push. A year stays as it was counted last from the end of March of the next on: what is forgotten later does not change it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from time import monotonic
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from kiosk.county.bulk import among
from kiosk.county.feed import as_seen_by, of_station
from kiosk.county.figures.answer import Scope
from kiosk.county.figures.tally import Counts, Records, tally
from kiosk.county.schema import feed, figure, record, station
from kiosk.domain.codes import AREAS
from kiosk.domain.employer import Employer
from kiosk.domain.entities import NAME_OF
from kiosk.domain.judgement import LATE_MONTHS
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.measures import CHINA
from kiosk.domain.record import from_plain
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.roster import Recommendation
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker

R = TypeVar("R")
EVERY = timedelta(minutes=15)
"""A station is counted again after so long at the soonest."""
LOCK = 420_924
"""An advisory lock: one hub counts, however many serve the county."""


def count_for(engine: sa.Engine, county_id: str, now: Callable[[], datetime], most_s: float) -> bool:
    """Count what is due for about so many seconds; give whether something still is."""
    until = monotonic() + most_s
    while monotonic() < until:
        with engine.begin() as connection:
            if not count_next(connection, county_id, now()):
                return False
    return True


def count_next(connection: sa.Connection, county_id: str, now: datetime) -> bool:
    """Count the one station that waits longest, or add all up when none does; give whether there was something to do."""
    if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK, sa.func.hashtext(county_id)))):
        return False
    years = years_of(now)
    waiting = connection.execute(_waiting(county_id, years[-1], now)).first()
    if waiting is not None:
        records = records_of(connection, county_id, waiting.id)
        for year in years:
            keep(connection, county_id, year, Scope(station_id=waiting.id), tally(records, year), now, waiting.position)
        return True
    for year in years:
        if _is_late(connection, county_id, year, now):
            add_up(connection, county_id, year, now)
            return True
    return False


def years_of(now: datetime) -> list[int]:
    """Give the years that are still counted, oldest first."""
    today = now.astimezone(CHINA)
    return [today.year - 1, today.year] if today.month <= LATE_MONTHS else [today.year]


def _waiting(county_id: str, year: int, now: datetime) -> sa.Select[Any]:
    """Find the station of which something came since it was counted, with how far its feed goes; the longest wait first."""
    its = sa.func.concat(of_station(""), station.c.id)
    newest = sa.select(sa.func.coalesce(sa.func.max(feed.c.position), 0)).where(feed.c.county_id == county_id, feed.c.audience == its)
    position = newest.scalar_subquery()
    same = sa.and_(figure.c.county_id == county_id, figure.c.year == year, figure.c.scope == its)
    due = sa.or_(figure.c.counted_at.is_(None), sa.and_(figure.c.counted_at <= now - EVERY, figure.c.position != position))
    rows = sa.select(station.c.id, position.label("position")).select_from(station.outerjoin(figure, same))
    return rows.where(station.c.county_id == county_id, due).order_by(figure.c.counted_at.nulls_first(), station.c.id).limit(1)


def _is_late(connection: sa.Connection, county_id: str, year: int, now: datetime) -> bool:
    """Say whether a station was counted since all were added up, which is not done more often than a station is counted."""
    ours = (figure.c.county_id == county_id, figure.c.year == year)
    newest = sa.select(sa.func.max(figure.c.counted_at)).where(*ours, figure.c.scope.startswith(of_station("")))
    whole = sa.select(figure.c.counted_at).where(*ours, figure.c.scope == "")
    counted, added = connection.scalar(newest), connection.scalar(whole)
    return counted is not None and (added is None or (added < counted and added <= now - EVERY))


def add_up(connection: sa.Connection, county_id: str, year: int, now: datetime) -> None:
    """Make the townships' counts and the county's of the stations', each station in the township where its record says it stands."""
    its = sa.func.concat(of_station(""), record.c.id)
    same = sa.and_(record.c.county_id == county_id, record.c.entity == NAME_OF[Station], figure.c.scope == its)
    rows = sa.select(record.c.data["area"].astext, figure.c.totals, figure.c.spread).select_from(figure.join(record, same))
    sums: dict[Scope, Counts] = {Scope(): Counts()} | {Scope(area): Counts() for area in AREAS}
    for area, totals, spread in connection.execute(rows.where(figure.c.county_id == county_id, figure.c.year == year)):
        for scope in {Scope(), Scope(area)}:
            sums.setdefault(scope, Counts()).add(totals, spread)
    for scope, counts in sums.items():
        keep(connection, county_id, year, scope, counts, now)


def keep(connection: sa.Connection, county_id: str, year: int, scope: Scope, counts: Counts, now: datetime, position: int = 0) -> None:
    """Put counts in the place of the earlier ones."""
    said = {"counted_at": now, "position": position, "totals": counts.totals, "spread": counts.spread}
    new = insert(figure).values(county_id=county_id, year=year, scope=scope.key, **said)
    connection.execute(new.on_conflict_do_update(index_elements=list(figure.primary_key), set_=said))


def records_of(connection: sa.Connection, county_id: str, station_id: str) -> Records:
    """Read what one station's figures stand on."""
    ours = record.c.county_id == county_id
    own = (ours, record.c.owner == station_id, record.c.data.is_not(None))

    def read(cls: type[R], *wanted: sa.ColumnElement[bool]) -> list[R]:
        rows = sa.select(record.c.id, record.c.revision, record.c.data).where(record.c.entity == NAME_OF[cls], *wanted)
        # sorted here: asked for in order, a young database that has no statistics reads the whole county's in that order
        return [from_plain(cls, data) for _, _, data in sorted(map(tuple, connection.execute(rows)))]

    workers, listings, referrals = read(Worker, *own), read(Listing, *own), read(Referral, *own)
    ids = {one.id for one in listings} | {one.id for one in referrals}
    # found by what they are about alone: by their kind, too, a young database reads all steps of the county for each station
    rows = sa.select(record.c.entity, record.c.id, record.c.data).where(
        ours, record.c.data.is_not(None), among((record.c.about,), [(one,) for one in ids])
    )
    about: dict[str, list[Any]] = defaultdict(list)
    for entity, _, data in sorted(map(tuple, connection.execute(rows)), key=itemgetter(0, 1)):
        about[entity].append(data)

    def of(cls: type[R]) -> list[R]:
        return [from_plain(cls, data) for data in about[NAME_OF[cls]]]

    return Records(
        workers=workers,
        listings=listings,
        reviews=of(Review),
        takedowns=of(Takedown),
        known=_known(referrals, of(ReferralStep), workers, _wanted(connection, county_id, station_id), read(Employer, *own)),
    )


def _wanted(connection: sa.Connection, county_id: str, station_id: str) -> Iterator[Listing]:
    """Give the listings that the station's workers were sent to, each in its newest revision as that station sees it: what doubts are found
    in must be the same at both ends."""
    ours = (record.c.county_id == county_id, record.c.data.is_not(None))
    sent = sa.select(record.c.data["listing_id"].astext).where(*ours, record.c.owner == station_id, record.c.entity == NAME_OF[Referral])
    newest = (
        sa.select(record.c.owner, record.c.data)
        .ext(distinct_on(record.c.id))
        .where(*ours, record.c.entity == NAME_OF[Listing], record.c.id.in_(sent))
    )
    for owner, data in connection.execute(newest.order_by(record.c.id, record.c.revision.desc())):
        yield from_plain(Listing, as_seen_by(station_id, owner, NAME_OF[Listing], data, data.get("contact_scope")))


def _known(
    referrals: Iterable[Referral],
    steps: Iterable[ReferralStep],
    workers: Iterable[Worker],
    wanted: Iterable[Listing],
    files: Iterable[Employer],
) -> list[Recommendation]:
    """Give all that is known of each referral that has a step, as the station's own roster does."""
    said: dict[str, list[ReferralStep]] = defaultdict(list)
    for step in steps:
        said[step.referral_id].append(step)
    of, listings, employers = {w.id: w for w in workers}, {one.id: one for one in wanted}, {e.id: e for e in files}
    known = []
    for one in referrals:
        listing = listings.get(one.listing_id)
        employer = employers.get(listing.employer_id or "") if listing else None
        if one.id in said:
            known.append(Recommendation(referral=one, steps=said[one.id], worker=of.get(one.worker_id), listing=listing, employer=employer))
    return known
