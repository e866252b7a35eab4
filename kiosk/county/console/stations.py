"""驿站: the tree of stations, each one's standing step by step with its papers, new applications, enrolment codes, and staff's courses."""

from collections import Counter as Counted
from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from kiosk.county import enrolment, standing
from kiosk.county.boards import told
from kiosk.county.console.accounts import Seat
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated, Sent, local
from kiosk.county.console.listings import by_name
from kiosk.county.console.roles import Role
from kiosk.county.standing import Course, Standing
from kiosk.domain.codes import AREAS
from kiosk.domain.notice import BODY_MOST
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.standing import NEEDS_NUMBER, NEEDS_REASON, TEXT_MAX, Act, Stage, Step, deadline_of, possible, unfiled
from kiosk.domain.station import Station, StationLevel
from kiosk.errors import BadInput, NotFound
from kiosk.text import t
from kiosk.web.forms import StrangeFormError, whole
from kiosk.web.pages import download, go

router = APIRouter()
FIELDS = ("name", "short", "level", "area", "parent_id", "address", "phone", "hours")
SAID = ("step", "changed", "applied", "course")


@router.get("/stations")
def show(desk: Desk, seat: Seated, q: str = "", stage: str = "", said: str = "") -> HTMLResponse:
    """Show the tree, or those whose name has `q` in it or who stand at `stage`."""
    with desk.reading.connect() as connection:
        seen = desk.sees(connection, seat)
        every = _in_tree([one for one in standing.standings(connection, desk.county_id) if visible(one, seen)])
        terminals = told(connection, desk.county_id)
    count = Counted(one.station_id for one in terminals)
    heard = {one.station_id: one.heard_at for one in sorted(terminals, key=lambda x: (x.heard_at is not None, x.heard_at))}
    stages = Counted(one.stage for _, one in every)
    rows = [(depth, one) for depth, one in every if q in one.station.name and stage in ("", one.stage)]
    values = {"q": q, "stage": stage, "stages": stages, "count": count, "heard": heard, "unfiled": unfiled, "deadline_of": deadline_of}
    may_apply = seat.user.role is not Role.BUREAU
    return desk.show("stations.html.j2", seat, 200, here="stations", rows=rows, said=_said(said), may_apply=may_apply, **values)


