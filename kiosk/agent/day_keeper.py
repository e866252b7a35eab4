"""Looks once a minute whether the screens run and whether somebody comes, and hands on what it saw every ten minutes.

Few writes; a plug that is pulled costs ten minutes of the count.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from kiosk.errors import StoreError
from kiosk.services import board_seen
from kiosk.services.station_days import Look

LOOK_S = 60.0
NOTE_AFTER = 10
AWAKE, TOUCHED = "awake", "touched"
AWAKE_S = 60.0
"""The terminal touches STATE/run/awake at least twice in this time."""


class DayKeeper:
    """Counts for one station; `note` writes down what was seen."""

    def __init__(self, run: Path, clock: Callable[[], datetime], note: Callable[[Sequence[Look]], None]) -> None:
        self._run, self._clock, self._note = run, clock, note
        self._seen: list[Look] = []
        self._due = time.monotonic() + LOOK_S
        self._touched_at = self._touched()

    def turn(self) -> None:
        """Look where a minute has passed; a store that cannot be written now is tried again."""
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + LOOK_S
        touched, now = self._touched(), self._clock()
        board = board_seen.look(self._run)
        came = touched > 0 and touched - self._touched_at > LOOK_S
        self._touched_at = max(self._touched_at, touched)
        self._seen.append(Look(now, time.time() - _moved(self._run / AWAKE) < AWAKE_S, board is not None and board.alive(now), came))
        if len(self._seen) >= NOTE_AFTER:
            self.hand_on()

    def hand_on(self) -> None:
        """Write down what was seen."""
        with suppress(StoreError):
            self._note(self._seen)
            self._seen = []

    def _touched(self) -> float:
        return _moved(self._run / TOUCHED)


def _moved(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
