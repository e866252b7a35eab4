"""The stations of the county and their standing: applications, steps, papers, what staff were taught. Knows no HTTP and no role."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county import enrolment
from kiosk.county.decide import take_down
from kiosk.county.phone_limits import hold
from kiosk.county.publish import publish
from kiosk.county.schema import application, console_document, device, listing_row, record, staff_course, staff_course_seat, station_step
from kiosk.domain.listing import ListingState
from kiosk.domain.record import from_plain, new_id, to_plain
from kiosk.domain.standing import Act, Stage, Step, check_station, check_step, stage_of
from kiosk.domain.station import Station
from kiosk.errors import BadInput, NotFound, WrongState
from kiosk.text import t

DOCUMENT_KINDS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
TITLE_MAX, HOURS_MAX, PEOPLE_MAX = 40, 200, 99


@dataclass(frozen=True, slots=True)
class Standing:
    """A station, or one that was only applied for, and how it came to stand where it stands."""

    station: Station
    steps: tuple[Step, ...]

    @property
    def stage(self) -> Stage:
        """Give where it stands."""
        return stage_of(self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the county taught staff on a day, and how many of each station came."""

    id: str
    held_on: date
    title: str
    hours: int
    people: Mapping[str, int]


def stations(connection: sa.Connection, county_id: str) -> list[Station]:
    """Give the stations that are in the tree, by name."""
    ours = (record.c.county_id == county_id, record.c.entity == "station", record.c.data.is_not(None))
    found = [from_plain(Station, data) for data in connection.scalars(sa.select(record.c.data).where(*ours))]
    return sorted(found, key=lambda one: one.name)


def standings(connection: sa.Connection, county_id: str) -> list[Standing]:
    """Give every station with its steps, those that were only applied for at the end."""
    applied = connection.scalars(sa.select(application.c.data).where(application.c.county_id == county_id)).all()
    both = stations(connection, county_id) + sorted((from_plain(Station, data) for data in applied), key=lambda one: one.name)
    of: dict[str, list[Step]] = {}
    for step in _steps(connection, station_step.c.county_id == county_id):
        of.setdefault(step.station_id, []).append(step)
    return [Standing(one, tuple(of.get(one.id, ()))) for one in both]


def standing(connection: sa.Connection, county_id: str, station_id: str) -> Standing:
    """Give one; raise NotFound."""
    newest = sa.select(record.c.data).where(record.c.county_id == county_id, record.c.entity == "station", record.c.id == station_id)
    mine = (application.c.county_id == county_id, application.c.station_id == station_id)
    data = connection.scalar(newest) or connection.scalar(sa.select(application.c.data).where(*mine))
    if data is None:
        raise NotFound(f"station {station_id}")
    steps = _steps(connection, station_step.c.county_id == county_id, station_step.c.station_id == station_id)
    return Standing(from_plain(Station, data), tuple(steps))


def apply(connection: sa.Connection, county_id: str, station: Station, by: str, now: datetime, today: date) -> None:
    """Take in the application for a new station; raise BadInput."""
    check_station(station, _known(connection, county_id))
    connection.execute(sa.insert(application).values(county_id=county_id, station_id=station.id, data=to_plain(station)))
    first = Step(id=new_id(now), station_id=station.id, act=Act.APPLY, on=today, at=now, by=by)
    connection.execute(sa.insert(station_step).values(county_id=county_id, place=1, **asdict(first)))


def change(connection: sa.Connection, county_id: str, station: Station, now: datetime) -> None:
    """Write a station anew over the revision before; raise BadInput, and WrongState when somebody else has done so meanwhile."""
    hold(connection, f"station {county_id} {station.id}")
    before = standing(connection, county_id, station.id)
    if before.station.revision != station.revision - 1:
        raise WrongState("somebody else changed it")
    check_station(station, _known(connection, county_id))
    if _only_applied(connection, county_id, station.id):
        mine = (application.c.county_id == county_id, application.c.station_id == station.id)
        connection.execute(sa.update(application).where(*mine).values(data=to_plain(station)))
    else:
        publish(connection, county_id, [station], now)


