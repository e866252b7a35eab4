"""考核: what stations handed in for a year, judged item by item with what shows it and what the county counts; who is paid."""

from collections import Counter as Counted
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, HTMLResponse, Response

from kiosk.county import assessing, files
from kiosk.county.assessing import Judging
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated, local
from kiosk.county.console.roles import COUNTY_ROLES, Role
from kiosk.county.console.stations import visible
from kiosk.domain.assessment import TENTH, Area
from kiosk.domain.file_kind import JPEG
from kiosk.domain.judgement import differs, plain
from kiosk.domain.yearly import PaperSet
from kiosk.errors import BadInput, NotFound
from kiosk.services.table_write import Column, Table, file_name, write
from kiosk.services.table_write import Form as FileForm
from kiosk.text import t
from kiosk.web.forms import StrangeFormError
from kiosk.web.pages import TYPES, download, go

router = APIRouter()
Year = Annotated[int | None, Query(ge=2024, le=2999)]
SAID = ("judged", "published", "all")
FEN_A_YUAN, FEN_A_WAN = 100, 1_000_000
COLUMNS = {"number": 6, "station": 20, "level": 20, "total": 10, "grade": 10, "money": 14}


@router.get("/assessment")
def show(desk: Desk, seat: Seated, year: Year = None, said: str = "") -> HTMLResponse:
    """Show every station's year: handed in or not, claimed, judged, published, paid."""
    now = local(desk.clock())
    wanted = year or now.year
    with desk.reading.connect() as connection:
        seen = desk.sees(connection, seat)
        every = [one for one in assessing.judgings(connection, desk.county_id, wanted) if visible(one.standing, seen)]
        rubric = desk.rulings.rubric(connection, desk.clock())
    ready = [one for one in every if one.ready]
    values = {"every": every, "ready": ready, "year": wanted, "years": range(now.year, now.year - 3, -1), "rubric": rubric, "wan": wan}
    paid = sum(one.judgement.money_fen for one in every if one.judgement and one.published)
    return desk.show("assessment.html.j2", seat, 200, here="assessment", paid=paid, said=_said(said), **values)


