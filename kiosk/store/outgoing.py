"""What goes from the store to the county: what waits, and what the county ought to know. Knows no wire; `inbox` is the other way."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.domain.entities import COUNTY_OWNED, ENTITIES, KEEPS_HISTORY, NAME_OF
from kiosk.domain.listing import Listing
from kiosk.domain.record import digest, to_plain
from kiosk.store.schema import TABLES, from_row, outbox, tombstone


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One change that the county has not acknowledged, its record read fresh. `record` is None when it no longer exists.

    `over` are the digests of its earlier revisions that the county has not acknowledged either, by number.
    """

    sequence: int
    id: str
    entity: str
    record_id: str
    revision: int
    record: Any
    over: dict[int, str]


def add(connection: sa.Connection, record: Any) -> None:
    """Queue a record as it is now."""
    values = {"entity": NAME_OF[type(record)], "record_id": record.id, "revision": getattr(record, "revision", 1)}
    connection.execute(sa.insert(outbox), values | {"digest": digest(to_plain(record))})


def unsent(connection: sa.Connection, ids: Iterable[str]) -> dict[str, dict[int, str]]:
    """Give for each of these records that waits the revisions that the county has not acknowledged, each with its digest ("": unknown)."""
    waits = (outbox.c.record_id.in_(ids), outbox.c.refused_code.is_(None))
    found: dict[str, dict[int, str]] = {}
    query = sa.select(outbox.c.record_id, outbox.c.revision, outbox.c.digest).where(*waits).order_by(outbox.c.sequence)
    for record_id, revision, its in connection.execute(query):
        found.setdefault(record_id, {})[revision] = its or ""
    return found


def waiting(connection: sa.Connection, limit: int) -> Sequence[Outgoing]:
    """Give changes that the county has neither acknowledged nor refused, oldest first, each with its record as it is now."""
    query = sa.select(outbox).where(outbox.c.refused_code.is_(None)).order_by(outbox.c.sequence).limit(limit)
    rows = connection.execute(query).mappings().all()
    wanted: dict[str, list[Any]] = {}
    for row in rows:
        wanted.setdefault(row["entity"], []).append(row["record_id"])
    found = {}
    for name, ids in wanted.items():
        table = TABLES[ENTITIES[name]]
        for one in connection.execute(sa.select(table).where(table.c.id.in_(ids))).mappings():
            record = from_row(ENTITIES[name], one)
            found[record.id, record.revision if isinstance(record, Listing) else None] = record
    changes, numbers = [], unsent(connection, [row["record_id"] for row in rows])  # also those beyond `limit`
    for row in rows:
        listing, its = row["entity"] == NAME_OF[Listing], numbers[row["record_id"]]
        record = found.get((row["record_id"], row["revision"] if listing else None))
        # of what is gone every row says the last revision: the county may hold an earlier one already
        revision = row["revision"] if record is not None else max(its)
        over = {} if record is None else {n: said for n, said in its.items() if said and n < getattr(record, "revision", 1)}
        what = {name: row[name] for name in ("sequence", "id", "entity", "record_id")}
        changes.append(Outgoing(**what, revision=revision, record=record, over=over))
    return changes


def size(connection: sa.Connection) -> int:
    """Count what the county has not acknowledged or refused."""
    query = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.refused_code.is_(None))
    return connection.scalar(query) or 0


def is_new(connection: sa.Connection, record_id: str) -> bool:
    """Say whether the county has no revision of a record of ours yet."""
    first = (outbox.c.record_id == record_id, outbox.c.revision == 1, outbox.c.data.is_(None))
    return connection.execute(sa.select(outbox.c.sequence).where(*first)).first() is not None


def queue(connection: sa.Connection, cls: type, record_id: str, has: Collection[int], station_id: str, device_id: str) -> bool:
    """Queue what the county, which has the revisions `has`, lacks of a record of this station's, unless it waits or stands refused already;
    say whether there was any.

    A head of the chain is told by its own terminal alone. Where there is only a tombstone, that is queued.
    """
    table, name = TABLES[cls], NAME_OF[cls]
    if name in COUNTY_OWNED:
        return False
    revision = table.c.revision if "revision" in table.c else sa.literal(1)
    ours = sa.select(revision).where(table.c.id == record_id, table.c.station_id == station_id)
    if "device_id" in table.c:
        ours = ours.where(table.c.device_id == device_id)
    known = sa.select(outbox.c.revision).where(outbox.c.entity == name, outbox.c.record_id == record_id)
    buried = sa.select(tombstone.c.revision).where(tombstone.c.entity == name, tombstone.c.record_id == record_id)
    held = set(connection.scalars(ours)) or set(connection.scalars(buried))
    numbers = sorted(lacking(name, held, has) - set(connection.scalars(known)))
    for number in numbers:
        connection.execute(sa.insert(outbox), {"entity": name, "record_id": record_id, "revision": number})
    return bool(numbers)


def lacking(entity: str, held: Collection[int], has: Collection[int]) -> set[int]:
    """Give of the revisions that one side holds those that the other lacks, which `has` others: where not all are kept, the newer ones."""
    return set(held) - set(has) if entity in KEEPS_HISTORY else {number for number in held if number > max(has, default=0)}


def standing(connection: sa.Connection, entity: str) -> Iterator[tuple[str, int, bool]]:
    """Give of one kind of record what the county should know us to hold: (id, revision, whether it is a tombstone)."""
    table = TABLES[ENTITIES[entity]]
    revision = table.c.revision if "revision" in table.c else sa.literal(1)  # one row a record, but of listings
    refused = sa.select(outbox.c.record_id).where(outbox.c.refused_code.is_not(None), outbox.c.data.is_(None))
    for record_id, number in connection.execute(sa.select(table.c.id, revision).where(table.c.id.not_in(refused))):
        yield record_id, number, False
    # what came back counts as what it is
    buried = sa.select(tombstone.c.record_id, tombstone.c.revision).where(tombstone.c.entity == entity)
    for record_id, newest in connection.execute(buried.where(tombstone.c.record_id.not_in(sa.select(table.c.id)))):
        yield record_id, newest, True
