"""What comes from the county into the store. Owns the rule of who is right when both sides have something; knows no wire.

The county is right, since what it holds is what everybody sees. What it contradicts of our own is set aside with its content for staff,
never silently replaced: a change that it has not had yet, or one that it had, where a disk was put back from a backup at either end.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import Listing
from kiosk.domain.record import to_plain
from kiosk.store.schema import TABLES, from_row, outbox, tombstone

TAKEN = "revision_taken"


def choose(connection: sa.Connection, records: Sequence[Any], station_id: str) -> list[Any]:
    """Give those of `records` that are to be written over what is held, in their order; set aside what of ours they contradict."""
    ids = sorted({record.id for record in records})
    held = {cls: _held(connection, cls, records) for cls in {type(record) for record in records}}
    gone = dict(
        map(tuple, connection.execute(sa.select(tombstone.c.record_id, tombstone.c.revision).where(tombstone.c.record_id.in_(ids))))
    )
    unsent = set(connection.scalars(sa.select(outbox.c.record_id).where(outbox.c.record_id.in_(ids), outbox.c.refused_code.is_(None))))
    news = []
    for record in records:
        if gone.get(record.id, 0) >= getattr(record, "revision", 1):
            continue
        ours = held[type(record)].get(record.id)
        if ours is None or ("revision" in TABLES[type(record)].c and _is_news(connection, record, ours, record.id in unsent, station_id)):
            news.append(record)
    return news


def _is_news(connection: sa.Connection, record: Any, ours: set[int], unsent: bool, station_id: str) -> bool:
    """Say whether the county's word on a record that we hold, too, is to be written."""
    newest = max(ours)
    if record.revision not in ours and (type(record) is Listing or record.revision < newest):
        return type(record) is Listing
    if record.revision > newest and not unsent:
        return True
    mine = _get(connection, type(record), record.id, min(record.revision, newest))
    if mine == record:
        return False
    if record.station_id == station_id:
        set_aside(connection, mine)
    return True


def _get(connection: sa.Connection, cls: type, record_id: str, revision: int) -> Any:
    table = TABLES[cls]
    row = connection.execute(sa.select(table).where(table.c.id == record_id, table.c.revision == revision)).mappings().one()
    return from_row(cls, row)


def set_aside(connection: sa.Connection, record: Any) -> None:
    """Keep what the county contradicts for staff, with its content; it is not sent again."""
    name, revision = NAME_OF[type(record)], getattr(record, "revision", 1)
    upto = outbox.c.revision == revision if isinstance(record, Listing) else outbox.c.revision <= revision
    this = (outbox.c.entity == name, outbox.c.record_id == record.id, upto)
    known = connection.execute(sa.select(outbox.c.sequence).where(*this, outbox.c.data.is_not(None))).first()
    connection.execute(sa.delete(outbox).where(*this, outbox.c.data.is_(None)))
    if known is None:
        text = json.dumps(to_plain(record), ensure_ascii=False, separators=(",", ":"))
        values = {"entity": name, "record_id": record.id, "revision": revision, "data": text}
        connection.execute(sa.insert(outbox), values | {"refused_code": TAKEN, "refused_reason": ""})


def _held(connection: sa.Connection, cls: Any, records: Sequence[Any]) -> dict[str, set[int]]:
    """Give the revisions that are held of each record."""
    table = TABLES[cls]
    revision = table.c.revision if "revision" in table.c else sa.literal(1)
    query = sa.select(table.c.id, revision).where(table.c.id.in_([record.id for record in records if type(record) is cls]))
    held: defaultdict[str, set[int]] = defaultdict(set)
    for record_id, number in connection.execute(query):
        held[record_id].add(number)
    return dict(held)
