"""The county's feed: who may see what, in the order of commits. Owns positions, audiences and cursors; `pull` reads it.

A position is taken under the county row's lock in the transaction that commits it, so that no reader can skip a row that commits later.
For each audience a record stands there once, where it changed last: read from its beginning, the feed is a snapshot.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county.bulk import inserting
from kiosk.county.schema import county, feed, record
from kiosk.domain.entities import KEEPS_HISTORY
from kiosk.domain.listing import ContactScope
from kiosk.sync.protocol import Change, Op

CHANNEL = "feed"
EVERYONE = "all"
INCARNATION = sa.text("SELECT system_identifier || '.' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system()")
"""Which cluster this is, and how often it has been put back or a replica promoted (the timeline that is being written)."""
OPEN_FOR = timedelta(days=60)
"""So long after the database was put back stations are listened to: one that was away for weeks comes too late for nothing."""
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
    urgent: bool = False

    def heard_by(self, audience: str) -> "Entry":
        """Give the same for another audience."""
        return Entry(audience, self.entity, self.record_id, self.revision, self.op, self.device_id, self.urgent)

    @property
    def slot(self) -> int:
        """Which place it takes: of a record with history every revision has one of its own."""
        return self.revision if self.entity in KEEPS_HISTORY and self.op is Op.PUT else 0


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


def open_county(connection: sa.Connection, county_id: str, now: datetime) -> None:
    """Make the county's feed unless there is one; begin it anew when the database was put back, or a replica took its place."""
    head = insert(county).values(county_id=county_id, feed_epoch=secrets.token_hex(6), feed_position=0)
    connection.execute(head.on_conflict_do_nothing())
    incarnation = connection.execute(INCARNATION).scalar_one()
    mine = (county.c.county_id == county_id, county.c.incarnation.is_distinct_from(incarnation))
    before = connection.execute(sa.select(county.c.incarnation).where(*mine).with_for_update()).first()
    if before is not None:
        connection.execute(sa.update(county).where(*mine).values(incarnation=incarnation))
        if before.incarnation is not None:
            renew(connection, county_id, now)


def renew(connection: sa.Connection, county_id: str, now: datetime) -> None:
    """Begin the feed's epoch anew, so that every station reads it again and gives what is missing; for a database that was put back."""
    anew = {"feed_epoch": secrets.token_hex(6), "renewed_at": now}
    connection.execute(sa.update(county).where(county.c.county_id == county_id).values(anew))
    # key ids that were given out in what was lost must not be given to others
    connection.execute(sa.select(sa.func.setval(KEY_IDS, sa.func.nextval(KEY_IDS) + KEY_IDS_LOST)))


def was_put_back(connection: sa.Connection, county_id: str, now: datetime) -> bool:
    """Say whether the database was put back lately, so that stations may give back what it lost."""
    renewed = connection.scalar(sa.select(county.c.renewed_at).where(county.c.county_id == county_id))
    return renewed is not None and now - renewed <= OPEN_FOR


def append(connection: sa.Connection, county_id: str, entries: Sequence[Entry]) -> None:
    """Append rows as the last act of a transaction: from here to its commit every other writer of the county waits.

    What stood of a record for the same audience moves to the end; a tombstone takes the place of all revisions.
    """
    if not entries:
        return
    latest: dict[tuple[str, str, str, int], Entry] = {}
    for e in entries:
        key = (e.audience, e.entity, e.record_id, e.slot)
        latest.pop(key, None)
        latest[key] = e
    head = sa.update(county).where(county.c.county_id == county_id).values(feed_position=county.c.feed_position + len(latest))
    last = connection.execute(head.returning(county.c.feed_position)).scalar_one()
    for e in latest.values():
        if e.entity in KEEPS_HISTORY and e.op is Op.DELETE:
            all_revisions = (feed.c.audience == e.audience, feed.c.entity == e.entity, feed.c.record_id == e.record_id)
            connection.execute(sa.delete(feed).where(feed.c.county_id == county_id, *all_revisions))
    names = ("audience", "entity", "record_id", "slot", "revision", "op", "device_id", "urgent")
    rows = [
        {"county_id": county_id, "position": position} | {n: getattr(e, n) for n in names}
        for position, e in enumerate(latest.values(), last - len(latest) + 1)
    ]
    new = inserting(feed, rows)
    changed = {n: new.excluded[n] for n in ("position", "revision", "op", "device_id", "urgent")}
    connection.execute(new.on_conflict_do_update(index_elements=list(feed.primary_key), set_=changed))
    bell = json.dumps([county_id, sorted({e.audience for e in latest.values()})])
    connection.execute(sa.select(sa.func.pg_notify(CHANNEL, bell)))


def with_records(page: sa.FromClause, county_id: Any) -> sa.Select[Any]:
    """Join rows of a county's feed with what the records say now. The county is named once more, so that one partition is looked into."""
    same = [record.c.id == page.c.record_id, *(record.c[key] == page.c[key] for key in ("entity", "revision"))]
    wanted = sa.and_(record.c.county_id == county_id, *same)
    newer = record.alias()
    of = (newer.c.county_id == county_id, newer.c.entity == page.c.entity, newer.c.id == page.c.record_id)
    scope = sa.select(newer.c.data["contact_scope"].as_string()).where(*of).order_by(newer.c.revision.desc()).limit(1).scalar_subquery()
    columns = [page.c[n] for n in ("position", "entity", "record_id", "revision", "op", "device_id")]
    chosen = sa.case((page.c.entity == "listing", scope)).label("contact_scope")
    return sa.select(*columns, record.c.owner, record.c.data, chosen).select_from(page.outerjoin(record, wanted))


def cursor_of(epoch: str, position: int) -> str:
    """Write a cursor."""
    return f"{epoch}.{position}"


def position_of(after: str) -> tuple[str, int]:
    """Read a cursor: its epoch and position, the beginning where it is empty; raise CursorGoneError."""
    if not after:
        return "", 0
    epoch, _, number = after.partition(".")
    if not epoch or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise CursorGoneError(after)
    return epoch, int(number)


def change_of(row: sa.RowMapping, station_id: str) -> Change | None:
    """Make the row as this station may see it; None when a later row of the feed has taken its place."""
    what = {"entity": row["entity"], "record_id": row["record_id"], "revision": row["revision"]}
    if row["op"] == Op.DELETE:
        return Change(op=Op.DELETE, **what)
    if row["data"] is None:
        return None
    return Change(data=as_seen_by(station_id, row["owner"], row["entity"], row["data"], row["contact_scope"]), **what)


def as_seen_by(station_id: str, owner: str, entity: str, data: dict[str, Any], scope: str | None) -> dict[str, Any]:
    """Blank the employer's contact for other stations unless his last word about it (`scope`, of the newest revision) gives it to all;
    their slips show the owning station's phone instead. How a step was heard is free text that may tell more of a person: it stays at home.
    """
    if entity == "referral_step" and station_id != owner:
        return {**data, "how": ""}
    if entity == "listing" and station_id != owner and not data.get("contact_scope") == scope == ContactScope.ALL_STATIONS:
        return {**data, "contact_name": "", "contact_phone": ""}
    return data
