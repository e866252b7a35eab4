"""Digests of what a station may see, and what stands in one bucket: how either side finds what the other has lost. Knows no HTTP."""

import sqlalchemy as sa

from kiosk.county.feed import Reader, change_of, with_records
from kiosk.county.schema import feed
from kiosk.domain.entities import KEEPS_HISTORY
from kiosk.sync.protocol import BucketAnswer, Digests, digest_text

_SUMS = sa.text("""
SELECT entity, substr(md5(record_id), 1, 2) AS bucket,
       sum(CAST(CAST(CAST('x' || substr(md5(concat_ws(' ', entity, record_id, revision, op)), 1, 14) AS bit(56)) AS bigint) AS numeric))
FROM (SELECT DISTINCT entity, record_id, revision, op
      FROM (SELECT entity, record_id, revision, op, first_value(revision) OVER one AS last_revision, first_value(op) OVER one AS last_op
            FROM feed WHERE county_id = :county AND audience = ANY(:audiences)
            WINDOW one AS (PARTITION BY entity, record_id ORDER BY revision DESC, op)) AS told
      WHERE (revision = last_revision AND op = last_op) OR (entity = ANY(:kept) AND op = 'put' AND last_op = 'put')) AS counted
GROUP BY entity, bucket
""")
"""The newest of each record, of what keeps its history every put; of the same revision the tombstone, whose name sorts before `put`."""


def digests(connection: sa.Connection, reader: Reader) -> Digests:
    """Give the digests, as `kiosk.sync.protocol.digest_of` defines them."""
    found: dict[str, dict[str, str]] = {}
    values = {"county": reader.county_id, "audiences": list(reader.audiences), "kept": list(KEEPS_HISTORY)}
    for entity, name, total in connection.execute(_SUMS, values):
        found.setdefault(entity, {})[name] = digest_text(int(total))
    return Digests(digests=found)


def bucket(connection: sa.Connection, reader: Reader, entity: str, name: str) -> BucketAnswer:
    """Give all that a station may see of one kind of record in one bucket, its own included, in feed order."""
    mine = (feed.c.county_id == reader.county_id, feed.c.audience.in_(reader.audiences), feed.c.entity == entity)
    page = sa.select(feed).where(*mine, _bucket(feed.c.record_id) == name).subquery()
    rows = connection.execute(with_records(page, reader.county_id).order_by(page.c.position)).mappings()
    changes = {(row["record_id"], row["revision"], row["op"]): change_of(row, reader.station_id) for row in rows}
    return BucketAnswer(changes=tuple(change for change in changes.values() if change is not None))


def _bucket(record_id: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return sa.func.substr(sa.func.md5(record_id), 1, 2)
