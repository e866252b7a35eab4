"""年度考核 on the desk page: a year's points item by item with the records behind them.

Here the head enters what no machine measures and shows a file for it, and makes the papers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.desk.counter import PAPERS, Counter, Desk, Form, Seated, Sent
from kiosk.desk.seats import Seat
from kiosk.domain.assessment import Area, Scored
from kiosk.errors import BadInput, NotFound
from kiosk.services import assessment_words as words
from kiosk.services import claims
from kiosk.services.assessment import Assessment, assess, years
from kiosk.services.assessment_records import how_many, records
from kiosk.services.claim_papers import papers
from kiosk.services.station import local
from kiosk.services.template import makes_pdf
from kiosk.text import t
from kiosk.web.pages import download, go

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What cannot be used, and why."""

    trouble: str
    fields: Mapping[str, str]


@router.get("/assessment")
def show(desk: Desk, seat: Seated, year: int = 0, said: str = "") -> HTMLResponse:
    """Show how a year stands."""
    return _page(desk, seat, year, said=t("assess.noted") if said == "noted" else "")


@router.get("/assessment/{year:int}/{code}")
def behind(desk: Desk, seat: Seated, year: int, code: str) -> HTMLResponse:
    """Show every record behind an item that is measured."""
    found = assess(desk.here, seat.session, years(desk.here).chosen(year))
    one = next((one for one in found.score.items if one.item.code == code and one.item.measure), None)
    if one is None or found.year != year:
        raise NotFound(code)
    points, most = words.number(one.points), words.number(one.item.most)
    return desk.show(
        "evidence.html.j2",
        seat,
        title=t("section.assessment"),
        year=year,
        head=t("assess.head", name=one.item.name, points=points, most=most),
        year_title=words.title(found),
        stands=words.stands(found),
        facts=(words.value(one), words.how(one)),
        placeholder=words.placeholder(found),
        records=records(desk.here, found, code),
        code=code,
    )


@router.post("/assessment/{code}")
def enter(desk: Desk, form: Form, code: str) -> Response:
    """Enter one item; what was typed stays when something is wrong."""
    year, typed = _year(desk, form), {name: form.text(name) for name in ("value", "note")}
    try:
        claims.claim(desk.here, form.seat.session, code, typed["value"], typed["note"], form.file("file"), year)
    except BadInput as error:
        return _page(desk, form.seat, year, code=code, trouble=t(error.key, **error.words), typed=typed)
    return go(f"/assessment?year={year}&said=noted#i{code}")


@router.post("/papers/claim")
def four(desk: Desk, form: Form) -> Response:
    """Give the four papers of a year in one file; with a password of the moment the roster in it is the whole one."""
    year = _year(desk, form)
    try:
        # a password may begin or end with a blank: it is taken as it was typed
        return download(papers(desk.here, form.seat.session, PAPERS, "".join(form.texts("password")), year))
    except BadInput as error:
        return _page(desk, form.seat, year, paper_trouble=t(error.key, **error.words))


@router.get("/assessment/file/{claim_id}")
def file(desk: Desk, seat: Seated, claim_id: str) -> Response:
    """Give the file that was shown for an item."""
    found, content = claims.shown(desk.here, seat.session, claim_id)
    return download((found.file_name, content))


def _year(desk: Counter, form: Sent) -> int:
    """Give the year that the form is about."""
    return form.number("year") if form.text("year") else years(desk.here).first


def _page(
    desk: Counter,
    seat: Seat,
    year: int,
    *,
    said: str = "",
    code: str = "",
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    paper_trouble: str = "",
) -> HTMLResponse:
    choice = years(desk.here)
    found = assess(desk.here, seat.session, choice.chosen(year))
    wrong = {code: Typed(trouble, typed or {})} if code else {}
    areas = []
    for area in Area:
        items = [_item(found, one, wrong.get(one.item.code)) for one in found.score.items if one.item.area is area]
        points = words.number(found.score.of(area))
        head = t("assess.head", name=t(f"area_of.{area}"), points=points, most=words.number(found.rubric.most(area)))
        areas.append((head, items))
    given = {one.code: one for one in found.judgement.items} if found.judgement else {}
    judged_items = [(one.item.name, given[one.item.code]) for one in found.score.items if one.item.code in given]
    changed = [(name, one.points, one.remark) for name, one in judged_items if one.remark]
    return desk.show(
        "assessment.html.j2",
        seat,
        422 if trouble or paper_trouble else 200,
        title=t("section.assessment"),
        said=said,
        years=choice.all,
        year=found.year,
        year_title=words.title(found),
        stands=words.stands(found),
        over=found.over,
        handed_in=words.handed_in(found),
        points=words.number(found.score.total),
        grade=found.score.grade.name,
        money=words.money(found),
        gap=words.gap(found),
        easiest=words.easiest(found),
        placeholder=words.placeholder(found),
        areas=areas,
        judged=words.judged(found),
        changed=changed,
        note_most=claims.NOTE_MOST,
        paper_trouble=paper_trouble,
        makes_pdf=makes_pdf(),
    )


def _item(found: Assessment, one: Scored, wrong: Typed | None) -> Mapping[str, object]:
    """Give what a page shows of an item; `wrong` is what was typed for it and cannot be used."""
    claim = found.claims.get(one.item.code)
    return {
        "code": one.item.code,
        "name": one.item.name,
        "value": words.value(one),
        "aim": words.how(one),
        "points": t("assess.of", points=words.number(one.points), most=words.number(one.item.most)),
        "full": one.gain == 0,
        "todo": words.todo(found, one),
        "records": how_many(found, one.item.code) if one.item.measure else 0,
        "entered": not one.item.measure,
        "unproved": claim is not None and not claim.file_digest,
        "claim": claim,
        "when": f"{local(claim.entered_at):%Y-%m-%d %H:%M}" if claim else "",
        "typed": wrong.fields if wrong and wrong.fields else {"value": claim.value if claim else "", "note": claim.note if claim else ""},
        "trouble": wrong.trouble if wrong else "",
    }
