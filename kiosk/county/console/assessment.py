"""考核: what stations handed in for a year, judged item by item with what shows it and what the county counts; who is paid; what was put
right.
"""

from collections import Counter as Counted
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from kiosk.county import assessing, files, samples
from kiosk.county.assessing import Judging
from kiosk.county.console.accounts import Seat
from kiosk.county.console.bundles import Bundle, look
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated, local
from kiosk.county.console.roles import COUNTY_ROLES, Role
from kiosk.county.console.stations import visible
from kiosk.domain.assessment import TENTH, Area
from kiosk.domain.judgement import REMARK_MAX, differs, plain, sums, year_judged
from kiosk.domain.yearly import PaperSet
from kiosk.errors import BadInput, NotFound
from kiosk.services.table_write import Column, Table, file_name, write
from kiosk.services.table_write import Form as FileForm
from kiosk.text import t
from kiosk.web.forms import StrangeFormError
from kiosk.web.pages import download, go

router = APIRouter()
FIRST, LAST = 2024, 2999
AskedYear = Annotated[int | None, Query(ge=FIRST, le=LAST)]
Year = Annotated[int, Path(ge=FIRST, le=LAST)]
SAID = ("judged", "published", "all", "accepted")
FEN_A_YUAN, FEN_A_WAN = 100, 1_000_000
COLUMNS = {"number": 6, "station": 20, "level": 20, "total": 10, "grade": 10, "money": 14}
ROSTER = frozenset({"recommended", "confirmed", "arrived", "paid"})
"""Measures of the roster, whose people are called."""


@router.get("/assessment")
def show(desk: Desk, seat: Seated, year: AskedYear = None, said: str = "") -> HTMLResponse:
    """Show every station's year: handed in or not, claimed, judged, published, paid, put right."""
    wanted = year or year_judged(desk.today)
    with desk.reading.connect() as connection:
        seen = desk.sees(connection, seat)
        every = [one for one in assessing.judgings(connection, desk.county_id, wanted) if visible(one.standing, seen)]
        provisional = _provisional(desk, connection, wanted, every)
        years = sorted({wanted, *assessing.years(connection, desk.county_id, desk.today)}, reverse=True)
    ready = [one for one in every if one.ready]
    values = {"every": every, "ready": ready, "year": wanted, "years": years, "provisional": provisional, "wan": wan, "today": desk.today}
    paid = sum(one.judgement.money_fen for one in every if one.judgement and one.published)
    return desk.show("assessment.html.j2", seat, 200, here="assessment", paid=paid, said=_said(said), **values)


@router.get("/assessment/{year}/subsidies.xlsx")
def give_subsidies(desk: Desk, seat: Seated, year: Year) -> Response:
    """Give the list of who is paid what for a year: what is published, the most first."""
    seat.need(*COUNTY_ROLES)
    with desk.engine.begin() as connection:
        every = assessing.judgings(connection, desk.county_id, year)
        provisional = _provisional(desk, connection, year, every)
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
    notes = (t("console.assessment.provisional"),) if provisional else ()
    table = Table(title=title, notes=notes, columns=columns, rows=cells, foot=(t("console.assessment.sum", wan=whole_sum),))
    return download((file_name(title), write(table, FileForm.XLSX)))


@router.get("/assessment/{year}/{station_id}")
def show_one(desk: Desk, seat: Seated, year: Year, station_id: str, said: str = "", count: bool = False) -> HTMLResponse:
    """Show a station's year, item by item; with `count` also what the county counts from its own records."""
    return draw(desk, seat, year, station_id, said=_said(said), count=count)


@router.post("/assessment/{year}/{station_id}")
def judge(desk: Desk, form: Form, year: Year, station_id: str) -> Response:
    """Keep what the county gives each item; what was typed stays when something is wrong."""
    form.seat.need(Role.CENTRE)
    now = desk.clock()
    points, remarks = form.prefixed("points."), form.prefixed("remark.")
    words, until = form.text("words", assessing.WORDS_MAX + 1), form.text("deadline")
    deadline = _day(until) if until else None
    try:
        with desk.engine.begin() as connection:
            rubric = desk.rulings.rubric_of(connection, year, now)
            if rubric is None:
                raise NotFound("no rubric")
            judging = (points, remarks, words, deadline, rubric.grades, form.seat.user.name, now, local(now).date())
            made = assessing.judge(connection, desk.county_id, year, station_id, form.number("seen"), *judging)
            desk.audit(connection, form.seat, "year_judged", station_id, year=year, total=made.total)
    except BadInput as error:
        typed = Typed(points, remarks, words, until)
        return draw(desk, form.seat, year, station_id, troubles={error.field: t(error.key, **error.words)}, typed=typed)
    return go(f"{ROOT}/assessment/{year}/{station_id}?said=judged")


