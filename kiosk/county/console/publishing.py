"""发布: what the county has for everybody, policies, courses and notices: lists, forms, looks of the screens, and every edition again."""

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, HTMLResponse, Response

from kiosk import qr
from kiosk.county import editions, notices
from kiosk.county.console import preview
from kiosk.county.console.accounts import Seat
from kiosk.county.console.audit import Fact
from kiosk.county.console.counter import CHINA, ROOT, Counter, Desk, Form, Seated, local
from kiosk.county.console.publish_forms import FIELDS, LONG, MOST, TYPED_MOST, content_of, read, read_day, record_of, typed_of
from kiosk.county.console.roles import Role
from kiosk.county.editions import RECORDS, Edition, Kind
from kiosk.county.schema import edition, record
from kiosk.domain.codes import AREAS
from kiosk.domain.notice import BODY_MOST, TITLE_MOST, end_of
from kiosk.domain.record import new_id
from kiosk.domain.station import Policy, Training
from kiosk.errors import BadInput, NotFound, WrongState
from kiosk.text import t
from kiosk.web.forms import StrangeFormError
from kiosk.web.pages import go

router = APIRouter()
STYLE = Path(__file__).parent / "preview.css"
PAGE = 50
TABS = (
    ("", "policies"),
    ("/training", "trainings"),
    ("/notice", "notices"),
    ("/sheet", "sheets"),
    ("/papers", "papers"),
    ("/code", "code"),
)
PATHS = {Kind.TRAINING: "/training", Kind.SHEET: "/sheet", Kind.PAPER: "/papers", Kind.PICTURE: "/code"}
SHOWN = ("now", "waiting", "past")
SAID = ("out", "waits", "retired", "taken_back", "notice_up", "notice_back")
NOTICE_FIELDS = ("title", "body", "urgent", "first", "last")
Before = Annotated[str, Query(max_length=40)]


@router.get("/preview.css")
def style() -> FileResponse:
    """Give the style sheet of the looks."""
    return FileResponse(STYLE, media_type="text/css")


@router.get("/publish")
def show_policies(desk: Desk, seat: Seated, show: str = "now", before: Before = "", said: str = "") -> HTMLResponse:
    """List the policies: what stands, what waits for its day, what is over."""
    return _list(desk, seat, Kind.POLICY, show, before, said)


@router.get("/publish/training")
def show_trainings(desk: Desk, seat: Seated, show: str = "now", before: Before = "", said: str = "") -> HTMLResponse:
    """List the courses."""
    return _list(desk, seat, Kind.TRAINING, show, before, said)


@router.get("/publish/notice")
def show_notices(desk: Desk, seat: Seated, show: str = "now", before: Before = "", said: str = "") -> HTMLResponse:
    """List the county's notices."""
    show, now = show if show in SHOWN else "now", desk.clock()
    with desk.reading.connect() as connection:
        if show == "past":
            found = list(notices.past(connection, desk.county_id, now, before, PAGE + 1))
        else:
            standing = notices.standing(connection, desk.county_id, now)
            found = [one for one in reversed(standing) if (one.starts_at > now) == (show == "waiting")]
    older = found[PAGE - 1].id if show == "past" and len(found) > PAGE else ""
    values: dict[str, Any] = {"shown": SHOWN, "show": show, "notices": found[:PAGE] if show == "past" else found, "older": older}
    return show_page(desk, "publish_notices.html.j2", seat, tab="notices", said=_said(said), **values)


@router.get("/publish/notice/new")
def ask_notice(desk: Desk, seat: Seated, like: Before = "") -> HTMLResponse:
    """Show an empty form, or one with the words of an earlier notice."""
    seat.need(Role.CENTRE)
    typed = dict.fromkeys(NOTICE_FIELDS, "") | {"first": f"{local(desk.clock()):%Y-%m-%d}"}
    looks = None
    if like:
        with desk.reading.connect() as connection:
            was = notices.find(connection, desk.county_id, like)
        typed |= {"title": was.title, "body": was.body, "urgent": "1" if was.urgent else ""}
        looks = preview.notice(was)
    return _notice_form(desk, seat, typed, looks=looks)


