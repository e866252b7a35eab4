"""停用工方: employers of the whole county, their files at every station, and holding or releasing one everywhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.dialects.postgresql import TSQUERY

from kiosk.county import decide
from kiosk.county.console import audit
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated
from kiosk.county.console.listings import by_name, rows_of, said_of, stations_of
from kiosk.county.console.roles import Role
from kiosk.county.listing_rows import of_employers, query_of, refresh
from kiosk.county.phone_records import Records, text_of
from kiosk.county.schema import listing_row, record
from kiosk.domain.employer import Employer, EmployerHold, EmployerKind, EmployerSight, in_force
from kiosk.domain.normalise import terms
from kiosk.domain.privacy import is_phone
from kiosk.domain.record import from_plain
from kiosk.domain.station import COUNTY
from kiosk.errors import BadInput, NotFound
from kiosk.text import t
from kiosk.web.pages import go

router = APIRouter()
FOUND, LOOKED_AT, LISTED = 50, 600, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One station's file of an employer, and by what it is held."""

    employer: Employer
    holds: Sequence[EmployerHold]


@router.get("/employers")
def show(desk: Desk, seat: Seated, q: str = "", said: str = "") -> HTMLResponse:
    """Show who is held now, or those whose name or phone fits."""
    q = q.strip()[:60]
    with desk.reading.connect() as connection:
        names, below = stations_of(connection, desk, seat)
        ids = _found(connection, desk, q) if q else _held(connection, desk)
        rows = [one for one in _rows(connection, desk, ids) if one.employer.station_id in below and (q or one.holds)]
        until = _until(connection, desk, rows)
    values: dict[str, Any] = {"rows": rows[:FOUND], "more": len(rows) > FOUND, "q": q, "names": names, "until": until, "county": COUNTY}
    return desk.show("employers.html.j2", seat, here="listings", said=said_of(said), today=desk.today, **values)


@router.get("/employers/{employer_id}")
def show_one(desk: Desk, seat: Seated, employer_id: str, said: str = "") -> HTMLResponse:
    """Show an employer: its files at every station, what was seen and decided, its listings."""
    return _one(desk, seat, employer_id, said=said_of(said))


@router.post("/employers/{employer_id}/hold")
def hold(desk: Desk, form: Form, employer_id: str) -> Response:
    """Take all listings of an employer off every board, in every file it has, until somebody releases it."""
    return _decide(desk, form, employer_id, True)


@router.post("/employers/{employer_id}/release")
def release(desk: Desk, form: Form, employer_id: str) -> Response:
    """Take the county's hold back; what a station holds itself stays held."""
    return _decide(desk, form, employer_id, False)


def due(connection: sa.Connection, desk: Counter) -> list[Employer]:
    """Give the employers whose hold by the county was to be looked at again by now."""
    rows = _rows(connection, desk, _held(connection, desk))
    late = {employer_id for employer_id, day in _until(connection, desk, rows).items() if day <= desk.today}
    return [one.employer for one in rows if one.employer.id in late]


def _decide(desk: Counter, form: Form, employer_id: str, held: bool) -> Response:
    form.seat.need(Role.CENTRE)
    typed = {"reason": form.text("reason", decide.REASON_MAX + 1), "until": form.text("until")}
    now = desk.clock()
    try:
        until = _day(typed["until"], desk.today) if held else None
        with desk.engine.begin() as connection:
            ids = [one.employer.id for one in _same(connection, desk, _need(connection, desk, employer_id))]
            made = decide.decide_hold(connection, desk.county_id, ids, held, typed["reason"], (form.seat.user.id, by_name(form.seat)), now)
            for one in made:
                act = "employer_held" if held else "employer_released"
                desk.audit(connection, form.seat, act, one.employer_id, until=until.isoformat() if until else None)
            refresh(connection, desk.county_id, of_employers(connection, desk.county_id, ids), now, desk.rulings.rules(connection, now))
    except BadInput as error:
        return _one(desk, form.seat, employer_id, troubles={error.field: t(error.key, **error.words)}, typed=typed)
    return go(f"{ROOT}/employers/{employer_id}?said={'held' if held else 'released'}")


def _day(words: str, today: date) -> date | None:
    if not words:
        return None
    try:
        day = date.fromisoformat(words)
    except ValueError:
        raise BadInput("until", "bad.console.until") from None
    if day <= today:
        raise BadInput("until", "bad.console.until")
    return day


