"""表格进出 on the desk page: the roster and the provincial platform's lists as files, and the mark that something was entered there."""

from datetime import date

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.desk.counter import PAPERS, Counter, Desk, Form, Seated, Sent
from kiosk.desk.seats import Seat
from kiosk.domain.station import Role
from kiosk.errors import BadInput
from kiosk.services import export
from kiosk.services import listing_words as words
from kiosk.services import roster as rosters
from kiosk.services.export import Entered
from kiosk.services.roster import Period
from kiosk.services.station import local
from kiosk.services.table_write import Form as FileForm
from kiosk.services.worker_words import phone_words
from kiosk.text import t
from kiosk.web.forms import whole
from kiosk.web.pages import download, go

router = APIRouter()


@router.get("/papers")
def papers(desk: Desk, seat: Seated, said: str = "") -> HTMLResponse:
    """Show how far the roster and the entries are, and where their files are."""
    return _page(desk, seat, rosters.this_year(desk.here), said=t("papers.noted") if said == "entered" else "")


@router.post("/papers/roster")
def roster_file(desk: Desk, form: Form) -> Response:
    """Give the roster of a period, masked or, to the head with a password of the moment, whole."""
    period = rosters.this_year(desk.here)
    try:
        period = Period(first=_day(form, "first"), last=_day(form, "last"))
        if form.text("whole"):
            # a password may begin or end with a blank: it is taken as it was typed
            password = "".join(form.texts("password"))
            return download(rosters.full_file(desk.here, form.seat.session, PAPERS, period, password))
        return download(rosters.masked_file(desk.here, form.seat.session, PAPERS, period))
    except BadInput as error:
        return _page(desk, form.seat, period, trouble=t(error.key, **error.words))


@router.post("/papers/platform/{what}")
def platform_file(desk: Desk, form: Form, what: Entered) -> Response:
    """Give what waits to be entered into the provincial platform."""
    give = export.export_listings if what is Entered.LISTING else export.export_workers
    return download(give(desk.here, form.seat.session, FileForm.CSV if form.text("csv") else FileForm.XLSX))


@router.post("/papers/entered/{what}")
def entered(desk: Desk, form: Form, what: Entered) -> Response:
    """Note what was entered: the ticked ones, or every one that stood on the page, each in the revision that stood there."""
    marks = form.texts("all" if form.text("every") else "record")
    if not marks:
        return _page(desk, form.seat, rosters.this_year(desk.here), trouble=t("desk.mark_none"))
    marked = [(record_id, whole(revision)) for record_id, _, revision in (one.partition("/") for one in marks)]
    export.mark_entered(desk.here, form.seat.session, what, marked)
    return go("/papers?said=entered")


def _day(form: Sent, name: str) -> date:
    try:
        return date.fromisoformat(form.text(name))
    except ValueError:
        raise BadInput(name, "bad.period.day") from None


def _page(desk: Counter, seat: Seat, period: Period, *, said: str = "", trouble: str = "") -> HTMLResponse:
    found = rosters.roster(desk.here, period)
    waiting = export.waiting(desk.here)
    doubts = [
        {
            "who": t("papers.doubt", name=rosters.masked_name(row), job=row.about.listing.title if row.about.listing else ""),
            "on": f"{local(row.referred_at):%Y-%m-%d}",
            "why": rosters.doubts_said(row),
        }
        for row in found.suspicious
    ]
    listings = [
        {
            "mark": f"{one.id}/{one.revision}",
            "name": t("papers.row", title=one.title, count=one.headcount),
            "cells": (one.employer_name, words.pay(one), one.contact_phone.grouped()),
            "again": one.id in waiting.again,
        }
        for one in waiting.listings
    ]
    workers = [
        {
            "mark": f"{one.id}/{one.revision}",
            "name": one.name,
            "cells": ("、".join(t(f"trade.{trade.value}") for trade in one.trades), phone_words(one), one.number),
            "again": one.id in waiting.again,
        }
        for one in waiting.workers
    ]
    return desk.show(
        "papers.html.j2",
        seat,
        422 if trouble else 200,
        title=t("section.papers"),
        said=said,
        trouble=trouble,
        first=found.period.first.isoformat(),
        last=found.period.last.isoformat(),
        grades=[(t(f"roster.grade.{grade.value}"), count) for grade, count in found.by_grade.items()],
        rows=len(found.rows),
        doubts=doubts,
        lists=(("listing", t("papers.listings"), listings), ("worker", t("papers.workers"), workers)),
        head=seat.session.role is Role.HEAD,
    )