@router.post("/publish/notice/new")
def put_up(desk: Desk, form: Form) -> Response:
    """Show how the boards would show it, or put it up."""
    form.seat.need(Role.CENTRE)
    typed, now = {name: form.text(name, TYPED_MOST) for name in NOTICE_FIELDS}, desk.clock()
    try:
        first, last = (read_day(name, typed[name]) for name in ("first", "last"))
        starts_at = max(now, datetime.combine(first, time(), CHINA))
        with desk.engine.begin() as connection:
            made = (typed["title"], typed["body"], bool(typed["urgent"]), starts_at, end_of(last))
            if form.text("act") != "publish":
                looks = preview.notice(notices.draft(connection, desk.county_id, *made, now))
                return _notice_form(desk, form.seat, typed, looks=looks)
            notice = notices.put_up(connection, desk.county_id, *made, now)
            desk.audit(connection, form.seat, "notice_up", notice.id, starts=f"{first}", ends=f"{last}")
    except BadInput as error:
        field = {"ends_at": "last", "starts_at": "first"}.get(error.field, error.field)
        return _notice_form(desk, form.seat, typed, {field: t(error.key, **error.words)})
    return go(f"{ROOT}/publish/notice?said=notice_up{'' if starts_at <= now else '&show=waiting'}")


@router.get("/publish/notice/{notice_id}")
def show_notice(desk: Desk, seat: Seated, notice_id: str) -> HTMLResponse:
    """Show a notice as the boards show it."""
    with desk.reading.connect() as connection:
        found = notices.find(connection, desk.county_id, notice_id)
    stands = not found.withdrawn and found.ends_at > desk.clock()
    return show_page(desk, "publish_notice.html.j2", seat, tab="notices", notice=found, stands=stands, looks=preview.notice(found))


@router.post("/publish/notice/{notice_id}/back")
def take_notice_back(desk: Desk, form: Form, notice_id: str) -> Response:
    """Take a notice off every board."""
    form.seat.need(Role.CENTRE)
    with desk.engine.begin() as connection:
        gone = notices.take_back(connection, desk.county_id, notice_id, desk.clock())
        desk.audit(connection, form.seat, "notice_back", gone.id)
    return go(f"{ROOT}/publish/notice?said=notice_back")


@router.get("/publish/{kind}/new")
def ask(desk: Desk, seat: Seated, kind: str) -> HTMLResponse:
    """Show an empty form."""
    seat.need(Role.CENTRE)
    today = f"{local(desk.clock()):%Y-%m-%d}"
    return _one(desk, seat, _kind(kind), "", typed=dict.fromkeys(FIELDS[_kind(kind)], "") | {"effective_on": today})