@router.post("/assessment/{year}/{station_id}/publish")
def publish(desk: Desk, form: Form, year: Year, station_id: str) -> Response:
    """Let the station see what came of its year."""
    form.seat.need(Role.CENTRE)
    with desk.engine.begin() as connection:
        made = assessing.publish(connection, desk.county_id, year, station_id, desk.clock())
        desk.audit(connection, form.seat, "year_published", station_id, year=year, total=made.total)
    return go(f"{ROOT}/assessment/{year}/{station_id}?said=published")


@router.post("/assessment/{year}/{station_id}/accept")
def accept(desk: Desk, form: Form, year: Year, station_id: str) -> Response:
    """Let the station see that the county has found put right what it asked for."""
    form.seat.need(Role.CENTRE)
    on, note = form.text("accepted_on"), form.text("accepted_note", REMARK_MAX + 1)
    try:
        with desk.engine.begin() as connection:
            seen, by, now = form.number("seen"), form.seat.user.name, desk.clock()
            assessing.accept(connection, desk.county_id, year, station_id, seen, _day(on), note, by, now)
            desk.audit(connection, form.seat, "mending_accepted", station_id, year=year, on=on)
    except BadInput as error:
        accepting = {"accepted_on": on, "accepted_note": note}
        return draw(desk, form.seat, year, station_id, troubles={error.field: t(error.key, **error.words)}, accepting=accepting)
    return go(f"{ROOT}/assessment/{year}/{station_id}?said=accepted")


@router.post("/assessment/{year}")
def publish_all(desk: Desk, form: Form, year: Year) -> Response:
    """Publish all that is judged, and tell on every board how many stations reached which grade (通报)."""
    form.seat.need(Role.CENTRE)
    now = desk.clock()
    with desk.engine.begin() as connection:
        ready = [one for one in assessing.judgings(connection, desk.county_id, year) if one.ready]
        for one in ready:
            made = assessing.publish(connection, desk.county_id, year, one.standing.station.id, now)
            desk.audit(connection, form.seat, "year_published", made.station_id, year=year, total=made.total)
        every = assessing.judgings(connection, desk.county_id, year)
        if ready:
            counts = Counted(one.judgement.grade for one in every if one.judgement and one.published)
            body = "，".join(t("console.assessment.told_grade", grade=grade, count=counts[grade]) for grade in counts)
            if _provisional(desk, connection, year, every):
                body = f"{body}。{t('console.assessment.provisional')}"
            desk.tell_boards(connection, t("console.assessment.told", year=year), body)
    return go(f"{ROOT}/assessment?year={year}&said=all")


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


def find(desk: Counter, seat: Seat, year: int, station_id: str) -> Judging:
    """Give a station's year; raise NotFound, also for one that is not below whoever asks."""
    with desk.engine.connect() as connection:
        found = assessing.judging(connection, desk.county_id, year, station_id)
        if not visible(found.standing, desk.sees(connection, seat)):
            raise NotFound(f"station {station_id}")
    return found


def draw(
    desk: Counter,
    seat: Seat,
    year: int,
    station_id: str,
    *,
    said: str = "",
    count: bool = False,
    troubles: Mapping[str, str] | None = None,
    typed: Typed | None = None,
    accepting: Mapping[str, str] | None = None,
    brought: Bundle | None = None,
) -> HTMLResponse:
    """Draw a station's year; `brought` is what was made of a bundle that somebody held against it."""
    found = find(desk, seat, year, station_id)
    papers, made = found.papers, found.judgement
    with desk.reading.connect() as connection:
        again = assessing.recount(connection, desk.county_id, papers) if count and papers else None
        there = {one for one in _digests(papers) if files.find(connection, desk.settings, one)} if papers else set()
        bundle = look(desk, connection, papers) if papers else None
        calls = sums(samples.calls(connection, desk.county_id, year, station_id))
        rubric = desk.rulings.rubric_of(connection, year, desk.clock())
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
        bundle=bundle,
        brought=brought,
        calls=calls,
        roster=ROSTER,
        differs=differs,
        typed=typed,
        accepting=accepting or {"accepted_on": str(desk.today), "accepted_note": ""},
        troubles=troubles or {},
        rubric=rubric,
        wan=wan,
        tenths=tenths,
        today=desk.today,
        may_judge=seat.user.role is Role.CENTRE and papers is not None,
        may_call=seat.user.role in COUNTY_ROLES,
        words_max=assessing.WORDS_MAX,
        remark_max=REMARK_MAX,
        said=said,
    )


def _provisional(desk: Counter, connection: sa.Connection, year: int, every: list[Judging]) -> bool:
    """Say whether a year is judged by the placeholder, or anybody's papers of it were made by that."""
    rubric = desk.rulings.rubric_of(connection, year, desk.clock())
    return rubric is None or not rubric.official or any(one.papers and not one.papers.official for one in every)


def _digests(papers: PaperSet) -> set[str]:
    return {item.file_digest for item in papers.items if item.file_digest} | {papers.file_digest}


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise StrangeFormError from None


def _said(said: str) -> str:
    return t(f"console.assessment.said_{said}") if said in SAID else ""
