"""The processes that answer: one listening socket, so many workers behind it, each started again when it dies. Owns no route and no table.

A worker that is killed costs its own requests, nothing else: everything stands in the database. Workers end with their parent.
"""

import asyncio
import errno
import gc
import logging
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import wait
from types import FrameType
from typing import Any

import sqlalchemy as sa
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk.county.app import make_app
from kiosk.county.authority import server_context
from kiosk.county.logs import configure
from kiosk.county.metrics import FOLDER
from kiosk.county.settings import HubSettings
from kiosk.domain.matching import AreaTable

log = logging.getLogger(__name__)

STOP_S = 3
HEAD_S = 20.0
KEEP_ALIVE_S = 75
"""Longer than the proxy keeps a line (deploy/county/nginx-county.conf): it must not ask on one that we are about to close."""
BACKLOG = 1024
CONNECTIONS_MAX = 8192
AGAIN_S = 1.0
ORPHANS_S = STOP_S + 7.0
"""So long the port is waited for: workers of a hub that was killed answer to the end what they had begun."""
REST_TIMES = 3
"""After tending, rest so many times as long as it took: when all stations come at once, they go first."""
LOOK_TICKS = 600
"""A minute, in ticks of uvicorn's: so often the certificate is looked at."""


class HubProtocol(H11Protocol):
    """Hangs up on whoever takes too long to say what he wants; uvicorn alone would wait for ever."""

    head_s = HEAD_S
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._late = self.loop.call_later(self.head_s, transport.close)

    def data_received(self, data: bytes) -> None:
        """Wait for the rest of a request's head, and no longer once it is there."""
        if self._late is None and self._idle():
            self._late = self.loop.call_later(self.head_s, self.transport.close)
        super().data_received(data)
        if not self._idle():
            self._enough()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._enough()
        super().connection_lost(exc)

    def _idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _enough(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class HubServer(uvicorn.Server):
    """Lets waiting pulls go before it waits for them, and takes a renewed certificate without a restart."""

    def __init__(self, settings: HubSettings, sheets: Mapping[str, str] | None, areas: AreaTable | None) -> None:
        app = make_app(settings, sheets=sheets, areas=areas)
        self._context = server_context(settings) if settings.serves_tls else None
        context: dict[str, Any] = {"ssl_context_factory": lambda *_: self._context} if self._context else {}
        config = uvicorn.Config(
            app,
            http=HubProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_S,
            forwarded_allow_ips=settings.trusted_proxy,
            **context,
        )
        super().__init__(config)
        self._close, self._settings, self._read_at = app.state.bell.close, settings, time.time()
        # what was made until here stays: looking it through took every fourth large page 130 ms
        gc.collect()
        gc.freeze()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take SIGINT or SIGTERM."""
        self._close()
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Look at the certificate now and then."""
        if self._context is not None and counter % LOOK_TICKS == 0:
            with suppress(OSError):
                changed_at = self._settings.certificate_path.stat().st_mtime
                if changed_at > self._read_at:
                    self._context.load_cert_chain(self._settings.certificate_path, self._settings.certificate_key_path)
                    self._read_at = changed_at
        return await super().on_tick(counter)


def listen(settings: HubSettings) -> socket.socket:
    """Take the port; raise OSError.

    The protocol is named: asyncio leaves Nagle's algorithm on where it is not, and every answer takes 40 ms (measured).
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    until = time.monotonic() + ORPHANS_S
    while True:
        try:
            listener.bind((settings.host, settings.port))
            return listener
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > until:
                listener.close()
                raise
        time.sleep(AGAIN_S)


def run(
    settings: HubSettings, sheets: Mapping[str, str] | None, areas: AreaTable | None, tend: Callable[[], None], tend_every_s: float
) -> None:
    """Serve until SIGINT or SIGTERM; meanwhile `tend` is called in a thread of its own, again and again."""
    with listen(settings) as listener:
        over = threading.Event()
        tending = threading.Thread(target=_tend, args=(tend, tend_every_s, over), daemon=True)
        tending.start()
        try:
            if settings.workers == 1:
                configure()
                with suppress(KeyboardInterrupt):
                    HubServer(settings, sheets, areas).run([listener])
            else:
                with tempfile.TemporaryDirectory(prefix="kiosk-hub-metrics-") as folder:
                    _Workers((settings, sheets, areas, listener), folder).run()
        finally:
            over.set()
            tending.join(tend_every_s)


def _tend(tend: Callable[[], None], every_s: float, over: threading.Event) -> None:
    rest_s = every_s
    while not over.wait(rest_s):
        began = time.monotonic()
        tend()
        rest_s = max(every_s, REST_TIMES * (time.monotonic() - began))


class _Workers:
    def __init__(self, work: tuple[HubSettings, Mapping[str, str] | None, AreaTable | None, socket.socket], folder: str) -> None:
        self._work = work
        self._make = multiprocessing.get_context("spawn").Process
        self._over = False
        os.environ[FOLDER] = folder

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(self, "_over", True))
        workers = [self._start() for _ in range(self._work[0].workers)]
        while not self._over:
            for sentinel in wait([worker.sentinel for worker in workers], AGAIN_S):
                dead = next(worker for worker in workers if worker.sentinel == sentinel)
                time.sleep(AGAIN_S)  # one that cannot start must not take the processor
                if not self._over:
                    workers[workers.index(dead)] = self._start()
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(STOP_S + 2)
            worker.kill()

    def _start(self) -> Any:
        worker = self._make(target=_serve, args=self._work)
        worker.start()
        return worker


def _serve(settings: HubSettings, sheets: Mapping[str, str] | None, areas: AreaTable | None, listener: socket.socket) -> None:
    """Serve in a worker's process, until told to stop or orphaned."""
    configure()
    parent = multiprocessing.parent_process()
    assert parent is not None
    try:
        server = HubServer(settings, sheets, areas)
    except sa.exc.OperationalError as error:  # being put back, or full: our parent tries again
        log.error("a worker cannot start: %s", type(error.orig).__name__)
        sys.exit(1)

    def outlive() -> None:
        wait([parent.sentinel])
        server.should_exit = True

    threading.Thread(target=outlive, daemon=True).start()
    server.run([listener])
