"""The console's web application below /console: its headers, and how every failure is said. What a page does stands in its room."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from kiosk.county import limits
from kiosk.county.console import (
    alike,
    assessment,
    counted,
    door,
    employers,
    exports,
    fleet,
    handed_back,
    handed_in,
    listings,
    people,
    publish_code,
    publish_papers,
    publish_sheets,
    publishing,
    report,
    sampling,
    stations,
    today,
    users,
)
from kiosk.county.console.accounts import Accounts
from kiosk.county.console.counter import ROOT, Counter, NotSeatedError, counter_of
from kiosk.county.limits import TooOftenError
from kiosk.county.rulings import Rulings
from kiosk.county.settings import HubSettings
from kiosk.county.vault import Vault
from kiosk.errors import BadInput, KioskError, NotAllowed, NotFound, WrongState
from kiosk.text import t
from kiosk.web.forms import StrangeFormError
from kiosk.web.pages import STYLE, answered, go, make_templates

TEMPLATES = Path(__file__).parent / "templates"
ROOMS = (
    door,
    today,
    stations,
    fleet,
    handed_back,
    listings,
    employers,
    alike,
    people,
    publish_sheets,
    publish_code,
    publish_papers,
    publishing,
    assessment,
    handed_in,
    sampling,
    counted,
    report,
    exports,
    users,
)
PAGES = 600
"""A minute, from one address: a whole office stands behind it."""


def make_console(
    engine: sa.Engine, reading: sa.Engine, settings: HubSettings, vault: Vault, rulings: Rulings, clock: Callable[[], datetime]
) -> FastAPI:
    """Make the console of one county."""
    app = FastAPI(title="console", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(_count)])
    accounts = Accounts(settings.county, vault)
    counter = app.state.counter = Counter(engine, reading, settings, accounts, rulings, make_templates(TEMPLATES), clock)

    @app.middleware("http")
    async def headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Let only this site's own forms in, and send the headers that keep a browser honest."""
        return await answered(request, call_next, lambda status, key: _sorry(counter, status, t(key)))

    _add_errors(app, counter)
    for room in ROOMS:
        app.include_router(room.router)

    @app.get("/style.css")
    def style() -> FileResponse:
        """Give the one style sheet."""
        return FileResponse(STYLE, media_type="text/css")

    return app


def _count(request: Request) -> None:
    """Count a page that was asked for; raise TooOftenError."""
    counter = counter_of(request)
    with counter.engine.begin() as connection:
        limits.count(connection, counter.county_id, "console " + limits.source(request), PAGES, counter.clock())


def _sorry(counter: Counter, status: int, sentence: str) -> HTMLResponse:
    return counter.show("sorry.html.j2", status=status, title=t("desk.sorry"), sentence=sentence)


def _add_errors(app: FastAPI, counter: Counter) -> None:
    @app.exception_handler(NotSeatedError)
    def not_seated(_: Request, __: Exception) -> Response:
        return go(f"{ROOT}/sign-in")

    @app.exception_handler(StrangeFormError)
    def strange(_: Request, __: Exception) -> Response:
        return _sorry(counter, 403, t("desk.strange"))

    @app.exception_handler(KioskError)
    def ours(_: Request, error: Exception) -> Response:
        if isinstance(error, BadInput):
            return _sorry(counter, 422, t(error.key, **error.words))
        said = {NotFound: (404, "desk.no_page"), NotAllowed: (403, "console.not_allowed"), WrongState: (409, "desk.changed")}
        status, key = next((said[kind] for kind in said if isinstance(error, kind)), (503, "console.failed"))
        return _sorry(counter, status, t(key))

    @app.exception_handler(TooOftenError)
    def too_often(_: Request, __: Exception) -> Response:
        return _sorry(counter, 429, t("console.too_often"))

    @app.exception_handler(RequestValidationError)
    @app.exception_handler(sa.exc.DataError)
    def invalid(_: Request, __: Exception) -> Response:
        return _sorry(counter, 422, t("desk.strange"))

    @app.exception_handler(sa.exc.OperationalError)
    @app.exception_handler(sa.exc.InterfaceError)
    @app.exception_handler(sa.exc.TimeoutError)
    def away(_: Request, __: Exception) -> Response:
        return _sorry(counter, 503, t("console.failed"))

    @app.exception_handler(HTTPException)
    def http(_: Request, error: Any) -> Response:
        return _sorry(counter, error.status_code, t({400: "desk.strange", 413: "console.too_large"}.get(error.status_code, "desk.no_page")))
