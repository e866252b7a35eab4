"""The county's own notices, which every board shows: putting one up, taking it back. A station's own come in through `push`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from kiosk.county.publish import COUNTY, publish
from kiosk.county.schema import record
from kiosk.domain.entities import NAME_OF
from kiosk.domain.notice import Notice, check_times, written
from kiosk.domain.record import from_plain, new_id
from kiosk.errors import NotFound


def put_up(
    connection: sa.Connection, county_id: str, title: str, body: str, urgent: bool, starts_at: datetime, ends_at: datetime, now: datetime
) -> Notice:
    """Put a notice on every station's board; an urgent one breaks in. Raises BadInput as kiosk.domain.notice does."""
    stations = sa.select(record.c.data["phone"].astext).where(record.c.county_id == county_id, record.c.entity == "station")
    title, body = written(title, body, connection.scalars(stations).all())
    check_times(starts_at, ends_at, now)
    notice = Notice(
        id=new_id(now), revision=1, station_id=None, title=title, body=body, urgent=urgent, starts_at=starts_at, ends_at=ends_at
    )
    publish(connection, county_id, [notice], now)
    return notice


def take_back(connection: sa.Connection, county_id: str, beginning: str, now: datetime) -> Notice:
    """Take the one standing notice whose id begins so off every board; raises NotFound when there is none, or more than one."""
    found = [notice for notice in standing(connection, county_id, now) if notice.id.startswith(beginning)]
    if len(found) != 1:
        raise NotFound(f"notice {beginning}")
    gone = replace(found[0], revision=found[0].revision + 1, withdrawn=True)
    publish(connection, county_id, [gone], now)
    return gone


def standing(connection: sa.Connection, county_id: str, now: datetime) -> Sequence[Notice]:
    """Give the county's notices that stand or are to come, in the order of their writing."""
    ours = (record.c.county_id == county_id, record.c.entity == NAME_OF[Notice], record.c.owner == COUNTY)
    found = [from_plain(Notice, data) for data in connection.scalars(sa.select(record.c.data).where(*ours).order_by(record.c.id))]
    return [notice for notice in found if not notice.withdrawn and notice.ends_at > now]
