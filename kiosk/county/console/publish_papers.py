"""发布, the templates of the papers of a claim: Word and Excel files that the county puts in place of those the program came with."""

import base64
import io
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from kiosk.county import editions
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import Counter, Desk, Form, Seated
from kiosk.county.console.publish_forms import read_day
from kiosk.county.console.publishing import home, note, show_page
from kiosk.county.console.roles import Role
from kiosk.county.editions import Kind
from kiosk.domain.file_kind import document_kind
from kiosk.domain.rule_sheet import PAPER_ROSTER, PAPERS
from kiosk.errors import BadInput, NotFound, WrongState
from kiosk.services.template import EXAMPLE, ROSTER_EXAMPLE, fill_docx, fill_xlsx
from kiosk.text import t
from kiosk.web.pages import download, go

router = APIRouter()
SHIPPED = Path(__file__).parent.parent.parent.parent / "assets" / "papers"
UPLOAD_MAX = 300 * 1024
"""It goes to every station, over a village's line."""
SAID = ("out", "waits", "retired", "taken_back")
Number = Annotated[int, Query(ge=0, le=2**31 - 1)]


@router.get("/publish/papers")
def show(desk: Desk, seat: Seated, said: str = "") -> HTMLResponse:
    """Show each template: which stands, and all there were."""
    return _page(desk, seat, said=t(f"console.publish.said_{said}") if said in SAID else "")


@router.get("/publish/papers/{name}")
def give(desk: Desk, seat: Seated, name: str, number: Number = 0, filled: bool = False) -> Response:
    """Give a template, the one that the program came with or an edition of the county's; or how it looks when it is filled."""
    del seat
    content = _content(desk, name, number)
    title, ending = t(f"console.publish.paper.{name}"), _ending(name)
    content = _filled(name, content) if filled else content
    return download((f"{title}.{ending}", content))


@router.post("/publish/papers/{name}")
def publish(desk: Desk, form: Form, name: str) -> Response:
    """Take a template in, try it out, and publish it from its day on; one that cannot be filled goes nowhere."""
    form.seat.need(Role.CENTRE)
    if name not in PAPERS:
        raise NotFound(f"paper {name}")
    effective, now, base, who = form.text("effective_on"), desk.clock(), form.number("base"), form.seat.user.id
    try:
        effective_on = read_day("effective_on", effective)
        uploaded = tried(name, form.file("file"))
        content = {"name": uploaded[0], "file": base64.b64encode(uploaded[1]).decode()}
        with desk.engine.begin() as connection:
            saved = editions.save(connection, desk.county_id, Kind.PAPER, name, base, content, effective_on, who, now)
            note(desk, connection, form.seat, "edition_published", saved)
    except BadInput as error:
        return _page(desk, form.seat, name, effective, {error.field: t(error.key, **error.words)})
    except WrongState:
        return _page(desk, form.seat, name, effective, stale=True)
    return go(f"{home(Kind.PAPER)}?said={'waits' if saved.state is editions.State.WAITING else 'out'}")


def tried(name: str, file: tuple[str, bytes] | None) -> tuple[str, bytes]:
    """Give an uploaded template that can be filled; raise BadInput('file') for any other, naming the field that nobody knows."""
    if file is None or not file[1]:
        raise BadInput("file", "bad.publish.paper_none")
    if len(file[1]) > UPLOAD_MAX:
        raise BadInput("file", "bad.publish.paper_large", most=UPLOAD_MAX // 1024)
    if document_kind(io.BytesIO(file[1])) != _ending(name):
        raise BadInput("file", "bad.publish.paper_kind", kind="Word（.docx）" if _ending(name) == "docx" else "Excel（.xlsx）")
    try:
        _filled(name, file[1])
    except BadInput as error:
        raise BadInput("file", error.key, **error.words) from None
    return file


def _filled(name: str, content: bytes) -> bytes:
    return (fill_docx if _ending(name) == "docx" else fill_xlsx)(content, ROSTER_EXAMPLE if name == PAPER_ROSTER else EXAMPLE)


def _ending(name: str) -> str:
    return PAPERS[name].rpartition(".")[2]


def _content(desk: Counter, name: str, number: int) -> bytes:
    if name not in PAPERS:
        raise NotFound(f"paper {name}")
    if number == 0:
        return (SHIPPED / PAPERS[name]).read_bytes()
    with desk.reading.connect() as connection:
        held = editions.one(connection, desk.county_id, Kind.PAPER, name, number).content
    if held is None:
        raise NotFound(f"paper {name} {number}")
    return base64.b64decode(held["file"])


def _page(
    desk: Counter,
    seat: Seat,
    name: str = "",
    effective: str = "",
    troubles: dict[str, str] | None = None,
    *,
    stale: bool = False,
    said: str = "",
) -> HTMLResponse:
    today = desk.today
    with desk.engine.connect() as connection:
        every = []
        for one in PAPERS:
            past = editions.history(connection, desk.county_id, Kind.PAPER, one)
            held = next(iter(editions.in_force(connection, desk.county_id, Kind.PAPER, today, one)), None)
            every.append((one, held if held and held.content else None, past))
    values: dict[str, Any] = {
        "papers": every,
        "wrong": name,
        "typed": {"effective_on": effective or f"{today}"},
        "troubles": troubles or {},
        "stale": stale,
        "said": said,
    }
    return show_page(desk, "publish_papers.html.j2", seat, 409 if stale else 422 if troubles else 200, tab="papers", **values)
