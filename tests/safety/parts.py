"""A station's whole state folder for tests of its safety: a real key, a real encrypted store, a folder for backups, and people in it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from kiosk import safety
from kiosk.config import Settings
from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.worker import Worker
from kiosk.services.register import RegistrationForm, register
from kiosk.services.safekeeping import Mended
from kiosk.services.station import Here
from kiosk.store import backup
from kiosk.store.key import read_key
from kiosk.store.store import Store, open_store
from tests.station import KEY, START, Clock, TestStation, make_station

PAGE = 4096


def steps(count: int) -> list[Any]:
    """Give the places to be killed at: a few in the short run, all in the long one."""
    return [n if n % 7 == 3 else pytest.param(n, marks=pytest.mark.long) for n in range(count)]


@dataclass
class Site:
    """One station's folders, and the store as it is open now."""

    settings: Settings
    station: TestStation

    @property
    def clock(self) -> Clock:
        return self.station.clock

    @property
    def path(self) -> Path:
        return self.settings.store_path

    @property
    def backups(self) -> Path:
        return Path(self.settings.backup_dir)

    def reopen(self) -> Here:
        """Open the store that lies there now."""
        self.station.store.close()
        store = open_store(self.path, read_key(self.settings.key_path), clock=self.clock)
        self.station.here = replace(self.station.here, store=store)
        return self.station.here

    def mend(self) -> Mended | None:
        """Start the station: do what `kiosk prepare` does about a broken store."""
        self.station.store.close()
        done = safety.mend(self.settings, read_key(self.settings.key_path), self.clock)
        self.reopen()
        return done

    def back_up(self) -> Path:
        return backup.make(self.path, read_key(self.settings.key_path), self.backups, self.clock())

    def restore(self, copy: Path, code: str = "") -> Mended:
        self.station.store.close()
        done = safety.restore(self.settings, copy, self.clock, code)
        self.reopen()
        return done

    def people(self) -> list[str]:
        """Give the names of those who are registered, in order."""
        with self.station.store.read() as u:
            return sorted(str(worker.phone) for worker in u.list(Worker))


def make_site(folder: Path) -> Site:
    """Make a station that was opened before."""
    state, backups = folder / "state", folder / "backups"
    state.mkdir(parents=True)
    backups.mkdir()
    settings = Settings(state=str(state), backup_dir=str(backups))
    settings.key_path.write_text(KEY)
    settings.key_path.chmod(0o600)
    station = make_station(state)
    safety.keep_mark(settings, KEY)
    return Site(settings, station)


def add(here: Here, phone: str, name: str = "王秀兰") -> str:
    """Register somebody; give his id."""
    form = RegistrationForm(name=name, phone=phone, age_band=AgeBand.ADULT, trades=(Trade.LOADING,), pay_fen=20000, consented_at=START)
    return register(here, form).worker.id


def crowd(site: Site, count: int, first: int = 0) -> None:
    """Register so many at once."""
    for number in range(first, first + count):
        add(site.station.here, f"139{number:08d}")


def spoil(path: Path, *pages: int) -> None:
    """Turn a byte in each of these pages over."""
    data = bytearray(path.read_bytes())
    for page in pages:
        data[page * PAGE + 77] ^= 0xFF
    path.write_bytes(data)


def some_pages(path: Path, count: int, seed: int) -> list[int]:
    """Choose pages, never the first one."""
    return random.Random(seed).sample(range(1, path.stat().st_size // PAGE), count)


def stopped(site: Site) -> Callable[[], Store]:
    """Close the store so that its log is in its file."""
    site.station.store.close()
    return lambda: site.reopen().store
