"""The station's clock, one for all its processes: what the county or staff last told stands in a small file that each of them follows.

Nobody sets the machine's own clock: none of our processes may. Owns the file; what it means says kiosk.domain.clock.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from kiosk.domain.clock import WORD_LASTS_S, Machine, Reckoned, Teller, Word, carried, counts, reckon
from kiosk.domain.record import RecordError, from_plain, to_plain

FILE = "clock.json"
BOOT = Path("/proc/sys/kernel/random/boot_id")


def machine() -> Machine:
    """Ask the machine."""
    return Machine(wall=datetime.now(UTC), count_s=time.clock_gettime(time.CLOCK_BOOTTIME), boot=_boot())


@cache
def _boot() -> str:
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""


class StationClock:
    """Gives the present instant, UTC, when called. Cheap: it reads the file only when that has changed."""

    def __init__(self, folder: Path, ask: Callable[[], Machine] = machine) -> None:
        self._path, self._ask = folder / FILE, ask
        self._read: tuple[tuple[int, int], Word | None] = ((0, 0), None)

    def __call__(self) -> datetime:
        return self._reckon().now

    def sure(self) -> bool:
        """Say whether the time is known."""
        return self._reckon().sure

    def told_by(self) -> Teller | None:
        """Say who told the time since the machine's last start, or None."""
        word = self._word()
        return word.by if word is not None and carried(word, self._ask()) is not None else None

    def tell(self, at: datetime, by: Teller) -> float:
        """Take a time that somebody tells; give by how many seconds the clock moves. A disk that cannot be written keeps the old one."""
        asked = self._ask()
        if not counts(self._word(), at, by, asked):
            return 0.0
        before = self()
        self._keep(Word(at=at, count_s=round(asked.count_s, 3), boot=asked.boot, by=by))
        return (self() - before).total_seconds()

    def carry_on(self) -> None:
        """Write the word of this start anew when it has grown old, so that the next start does not begin long before this one ended."""
        asked, word = self._ask(), self._word()
        now = carried(word, asked) if word else None
        if word is not None and now is not None and asked.count_s - word.count_s > WORD_LASTS_S:
            self._keep(replace(word, at=now, count_s=round(asked.count_s, 3)))

    def _keep(self, word: Word) -> None:
        part = self._path.with_suffix(f".{os.getpid()}.part")
        try:
            part.write_text(json.dumps(to_plain(word)))
            part.replace(self._path)
        except OSError:
            with suppress(OSError):
                part.unlink()

    def _reckon(self) -> Reckoned:
        return reckon(self._ask(), self._word())

    def _word(self) -> Word | None:
        try:
            stat = self._path.stat()
        except OSError:
            return None
        mark = stat.st_mtime_ns, stat.st_ino
        if mark != self._read[0]:
            self._read = mark, _read(self._path)
        return self._read[1]


def _read(path: Path) -> Word | None:
    try:
        return from_plain(Word, json.loads(path.read_text()))
    except (OSError, ValueError, RecordError):  # a broken file is no word
        return None
