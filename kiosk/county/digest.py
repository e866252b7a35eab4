"""Digests of what a station may see, and what stands in one bucket: how either side finds what the other has lost. Knows no HTTP."""

import sqlalchemy as sa

from kiosk.county.feed import Reader, change_of, with_records
from kiosk.county.schema import feed
from kiosk.sync.protocol import BucketAnswer, Digests, Op

_BITS = 56


def digests(connection: sa.Connection, reader: Reader) -> Digests:
    """Give the digests, as `kiosk.sync.protocol.digest_of` defines them."""
    mine = (feed.c.county_id == reader.county_id, feed.c.audience.in_(reader.audiences))
    each = sa.select(feed.c.entity, feed.c.record_id, feed.c.revision, feed.c.op).where(*mine)
    newest = each.distinct(feed.c.entity, feed.c.record_id)
    newest = newest.order_by(feed.c.entity, feed.c.record_id, feed.c.revision.desc(), (feed.c.op == Op.DELETE).desc())
    one = newest.subquery()
    said = sa.func.concat_ws(" ", one.c.entity, one.c.record_id, one.c.revision, one.c.op)
    number = sa.text(f"('x' || substr(md5(said), 1, {_BITS // 4}))::bit({_BITS})::bigint")
    lines = sa.select(one.c.entity, _bucket(one.c.record_id).label("bucket"), said.label("said")).subquery()
    total = sa.func.sum(sa.cast(sa.literal_column(number.text), sa.Numeric))
    found: dict[str, dict[str, str]] = {}
    for entity, bucket_, sum_ in connection.execute(
        sa.select(lines.c.entity, lines.c.bucket, total).group_by(lines.c.entity, lines.c.bucket)
    ):
        found.setdefault(entity, {})[bucket_] = f"{int(sum_) & (1 << _BITS) - 1:0{_BITS // 4}x}"
    return Digests(digests=found)


def bucket(connection: sa.Connection, reader: Reader, entity: str, name: str) -> BucketAnswer:
    """Give all that a station may see of one kind of record in one bucket, its own included, in feed order."""
    mine = (feed.c.county_id == reader.county_id, feed.c.audience.in_(reader.audiences), feed.c.entity == entity)
    page = sa.select(feed).where(*mine, _bucket(feed.c.record_id) == name).subquery()
    rows = connection.execute(with_records(page).order_by(page.c.position)).mappings()
    changes = {(row["record_id"], row["revision"], row["op"]): change_of(row, reader) for row in rows}
    return BucketAnswer(changes=tuple(change for change in changes.values() if change is not None))


def _bucket(record_id: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return sa.func.substr(sa.func.md5(record_id), 1, 2)
