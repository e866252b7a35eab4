"""Refuses request bodies that are too long before they are in memory, and opens deflated ones. Knows ASGI and nothing of who serves."""

import re
import zlib
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GZIP = 31


class BodyLimit:
    """Counts what comes in, whatever the header promised; `most` bytes may, also of what a gzip body opens to.

    `more` says for some paths, by a pattern of the whole path, that so many bytes may.
    """

    def __init__(self, app: ASGIApp, most: int, more: Mapping[str, int] | None = None) -> None:
        self._app, self._most, self._more = app, most, more or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; reading beyond the limit raises 413 inside the route, a body that is not gzip though it says so 400."""
        packed = scope["type"] == "http" and Headers(scope=scope).get("content-encoding") == "gzip"
        opener = zlib.decompressobj(GZIP) if packed else None
        taken = 0
        most = next((many for path, many in self._more.items() if re.fullmatch(path, scope.get("path", ""))), self._most)

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            body = message.get("body", b"")
            if opener is not None and message["type"] == "http.request":
                try:
                    body = opener.decompress(body, most - taken + 1)
                except zlib.error:
                    raise HTTPException(400) from None
                message = {**message, "body": body}
            taken += len(body)
            if taken > most:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
