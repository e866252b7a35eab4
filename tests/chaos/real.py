"""The same faults on real processes: `kiosk agent`s, a `kiosk county` on PostgreSQL, and a line of ours between them that is really cut.

People work in this process, as a terminal's process does beside its agent. Processes are killed with -9, stores and database are put back
from copies, a station's clock is set years wrong, and the stations' disk runs full (as root, who may mount one of a size). Then all is well
again: the agents must come to rest by themselves, and what `truth` says must hold.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import requests
import sqlalchemy as sa

from kiosk.clock import FILE, StationClock, machine
from kiosk.county import enrolment, feed
from kiosk.county.cluster import PrivateCluster
from kiosk.county.migrate import migrate as migrate_hub
from kiosk.county.publish import publish
from kiosk.county.schema import record
from kiosk.county.vault import open_vault
from kiosk.domain.clock import Teller, Word
from kiosk.domain.codes import COUNTY
from kiosk.domain.entities import COUNTY_OWNED
from kiosk.domain.record import to_plain
from kiosk.domain.station import Station
from kiosk.errors import KioskError, SyncError
from kiosk.services.station import local
from kiosk.store.migrate import migrate
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from tests.chaos import truth
from tests.chaos.dice import Dice
from tests.chaos.disk import Disk, DyingStore
from tests.chaos.proxy import Proxy
from tests.chaos.stations import SITES, TOWN, VILLAGE, StalledError, Terminal
from tests.chaos.work import NothingToDoError, do_something
from tests.hub_parts import running_cluster
from tests.station import KEY

PATIENCE_S = 120.0
"""So long agents may take to come to rest: a back-off ends after a minute."""
START_S = 60.0
ROUNDS = 4
SECOND_TOWN = replace(TOWN, id=f"{0:08}-0000-7000-8000-000000000004", name="曾店站", short="ZD")
FAR = {
    f"village-{n}": replace(VILLAGE, id=f"{0:08}-0000-7000-8000-00000000001{n}", name=f"村站{n}", parent_id=(TOWN, SECOND_TOWN)[n % 2].id)
    for n in range(4)
}
ALL_SITES = {**SITES, "second-town": SECOND_TOWN, **FAR}
"""Eight stations, one of them with two terminals."""
STEPS = {"work": 12.0, "pause": 3.0, "weather": 1.5, "agent killed": 1.5, "hub killed": 0.7, "back up": 0.6, "restore": 0.6}
STEPS |= {"county backs up": 0.3, "county restored": 0.3, "clock jumps": 0.6, "disk full": 0.4, "disk has room": 0.4}
DISK = "256m"
"""Of all stations together, where they have one of their own."""
JUMPS = tuple(timedelta(days=days) for days in (-56 * 365, -400, -1, -0.1, 0.1, 1, 400, 30 * 365))


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass
class Process:
    """One of the product's processes."""

    words: tuple[str, ...]
    log: Path
    environment: dict[str, str] | None = None
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs: whoever ended by himself is started again, as the supervisor does."""
        if self.running is None or self.running.poll() is not None:
            with self.log.open("ab") as log:
                words = [sys.executable, "-m", "kiosk", *self.words]
                self.running = subprocess.Popen(words, stdout=log, stderr=log, env=self.environment, start_new_session=True)

    def stop(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it, and wait until it has gone."""
        if self.running is not None:
            self.running.send_signal(number)
            self.running.wait(START_S)
            self.running = None


