"""年报: what a year, or some months of it, came to for the county, a township or a station, in charts and tables, as Word and as Excel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import Counter, Desk, Form, Seated
from kiosk.county.console.roles import COUNTY_ROLES
from kiosk.county.figures import files
from kiosk.county.figures.answer import Figures, Scope, Span, figures
from kiosk.county.figures.shown import parts, written
from kiosk.county.schema import figure, record
from kiosk.domain.codes import AREAS
from kiosk.domain.entities import NAME_OF
from kiosk.domain.judgement import year_judged
from kiosk.domain.station import Station
from kiosk.errors import BadInput, NotAllowed
from kiosk.text import t
from kiosk.web.pages import download

router = APIRouter()
TEMPLATES = Path(__file__).parents[3] / "assets" / "papers"
MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's form asks for: `place` is a scope's key, empty where nothing was chosen."""

    year: int
    first: int
    last: int
    place: str

    @property
    def span(self) -> Span:
        """Give the months; raise BadInput('months')."""
        if not (self.first in MONTHS and self.last in MONTHS and self.first <= self.last):
            raise BadInput("months", "bad.county_report.months")
        return Span(self.year, self.first, self.last)


@router.get("/report")
def report(
    desk: Desk,
    seat: Seated,
    year: Annotated[int, Query(ge=0, le=9999)] = 0,
    first: Annotated[int, Query(ge=0, le=99)] = 1,
    last: Annotated[int, Query(ge=0, le=99)] = 12,
    place: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """Show the report of what is asked for; the year that is judged, and all that one may see, where nothing is."""
    return _page(desk, seat, Asked(year or year_judged(desk.today), first, last, place))


@router.post("/report/{form_of}")
def take(desk: Desk, form: Form, form_of: str) -> Response:
    """Give the same report as a file for Word or Excel."""
    asked = Asked(form.number("year"), form.number("first"), form.number("last"), form.text("place"))
    try:
        places, found = _found(desk, form.seat, asked)
        name = places[found.scope.key]
        file = files.xlsx_file(found, name) if form_of == "excel" else files.docx_file(found, name, TEMPLATES, desk.clock())
    except BadInput as error:
        return _page(desk, form.seat, asked, trouble=t(error.key, **error.words))
    with desk.engine.begin() as connection:
        months = f"{asked.year}-{asked.first:02} {asked.year}-{asked.last:02}"
        desk.audit(connection, form.seat, "report_taken", found.scope.key or desk.county_id, months=months, form=file[0].rsplit(".", 1)[1])
    return download(file)


def _page(desk: Counter, seat: Seat, asked: Asked, trouble: str = "") -> HTMLResponse:
    try:
        places, found = _found(desk, seat, asked)
    except BadInput as error:
        trouble, asked = t(error.key, **error.words), Asked(asked.year, 1, 12, asked.place)
        places, found = _found(desk, seat, asked)
    values = {
        "asked": asked,
        "places": places,
        "place": found.scope.key,
        "years": sorted({asked.year, desk.today.year, *_years(desk)}, reverse=True),
        "months": MONTHS,
        "heading": files.title(found, places[found.scope.key]),
        "notes": files.notes(found),
        "counted": found.counted_at is not None,
        "parts": [] if found.empty else parts(found),
        "written": written,
    }
    return desk.show("report.html.j2", seat, 422 if trouble else 200, here="report", trouble=trouble, **values)


def _found(desk: Counter, seat: Seat, asked: Asked) -> tuple[Mapping[str, str], Figures]:
    """Give the places that somebody may choose from, and the figures of the one that he chose; raise BadInput, NotAllowed."""
    with desk.reading.connect() as connection:
        places = _places(connection, desk, seat)
        key = asked.place if asked.place or "" in places else next(iter(places))
        if key not in places:
            raise NotAllowed("another's figures")
        kind, _, value = key.partition(":")
        scope = Scope(station_id=value) if kind == "station" else Scope(value)
        return places, figures(connection, desk.county_id, scope, asked.span)


def _places(connection: sa.Connection, desk: Counter, seat: Seat) -> dict[str, str]:
    """Name the scopes that somebody may see: to the county all, to a township its own and its stations."""
    ours = (record.c.county_id == desk.county_id, record.c.entity == NAME_OF[Station])
    names = {name: record.c.data[name].astext.label(name) for name in ("name", "area")}
    stations = connection.execute(sa.select(record.c.id, *names.values()).where(*ours).order_by(names["area"], names["name"])).all()
    seen = desk.sees(connection, seat)
    if seat.user.role in COUNTY_ROLES:
        wide = {"": t("county_report.county")} | {Scope(area).key: name for area, name in AREAS.items()}
    else:
        own = {row.area for row in stations if row.id == seat.user.station_id}
        wide = {Scope(area).key: name for area, name in AREAS.items() if area in own}
    mine: Sequence[Any] = [row for row in stations if seen is None or row.id in seen]
    return wide | {Scope(station_id=row.id).key: row.name for row in mine}


def _years(desk: Counter) -> Sequence[int]:
    with desk.reading.connect() as connection:
        return connection.scalars(sa.select(figure.c.year).where(figure.c.county_id == desk.county_id, figure.c.scope == "")).all()
