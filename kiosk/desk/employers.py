"""用工方 on the desk page: the list, a search, and one employer's file with what was seen of him, his listings, and stopping him."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.desk.counter import Counter, Desk, Form, Seated, Sent
from kiosk.desk.seats import Seat
from kiosk.domain.employer import EmployerKind, Seen
from kiosk.domain.station import COUNTY
from kiosk.errors import BadInput
from kiosk.services import employers as files
from kiosk.services.employer_words import judged, on_day, row_words, state_words
from kiosk.services.employers import EmployerFile
from kiosk.services.station import local
from kiosk.text import t
from kiosk.web.forms import StrangeFormError
from kiosk.web.pages import go

router = APIRouter()
SHOWN = ("all", "due", "held")
MOST = 200
"""So many rows are drawn; more are found by a name."""
QUERY_MAX = 60
SAID = ("stop", "release", "code", "kind")
SIGHTS = frozenset(seen.value for seen in Seen if seen is not Seen.CODE)
KINDS = frozenset(kind.value for kind in EmployerKind)


@router.get("/employers")
def all_of_them(desk: Desk, seat: Seated, only: str = "all") -> HTMLResponse:
    """Show the station's employers: held ones and those to be looked at again first."""
    return _list(desk, seat, "", only)


@router.post("/employers")
def look(desk: Desk, form: Form) -> HTMLResponse:
    """Look for a name, phone or code. Sent as a form, though it changes nothing: an address would keep the number in the browser."""
    return _list(desk, form.seat, form.text("query")[:QUERY_MAX], "all")


@router.get("/employers/{employer_id}")
def one(desk: Desk, seat: Seated, employer_id: str, said: str = "") -> HTMLResponse:
    """Open one file."""
    words = t(f"employers.said_{said}") if said in SAID else ""
    if said in SIGHTS:
        words = t("employers.said_seen", what=t(f"seen.{said}"))
    return _file(desk, seat, employer_id, said=words)


@router.post("/employers/{employer_id}")
def act(desk: Desk, form: Form, employer_id: str) -> Response:
    """Note what was seen, enter a code, change the kind, hold or release; what was typed stays when something is wrong."""
    try:
        said = _acted(desk, form, employer_id)
    except BadInput as error:
        return _file(desk, form.seat, employer_id, troubles={error.field: t(error.key, **error.words)}, typed=form)
    return go(f"/employers/{employer_id}?said={said}")


def _acted(desk: Counter, form: Sent, employer_id: str) -> str:
    here, session, name = desk.here, form.seat.session, form.text("act")
    if name in SIGHTS:
        files.see(here, session, employer_id, Seen(name), form.text("note"))
    elif name == "code":
        files.name_code(here, session, employer_id, form.text("uscc"))
    elif name in KINDS:
        files.set_kind(here, session, employer_id, EmployerKind(name))
        return "kind"
    elif name == "stop":
        files.hold(here, session, employer_id, form.text("reason"))
    elif name == "release":
        files.release(here, session, employer_id, form.text("reason"))
    else:
        raise StrangeFormError
    return name


def _list(desk: Counter, seat: Seat, query: str, only: str) -> HTMLResponse:
    rows = files.employers(desk.here, query)
    shown = [r for r in rows if only not in SHOWN[1:] or (r.held if only == "held" else r.due)]
    counts = {"due": sum(r.due for r in rows), "held": sum(r.held for r in rows)}
    return desk.show(
        "employers.html.j2",
        seat,
        title=t("section.employers"),
        query=query,
        head=t("employers.found", query=query, count=len(rows)) if query else t("employers.head", count=len(rows)),
        ways=[(name, t(f"employers.{name}", count=counts.get(name, 0)), name == only) for name in SHOWN],
        rows=[(r.employer, *row_words(r)) for r in shown[:MOST]],
        nothing=t("employers.not_found" if rows or query else "employers.none"),
    )


def _file(
    desk: Counter,
    seat: Seat,
    employer_id: str,
    *,
    said: str = "",
    troubles: Mapping[str, str] | None = None,
    typed: Sent | None = None,
) -> HTMLResponse:
    file = files.employer_file(desk.here, employer_id)
    employer, unit = file.row.employer, file.row.employer.kind is EmployerKind.UNIT
    other = EmployerKind.PERSON if unit else EmployerKind.UNIT
    papers, amiss = row_words(file.row)
    hold = file.hold
    return desk.show(
        "employer.html.j2",
        seat,
        422 if troubles else 200,
        title=t("section.employers"),
        said=said,
        troubles=troubles or {},
        typed={name: typed.text(name) if typed else "" for name in ("note", "uscc", "reason")},
        employer=employer,
        own=employer.station_id == desk.here.station_id,
        unit=unit,
        code=(t("employers.code", code=employer.uscc) if employer.uscc else t("employers.no_code")) if unit else "",
        papers=papers,
        amiss=amiss,
        held=file.row.held,
        countys=hold is not None and hold.station_id == COUNTY,
        stopped=t("employers.why_stopped", day=_day(hold.decided_at), who=hold.by_name, reason=hold.reason) if hold else "",
        judged=judged(file.history),
        sights=_sights(file),
        listings=[
            t(
                "employers.listing",
                title=one.title,
                count=one.headcount,
                day=_day(one.collected_at),
                state=state_words(state, held=file.row.held),
            )
            for one, state in file.listings
        ],
        see=[(seen.value, t(f"employers.see_{seen.value}")) for seen in (Seen.LICENCE if unit else Seen.ID_CARD, Seen.PLACE)],
        kinds=[] if unit and employer.uscc else [(other.value, t(f"employers.make_{other.value}"))],
    )


def _sights(file: EmployerFile) -> list[str]:
    lines = []
    for sight in file.sights:
        line = t("employers.sight", day=_day(sight.seen_at), who=sight.by_name, what=t(f"seen.{sight.what.value}"))
        lines.append("：".join(part for part in (line, sight.note) if part))
    employer = file.row.employer
    if not lines and employer.verified_on is not None:
        # looked at before sights were kept
        day = on_day(employer.verified_on)
        lines.append(t("employers.sight", day=day, who=employer.verified_by, what=employer.verified_what))
    return lines


def _day(instant: datetime) -> str:
    return on_day(local(instant).date())
