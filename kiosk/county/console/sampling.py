"""考核, 抽查: people of a station's roster whom nobody chose are called, and what they say is written down. The county's own: no station
sees who was drawn.

Names and numbers are masked, as in 人员; the centre uncovers one row at a time, and each look is written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.county import samples
from kiosk.county.console import assessment
from kiosk.county.console.accounts import Seat
from kiosk.county.console.assessment import Year
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated
from kiosk.county.console.people import masked
from kiosk.county.console.roles import COUNTY_ROLES, Role
from kiosk.domain.judgement import Heard, last_calls, sums
from kiosk.domain.roster import RosterRow
from kiosk.domain.station import Station
from kiosk.domain.yearly import PaperSet
from kiosk.errors import BadInput, NotFound
from kiosk.text import t
from kiosk.web.pages import go

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Drawn:
    """Whom to call: the rows that are drawn for the papers of a station's year."""

    station: Station
    papers: PaperSet
    rows: Sequence[RosterRow]

    def row(self, referral_id: str) -> RosterRow:
        """Give one of them; raise NotFound for any other."""
        found = next((row for row in self.rows if row.about.referral.id == referral_id), None)
        if found is None:
            raise NotFound("not drawn")
        return found


@router.get("/assessment/{year}/{station_id}/sample")
def show(desk: Desk, seat: Seated, year: Year, station_id: str, said: str = "") -> HTMLResponse:
    """Show who was drawn, masked, and what those who were called said; not to those who are judged."""
    return _page(desk, seat, _drawn(desk, seat, year, station_id), said=t("console.sample.said") if said == "called" else "")


@router.post("/assessment/{year}/{station_id}/sample/look")
def look(desk: Desk, form: Form, year: Year, station_id: str) -> HTMLResponse:
    """Show one drawn person's name and number; that somebody looked is written down."""
    form.seat.need(Role.CENTRE)
    drawn = _drawn(desk, form.seat, year, station_id)
    about = drawn.row(form.text("row")).about.referral
    with desk.engine.begin() as connection:
        desk.audit(connection, form.seat, "sample_looked", about.worker_id, year=year)
    return _page(desk, form.seat, drawn, open_row=about.id)


@router.post("/assessment/{year}/{station_id}/sample")
def call(desk: Desk, form: Form, year: Year, station_id: str) -> Response:
    """Keep what came of a call; what was typed stays when something is wrong."""
    form.seat.need(Role.CENTRE)
    drawn = _drawn(desk, form.seat, year, station_id)
    row = drawn.row(form.text("row"))
    typed = {"row": row.about.referral.id, "heard": form.text("heard"), "note": form.text("note", samples.NOTE_MAX + 1)}
    try:
        with desk.engine.begin() as connection:
            by, now = form.seat.user.name, desk.clock()
            samples.keep(connection, desk.county_id, drawn.papers, row, typed["heard"], typed["note"], by, now)
            desk.audit(connection, form.seat, "sample_called", row.about.referral.id, year=year, result=typed["heard"])
    except BadInput as error:
        return _page(desk, form.seat, drawn, typed=typed, troubles={error.field: t(error.key, **error.words)})
    return go(f"{ROOT}/assessment/{year}/{station_id}/sample?said=called")


def _page(
    desk: Counter,
    seat: Seat,
    drawn: Drawn,
    *,
    said: str = "",
    open_row: str = "",
    typed: Mapping[str, str] | None = None,
    troubles: Mapping[str, str] | None = None,
) -> HTMLResponse:
    year = drawn.papers.year
    with desk.engine.connect() as connection:
        calls = samples.calls(connection, desk.county_id, year, drawn.station.id)
    values: dict[str, Any] = {"drawn": drawn, "called": last_calls(calls), "sums": sums(calls), "open_row": open_row, "said": said}
    values |= {"typed": typed or {"row": ""}, "troubles": troubles or {}, "year": year, "results": list(Heard)}
    values |= {"masked": masked, "may_call": seat.user.role is Role.CENTRE, "note_max": samples.NOTE_MAX}
    title = t("console.sample.of", station=drawn.station.name, year=year)
    return desk.show("sample.html.j2", seat, 422 if troubles else 200, here="assessment", title=title, **values)


def _drawn(desk: Counter, seat: Seat, year: int, station_id: str) -> Drawn:
    """Draw; raise NotAllowed for a township, whose own stations are judged, and NotFound where nothing was handed in."""
    seat.need(*COUNTY_ROLES)
    found = assessment.find(desk, seat, year, station_id)
    if found.papers is None:
        raise NotFound("nothing was handed in")
    with desk.reading.connect() as connection:
        return Drawn(found.standing.station, found.papers, samples.draw(connection, desk.county_id, found.papers))
