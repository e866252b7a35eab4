"""Editions of what the county publishes: each publishing is a new one, the earlier ones stay, and one with a later date waits for its day.

Owns the table of editions and how one goes out. A policy or a course goes to the stations on its day; a sheet (rules, rubric, the
mini-program's code) goes at once, and each station takes it up on its day, with or without a line. Knows no page.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from kiosk.county.console.audit import audit
from kiosk.county.phone_limits import hold
from kiosk.county.publish import bury, publish
from kiosk.county.schema import console_user, edition, record
from kiosk.domain.record import from_plain
from kiosk.domain.rule_sheet import RUBRIC, RuleSheet
from kiosk.domain.station import Policy, Training
from kiosk.errors import BadInput, KioskError, NotFound, WrongState

log = logging.getLogger(__name__)
CHINA = timezone(timedelta(hours=8))
AHEAD = timedelta(days=366)


class Kind(StrEnum):
    """What has editions."""

    POLICY = "policy"
    TRAINING = "training"
    SHEET = "rule_sheet"
    PICTURE = "mini_program"
    PAPER = "paper"


class State(StrEnum):
    """Waiting for its day; out; taken back before its day."""

    WAITING = "waiting"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


TEXT_OF = {Kind.SHEET: "text", Kind.PICTURE: "picture", Kind.PAPER: "file"}
SENT_AT_ONCE = frozenset(TEXT_OF)
"""What goes to the stations as a rule sheet by the name that is its `id`, and which part of its content."""
RECORDS: dict[Kind, type[Policy] | type[Training]] = {Kind.POLICY: Policy, Kind.TRAINING: Training}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition. `content` None takes away what stood. `by`: who wrote it, empty for what was there before editions were."""

    kind: Kind
    id: str
    number: int
    content: dict[str, Any] | None
    effective_on: date
    state: State
    by: str
    written_at: datetime


def save(
    connection: sa.Connection,
    county_id: str,
    kind: Kind,
    subject: str,
    base: int,
    content: dict[str, Any] | None,
    effective_on: date,
    by: str,
    now: datetime,
) -> Edition:
    """Write an edition and let it out when its day is here; `base` is the newest number that its writer had seen.

    Raises WrongState when there is a newer one, BadInput('effective_on') for a day that is over or too far.
    """
    hold(connection, f"edition {county_id} {kind} {subject}")
    today = now.astimezone(CHINA).date()
    newest = newest_number(connection, county_id, kind, subject)
    if newest != base:
        raise WrongState(f"{kind} {subject}: edition {newest}, not {base}")
    if effective_on < today:
        raise BadInput("effective_on", "bad.publish.past")
    if effective_on > today + AHEAD:
        raise BadInput("effective_on", "bad.publish.far")
    if newest == 0:
        newest = _adopt(connection, county_id, kind, subject)
    state = State.WAITING if effective_on > today else State.PUBLISHED
    made = Edition(kind=kind, id=subject, number=newest + 1, content=content, effective_on=effective_on, state=state, by=by, written_at=now)
    _insert(connection, county_id, made)
    if kind in SENT_AT_ONCE:
        _send_sheet(connection, county_id, made, now)
    if state is State.PUBLISHED:
        _go_out(connection, county_id, made, now)
    return made


def take_back(connection: sa.Connection, county_id: str, kind: Kind, subject: str, number: int, now: datetime) -> None:
    """Take an edition back that waits for its day; raise WrongState when it does not wait any more."""
    this = (*_of(county_id, kind, subject), edition.c.number == number, edition.c.state == State.WAITING)
    if connection.execute(sa.update(edition).where(*this).values(state=State.WITHDRAWN)).rowcount == 0:
        raise WrongState(f"{kind} {subject} {number} does not wait")
    if kind in SENT_AT_ONCE:
        bury(connection, county_id, Kind.SHEET, _sheet_id(county_id, subject, number), now)


