"""The phone pages as web addresses: what is asked for, what is sent, and the page as HTML. What stands there is `phone`'s."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.types import ASGIApp, Receive, Scope, Send

from kiosk.county import phone_files, phone_page
from kiosk.county.limits import TooOftenError, source
from kiosk.county.phone import PhoneDesk
from kiosk.county.phone_files import PhoneFile, open_picture, open_proof
from kiosk.county.phone_page import Page, Sent
from kiosk.county.settings import HubSettings
from kiosk.domain.ticket import PATH
from kiosk.text import t

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
FORM_FIELDS_MAX, FIELD_MAX = 10, 60
FOR_EVER = "public, max-age=31536000, immutable"


class Anything(PathConvertor):
    """The rest of an address, line ends included: somebody stands before whatever a scanner made of it."""

    regex = "(?s:.*)"


register_url_convertor("anything", Anything())


def add_pages(app: FastAPI, engine: sa.Engine, settings: HubSettings, desk: PhoneDesk, clock: Callable[[], datetime]) -> None:
    """Serve the phone pages, and the files that settings name for them; raise ConfigError."""
    picture, proof = open_picture(settings.mini_program_picture), open_proof(settings.wechat_file)
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    templates.globals |= {"t": t}
    template = templates.get_template("phone.html.j2")

    def page(made: Page) -> HTMLResponse:
        return HTMLResponse(template.render(page=made, picture=code_path() if made.status != 503 else ""), made.status, PAGE_HEADERS)

    def code_path() -> str:
        """Give where the mini-program's code is to be had: what the county published before what settings name."""
        with suppress(sa.exc.SQLAlchemyError), engine.connect() as connection:
            published = phone_files.published_path(connection, settings.county, clock())
            if published is not None:
                return published
        return picture.path if picture else ""

    def serve(file: PhoneFile, folder: str, keep: str) -> None:
        @app.api_route(folder + file.path, methods=["GET", "HEAD"], include_in_schema=False)
        def give() -> Response:
            return Response(file.body, media_type=file.kind, headers={"Cache-Control": keep})

    if picture is not None:
        serve(picture, "", FOR_EVER)

    @app.api_route(phone_files.FOLDER + "{name}", methods=["GET", "HEAD"], include_in_schema=False)
    def published_code(name: str) -> Response:
        with engine.connect() as connection:
            file = phone_files.published(connection, settings.county, name)
        if file is None:
            return Response(status_code=404)
        return Response(file.body, media_type=file.kind, headers={"Cache-Control": FOR_EVER})

    if proof is not None:
        serve(proof, PATH.rstrip("/"), "no-store")
        serve(proof, "", "no-store")

    @app.api_route(PATH + "{token:anything}", methods=["GET", "HEAD"], include_in_schema=False)
    def ticket_page(token: str) -> Response:
        try:
            with engine.connect() as connection:
                return page(desk.page(connection, token, clock()))
        except sa.exc.SQLAlchemyError:
            return page(phone_page.unavailable())

    @app.post(PATH + "{token:anything}", include_in_schema=False)
    async def ticket_form(token: str, request: Request) -> Response:
        async with request.form(max_files=0, max_fields=FORM_FIELDS_MAX) as fields:
            sent = Sent(**{name: _plain(fields.get(name)) for name in Sent.__dataclass_fields__})
        who = source(request)

        def act() -> Response:
            try:
                with engine.begin() as connection:
                    return page(desk.send(connection, token, sent, who, clock()))
            except sa.exc.SQLAlchemyError:
                return page(phone_page.unavailable())

        return await run_in_threadpool(act)

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    def front_page() -> Response:
        return page(phone_page.front())


class PhoneLimit:
    """Turns away an address from which too many pages are asked for; while the database is gone, nobody counts."""

    def __init__(self, app: ASGIApp, count: Callable[[Request], None]) -> None:
        self._app, self._count = app, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it is too many."""
        if scope["type"] == "http" and (scope["path"] == "/" or scope["path"].startswith(PATH)):
            try:
                await run_in_threadpool(self._count, Request(scope))
            except TooOftenError as error:
                words = t("phone.unavailable.text")
                answer = Response(words, 429, {**PAGE_HEADERS, "Retry-After": str(error.wait_s)}, "text/plain; charset=utf-8")
                await answer(scope, receive, send)
                return
            except sa.exc.SQLAlchemyError:
                pass
        await self._app(scope, receive, send)


def _plain(typed: object) -> str:
    """Give what was typed into a field, short and without what no field needs."""
    return "".join(c for c in typed[:FIELD_MAX] if c.isprintable()) if isinstance(typed, str) else ""
