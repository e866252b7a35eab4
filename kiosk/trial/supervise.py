"""`kiosk run`: hub, agent, terminal and board on one machine, for a trial. Owns the order of starting and stopping, restarts after a crash,
and the trial's ports. Knows no screen, no route and no table. In production systemd does this.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from kiosk import config
from kiosk.bootstrap import ASSETS, PHONE_BASE, enrol, open_store, prepare, wall_clock
from kiosk.county import settings as county
from kiosk.county.cluster import PrivateCluster
from kiosk.errors import ConfigError, KioskError, SyncError, WrongKey
from kiosk.services.fill import STATION
from kiosk.text import t
from kiosk.trial.child import end, spawn
from kiosk.trial.display import Screen, VirtualScreen

ROOT = Path(__file__).parent.parent.parent
PORTS = range(8420, 8520)
DESK_PORTS_UP = 1000
"""The desk page's port lies so far above the hub's: whoever has the one has the other."""
PAUSE_FIRST_S, PAUSE_MAX_S = 1.0, 60.0
SETTLED_S = 60.0
"""A process that lived this long starts anew without having its earlier crashes held against it."""
PATIENCE_S = {"terminal": 5.0, "board": 5.0, "agent": 15.0, "hub": 15.0}
"""In the order of stopping. The agent finishes a slip, the hub its requests and, when it made it, its database."""
LOOK_S = 0.2
HUB_S = 60.0
ENROL_AGAIN_S = 5.0
LOG_MAX = 1_000_000

KIOSK_TOML = """# 试用的设置。改了以后，停下来重新开始就生效。
sample = true
hub = "http://127.0.0.1:{port}"
phone_base = "http://127.0.0.1:{port}"
desk = "127.0.0.1:{desk}"
"""
HUB_TOML = """port = {port}
station_base = "http://127.0.0.1:{port}"
phone_base = "http://127.0.0.1:{port}"
"""


class Child:
    """One process of the product, started again whenever it ends by itself."""

    def __init__(self, name: str, state: Path, words: list[str], environment: Mapping[str, str]) -> None:
        self.name, self.log = name, state / "log" / f"{name}.log"
        self._words = [sys.executable, "-m", "kiosk", "--state", str(state), *words]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._due = 0.0
        self._pause = PAUSE_FIRST_S
        self.crashes = 0

    def start(self) -> None:
        """Start it; what it says goes to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self._process = spawn(self._words, output, self._environment)
        self._started = time.monotonic()

    def tend(self) -> str | None:
        """Start it again when it is due; give a sentence when it has just ended."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self.start()
            return None
        status = self._process.poll()
        if status is None:
            return None
        end(self._process, 0)
        self._process = None
        self.crashes += 1
        pause = self._pause = PAUSE_FIRST_S if now - self._started > SETTLED_S else self._pause
        self._due, self._pause = now + pause, min(2 * pause, PAUSE_MAX_S)
        return t("run.crashed", name=self.name, status=status, pause=pause, log=self.log)

    def stop(self) -> None:
        """End it and whatever it started."""
        if self._process is not None:
            end(self._process, PATIENCE_S[self.name])
            self._process = None


class Trial:
    """Everything on one machine, in one state folder. Start it from the main thread: the processes end with the thread that made them."""

    def __init__(self, state: Path, environment: Mapping[str, str]) -> None:
        self._state, self._given = state, environment
        self._children: dict[str, Child] = {}
        self._held: list[IO[str] | socket.socket] = []
        self._screen: Screen | None = None
        self._enrolled, self._enrol_due = False, 0.0

    def start(self) -> None:
        """Prepare the store and start all processes; raise KioskError. `stop` is owed even then."""
        self._lock()
        self.hub = self._settle()
        self.settings = config.load(self._state)
        self._screen = _open_screen(self._given.get("DISPLAY", ""))
        environment = {**self._given, "DISPLAY": self._screen.name, "PYTHONPATH": str(ROOT)}
        words = {"hub": ["county"], "agent": ["agent"], "terminal": ["terminal"], "board": ["board"]}
        self._children = {name: Child(name, self._state, w, environment) for name, w in words.items()}
        # the hub takes longest, and needs nothing of the station's
        self._children["hub"].start()
        prepare(self.settings)
        self._tell_phone_base()
        for name in ("terminal", "board", "agent"):
            self._children[name].start()

    @property
    def screen(self) -> Screen:
        """The display that the windows stand on."""
        assert self._screen is not None, "not started"
        return self._screen

    @property
    def virtual(self) -> bool:
        """Say whether the display is one of our own."""
        return isinstance(self._screen, VirtualScreen)

    @property
    def enrolled(self) -> bool:
        """Say whether the station is one of the county's."""
        return self._enrolled

    @property
    def crashes(self) -> int:
        """Count how often a process ended by itself."""
        return sum(child.crashes for child in self._children.values())

    def log(self, name: str) -> Path:
        """Say where a process writes what goes wrong."""
        return self._children[name].log

    def tend(self) -> list[str]:
        """Start again what crashed, enrol when the hub is there; give what is worth saying. Raises ConfigError when the display is gone."""
        if isinstance(self._screen, VirtualScreen) and not self._screen.running:
            raise ConfigError(t("run.screen_gone"))
        said = [line for child in self._children.values() if (line := child.tend())]
        if not self._enrolled and time.monotonic() >= self._enrol_due and _healthy(self.hub):
            self._enrol_due = time.monotonic() + ENROL_AGAIN_S
            try:
                self._enrol()
            except (SyncError, subprocess.SubprocessError) as error:
                said.append(t("run.not_enrolled", reason=error))
        return said

    def stop(self) -> None:
        """Stop everything in order: windows, agent, hub, database, display. Nothing stays behind."""
        for name in PATIENCE_S:
            if name in self._children:
                self._children[name].stop()
        if self._children and not self.hub.database:
            # the hub stops its database itself, unless it was killed
            PrivateCluster(self.hub.cluster_path).stop()
        if self._screen is not None:
            self._screen.close()
            self._screen = None
        for held in self._held:
            held.close()

    def _lock(self) -> None:
        """Hold the state folder, so that no second trial works in it."""
        folder = self._state / "run"
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        self._held.append(lock)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(t("run.twice", state=self._state)) from None

    def _settle(self) -> county.HubSettings:
        """Write the settings of a first start; move the hub to another port when somebody else has its own."""
        files = {self._state / config.FILE: KIOSK_TOML, self._state / county.FILE: HUB_TOML}
        for path, text in files.items():
            if not path.exists():
                path.write_text(text.format(port=PORTS[0], desk=PORTS[0] + DESK_PORTS_UP), "utf-8")
        old = county.load(self._state).port
        for port in (old, *PORTS):
            if claim := _claim(port):
                self._held.append(claim)
                break
        else:
            raise ConfigError(f"no free port from {PORTS[0]} to {PORTS[-1]}")
        if port != old:
            for path in files:
                text = path.read_text("utf-8").replace(f"127.0.0.1:{old}", f"127.0.0.1:{port}")
                text = text.replace(f"127.0.0.1:{old + DESK_PORTS_UP}", f"127.0.0.1:{port + DESK_PORTS_UP}")
                path.write_text(text.replace(f"port = {old}", f"port = {port}"), "utf-8")
        return county.load(self._state)

    def _tell_phone_base(self) -> None:
        """The station remembers the phone pages' address from its enrolment; a hub that moved on this machine has a new one."""
        store = open_store(self.settings)
        with store.write() as u:
            known = u.recall(PHONE_BASE) or ""
            if known.startswith("http://127.0.0.1:") and known != self.hub.phone_base:
                u.remember(PHONE_BASE, self.hub.phone_base)

    def _enrol(self) -> None:
        from kiosk.sync.exchange import identity

        if identity(open_store(self.settings)) is None:
            path = self.hub.code_path
            code = path.read_text() if path.exists() else self._new_code()
            path.unlink(missing_ok=True)
            enrol(self.settings, [code])
        self._enrolled = True

    def _new_code(self) -> str:
        words = [sys.executable, "-m", "kiosk", "--state", str(self._state), "county", "code", STATION]
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=HUB_S, check=True).stdout.strip()


