"""What comes from the county into the store. Owns the rule of who is right when both sides have something; knows no wire.

The county is right, since what it holds is what everybody sees. What it contradicts of our own is set aside with its content for staff,
never silently replaced: a change that it has not had yet, or one that it had, where a disk was put back from a backup at either end.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from kiosk.domain.entities import NAME_OF, is_countys, is_emptied, is_final
from kiosk.domain.listing import Listing
from kiosk.domain.record import digest, to_plain
from kiosk.store import outgoing
from kiosk.store.schema import TABLES, from_row, outbox, tombstone

TAKEN = "revision_taken"


def choose(connection: sa.Connection, records: Sequence[Any], station_id: str) -> list[Any]:
    """Give those of `records` that are to be written over what is held, in their order; set aside what they contradict of ours.

    A withdrawal outranks whatever the other side says: ours goes up again over the county's, and the county's leaves nothing set aside.
    """
    ids = sorted({record.id for record in records})
    held = {cls: _held(connection, cls, records) for cls in {type(record) for record in records}}
    buried = sa.select(tombstone.c.record_id, tombstone.c.revision).where(tombstone.c.record_id.in_(ids))
    gone = dict(map(tuple, connection.execute(buried)))
    unsent = outgoing.unsent(connection, ids)
    news = []
    for record in records:
        if gone.get(record.id, 0) >= getattr(record, "revision", 1):
            continue
        if is_emptied(record):
            unsay(connection, record.id)
        ours = held[type(record)].get(record.id)
        if ours is None:
            if record.id not in unsent:  # else it was taken away here, which the county has yet to hear
                news.append(record)
        elif "revision" in TABLES[type(record)].c:
            news += _chosen(connection, record, ours, unsent.get(record.id, {}), station_id)
    return news


def _chosen(connection: sa.Connection, record: Any, ours: set[int], unsent: dict[int, str], station_id: str) -> list[Any]:
    """Give what is to be written of a record that we hold, too.

    `unsent` are the revisions of ours that the county has not acknowledged, with their digests: at the lowest ours left the county's,
    unless the county's is one of them, which it took and could not say so.
    """
    newest = max(ours)
    if is_countys(record):  # its only writer may have been put back to an earlier revision
        return [record] if _get(connection, type(record), record.id, newest) != record else []
    if type(record) is Listing and record.revision not in ours:
        return [record]
    if record.revision > newest and not unsent:
        return [record]
    # of a listing an older revision comes again when its employer closes his contact
    mine = _get(connection, type(record), record.id, record.revision if type(record) is Listing else newest)
    if mine == record:
        return []
    if type(record) is not Listing and record.revision < newest:
        descends = record.revision < min(unsent, default=newest) or unsent.get(record.revision) == digest(to_plain(record))
        if descends and not (is_final(record) or _stands_aside(connection, mine)):
            return []
    if record.station_id == station_id:
        if is_emptied(mine) and not is_emptied(record):
            return [_again(connection, mine, record.revision + 1)]
        if is_emptied(record):
            _forget(connection, mine)
        else:
            set_aside(connection, mine)
            if type(record) is Listing:
                _take_back(connection, record, ours, unsent)
    return [record]


def _take_back(connection: sa.Connection, listing: Listing, ours: set[int], unsent: dict[int, str]) -> None:
    """Set aside what was written on top of a revision that the county contradicts: its author had not seen the county's."""
    unsent.pop(listing.revision, None)
    for revision in [number for number in unsent if number > listing.revision and number in ours]:
        set_aside(connection, _get(connection, Listing, listing.id, revision))
        connection.execute(sa.delete(TABLES[Listing]).where(TABLES[Listing].c.id == listing.id, TABLES[Listing].c.revision == revision))
        ours.remove(revision)
        del unsent[revision]


def _again(connection: sa.Connection, record: Any, revision: int) -> Any:
    """Queue a withdrawal as a revision beyond the county's."""
    _forget(connection, record)
    again = replace(record, revision=revision)
    outgoing.add(connection, again)
    return again


def _forget(connection: sa.Connection, record: Any) -> None:
    """Take out of the outbox what waits or stands refused of a record."""
    connection.execute(sa.delete(outbox).where(outbox.c.entity == NAME_OF[type(record)], outbox.c.record_id == record.id))


def _get(connection: sa.Connection, cls: type, record_id: str, revision: int) -> Any:
    table = TABLES[cls]
    row = connection.execute(sa.select(table).where(table.c.id == record_id, table.c.revision == revision)).mappings().one()
    return from_row(cls, row)


def set_aside(connection: sa.Connection, record: Any, code: str = TAKEN, reason: str = "") -> None:
    """Keep what the county contradicts for staff, with its content; it is not sent again."""
    name, revision = NAME_OF[type(record)], getattr(record, "revision", 1)
    upto = outbox.c.revision == revision if isinstance(record, Listing) else outbox.c.revision <= revision
    this = (outbox.c.entity == name, outbox.c.record_id == record.id, upto)
    text = _text(record)
    known = connection.execute(sa.select(outbox.c.sequence).where(*this, outbox.c.data == text)).first()
    connection.execute(sa.delete(outbox).where(*this, outbox.c.data.is_(None)))
    if known is None:
        values = {"entity": name, "record_id": record.id, "revision": revision, "data": text}
        connection.execute(sa.insert(outbox), values | {"refused_code": code, "refused_reason": reason})


def _stands_aside(connection: sa.Connection, record: Any) -> bool:
    """Say whether the county has refused just this."""
    this = (outbox.c.entity == NAME_OF[type(record)], outbox.c.record_id == record.id, outbox.c.data == _text(record))
    return connection.execute(sa.select(outbox.c.sequence).where(*this)).first() is not None


def _text(record: Any) -> str:
    return json.dumps(to_plain(record), ensure_ascii=False, separators=(",", ":"))


def unsay(connection: sa.Connection, record_id: str) -> None:
    """Forget what was set aside of a record: its person withdrew."""
    connection.execute(sa.delete(outbox).where(outbox.c.record_id == record_id, outbox.c.data.is_not(None)))


def _held(connection: sa.Connection, cls: Any, records: Sequence[Any]) -> dict[str, set[int]]:
    """Give the revisions that are held of each record."""
    table = TABLES[cls]
    revision = table.c.revision if "revision" in table.c else sa.literal(1)
    query = sa.select(table.c.id, revision).where(table.c.id.in_([record.id for record in records if type(record) is cls]))
    held: defaultdict[str, set[int]] = defaultdict(set)
    for record_id, number in connection.execute(query):
        held[record_id].add(number)
    return dict(held)
