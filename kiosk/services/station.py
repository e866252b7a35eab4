"""What every use case of one station shares: its store, clock, identity, rules, areas and rubric. Owns no act."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from kiosk.domain.assessment import Rubric
from kiosk.domain.clock import Teller
from kiosk.domain.matching import AreaTable
from kiosk.domain.review import RuleBook
from kiosk.domain.station import Station
from kiosk.store.store import Store, UnitOfWork

CHINA = timezone(timedelta(hours=8))


@dataclass(slots=True, eq=False)
class Here:
    """One station at work. `station_id` is who we are; `phone_base` is where phones look, without a slash at its end.

    `rules` and `rubric` are what holds today; where `assets` are known, kiosk.services.ruling keeps them so, and notes in `ruled` how far.
    """

    store: Store
    clock: Callable[[], datetime]
    station_id: str
    phone_base: str
    rules: RuleBook
    areas: AreaTable
    rubric: Rubric
    tell_time: Callable[[datetime, Teller], float] = lambda _at, _by: 0.0
    """Tells the station's clock the time; gives by how many seconds it moves."""
    assets: Path | None = None
    ruled: tuple[int, date] | None = None

    def now(self) -> datetime:
        """Give the present instant, UTC."""
        return self.clock()

    def sure(self) -> bool:
        """Say whether the present instant is known."""
        return self.store.knows_time()

    def today(self) -> date:
        """Give the present day in China."""
        return local(self.now()).date()

    def station(self, u: UnitOfWork) -> Station:
        """Give our own record in the tree of stations."""
        return u.need(Station, self.station_id)


def local(instant: datetime) -> datetime:
    """Turn an instant into China's wall clock."""
    return instant.astimezone(CHINA)


def slip_serial(u: UnitOfWork, station: Station, now: datetime) -> str:
    """Count the station's slips of one day: YT-1123-0042."""
    day = local(now)
    return f"{station.short}-{day:%m%d}-{u.next_number(f'serial.{day:%Y%m%d}'):04d}"