@dataclass
class Scene:
    """One schedule's processes and what is known of them."""

    seed: int
    cluster: PrivateCluster
    folder: Path
    sites: dict[str, Station]
    steps: int
    trace: list[str] = field(default_factory=list)
    ledger: truth.Ledger = field(default_factory=truth.Ledger)
    hub_restored: bool = False
    restored: set[str] = field(default_factory=set)
    jumped: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = Dice(f"{self.seed} real")
        self.database, self.copy = f"real{self.seed}_{os.getpid()}", f"copy{self.seed}_{os.getpid()}"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.copied = False
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        mounting = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(self.disk)]
        self.mounted = os.geteuid() == 0 and subprocess.run(mounting, capture_output=True, check=False).returncode == 0
        self.ballast = self.disk / "ballast"
        self._ask(f"CREATE DATABASE {self.database}")
        self.engine = sa.create_engine(self.cluster.url(self.database), hide_parameters=True, poolclass=sa.pool.NullPool)
        self.proxy = Proxy(self.port, self.seed)
        hub = self.folder / "hub"
        hub.mkdir()
        workers = 1 if len(self.sites) <= len(SITES) else 2
        (hub / "hub.toml").write_text(f'database = "{self.cluster.url(self.database)}"\nport = {self.port}\nworkers = {workers}\n')
        self.hub = Process(("--state", str(hub), "county"), self.folder / "hub.log")
        self.agents: dict[str, Process] = {}
        self.terminals: list[Terminal] = []

    def _ask(self, statement: str) -> None:
        with psycopg.connect(self.cluster.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement)

    def say(self, what: str) -> None:
        """Add to the trace."""
        self.trace.append(what)

    def set_up(self) -> None:
        """Make the county, start its hub, enrol every terminal, start the agents."""
        migrate_hub(self.engine)
        vault = open_vault(self.folder / "hub" / "hub.key")
        with self.engine.begin() as connection:
            publish(connection, COUNTY, {one.id: one for one in self.sites.values()}.values(), now())
            codes = {name: enrolment.make_code(connection, vault, COUNTY, one.id, now()) for name, one in self.sites.items()}
        self.start_hub()
        empty = self.folder / "empty.db"
        migrate(empty, KEY)
        for name, station in self.sites.items():
            home = self.disk / name
            home.mkdir()
            (home / "station.key").write_text(KEY)
            (home / "kiosk.toml").write_text(f'hub = "{self.proxy.base}"\nspeaker = "silent"\nsync_wait_s = 2\n')
            shutil.copyfile(empty, home / "station.db")
            clock = StationClock(home)
            disk = Disk(DyingStore(), home / "station.db", clock)
            terminal = Terminal(name, station, disk, HttpHub(f"http://127.0.0.1:{self.port}"), clock)
            exchange.enrol(terminal.store, terminal.line, codes[name], now())
            with terminal.store.write() as u:
                u.put(*terminal.team)
            self.terminals.append(terminal)
            self.agents[name] = Process(("--state", str(home), "agent"), self.folder / f"{name}.log")
            self.agents[name].start()

    def start_hub(self) -> None:
        """Start the hub and wait until it answers."""
        until = time.monotonic() + START_S
        while True:
            self.hub.start()
            with suppress(requests.RequestException):
                if requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).ok:
                    return
            assert time.monotonic() < until, "the hub did not start"
            time.sleep(0.05)

    def play(self) -> None:
        """Let things happen, one after the other."""
        for number in range(self.steps):
            kind = self.dice.choices(list(STEPS), list(STEPS.values()))[0]
            terminal = self.dice.choice(self.terminals)
            self.say(f"{number:3} {kind} {terminal.name if not kind.startswith(('county', 'hub', 'weather', 'pause')) else ''}")
            try:
                said = getattr(self, f"_{kind.replace(' ', '_')}")(terminal)
            except NothingToDoError:
                said = "nothing to do"
            except KioskError as error:
                said = f"refused: {error!r}"
            except OSError as error:
                if not self.ballast.exists():
                    raise
                said = f"refused: {error!r}"
            if said:
                self.say(f"      {said}")
            self.ledger.note(terminal, f"step {number}")

    def _work(self, terminal: Terminal) -> str:
        return do_something(terminal, self.dice)

    def _pause(self, _: Terminal) -> None:
        time.sleep(self.dice.uniform(0.1, 1.0))

    def _weather(self, _: Terminal) -> str:
        self.proxy.weather(self.dice.choice((0.0, 0.3, 0.7)))
        return f"{self.proxy.badness}"

    def _agent_killed(self, terminal: Terminal) -> None:
        self.agents[terminal.name].stop()
        self.agents[terminal.name].start()

    def _hub_killed(self, _: Terminal) -> None:
        self.hub.stop()
        time.sleep(self.dice.uniform(0, 0.5))
        self.hub.start()

    def _back_up(self, terminal: Terminal) -> None:
        self.agents[terminal.name].stop()
        terminal.disk.back_up()
        self.agents[terminal.name].start()

    def _restore(self, terminal: Terminal) -> None:
        if not terminal.disk.copies:
            raise NothingToDoError
        self.agents[terminal.name].stop()
        terminal.disk.restore(self.dice.choice(terminal.disk.copies))
        self.restored.add(terminal.name)
        self._bury()
        self.agents[terminal.name].start()

    def _clock_jumps(self, terminal: Terminal) -> str:
        """The county was away, the machine had lost the time, and staff set it wrong; the county's next answer puts it right."""
        by, asked = self.dice.choice(JUMPS), machine()
        word = Word(at=now() + by, count_s=asked.count_s, boot=asked.boot, by=Teller.STAFF)
        (self.disk / terminal.name / FILE).write_text(json.dumps(to_plain(word)))
        self.jumped.add(terminal.name)
        return f"by {by}"

    def _disk_full(self, _: Terminal) -> None:
        if not self.mounted or self.ballast.exists():
            raise NothingToDoError
        with suppress(OSError), self.ballast.open("wb") as file:
            while True:
                file.write(bytes(1 << 16))

    def _disk_has_room(self, _: Terminal) -> None:
        self.ballast.unlink(missing_ok=True)

    def _county_backs_up(self, _: Terminal) -> None:
        with self._hub_away():
            self._ask(f"DROP DATABASE IF EXISTS {self.copy}")
            self._ask(f"CREATE DATABASE {self.copy} TEMPLATE {self.database}")
            self.copied = True

    def _county_restored(self, _: Terminal) -> None:
        if not self.copied:
            raise NothingToDoError
        with self._hub_away():
            self._ask(f"DROP DATABASE {self.database} WITH (FORCE)")
            self._ask(f"CREATE DATABASE {self.database} TEMPLATE {self.copy}")
            with self.engine.begin() as connection:
                feed.renew(connection, COUNTY, datetime.now(UTC))
            self.hub_restored = True
            self._bury()

    @contextmanager
    def _hub_away(self) -> Iterator[None]:
        self.hub.stop()
        self._ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.database}'")
        time.sleep(0.1)
        yield
        self.hub.start()

    def _held(self) -> truth.Held:
        with self.engine.connect() as connection:
            return truth.Held([dict(row) for row in connection.execute(sa.select(record)).mappings()])

    def _bury(self) -> None:
        for terminal in self.terminals:
            self.ledger.note(terminal, "before")
        truth.mark_destroyed(self.ledger, self._held(), {t.name: truth.holding(t) for t in self.terminals}, self.terminals)

    def heal(self) -> list[str]:
        """Take the faults away, wait for the agents, compare once as they do daily; give what is wrong."""
        self.say(f"    healed; harmed until then: {self.proxy.harmed}")
        self.proxy.weather(0.0)
        self.ballast.unlink(missing_ok=True)
        self.start_hub()
        for agent in self.agents.values():
            agent.start()
        wrong = self._rest()
        for agent in self.agents.values():
            agent.stop(signal.SIGTERM)
        try:
            wrong += nights(self.terminals, self.say)
        except (StalledError, SyncError) as error:
            wrong.append(f"stall: {error!r}")
        for terminal in self.terminals:
            self.ledger.note(terminal, "healing")
        unseen = COUNTY_OWNED | {"chain_head"}  # the agents queue heads by themselves
        trial = truth.Trial(
            self.terminals,
            self.ledger,
            self._held(),
            local(now()).date(),
            self.hub_restored,
            frozenset(self.restored),
            frozenset(self.jumped),
            unseen=unseen,
        )
        return wrong + truth.judge(trial)

    def _rest(self) -> list[str]:
        until, quiet = time.monotonic() + PATIENCE_S, 0
        while quiet < 3:
            time.sleep(0.3)
            waiting = {t.name: size for t in self.terminals if (size := unsent(t))}
            quiet = 0 if waiting else quiet + 1
            if time.monotonic() > until:
                return [f"stall: the agents do not come to rest: {waiting}"]
        return []

    def close(self) -> None:
        """End everything."""
        for process in (self.hub, *self.agents.values()):
            process.stop()
        self.proxy.close()
        for terminal in self.terminals:
            terminal.store.close()
            terminal.line.close()  # type: ignore[attr-defined]
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.disk)], check=True)
        for name in (self.database, self.copy):
            self._ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def unsent(terminal: Terminal) -> int:
    """Say how much a terminal still has to tell the county."""
    with terminal.store.read() as u:
        return u.outbox_size() or int(u.recall(exchange.ANEW) == "1")