def publish_due(connection: sa.Connection, county_id: str, now: datetime) -> int:
    """Let out what waits for today or an earlier day, in the order of those days; give how many.

    Whoever else does the same at this moment leaves these alone, and what a hub that was off has missed goes out when it is back.
    """
    today = now.astimezone(CHINA).date()
    due = (edition.c.county_id == county_id, edition.c.state == State.WAITING, edition.c.effective_on <= today)
    order = (edition.c.effective_on, edition.c.kind, edition.c.id, edition.c.number)
    rows = connection.execute(sa.select(edition).where(*due).order_by(*order).with_for_update(skip_locked=True)).all()
    for row in rows:
        try:
            with connection.begin_nested():
                hold(connection, f"edition {county_id} {row.kind} {row.id}")
                this = (*_of(county_id, Kind(row.kind), row.id), edition.c.number == row.number)
                connection.execute(sa.update(edition).where(*this).values(state=State.PUBLISHED))
                _go_out(connection, county_id, _edition(row), now)
                audit(connection, county_id, now, "", "edition_out", row.id, what=row.kind, edition=row.number)
        except KioskError as error:  # a later program wrote it; the others need not wait for it
            log.error("edition %s of %s could not go out: %s", row.number, row.kind, type(error).__name__)
    return len(rows)


def newest_number(connection: sa.Connection, county_id: str, kind: Kind, subject: str) -> int:
    """Give the number of the newest edition, 0 where there is none."""
    return connection.scalar(sa.select(sa.func.max(edition.c.number)).where(*_of(county_id, kind, subject))) or 0


def one(connection: sa.Connection, county_id: str, kind: Kind, subject: str, number: int) -> Edition:
    """Give an edition; raise NotFound."""
    row = connection.execute(sa.select(edition).where(*_of(county_id, kind, subject), edition.c.number == number)).first()
    if row is None:
        raise NotFound(f"{kind} {subject} {number}")
    return _edition(row)


def history(
    connection: sa.Connection, county_id: str, kind: Kind, subject: str, *, before: int | None = None, most: int = 50
) -> Sequence[tuple[Edition, str]]:
    """Give editions, the newest first, each with the name of who wrote it."""
    where = [*_of(county_id, kind, subject), *([edition.c.number < before] if before is not None else [])]
    same = sa.and_(console_user.c.county_id == edition.c.county_id, console_user.c.id == edition.c.written_by)
    query = sa.select(edition, console_user.c.name).select_from(edition.outerjoin(console_user, same)).where(*where)
    rows = connection.execute(query.order_by(edition.c.number.desc()).limit(most))
    return [(_edition(row), row.name or "") for row in rows]


def waiting(connection: sa.Connection, county_id: str, kind: Kind, *, most: int = 50) -> Sequence[Edition]:
    """Give what waits of one kind, the next first."""
    ours = (edition.c.county_id == county_id, edition.c.state == State.WAITING, edition.c.kind == kind)
    order = (edition.c.effective_on, edition.c.id, edition.c.number)
    return [_edition(row) for row in connection.execute(sa.select(edition).where(*ours).order_by(*order).limit(most))]


def in_force(connection: sa.Connection, county_id: str, kind: Kind, today: date, subject: str | None = None) -> Sequence[Edition]:
    """Give of everything of one kind, or of one subject, the edition that is in force: what took effect last, and of one day the last."""
    query = in_force_query(county_id, kind, today, edition)
    return [_edition(row) for row in connection.execute(query if subject is None else query.where(edition.c.id == subject))]


def in_force_query(county_id: str, kind: Kind, today: date, *columns: Any) -> sa.Select[Any]:
    """Ask for the editions in force, some of their columns."""
    ours = (edition.c.county_id == county_id, edition.c.kind == kind, edition.c.state != State.WITHDRAWN, edition.c.effective_on <= today)
    order = (edition.c.id, edition.c.effective_on.desc(), edition.c.number.desc())
    return sa.select(*columns).where(*ours).ext(distinct_on(edition.c.id)).order_by(*order)


