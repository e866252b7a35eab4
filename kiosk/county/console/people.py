"""人员: registrations, found by a name, a code or last digits and shown masked; whoever looks at one is written down."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from kiosk.county import people
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import Counter, Desk, Form, Seated
from kiosk.county.console.listings import stations_of
from kiosk.county.people import PAGE, PHONE, Asked
from kiosk.domain.codes import AREAS
from kiosk.domain.pay import yuan
from kiosk.domain.privacy import NAME_MAX, PersonName
from kiosk.domain.worker import Worker
from kiosk.errors import BadInput
from kiosk.text import t

router = APIRouter()


@router.get("/people")
def show(desk: Desk, seat: Seated) -> HTMLResponse:
    """Ask for whom one looks; nobody is shown who was not asked for."""
    return _page(desk, seat, {"name": "", "digits": ""})


@router.post("/people")
def search(desk: Desk, form: Form) -> HTMLResponse:
    """Show who fits; names and numbers stand in no address, which a browser would keep."""
    typed = {"name": "".join(form.text("name").split())[:NAME_MAX], "digits": "".join(form.text("digits").split())[:PHONE]}
    before = form.text("before")
    try:
        with desk.engine.begin() as connection:
            found = people.find(connection, desk.county_id, Asked(**typed), desk.sees(connection, form.seat), before)
            by = "".join(sorted(key for key, value in typed.items() if value))
            desk.audit(connection, form.seat, "people_searched", form.seat.user.id, asked=by, found=len(found[:PAGE]))
    except BadInput as error:
        return _page(desk, form.seat, typed, troubles={error.field: t(error.key, **error.words)})
    return _page(desk, form.seat, typed, found, first=not before)


def _page(
    desk: Counter,
    seat: Seat,
    typed: dict[str, str],
    found: Sequence[Worker] | None = None,
    *,
    first: bool = True,
    troubles: dict[str, str] | None = None,
) -> HTMLResponse:
    with desk.reading.connect() as connection:
        names, _ = stations_of(connection, desk, seat)
    rows = found or ()
    values: dict[str, Any] = {"typed": typed, "names": names, "asked": found is not None, "rows": rows[:PAGE], "first": first}
    values |= {"older": rows[PAGE - 1].id if len(rows) > PAGE else "", "troubles": troubles or {}, "masked": masked}
    return desk.show("people.html.j2", seat, 422 if troubles else 200, here="people", **values)


@router.get("/people/{worker_id}")
def show_one(desk: Desk, seat: Seated, worker_id: str) -> HTMLResponse:
    """Show one registration, masked; that somebody looked is written down."""
    with desk.engine.begin() as connection:
        names, _ = stations_of(connection, desk, seat)
        found = people.person(connection, desk.county_id, worker_id, desk.sees(connection, seat), desk.clock())
        desk.audit(connection, seat, "person_looked", worker_id)
    worker = found.worker
    pay = t("console.people.pay", yuan=yuan(worker.pay_fen), unit=t(f"pay_unit.{worker.pay_unit}")) if worker.pay_fen else ""
    trades = "、".join(t(f"trade.{trade}") for trade in worker.trades)
    values: dict[str, Any] = {"states": found.states, "others": found.others, "names": names, "pay": pay, "trades": trades}
    area = AREAS.get(worker.area or "", "")
    return desk.show("person.html.j2", seat, here="people", masked=masked, worker=worker, area=area, **values)


@router.get("/same-people")
def show_same(desk: Desk, seat: Seated, before: str = "") -> HTMLResponse:
    """Show who is registered at two stations, so that these can talk to each other."""
    with desk.reading.connect() as connection:
        names, _ = stations_of(connection, desk, seat)
        groups, after = people.same_people(connection, desk.county_id, desk.sees(connection, seat), before)
    if groups:
        with desk.engine.begin() as connection:
            desk.audit(connection, seat, "same_people_looked", seat.user.id, count=len(groups))
    values: dict[str, Any] = {"groups": groups, "older": after, "first": not before, "names": names}
    return desk.show("same_people.html.j2", seat, here="people", masked=masked, **values)


def masked(name: PersonName) -> str:
    """Give no more of a name than the surname."""
    return f"{name[:1]}＊"
