"""What the county asks of a terminal's doctor, and what it answered last. The terminal hears the question with its next report.

Of an answer only its newest is kept. It is a station's own words about its machine: bounded, one line each, shown to nobody but the county.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county.boards import VERSION
from kiosk.county.schema import device, device_doctor, record
from kiosk.domain.record import RecordError, from_plain, new_id, to_plain
from kiosk.errors import NotFound
from kiosk.sync.protocol import DoctorReport

LINES_MOST, TEXT_MOST, NUMBER_MOST = 80, 400, 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One terminal: what was asked of it when, and what it said when; `report` is None before it said anything."""

    device_id: str
    question: str
    asked_at: datetime
    answered_at: datetime | None
    report: DoctorReport | None

    @property
    def is_new(self) -> bool:
        """Say whether it answers the last question."""
        return self.report is not None and self.report.question == self.question


def wrong(report: DoctorReport) -> str:
    """Name a field that says what none of ours would; empty when all is sound."""
    if not _is_id(report.question):
        return "question"
    if not VERSION.fullmatch(report.version):
        return "version"
    sound = all(0 <= one.number <= NUMBER_MOST and len(one.text) <= TEXT_MOST and one.text.isprintable() for one in report.lines)
    if len(report.lines) > LINES_MOST or not sound:
        return "lines"
    try:
        to_plain(report)
    except (OverflowError, ValueError):  # an instant beyond all calendars
        return "at"
    return ""


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def ask(connection: sa.Connection, county_id: str, station: str, now: datetime) -> list[str]:
    """Ask every terminal of the station with this name; give their ids. Raises NotFound."""
    same = sa.and_(record.c.county_id == device.c.county_id, record.c.entity == "station", record.c.id == device.c.station_id)
    mine = (device.c.county_id == county_id, device.c.revoked_at.is_(None), record.c.data["name"].astext == station)
    ids = list(connection.scalars(sa.select(device.c.id).select_from(device.join(record, same)).where(*mine).order_by(device.c.id)))
    if not ids:
        raise NotFound(station)
    for device_id in ids:
        ask_one(connection, county_id, device_id, now)
    return ids


def ask_one(connection: sa.Connection, county_id: str, device_id: str, now: datetime) -> None:
    """Ask one terminal."""
    new = insert(device_doctor).values(county_id=county_id, device_id=device_id, question=new_id(now), asked_at=now)
    same_row = {name: new.excluded[name] for name in ("question", "asked_at")}
    connection.execute(new.on_conflict_do_update(index_elements=["county_id", "device_id"], set_=same_row))


def question(connection: sa.Connection, county_id: str, device_id: str) -> str:
    """Give what is asked of a terminal and not answered, or nothing."""
    row = connection.execute(sa.select(device_doctor).where(*_of(county_id, device_id))).first()
    return "" if row is None or (row.report or {}).get("question") == row.question else row.question


def note(connection: sa.Connection, county_id: str, device_id: str, report: DoctorReport, now: datetime) -> None:
    """Keep an answer in place of the last one; of a terminal that nobody has asked nothing is kept."""
    values = {"report": to_plain(report), "answered_at": now}
    connection.execute(sa.update(device_doctor).where(*_of(county_id, device_id)).values(values))


def answers(connection: sa.Connection, county_id: str, device_ids: Sequence[str]) -> list[Answer]:
    """Give how the questions to these terminals stand."""
    query = sa.select(device_doctor).where(device_doctor.c.county_id == county_id, device_doctor.c.device_id.in_(device_ids))
    return [
        Answer(device_id=row.device_id, question=row.question, asked_at=row.asked_at, answered_at=row.answered_at, report=_read(row.report))
        for row in connection.execute(query.order_by(device_doctor.c.device_id))
    ]


def _of(county_id: str, device_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return device_doctor.c.county_id == county_id, device_doctor.c.device_id == device_id


def _read(plain: object) -> DoctorReport | None:
    try:
        return from_plain(DoctorReport, plain) if plain is not None else None
    except RecordError:
        return None
