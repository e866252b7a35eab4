"""The county's own notices, which every board shows: putting one up, taking it back. A station's own come in through `push`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from kiosk.county.publish import publish
from kiosk.county.schema import record
from kiosk.domain.entities import NAME_OF
from kiosk.domain.notice import Notice, check_times, written
from kiosk.domain.record import from_plain, new_id, to_plain
from kiosk.domain.station import COUNTY
from kiosk.errors import NotFound


def put_up(
    connection: sa.Connection, county_id: str, title: str, body: str, urgent: bool, starts_at: datetime, ends_at: datetime, now: datetime
) -> Notice:
    """Put a notice on every station's board; an urgent one breaks in. Raises BadInput as kiosk.domain.notice does."""
    notice = draft(connection, county_id, title, body, urgent, starts_at, ends_at, now)
    publish(connection, county_id, [notice], now)
    return notice


def draft(
    connection: sa.Connection, county_id: str, title: str, body: str, urgent: bool, starts_at: datetime, ends_at: datetime, now: datetime
) -> Notice:
    """Make a notice that nobody sees yet; raises BadInput as kiosk.domain.notice does."""
    title, body = written(title, body, phones(connection, county_id))
    check_times(starts_at, ends_at, now)
    return Notice(id=new_id(now), revision=1, station_id=None, title=title, body=body, urgent=urgent, starts_at=starts_at, ends_at=ends_at)


def take_back(connection: sa.Connection, county_id: str, beginning: str, now: datetime) -> Notice:
    """Take the one standing notice whose id begins so off every board; raises NotFound when there is none, or more than one."""
    found = [notice for notice in standing(connection, county_id, now) if notice.id.startswith(beginning)]
    if len(found) != 1:
        raise NotFound(f"notice {beginning}")
    gone = replace(found[0], revision=found[0].revision + 1, withdrawn=True)
    publish(connection, county_id, [gone], now)
    return gone


def past(connection: sa.Connection, county_id: str, now: datetime, before: str = "", most: int = 50) -> Sequence[Notice]:
    """Give the county's notices that are over or were taken back, the last written first; those written before one, by its id."""
    gone = sa.or_(record.c.data["withdrawn"].as_boolean(), record.c.data["ends_at"].astext <= to_plain(now))
    ours = [record.c.county_id == county_id, record.c.entity == NAME_OF[Notice], record.c.owner == COUNTY, gone]
    ours += [record.c.id < before] if before else []
    rows = connection.scalars(sa.select(record.c.data).where(*ours).order_by(record.c.id.desc()).limit(most))
    return [from_plain(Notice, data) for data in rows]


def find(connection: sa.Connection, county_id: str, notice_id: str) -> Notice:
    """Give a notice of the county's; raise NotFound."""
    this = (record.c.county_id == county_id, record.c.entity == NAME_OF[Notice], record.c.owner == COUNTY, record.c.id == notice_id)
    data = connection.scalar(sa.select(record.c.data).where(*this))
    if data is None:
        raise NotFound(f"notice {notice_id}")
    return from_plain(Notice, data)


def phones(connection: sa.Connection, county_id: str) -> Sequence[str]:
    """Give the stations' own numbers, which may stand in what everybody reads."""
    ours = (record.c.county_id == county_id, record.c.entity == "station")
    return connection.scalars(sa.select(record.c.data["phone"].astext).where(*ours)).all()


def standing(connection: sa.Connection, county_id: str, now: datetime) -> Sequence[Notice]:
    """Give the county's notices that stand or are to come, in the order of their writing."""
    ours = (record.c.county_id == county_id, record.c.entity == NAME_OF[Notice], record.c.owner == COUNTY)
    found = [from_plain(Notice, data) for data in connection.scalars(sa.select(record.c.data).where(*ours).order_by(record.c.id))]
    return [notice for notice in found if not notice.withdrawn and notice.ends_at > now]
