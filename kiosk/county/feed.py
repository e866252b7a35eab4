"""The county's feed: who may see what, in the order of commits. Owns positions, audiences and cursors; knows no HTTP.

A position is taken under the county row's lock in the transaction that commits it, so that no reader can skip a row that commits later.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.county.schema import county, feed, record
from kiosk.domain.listing import ContactScope
from kiosk.sync.protocol import FeedChange, Op, PullAnswer

CHANNEL = "feed"
EVERYONE = "all"
INCARNATION = sa.text("SELECT system_identifier || '.' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system()")
"""Which cluster this is, and how often it has been put back or a replica promoted (the timeline that is being written)."""
KEY_IDS = sa.text("pg_get_serial_sequence('ticket_key', 'key_id')::regclass")
KEY_IDS_LOST = 10_000


class CursorGoneError(Exception):
    """The cursor is of another epoch: the feed was restored or never this one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to be appended: which record changed, for whom, and which device wrote it."""

    audience: str
    entity: str
    record_id: str
    revision: int
    op: Op
    device_id: str


@dataclass(frozen=True, slots=True)
class Reader:
    """The device that pulls."""

    county_id: str
    station_id: str
    device_id: str

    @property
    def audiences(self) -> tuple[str, str]:
        """What it listens to."""
        return EVERYONE, of_station(self.station_id)


def of_station(station_id: str) -> str:
    """Give the audience that is one station's devices."""
    return f"station:{station_id}"


def open_county(connection: sa.Connection, county_id: str) -> None:
    """Make the county's feed unless there is one; begin it anew when the database was put back, or a replica took its place."""
    head = sa.dialects.postgresql.insert(county).values(county_id=county_id, feed_epoch=secrets.token_hex(6), feed_position=0)
    connection.execute(head.on_conflict_do_nothing())
    incarnation = connection.execute(INCARNATION).scalar_one()
    mine = (county.c.county_id == county_id, county.c.incarnation.is_distinct_from(incarnation))
    before = connection.execute(sa.select(county.c.incarnation).where(*mine).with_for_update()).first()
    if before is not None:
        connection.execute(sa.update(county).where(*mine).values(incarnation=incarnation))
        if before.incarnation is not None:
            renew(connection, county_id)


def renew(connection: sa.Connection, county_id: str) -> None:
    """Begin the feed's epoch anew, so that every station reads it again and gives what is missing; for a database that was put back."""
    connection.execute(sa.update(county).where(county.c.county_id == county_id).values(feed_epoch=secrets.token_hex(6)))
    # key ids that were given out in what was lost must not be given to others
    connection.execute(sa.select(sa.func.setval(KEY_IDS, sa.func.nextval(KEY_IDS) + KEY_IDS_LOST)))


def append(connection: sa.Connection, county_id: str, entries: Sequence[Entry]) -> None:
    """Append rows as the last act of a transaction: from here to its commit every other writer of the county waits."""
    if not entries:
        return
    head = sa.update(county).where(county.c.county_id == county_id).values(feed_position=county.c.feed_position + len(entries))
    last = connection.execute(head.returning(county.c.feed_position)).scalar_one()
    first = last - len(entries) + 1
    names = ("audience", "entity", "record_id", "revision", "op", "device_id")
    rows = [{"county_id": county_id, "position": first + i} | {n: getattr(e, n) for n in names} for i, e in enumerate(entries)]
    connection.execute(sa.insert(feed), rows)
    bell = json.dumps([county_id, sorted({e.audience for e in entries})])
    connection.execute(sa.select(sa.func.pg_notify(CHANNEL, bell)))


def read(connection: sa.Connection, reader: Reader, after: str, limit: int) -> PullAnswer:
    """Give what comes after a cursor ('' is the beginning) for this reader, without its own changes; raise CursorGoneError."""
    epoch = connection.scalar(sa.select(county.c.feed_epoch).where(county.c.county_id == reader.county_id))
    position = _position(after, str(epoch))
    rows = connection.execute(_page(reader, position, limit)).mappings().all()
    changes = [_change(row, reader) for row in rows if row["device_id"] != reader.device_id]
    last = rows[-1]["position"] if rows else position
    return PullAnswer(changes=tuple(c for c in changes if c is not None), cursor=f"{epoch}.{last}", more=len(rows) == limit)


def _page(reader: Reader, position: int, limit: int) -> sa.Select[Any]:
    """Read each audience's index from the position on, so that a pull costs the same at the end of the feed as at its start."""
    parts = [
        sa.select(feed)
        .where(feed.c.county_id == reader.county_id, feed.c.audience == audience, feed.c.position > position)
        .order_by(feed.c.position)
        .limit(limit)
        .subquery()
        for audience in reader.audiences
    ]
    page = sa.union_all(*(sa.select(part) for part in parts)).order_by("position").limit(limit).subquery()
    keys = ("county_id", "entity", "revision")
    same = sa.and_(record.c.id == page.c.record_id, *(record.c[k] == page.c[k] for k in keys))
    columns = (page.c.position, page.c.entity, page.c.record_id, page.c.revision, page.c.op, page.c.device_id)
    return sa.select(*columns, record.c.owner, record.c.data).select_from(page.outerjoin(record, same)).order_by(page.c.position)


def _position(after: str, epoch: str) -> int:
    if not after:
        return 0
    given, _, number = after.partition(".")
    if given != epoch or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise CursorGoneError(after)
    return int(number)


def _change(row: sa.RowMapping, reader: Reader) -> FeedChange | None:
    """Make the row as this reader may see it; None when a later row of the feed has taken its place."""
    what = {"entity": row["entity"], "record_id": row["record_id"], "revision": row["revision"]}
    if row["op"] == Op.DELETE:
        return FeedChange(op=Op.DELETE, **what)
    if row["data"] is None:
        return None
    return FeedChange(data=as_seen_by(reader.station_id, row["owner"], row["entity"], row["data"]), **what)


def as_seen_by(station_id: str, owner: str, entity: str, data: dict[str, Any]) -> dict[str, Any]:
    """Blank the employer's contact for other stations when he chose so; their slips show the owning station's phone instead."""
    if entity == "listing" and station_id != owner and data.get("contact_scope") != ContactScope.ALL_STATIONS:
        return {**data, "contact_name": "", "contact_phone": ""}
    return data
