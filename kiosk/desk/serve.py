"""Serves the desk page over TLS in a thread of the agent. Owns starting and stopping; knows no page."""

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from kiosk.desk.app import make_app
from kiosk.desk.certificate import make_certificate
from kiosk.services.station import Here

STOP_S = 3


class _Server(uvicorn.Server):
    """Lets no browser that does not say goodbye keep its half of the line, which TLS would wait for. `alive` is called as it goes round."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.alive: Callable[[], None] = lambda: None

    async def on_tick(self, counter: int) -> bool:
        self.alive()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # closed a second time by uvicorn, a transport could not be aborted any more
        self._abort([c for c in self.server_state.connections if c.transport is not None and c.transport.is_closing()])
        await super().shutdown(sockets)
        self._abort(list(self.server_state.connections))
        await asyncio.sleep(0)

    @staticmethod
    def _abort(connections: list[Any]) -> None:
        for connection in connections:
            if connection.transport is not None:
                connection.transport.abort()


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
            # nobody stands before us: a header must not say who calls
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_S,
        )
        self._server = _Server(config)

    def run(self, stop: threading.Event, alive: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop`, calling `alive` ten times a second; raise OSError when the port cannot be had."""
        self._server.alive = alive

        def watch() -> None:
            stop.wait()
            self._server.should_exit = True

        threading.Thread(target=watch, daemon=True, name="desk-stop").start()
        try:
            # signals belong to the agent: uvicorn takes them only in the main thread
            self._server.run()
        except SystemExit:
            raise OSError("the desk's port cannot be had") from None
