"""What the hub writes down: one JSON line a request, and its own troubles. Never what was sent, never a path's values, never a person.

An error's text may hold what somebody typed (a database quotes it), so of an error only its kind and the lines of code are written. Who
asked from where is the proxy's to note: the law wants that kept for six months.
"""

import asyncio
import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.county import metrics

log = logging.getLogger("kiosk.county.requests")
BODY_S = 60.0
"""So long a request may take to arrive whole."""
DEVICE = "device"


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Say a record without the text of any error."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, object] = {"at": at, "level": record.levelname.lower(), "from": record.name}
        request = getattr(record, "request", None)
        if request is not None:
            line |= request
        else:
            line["text"] = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["where"] = [f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)][-12:]
        return json.dumps(line, ensure_ascii=False)


def configure() -> None:
    """Write everything as JSON lines to standard output: the service's journal keeps it."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(logging.INFO)


class Observed:
    """Counts, times and writes down every request, and gives up on one that does not arrive."""

    def __init__(self, app: ASGIApp, body_s: float = BODY_S) -> None:
        self._app, self._body_s = app, body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, whole = time.monotonic(), 0, False

        async def in_time() -> Message:
            nonlocal whole
            if whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, started + self._body_s - time.monotonic()))
            except TimeoutError:
                raise HTTPException(408) from None
            whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, in_time, told)
        except Exception:
            status = status or 500
            raise
        finally:
            self._note(scope, status, time.monotonic() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "-")
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "-"
        metrics.REQUESTS.labels(method, route, status).inc()
        metrics.DURATION.labels(route).observe(seconds)
        request = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        log.info("", extra={"request": request | {k: v for k, v in scope.get("state", {}).items() if k == DEVICE}})
