"""The desk's web application: doors, headers, and how every failure is said. What a page does stands in the module of its room.

Served on the station's own network only, over TLS, when settings switch it on. No script, no outside address, nothing kept in a browser.
"""

import ipaddress
import logging
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi import Form as FormField
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from kiosk.body_limit import BodyLimit
from kiosk.desk import assessment, employers, follow_up, importing, notices, papers, review, today
from kiosk.desk.counter import COOKIE, Counter, Desk, Form, NotSeatedError
from kiosk.desk.seats import Seats
from kiosk.errors import BadInput, KioskError, LockedOut, NotAllowed, NotFound, StoreBusy, WrongState
from kiosk.services.call import answer_calls
from kiosk.services.sign_in import hand_over, sign_in, staff_names
from kiosk.services.station import Here, local
from kiosk.text import t
from kiosk.web.forms import FILE_MAX, StrangeFormError
from kiosk.web.pages import STYLE, answered, go, make_templates

log = logging.getLogger(__name__)
ROOMS = (today, review, importing, follow_up, employers, notices, papers, assessment)
ROOM_FOR_FIELDS = 64 * 1024
TEMPLATES = Path(__file__).parent / "templates"


def make_app(here: Here) -> FastAPI:
    """Make the desk of one station."""
    app = FastAPI(title="desk", docs_url=None, redoc_url=None, openapi_url=None)
    counter = app.state.counter = Counter(here, Seats(), make_templates(TEMPLATES))
    app.add_middleware(BodyLimit, most=FILE_MAX + ROOM_FOR_FIELDS)
    _add_errors(app, counter)
    _add_doors(app, counter)
    _add_sign_in(app)
    for room in ROOMS:
        app.include_router(room.router)

    @app.get("/style.css")
    def style() -> FileResponse:
        """Give the one style sheet."""
        return FileResponse(STYLE, media_type="text/css")

    return app


def at_home(address: str) -> bool:
    """Say whether a peer is on the station's own network: loopback, private or link-local, never a routable address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return ip.is_loopback or ip.is_private or ip.is_link_local


def _add_doors(app: FastAPI, counter: Counter) -> None:
    @app.middleware("http")
    async def door(request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Let only the station's own network and this site's own forms in, and send the headers that keep a browser honest."""
        if request.client is None or not at_home(request.client.host):
            return Response(status_code=403)
        return await answered(request, call_next, lambda status, key: _sorry(counter, status, t(key)))


def _sorry(counter: Counter, status: int, sentence: str) -> HTMLResponse:
    return counter.show("sorry.html.j2", status=status, title=t("desk.sorry"), sentence=sentence)


def _add_errors(app: FastAPI, counter: Counter) -> None:
    def sorry(status: int, sentence: str) -> HTMLResponse:
        return _sorry(counter, status, sentence)

    @app.exception_handler(NotSeatedError)
    def not_seated(_: Request, __: Exception) -> Response:
        return go("/sign-in")

    @app.exception_handler(StrangeFormError)
    def strange(_: Request, __: Exception) -> Response:
        return sorry(403, t("desk.strange"))

    @app.exception_handler(KioskError)
    def ours(_: Request, error: Exception) -> Response:
        for kind, status, key in SAID:
            if isinstance(error, kind):
                words = t(error.key, **error.words) if isinstance(error, BadInput) else t(key)
                return sorry(status, words)
        log.error("%s", type(error).__name__)
        return sorry(503, t("desk.failed"))

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, __: Exception) -> Response:
        return sorry(422, t("desk.strange"))

    @app.exception_handler(HTTPException)
    def http(_: Request, error: Any) -> Response:
        return sorry(error.status_code, t({400: "desk.strange", 413: "desk.too_large"}.get(error.status_code, "desk.no_page")))


SAID: tuple[tuple[type[KioskError], int, str], ...] = (
    (BadInput, 422, ""),
    (NotFound, 404, "desk.no_page"),
    (NotAllowed, 403, "desk.not_allowed"),
    (WrongState, 409, "desk.changed"),
    (StoreBusy, 503, "desk.busy"),
)


def _add_sign_in(app: FastAPI) -> None:
    @app.get("/sign-in")
    def ask(desk: Desk) -> HTMLResponse:
        """Ask who it is."""
        return desk.show("sign_in.html.j2", title=t("sign_in.title"), people=staff_names(desk.here), chosen="", trouble="")

    @app.post("/sign-in")
    def enter(desk: Desk, staff_id: Annotated[str, FormField()] = "", pin: Annotated[str, FormField()] = "") -> Response:
        """Seat somebody with a right PIN; every wrong one counts, as at the terminal."""
        try:
            session = sign_in(desk.here, staff_id, pin)
        except LockedOut as error:
            trouble = t("desk.locked", time=f"{local(error.until):%H:%M:%S}")
        except (NotAllowed, NotFound):
            trouble = t("sign_in.wrong")
        else:
            answer_calls(desk.here, session)
            response = go("/")
            secret = desk.seats.take(session, desk.pin_of(session.staff_id), desk.here.now())
            response.set_cookie(COOKIE, secret, secure=True, httponly=True, samesite="strict")
            return response
        people = staff_names(desk.here)
        return desk.show("sign_in.html.j2", status=403, title=t("sign_in.title"), people=people, chosen=staff_id, trouble=trouble)

    @app.post("/sign-out")
    def leave(request: Request, desk: Desk, form: Form) -> Response:
        """Free the seat: done, or the next colleague takes over."""
        hand_over(desk.here, form.seat.session)
        desk.seats.leave(request.cookies.get(COOKIE, ""))
        response = go("/sign-in")
        response.delete_cookie(COOKIE)
        return response
