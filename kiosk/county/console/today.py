"""今天 at the console: what waits for whoever looks, the most pressing first, each with the way to it."""

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kiosk.county import assessing, boards, standing, witness
from kiosk.county.console import alike, fleet, handed_back
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import Counter, Desk, Seated
from kiosk.county.console.needs import Need, Urgency, need_of
from kiosk.county.console.roles import Role
from kiosk.county.console.stations import visible
from kiosk.domain.standing import Act, Stage, deadline_of, unfiled

router = APIRouter()


@router.get("/")
def today(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show what waits."""
    needs = sorted(_needs(desk, seat), key=lambda need: list(Urgency).index(need.urgency))
    return desk.show("today.html.j2", seat, here="today", needs=needs)


def _needs(desk: Counter, seat: Seat) -> Iterator[Need]:
    with desk.reading.connect() as connection:
        seen = desk.sees(connection, seat)
        every = [one for one in standing.standings(connection, desk.county_id) if visible(one, seen)]
        about_listings = list(alike.needs(connection, desk, seat))
        terminals = [one for one in boards.told(connection, desk.county_id) if seen is None or one.station_id in seen]
        today = desk.today
        returned = witness.waiting(connection, desk.county_id) if seat.user.role is Role.CENTRE else []
        about = handed_back.names_of(connection, desk, returned)
        names = {one.station.id: one.station.name for one in every if assessing.is_judged(one)}
        # the year that is over is worked on for months, whatever the date
        unjudged = assessing.unjudged(connection, desk.county_id, today.year - 1)
        unmended = [one for one in assessing.overdue(connection, desk.county_id, today) if one.station_id in names]
    if returned:
        named = [name for one in returned if (name := about.get(one.about))]
        yield need_of(Urgency.NOW, handed_back.PATH, "handed_back", named, len(returned))
    late = [one.station.name for one in every if (until := deadline_of(one.steps)) and until < today]
    if late:
        yield need_of(Urgency.NOW, "/stations?stage=warned", "overdue", late)
    if unmended:
        first = unmended[0]
        where = f"/assessment/{first.year}/{first.station_id}" if len(unmended) == 1 else f"/assessment?year={first.year}"
        yield need_of(Urgency.NOW, where, "unmended", [names[one.station_id] for one in unmended])
    silent = [one.station for one in terminals if next(fleet.troubles(one, desk.clock()), None)]
    if silent:
        yield need_of(Urgency.TODAY, "/fleet", "fleet", silent)
    yield from about_listings
    match seat.user.role:
        case Role.CENTRE:
            if waiting := [one.station.name for one in every if one.stage is Stage.APPLIED]:
                yield need_of(Urgency.TODAY, "/stations?stage=applied", "applied", waiting)
            for year, stations in unjudged.items():
                if handed_in := [name for station_id, name in names.items() if station_id in stations]:
                    yield need_of(Urgency.LATER, f"/assessment?year={year}", "judge", handed_in, year=year)
        case Role.BUREAU:
            for act, stage in ((Act.RECOGNISE, Stage.RECOGNISED), (Act.REVOKE, Stage.REVOKED)):
                owed = [one.station.name for one in every if (step := unfiled(one.steps)) and step.act is act]
                if owed:
                    yield need_of(Urgency.TODAY, f"/stations?stage={stage}", f"file_{act}", owed)
        case Role.TOWNSHIP:
            pass