def _of(county_id: str, kind: Kind, subject: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (edition.c.county_id == county_id, edition.c.kind == kind, edition.c.id == subject)


def _edition(row: Any) -> Edition:
    return Edition(
        kind=Kind(row.kind),
        id=row.id,
        number=row.number,
        content=row.content,
        effective_on=row.effective_on,
        state=State(row.state),
        by=row.written_by,
        written_at=row.written_at,
    )


def _insert(connection: sa.Connection, county_id: str, made: Edition) -> None:
    names = ("kind", "id", "number", "content", "effective_on", "state", "written_at")
    values = {name: getattr(made, name) for name in names}
    connection.execute(sa.insert(edition).values(county_id=county_id, written_by=made.by, **values))


def _adopt(connection: sa.Connection, county_id: str, kind: Kind, subject: str) -> int:
    """Keep what stood before it had editions as the first of them, so that one can go back to it; give its number, or 0."""
    row = _record(connection, county_id, kind, subject) if kind in RECORDS else None
    if row is None or row.data is None:
        return 0
    content = {name: value for name, value in row.data.items() if name not in ("id", "revision")}
    day = row.received_at.astimezone(CHINA).date()
    first = Edition(
        kind=kind,
        id=subject,
        number=1,
        content=content,
        effective_on=day,
        state=State.PUBLISHED,
        by="",
        written_at=row.received_at,
    )
    _insert(connection, county_id, first)
    return 1


def _record(connection: sa.Connection, county_id: str, kind: Kind, subject: str) -> Any:
    this = (record.c.county_id == county_id, record.c.entity == kind, record.c.id == subject)
    return connection.execute(sa.select(record).where(*this).order_by(record.c.revision.desc()).limit(1)).first()


def _go_out(connection: sa.Connection, county_id: str, made: Edition, now: datetime) -> None:
    if made.kind in SENT_AT_ONCE:
        _bury_before(connection, county_id, made, now)
    elif made.kind in RECORDS and made.content is None:
        bury(connection, county_id, made.kind, made.id, now)
    elif made.kind in RECORDS:
        held = _record(connection, county_id, made.kind, made.id)
        plain = {**(made.content or {}), "id": made.id, "revision": held.revision + 1 if held else 1}
        publish(connection, county_id, [from_plain(RECORDS[made.kind], plain)], now)


def _send_sheet(connection: sa.Connection, county_id: str, made: Edition, now: datetime) -> None:
    text = made.content[TEXT_OF[made.kind]] if made.content else ""
    sheet_id = _sheet_id(county_id, made.id, made.number)
    sheet = RuleSheet(id=sheet_id, revision=1, name=made.id, number=made.number, text=text, effective_on=made.effective_on)
    publish(connection, county_id, [sheet], now)


def _bury_before(connection: sa.Connection, county_id: str, made: Edition, now: datetime) -> None:
    """Take sheets away that are out of force from now on: a new station need not read the county's past.

    All rubrics stay: a year that is over is judged by the one that was in force then.
    """
    if made.id == RUBRIC:
        return
    earlier = sa.tuple_(edition.c.effective_on, edition.c.number) < sa.tuple_(sa.literal(made.effective_on), sa.literal(made.number))
    past = sa.select(edition.c.number).where(*_of(county_id, made.kind, made.id), edition.c.state == State.PUBLISHED, earlier)
    for number in connection.scalars(past.order_by(edition.c.number)).all():
        bury(connection, county_id, Kind.SHEET, _sheet_id(county_id, made.id, number), now)


def _sheet_id(county_id: str, name: str, number: int) -> str:
    """Name the record of one edition of a sheet: the same each time it is asked for."""
    return str(uuid5(NAMESPACE_URL, f"{county_id}/{name}/{number}"))
