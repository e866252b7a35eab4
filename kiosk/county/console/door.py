"""The console's door: signing in with a password and the app's digits, taking up an invitation, leaving."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from kiosk import qr
from kiosk.county.console.counter import COOKIE, ROOT, Counter, Desk, Form, Unsigned, local
from kiosk.errors import BadInput, LockedOut, NotAllowed
from kiosk.text import t
from kiosk.web.forms import Fields
from kiosk.web.pages import go

router = APIRouter()
TYPED_MAX = 200


@router.get("/sign-in")
def ask(desk: Desk) -> HTMLResponse:
    """Ask who it is."""
    return _ask(desk)


@router.post("/sign-in")
def enter(request: Request, desk: Desk, form: Unsigned) -> Response:
    """Seat whoever knows password and digits. A try is counted first and on its own, so that a wrong one stays counted."""
    login, password, digits = form.text("login"), _secret(form, "password"), form.text("digits")
    try:
        with desk.engine.begin() as connection:
            desk.accounts.count_try(connection, desk.clock(), login)
        with desk.engine.begin() as connection:
            secret = desk.accounts.sign_in(connection, desk.clock(), login, password, digits)
    except LockedOut as error:
        return _ask(desk, login, t("desk.locked", time=f"{local(error.until):%H:%M:%S}"))
    except NotAllowed:
        return _ask(desk, login, t("console.sign_in.wrong"))
    response = go(f"{ROOT}/")
    response.set_cookie(COOKIE, secret, path=ROOT, secure=request.url.scheme == "https", httponly=True, samesite="strict")
    return response


@router.post("/sign-out")
def leave(request: Request, desk: Desk, form: Form) -> Response:
    """Free the seat."""
    with desk.engine.begin() as connection:
        desk.accounts.leave(connection, request.cookies.get(COOKIE, ""))
        desk.audit(connection, form.seat, "sign_out", form.seat.user.id)
    response = go(f"{ROOT}/sign-in")
    response.delete_cookie(COOKIE, path=ROOT)
    return response


@router.get("/join")
def ask_invitation(desk: Desk) -> HTMLResponse:
    """Ask for the invitation that the county centre gave."""
    return desk.show("join.html.j2", title=t("console.join.title"), login="", trouble="")


@router.post("/join")
def open_invitation(desk: Desk, form: Unsigned) -> HTMLResponse:
    """Show what the app must read, and ask for a password and its first digits."""
    return _joining(desk, form.text("login"), form.text("code"))


@router.post("/join/finish")
def join(desk: Desk, form: Unsigned) -> Response:
    """Take the account into use; what was wrong is said, and the code for the app stays the same."""
    login, code = form.text("login"), form.text("code")
    password, again = _secret(form, "password"), _secret(form, "again")
    try:
        if password != again:
            raise BadInput("again", "bad.console.again")
        with desk.engine.begin() as connection:
            desk.accounts.join(connection, desk.clock(), login, code, password, form.text("digits"))
    except BadInput as error:
        return _joining(desk, login, code, {error.field: t(error.key, **error.words)})
    except NotAllowed:
        return _wrong_invitation(desk, login)
    return go(f"{ROOT}/sign-in")


def _ask(desk: Counter, login: str = "", trouble: str = "") -> HTMLResponse:
    return desk.show("sign_in.html.j2", status=403 if trouble else 200, title=t("console.sign_in.title"), login=login, trouble=trouble)


def _joining(desk: Counter, login: str, code: str, troubles: dict[str, str] | None = None) -> HTMLResponse:
    try:
        with desk.engine.begin() as connection:
            secret, address = desk.accounts.open_invite(connection, desk.clock(), login, code)
    except NotAllowed:
        return _wrong_invitation(desk, login)
    dots, size = qr.path(address)
    values = {"login": login, "code": code, "secret": secret, "dots": dots, "size": size, "troubles": troubles or {}}
    return desk.show("joining.html.j2", None, 422 if troubles else 200, title=t("console.join.title"), **values)


def _wrong_invitation(desk: Counter, login: str) -> HTMLResponse:
    return desk.show("join.html.j2", status=403, title=t("console.join.title"), login=login, trouble=t("console.join.wrong"))


def _secret(form: Fields, name: str) -> str:
    """Give a password as it was typed, blanks and all."""
    value = form.fields.get(name, "")
    return value[:TYPED_MAX] if isinstance(value, str) else ""
