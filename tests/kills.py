"""Registers people in a process that is killed at random moments, and counts what was acknowledged, lost, or kept twice.

    python -m tests.kills FOLDER KILLS SEED       prints one JSON object

Runs in a process of its own, because it forks: each child opens the store anew, registers one person after the other and says each phone on
a pipe once `register` has returned. A forked child that is killed leaves the files as a pulled plug leaves them to SQLite, less the
disk's own cache.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.print_job import PrintJob
from kiosk.domain.worker import Worker
from kiosk.services.register import RegistrationForm, register
from kiosk.services.station import Here
from kiosk.store.store import open_store
from tests.station import KEY, START, STATION, make_station

LONGEST_S = 0.12


def main(folder: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill so often; look at the store after each."""
    rng = random.Random(seed)
    station = make_station(folder)
    here = station.here
    station.store.close()
    acknowledged: list[str] = []
    number = 0
    for _ in range(kills):
        phones = [f"139{n:08d}" for n in range(number, number + 200)]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _register_for_ever(here, station.path, phones, writing)
        os.close(writing)
        time.sleep(rng.uniform(0, LONGEST_S))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode().split()
        acknowledged += said
        number += len(said) + 1
    return _count(station.path, acknowledged) | {"kills": kills}


def _register_for_ever(here: Here, path: Path, phones: list[str], pipe: int) -> None:
    store = open_store(path, KEY, clock=lambda: START)
    here = replace(here, store=store)
    for phone in phones:
        form = RegistrationForm(
            name="王秀兰", phone=phone, age_band=AgeBand.ADULT, trades=(Trade.LOADING,), pay_fen=20000, consented_at=START
        )
        register(here, form)
        os.write(pipe, f"{phone}\n".encode())
    os._exit(0)


def _count(path: Path, acknowledged: list[str]) -> dict[str, int]:
    store = open_store(path, KEY, clock=lambda: START)
    with store.read() as u:
        workers = u.list(Worker, station_id=STATION.id)
        jobs = Counter(job.subject_id for job in u.list(PrintJob))
        outgoing = Counter(change.record_id for change in u.outgoing(1_000_000))
        intact = u.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    store.close()
    kept = Counter(str(worker.phone) for worker in workers)
    return {
        "acknowledged": len(acknowledged),
        "lost": sum(kept[phone] == 0 for phone in acknowledged),
        "twice": sum(count > 1 for count in kept.values()),
        "half": sum(jobs[w.id] != 1 or outgoing[w.id] != 1 for w in workers) + len(set(jobs) - {w.id for w in workers}),
        "damaged": int(not intact),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
