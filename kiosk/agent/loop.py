"""The agent's life: threads for slips, push, waiting pull and the desk page over one store, their patience with a hub that is away, health.

Owns when things are done, never what: `spool` prints, `kiosk.sync.exchange` syncs. A SyncError or StoreError is waited out, longer each
time and never in step with other stations. Anything unforeseen ends the agent with a traceback, for its supervisor to start it anew.
"""

import json
import logging
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from kiosk.agent.check_up import CheckUps, examine
from kiosk.agent.day_keeper import TOUCHED, DayKeeper
from kiosk.agent.files import FileSender
from kiosk.agent.report import Reporter
from kiosk.agent.update import Updater
from kiosk.alive import Pulse, tell
from kiosk.config import VERSION, Settings
from kiosk.domain.record import to_plain
from kiosk.errors import HubRefused, KioskError, StoreError, SyncError
from kiosk.heap import one_heap
from kiosk.services import introduce, safekeeping
from kiosk.services.station_days import Look
from kiosk.store.store import Store
from kiosk.sync import exchange, keys
from kiosk.sync.client import KeyHub

log = logging.getLogger(__name__)

SPOOL_POLL_S = 0.01
PUSH_POLL_S = 0.1
SPOOL_EVERY_S = 1.0
"""A slip that waits for paper is tried again without a change in the store."""
PUSH_EVERY_S = 60.0
ENROLLED_POLL_S = 1.0
"""Enrolment is another process's doing and moves no outbox; what was collected before it should not wait a minute."""
PAUSE_S = 0.002
"""Between transactions, so that a visitor's write comes through (DESIGN, SQLite: 432 ms without, 54 ms with)."""
BACKOFF_FIRST_S, BACKOFF_MAX_S = 1.0, 60.0
PULL_LEAST_S = 1.0
"""An answer sooner than this to a waiting pull that brought nothing came from a hub that is stopping."""
FIRST_KEYS_S, KEYS_EVERY_S = 600.0, 86_400.0
"""Keys are asked for soon after the start, not by all stations at once when the light comes back, and once a day."""
FIRST_REPAIR_S, REPAIR_EVERY_S = 600.0, 86_400.0
"""Digests are compared soon after the start, not by all stations at once when the light comes back, and once a day."""
HEALTH_EVERY_S = 5.0
SWEEP_EVERY_S = 600.0
FIRST_TIDY_S, TIDY_EVERY_S = 900.0, 86_400.0
"""What is over is looked for once the county has told the time, and again after the next round until nothing is left."""
DESK_AGAIN_S = 5.0
FIRST_BACKUP_S, BACKUP_AGAIN_S = 120.0, 1800.0
"""A copy reads the whole store, so not while the screens come up; and a disk that was pulled out is looked for every half hour."""
STOP_S = 10.0
PATIENCE_S = {"spool": 300.0, "push": 300.0, "pull": 900.0, "report": 300.0, "check_up": 300.0, "desk": 60.0}
"""How long one round of each life may take before it counts as standing still: a slip in pictures on a slow line, a batch on a half-dead
one, a night's comparison with the county."""
NICE = 5
"""Not more: who is starved while he writes holds the visitor's own write up (tried with 15: a slip waited longer than 5 s)."""
YIELD_S, VISIT_S = 0.3, 15.0
"""While a visitor is there, the feed rests so long after each part of a page: about twice as long as it works."""


class Spool(Protocol):
    """What carries slips to the printer."""

    def step(self) -> None:
        """Print what is due."""
        ...


class Desk(Protocol):
    """The staff's page for the desk PC."""

    def run(self, stop: threading.Event, alive: Callable[[], None]) -> None:
        """Serve until `stop`, calling `alive` at least every second; raise OSError when the port cannot be had."""
        ...


@dataclass
class Health:
    """What the health file says. The first five are empty when all is well, else an error's class and code, or what hinders backups.

    `mended`: why the store was made anew, while staff are told of it. `version` is the program's.
    """

    push: str = ""
    pull: str = ""
    spool: str = ""
    desk: str = ""
    backup: str = ""
    mended: str = ""
    enrolled: bool = False
    waiting: int = 0
    parked: int = 0
    version: str = VERSION


