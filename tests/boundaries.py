"""Registers people in a process that is killed before and after every call by which it writes, and looks at both ends.

    python -m tests.boundaries FOLDER HUB DATABASE CODE EVERY       prints one JSON object

One child opens the store, registers somebody, says so, sends it to the county and closes the store; at its first point the first child is
killed, at its second the next, until one comes to its end: opening, transaction, lock, log, answer, sending, taking note of the answer,
checkpoint. Half the children are alone, half have another process beside them that holds the store open. Whoever was not told that it is
done registers again. EVERY: only each so many-th point.
"""

import json
import os
import signal
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kiosk.county.app import make_engine
from kiosk.county.schema import record
from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.print_job import PrintJob
from kiosk.domain.worker import Worker
from kiosk.services.register import RegistrationForm, register
from kiosk.services.station import Here
from kiosk.store.store import Store, open_store
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from tests import tracer
from tests.station import KEY, START, make_station

DONE = "done"


class Both:
    """One station and its county, and children that come to an end."""

    def __init__(self, folder: Path, hub: str, database: str, code: str) -> None:
        station = make_station(folder)
        self._here, self._path, self._hub = station.here, station.path, hub
        self._engine = make_engine(database)
        exchange.enrol(station.store, HttpHub(hub), code, START)
        station.store.close()
        self.acknowledged: list[str] = []
        self.everybody: list[str] = []
        self.wrong: Counter[str] = Counter({"lost": 0, "twice": 0, "half": 0, "damaged": 0})

    def _open(self) -> Store:
        return open_store(self._path, KEY, clock=lambda: START)

    def _at_work(self, store: Store) -> Here:
        return replace(self._here, store=store)

    def _register(self, store: Store, phone: str) -> None:
        form = RegistrationForm(
            name="王秀兰", phone=phone, age_band=AgeBand.ADULT, trades=(Trade.LOADING,), pay_fen=20000, consented_at=START
        )
        register(self._at_work(store), form)

    def live(self, phone: str, pipe: int) -> None:
        """Be a child."""
        with closing(self._open()) as store:
            self._register(store, phone)
            os.write(pipe, DONE.encode())
            while exchange.push_once(store, HttpHub(self._hub), START):
                pass

    def kill(self, at: int) -> tracer.Ran:
        """Kill a child at a point; see what is left, and let the person try again who was not told."""
        phone = f"139{len(self.everybody):08d}"
        self.everybody.append(phone)
        ran = tracer.run(lambda pipe: self.live(phone, pipe), at)
        told = ran.said == DONE
        if not ran.killed and (ran.status or not told):
            raise RuntimeError(f"a child that nobody killed ended with {ran.status}")
        with closing(self._open()) as store:
            self._look(store, [phone] if told else [])
            if not told:
                self._register(store, phone)
            while exchange.push_once(store, HttpHub(self._hub), START):
                pass
        return ran

    def _look(self, store: Store, told: list[str]) -> None:
        with store.read() as u:
            workers = u.list(Worker)
            jobs = Counter(job.subject_id for job in u.list(PrintJob))
            intact = u.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        kept = Counter(str(worker.phone) for worker in workers)
        self.wrong["lost"] += sum(kept[phone] == 0 for phone in told)
        self.wrong["twice"] += sum(count > 1 for count in kept.values())
        self.wrong["half"] += sum(not jobs[w.id] for w in workers) + len(set(jobs) - {w.id for w in workers})
        self.wrong["damaged"] += not intact

    def judge(self) -> dict[str, int]:
        """Compare both ends, person by person."""
        with closing(self._open()) as store:
            self._look(store, self.everybody)
            with store.read() as u:
                here = {w.id: (w.revision, str(w.phone)) for w in u.list(Worker)}
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(record).where(record.c.entity == "worker")).mappings().all()
        there = Counter(row["id"] for row in rows)
        same = {row["id"]: (row["revision"], row["data"]["phone"]) for row in rows} == here
        lost = len(here.keys() - there.keys())
        return {
            **self.wrong,
            "lost at the county": lost,
            "twice at the county": sum(n > 1 for n in there.values()),
            "differ": int(not same),
        }

    def held(self) -> int:
        """Let another process hold the store open; give its number."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            with closing(self._open()) as store, store.read() as u:
                u.list(Worker)
            os.write(writing, b".")
            signal.pause()
        os.read(reading, 1)
        os.close(reading)
        os.close(writing)
        return child


def main(folder: Path, hub: str, database: str, code: str, every: int) -> dict[str, Any]:
    """Kill at each point, alone and beside another process; count what is wrong."""
    both = Both(folder, hub, database, code)
    kills, names = 0, Counter[str]()
    for beside in (False, True):
        holder = both.held() if beside else 0
        at = kills % every
        while (ran := both.kill(at)).killed:
            kills, at = kills + 1, at + every
        names.update(ran.points)
        if holder:
            os.kill(holder, signal.SIGKILL)
            os.waitpid(holder, 0)
    return {"kills": kills, "points": sum(names.values()), "calls": dict(names), "wrong": both.judge()}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))))
