"""Serves the desk page over TLS in a thread of the agent. Owns starting and stopping; knows no page."""

import asyncio
import threading
from pathlib import Path

import uvicorn

from kiosk.desk.app import make_app
from kiosk.desk.certificate import make_certificate
from kiosk.services.station import Here

STOP_S = 3


class DeskServer:
    """The desk of one station at `host`:`port`; `folder` keeps its certificate."""

    def __init__(self, here: Here, host: str, port: int, folder: Path) -> None:
        certificate, key = make_certificate(folder, here.now())
        config = uvicorn.Config(
            make_app(here),
            host,
            port,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_S,
        )
        self._server = uvicorn.Server(config)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop`; raise OSError when the port cannot be had."""

        def watch() -> None:
            stop.wait()
            self._server.should_exit = True

        threading.Thread(target=watch, daemon=True, name="desk-stop").start()
        try:
            # signals belong to the agent: uvicorn takes them only in the main thread
            asyncio.run(self._serve())
        except SystemExit:
            raise OSError("the desk's port cannot be had") from None

    async def _serve(self) -> None:
        await self._server.serve()
        # a browser that does not say goodbye would keep its half of the line
        for left in list(self._server.server_state.connections):
            if left.transport is not None:
                left.transport.abort()
        await asyncio.sleep(0)