@router.get("/assessment/{year}/subsidies.xlsx")
def give_subsidies(desk: Desk, seat: Seated, year: int) -> Response:
    """Give the list of who is paid what for a year: what is published, the most first."""
    seat.need(*COUNTY_ROLES)
    with desk.engine.begin() as connection:
        every = assessing.judgings(connection, desk.county_id, year)
        desk.audit(connection, seat, "subsidies_taken", str(year))
    rows = [(one.standing.station, one.judgement) for one in every if one.judgement and one.published]
    rows.sort(key=lambda pair: (-pair[1].money_fen, pair[0].name))
    cells = [
        (n, station.name, t(f"console.level.{station.level}"), float(made.total), made.grade, made.money_fen // FEN_A_YUAN)
        for n, (station, made) in enumerate(rows, 1)
    ]
    columns = tuple(Column(title=t(f"console.assessment.column_{name}"), width=width) for name, width in COLUMNS.items())
    whole_sum = wan(sum(made.money_fen for _, made in rows))
    title = t("console.assessment.subsidies", year=year)
    table = Table(title=title, columns=columns, rows=cells, foot=(t("console.assessment.sum", wan=whole_sum),))
    return download((file_name(title), write(table, FileForm.XLSX)))


@router.get("/assessment/{year}/{station_id}")
def show_one(desk: Desk, seat: Seated, year: int, station_id: str, said: str = "", count: bool = False) -> HTMLResponse:
    """Show a station's year, item by item; with `count` also what the county counts from its own records."""
    return _one(desk, seat, year, station_id, said=_said(said), count=count)


@router.post("/assessment/{year}/{station_id}")
def judge(desk: Desk, form: Form, year: int, station_id: str) -> Response:
    """Keep what the county gives each item; what was typed stays when something is wrong."""
    form.seat.need(Role.CENTRE)
    now = desk.clock()
    points, remarks = form.prefixed("points."), form.prefixed("remark.")
    words, until = form.text("words", assessing.WORDS_MAX + 1), form.text("deadline")
    try:
        deadline = date.fromisoformat(until) if until else None
    except ValueError:
        raise StrangeFormError from None
    try:
        with desk.engine.begin() as connection:
            rubric = desk.rulings.rubric(connection, now)
            if rubric is None:
                raise NotFound("no rubric")
            judging = (points, remarks, words, deadline, rubric.grades, form.seat.user.name, now, local(now).date())
            made = assessing.judge(connection, desk.county_id, year, station_id, form.number("seen"), *judging)
            desk.audit(connection, form.seat, "year_judged", station_id, year=year, total=made.total)
    except BadInput as error:
        typed = Typed(points, remarks, words, until)
        return _one(desk, form.seat, year, station_id, troubles={error.field: t(error.key, **error.words)}, typed=typed)
    return go(f"{ROOT}/assessment/{year}/{station_id}?said=judged")


@router.post("/assessment/{year}/{station_id}/publish")
def publish(desk: Desk, form: Form, year: int, station_id: str) -> Response:
    """Let the station see what came of its year."""
    form.seat.need(Role.CENTRE)
    with desk.engine.begin() as connection:
        made = assessing.publish(connection, desk.county_id, year, station_id, desk.clock())
        desk.audit(connection, form.seat, "year_published", station_id, year=year, total=made.total)
    return go(f"{ROOT}/assessment/{year}/{station_id}?said=published")


@router.post("/assessment/{year}")
def publish_all(desk: Desk, form: Form, year: int) -> Response:
    """Publish all that is judged, and tell on every board how many stations reached which grade (通报)."""
    form.seat.need(Role.CENTRE)
    now = desk.clock()
    with desk.engine.begin() as connection:
        ready = [one for one in assessing.judgings(connection, desk.county_id, year) if one.ready]
        for one in ready:
            made = assessing.publish(connection, desk.county_id, year, one.standing.station.id, now)
            desk.audit(connection, form.seat, "year_published", made.station_id, year=year, total=made.total)
        out = [one.judgement.grade for one in assessing.judgings(connection, desk.county_id, year) if one.judgement and one.published]
        if ready:
            counts = Counted(out)
            body = "，".join(t("console.assessment.told_grade", grade=grade, count=counts[grade]) for grade in counts)
            desk.tell_boards(connection, t("console.assessment.told", year=year), body)
    return go(f"{ROOT}/assessment?year={year}&said=all")


@router.get("/assessment/{year}/{station_id}/files/{digest}")
def give_file(desk: Desk, seat: Seated, year: int, station_id: str, digest: str) -> Response:
    """Give what a station showed for an item, or its papers: a picture to be looked at, all else to be kept."""
    found = _find(desk, seat, year, station_id)
    papers = found.papers
    names = {item.file_digest: item.file_name for item in papers.items if item.file_digest} if papers else {}
    names |= {papers.file_digest: papers.file_name} if papers else {}
    with desk.reading.connect() as connection:
        path = files.find(connection, desk.settings, digest) if digest in names else None
    if path is None:
        raise NotFound(f"file {digest}")
    with path.open("rb") as file:
        is_picture = file.read(len(JPEG)) == JPEG
    if is_picture:
        return FileResponse(path, media_type="image/jpeg")
    kind = TYPES.get(names[digest].rsplit(".", 1)[-1].lower(), "application/octet-stream")
    return FileResponse(path, media_type=kind, filename=names[digest])


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form."""

    points: Mapping[str, str]
    remarks: Mapping[str, str]
    words: str = ""
    deadline: str = ""


def wan(fen: int) -> str:
    """Write money in 万元."""
    return tenths(Decimal(fen) / FEN_A_WAN)


def tenths(value: Decimal) -> str:
    """Write a number with at most one decimal."""
    return plain(value.quantize(TENTH, ROUND_HALF_UP))


def _one(
    desk: Counter,
    seat: Seat,
    year: int,
    station_id: str,
    *,
    said: str = "",
    count: bool = False,
    troubles: Mapping[str, str] | None = None,
    typed: Typed | None = None,
) -> HTMLResponse:
    found = _find(desk, seat, year, station_id)
    papers, made = found.papers, found.judgement
    with desk.reading.connect() as connection:
        today = desk.today
        again = assessing.recount(connection, desk.county_id, papers, today) if count and papers else None
        there = {one for one in _digests(papers) if files.find(connection, desk.settings, one)} if papers else set()
    if typed is None:
        given = {one.code: one for one in made.items} if made and not found.stale else {}
        typed = Typed(
            {code: one.points for code, one in given.items()},
            {code: one.remark for code, one in given.items()},
            made.words if made else "",
            str(made.deadline or "") if made else "",
        )
    return desk.show(
        "judging.html.j2",
        seat,
        422 if troubles else 200,
        here="assessment",
        title=t("console.assessment.of", station=found.standing.station.name, year=year),
        found=found,
        papers=papers,
        made=made,
        year=year,
        areas=list(Area),
        again=again,
        there=there,
        differs=differs,
        typed=typed,
        troubles=troubles or {},
        wan=wan,
        tenths=tenths,
        may_judge=seat.user.role is Role.CENTRE and papers is not None,
        words_max=assessing.WORDS_MAX,
        said=said,
    )


def _find(desk: Counter, seat: Seat, year: int, station_id: str) -> Judging:
    with desk.engine.connect() as connection:
        found = assessing.judging(connection, desk.county_id, year, station_id)
        if not visible(found.standing, desk.sees(connection, seat)):
            raise NotFound(f"station {station_id}")
    return found


def _digests(papers: PaperSet) -> set[str]:
    return {item.file_digest for item in papers.items if item.file_digest} | {papers.file_digest}


def _said(said: str) -> str:
    return t(f"console.assessment.said_{said}") if said in SAID else ""
