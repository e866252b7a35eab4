"""Tells the county how this terminal is: soon after the start, every few minutes, and at once when the board comes or goes, or an
update goes on.

What it cannot say now it says later; it never holds up what must reach the county. Owns when and what is told; `kiosk.sync` carries it.
"""

import base64
import random
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from kiosk.agent.update import Updater
from kiosk.config import VERSION, Settings
from kiosk.errors import StoreError, SyncError
from kiosk.services import board_seen, check_up
from kiosk.services.printing import printer_state
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import KeyHub
from kiosk.sync.protocol import PICTURE_MAX_BYTES, StationHealth

FIRST_S, EVERY_S = 10.0, 300.0
"""Not all stations at once when the light comes back: the first report comes at some moment of the first ten seconds."""
AGAIN_S = 60.0
"""After a hub that was away, or does not know reports yet."""
LOOK_S = 1.0


class Reporter:
    """One terminal's reports."""

    def __init__(
        self, settings: Settings, store: Store, hub: KeyHub, clock: Callable[[], datetime], updater: Updater | None = None
    ) -> None:
        self._settings, self._store, self._hub, self._clock, self._updater = settings, store, hub, clock, updater
        self._run = settings.state_dir / "run"
        self._offset_s: float | None = None

    def life(self, stop: threading.Event, felt: Callable[[], None]) -> None:
        """Tell until `stop`; `felt` is called with each round."""
        due = time.monotonic() + random.uniform(0, FIRST_S)
        was = self._alive(), self._stage()
        while not stop.wait(LOOK_S):
            felt()
            now = self._alive(), self._stage()
            if now != was:
                due, was = 0.0, now
            if time.monotonic() < due:
                continue
            try:
                told = self.tell()
            except (SyncError, StoreError) as error:
                due = time.monotonic() + getattr(error, "wait_s", 0.0) + AGAIN_S * random.uniform(0.5, 1.0)
            else:
                due = time.monotonic() + (EVERY_S if told else LOOK_S)

    def tell(self) -> bool:
        """Tell once; give False before enrolment. Raises SyncError, StoreError."""
        me = exchange.identity(self._store)
        if me is None:
            return False
        report, began = self.report(), time.monotonic()
        sent_at = self._clock()
        noted = self._hub.health(me.token, report)
        if self._updater is not None:
            self._updater.offered(noted.offer)
        # the answer is as old as half the way
        self._offset_s = round((noted.at - sent_at).total_seconds() - (time.monotonic() - began) / 2, 1)
        if noted.doctor:
            check_up.ask_for_county(self._store, noted.doctor)
        return True

    def report(self) -> StationHealth:
        """Say how this terminal is; raise StoreError."""
        now = self._clock()
        board = board_seen.look(self._run)
        alive = board is not None and board.alive(now)
        picture = board_seen.picture(self._run) if alive else b""
        with self._store.read() as u:
            printer, waiting, parked = printer_state(u), u.outbox_size(), len(u.parked())
        free_mb = None
        with suppress(OSError):
            free_mb = shutil.disk_usage(self._settings.state_dir).free // 1_000_000
        return StationHealth(
            version=VERSION,
            at=now,
            board=board,
            board_alive=alive,
            printer=printer,
            waiting=waiting,
            parked=parked,
            free_mb=free_mb,
            clock_offset_s=self._offset_s,
            picture=base64.b64encode(picture).decode() if len(picture) <= PICTURE_MAX_BYTES else "",
            update=self._updater.state() if self._updater else None,
        )

    def _stage(self) -> tuple[str, str]:
        state = self._updater.state() if self._updater else None
        return (state.version, state.stage) if state else ("", "")

    def _alive(self) -> bool:
        board = board_seen.look(self._run)
        return board is not None and board.alive(self._clock())
