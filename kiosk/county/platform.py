"""What waits at all stations to be entered into the provincial platform (管理办法 6), row by row: a county's is never whole in memory.

The rule is the station's own (kiosk.services.export): listings as they stand in public, workers who want to be recommended, and of both
what no mark of entry names in this revision. Personal data is what the province's sheet asks for, and nothing besides.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from kiosk.county.phone_records import Records
from kiosk.county.schema import record
from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import Listing, Takedown
from kiosk.domain.record import from_plain
from kiosk.domain.running import PlatformEntry
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services.platform_words import LISTING_COLUMNS, WORKER_COLUMNS, columns, listing_cells, worker_cells
from kiosk.services.table_write import Cell, Table
from kiosk.text import t

STATION_WIDTH = {"station": 16}
AT_ONCE = 500


class Sheet(StrEnum):
    """Which of the province's sheets; the names are those of kiosk.domain.entities."""

    LISTING = "listing"
    WORKER = "worker"


def head(sheet: Sheet, place: str, now: datetime) -> Table:
    """Give the sheet's title, note and columns; the rows come by themselves."""
    widths = STATION_WIDTH | (LISTING_COLUMNS if sheet is Sheet.LISTING else WORKER_COLUMNS)
    note = t("county_export.note", place=place, date=now.date())
    return Table(title=t(f"export.title_{sheet.value}"), notes=(note,), columns=columns(widths), rows=())


def rows(
    connection: sa.Connection, county_id: str, sheet: Sheet, stations: frozenset[str] | None, now: datetime
) -> Iterator[Sequence[Cell]]:
    """Give what waits, station by station, each row with its station's name; `stations` are those that may be seen, None all."""
    of_stations = (record.c.county_id == county_id, record.c.entity == NAME_OF[Station])
    found = connection.scalars(sa.select(record.c.data).where(*of_stations).order_by(record.c.data["area"].astext, record.c.id)).all()
    for station in (from_plain(Station, data) for data in found):
        if stations is None or station.id in stations:
            waiting = _listings if sheet is Sheet.LISTING else _workers
            for cells in waiting(connection, county_id, station.id, now):
                yield [station.name, *cells]


def _listings(connection: sa.Connection, county_id: str, station_id: str, now: datetime) -> Iterator[list[Cell]]:
    records, entered = Records(connection, county_id, now), _entered(connection, county_id, station_id, Sheet.LISTING)
    down = record.alias()
    # most are over: what a glance tells is not read
    taken = sa.exists().where(down.c.county_id == county_id, down.c.about == record.c.id, down.c.entity == NAME_OF[Takedown])
    live = _own(county_id, station_id, Listing, record.c.data["ends_on"].astext >= records.today.isoformat(), ~taken)
    ids = sorted(set(connection.scalars(live.with_only_columns(record.c.id))))
    for first in range(0, len(ids), AT_ONCE):
        for listing in records.public(ids[first : first + AT_ONCE]).values():
            if (listing.id, listing.revision) not in entered:
                yield listing_cells(listing)


def _workers(connection: sa.Connection, county_id: str, station_id: str, now: datetime) -> Iterator[list[Cell]]:
    del now
    entered = _entered(connection, county_id, station_id, Sheet.WORKER)
    for data in connection.scalars(_own(county_id, station_id, Worker).order_by(record.c.id)):
        worker = from_plain(Worker, data)
        if worker.state is WorkerState.ACTIVE and (worker.id, worker.revision) not in entered:
            yield worker_cells(worker)


def _entered(connection: sa.Connection, county_id: str, station_id: str, sheet: Sheet) -> set[tuple[str, int]]:
    found = (from_plain(PlatformEntry, data) for data in connection.scalars(_own(county_id, station_id, PlatformEntry)))
    return {(one.record_id, one.record_revision) for one in found if one.entity == sheet.value}


def _own(county_id: str, station_id: str, cls: type, *wanted: sa.ColumnElement[bool]) -> sa.Select[tuple[dict[str, object]]]:
    ours = (record.c.county_id == county_id, record.c.owner == station_id, record.c.entity == NAME_OF[cls], record.c.data.is_not(None))
    return sa.select(record.c.data).where(*ours, *wanted)