def run(state: Path) -> int:
    """Run the trial until SIGINT, SIGTERM or SIGHUP; give the exit status."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    trial = Trial(state.absolute(), os.environ)
    try:
        _say(t("run.starting"))
        trial.start()
        _say(_windows(trial))
        _serve(trial, stopping)
        _say(t("run.stopping"))
    except WrongKey:
        _say(t("run.failed", reason=t("run.wrong_key", file=trial.settings.key_path)))
        return 1
    except KioskError as error:
        _say(t("run.failed", reason=error))
        return 1
    finally:
        trial.stop()
    _say(t("run.stopped"))
    return 0


def _serve(trial: Trial, stopping: threading.Event) -> None:
    """Say where to look once the county is there, or cannot be had; tend until told to stop."""
    told, late = False, time.monotonic() + HUB_S
    while not stopping.wait(LOOK_S):
        for line in trial.tend():
            _say(line)
        if not told and (trial.enrolled or time.monotonic() > late):
            told = True
            if not trial.enrolled:
                _say(t("run.no_hub", log=trial.log("hub")))
            _say(t("run.where", display=trial.screen.name, slips=trial.settings.state_dir / "slips"))
            desk = trial.settings.desk
            _say(t("run.phone", address=f"{trial.hub.phone_base}/") + (t("run.desk", address=f"https://{desk}/") if desk else ""))
            if trial.hub.invite_path.exists():
                _say(t("run.console", invitation=trial.hub.invite_path.read_text("utf-8")))
            _say(t("run.pin", pins="、".join(f"{name} {pin}" for name, pin in _pins())))


def _pins() -> list[tuple[str, str]]:
    from kiosk.services.sample import load_sample

    sample = load_sample(ASSETS / "sample", wall_clock())
    here = next(s.id for s in sample.stations if s.name == STATION)
    return [(person.name, person.pin) for person in sample.staff if person.station_id == here]


def _windows(trial: Trial) -> str:
    if trial.virtual:
        return t("run.virtual", display=trial.screen.name)
    board, file = trial.settings.board, trial.settings.state_dir / config.FILE
    if board.left + board.width > trial.screen.width:
        return t("run.narrow", width=trial.screen.width, left=board.left, file=file)
    return ""


def _open_screen(name: str) -> Screen:
    """Use the display that there is, else make one."""
    if name:
        with suppress(ConfigError):
            return Screen(name)
    return VirtualScreen(3840, 1080)


def _claim(port: int) -> socket.socket | None:
    """Take a port for the hub, which will open it in a while; None when somebody has it.

    The claim is a name in the kernel, gone with this process: two trials that start together would both find the port itself free.
    """
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0kiosk-trial-{port}")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return None
    return claim


def _healthy(hub: county.HubSettings) -> bool:
    line = HTTPConnection(hub.host, hub.port, timeout=2)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def _say(line: str) -> None:
    if line:
        print(line, flush=True)
