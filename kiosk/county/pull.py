"""What a station pulls: everybody's part of the feed and its own, in one order. Knows no HTTP.

Everybody's part is the same for nearly every reader, so a process keeps the pages of it that it put together last, deflated. Whatever
changes what stands there moves its end in the same transaction (`judge`, `publish`, `decide`), so a page is good as long as the end stands.
"""

import gzip
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from heapq import merge
from threading import Lock
from typing import Any

import sqlalchemy as sa

from kiosk.county.feed import EVERYONE, CursorGoneError, Reader, change_of, cursor_of, of_station, position_of, with_records
from kiosk.county.schema import county, feed
from kiosk.sync.protocol import PullAnswer, text_of

SHARED, KEPT = 500, 16
"""Rows of a page that many read, and how many such pages a process keeps: some megabytes."""
DEFLATE_LEVEL = 6
STRIDE = 1_000
"""So far behind the county's head a cursor stays where nothing follows for its reader: noting another costs a station's flash 30 KB."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, and the same as JSON deflated where it was made for many."""

    answer: PullAnswer
    deflated: bytes | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """The rows of everybody's feed from `first` to `last`, as they were while it ended at `end`, and the page that they are for most
    readers: all but `writers` (stations that own something in it, devices that wrote something)."""

    epoch: str
    end: int
    urgent: bool
    first: int
    last: int
    rows: Sequence[sa.RowMapping]
    writers: frozenset[str]
    page: Page

    def holds(self, epoch: str, end: int, urgent: bool, position: int) -> bool:
        """Say whether a row is in it, and all still stands as it did."""
        return (self.epoch, self.end, self.urgent) == (epoch, end, urgent) and self.first <= position <= self.last


class Pages:
    """Gives pages, and keeps those that many read."""

    def __init__(self) -> None:
        self._kept: deque[Shared] = deque(maxlen=KEPT)
        self._lock = Lock()

    def read(self, connection: sa.Connection, reader: Reader, after: str, limit: int, *, own: bool = False, urgent: bool = False) -> Page:
        """Give what comes after a cursor ('' is the beginning) for this reader; raise CursorGoneError.

        Its own changes are left out unless `own`. `urgent`: only what must leave the boards first.
        """
        given, position = position_of(after)
        but = "" if own else reader.device_id
        values = {"county": reader.county_id, "station": of_station(reader.station_id), "but": but, "after": position, "most": limit}
        epoch, head, end, next_shared, next_ours = connection.execute(_where(urgent), values).one()
        if given not in ("", epoch) or position > head:
            raise CursorGoneError(after)
        shared, upto, rows, ours = None, head, list[sa.RowMapping](), list[sa.RowMapping]()
        if next_shared is not None:
            shared = self._shared(connection, reader.county_id, epoch, end, urgent, next_shared)
            upto = head if shared.end == shared.last else min(head, shared.last)  # it may be of a moment later than the head
            rows = [row for row in shared.rows if next_shared <= row["position"] <= upto]
        if next_ours is not None and next_ours <= upto:
            ours = list(connection.execute(_ours(urgent), values | {"next": next_ours, "upto": upto}).mappings())
        whole = shared is not None and shared.end == end and not ours and len(rows) == len(shared.rows) <= limit
        if shared is not None and whole and not shared.writers & {reader.station_id, but}:
            return shared.page
        merged = list(merge(rows, ours, key=lambda row: row["position"]))
        cut = len(merged) > limit or len(ours) == limit
        taken = merged[:limit]
        last = taken[-1]["position"] if cut else upto if taken or upto - position >= STRIDE else position
        changes = (change_of(row, reader.station_id) for row in taken if row["device_id"] != but)
        more = cut or (shared is not None and last < shared.end)
        return Page(PullAnswer(changes=tuple(filter(None, changes)), cursor=cursor_of(epoch, last), more=more))

    def _shared(self, connection: sa.Connection, county_id: str, epoch: str, end: int, urgent: bool, first: int) -> Shared:
        with self._lock:  # whoever waits here would make the same page
            good = [one for one in self._kept if one.holds(epoch, end, urgent, first)]
            if not good:
                good = [_make(connection, county_id, epoch, end, urgent, first)]
                self._kept.extend(good)
            return max(good, key=lambda one: one.first)


def _make(connection: sa.Connection, county_id: str, epoch: str, end: int, urgent: bool, first: int) -> Shared:
    rows = connection.execute(_everyones(urgent), {"county": county_id, "first": first, "most": SHARED}).mappings().all()
    end = rows[0]["end"] if rows else end
    last = rows[-1]["position"] if len(rows) == SHARED else end
    changes = (change_of(row, "") for row in rows)
    answer = PullAnswer(changes=tuple(filter(None, changes)), cursor=cursor_of(epoch, last), more=last < end)
    writers = frozenset(row[key] for row in rows for key in ("owner", "device_id") if row[key])
    return Shared(epoch, end, urgent, first, last, rows, writers, Page(answer, gzip.compress(text_of(answer), DEFLATE_LEVEL, mtime=0)))


# Each statement is put together once: that takes longer than running it.

MOST: sa.BindParameter[int] = sa.bindparam("most", type_=sa.Integer())


@cache
def _where(urgent: bool) -> sa.Select[Any]:
    """Ask where the feed is now, where everybody's part ends, and what follows next in it and in the reader's own."""
    after, others = feed.c.position > sa.bindparam("after"), feed.c.device_id != sa.bindparam("but")
    nexts = [
        sa.select(feed.c.position).where(*where, after, *_urgent(urgent)).order_by(feed.c.position).limit(1).scalar_subquery()
        for where in (_in(EVERYONE), (*_in(sa.bindparam("station")), others))
    ]
    return sa.select(county.c.feed_epoch, county.c.feed_position, _end(), *nexts).where(county.c.county_id == sa.bindparam("county"))


@cache
def _everyones(urgent: bool) -> sa.Select[Any]:
    """Read everybody's index from a position on, so that a pull costs the same at the end of the feed as at its start."""
    here = (*_in(EVERYONE), feed.c.position >= sa.bindparam("first"), *_urgent(urgent))
    page = sa.select(feed).where(*here).order_by(feed.c.position).limit(MOST).subquery()
    return with_records(page, sa.bindparam("county")).add_columns(_end().label("end")).order_by(page.c.position)


@cache
def _ours(urgent: bool) -> sa.Select[Any]:
    """Read a station's index likewise, up to where everybody's page ends, but for what the reader itself wrote."""
    here = (*_in(sa.bindparam("station")), feed.c.position.between(sa.bindparam("next"), sa.bindparam("upto")), *_urgent(urgent))
    others = feed.c.device_id != sa.bindparam("but")
    page = sa.select(feed).where(*here, others).order_by(feed.c.position).limit(MOST).subquery()
    return with_records(page, sa.bindparam("county")).order_by(page.c.position)


def _end() -> sa.ScalarSelect[int]:
    """Ask where everybody's part ends."""
    return sa.select(feed.c.position).where(*_in(EVERYONE)).order_by(feed.c.position.desc()).limit(1).scalar_subquery()


def _in(audience: str | sa.BindParameter[Any]) -> tuple[sa.ColumnElement[bool], ...]:
    return feed.c.county_id == sa.bindparam("county"), feed.c.audience == audience


def _urgent(urgent: bool) -> tuple[sa.ColumnElement[bool], ...]:
    return (feed.c.urgent,) if urgent else ()
