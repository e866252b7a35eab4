"""Refuses request bodies beyond the protocol's limit before they are in memory. Knows ASGI and nothing else of the hub."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.sync.protocol import BODY_MAX_BYTES


class BodyLimit:
    """Counts what comes in, whatever the header promised."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; reading beyond the limit raises 413 inside the route."""
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_MAX_BYTES:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
