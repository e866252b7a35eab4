"""What must hold once everybody has been left in peace: all that was acknowledged is in its station's store once and at the county once,
both ends are alike, no slip is called printed that did not come out, none came out twice without 补打 over it.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from kiosk.county.schema import record
from kiosk.devices.printer_profile import PAPER_80
from kiosk.domain.entities import COUNTY_OWNED
from kiosk.domain.print_job import ENDED, JobState, PrintJob
from kiosk.domain.worker import PhoneOf, Worker, WorkerState
from kiosk.errors import KioskError
from kiosk.services import printing
from kiosk.services.station import local
from kiosk.text import t
from tests.chaos import truth
from tests.chaos.real import crashes, nights, now, unsent
from tests.chaos.stations import StalledError, Terminal
from tests.crash.crowd import told
from tests.crash.scene import CROWDS, HERE, Scene
from tests.crash.visitor import PHONES
from tests.fault_matrix import whole

PATIENCE_S = 300.0
AGAIN = "补打"
TITLE, SERIAL = t("slip.title"), "编号"
QUIET = 3


def judge(scene: Scene) -> tuple[dict[str, int], list[str]]:
    """Leave all in peace, look; give what was counted, and what is wrong."""
    scene.stop_people()
    terminals = {site: scene.terminal(site) for site in CROWDS}
    try:
        wrong = _rest(scene, terminals)
        scene.stop_services(*(name for name in scene.names() if name != "hub"))
        try:
            wrong += nights(list(terminals.values()), lambda _: None)
        except (StalledError, KioskError) as error:
            wrong.append(f"stall: {error!r}")
        held, ledger = _held(scene), _ledger(scene, terminals)
        ledger.by_county |= {what for what in held.contents if what[0] == "worker" and PHONES in what[2]}
        unseen = COUNTY_OWNED | {"chain_head"}
        wrong += truth.judge(truth.Trial(list(terminals.values()), ledger, held, local(now()).date(), False, frozenset(), unseen=unseen))
        seen = scene.visitors.told if scene.visitors else []
        wrong += _visitors(terminals[HERE], held, [phone for phone in seen if phone not in _taken_back(ledger, held)])
        counted = {"acknowledged": sum(one.acknowledged for one in ledger.entries) + len(seen), "visits": len(seen)}
        for site, terminal in terminals.items():
            wrong += [*_persons(site, terminal), *_slips(site, terminal, scene.paper[site])]
        counted["slips"] = sum(AGAIN not in "".join(piece) for pieces in scene.paper.values() for piece in pieces)
        counted["slips again"] = sum(len(pieces) for pieces in scene.paper.values()) - counted["slips"]
    finally:
        for terminal in terminals.values():
            terminal.store.close()
    wrong += [f"crash: {path.name}: {text}" for path in scene.folder.glob("*.log") if path.name != "hub.log" for text in crashes(path)]
    return counted, wrong


def _rest(scene: Scene, terminals: dict[str, Terminal]) -> list[str]:
    """Wait until nothing waits any more; whoever is asked for his slip says honestly whether he holds it."""
    until, quiet = time.monotonic() + PATIENCE_S, 0
    while quiet < QUIET:
        for _ in range(20):
            scene.tend()
        waiting = {site: (unsent(terminal), _unprinted(scene, site, terminal)) for site, terminal in terminals.items()}
        quiet = quiet + 1 if scene.hub_answers() and not any(sum(two) for two in waiting.values()) else 0
        if time.monotonic() > until:
            return [f"stall: still waiting after {PATIENCE_S:.0f} s (changes, slips): {waiting}"]
    return []


def _unprinted(scene: Scene, site: str, terminal: Terminal) -> int:
    with terminal.store.read() as u:
        jobs = [job for job in u.list(PrintJob) if job.state not in ENDED]
    for job in jobs:
        if job.state is JobState.UNCERTAIN:
            printing.answer(terminal.here, job.id, bool(_copies(job, scene.paper[site])))
    return len(jobs)


def _held(scene: Scene) -> truth.Held:
    engine = sa.create_engine(scene.cluster.url(), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        return truth.Held([dict(row) for row in connection.execute(sa.select(record)).mappings()])


def _ledger(scene: Scene, terminals: dict[str, Terminal]) -> truth.Ledger:
    ledger = truth.Ledger()
    for site, names in CROWDS.items():
        for name in names:
            for sure, what, revision, before in told(scene.folder / site / f"{name}.told"):
                ledger.add(truth.Entry(site, terminals[site].station.id, what, revision, sure, name), before)
    return ledger


def _taken_back(ledger: truth.Ledger, held: truth.Held) -> set[str]:
    """Give the telephones of visitors whose registration somebody at work took back or erased later."""
    gone = held.tombs | {what[:2] for what in held.contents if truth.emptied(what)}
    written = ledger.under(one.said for one in ledger.entries)
    return {json.loads(what[2])["phone"] for what in written if what[:2] in gone and what[0] == "worker"}


def _visitors(terminal: Terminal, held: truth.Held, seen: Sequence[str]) -> Iterator[str]:
    with terminal.store.read() as u:
        here = Counter(str(worker.phone) for worker in u.list(Worker))
    there = Counter(str(worker.phone) for worker in held.of(Worker))
    for phone in seen:
        if (here[phone], there[phone]) != (1, 1):
            yield f"visitor: {phone} saw that he is registered; {here[phone]} times here, {there[phone]} times at the county"


def _persons(site: str, terminal: Terminal) -> Iterator[str]:
    with terminal.store.read() as u:
        workers = [w for w in u.list(Worker, station_id=terminal.station.id) if w.state is not WorkerState.WITHDRAWN]
        jobs = {job.subject_id for job in u.list(PrintJob)}
        if u.connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
            yield f"damaged: the store of {site}"
        numbers = Counter(one.number for one in u.newest())
    yield from (f"twice: number {number} stands on {n} listings at {site}" for number, n in numbers.items() if n > 1)
    persons = Counter((str(w.name), str(w.phone)) for w in workers if w.phone_of is PhoneOf.OWN)
    yield from (f"twice: {phone} is registered {n} times at {site}" for (_, phone), n in persons.items() if n > 1)
    yield from (f"half: {w.id} is registered at {site}, and has no slip" for w in workers if w.id not in jobs)


def _slips(site: str, terminal: Terminal, paper: Sequence[tuple[str, ...]]) -> Iterator[str]:
    with terminal.store.read() as u:
        jobs = u.list(PrintJob)
    for job in jobs:
        if job.state is JobState.PRINTED and not _copies(job, paper):
            yield f"slip lost: {job.serial} at {site} is called printed"
    begun: Counter[str] = Counter()
    for piece in paper:
        marked = False
        for before, word in zip(("", *piece), piece, strict=False):
            if word == TITLE:
                marked = before.startswith(AGAIN)
            elif word.startswith(SERIAL):
                begun[word] += not marked
    yield from (f"slip doubled: {serial} at {site} began {n} times without {AGAIN}" for serial, n in begun.items() if n > 1)


def _copies(job: PrintJob, paper: Sequence[tuple[str, ...]]) -> int:
    """Count how often a slip came out whole."""
    words = whole(job.slip, PAPER_80)
    body = words[1:] if job.slip.reprint else words
    return sum(piece[-len(body) :] == body for piece in paper)
