"""Prints slips with an agent that is killed at every state change, and counts what was lost unsaid, or doubled without a mark.

    python -m tests.print_kills FOLDER KILLS SEED       prints one JSON object

Runs in a process of its own, because it forks: each child is a real agent over its own store and a real line to the simulated printer. It
dies by SIGKILL at one point: before a journal write, before its commit, after it, before or after a burst of bytes; every point there is
has its turn. Each third time the printer loses its power while the slip is sent, each third time while nobody is there; each seventh
time nobody starts the agent before the next morning; each fifth time the next agent dies while it takes over. Then an agent is started
that lives, and the visitor says honestly what he holds.
"""

import json
import mmap
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.agent.loop import Agent
from kiosk.agent.spool import Spool
from kiosk.config import Settings
from kiosk.devices.escpos_printer import EscposPrinter, Patience, encode
from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.printer_profile import PAPER_80
from kiosk.devices.printer_simulator import PrinterServer
from kiosk.devices.transport import Line, Transport, tcp
from kiosk.domain import slip as blocks
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.services import printing
from kiosk.store.store import Store, UnitOfWork, open_store
from tests.fault_matrix import unmarked, whole
from tests.station import KEY, START, make_station
from tests.unit.slip_samples import SLIPS

PATIENCE = Patience(answer_s=0.2, quiet_s=0.03, write_s=1.0, confirm_s=0.5)
BURST, POLL_S, QUIET_S, SETTLED_S = 97, 0.01, 0.1, 20.0
BEGINNING = 12
"""Points in which a new agent finds out what the dead one left."""
NIGHT = timedelta(hours=16)
OVER = (JobState.PRINTED, JobState.CANCELLED, JobState.FAILED)


class Reaper:
    """Counts the points at which an agent may die, and kills it at one of them."""

    def __init__(self, at: int) -> None:
        self._at, self._seen = at, mmap.mmap(-1, 8)

    @property
    def seen(self) -> int:
        """How many points there were."""
        return int.from_bytes(self._seen[:8], "little")

    def __call__(self) -> None:
        """Die, if this is the point."""
        self._seen[:8] = (self.seen + 1).to_bytes(8, "little")
        if self.seen == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalStore(Store):
    """The store, with points to die at round each write."""

    def __init__(self, store: Store, reaper: Reaper) -> None:
        self.__dict__.update(store.__dict__)
        self._real, self._reaper = store, reaper

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        self._reaper()
        with self._real.write() as u:
            yield u
            self._reaper()
        self._reaper()


class MortalLine(Line):
    """A line that takes a burst at a time, with points to die at before and after each."""

    def __init__(self, line: Line, reaper: Reaper) -> None:
        self._line, self._reaper = line, reaper

    def write(self, data: bytes, within_s: float) -> int:
        self._reaper()
        count = self._line.write(data[:BURST], within_s)
        self._reaper()
        return count

    def read(self, within_s: float) -> bytes:
        return self._line.read(within_s)

    def close(self) -> None:
        self._line.close()


@dataclass
class Round:
    """What one kill came to."""

    state: str
    asked: bool = False
    reprinted: bool = False
    expired: bool = False
    lost: bool = False
    doubled: bool = False
    stuck: bool = False
    printed_late: bool = False


