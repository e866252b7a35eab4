"""How our pages leave: their headers, templates and one style sheet, files to keep, and no form from elsewhere. Owns no page.

Nothing is loaded from outside, no script runs, nothing is kept in a browser.
"""

import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

log = logging.getLogger(__name__)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
STYLE = Path(__file__).parent / "style.css"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""What may be taken from a page, by the ending of its name."""


def make_templates(folder: Path) -> Environment:
    """Open the templates of a folder: escaped, and strict about names."""
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def download(file: tuple[str, bytes]) -> Response:
    """Give a file, named and whole, to be kept under its own name."""
    name, content = file
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=TYPES[name.rsplit(".", 1)[-1]], headers=headers)


def go(path: str) -> RedirectResponse:
    """Send the browser on, so that loading a page again acts no second time."""
    return RedirectResponse(path, 303)


def foreign(request: Request) -> bool:
    """Say whether a page of another site made this request: nobody elsewhere may act through a colleague's browser."""
    if request.method in ("GET", "HEAD"):
        return False
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
    return site in ("cross-site", "same-site") or (origin is not None and urlsplit(origin).netloc != request.headers.get("host"))


async def answered(
    request: Request, call_next: Callable[[Request], Awaitable[Response]], sorry: Callable[[int, str], Response]
) -> Response:
    """Answer a request with our headers; `sorry(status, key)` draws the calm page for a foreign form and for every failure."""
    if foreign(request):
        response = sorry(403, "desk.strange")
    else:
        try:
            response = await call_next(request)
        except Exception as error:  # noqa: BLE001 - every failure ends in a calm page
            # its text may hold what a person typed: only what it is and where it happened is logged
            at = traceback.extract_tb(error.__traceback__)[-1]
            log.error("%s in %s, %s line %s", type(error).__name__, at.name, Path(at.filename).name, at.lineno)
            response = sorry(500, "desk.failed")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