def take_step(connection: sa.Connection, county_id: str, step: Step, by_name: str, seen: int, today: date, now: datetime) -> Standing:
    """Add a step; who saw another number of steps than there are is told. Raises WrongState, BadInput, NotFound.

    With its recognition a station comes into the tree and becomes known to all; a revoked one's terminals are shut out, and what it has on
    the boards leaves them.
    """
    hold(connection, f"station {county_id} {step.station_id}")
    before = standing(connection, county_id, step.station_id)
    if len(before.steps) != seen:
        raise WrongState("somebody else took a step")
    check_step(step, before.steps, today)
    connection.execute(sa.insert(station_step).values(county_id=county_id, place=seen + 1, **asdict(step)))
    if step.act is Act.RECOGNISE and _only_applied(connection, county_id, step.station_id):
        connection.execute(sa.delete(application).where(application.c.county_id == county_id, application.c.station_id == step.station_id))
        publish(connection, county_id, [check_station(before.station, _known(connection, county_id))], now)
    if step.act is Act.REVOKE:
        theirs = (device.c.county_id == county_id, device.c.station_id == step.station_id, device.c.revoked_at.is_(None))
        for device_id in connection.scalars(sa.select(device.c.id).where(*theirs)).all():
            enrolment.revoke(connection, county_id, device_id, now)
        row, approved = listing_row.c, ListingState.APPROVED
        stand = (row.county_id == county_id, row.station_id == step.station_id, row.state == approved, row.ends_on >= today)
        for listing_id in connection.scalars(sa.select(row.id).where(*stand)).all():
            with suppress(WrongState):  # the row is a moment behind
                take_down(connection, county_id, listing_id, by_name, t("console.stations.listings_down"), now)
    return replace(before, steps=(*before.steps, step))


def keep_document(connection: sa.Connection, county_id: str, content: bytes) -> str:
    """Keep a paper and give its SHA-256; raise BadInput('document') for what is no PDF, JPEG or PNG by its own bytes."""
    kind = next((kind for begins, kind in DOCUMENT_KINDS.items() if content.startswith(begins)), None)
    if kind is None:
        raise BadInput("document", "bad.standing.document")
    digest = sha256(content).hexdigest()
    new = insert(console_document).values(county_id=county_id, digest=digest, kind=kind, content=content)
    connection.execute(new.on_conflict_do_nothing())
    return digest


def document(connection: sa.Connection, county_id: str, digest: str) -> tuple[str, bytes]:
    """Give a paper's kind and bytes; raise NotFound."""
    mine = (console_document.c.county_id == county_id, console_document.c.digest == digest)
    row = connection.execute(sa.select(console_document.c.kind, console_document.c.content).where(*mine)).first()
    if row is None:
        raise NotFound(f"document {digest}")
    return row.kind, row.content


def add_course(connection: sa.Connection, county_id: str, course: Course, today: date) -> None:
    """Keep what staff were taught; raise BadInput."""
    if not 1 <= len(course.title) <= TITLE_MAX:
        raise BadInput("title", "bad.course.title", most=TITLE_MAX)
    if course.held_on > today:
        raise BadInput("held_on", "bad.course.future")
    if not 1 <= course.hours <= HOURS_MAX:
        raise BadInput("hours", "bad.course.hours", most=HOURS_MAX)
    if not course.people or not all(1 <= count <= PEOPLE_MAX for count in course.people.values()):
        raise BadInput("people", "bad.course.people", most=PEOPLE_MAX)
    values = {"id": course.id, "held_on": course.held_on, "title": course.title, "hours": course.hours}
    connection.execute(sa.insert(staff_course).values(county_id=county_id, **values))
    seats = [{"county_id": county_id, "course_id": course.id, "station_id": one, "people": count} for one, count in course.people.items()]
    connection.execute(sa.insert(staff_course_seat), seats)


def courses(connection: sa.Connection, county_id: str) -> Sequence[Course]:
    """Give what staff were taught, the newest first."""
    people: dict[str, dict[str, int]] = {}
    for row in connection.execute(sa.select(staff_course_seat).where(staff_course_seat.c.county_id == county_id)):
        people.setdefault(row.course_id, {})[row.station_id] = row.people
    query = sa.select(staff_course).where(staff_course.c.county_id == county_id).order_by(staff_course.c.held_on.desc(), staff_course.c.id)
    return [
        Course(id=row.id, held_on=row.held_on, title=row.title, hours=row.hours, people=people.get(row.id, {}))
        for row in connection.execute(query)
    ]


def _known(connection: sa.Connection, county_id: str) -> list[Station]:
    """Give every station that another is checked against; nobody else changes the tree meanwhile."""
    hold(connection, f"tree {county_id}")
    return [one.station for one in standings(connection, county_id)]


def _only_applied(connection: sa.Connection, county_id: str, station_id: str) -> bool:
    mine = (application.c.county_id == county_id, application.c.station_id == station_id)
    return connection.scalar(sa.select(application.c.station_id).where(*mine)) is not None


def _steps(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Step]:
    query = sa.select(station_step).where(*where).order_by(station_step.c.place)
    return [
        Step(
            id=row.id,
            station_id=row.station_id,
            act=Act(row.act),
            on=row.on,
            at=row.at,
            by=row.by,
            number=row.number,
            reason=row.reason,
            deadline=row.deadline,
            document=row.document,
        )
        for row in connection.execute(query)
    ]
