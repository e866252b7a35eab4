"""Taking a station's changes in, one transaction a batch: reads what judging needs, writes what was accepted. Rules stand in `judge`."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiosk.county.feed import EVERYONE, append
from kiosk.county.judge import ABOUT, DECIDES, KEEPS_HISTORY, Author, Batch, Known, RefuseError, check, judge
from kiosk.county.schema import feed, record, seen, station
from kiosk.sync.protocol import Change, PushAnswer, Refusal, Refused

log = logging.getLogger(__name__)

Sound = Sequence[tuple[Change, dict[str, Any]]]


def push(connection: sa.Connection, author: Author, changes: Sequence[Change], now: datetime) -> PushAnswer:
    """Take a batch in the caller's transaction; raise EpochUsedError when its numbering contradicts an earlier one."""
    ours = sa.select(station.c.id).where(station.c.county_id == author.county_id, station.c.id == author.station_id)
    connection.execute(ours.with_for_update())
    try:
        with connection.begin_nested():
            batches = [_take(connection, author, changes, now)]
    except sa.exc.DataError:
        batches = [_take_alone(connection, author, change, now) for change in changes]
    append(connection, author.county_id, [e for b in batches for e in b.entries])
    return PushAnswer(accepted=tuple(i for b in batches for i in b.accepted), refused=tuple(r for b in batches for r in b.refused))


def _take_alone(connection: sa.Connection, author: Author, change: Change, now: datetime) -> Batch:
    """Take one change of a batch in which the database itself refused something (a NUL character, say)."""
    try:
        with connection.begin_nested():
            return _take(connection, author, [change], now)
    except sa.exc.DataError as error:
        return Batch(author, now, refused=[Refused(id=change.id, code=Refusal.BAD_DATA, reason=type(error.orig).__name__)])


def _take(connection: sa.Connection, author: Author, changes: Sequence[Change], now: datetime) -> Batch:
    sound, refused = [], []
    for change in changes:
        try:
            sound.append((change, check(change, author)))
        except RefuseError as error:
            refused.append(Refused(id=change.id, code=error.code, reason=error.reason))
    batch = _read(connection, author, sound, now)
    batch.refused.extend(refused)
    for change, data in sound:
        judge(batch, change, data)
    for one in (r for r in batch.refused if r.code == Refusal.CHAIN_FORKED):
        log.warning("chain forked: station %s, device %s, %s", author.station_id, author.device_id, one.reason)
    _write(connection, batch)
    return batch


def _read(connection: sa.Connection, author: Author, sound: Sound, now: datetime) -> Batch:
    """Read what judging needs, one statement for each question."""
    keys = {(c.entity, c.record_id) for c, _ in sound}
    keys |= {(DECIDES[c.entity][0], d[ABOUT[c.entity]]) for c, d in sound if c.entity in DECIDES and d}
    keys |= {("listing", d["listing_id"]) for c, d in sound if c.entity == "report" and d}
    listings = {record_id for entity, record_id in keys if entity == "listing"}
    known: dict[tuple[str, str], Known] = {}
    records = sa.select(record.c.entity, record.c.id, record.c.revision, record.c.owner, record.c.data)
    about = sa.tuple_(record.c.entity, record.c.id).in_(keys)
    for entity, record_id, revision, owner, data in connection.execute(records.where(record.c.county_id == author.county_id, about)):
        known.setdefault((entity, record_id), Known(owner)).revisions[revision] = data
    numbers = sa.tuple_(seen.c.epoch, seen.c.sequence).in_([(c.epoch, c.sequence) for c, _ in sound])
    mine = sa.and_(seen.c.county_id == author.county_id, seen.c.device_id == author.device_id)
    numbered = connection.execute(sa.select(seen.c.epoch, seen.c.sequence, seen.c.change_id).where(mine, numbers))
    public = sa.and_(feed.c.county_id == author.county_id, feed.c.audience == EVERYONE)
    return Batch(
        author,
        now,
        known=known,
        seen={(epoch, sequence): change_id for epoch, sequence, change_id in numbered},
        shown=set(connection.scalars(sa.select(feed.c.record_id).where(public, feed.c.record_id.in_(listings)))),
        family=_family(connection, author),
        head=_head(connection, author) if any(c.entity == "chain_head" for c, _ in sound) else (0, ""),
    )


def _family(connection: sa.Connection, author: Author) -> frozenset[str]:
    """Give the author's station and all below it, whose listings it may review and take down."""
    ours = station.c.county_id == author.county_id
    tree = sa.select(station.c.id).where(ours, station.c.id == author.station_id).cte(recursive=True)
    tree = tree.union(sa.select(station.c.id).where(ours, station.c.parent_id == tree.c.id))
    return frozenset(connection.scalars(sa.select(tree.c.id)))


def _head(connection: sa.Connection, author: Author) -> tuple[int, str]:
    """Give the furthest head of the author's chain that the county was told of."""
    mine = (record.c.county_id == author.county_id, record.c.entity == "chain_head", record.c.about == author.device_id)
    seq = record.c.data["seq"].as_integer()
    found = connection.execute(sa.select(seq, record.c.data["hash"].as_string()).where(*mine).order_by(seq.desc()).limit(1)).first()
    return (0, "") if found is None else (found[0], found[1])


def _write(connection: sa.Connection, batch: Batch) -> None:
    """Write what was accepted, all but the feed. What a newer revision or a tombstone replaces is deleted, not kept."""
    kept: dict[tuple[str, str], list[dict[str, Any]]] = {}
    replaced = set()
    for row in batch.record_rows:
        key = (row["entity"], row["id"])
        if row["data"] is not None and row["entity"] in KEEPS_HISTORY:
            kept.setdefault(key, []).append(row)
        else:
            kept[key] = [row]
            replaced.add(key)
    if replaced:
        old = sa.tuple_(record.c.entity, record.c.id).in_(replaced)
        connection.execute(sa.delete(record).where(record.c.county_id == batch.author.county_id, old))
    rows = [row for rows in kept.values() for row in rows]
    if rows:
        connection.execute(sa.insert(record), rows)
    if batch.seen_rows:
        connection.execute(sa.insert(seen), batch.seen_rows)
