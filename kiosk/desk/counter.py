"""What all pages of the desk share: the station, who sits there, how a page is drawn and how a form is read. Owns no page of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from kiosk.desk.seats import Seat, Seats
from kiosk.desk.sections import SECTIONS
from kiosk.domain.station import Staff
from kiosk.services import ruling
from kiosk.services.station import Here, local
from kiosk.text import t
from kiosk.web.forms import Fields, fields_of

COOKIE = "desk"
PAPERS = Path(__file__).parent.parent.parent / "assets" / "papers"
"""The templates of papers that the program came with."""


class NotSeatedError(Exception):
    """Nobody is signed in at this browser."""


@dataclass(frozen=True)
class Counter:
    """The desk: one station, its seats, its templates."""

    here: Here
    seats: Seats
    templates: Environment

    def pin_of(self, staff_id: str) -> str:
        """Give the hash of somebody's PIN; empty for who has left."""
        with self.here.store.read() as u:
            person = u.get(Staff, staff_id)
        return person.pin_hash if person is not None and person.active else ""

    def show(self, template: str, seat: Seat | None = None, status: int = 200, **values: Any) -> HTMLResponse:
        """Draw a page. Every template gets `t`, the seat, the sections that it may enter and the time."""
        role = seat.session.role if seat else None
        sections = [s for s in SECTIONS if role is not None and s.open_to(role)]
        values |= {"t": t, "seat": seat, "sections": sections, "now": local(self.here.now()), "form_key": seat.form_key if seat else ""}
        return HTMLResponse(self.templates.get_template(template).render(**values), status)


@dataclass(frozen=True)
class Sent(Fields):
    """A form that came from one of this seat's own pages."""

    seat: Seat


def counter_of(request: Request) -> Counter:
    """Give the desk that the request came to."""
    counter: Counter = request.app.state.counter
    return counter


def seated(request: Request) -> Seat:
    """Give who sits at this browser; raise NotSeatedError. Who has left, or whose PIN was renewed, loses the seat with the next click."""
    counter = counter_of(request)
    seat = counter.seats.find(request.cookies.get(COOKIE, ""), counter.here.now())
    if seat is None:
        raise NotSeatedError
    if counter.pin_of(seat.session.staff_id) != seat.pin:
        counter.seats.leave(request.cookies.get(COOKIE, ""))
        raise NotSeatedError
    ruling.keep(counter.here)
    return seat


async def sent(request: Request, seat: Annotated[Seat, Depends(seated)]) -> AsyncIterator[Sent]:
    """Read a form of this seat, and let go of its files afterwards; raise StrangeFormError."""
    async with fields_of(request, seat.form_key) as fields:
        yield Sent(fields, seat)


Desk = Annotated[Counter, Depends(counter_of)]
Seated = Annotated[Seat, Depends(seated)]
Form = Annotated[Sent, Depends(sent)]
