"""The stations of a schedule: a county centre over a township with two terminals over a village, each with its disk, line and clock."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from kiosk.domain.assessment import Rubric
from kiosk.domain.matching import AreaTable
from kiosk.domain.privacy import Phone
from kiosk.domain.review import RuleBook
from kiosk.domain.station import Role, Staff, Station, StationLevel
from kiosk.services.rubric import load_rubric
from kiosk.services.rules import load_areas, load_rules
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.migrate import migrate
from kiosk.sync import exchange
from kiosk.sync.client import Hub
from tests.chaos.county import PHONE_BASE, County, Rows
from tests.chaos.disk import Disk, DyingStore
from tests.chaos.line import Line, Weather
from tests.station import ASSETS, KEY, START, STATION

CENTRE = replace(STATION, id=f"{0:08}-0000-7000-8000-00000000000c", name="县中心", short="YM", level=StationLevel.COUNTY)
TOWN = replace(STATION, parent_id=CENTRE.id)
VILLAGE = replace(
    STATION,
    id=f"{0:08}-0000-7000-8000-000000000003",
    name="好石村站",
    short="HS",
    level=StationLevel.DOORSTEP,
    parent_id=TOWN.id,
    phone=Phone("07124000003"),
)
SITES = {"centre": CENTRE, "town-1": TOWN, "town-2": TOWN, "village": VILLAGE}

Lines = dict[str, tuple[str, ...]]
"""For each station itself, then those above it."""
PUSHES, PULLS = 60, 200
"""So many exchanges in a row, and it turns on the spot."""


@cache
def rules() -> RuleBook:
    """Read the rule book once."""
    return load_rules(ASSETS / "rules", START.date())


@cache
def rubric() -> Rubric:
    """Read the rubric once."""
    return load_rubric(ASSETS / "rubric", START.date())


@cache
def areas() -> AreaTable:
    """Read the areas once."""
    return load_areas(ASSETS / "areas.toml")


def lines_of(stations: Iterable[Station]) -> Lines:
    """Say who stands above whom."""
    parent = {one.id: one.parent_id for one in stations}
    lines: Lines = {}
    for station_id in parent:
        line, above = [station_id], parent[station_id]
        while above is not None and above not in line:
            line.append(above)
            above = parent.get(above)
        lines[station_id] = tuple(line)
    return lines


class StalledError(Exception):
    """A station goes on asking and comes to no end."""


@dataclass
class Terminal:
    """One device at work."""

    name: str
    station: Station
    disk: Disk
    line: Hub
    clock: Callable[[], datetime]

    @property
    def store(self) -> DyingStore:
        """The store as it is open now."""
        return self.disk.store

    @property
    def here(self) -> Here:
        """What the services want to know."""
        return Here(self.store, self.clock, self.station.id, PHONE_BASE, rules(), areas(), rubric())

    @property
    def staff(self) -> tuple[Session, Session]:
        """Two members of staff."""
        who = ((f"{self.name}-head", "李芳", Role.HEAD), (f"{self.name}-aide", "陈静", Role.STAFF))
        head, aide = (Session(*one) for one in who)
        return head, aide

    @property
    def team(self) -> list[Staff]:
        """Their records."""
        return [Staff(id=one.staff_id, station_id=self.station.id, name=one.name, role=one.role, pin_hash="") for one in self.staff]

    @property
    def below(self) -> frozenset[str]:
        """The stations whose listings this one may review, as far as it knows: its own and those under it."""
        with self.store.read() as u:
            known = {one.id: one for one in (self.station, *u.list(Station))}
        return frozenset(one for one, line in lines_of(known.values()).items() if self.station.id in line)

    def urgent(self) -> int:
        """Ask first for what must leave the board."""
        return exchange.pull_urgent(self.store, self.line, self.clock())

    def pull(self, limit: int = 100) -> exchange.Pulled:
        """Ask for one page."""
        return exchange.pull_once(self.store, self.line, self.clock(), limit=limit)

    def push(self) -> int:
        """Send one batch."""
        return exchange.push_once(self.store, self.line, self.clock())

    def repair(self) -> int:
        """Compare digests."""
        return exchange.repair(self.store, self.line)

    def sync(self, limit: int = 100) -> tuple[int, int]:
        """Do what an agent does once the line is back; give how much was pulled and pushed."""
        self.urgent()
        return self.settle(limit)

    def settle(self, limit: int = 100) -> tuple[int, int]:
        """Pull and push until neither brings anything."""
        return sum(self._pulls(limit)), sum(self._pushes())

    def _pulls(self, limit: int) -> Iterator[int]:
        for _ in range(PULLS):
            pulled = self.pull(limit)
            yield pulled.applied
            if not pulled.more:
                return
        raise StalledError(f"{self.name} pulls for ever")

    def _pushes(self) -> Iterator[int]:
        for _ in range(PUSHES):
            sent = self.push()
            yield sent
            if not sent:
                return
        raise StalledError(f"{self.name} pushes for ever")


@dataclass(frozen=True)
class Base:
    """Four enrolled terminals and their county, made once and copied for every schedule."""

    folder: Path
    rows: Rows
    stores: dict[str, DyingStore]

    def copy(self, name: str, folder: Path) -> Path:
        """Give a terminal its store."""
        path = folder / f"{name}.db"
        shutil.copyfile(self.folder / f"{name}.db", path)
        return path


def make_base(folder: Path, county: County, weather: Weather) -> Base:
    """Enrol the terminals in a county that has only its stations."""
    empty = folder / "empty.db"
    migrate(empty, KEY)
    county.publish(CENTRE, TOWN, VILLAGE)
    stores = {name: DyingStore() for name in SITES}
    for name, station in SITES.items():
        path = folder / f"{name}.db"
        shutil.copyfile(empty, path)
        terminal = Terminal(name, station, Disk(stores[name], path, lambda: START), Line(county, weather, station.id), lambda: START)
        exchange.enrol(terminal.store, terminal.line, county.code(station.id), START)
        with terminal.store.write() as u:
            u.put(*terminal.team)
        terminal.store.close()
    return Base(folder, county.rows(), stores)
