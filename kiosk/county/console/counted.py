"""考核, what a number stands on: the county's own records behind an item that it counted again, newest first. Of people no more
than the surname, and that somebody looked is written down, as in 人员.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kiosk.county.console import assessment
from kiosk.county.console.assessment import Year
from kiosk.county.console.counter import Desk, Seated, local
from kiosk.county.console.people import masked
from kiosk.county.schema import record
from kiosk.county.year import listings_of, year_of
from kiosk.domain import measures
from kiosk.domain.case import Case
from kiosk.domain.entities import NAME_OF
from kiosk.domain.judgement import counted_until
from kiosk.domain.listing import Listing
from kiosk.domain.measures import MEASURES
from kiosk.domain.pay import yuan
from kiosk.domain.running import FacilityCheck, Signup, Spending
from kiosk.domain.station import Training
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import StationDay
from kiosk.errors import NotFound
from kiosk.text import t

router = APIRouter()
SHOWN = 300
"""Records shown, newest first: more nobody reads on a page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record in words; `path` leads to it where the console has a page for it, `against` says that it does not count."""

    words: str
    path: str = ""
    against: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A year's records by their ids, and the names of courses."""

    records: Mapping[str, Any]
    courses: Mapping[str, str]


@router.get("/assessment/{year}/{station_id}/items/{code}")
def show(desk: Desk, seat: Seated, year: Year, station_id: str, code: str) -> HTMLResponse:
    """Show the records that the county counts for an item."""
    found = assessment.find(desk, seat, year, station_id)
    item = next((one for one in found.papers.items if one.code == code), None) if found.papers else None
    if found.papers is None or item is None or item.measure not in MEASURES:
        raise NotFound(f"item {code}")
    until = counted_until(found.papers)
    with desk.reading.connect() as connection:
        counted = year_of(connection, desk.county_id, station_id, year, until)
        measured = MEASURES[item.measure](counted)
        every = [*((one, True) for one in reversed(measured.against)), *((one, False) for one in reversed(measured.ids))]
        shown = every[:SHOWN]
        listings = listings_of(connection, desk.county_id, station_id, {one for one, _ in shown}, until)
        known = _known(connection, desk.county_id, counted, listings)
    with desk.engine.begin() as connection:
        desk.audit(connection, seat, "counted_looked", station_id, year=year, item=code)
    lines = [_line(known, one, against=against) for one, against in shown]
    value = assessment.tenths(measured.value) if measured.value is not None else t("console.assessment.unmeasured")
    values: dict[str, Any] = {"station": found.standing.station, "year": year, "item": item, "until": until, "value": value}
    title = t("console.counted.of", item=item.name, station=found.standing.station.name, year=year)
    more = len(every) - len(shown)
    return desk.show("counted.html.j2", seat, here="assessment", title=title, lines=lines, more=more, **values)


def _known(connection: sa.Connection, county_id: str, year: measures.Year, listings: Sequence[Listing]) -> Known:
    kinds = (year.workers, listings, year.cases, year.checks, year.signups, year.spendings, year.days)
    records = {one.id: one for kind in kinds for one in kind} | {row.about.referral.id: row for row in year.roster}
    wanted = {one.training_id for one in year.signups}
    ours = (record.c.county_id == county_id, record.c.entity == NAME_OF[Training], record.c.id.in_(wanted), record.c.data.is_not(None))
    courses = connection.execute(sa.select(record.c.id, record.c.data["title"].astext).where(*ours)).all() if wanted else ()
    return Known(records, {row[0]: row[1] for row in courses})


def _line(known: Known, record_id: str, *, against: bool) -> Line:
    found = known.records.get(record_id)
    if found is None:
        return Line(t("assess.gone"), against=against)
    path = {Worker: f"/people/{record_id}", Listing: f"/listings/{record_id}"}.get(type(found), "")
    say = SAY.get(type(found), _referral)
    return Line(say(known, found), path, against)


def _at(instant: datetime) -> str:
    return f"{local(instant):%m-%d %H:%M}"


def _name(worker: Worker | None) -> str:
    return masked(worker.name) if worker and worker.name else t("roster.withdrawn")


def _worker(_: Known, one: Worker) -> str:
    return t("assess.worker", day=_at(one.registered_at), name=_name(one))


def _listing(_: Known, one: Listing) -> str:
    return t("assess.listing", day=_at(one.collected_at), title=one.title, count=one.headcount, employer=one.employer_name)


def _referral(_: Known, row: Any) -> str:
    listing = row.about.listing
    title = listing.title if listing else t("roster.elsewhere")
    return t("assess.referral", day=_at(row.about.referral.created_at), name=_name(row.about.worker), title=title)


def _case(_: Known, one: Case) -> str:
    return t("assess.case", day=_at(one.opened_at), kind=t(f"case_kind.{one.kind}"))


def _check(_: Known, one: FacilityCheck) -> str:
    ok = t(f"assess.ok_{one.ok}")
    return t("assess.check", day=_at(one.checked_at), name=one.by_name, what=t(f"facility.{one.facility}"), state=ok)


def _signup(known: Known, one: Signup) -> str:
    worker = known.records.get(one.worker_id)
    return t("assess.signup", day=_at(one.signed_at), name=_name(worker), title=known.courses.get(one.training_id, ""))


def _spending(_: Known, one: Spending) -> str:
    return t("assess.spending", day=f"{one.spent_on:%m-%d}", purpose=one.purpose, yuan=yuan(one.amount_fen))


def _day(_: Known, one: StationDay) -> str:
    words = {"due": _hours(one.due_min or 0), "terminal": _hours(one.terminal_min), "board": _hours(one.board_min)}
    return t("assess.day", day=f"{one.day:%m-%d}", **words)


def _hours(minutes: int) -> str:
    return t("assess.hours", hours=minutes // 60, minutes=minutes % 60)


SAY: Mapping[type, Callable[[Known, Any], str]] = {
    Worker: _worker,
    Listing: _listing,
    Case: _case,
    FacilityCheck: _check,
    Signup: _signup,
    Spending: _spending,
    StationDay: _day,
}
"""How a record is said; of a referral the row of the roster."""
