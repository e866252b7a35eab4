"""Two stations and their county as they run: terminal, board, agents, people at work, hub, PostgreSQL, display, printers.

Who dies is started anew, as systemd does. Knows how to kill each, not what must hold then (`verdict`).
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import requests
import sqlalchemy as sa
from Xlib.error import ConnectionClosedError

from kiosk.county import enrolment
from kiosk.county.cluster import PrivateCluster
from kiosk.county.publish import publish
from kiosk.county.vault import open_vault
from kiosk.devices.printer_simulator import PrinterServer, SimulatedPrinter
from kiosk.domain.codes import COUNTY
from kiosk.store.migrate import migrate
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.trial.display import VirtualScreen
from tests.chaos.dice import Dice
from tests.chaos.disk import Disk, DyingStore
from tests.chaos.real import START_S, Process, now
from tests.chaos.stations import CENTRE, SITES, Terminal
from tests.crash.visitor import Visitors
from tests.station import KEY

HERE, FAR = "town-1", "village"
CROWDS = {HERE: ("desk-1", "desk-2", "desk-3"), FAR: ("desk-4",)}
ODDS = {"people": 8.0, "agent": 4.0, "far agent": 2.0, "terminal": 0.15, "board": 1.0, "hub": 1.5, "hub's worker": 2.0, "PostgreSQL": 1.0}
ODDS |= {"printer's power": 2.0, "display": 0.05}
FINISHING_S = 0.5
LATER_S = 0.2
LONGEST_SLIP = 1200
WIDTH, HEIGHT = 1280, 800
TOML = """hub = "http://127.0.0.1:{port}"
speaker = "silent"
printer = "tcp://127.0.0.1:{printer}"
sync_wait_s = 2
attract_after_s = 0
night = "on"
[terminal]
width = {width}
height = {height}
[board]
left = {width}
width = 960
height = 540
"""


class Scene:
    """All that runs, in one folder that user postgres can reach."""

    def __init__(self, folder: Path, seed: int, *, screens: bool) -> None:
        self.folder, self.dice, self.screens = folder, Dice(f"{seed} crash"), screens
        self.seed = seed
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self._printers = {site: PrinterServer(SimulatedPrinter()) for site in CROWDS}
        self.paper: dict[str, list[tuple[str, ...]]] = {site: [] for site in CROWDS}
        self.screen = VirtualScreen(2 * WIDTH, HEIGHT) if screens else None
        self._moments = Dice(f"{seed} moments")
        self.cluster = PrivateCluster(folder / "hub" / "pg")
        self._services: dict[str, Process] = {}
        self._due: dict[str, float] = {}
        self.births: dict[str, int] = {}
        self._nurses: dict[str, subprocess.Popen[bytes]] = {}
        self._soon: list[tuple[float, str]] = []
        self.visitors: Visitors | None = None

    def set_up(self) -> None:
        """Start the county, enrol both stations, start everything else."""
        hub = self.folder / "hub"
        hub.mkdir()
        (hub / "hub.toml").write_text(f"port = {self.port}\nworkers = 2\n")
        self._add("hub", "--state", str(hub), "county")
        until = time.monotonic() + START_S
        while not self.hub_answers():
            assert time.monotonic() < until, "the hub did not start"
            self.tend()
        engine = sa.create_engine(self.cluster.url(), poolclass=sa.pool.NullPool)
        with engine.begin() as connection:
            publish(connection, COUNTY, [CENTRE, SITES[HERE], SITES[FAR]], now())
            codes = {site: enrolment.make_code(connection, open_vault(hub / "hub.key"), COUNTY, SITES[site].id, now()) for site in CROWDS}
        for site, code in codes.items():
            self._enrol(site, code)
        for site, agent in ((HERE, "agent"), (FAR, "far agent")):
            self._add(agent, "--state", str(self.folder / site), "agent")
            words = [sys.executable, "-m", "tests.crash.crowd", site, str(self.folder / site), str(self.seed), *CROWDS[site]]
            with (self.folder / f"{site}.crowd.log").open("ab") as log:
                self._nurses[site] = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
        if self.screens:
            for name in ("terminal", "board"):
                self._add(name, "--state", str(self.folder / HERE), name)
            self.visitors = Visitors(self._display, self.folder / "probe", lambda: self.births.get("terminal", 0), self._finishing)
            self.visitors.start()

    def _display(self) -> str:
        return self.screen.name if self.screen is not None else ""

    def _enrol(self, site: str, code: str) -> None:
        home = self.folder / site
        home.mkdir(exist_ok=True)
        (home / "station.key").write_text(KEY)
        (home / "kiosk.toml").write_text(TOML.format(port=self.port, printer=self._printers[site].port, width=WIDTH, height=HEIGHT))
        migrate(home / "station.db", KEY)
        terminal = self.terminal(site)
        exchange.enrol(terminal.store, terminal.line, code, now())
        with terminal.store.write() as u:
            for name in (site, *CROWDS[site]):
                u.put(*Terminal(name, terminal.station, terminal.disk, terminal.line, now).team)
        terminal.store.close()

    def terminal(self, site: str) -> Terminal:
        """Open a station's store beside its processes."""
        disk = Disk(DyingStore(), self.folder / site / "station.db", now)
        return Terminal(site, SITES[site], disk, HttpHub(f"http://127.0.0.1:{self.port}"), now)

    def everybody_works(self) -> bool:
        """Say whether each of the people has done something."""
        return all((self.folder / site / f"{name}.told").exists() for site, names in CROWDS.items() for name in names)

    def _add(self, name: str, *words: str) -> None:
        environment = os.environ | {"DISPLAY": self._display(), "KIOSK_PROBE": str(self.folder / "probe")}
        self._services[name] = Process(words, self.folder / f"{name}.log", environment)
        self._due[name] = 0.0

    def _finishing(self) -> None:
        """Let the terminal die, every other time, in the moment in which a visitor's registration is written."""
        if self._moments.chance(0.5):
            self._soon.append((time.monotonic() + self._moments.uniform(0, FINISHING_S), "terminal"))

    def tend(self) -> None:
        """Start anew who has died; take the paper off the printer."""
        time.sleep(0.01)
        for name, service in self._services.items():
            if service.running is not None and service.running.poll() is not None:
                with suppress(ProcessLookupError):
                    os.killpg(service.running.pid, signal.SIGKILL)  # as systemd clears a unit's group
                service.running, self._due[name] = None, time.monotonic() + LATER_S
            if service.running is None and time.monotonic() >= self._due[name]:
                self.births[name] = self.births.get(name, 0) + 1
                service.start()
        for site, printer in self._printers.items():
            while printer.printer.pieces:
                self.paper[site].append(printer.printer.pieces.pop(0).words)
            printer.printer.raw.clear()

    def hub_answers(self) -> bool:
        """Say whether the hub is well."""
        with suppress(requests.RequestException):
            return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).ok
        return False

    def due(self) -> Iterable[str]:
        """Give who is to die in a visitor's moment, now."""
        for one in [one for one in self._soon if one[0] <= time.monotonic()]:
            self._soon.remove(one)
            yield one[1]

    def victims(self) -> list[str]:
        """Choose who dies next: mostly one, sometimes several, now and then everybody at once."""
        odds = {name: odd for name, odd in ODDS.items() if self.screens or name not in ("terminal", "board", "display")}
        if self.dice.chance(0.01):
            return list(odds)
        return self.dice.choices(list(odds), list(odds.values()), k=self.dice.choices((1, 2, 3), (8, 2, 1))[0])

    def kill(self, victim: str) -> bool:
        """Kill it, if it lives; say whether."""
        acts: dict[str, Callable[[], bool]] = {
            "people": self._kill_somebody,
            "hub's worker": lambda: self._kill_one_of(_children(self._services["hub"])),
            "PostgreSQL": self._kill_postgres,
            "printer's power": self._cut_power,
            "display": self._kill_display,
        }
        return acts[victim]() if victim in acts else self._kill_service(victim)

    def _kill_service(self, name: str) -> bool:
        running = self._services[name].running
        if running is None or running.poll() is not None:
            return False
        running.kill()
        return True

    def _kill_somebody(self) -> bool:
        site = self.dice.choices((HERE, FAR), (3, 1))[0]
        line = self._nurses[site].stdin
        assert line is not None
        line.write(f"kill {self.dice.choice(CROWDS[site])}\n".encode())
        line.flush()
        return True

    def _kill_one_of(self, numbers: list[int]) -> bool:
        with suppress(IndexError, ProcessLookupError):
            os.kill(self.dice.choice(numbers), signal.SIGKILL)
            return True
        return False

    def _kill_postgres(self) -> bool:
        """Kill its head, or one of its hands."""
        with suppress(OSError, ValueError, IndexError):
            head = int((self.cluster.data / "postmaster.pid").read_text().split()[0])
            if Path(f"/proc/{head}/comm").read_text().startswith("postgres"):
                return self._kill_one_of([head] if self.dice.chance(0.3) else _children_of(head))
        return False

    def _cut_power(self) -> bool:
        self._printers[self.dice.choice(list(CROWDS))].printer.faults.reboot_after = self.dice.randrange(1, LONGEST_SLIP)
        return True

    def _kill_display(self) -> bool:
        assert self.screen is not None
        os.kill(self.screen.pid, signal.SIGKILL)
        with suppress(ConnectionClosedError, OSError):
            self.screen.close()
        self.screen = VirtualScreen(2 * WIDTH, HEIGHT)
        for name in ("terminal", "board"):
            environment = self._services[name].environment
            assert environment is not None
            environment["DISPLAY"] = self.screen.name
        return True

    def stop_people(self) -> None:
        """Let people finish what they do, and go."""
        if self.visitors is not None:
            self.visitors.stop()
        for nurse in self._nurses.values():
            assert nurse.stdin is not None
            nurse.stdin.close()
            nurse.wait(START_S)
        for printer in self._printers.values():
            printer.printer.faults.reboot_after = None

    def stop_services(self, *names: str) -> None:
        """End processes as systemd does."""
        for name in names or tuple(self._services):
            self._services.pop(name).stop(signal.SIGTERM)

    def names(self) -> list[str]:
        """Name what runs."""
        return list(self._services)

    def close(self) -> None:
        """End everything."""
        for service in self._services.values():
            service.stop()
        for nurse in self._nurses.values():
            with suppress(ProcessLookupError):
                os.killpg(nurse.pid, signal.SIGKILL)
            nurse.wait()
        self.cluster.stop()
        if self.screen is not None:
            self.screen.close()
        for printer in self._printers.values():
            printer.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _children(process: Process) -> list[int]:
    return _children_of(process.running.pid) if process.running is not None else []


def _children_of(parent: int) -> list[int]:
    with suppress(OSError):
        return [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return []
