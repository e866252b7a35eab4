"""The tree of stations: who stands above whom, and what changes hands when a station comes under another. Knows no HTTP."""

from collections.abc import Collection
from functools import cache
from typing import Any

import sqlalchemy as sa

from kiosk.county.feed import EVERYONE, Entry, of_station
from kiosk.county.schema import feed, record, station
from kiosk.domain.station import TREE_MAX
from kiosk.sync.protocol import Op

SHARED = ("listing", "review", "takedown", "report")
"""What those above a station see of it."""


def lines(connection: sa.Connection, county_id: str, station_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Give for each station itself and all above it, the nearest first."""
    found: dict[str, tuple[str, ...]] = {}
    for below, station_id in connection.execute(_up(), {"county": county_id, "ids": list(station_ids)}):
        found[below] = (*found.get(below, ()), station_id)
    return found


@cache
def _up() -> sa.Select[Any]:
    """Put the statement together once: every push runs it."""
    ours = station.c.county_id == sa.bindparam("county")
    up = sa.select(station.c.id.label("below"), station.c.id, station.c.parent_id, sa.literal(0).label("height"))
    line = up.where(ours, station.c.id.in_(sa.bindparam("ids", expanding=True))).cte(recursive=True)
    higher = sa.select(line.c.below, station.c.id, station.c.parent_id, line.c.height + 1).where(ours, station.c.id == line.c.parent_id)
    line = line.union_all(higher.where(line.c.height < TREE_MAX))
    return sa.select(line.c.below, line.c.id).order_by(line.c.height)


def moved(connection: sa.Connection, county_id: str, station_id: str, old_parent: str | None, device_id: str) -> list[Entry]:
    """Say, after a station came under another parent, what those above now see of it and of all below it, and what others no longer do."""
    above = lines(connection, county_id, [station_id, *([old_parent] if old_parent else [])])
    after, before = set(above[station_id][1:]), set(above.get(old_parent or "", ()))
    all_stations = connection.scalars(sa.select(station.c.id).where(station.c.county_id == county_id)).all()
    below = [one for one, line in lines(connection, county_id, all_stations).items() if station_id in line]
    ours = (feed.c.county_id == county_id, feed.c.entity.in_(SHARED))
    rows = connection.execute(sa.select(feed).where(*ours, feed.c.audience.in_(map(of_station, below))).order_by(feed.c.position)).all()
    shown = set(connection.scalars(sa.select(feed.c.record_id).where(*ours, feed.c.audience == EVERYONE)))
    wrote = (record.c.county_id == county_id, record.c.entity.in_(SHARED))
    owners = {
        (entity, id_): owner
        for entity, id_, owner in connection.execute(sa.select(record.c.entity, record.c.id, record.c.owner).where(*wrote))
    }
    gained = [
        Entry(of_station(one), row.entity, row.record_id, row.revision, Op(row.op), device_id, row.urgent)
        for one in sorted(after - before)
        for row in rows
    ]
    lost = [
        # the lowest revision there is: should it come back, nothing keeps it out
        Entry(of_station(one), row.entity, row.record_id, 0, Op.DELETE, device_id, urgent=True)
        for one in sorted(before - after)
        for row in rows
        if row.record_id not in shown and owners.get((row.entity, row.record_id)) != one
    ]
    return gained + lost