@router.get("/publish/{kind}/{record_id}")
def show_one(desk: Desk, seat: Seated, kind: str, record_id: str, number: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> HTMLResponse:
    """Show one thing with all its editions, or, with `number`, as one of them had it."""
    return _one(desk, seat, _kind(kind), record_id, number=number)


@router.post("/publish/{kind}/{record_id}")
def write(desk: Desk, form: Form, kind: str, record_id: str) -> Response:
    """Show how terminal and board would show it, or publish it; what was typed stays when something is wrong, or somebody was quicker."""
    form.seat.need(Role.CENTRE)
    what, is_new, now = _kind(kind), record_id == "new", desk.clock()
    typed = {name: form.text(name, TYPED_MOST) for name in (*FIELDS[what], "effective_on")}
    shown: dict[str, Any] = {"typed": typed, "base": 0 if is_new else form.number("base")}
    try:
        effective_on = read_day("effective_on", typed["effective_on"])
        with desk.engine.begin() as connection:
            made = read(what, new_id(now) if is_new else record_id, typed, effective_on, notices.phones(connection, desk.county_id))
            if form.text("act") != "publish":
                return _one(desk, form.seat, what, "" if is_new else record_id, looks=_looks(made, now), **shown)
            subject = made.id
            saved = editions.save(
                connection, desk.county_id, what, subject, shown["base"], content_of(made), effective_on, form.seat.user.id, now
            )
            note(desk, connection, form.seat, "edition_published", saved)
    except BadInput as error:
        field = "fee" if error.field == "fee_fen" else error.field
        return _one(desk, form.seat, what, "" if is_new else record_id, troubles={field: t(error.key, **error.words)}, **shown)
    except WrongState:
        return _one(desk, form.seat, what, record_id, stale=True, **shown)
    waits = saved.state is editions.State.WAITING
    return go(f"{home(what)}?said={'waits&show=waiting' if waits else 'out'}")


@router.post("/publish/edition")
def act(desk: Desk, form: Form) -> Response:
    """Publish an earlier edition again from today, take back one that waits, or take what stands away."""
    form.seat.need(Role.CENTRE)
    kind, subject, now = form.text("kind"), form.text("id"), desk.clock()
    if kind not in set(Kind) or form.text("act") not in ("again", "take_back", "retire"):
        raise StrangeFormError
    what, who = Kind(kind), form.seat.user.id
    with desk.engine.begin() as connection:
        if form.text("act") == "take_back":
            editions.take_back(connection, desk.county_id, what, subject, form.number("number"), now)
            desk.audit(connection, form.seat, "edition_taken_back", subject, what=kind, edition=form.number("number"))
            return go(f"{home(what)}?said=taken_back")
        again = form.text("act") == "again"
        content = editions.one(connection, desk.county_id, what, subject, form.number("number")).content if again else None
        today = local(now).date()
        saved = editions.save(connection, desk.county_id, what, subject, form.number("base"), content, today, who, now)
        note(desk, connection, form.seat, "edition_again" if again else "edition_retired", saved, form.number("number"))
    return go(f"{home(what)}?said={'out' if again else 'retired'}")


def _kind(word: str) -> Kind:
    if word not in set(RECORDS):
        raise NotFound(f"publish/{word}")
    return Kind(word)


def home(kind: Kind) -> str:
    """Give where the things of a kind are listed."""
    return f"{ROOT}/publish" + PATHS.get(kind, "")


def _said(word: str) -> str:
    return t(f"console.publish.said_{word}") if word in SAID else ""


def show_page(desk: Counter, template: str, seat: Seat, status: int = 200, *, tab: str, **values: Any) -> HTMLResponse:
    """Draw a page of this room under its tab; all may look, `centre` may write."""
    values |= {"tabs": TABS, "centre": seat.user.role is Role.CENTRE, "areas": AREAS, "code": qr.path(f"{desk.settings.phone_base}/")}
    return desk.show(template, seat, status, here="publish", tab=tab, **values)


def note(desk: Counter, connection: sa.Connection, seat: Seat, act: str, saved: Edition, of: int = 0) -> None:
    """Write down that an edition was made; `of`: the number of the one that it repeats."""
    facts: dict[str, Fact] = {"what": saved.kind.value, "edition": saved.number, "effective_on": f"{saved.effective_on}"}
    desk.audit(connection, seat, act, saved.id, **facts | ({"like": of} if of else {}))


def _list(desk: Counter, seat: Seat, kind: Kind, show: str, before: str, said: str) -> HTMLResponse:
    show, today = show if show in SHOWN else "now", desk.today
    with desk.reading.connect() as connection:
        rows: list[tuple[str, Mapping[str, Any], Edition | None]]
        if show == "waiting":
            waits = editions.waiting(connection, desk.county_id, kind, most=PAGE)
            rows = [(e.id, e.content or _last_content(connection, desk.county_id, kind, e.id), e) for e in waits]
        else:
            found = connection.execute(_standing(desk.county_id, kind, show == "now", today, before)).all()
            rows = [(r.id, r.data or _last_content(connection, desk.county_id, kind, r.id), None) for r in found]
    older = rows[PAGE - 1][0] if len(rows) > PAGE else ""
    values: dict[str, Any] = {"kind": kind, "shown": SHOWN, "show": show, "rows": rows[:PAGE], "older": older, "here_path": home(kind)}
    tab = "policies" if kind is Kind.POLICY else "trainings"
    return show_page(desk, "publish.html.j2", seat, tab=tab, said=_said(said), **values)


def _standing(county_id: str, kind: Kind, now: bool, today: date, before: str) -> sa.Select[Any]:
    """Ask for what stands, or is over: taken away, or a course that has ended; the last written first."""
    where = [record.c.county_id == county_id, record.c.entity == kind, *([record.c.id < before] if before else [])]
    there: sa.ColumnElement[bool] = record.c.data.is_not(None)
    if kind is Kind.TRAINING:
        ends_on = sa.cast(record.c.data["starts_on"].astext, sa.Date) + record.c.data["days"].as_integer()
        there = sa.and_(there, ends_on > today)
    query = sa.select(record.c.id, record.c.data).where(*where, there if now else sa.not_(sa.func.coalesce(there, sa.false())))
    return query.order_by(record.c.id.desc()).limit(PAGE + 1)


def _last_content(connection: sa.Connection, county_id: str, kind: Kind, subject: str) -> Mapping[str, Any]:
    """Give what stood last of something that was taken away."""
    ours = (edition.c.county_id == county_id, edition.c.kind == kind, edition.c.id == subject, edition.c.content.is_not(None))
    return connection.scalar(sa.select(edition.c.content).where(*ours).order_by(edition.c.number.desc()).limit(1)) or {}


def _looks(made: Policy | Training, now: datetime) -> list[preview.Look]:
    return preview.policy(made) if isinstance(made, Policy) else preview.training(made, local(now).date())


def _one(
    desk: Counter,
    seat: Seat,
    kind: Kind,
    record_id: str,
    *,
    number: int = 0,
    typed: Mapping[str, str] | None = None,
    base: int | None = None,
    looks: list[preview.Look] | None = None,
    troubles: Mapping[str, str] | None = None,
    stale: bool = False,
) -> HTMLResponse:
    now, stands, past = desk.clock(), None, list[tuple[Edition, str]]()
    with desk.engine.connect() as connection:
        if record_id:
            this = (record.c.county_id == desk.county_id, record.c.entity == kind, record.c.id == record_id)
            stands = connection.scalar(sa.select(record.c.data).where(*this))
            past = list(editions.history(connection, desk.county_id, kind, record_id))
    content = next((e.content for e, _ in past if e.number == number), None) if number else None
    content = content or next((e.content for e, _ in past if e.content and e.state is not editions.State.WITHDRAWN), None) or stands
    if record_id and content is None:
        raise NotFound(f"{kind} {record_id}")
    if typed is None and content is not None:
        found = record_of(kind, record_id, content)
        typed, looks = typed_of(found) | {"effective_on": f"{local(now):%Y-%m-%d}"}, _looks(found, now)
    waits = next((e for e, _ in past if e.content and e.content is content and e.state is editions.State.WAITING), None)
    newest = past[0][0].number if past else 0
    values = {
        "kind": kind,
        "id": record_id,
        "number": number,
        "waits": waits,
        "stands": stands is not None,
        "past": past,
        "base": base if base is not None and not stale else newest,
        "newest": newest,
        "typed": typed or {},
        "troubles": troubles or {},
        "stale": stale,
        "looks": looks or [],
        "long": LONG,
        "most": MOST,
        "fields": FIELDS[kind],
        "today": local(now).date(),
    }
    status = 409 if stale else 422 if troubles else 200
    return show_page(desk, "publish_one.html.j2", seat, status, tab="policies" if kind is Kind.POLICY else "trainings", **values)


def _notice_form(
    desk: Counter,
    seat: Seat,
    typed: Mapping[str, str],
    troubles: Mapping[str, str] | None = None,
    looks: list[preview.Look] | None = None,
) -> HTMLResponse:
    values = {"typed": typed, "troubles": troubles or {}, "looks": looks or [], "title_most": TITLE_MOST, "body_most": BODY_MOST}
    return show_page(desk, "publish_notice_form.html.j2", seat, 422 if troubles else 200, tab="notices", **values)