class Kills:
    """One station and its printer, and agents that come and go."""

    def __init__(self, folder: Path, seed: int) -> None:
        station = make_station(folder)
        self._folder, self._path, self._here = folder, station.path, station.here
        station.store.close()
        self._rng = random.Random(seed)
        self.machine = SimulatedPrinter()
        self._server = PrinterServer(self.machine)
        self._begun, self._shift = time.monotonic(), timedelta()

    def close(self) -> None:
        """Switch the printer off."""
        self._server.close()

    def clock(self) -> datetime:
        """Tell the station's time."""
        return START + self._shift + timedelta(seconds=time.monotonic() - self._begun)

    def points(self) -> int:
        """Count the points of one slip that nobody disturbs."""
        reaper = Reaper(at=0)
        self._play(self._queue(0), reaper)
        return reaper.seen

    def kill(self, number: int, point: int) -> Round:
        """Queue a slip, kill the agent at a point of it, start another, and see how it ends."""
        self.machine.pieces.clear()
        job = self._queue(number)
        if number % 3 == 1:
            self.machine.faults.reboot_after = self._rng.randrange(len(encode(job.slip, PAPER_80)))
        state = self._play(job, Reaper(point))
        if number % 3 == 2:
            self.machine.faults.reboot_after = 1
        time.sleep(QUIET_S)
        before = len(self.machine.pieces)
        if number % 7 == 6:
            self._shift += NIGHT
        found = Round(state=state)
        if number % 5 == 4:
            self._play(job, Reaper(self._rng.randrange(1, BEGINNING)))
        self._settle(job, found)
        found.printed_late = number % 7 == 6 and state == JobState.QUEUED and len(self.machine.pieces) > before
        return found

    def _queue(self, number: int) -> PrintJob:
        serial = f"YT-{number:08d}"
        head = blocks.Line(text=serial, align=blocks.Align.CENTRE)
        slip = replace(SLIPS["registration"], serial=serial, blocks=(head, *SLIPS["registration"].blocks))
        with closing(self._open()) as store, store.write() as u:
            return printing.queue_slip(u, slip, "subject", self.clock())

    def _play(self, job: PrintJob, reaper: Reaper) -> str:
        """Let an agent live until it dies or the slip is settled; give the slip's state then."""
        agent = self._start(reaper)
        with closing(self._open()) as store:
            until = time.monotonic() + SETTLED_S
            while not os.waitpid(agent, os.WNOHANG)[0]:
                if self._state(store, job) in (*OVER, JobState.UNCERTAIN):
                    until = min(until, time.monotonic() + QUIET_S)
                if time.monotonic() > until:
                    _end(agent)
                    break
                time.sleep(POLL_S)
            return str(self._state(store, job))

    def _settle(self, job: PrintJob, found: Round) -> None:
        """Start an agent and answer what is asked, until all is over."""
        agent = self._start(Reaper(at=0))
        words = whole(job.slip, PAPER_80)
        with closing(self._open()) as store:
            here = replace(self._here, store=store, clock=self.clock)
            until = time.monotonic() + SETTLED_S
            while (state := self._state(store, job)) not in OVER and time.monotonic() < until:
                if state is JobState.UNCERTAIN:
                    time.sleep(QUIET_S)
                    found.asked = True
                    held = self._held(words)
                    found.reprinted |= not held
                    printing.answer(here, job.id, held)
                time.sleep(POLL_S)
            time.sleep(QUIET_S)
            _end(agent)
            with store.write() as u:
                u.drop(PrintJob, job.id)
        found.expired, found.stuck = state is JobState.CANCELLED, state not in OVER
        found.lost = state is JobState.PRINTED and not self._held(words)
        found.doubled = unmarked(self.machine, words[0]) > 1

    def _held(self, words: tuple[str, ...]) -> bool:
        return any(piece.words[-len(words) :] == words for piece in self.machine.pieces)

    def _state(self, store: Store, job: PrintJob) -> JobState:
        with store.read() as u:
            return u.need(PrintJob, job.id).state

    def _start(self, reaper: Reaper) -> int:
        child = os.fork()
        if not child:
            _live(self._folder, self._open(), self._server.port, reaper, self.clock)
        return child

    def _open(self) -> Store:
        return open_store(self._path, KEY, clock=self.clock)


def _live(folder: Path, store: Store, port: int, reaper: Reaper, clock: Callable[[], datetime]) -> None:
    """Be an agent."""
    way = tcp("127.0.0.1", port)
    line = Transport(way.name, lambda: MortalLine(way.open(), reaper))
    spool = Spool(MortalStore(store, reaper), EscposPrinter(line, PAPER_80, PATIENCE), clock)
    os._exit(Agent(Settings(state=str(folder)), store, spool, None, clock).run())


def _end(agent: int) -> None:
    os.kill(agent, signal.SIGKILL)
    os.waitpid(agent, 0)


def main(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill so often, at each point in turn; count how it ended."""
    with closing(Kills(folder, seed)) as played:
        points = played.points()
        step = 1 if kills >= points else points / kills
        rounds = [played.kill(n + 1, 1 + int(n * step) % points) for n in range(kills)]
    outcomes = ("asked", "reprinted", "expired", "lost", "doubled", "stuck", "printed_late")
    counted: dict[str, Any] = {name: sum(getattr(one, name) for one in rounds) for name in outcomes}
    return counted | {"kills": kills, "points": points, "killed_while": Counter(one.state for one in rounds)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
