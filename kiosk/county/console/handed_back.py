"""恢复后待确认: takedowns and holds that stations gave back to a restored hub; the centre says of each whether it was its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.county import witness
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated
from kiosk.county.console.roles import Role
from kiosk.county.listing_rows import of_employers, refresh
from kiosk.county.phone_records import Records
from kiosk.county.schema import record
from kiosk.county.standing import stations
from kiosk.county.witness import HandedBack
from kiosk.domain.listing import Takedown
from kiosk.domain.record import to_plain
from kiosk.text import t
from kiosk.web.forms import StrangeFormError
from kiosk.web.pages import go

router = APIRouter()
PATH = "/handed-back"
SAID = ("kept", "undone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One decision as the page shows it. `name` is what it is about, empty where its own station has not brought that back yet."""

    id: str
    act: str
    path: str
    name: str
    reason: str
    by_name: str
    decided_at: datetime
    at: datetime


@router.get(PATH)
def show(desk: Desk, seat: Seated, said: str = "") -> HTMLResponse:
    """Show what waits for the centre's word, by the station that gave it back."""
    seat.need(Role.CENTRE)
    with desk.reading.connect() as connection:
        waiting = witness.waiting(connection, desk.county_id)
        names = {one.id: one.name for one in stations(connection, desk.county_id)}
        about = names_of(connection, desk, waiting)
    groups: dict[str, list[Row]] = {}
    for one in waiting:
        groups.setdefault(one.station_id, []).append(_row(one, about))
    upto = to_plain(max(one.at for one in waiting)) if waiting else ""
    done = t(f"console.handed_back.said_{said}") if said in SAID else ""
    title = t("console.handed_back.title")
    return desk.show("handed_back.html.j2", seat, here="today", title=title, groups=groups, names=names, upto=upto, said=done)


@router.post(PATH)
def settle(desk: Desk, form: Form) -> Response:
    """Say of one, or of all that a station gave back, whether it was the county's; what was not is undone everywhere."""
    form.seat.need(Role.CENTRE)
    act, decision_id, station_id = form.text("act"), form.text("decision"), form.text("station")
    try:
        upto = datetime.fromisoformat(form.text("upto"))
    except ValueError:
        raise StrangeFormError from None
    if act not in ("keep", "undo") or upto.tzinfo is None or bool(decision_id) is bool(station_id):
        raise StrangeFormError
    now, ours = desk.clock(), act == "keep"
    with desk.engine.begin() as connection:
        settled = witness.settle(connection, desk.county_id, now, ours=ours, decision_id=decision_id, station_id=station_id, upto=upto)
        for one in settled:
            desk.audit(connection, form.seat, "handed_back_kept" if ours else "handed_back_undone", one.about, station=one.station_id)
        employers = [one.about for one in settled if not isinstance(one.decided, Takedown)]
        listings = {one.about for one in settled if isinstance(one.decided, Takedown)}
        listings |= set(of_employers(connection, desk.county_id, employers))
        refresh(connection, desk.county_id, listings, now, desk.rulings.rules(connection, now))
    return go(f"{ROOT}{PATH}?said={'kept' if ours else 'undone'}")


def names_of(connection: sa.Connection, desk: Counter, found: Sequence[HandedBack]) -> dict[str, str]:
    """Give the titles and names of what decisions are about, as far as the county has them."""
    records, ids = Records(connection, desk.county_id, desk.clock()), [one.about for one in found]
    rows = [row for entity in ("listing", "employer") for row in records.rows(entity, record.c.id.in_(ids))] if ids else []
    return {row.id: row.data.get("title") or row.data.get("name", "") for row in rows if row.data}


def _row(one: HandedBack, about: Mapping[str, str]) -> Row:
    decided, down = one.decided, isinstance(one.decided, Takedown)
    return Row(
        id=decided.id,
        act="listing_down" if down else "employer_held",
        path=f"/listings/{one.about}" if down else f"/employers/{one.about}",
        name=about.get(one.about, ""),
        reason=decided.reason,
        by_name=decided.by_name,
        decided_at=decided.taken_down_at if isinstance(decided, Takedown) else decided.decided_at,
        at=one.at,
    )
