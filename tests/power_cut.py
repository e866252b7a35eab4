"""Registers people on a disk whose power goes after any call, and looks what stands on it then.

    python -m tests.power_cut FOLDER CUTS SEED       prints one JSON object

A child registers a few people and closes the store; each of its writing calls is noted with its bytes. A disk keeps for sure only what was
synced. So for every call files are laid out as they may stand when the power goes right after it: of what was not synced yet nothing, all,
or some of it, sector by sector. Then the store is opened on them. CUTS: so many of those files, 0 for all.
"""

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.worker import Worker
from kiosk.errors import StoreError
from kiosk.services.register import RegistrationForm, register
from kiosk.store.store import open_store
from tests import tracer
from tests.station import KEY, START, make_station

PEOPLE, SECTOR = 4, 512
INDEX = "-shm"
"""SQLite makes it anew: it is no part of what is kept."""
Files = dict[str, bytes]


@dataclass
class Disk:
    """Files as they were last synced, and what was written to each since."""

    synced: dict[str, bytearray]
    since: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    told: int = 0

    def see(self, call: tracer.Call) -> bool:
        """Take over a call; say whether it changed what may stand on the disk."""
        if call.gave < 0:
            return False
        if call.name == "unlink":
            name = Path(os.fsdecode(_word(call))).name
            return (self.synced.pop(name, None), self.since.pop(name, None)) != (None, None)
        if call.name in ("openat", "fcntl"):
            return False
        path = call.path()
        if path.startswith("pipe:"):
            self.told += 1
            return True
        name = Path(path).name
        if INDEX in name or "/" not in path:
            return False
        self.synced.setdefault(name, bytearray())
        match call.name:
            case "pwrite64":
                self.since.setdefault(name, []).append((call.words[3], call.data(call.gave)))
            case "ftruncate":
                self._sync(name)
                _resize(self.synced[name], call.words[1])
            case "fsync" | "fdatasync":
                self._sync(name)
            case _:
                raise AssertionError(f"{call.name} on {name}: not foreseen")
        return True

    def _sync(self, name: str) -> None:
        for at, data in self.since.pop(name, []):
            _put(self.synced[name], at, data)

    def after(self, dice: random.Random) -> Iterator[Files]:
        """Give files as they may stand when the power goes now: nothing unsynced, all of it, some of its sectors."""
        yield self._laid(lambda: False)
        if self.since:
            yield self._laid(lambda: True)
            yield self._laid(lambda: dice.random() < 0.5)

    def _laid(self, kept: Callable[[], bool]) -> Files:
        files = {name: bytearray(data) for name, data in self.synced.items()}
        for name, writes in self.since.items():
            for at, data in writes:
                for part in range(0, len(data), SECTOR):
                    if kept():
                        _put(files[name], at + part, data[part : part + SECTOR])
        return {name: bytes(data) for name, data in files.items()}


def _word(call: tracer.Call) -> bytes:
    """Read the path that unlink was given."""
    with open(f"/proc/{call.child}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - no file, but memory
        memory.seek(call.words[0])
        return memory.read(4096).split(b"\0")[0]


def _put(file: bytearray, at: int, data: bytes) -> None:
    _resize(file, max(len(file), at + len(data)))
    file[at : at + len(data)] = data


def _resize(file: bytearray, size: int) -> None:
    del file[size:]
    file.extend(bytes(size - len(file)))


def main(folder: Path, cuts: int, seed: int) -> dict[str, int]:
    """Cut the power after each call; count what is wrong."""
    station = make_station(folder)
    here, path = station.here, station.path
    station.store.close()
    phones = [f"139{n:08d}" for n in range(PEOPLE)]

    def live(pipe: int) -> None:
        with closing(open_store(path, KEY, clock=lambda: START)) as store:
            at_work = replace(here, store=store)
            for phone in phones:
                form = RegistrationForm(
                    name="王秀兰", phone=phone, age_band=AgeBand.ADULT, trades=(Trade.LOADING,), pay_fen=20000, consented_at=START
                )
                register(at_work, form)
                os.write(pipe, b".")

    dice = random.Random(seed)
    disk = Disk({path.name: bytearray(path.read_bytes())})
    states: list[tuple[int, Files]] = []

    def watch(call: tracer.Call) -> None:
        if disk.see(call):
            states.extend((disk.told, files) for files in disk.after(dice))

    ran = tracer.run(live, at=-1, watch=watch)
    assert ran.said == "." * PEOPLE, ran
    chosen = states if not cuts else dice.sample(states, min(cuts, len(states)))
    place = folder / "after"
    place.mkdir()
    wrong = Counter({"lost": 0, "half": 0, "damaged": 0})
    for told, files in chosen:
        wrong.update(_look(place, files, phones[:told]))
    return {**wrong, "cuts": len(chosen), "calls": len(ran.points) // 2}


def _look(place: Path, files: Files, told: list[str]) -> Counter[str]:
    for old in place.iterdir():
        old.unlink()
    for name, data in files.items():
        (place / name).write_bytes(data)
    try:
        with closing(open_store(place / "station.db", KEY, clock=lambda: START)) as store, store.read() as u:
            there = [str(worker.phone) for worker in u.list(Worker)]
            intact = u.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            half = u.outbox_size() != len(there)
    except StoreError:
        return Counter(damaged=1)
    return Counter(lost=int(not set(told) <= set(there)), half=int(half), damaged=int(not intact))


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
