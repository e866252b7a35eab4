"""What all pages of the desk share: the station, who sits there, how a page is drawn and how a form is read. Owns no page of its own."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData, UploadFile

from kiosk.desk.seats import Seat, Seats
from kiosk.desk.sections import SECTIONS
from kiosk.domain.station import Staff
from kiosk.services.station import Here, local
from kiosk.services.table_write import File
from kiosk.text import t

COOKIE = "desk"
FORM_KEY = "form_key"
FILE_MAX = 8 * 1024 * 1024
FIELDS_MAX = 10_000
"""The longest paste gives some hundred ads of some twenty-five fields each: the parser's own thousand would lose what was typed."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""What may be taken from the desk, by the ending of its name."""
LINE_MAX = 200
"""So long is what somebody types into one line: a reason, a note."""


class NotSeatedError(Exception):
    """Nobody is signed in at this browser."""


class StrangeFormError(Exception):
    """A form that this seat's pages did not make, or that was left lying until another signed in."""


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
class Sent:
    """A form that came from one of this seat's own pages."""

    seat: Seat
    fields: FormData

    def text(self, name: str, most: int = LINE_MAX) -> str:
        """Give what was typed, without blanks around it; empty when the field did not come. A browser lets nobody type more than `most`."""
        value = self.fields.get(name, "")
        return value.strip()[:most] if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """Give a whole number that the page itself wrote; raise StrangeFormError."""
        return whole(self.text(name))

    def texts(self, name: str) -> list[str]:
        """Give every value of a field that comes more than once, as ticked boxes do."""
        return [v for v in self.fields.getlist(name) if isinstance(v, str)]

    def prefixed(self, prefix: str) -> Mapping[str, str]:
        """Give the fields whose name begins so, by the rest of the name."""
        return {k[len(prefix) :]: v.strip() for k, v in self.fields.items() if k.startswith(prefix) and isinstance(v, str)}

    def file(self, name: str) -> tuple[str, bytes] | None:
        """Give an uploaded file's name and bytes; None when none was chosen. Longer ones were refused with the body."""
        value = self.fields.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            return None
        return value.filename, value.file.read(FILE_MAX + 1)


def download(file: File) -> Response:
    """Give a file to be kept, under its own name."""
    name, content = file
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=TYPES[name.rsplit(".", 1)[-1]], headers=headers)


def make_templates() -> Environment:
    """Open the templates: escaped, and strict about names."""
    return Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined)


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
    return seat


async def sent(request: Request, seat: Annotated[Seat, Depends(seated)]) -> AsyncIterator[Sent]:
    """Read a form of this seat, and let go of its files afterwards; raise StrangeFormError."""
    async with request.form(max_files=1, max_fields=FIELDS_MAX) as fields:
        if fields.get(FORM_KEY) != seat.form_key:
            raise StrangeFormError
        yield Sent(seat, fields)


def whole(words: str) -> int:
    """Read a whole number that a page wrote; raise StrangeFormError for anything else, and for what no store could keep."""
    if not (words.isascii() and words.isdigit() and len(words) <= 9):
        raise StrangeFormError
    return int(words)


def go(path: str) -> RedirectResponse:
    """Send the browser on, so that loading a page again acts no second time."""
    return RedirectResponse(path, 303)


Desk = Annotated[Counter, Depends(counter_of)]
Seated = Annotated[Seat, Depends(seated)]
Form = Annotated[Sent, Depends(sent)]