@router.get("/stations/new")
def ask(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show an empty application."""
    return _form(desk, seat, None)


@router.post("/stations")
def apply(desk: Desk, form: Form) -> Response:
    """Take an application in: from the centre, or from a township for below its own stations."""
    form.seat.need(Role.CENTRE, Role.TOWNSHIP)
    typed = {name: form.text(name) for name in FIELDS}
    now = desk.clock()
    try:
        new = _station(typed, new_id(now), 1)
        with desk.engine.begin() as connection:
            seen = desk.sees(connection, form.seat)
            if seen is not None and new.parent_id not in seen:
                raise BadInput("parent_id", "bad.station.parent")
            standing.apply(connection, desk.county_id, new, form.seat.user.id, now, local(now).date())
            desk.audit(connection, form.seat, "station_applied", new.id)
    except BadInput as error:
        return _form(desk, form.seat, None, typed, {error.field: t(error.key, **error.words)})
    return go(f"{ROOT}/stations/{new.id}?said=applied")


@router.get("/stations/{station_id}")
def show_one(desk: Desk, seat: Seated, station_id: str, said: str = "") -> HTMLResponse:
    """Show a station: what it is, how it stands and came to, its terminals, and what may be done."""
    return _one(desk, seat, station_id, said=_said(said))


@router.get("/stations/{station_id}/edit")
def ask_changes(desk: Desk, seat: Seated, station_id: str) -> HTMLResponse:
    """Show a station's own words to be changed."""
    seat.need(Role.CENTRE)
    return _form(desk, seat, _find(desk, seat, station_id).station)


@router.post("/stations/{station_id}/edit")
def change(desk: Desk, form: Form, station_id: str) -> Response:
    """Write a station anew; who was overtaken by somebody else is told, and keeps what he typed."""
    form.seat.need(Role.CENTRE)
    typed = {name: form.text(name) for name in FIELDS}
    before = _find(desk, form.seat, station_id).station
    revision = form.number("revision")
    try:
        if revision != before.revision:
            raise BadInput("name", "bad.station.changed")
        with desk.engine.begin() as connection:
            new = _station(typed, station_id, revision + 1)
            standing.change(connection, desk.county_id, new, desk.clock())
            desk.audit(connection, form.seat, "station_changed", station_id, revision=new.revision)
    except BadInput as error:
        return _form(desk, form.seat, before, typed, {error.field: t(error.key, **error.words)})
    return go(f"{ROOT}/stations/{station_id}?said=changed")


@router.post("/stations/{station_id}/steps")
def take_step(desk: Desk, form: Form, station_id: str) -> Response:
    """Take a step, with its paper, and tell it on every board where that was ticked; what was typed stays when something is wrong."""
    _find(desk, form.seat, station_id)
    act = Act(form.text("act")) if form.text("act") in set(Act) else None
    if act is None:
        raise StrangeFormError
    form.seat.need(Role.BUREAU if act is Act.FILE else Role.CENTRE)
    typed = {name: form.text(name) for name in ("on", "number", "reason", "deadline", "publish")}
    try:
        with desk.engine.begin() as connection:
            _take(desk, connection, form, station_id, act, typed)
    except BadInput as error:
        return _one(desk, form.seat, station_id, troubles={error.field: t(error.key, **error.words)}, typed=typed, act=act)
    return go(f"{ROOT}/stations/{station_id}?said=step")


@router.post("/stations/{station_id}/code")
def give_code(desk: Desk, form: Form, station_id: str) -> HTMLResponse:
    """Show the line that enrols one new terminal of this station, this once."""
    form.seat.need(Role.CENTRE)
    with desk.engine.begin() as connection:
        if all(one.id != station_id for one in standing.stations(connection, desk.county_id)):
            raise NotFound(f"station {station_id}")
        line = enrolment.enrol_line(connection, desk.accounts.vault, desk.settings, station_id, desk.clock())
        desk.audit(connection, form.seat, "code_given", station_id)
    return _one(desk, form.seat, station_id, line=line)


@router.get("/stations/{station_id}/papers/{digest}")
def give_paper(desk: Desk, seat: Seated, station_id: str, digest: str) -> Response:
    """Give a paper of one of the station's steps."""
    if digest not in {step.document for step in _find(desk, seat, station_id).steps}:
        raise NotFound(f"document {digest}")
    with desk.reading.connect() as connection:
        kind, content = standing.document(connection, desk.county_id, digest)
    return download((f"{digest[:12]}.{kind}", content))


@router.get("/courses")
def show_courses(desk: Desk, seat: Seated, said: str = "") -> HTMLResponse:
    """Show what staff were taught."""
    return _courses(desk, seat, said=_said(said))


@router.post("/courses")
def add_course(desk: Desk, form: Form) -> Response:
    """Keep a course that was held for staff: how many of each station came."""
    form.seat.need(Role.CENTRE)
    typed = {name: form.text(name) for name in ("title", "held_on", "hours")}
    people = {station_id: count for station_id, count in form.prefixed("people.").items() if count not in ("", "0")}
    now = desk.clock()
    try:
        course = Course(
            id=new_id(now),
            held_on=_day(typed["held_on"], "held_on"),
            title=typed["title"],
            hours=whole(typed["hours"]) if typed["hours"].isdigit() else 0,
            people={one: whole(count) if count.isdigit() else 0 for one, count in people.items()},
        )
        with desk.engine.begin() as connection:
            if not course.people.keys() <= {one.id for one in standing.stations(connection, desk.county_id)}:
                raise StrangeFormError
            standing.add_course(connection, desk.county_id, course, local(now).date())
            desk.audit(connection, form.seat, "course_added", course.id)
    except BadInput as error:
        return _courses(desk, form.seat, typed, people, {error.field: t(error.key, **error.words)})
    return go(f"{ROOT}/courses?said=course")


def _take(desk: Counter, connection: sa.Connection, form: Sent, station_id: str, act: Act, typed: Mapping[str, str]) -> None:
    now = desk.clock()
    today = local(now).date()
    paper = form.file("document")
    step = Step(
        id=new_id(now),
        station_id=station_id,
        act=act,
        on=_day(typed["on"], "on") if typed["on"] else today,
        at=now,
        by=form.seat.user.id,
        number=typed["number"],
        reason=typed["reason"],
        deadline=_day(typed["deadline"], "deadline") if typed["deadline"] else None,
        document=standing.keep_document(connection, desk.county_id, paper[1]) if paper else "",
    )
    after = standing.take_step(connection, desk.county_id, step, by_name(form.seat), form.number("seen"), today, now)
    desk.audit(connection, form.seat, f"station_{act}", station_id, number=step.number)
    if typed["publish"]:
        name = after.station.name
        desk.tell_boards(connection, t(f"console.stations.told_{act}", station=name), step.reason[:BODY_MOST])


def _find(desk: Counter, seat: Seat, station_id: str) -> Standing:
    """Give a station that this seat may look at; raise NotFound for any other."""
    with desk.engine.connect() as connection:
        found, seen = standing.standing(connection, desk.county_id, station_id), desk.sees(connection, seat)
    if not visible(found, seen):
        raise NotFound(f"station {station_id}")
    return found


def _one(
    desk: Counter,
    seat: Seat,
    station_id: str,
    *,
    said: str = "",
    line: str = "",
    troubles: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    act: Act | None = None,
) -> HTMLResponse:
    found = _find(desk, seat, station_id)
    with desk.engine.connect() as connection:
        names = {one.station.id: one.station.name for one in standing.standings(connection, desk.county_id)}
        people = {user.id: user.name for user in desk.accounts.all(connection)}
        terminals = [one for one in told(connection, desk.county_id) if one.station_id == station_id]
    mine = {Role.CENTRE: set(Act) - {Act.FILE}, Role.BUREAU: {Act.FILE}, Role.TOWNSHIP: set()}[seat.user.role]
    acts = [one for one in possible(found.steps) if one in mine and one is not Act.APPLY]
    return desk.show(
        "station.html.j2",
        seat,
        422 if troubles else 200,
        here="stations",
        title=found.station.name,
        one=found,
        names=names,
        people=people,
        terminals=terminals,
        in_tree=found.stage not in (Stage.APPLIED, Stage.REFUSED) or bool(terminals),
        deadline=deadline_of(found.steps),
        waits=unfiled(found.steps),
        acts=acts,
        act=act,
        needs_number=NEEDS_NUMBER,
        needs_reason=NEEDS_REASON,
        reason_max=TEXT_MAX,
        areas=AREAS,
        line=line,
        said=said,
        troubles=troubles or {},
        typed=typed or {"on": f"{local(desk.clock()):%Y-%m-%d}", "number": "", "reason": "", "deadline": "", "publish": ""},
    )


def _form(
    desk: Counter,
    seat: Seat,
    station: Station | None,
    typed: Mapping[str, str] | None = None,
    troubles: Mapping[str, str] | None = None,
) -> HTMLResponse:
    seat.need(Role.CENTRE, Role.TOWNSHIP)
    with desk.engine.connect() as connection:
        seen = desk.sees(connection, seat)
        parents = [
            (one.id, one.name)
            for one in standing.stations(connection, desk.county_id)
            if (seen is None or one.id in seen) and (station is None or one.id != station.id)
        ]
    blank = {name: str(getattr(station, name) or "") for name in FIELDS} if station else dict.fromkeys(FIELDS, "") | {"level": "doorstep"}
    return desk.show(
        "station_form.html.j2",
        seat,
        422 if troubles else 200,
        here="stations",
        title=station.name if station else t("console.stations.new"),
        station=station,
        parents=parents,
        areas=AREAS,
        levels=list(StationLevel),
        typed=typed or blank,
        troubles=troubles or {},
    )


def _courses(
    desk: Counter,
    seat: Seat,
    typed: Mapping[str, str] | None = None,
    people: Mapping[str, str] | None = None,
    troubles: Mapping[str, str] | None = None,
    *,
    said: str = "",
) -> HTMLResponse:
    with desk.engine.connect() as connection:
        seen = desk.sees(connection, seat)
        every = standing.stations(connection, desk.county_id)
        held = standing.courses(connection, desk.county_id)
    stations = [one for one in every if seen is None or one.id in seen]
    return desk.show(
        "courses.html.j2",
        seat,
        422 if troubles else 200,
        here="stations",
        title=t("console.stations.courses"),
        courses=held,
        stations=stations,
        names={one.id: one.name for one in stations},
        typed=typed or {"title": "", "held_on": f"{local(desk.clock()):%Y-%m-%d}", "hours": ""},
        people=people or {},
        troubles=troubles or {},
        said=said,
    )


def _in_tree(every: list[Standing]) -> list[tuple[int, Standing]]:
    """Order stations as they hang in the tree, each with its depth; what hangs nowhere comes last."""
    below: dict[str | None, list[Standing]] = {}
    known = {one.station.id for one in every}
    for one in every:
        below.setdefault(one.station.parent_id if one.station.parent_id in known else None, []).append(one)

    def walk(parent: str | None, depth: int) -> list[tuple[int, Standing]]:
        return [row for one in below.get(parent, []) for row in ((depth, one), *walk(one.station.id, depth + 1))]

    return walk(None, 0)


def _station(typed: Mapping[str, str], station_id: str, revision: int) -> Station:
    if typed["level"] not in set(StationLevel):
        raise BadInput("level", "bad.station.parent")
    return Station(
        id=station_id,
        revision=revision,
        name=typed["name"],
        short=typed["short"].upper(),
        level=StationLevel(typed["level"]),
        area=typed["area"],
        parent_id=typed["parent_id"] or None,
        address=typed["address"],
        phone=Phone("".join(c for c in typed["phone"] if c not in " -－")),
        hours=typed["hours"],
    )


def visible(one: Standing, seen: frozenset[str] | None) -> bool:
    """Say whether somebody who sees these stations sees this one: an application stands under whom it will belong to."""
    return seen is None or bool({one.station.id, one.station.parent_id} & seen)


def _day(typed: str, field: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise BadInput(field, "bad.standing.day") from None


def _said(said: str) -> str:
    return t(f"console.stations.said_{said}") if said in SAID else ""
