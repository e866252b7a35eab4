"""今天 at the console: what waits for whoever looks, the most pressing first, each with the way to it."""

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kiosk.county import assessing, boards, standing
from kiosk.county.console import alike, fleet
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import Counter, Desk, Seated, local
from kiosk.county.console.needs import Need, Urgency
from kiosk.county.console.roles import Role
from kiosk.county.console.stations import visible
from kiosk.domain.standing import Act, Stage, deadline_of, unfiled
from kiosk.text import t

router = APIRouter()
NAMED = 3
"""So many stations are named on a card."""


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
        today = local(desk.clock()).date()
        years = assessing.judgings(connection, desk.county_id, today.year)
    handed_in = [one.standing.station.name for one in years if one.papers and (one.stale or not one.judgement)]
    late = [one.station.name for one in every if (until := deadline_of(one.steps)) and until < today]
    if late:
        yield _need(Urgency.NOW, "/stations?stage=warned", "overdue", late)
    silent = [one.station for one in terminals if next(fleet.troubles(one, desk.clock()), None)]
    if silent:
        yield _need(Urgency.TODAY, "/fleet", "fleet", silent)
    yield from about_listings
    match seat.user.role:
        case Role.CENTRE:
            if waiting := [one.station.name for one in every if one.stage is Stage.APPLIED]:
                yield _need(Urgency.TODAY, "/stations?stage=applied", "applied", waiting)
            if handed_in:
                yield _need(Urgency.LATER, "/assessment", "judge", handed_in)
        case Role.BUREAU:
            for act, stage in ((Act.RECOGNISE, Stage.RECOGNISED), (Act.REVOKE, Stage.REVOKED)):
                owed = [one.station.name for one in every if (step := unfiled(one.steps)) and step.act is act]
                if owed:
                    yield _need(Urgency.TODAY, f"/stations?stage={stage}", f"file_{act}", owed)
        case Role.TOWNSHIP:
            pass


def _need(urgency: Urgency, path: str, what: str, names: list[str]) -> Need:
    more = t("console.need.more", count=len(names)) if len(names) > NAMED else ""
    go = t(f"console.need.{what}_go")
    return Need(
        urgency=urgency, path=path, title=t(f"console.need.{what}", count=len(names)), detail="、".join(names[:NAMED]) + more, go=go
    )
