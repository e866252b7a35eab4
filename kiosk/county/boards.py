"""How the county's terminals and boards are, as they last told: what is taken of a report, and how it reads later. Knows no HTTP.

The console and `kiosk county boards` read the same. A report holds no word that anybody wrote: codes, numbers, instants and the picture of
what the hall sees anyway; what is anything else is refused.
"""

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county.schema import device, device_health, record
from kiosk.domain.record import RecordError, from_plain, to_plain
from kiosk.sync.protocol import NUMBERS_MAX, PICTURE_MAX_BYTES, StationHealth

LATE = timedelta(minutes=12)
"""Terminals tell every five minutes: who has missed two is not known of any more."""
CODE, VERSION = re.compile(r"[a-z_]{0,32}"), re.compile(r"[0-9A-Za-z.+-]{0,32}")
JPEG = b"\xff\xd8\xff"
COUNT_MAX = 2**53


class PictureError(Exception):
    """The picture is too large."""


class BoardState(StrEnum):
    """How a board is, as far as the county knows."""

    ALIVE = "alive"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    NONE = "none"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One terminal: whose it is, when it was last heard of at all, and its last report with the hub's time of it."""

    device_id: str
    station_id: str
    station: str
    heard_at: datetime | None
    told_at: datetime | None = None
    report: StationHealth | None = None

    def board(self, now: datetime) -> tuple[BoardState, datetime | None]:
        """Give how its board is, and since when it is not alive, or when it was last told of; its instants are the station's."""
        if self.report is None or self.told_at is None:
            return BoardState.NEVER, None
        if now - self.told_at > LATE:
            return BoardState.UNKNOWN, self.told_at
        if self.report.board is None:
            return BoardState.NONE, None
        return (BoardState.ALIVE, None) if self.report.board_alive else (BoardState.STOPPED, self.report.board.alive_at)


def picture_of(report: StationHealth) -> bytes | None:
    """Decode the picture, None where there is none or it is no JPEG; raise PictureError when it is too large."""
    if len(report.picture) > PICTURE_MAX_BYTES * 4 // 3 + 4:
        raise PictureError
    try:
        content = base64.b64decode(report.picture, validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if content.startswith(JPEG) else None


def wrong(report: StationHealth) -> str:
    """Name a field that says what none of ours would; empty when all is sound."""
    board, printer = report.board, report.printer
    codes = [("board", c) for c in ((board.state, board.kind) if board else ())] + ([("printer", printer.trouble)] if printer else [])
    codes += [("update", report.update.stage)] if report.update else []
    counts = [("update", report.update.done)] if report.update else []
    counts += [("waiting", report.waiting), ("parked", report.parked), ("free_mb", report.free_mb or 0)]
    if board:
        counts += [("board", n) for n in (board.page, board.pages, board.turn, *board.numbers)]
    found = [name for name, code in codes if not CODE.fullmatch(code)] + [name for name, n in counts if not 0 <= n <= COUNT_MAX]
    found += ["version"] * (not VERSION.fullmatch(report.version)) + ["update"] * (
        report.update is not None and not VERSION.fullmatch(report.update.version)
    )
    found += ["board"] * (board is not None and len(board.numbers) > NUMBERS_MAX)
    try:
        to_plain(report)
    except (OverflowError, ValueError):  # an instant beyond all calendars
        found.append("at")
    return found[0] if found else ""


def note(connection: sa.Connection, county_id: str, device_id: str, report: StationHealth, picture: bytes | None, now: datetime) -> None:
    """Keep a report in place of the terminal's last one."""
    plain = to_plain(replace(report, picture=""))
    new = insert(device_health).values(county_id=county_id, device_id=device_id, received_at=now, report=plain, picture=picture)
    same = {name: new.excluded[name] for name in ("received_at", "report", "picture")}
    connection.execute(new.on_conflict_do_update(index_elements=["county_id", "device_id"], set_=same))


def told(connection: sa.Connection, county_id: str) -> list[Told]:
    """Give every terminal that is not shut out, by the names of their stations."""
    name = record.c.data["name"].astext
    of_station = sa.and_(record.c.county_id == device.c.county_id, record.c.entity == "station", record.c.id == device.c.station_id)
    of_device = sa.and_(device_health.c.county_id == device.c.county_id, device_health.c.device_id == device.c.id)
    columns = (
        device.c.id,
        device.c.station_id,
        device.c.heard_at,
        name.label("station"),
        device_health.c.received_at,
        device_health.c.report,
    )
    query = sa.select(*columns).select_from(device.outerjoin(record, of_station).outerjoin(device_health, of_device))
    rows = connection.execute(query.where(device.c.county_id == county_id, device.c.revoked_at.is_(None)).order_by(name, device.c.id))
    return [
        Told(
            device_id=row.id,
            station_id=row.station_id,
            station=row.station or "",
            heard_at=row.heard_at,
            told_at=row.received_at,
            report=_read(row.report),
        )
        for row in rows
    ]


def picture(connection: sa.Connection, county_id: str, device_id: str) -> bytes | None:
    """Give what a terminal's board last showed, JPEG, or None."""
    mine = (device_health.c.county_id == county_id, device_health.c.device_id == device_id)
    found: bytes | None = connection.scalar(sa.select(device_health.c.picture).where(*mine))
    return found


def _read(plain: object) -> StationHealth | None:
    """Read a report back; one that an earlier hub took and this one cannot read is as none."""
    try:
        return from_plain(StationHealth, plain) if plain is not None else None
    except RecordError:
        return None
