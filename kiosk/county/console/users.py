"""账号 and 操作记录: who may sign in, invitations and shutting out; and what everybody did, newest first."""

from collections.abc import Sequence
from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from kiosk.county import standing
from kiosk.county.boards import told
from kiosk.county.console import audit
from kiosk.county.console.accounts import Seat
from kiosk.county.console.audit import Fact
from kiosk.county.console.counter import ROOT, Counter, Desk, Form, Seated
from kiosk.county.console.roles import COUNTY_ROLES, Role
from kiosk.county.schema import record
from kiosk.errors import BadInput
from kiosk.text import t, words
from kiosk.web.pages import go

router = APIRouter()
FIELDS = ("login", "name", "role", "station_id")
ACTS_A_PAGE = 50
NAMED = ("station", "listing", "policy", "training", "notice")
CHECKED = 1000


@router.get("/users")
def show(desk: Desk, seat: Seated) -> HTMLResponse:
    """Show every account, and an empty form for a new one."""
    return _page(desk, seat)


@router.post("/users")
def add(desk: Desk, form: Form) -> Response:
    """Make an account and show its invitation, this once."""
    form.seat.need(Role.CENTRE)
    typed = {name: form.text(name) for name in FIELDS}
    try:
        role = Role(typed["role"]) if typed["role"] in set(Role) else None
        if role is None:
            raise BadInput("role", "bad.console.role")
        station_id = (typed["station_id"] or None) if role is Role.TOWNSHIP else None
        with desk.engine.begin() as connection:
            if station_id is not None and station_id not in {one.id for one in standing.stations(connection, desk.county_id)}:
                raise BadInput("station_id", "bad.console.township")
            added = (typed["login"], typed["name"], role, station_id)
            _, code = desk.accounts.add(connection, desk.clock(), form.seat.user.id, *added)
    except BadInput as error:
        return _page(desk, form.seat, troubles={error.field: t(error.key, **error.words)}, typed=typed)
    return _page(desk, form.seat, invitation=(typed["login"].lower(), code))


@router.post("/users/{user_id}/invite")
def invite(desk: Desk, form: Form, user_id: str) -> Response:
    """Give somebody a new invitation: a lost telephone, a forgotten password."""
    form.seat.need(Role.CENTRE)
    with desk.engine.begin() as connection:
        code = desk.accounts.invite(connection, desk.clock(), form.seat.user.id, user_id)
        login = next(user.login for user in desk.accounts.all(connection) if user.id == user_id)
    return _page(desk, form.seat, invitation=(login, code))


@router.post("/users/{user_id}/shut-out")
def shut_out(desk: Desk, form: Form, user_id: str) -> Response:
    """End an account."""
    form.seat.need(Role.CENTRE)
    with desk.engine.begin() as connection:
        desk.accounts.shut_out(connection, desk.clock(), form.seat.user.id, user_id)
    return go(f"{ROOT}/users")


@router.get("/acts")
def show_acts(desk: Desk, seat: Seated, before: Annotated[int | None, Query(ge=1, le=2**53)] = None, whole: bool = False) -> HTMLResponse:
    """Show what was done, and say whether anybody rewrote it: of the newest each time, of all when asked."""
    seat.need(*COUNTY_ROLES)
    with desk.reading.connect() as connection:
        found = audit.acts(connection, desk.county_id, before=before, most=ACTS_A_PAGE + 1)
        broken = audit.broken_at(connection, desk.county_id, None if whole else CHECKED) if before is None else None
        named = [act.facts["station"] for act in found if "station" in act.facts]
        about = _about(connection, desk, [act.subject for act in found] + [str(one) for one in named])
    older = found[ACTS_A_PAGE - 1].number if len(found) > ACTS_A_PAGE else None
    return desk.show(
        "acts.html.j2", seat, here="acts", acts=found[:ACTS_A_PAGE], older=older, broken=broken, whole=whole, about=about, say=_say
    )


def _about(connection: sa.Connection, desk: Counter, ids: Sequence[str]) -> dict[str, str]:
    """Name what acts were done to, where it has a name that is nobody's: accounts, stations and their terminals, what is published."""
    title = sa.func.coalesce(record.c.data["title"].astext, record.c.data["name"].astext)
    ours = (record.c.county_id == desk.county_id, record.c.entity.in_(NAMED), record.c.id.in_(ids))
    found = {row.id: row.title for row in connection.execute(sa.select(record.c.id, title.label("title")).where(*ours))}
    found |= {user.id: user.name for user in desk.accounts.all(connection)}
    found |= {one: t(f"sheet.{one}") for one in ids if f"sheet.{one}" in words()}
    return found | {one.device_id: one.station for one in told(connection, desk.county_id)}


def _say(of: str, code: Fact) -> str:
    """Say a fact's name or value in words, where there are some."""
    key = f"console.{of}.{code}"
    return t(key) if key in words() else str(code)


def _page(
    desk: Counter,
    seat: Seat,
    *,
    troubles: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    invitation: tuple[str, str] | None = None,
) -> HTMLResponse:
    seat.need(Role.CENTRE)
    with desk.engine.connect() as connection:
        users, stations = desk.accounts.all(connection), standing.stations(connection, desk.county_id)
    names = {one.id: one.name for one in stations}
    values = {"users": users, "stations": names.items(), "names": names, "roles": list(Role), "invitation": invitation}
    blank = dict.fromkeys(FIELDS, "")
    return desk.show("users.html.j2", seat, 422 if troubles else 200, here="users", troubles=troubles or {}, typed=typed or blank, **values)