class Backoff:
    """How long to wait after failures in a row: doubling, at most a minute, by a random half so that stations do not come together."""

    def __init__(self, dice: random.Random) -> None:
        self._dice, self._failures = dice, 0

    def failed(self, least_s: float = 0.0) -> float:
        """Count a failure and give the seconds to wait: not fewer than the hub asked for."""
        self._failures += 1
        return least_s + min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2.0 ** min(self._failures - 1, 10)) * self._dice.uniform(0.5, 1.0)

    def succeeded(self) -> None:
        """Begin anew."""
        self._failures = 0


class Agent:
    """One station's agent; `hub` is None where settings name none, `open_desk` gives None where they switch no desk page on."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        spool: Spool,
        hub: KeyHub | None,
        clock: Callable[[], datetime],
        open_desk: Callable[[], Desk | None] = lambda: None,
        take_phone_acts: Callable[[], object] = lambda: None,
        back_up: Callable[[], object] = lambda: None,
        tidy: Callable[[], int] = lambda: 0,
        keep_time: Callable[[], object] = lambda: None,
        note_day: Callable[[Sequence[Look]], None] = lambda _: None,
        updater: Updater | None = None,
        sender: FileSender | None = None,
    ) -> None:
        self._settings, self._store, self._spool, self._hub, self._clock = settings, store, spool, hub, clock
        self._open_desk, self._take_phone_acts, self._back_up, self._tidy = open_desk, take_phone_acts, back_up, tidy
        self._keep_time, self._updater, self._sender = keep_time, updater, sender
        self._stop = threading.Event()
        self._crash: Exception | None = None
        self._health = Health()
        self._pulse = Pulse()
        self._day = DayKeeper(settings.state_dir / "run", clock, note_day)

    def stop(self) -> None:
        """Ask the agent to end; safe from a signal handler and from any thread."""
        self._stop.set()

    def run(self) -> int:
        """Work until `stop`; give the exit status: 1 when something unforeseen ended it."""
        jobs = [self._spool_life] + ([self._push_life, self._pull_life] if self._hub else [])
        jobs += [self._desk_life] if self._settings.desk else []
        jobs += [self._report_life] if self._hub else []
        jobs += [self._check_up_life]
        for job in jobs:
            life = job.__name__.strip("_").removesuffix("_life")
            self._pulse.begin(life, PATIENCE_S[life])
        threads = [threading.Thread(target=self._guard, args=(job,), name=job.__name__, daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        # a dying disk may hold it for minutes, and nobody waits for it
        threading.Thread(target=self._guard, args=(self._backup_life,), name="_backup_life", daemon=True).start()
        if self._updater is not None:  # a weak line may hold it for days
            threading.Thread(target=self._guard, args=(self._update_life,), name="_update_life", daemon=True).start()
        if self._sender is not None:
            threading.Thread(target=self._guard, args=(self._files_life,), name="_files_life", daemon=True).start()
        tell("READY=1")
        self._guard(self._housekeeping)
        until = time.monotonic() + STOP_S
        for thread in threads[:2]:  # the pull may be waiting for the hub, and loses nothing when it is cut off
            thread.join(max(0.0, until - time.monotonic()))
        return 1 if self._crash else 0

    def _guard(self, job: Callable[[], None]) -> None:
        try:
            job()
        except StoreError as error:  # a full disk cannot even be watched: whoever starts us again finds it with room, or not yet
            self._crash = error
            log.error("%s ended: %s", job.__name__, type(error).__name__)
        except Exception as error:
            self._crash = error
            log.exception("%s ended", job.__name__)
        finally:
            self._stop.set()

    def _spool_life(self) -> None:
        watcher = self._store.watch()
        due = 0.0
        while not self._stop.wait(SPOOL_POLL_S):
            self._pulse.felt("spool")
            if "print" not in watcher.changed() and time.monotonic() < due:
                continue
            try:
                self._spool.step()
                self._health.spool = ""
            except StoreError as error:
                self._health.spool = _name(error)
            due = time.monotonic() + SPOOL_EVERY_S

    def _push_life(self) -> None:
        watcher, backoff, due = self._store.watch(), Backoff(random.Random()), 0.0
        while not self._stop.wait(PUSH_POLL_S):
            self._pulse.felt("push")
            if "outbox" not in watcher.changed() and time.monotonic() < due:
                continue
            try:
                while self._push() and not self._stop.wait(PAUSE_S):
                    self._pulse.felt("push")
            except (SyncError, StoreError) as error:
                self._health.push = _told("push", self._health.push, _name(error))
                self._heed(error)
                due = 0.0
                self._stop.wait(backoff.failed(getattr(error, "wait_s", 0.0)))
            else:
                self._health.push = _told("push", self._health.push, "")
                backoff.succeeded()
                due = time.monotonic() + (PUSH_EVERY_S if self._health.enrolled else ENROLLED_POLL_S)

    def _push(self) -> int:
        return exchange.push_once(self._store, self._hub, self._clock()) if self._hub else 0

    def _pull_life(self) -> None:
        hub, backoff, away = self._hub, Backoff(random.Random()), True
        if hub is None:
            return
        repair_at = time.monotonic() + random.uniform(0, FIRST_REPAIR_S)
        keys_at = time.monotonic() + random.uniform(0, FIRST_KEYS_S)
        while not self._stop.wait(PAUSE_S):
            self._pulse.felt("pull")
            started = time.monotonic()
            try:
                if away:
                    exchange.pull_urgent(self._store, hub, self._clock())
                    away = False
                brought = self._pull()
                if started > keys_at:
                    keys.renew(self._store, hub)
                    keys_at = started + KEYS_EVERY_S
                if not brought and started > repair_at:
                    exchange.repair(self._store, hub)
                    repair_at = started + REPAIR_EVERY_S
                self._heed(None)
            except (SyncError, StoreError) as error:
                self._health.pull = _told("pull", self._health.pull, _name(error))
                away = True
                self._heed(error)
                self._stop.wait(backoff.failed(getattr(error, "wait_s", 0.0)))
                continue
            self._health.pull = _told("pull", self._health.pull, "")
            backoff.succeeded()
            if not brought:
                self._stop.wait(max(0.0, started + PULL_LEAST_S - time.monotonic()))
            else:
                self._make_way()

    def _heed(self, error: KioskError | None) -> None:
        """Let staff know that the county has shut us out, or takes us again; a store that cannot be written has its own trouble."""
        told = error if isinstance(error, SyncError) else None
        if (error is None and self._health.enrolled) or told is not None:
            with suppress(StoreError):
                keys.heed(self._store, told)

    def _report_life(self) -> None:
        if self._hub is not None:
            Reporter(self._settings, self._store, self._hub, self._clock, self._updater).life(
                self._stop, lambda: self._pulse.felt("report")
            )

    def _update_life(self) -> None:
        if self._updater is not None:
            self._updater.life(self._stop)

    def _files_life(self) -> None:
        if self._sender is not None:
            self._sender.life(self._stop)

    def _check_up_life(self) -> None:
        found = CheckUps(self._store, self._hub, self._clock, lambda: examine(self._settings.state_dir))
        found.life(self._stop, lambda: self._pulse.felt("check_up"))

    def _desk_life(self) -> None:
        """Serve the desk page; slips and sync go on where it cannot be served (the port is taken, the station not enrolled yet)."""
        while not self._stop.is_set():
            self._pulse.felt("desk")
            try:
                desk = self._open_desk()
                self._health.desk = ""
                if desk is not None:
                    desk.run(self._stop, lambda: self._pulse.felt("desk"))
            except (OSError, StoreError) as error:
                self._health.desk = _told("desk", self._health.desk, type(error).__name__)
                self._stop.wait(DESK_AGAIN_S)

    def _backup_life(self) -> None:
        """Make a copy a day, on the store's own disk perhaps less often."""
        wait_s = FIRST_BACKUP_S
        while not self._stop.wait(wait_s):
            wait_s = BACKUP_AGAIN_S
            try:
                with self._store.read() as u:
                    due = safekeeping.due(u, self._clock(), self._rest())
                if due:
                    self._health.backup = _told(
                        "backup", self._health.backup, safekeeping.back_up(self._store, self._back_up, self._clock())
                    )
            except StoreError as error:
                self._health.backup = _told("backup", self._health.backup, _name(error))

    def _rest(self) -> timedelta:
        try:
            size = self._settings.store_path.stat().st_size
        except OSError:
            size = 0
        return safekeeping.rest(size, own_disk=not self._settings.backup_dir)

    def _make_way(self) -> None:
        """Rest while a visitor is there."""
        if self._visited():
            self._stop.wait(YIELD_S)

    def _visited(self) -> bool:
        """Say whether somebody touched the terminal a moment ago: it touches a file in STATE/run then."""
        try:
            return time.time() - (self._settings.state_dir / "run" / TOUCHED).stat().st_mtime < VISIT_S
        except OSError:
            return False

    def _pull(self) -> bool:
        """Pull once; say whether there may be more at once."""
        if self._hub is None or exchange.identity(self._store) is None:
            return False
        pulled = exchange.pull_once(self._store, self._hub, self._clock(), self._settings.sync_wait_s, rest=self._make_way)
        if pulled.skipped:
            log.warning("%d changes of the feed could not be read by this version", pulled.skipped)
        if not pulled.more:  # at the feed's end, so that whoever learns his own records anew has them before he acts
            self._take_phone_acts()
        return pulled.more or pulled.applied > 0

    def _housekeeping(self) -> None:
        swept, tidy_at = -SWEEP_EVERY_S, time.monotonic() + FIRST_TIDY_S
        while True:
            try:
                self._keep_time()
                if time.monotonic() - swept >= SWEEP_EVERY_S:
                    with self._store.write() as u:
                        u.sweep()
                    introduce.forget(self._store, self._clock())
                    self._note_room()
                    swept = time.monotonic()
                    if swept > tidy_at and not self._visited() and not self._tidy():
                        tidy_at = swept + TIDY_EVERY_S
                self._health.enrolled = exchange.identity(self._store) is not None
                with self._store.read() as u:
                    self._health.waiting, self._health.parked = u.outbox_size(), len(u.parked())
                    mended = safekeeping.mended(u)
                self._health.mended = mended.why if mended and safekeeping.is_news(mended, self._clock()) else ""
            except StoreError as error:
                log.warning("housekeeping: %s", _name(error))
            self._day.turn()
            self._write_health()
            if still := self._pulse.still():
                log.error("stands still: %s", ", ".join(still))  # and systemd, no longer told that all is well, starts the agent anew
            else:
                tell("WATCHDOG=1")
            if self._stop.wait(HEALTH_EVERY_S):
                self._day.hand_on()
                return

    def _note_room(self) -> None:
        with suppress(OSError):
            safekeeping.note_room(self._store, shutil.disk_usage(self._settings.state_dir).free // 1_000_000)

    def _write_health(self) -> None:
        """Replace the health file whole, so that no reader sees half of it. STATE/run is meant to be in memory, not on flash."""
        target = self._settings.state_dir / "run" / "agent.json"
        text = json.dumps({"at": to_plain(self._clock())} | asdict(self._health))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(".part")
            part.write_text(text)
            part.replace(target)
        except OSError as error:
            log.warning("health file: %s", type(error).__name__)


def _told(what: str, before: str, now: str) -> str:
    """Log a change of state, once."""
    if now != before:
        log.warning("%s: %s", what, now or "works again")
    return now


def _name(error: KioskError) -> str:
    return f"{type(error).__name__}:{error.code}" if isinstance(error, HubRefused) else type(error).__name__


def give_way() -> None:
    """Let the screens have the processor first: a long sync must not be seen in a visitor's list."""
    os.nice(NICE)
    if os.getsid(0) == os.getpid():
        # Linux weighs sessions first and niceness only inside one; a session of our own has a niceness too
        with suppress(OSError):
            Path("/proc/self/autogroup").write_text(str(NICE))


def run_agent(settings: Settings) -> int:
    """Run the agent with the real parts until SIGTERM or SIGINT; give the exit status."""
    from kiosk.bootstrap import open_agent

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # what a bad line does to an answer is told by whoever asked
    give_way()
    one_heap()
    agent = open_agent(settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: agent.stop())
    return agent.run()