def nights(terminals: Sequence[Terminal], say: Callable[[str], None]) -> list[str]:
    """Exchange and compare as agents do daily, until nothing moves; give what is wrong where it never ends."""
    moved: dict[str, object] = {}
    for number in range(1, ROUNDS + 1):
        settled = {t.name: t.settle() for t in terminals}
        differed = {t.name: t.repair() for t in terminals}
        say(f"night {number}: pulled and pushed {settled}, differed {differed}")
        if number > 1 and not any(pushed for _, pushed in settled.values()) and not any(differed.values()):
            return []
        moved = {**settled, "differed": differed}
    return [f"stall: something still moves in night {ROUNDS}: {moved}"]


def crashes(log: Path) -> list[str]:
    """Give the tracebacks in a log. A worker that was being started when its hub was killed is not one that crashed."""
    texts = log.read_text("utf-8", "replace").split("Traceback (most recent call last)")[1:]
    return [text[:1500] for text in texts if "in spawn_main" not in text]


def main(schedules: int, seed: int, *, small: bool = False) -> int:
    """Play schedules and print one JSON object; give the exit status. `small`: four terminals and few steps."""
    started, failed, played = time.monotonic(), [], 0
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with running_cluster(memory) as cluster:
        for number in range(seed, seed + schedules):
            with tempfile.TemporaryDirectory(prefix="kiosk-real-", dir=memory) as folder:
                scene = Scene(number, cluster, Path(folder), SITES if small else ALL_SITES, 25 if small else 80)
                try:
                    scene.set_up()
                    scene.play()
                    wrong = scene.heal()
                finally:
                    scene.close()
                wrong += [f"crash: {path.name}: {text}" for path in Path(folder).glob("*.log") for text in crashes(path)]
            played += len(scene.ledger.entries)
            if wrong:
                failed.append(number)
                print("\n  ".join([f"seed {number}:", *scene.trace, *wrong]), file=sys.stderr, flush=True)
    seconds = round(time.monotonic() - started, 1)
    print(json.dumps({"real": schedules, "seed": seed, "written": played, "failed": failed, "seconds": seconds}))
    return 1 if failed else 0
