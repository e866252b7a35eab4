"""Lets doctor look when the terminal or the county asks, in a process of its own: what it loads to look is gone again with it.

Owns when; `kiosk.services.check_up` keeps what was found, `kiosk.sync` carries it to the county.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.config import VERSION
from kiosk.domain.record import RecordError, from_plain
from kiosk.errors import StoreError, SyncError
from kiosk.services import check_up
from kiosk.services.doctor import Finding
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import KeyHub
from kiosk.sync.protocol import DoctorLine, DoctorReport

LOOK_S = 0.2
AGAIN_S = 60.0
"""After a hub that was away."""
LONGEST_S = 240.0
TEXT_MOST = 400


class CheckUps:
    """One terminal's answers; `examine` gives what doctor finds and may raise OSError, `hub` is None where settings name none."""

    def __init__(self, store: Store, hub: KeyHub | None, clock: Callable[[], datetime], examine: Callable[[], Sequence[Finding]]) -> None:
        self._store, self._hub, self._clock, self._examine = store, hub, clock, examine

    def life(self, stop: threading.Event, felt: Callable[[], None]) -> None:
        """Answer until `stop`; `felt` is called with each round."""
        watcher, due = self._store.watch(), 0.0
        while not stop.wait(LOOK_S):
            felt()
            if check_up.TOPIC not in watcher.changed() and time.monotonic() < due:
                continue
            due = time.monotonic() + AGAIN_S
            try:
                self.answer()
            except (SyncError, StoreError) as error:
                due += getattr(error, "wait_s", 0.0)

    def answer(self) -> bool:
        """Answer what is asked; say whether anything was. Raises SyncError, StoreError; the question stays then."""
        with self._store.read() as u:
            asked, wanted = check_up.open_questions(u)
        me = exchange.identity(self._store) if wanted else None
        if not asked and me is None:
            return False
        try:
            found = tuple(self._examine())
        except OSError:
            return False
        check_up.keep(self._store, asked, self._clock(), found)
        if me is not None and self._hub is not None:
            lines = tuple(DoctorLine(number=one.number, good=one.good, text=one.text[:TEXT_MOST]) for one in found)
            self._hub.doctor(me.token, DoctorReport(question=wanted, version=VERSION, at=self._clock(), lines=lines))
            check_up.told_county(self._store, wanted)
        return True


def examine(state: Path) -> list[Finding]:
    """Let `kiosk doctor` look at the station in a process of its own; raise OSError where it does not end or says nothing."""
    words = [sys.executable, "-m", "kiosk", "--state", str(state), "doctor", "--lines"]
    try:
        done = subprocess.run(words, capture_output=True, timeout=LONGEST_S, check=False)
        found = [from_plain(Finding, json.loads(line)) for line in done.stdout.splitlines()]
    except (subprocess.SubprocessError, ValueError, RecordError) as error:
        raise OSError(type(error).__name__) from None
    if not found:
        raise OSError("doctor said nothing")
    return found
