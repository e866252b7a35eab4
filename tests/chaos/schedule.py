"""One schedule: a plan of steps drawn from a seed, carried out, healed and judged. A step draws its own luck from the seed and its number,
so that leaving one out changes no other.
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.county.vault import Vault
from kiosk.domain.employer import Employer, EmployerHold
from kiosk.domain.listing import Listing, Takedown
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.station import Policy, Station
from kiosk.errors import KioskError, StoreError, SyncError
from kiosk.services import introduce
from tests.chaos import truth
from tests.chaos.county import County, Rows
from tests.chaos.county import Disk as HubDisk
from tests.chaos.dice import Dice
from tests.chaos.disk import Disk
from tests.chaos.line import Line, Weather
from tests.chaos.stations import CENTRE, SITES, TOWN, VILLAGE, Base, StalledError, Terminal
from tests.chaos.work import NothingToDoError, do_something
from tests.station import START

ROUNDS = 5
"""So many rounds of every station after healing, and all must be quiet."""
YEAR = timedelta(days=365)
JUMPS = (-4 * YEAR, -YEAR, timedelta(days=-2), timedelta(days=2), 3 * YEAR, 10 * YEAR)


@dataclass(frozen=True)
class Step:
    """One thing that happens. `harm` comes in its middle: the process is killed, or the disk is full."""

    number: int
    kind: str
    who: str = ""
    harm: str = ""

    def __str__(self) -> str:
        return f"{self.number:3} {self.kind} {self.who}{' (' + self.harm + ')' if self.harm else ''}".rstrip()


@dataclass(frozen=True)
class Plan:
    """What a seed stands for."""

    seed: int
    badness: float
    steps: tuple[Step, ...]


ALWAYS = {
    "work": 12,
    "push": 2,
    "pull": 2,
    "sync": 4,
    "repair": 0.5,
    "urgent": 0.3,
    "publish": 0.4,
    "county takes down": 0.6,
    "county holds": 0.4,
    "wait": 1.0,
    "late": 1.0,
    "sweep": 0.5,
}
DISASTERS = {
    "county moves": 0.5,
    "back up": 1.0,
    "restore": 0.8,
    "county backs up": 0.7,
    "county restored": 0.5,
    "county forgets": 0.7,
    "clock": 0.7,
    "county full": 0.5,
}
HARMS = ("killed", "full")


def draw(seed: int) -> Plan:
    """Draw a plan."""
    dice = Dice(f"{seed} plan")
    chosen = {kind for kind in DISASTERS if dice.chance(0.5)}
    weights = ALWAYS | {kind: weight for kind, weight in DISASTERS.items() if kind in chosen}
    harm = dice.choice((0.0, 0.1, 0.25))
    kinds = dice.choices(list(weights), list(weights.values()), k=dice.randrange(15, 45))
    if dice.chance(0.5):  # villages and towns beside each other see least of each other
        kinds.insert(0, "county moves")
    steps = []
    for number, kind in enumerate(kinds):
        hurt = dice.choice(HARMS) if kind in ("work", "push", "pull", "sync", "repair") and dice.chance(harm) else ""
        who = "" if kind in ("publish", "wait", "late") or kind.startswith("county") else dice.choice(list(SITES))
        steps.append(Step(number, kind, who, hurt))
    return Plan(seed, dice.choice((0.0, 0.1, 0.3, 0.6)), tuple(steps))


@dataclass
class World:
    """Everything of one schedule."""

    plan: Plan
    disk: HubDisk
    vault: Vault
    base: Base
    folder: Path
    dice: Dice
    now: datetime = START
    trace: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ledger: truth.Ledger = field(default_factory=truth.Ledger)
    hub_restored: bool = False
    decided: list[Takedown | EmployerHold] = field(default_factory=list)
    restored: set[str] = field(default_factory=set)
    jumped: set[str] = field(default_factory=set)
    differing: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.weather = Weather(self.dice, self.tick, self.say, self.plan.badness)
        self.county = County(self.disk, f"s{self.plan.seed}", self.vault, lambda: self.now)
        self.county.fill(self.base.rows)
        self.offsets = {name: timedelta() for name in SITES}
        self.terminals = [self._terminal(name) for name in SITES]
        self.policies: list[Policy] = []

    def _terminal(self, name: str) -> Terminal:
        def clock() -> datetime:
            return self.now + self.offsets[name]

        station = SITES[name]
        disk = Disk(self.base.stores[name], self.base.copy(name, self.folder), clock)
        return Terminal(name, station, disk, Line(self.county, self.weather, station.id), clock)

    def tick(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def say(self, what: str) -> None:
        """Add to the trace."""
        self.trace.append(f"      {what}")

    def run(self) -> list[str]:
        """Carry the plan out, heal, judge; give what is wrong."""
        for step in self.plan.steps:
            self.dice.seed(f"{self.plan.seed} {step.number}")
            self.tick(self.dice.choice((1, 20, 600)))
            self.trace.append(str(step))
            self._do(step)
            for terminal in self.terminals:
                self.ledger.note(terminal, f"step {step.number}")
        self.dice.seed(f"{self.plan.seed} healing")
        try:
            self._heal()
        except (StalledError, KioskError) as error:
            self.wrong.append(f"stall: {error!r}")
        self.wrong += [f"leak: {one}" for one in self.weather.leaks]
        self._judge()
        return self.wrong

    def _do(self, step: Step) -> None:
        terminal = next((t for t in self.terminals if t.name == step.who), None)
        if terminal is not None and step.harm:
            chosen = self.dice.randrange(1, 60)
            terminal.store.lives, terminal.store.room = (chosen, None) if step.harm == "killed" else (None, chosen // 6)
        try:
            said = (self._at(terminal, step) if terminal is not None else self._in_county(step)) or ""
            self.say(str(said)) if said else None
        except NothingToDoError:
            self.say("nothing to do")
        except BaseException as error:  # noqa: BLE001 - a killed process may end in any of them
            if terminal is None or not terminal.store.dead:
                self._met(error)
            else:
                self.say("killed")
        if terminal is not None and terminal.store.dead:
            terminal.store.reopen()
        elif terminal is not None:
            terminal.store.lives = terminal.store.room = None

    def _met(self, error: BaseException) -> None:
        """Note what a station met that lives; raise what it should not have met."""
        try:
            raise error
        except (SyncError, StoreError) as error:
            self.say(f"{error!r}")
        except StalledError as error:
            self.wrong.append(f"stall: {error}")
        except KioskError as error:
            self.say(f"refused: {error!r}")

    def _at(self, terminal: Terminal, step: Step) -> object:
        match step.kind:
            case "work":
                return do_something(terminal, self.dice)
            case "push":
                return f"sent {terminal.push()}"
            case "pull":
                return f"{terminal.pull(self.dice.choice((1, 3, 100)))}"
            case "sync":
                return f"moved {terminal.sync(self.dice.choice((2, 100)))}"
            case "repair":
                return f"{terminal.repair()} buckets differed"
            case "urgent":
                return f"{terminal.urgent()} urgent"
            case "sweep":
                with terminal.store.write() as u:
                    ended = u.sweep()
                return f"{ended} ended, {introduce.forget(terminal.store, terminal.clock())} forgotten"
            case "back up":
                terminal.disk.back_up()
            case "restore" if terminal.disk.copies:
                terminal.disk.restore(self.dice.choice(terminal.disk.copies))
                self.restored.add(terminal.name)
                self._bury()
            case "clock":
                self.offsets[terminal.name] = self.dice.choice((*JUMPS, timedelta()))
                self.jumped.add(terminal.name)
                return f"{self.offsets[terminal.name]}"
            case _:
                raise NothingToDoError
        return None

    def _in_county(self, step: Step) -> object:
        match step.kind:
            case "publish":
                return self._publish()
            case "county takes down" | "county holds":
                return self._decide(step.kind == "county takes down")
            case "county forgets":
                return self._forget()
            case "wait":
                self.tick(self.dice.choice((3600, 86_400, 5 * 86_400)))
            case "county moves":
                return self._move()
            case "late":
                self.weather.deliver(self.dice.randrange(100))
            case "county backs up":
                self.county.copies.append(self.county.rows())
            case "county restored" if self.county.copies:
                self._put_back(self.dice.choice(self.county.copies))
            case "county full":
                self.county.room = self.dice.randrange(0, 12) if self.county.room is None else None
                return f"room for {self.county.room}"
            case _:
                raise NothingToDoError
        return None

    def _publish(self) -> str:
        if self.policies and self.dice.chance(0.5):
            old = self.policies[-1]
            new = replace(old, revision=old.revision + 1, title=f"政策 {self.now}")
        else:
            words: dict[str, Any] = dict.fromkeys(("title", "summary", "body", "who", "how"), f"政策 {self.now}")
            new = Policy(id=new_id(self.now), revision=1, phone=Phone("07124000000"), published_on=self.now.date(), **words)
        self.county.publish(new)
        self.policies.append(new)
        return f"policy {new.id} r{new.revision}"

    def _put_back(self, copy: Rows) -> None:
        self.county.restore(copy)
        self.hub_restored = True
        self.policies.clear()
        self._bury()

    def _forget(self) -> str:
        """Have the centre decide something of which some terminals hear before its disk goes, with that day on it."""
        copy = self.county.rows()
        said = self._decide(self.dice.chance(0.6))
        for terminal in self.terminals:
            if self.dice.chance(0.5):
                with suppress(SyncError, StoreError):
                    terminal.settle()
        self._put_back(copy)
        return f"{said}, forgotten"

    def _decide(self, takes_down: bool) -> str:
        """Have the centre take a listing down, best a public one, or hold or release an employer."""
        held = truth.Held(self.county.rows()["record"])
        ids = sorted(held.public(self.now.date())) or sorted({one.id for one in held.of(Listing)})
        if not takes_down:
            ids = [one.id for one in held.of(Employer)]
        if not ids:
            raise NothingToDoError
        chosen = self.dice.choice(sorted(ids))
        made = self.county.take_down(chosen) if takes_down else self.county.decide_hold(chosen)
        self.ledger.by_county.add(truth.said(made))
        self.decided.append(made)
        return f"{made}"

    def _move(self) -> str:
        """Put the village under another parent."""
        now = next(one for one in truth.Held(self.county.rows()["record"]).of(Station) if one.id == VILLAGE.id)
        parent = CENTRE if now.parent_id == TOWN.id else TOWN
        self.county.publish(replace(now, revision=now.revision + 1, parent_id=parent.id))
        return f"the village comes under {parent.name}"

    def _bury(self) -> None:
        """Note what went for good with a disk that was put back."""
        for terminal in self.terminals:
            self.ledger.note(terminal, "before")
        holdings, held = {t.name: truth.holding(t) for t in self.terminals}, truth.Held(self.county.rows()["record"])
        truth.mark_destroyed(self.ledger, held, holdings, self.terminals)
        self.decided = truth.known_somewhere(self.decided, held, holdings)

    def _heal(self) -> None:
        """Take every fault away and let everyone sync until nothing moves any more."""
        self.trace.append("    healed")
        self.weather.badness, self.county.room = 0.0, None
        self.offsets = dict.fromkeys(self.offsets, timedelta())
        self.weather.deliver()
        for number in range(1, ROUNDS + 1):
            self.tick(3600)
            moved = {t.name: t.sync() if number == 1 else t.settle() for t in self.terminals}
            differed = {t.name: t.repair() for t in self.terminals} if number > 1 else {}
            self.say(f"round {number}: pulled and pushed {moved}, differed {differed}")
            if number == 2:  # in the first all that the county lost came back, in this one everybody heard of it
                self._judge_countys()
            if number > 1 and not any(pushed for _, pushed in moved.values()) and not any(differed.values()):
                return
        self.differing = frozenset(name for name, buckets in differed.items() if buckets)
        if any(pushed for _, pushed in moved.values()):
            self.wrong.append(f"stall: something still moves in round {ROUNDS}: {moved} {differed}")

    def _judge_countys(self) -> None:
        held, holdings = truth.Held(self.county.rows()["record"]), {t.name: truth.holding(t) for t in self.terminals}
        self.wrong += truth.countys(self.decided, held, holdings)

    def _judge(self) -> None:
        for terminal in self.terminals:
            self.ledger.note(terminal, "healing")
        held = truth.Held(self.county.rows()["record"])
        today = self.terminals[0].here.today()
        restored, jumped = frozenset(self.restored), frozenset(self.jumped)
        trial = truth.Trial(self.terminals, self.ledger, held, today, self.hub_restored, restored, jumped, self.differing)
        self.wrong += truth.judge(trial)
        self._judge_countys()

    def close(self) -> None:
        """Take everything away again."""
        for terminal in self.terminals:
            terminal.store.close()
        self.county.fill({name: [] for name in self.base.rows})


@dataclass(frozen=True)
class Outcome:
    """What came of a schedule."""

    plan: Plan
    wrong: tuple[str, ...]
    trace: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """Give the names of what is wrong."""
        return frozenset(one.partition(":")[0] for one in self.wrong)


Runner = Callable[[Plan], Outcome]


def runner(disk: HubDisk, vault: Vault, base: Base, dice: Dice, room: Path) -> Runner:
    """Give what runs plans one after another."""

    def run(plan: Plan) -> Outcome:
        with tempfile.TemporaryDirectory(dir=room) as folder:
            world = World(plan, disk, vault, base, Path(folder), dice)
            try:
                world.run()
            finally:
                world.close()
        return Outcome(plan, tuple(world.wrong), tuple(world.trace))

    return run


def shrink(run: Runner, failed: Outcome, tries: int = 50) -> Outcome:
    """Leave out steps as long as the same thing stays wrong: halves first, then single ones."""
    best, size = failed, len(failed.plan.steps) // 2
    name = min(failed.names, key=lambda one: (one == "stall", one))
    while size and tries:
        start, smaller = 0, False
        while start < len(best.plan.steps) and tries:
            steps: Sequence[Step] = best.plan.steps
            tries -= 1
            tried = run(Plan(best.plan.seed, best.plan.badness, (*steps[:start], *steps[start + size :])))
            if name in tried.names:
                best, smaller = tried, True
            else:
                start += size
        size = size if smaller and size == 1 else size // 2
    return best
