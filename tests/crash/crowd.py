"""People at work, each in a process of his own, and a nurse that starts anew whoever was killed.

    python -m tests.crash.crowd STATION FOLDER SEED NAME...

They work on FOLDER's store through the services, as terminal and desk page do: one act after the other. What an act keeps is written down
outside, in FOLDER/NAME.told: before its transaction ends (? - nobody was told, it may or may not be there) and after (! - he was told).
The nurse does what it reads: `kill NAME`; at the end of its input all finish what they do, and it ends. It forks, so that who
is killed is back within a moment, and kills its own children only, which it has not buried yet: a number can then be nobody else's.
"""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.listing import Listing
from kiosk.errors import KioskError
from kiosk.services import apply
from kiosk.services.register import RegistrationForm, register
from kiosk.store.connection import connect
from kiosk.store.store import Store, UnitOfWork
from tests.chaos.dice import Dice
from tests.chaos.disk import Disk, Noting, Written
from tests.chaos.real import ALL_SITES, now
from tests.chaos.stations import Terminal
from tests.chaos.truth import Said, said
from tests.chaos.work import WORK, NothingToDoError, choose, some_worker
from tests.station import KEY

PEOPLE = 400
"""So many phones each of them draws from: who was not told that he is registered comes again, sooner or later."""
NAME = "王秀兰"
PAUSE_S = (0.02, 0.25)
LOOK_S = 0.05


class TellingStore(Store):
    """A store that says outside what each transaction keeps, before and after it ends."""

    def __init__(self, path: Path, told: Path) -> None:
        super().__init__(lambda: connect(path, KEY), now, path)
        self._told = told

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Open a unit of work; the line before its end is one write to a file that is only added to, and so whole."""
        written: list[Written] = []
        with super().write() as unit:
            yield cast(UnitOfWork, Noting(unit, written))
            self._say("?", written)
        self._say("!", written)

    def _say(self, mark: str, written: Sequence[Written]) -> None:
        facts = [(said(w.record), getattr(w.record, "revision", 1), said(w.before) if _over(w) else None) for w in written]
        if facts:
            with self._told.open("ab", buffering=0) as line:
                line.write((json.dumps([mark, facts]) + "\n").encode())


def _over(one: Written) -> bool:
    """Say whether a record was written over another; of listings every revision stays."""
    return one.before is not None and type(one.record) is not Listing


def told(path: Path) -> Iterator[tuple[bool, Said, int, Said | None]]:
    """Read what was said outside: acknowledged or not, content, revision, and over what it was written."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    for line in lines:
        mark, facts = json.loads(line)
        for what, revision, before in facts:
            yield mark == "!", cast(Said, tuple(what)), revision, cast(Said, tuple(before)) if before else None


def do_register(terminal: Terminal, dice: Dice) -> str:
    """One of many registers, perhaps again."""
    form = RegistrationForm(
        name=NAME,
        phone=f"13{int(terminal.name.rpartition('-')[2]):02d}{dice.randrange(PEOPLE):07d}",
        age_band=AgeBand.ADULT,
        trades=(dice.choice((Trade.LOADING, Trade.CLEANING)),),
        pay_fen=dice.choice((None, 20000)),
        consented_at=terminal.clock(),
    )
    return register(terminal.here, form).worker.id


def do_apply(terminal: Terminal, dice: Dice) -> str:
    """A worker puts himself down for a listing."""
    listing_id = choose(terminal, dice, lambda u: [p.listing.id for p in u.newest()])
    return apply.apply(terminal.here, some_worker(terminal, dice).id, listing_id, dice.chance(0.5)).referral.id


ACTS: dict[Any, int] = {**WORK, do_register: 8, do_apply: 5}


def work(terminal: Terminal, dice: Dice) -> None:
    """Work until told to stop."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    while not stopped:
        (act,) = dice.choices(list(ACTS), list(ACTS.values()))
        with suppress(NothingToDoError, KioskError):
            act(terminal, dice)
        time.sleep(dice.uniform(*PAUSE_S))


class Nurse:
    """Starts people and starts them again."""

    def __init__(self, station: str, folder: Path, seed: str, names: Sequence[str]) -> None:
        self._station, self._folder, self._seed = station, folder, seed
        self._people: dict[str, int] = {}
        self._births = 0
        self._names = names

    def tend(self) -> None:
        """Bury who has died, and start him anew."""
        for name in self._names:
            child = self._people.get(name)
            if child is None or os.waitpid(child, os.WNOHANG)[0]:
                self._births += 1
                self._people[name] = self._born(name)

    def _born(self, name: str) -> int:
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            place = _Place(TellingStore(self._folder / "station.db", self._folder / f"{name}.told"))
            terminal = Terminal(name, ALL_SITES[self._station], cast(Disk, place), cast(Any, None), now)
            work(terminal, Dice(f"{self._seed} {name} {self._births}"))
            status = 0
        finally:
            if status:
                sys.excepthook(*cast(Any, sys.exc_info()))
            os._exit(status)

    def kill(self, name: str) -> None:
        """Kill one."""
        os.kill(self._people[name], signal.SIGKILL)

    def stop(self) -> None:
        """Let all finish what they do."""
        for child in self._people.values():
            os.kill(child, signal.SIGTERM)
        for child in self._people.values():
            os.waitpid(child, 0)


class _Place:
    """Where a terminal finds its store."""

    def __init__(self, store: TellingStore) -> None:
        self.store = store


def main(station: str, folder: Path, seed: str, names: Sequence[str]) -> None:
    """Nurse until the input ends."""
    nurse = Nurse(station, folder, seed, names)
    while True:
        nurse.tend()
        if not select.select([0], [], [], LOOK_S)[0]:
            continue
        words = os.read(0, 4096).decode().split()
        if not words:
            nurse.stop()
            return
        for name in words[1::2]:
            nurse.kill(name)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
