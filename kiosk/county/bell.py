"""Wakes waiting pulls when something for them was committed: one LISTEN connection a process, none for a waiter. Knows no table.

A ring says only "look again": a lost one costs a look at the end of the wait, never a change.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy as sa

from kiosk.county.feed import CHANNEL

RECONNECT_S = 1.0
LINE: dict[str, Any] = {"connect_timeout": 5, "keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
"""How long is waited for a database that says nothing, in seconds: until it takes the call, and until it counts as gone on an open line."""


class Bell:
    """Listens in the background between `start` and `stop`, on the event loop that runs the waiters."""

    def __init__(self, conninfo: str, county_id: str, on_return: Callable[[], None] = lambda: None) -> None:
        """`on_return` runs in a thread when the database is back: it may be another one by then."""
        self._conninfo, self._county_id, self._on_return = conninfo, county_id, on_return
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.get_running_loop().create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening and let every waiter go."""
        self.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def close(self) -> None:
        """Let every waiter go, now and from now on, so that a hub that is asked to stop need not wait for them."""
        self._closed = True
        self._ring_all()

    def waiter(self, audiences: tuple[str, ...]) -> "Waiter":
        """Register before looking; what is committed from here on will ring."""
        return Waiter(self, audiences)

    async def _listen(self) -> None:
        lost = False
        while True:
            try:
                if lost:
                    await asyncio.to_thread(self._on_return)
                connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, **LINE)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    lost = False
                    self._ring_all()  # something may have been committed while nobody listened
                    async for notice in connection.notifies():
                        self._ring(notice.payload)
            except (psycopg.OperationalError, sa.exc.DBAPIError):
                lost = True
                await asyncio.sleep(RECONNECT_S)

    def _ring(self, payload: str) -> None:
        county_id, audiences = json.loads(payload)
        if county_id == self._county_id:
            for audience in audiences:
                for event in self._waiting.get(audience, ()):
                    event.set()

    def _ring_all(self) -> None:
        for events in self._waiting.values():
            for event in events:
                event.set()


class Waiter:
    """One waiting request."""

    def __init__(self, bell: Bell, audiences: tuple[str, ...]) -> None:
        self._bell, self._audiences, self._event = bell, audiences, asyncio.Event()

    def __enter__(self) -> "Waiter":
        for audience in self._audiences:
            self._bell._waiting[audience].add(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        for audience in self._audiences:
            events = self._bell._waiting[audience]
            events.discard(self._event)
            if not events:
                del self._bell._waiting[audience]

    async def rung(self, timeout_s: float) -> bool:
        """Wait for a ring, at most so long; False when there was none or the hub is closing."""
        if self._bell._closed or timeout_s <= 0:
            return False
        try:
            await asyncio.wait_for(self._event.wait(), timeout_s)
        except TimeoutError:
            return False
        self._event.clear()
        return not self._bell._closed