def _one(
    desk: Counter,
    seat: Seat,
    employer_id: str,
    *,
    said: str = "",
    troubles: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    with desk.reading.connect() as connection:
        names, below = stations_of(connection, desk, seat)
        employer = _need(connection, desk, employer_id)
        if employer.station_id not in below:
            raise NotFound(f"employer {employer_id}")
        rows = [one for one in _same(connection, desk, employer) if one.employer.station_id in below]
        ids = [one.employer.id for one in rows]
        mine = (listing_row.c.county_id == desk.county_id, listing_row.c.employer_id.in_(ids))
        newest = sa.select(listing_row.c.id).where(*mine).order_by(listing_row.c.collected_at.desc()).limit(LISTED)
        listings = rows_of(connection, desk, connection.scalars(newest).all())
        sights = Records(connection, desk.county_id, desk.clock()).about(EmployerSight, "employer_sight", ids)
        decided = Records(connection, desk.county_id, desk.clock()).about(EmployerHold, "employer_hold", ids)
        until = min(_until(connection, desk, rows).values(), default=None)
    countys = any(decide.is_countys(one.holds) for one in rows)
    return desk.show(
        "employer.html.j2",
        seat,
        422 if troubles else 200,
        here="listings",
        said=said,
        employer=employer,
        files=rows,
        names=names,
        at={one.employer.id: names.get(one.employer.station_id, "") for one in rows},
        listings=listings,
        sights=sorted(sights, key=lambda one: one.seen_at, reverse=True),
        decided=sorted(decided, key=lambda one: one.decided_at, reverse=True),
        countys=countys,
        until=until if countys else None,
        may=seat.user.role is Role.CENTRE,
        troubles=troubles or {},
        typed=typed or {},
        reason_max=decide.REASON_MAX,
    )


def _need(connection: sa.Connection, desk: Counter, employer_id: str) -> Employer:
    data = connection.scalar(sa.select(record.c.data).where(*_employers(desk), record.c.id == employer_id))
    if not data:
        raise NotFound(f"employer {employer_id}")
    return from_plain(Employer, data)


def _same(connection: sa.Connection, desk: Counter, employer: Employer) -> list[Row]:
    """Give every station's file of the same employer: its phone, or of a unit its code or name; the one that was asked for first."""
    like = [text_of(record, "phone") == str(employer.phone)] if employer.phone else []
    if employer.kind is EmployerKind.UNIT:
        like += [text_of(record, "name") == employer.name] if employer.name else []
        like += [text_of(record, "uscc") == employer.uscc] if employer.uscc else []
    ids = {employer.id}
    for one in like:
        ids |= set(connection.scalars(sa.select(record.c.id).where(*_employers(desk), one)))
    return sorted(_rows(connection, desk, ids), key=lambda one: (one.employer.id != employer.id, one.employer.created_at))


def _rows(connection: sa.Connection, desk: Counter, ids: Sequence[str] | set[str]) -> list[Row]:
    if not ids:
        return []
    files = [
        from_plain(Employer, data)
        for data in connection.scalars(sa.select(record.c.data).where(*_employers(desk), record.c.id.in_(ids)))
        if data
    ]
    holds: dict[str, list[EmployerHold]] = {}
    for one in Records(connection, desk.county_id, desk.clock()).about(EmployerHold, "employer_hold", [file.id for file in files]):
        holds.setdefault(one.employer_id, []).append(one)
    rows = [Row(employer=file, holds=in_force(holds.get(file.id, []))) for file in files if file.name]
    return sorted(rows, key=lambda one: (not one.holds, not decide.is_countys(one.holds), one.employer.name, one.employer.id))


def _held(connection: sa.Connection, desk: Counter) -> list[str]:
    """Give the employers about whom somebody decided: few in any county."""
    ours = (record.c.county_id == desk.county_id, record.c.entity == "employer_hold")
    return list(connection.scalars(sa.select(record.c.about).where(*ours).distinct()))


def _found(connection: sa.Connection, desk: Counter, q: str) -> set[str]:
    """Find employers by phone or code, else by words that stand in their name, through their newest listings."""
    digits = "".join(c for c in q if c.isalnum()).upper()
    for field in ("phone", "uscc"):
        if is_phone(digits) if field == "phone" else len(digits) == 18:
            return set(connection.scalars(sa.select(record.c.id).where(*_employers(desk), text_of(record, field) == digits)))
    words = query_of(q)
    if not words:
        return set()
    row = listing_row.c
    mine = (row.county_id == desk.county_id, row.words.op("@@")(sa.cast(words, TSQUERY)), row.employer_id.is_not(None))
    newest = sa.select(row.employer_id).where(*mine).order_by(row.collected_at.desc()).limit(LOOKED_AT).subquery()
    ids = set(connection.scalars(sa.select(newest.c.employer_id).distinct()))
    wanted = terms(q)
    named = sa.select(record.c.id, text_of(record, "name").label("name")).where(*_employers(desk), record.c.id.in_(ids))
    return {one.id for one in connection.execute(named) if all(word in " ".join(terms(one.name)) for word in wanted)}


def _until(connection: sa.Connection, desk: Counter, rows: Iterable[Row]) -> dict[str, date]:
    """Give, by employer, the day on which whoever held it for the county wanted to look again."""
    ids = [one.employer.id for one in rows if decide.is_countys(one.holds)]
    said = audit.newest_about(connection, desk.county_id, "employer_held", ids)
    return {subject: date.fromisoformat(words) for subject, act in said.items() if isinstance(words := act.facts.get("until"), str)}


def _employers(desk: Counter) -> tuple[sa.ColumnElement[bool], ...]:
    return record.c.county_id == desk.county_id, record.c.entity == sa.literal_column("'employer'"), record.c.data.is_not(None)
