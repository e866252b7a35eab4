"""A county of many stations with a year behind it, for the bench of the console: made once, kept in this machine's temporary folder.

Records go straight into the hub's table by COPY, as they would stand there after a year of pushes; a million of listings in some minutes.
What the rooms hold besides them (tests.county_rooms) is made by itself, in a few minutes: a county that was filled before it changed, or
before a migration, is not filled anew.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kiosk.county.app import make_engine
from kiosk.county.figures.count import count_for
from kiosk.county.listing_rows import refresh
from kiosk.county.migrate import newest
from kiosk.county.schema import device, listing_row
from kiosk.county.settings import HubSettings
from kiosk.domain.codes import AREAS
from kiosk.domain.listing import ListingState
from kiosk.domain.station import Station, StationLevel
from kiosk.services.rubric import load_rubric
from kiosk.services.rules import load_rules
from tests.bench.hub_process import County, make_stations
from tests.bench.stage import load, say
from tests.county_rooms import StationRooms, put_out, tell
from tests.county_year import StationYear, keep
from tests.hub_parts import CENTRE, COUNTY
from tests.station import ASSETS

FOLDER = Path(tempfile.gettempdir()) / "kiosk-bench-county"
FILLED = "filled.json"
WORKERS, REFERRALS = 400, 600
"""Of each station."""
EMPLOYERS, REPORTS, TERMINALS = 10, 5, 2
"""Of each station, too."""
PUBLISHED = 40
"""Policies, courses and notices, so many of each."""
PROCESSES = 2
ROOMS = 2
"""Raised whenever what `_fill_rooms` makes is made otherwise."""
FRESH = timedelta(days=7)
"""What waits in rooms is made anew after so long: reports are looked at while they are new."""
TABLES = ("device", "device_health", "device_doctor", "edition", "judgement")
ENTITIES = ("employer", "employer_sight", "employer_hold", "report", "paper_set", "judgement", "policy", "training", "notice")
"""What `_fill_rooms` fills."""


def tree_of(count: int) -> list[Station]:
    """Make a county's stations: one for each township, the others below these."""
    stations = make_stations(count)
    areas = list(AREAS)
    townships = [replace(one, name=f"{AREAS[area]}驿站", area=area) for one, area in zip(stations, areas, strict=False)]
    below = [
        replace(
            one, area=areas[at % len(areas)], parent_id=townships[at % len(townships)].id, level=StationLevel.DOORSTEP, name=f"{at}村站"
        )
        for at, one in enumerate(stations[len(areas) :])
    ]
    return [*townships, *below]


def prepare(stations: int, listings: int) -> Path:
    """Give the folder of the filled county, empty where it was filled otherwise; one that is older than the tables is migrated."""
    said = _said(FOLDER)
    if said[:2] != [stations, listings] or said[2] > newest():
        shutil.rmtree(FOLDER, ignore_errors=True)
    return FOLDER


def fill(county: County, tree: Sequence[Station], listings: int) -> None:
    """Fill a county that is not yet, as far as it is not; its terminals tell of themselves each time."""
    said, now = _said(county.folder), datetime.now(UTC)
    since, wanted = now - FRESH, [len(tree), listings]
    if not said:
        _fill_listings(county, tree, listings)
        _keep_said(county, [*wanted, newest()])
    if said[3:4] != [ROOMS] or said[4] < f"{since:%Y-%m-%d}":
        _keep_said(county, [*wanted, newest()])
        _fill_rooms(county, tree, now)
        said = [*wanted, newest(), ROOMS, f"{now:%Y-%m-%d}"]
    _keep_said(county, [*wanted, newest(), *said[3:]])
    with county.engine.begin() as connection:
        connection.execute(sa.update(device).values(heard_at=now))
        tell(connection, connection.scalars(sa.select(device.c.id).order_by(device.c.id)).all(), now)


def count(county: County) -> float | None:
    """Count the county's figures; give the seconds that it took, None where they stand already. The hub itself counts, too."""
    began, waited = time.perf_counter(), False
    while not county.ask("SELECT 1 FROM figure WHERE scope = ''"):
        waited = True
        if not count_for(county.engine, COUNTY, lambda: datetime.now(UTC), 10.0):
            time.sleep(0.2)
    return time.perf_counter() - began if waited else None


def _fill_listings(county: County, tree: Sequence[Station], listings: int) -> None:
    began = time.perf_counter()
    database = county.cluster.url(county.database)
    each = listings // len(tree)
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = [pool.submit(_fill, database, tree[at::PROCESSES], each, at) for at in range(PROCESSES)]
        many = sum(part.result() for part in parts)
    say(f"{many} records of {len(tree)} stations in {time.perf_counter() - began:.0f} s; {load()}")


def _fill_rooms(county: County, tree: Sequence[Station], now: datetime) -> None:
    """Make anew what rooms hold besides listings and people."""
    began = time.perf_counter()
    for table in TABLES:
        county.ask(f"TRUNCATE {table}")
    for table in ("feed", "record"):
        county.ask(f"DELETE FROM {table} WHERE entity IN ({', '.join(map(repr, ENTITIES))})")
    settings = HubSettings(state=str(county.folder), database=county.cluster.url(county.database))
    rules, rubric = load_rules(ASSETS / "rules", now.date()), load_rubric(ASSETS / "rubric", now.date())
    for number, station in enumerate(tree):
        with county.engine.begin() as connection:
            public = (listing_row.c.station_id == station.id, listing_row.c.state == ListingState.APPROVED.value)
            ids = connection.scalars(sa.select(listing_row.c.id).where(*public).order_by(listing_row.c.collected_at)).all()
            rooms = StationRooms(station, now, number, ids)
            rooms.put(connection, EMPLOYERS, REPORTS, rules)
            last, this = (rooms.hand_in(connection, settings, year, rubric) for year in (now.year - 1, now.year))
            rooms.judge(connection, last, rubric, out=True)
            if number % 3 == 0:
                rooms.judge(connection, this, rubric, out=False)
            rooms.install(connection, TERMINALS)
    with county.engine.begin() as connection:
        put_out(connection, now, PUBLISHED)
    county.ask("VACUUM ANALYZE")
    # the hub has counted stations with less in them
    county.ask("TRUNCATE figure")
    say(f"rooms of {len(tree)} stations in {time.perf_counter() - began:.0f} s; {load()}")


def _fill(database: str, tree: Sequence[Station], listings: int, seed: int) -> int:
    engine, now, many = make_engine(database), datetime.now(UTC), 0
    others: list[str] = []
    rules = load_rules(ASSETS / "rules", now.date())
    for number, station in enumerate(tree):
        year = StationYear(station, now, seed * 10_000 + number, others[-500:], CENTRE.id)
        with engine.begin() as connection:
            many += keep(connection, COUNTY, year.all(listings, WORKERS, REFERRALS), now)
            refresh(connection, COUNTY, year.listing_ids, now, rules)
        others += year.listing_ids[:50]
        if number % 30 == 29:
            say(f"{number + 1} stations of {len(tree)}")
    engine.dispose()
    return many


def _keep_said(county: County, said: list[Any]) -> None:
    """Note how far the county is filled: stations, listings, the tables' revision, and of its rooms which filling, made on which day."""
    (county.folder / FILLED).write_text(json.dumps(said), "utf-8")


def _said(folder: Path) -> list[Any]:
    try:
        found: list[Any] = json.loads((folder / FILLED).read_text("utf-8"))
    except OSError:
        return []
    return found
