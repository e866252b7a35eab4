"""A county of many stations with a year behind it, for the bench of the console: made once, kept in this machine's temporary folder.

Records go straight into the hub's table by COPY, as they would stand there after a year of pushes; a million of listings in some minutes.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kiosk.county.app import make_engine
from kiosk.county.figures.count import count_for
from kiosk.county.listing_rows import refresh
from kiosk.county.migrate import newest
from kiosk.domain.codes import AREAS
from kiosk.domain.station import Station, StationLevel
from kiosk.services.rules import load_rules
from tests.bench.hub_process import County, make_stations
from tests.bench.stage import load, say
from tests.county_year import StationYear, keep
from tests.hub_parts import CENTRE, COUNTY
from tests.station import ASSETS

FOLDER = Path(tempfile.gettempdir()) / "kiosk-bench-county"
FILLED = "filled.json"
WORKERS, REFERRALS = 400, 600
"""Of each station."""
PROCESSES = 2


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
    """Give the folder of the filled county, empty where it was filled otherwise."""
    if _said(FOLDER) != _wanted(stations, listings):
        shutil.rmtree(FOLDER, ignore_errors=True)
    return FOLDER


def fill(county: County, tree: Sequence[Station], listings: int) -> None:
    """Fill a county that is not yet."""
    if _said(county.folder):
        return
    began = time.perf_counter()
    database = county.cluster.url(county.database)
    each = listings // len(tree)
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = [pool.submit(_fill, database, tree[at::PROCESSES], each, at) for at in range(PROCESSES)]
        many = sum(part.result() for part in parts)
    county.ask("VACUUM ANALYZE")
    say(f"{many} records of {len(tree)} stations in {time.perf_counter() - began:.0f} s; {load()}")
    # the hub has counted empty stations
    county.ask("TRUNCATE figure")
    (county.folder / FILLED).write_text(json.dumps(_wanted(len(tree), listings)), "utf-8")


def count(county: County) -> float | None:
    """Count the county's figures; give the seconds that it took, None where they stand already. The hub itself counts, too."""
    began, waited = time.perf_counter(), False
    while not county.ask("SELECT 1 FROM figure WHERE scope = ''"):
        waited = True
        if not count_for(county.engine, COUNTY, lambda: datetime.now(UTC), 10.0):
            time.sleep(0.2)
    return time.perf_counter() - began if waited else None


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


def _wanted(stations: int, listings: int) -> list[object]:
    return [stations, listings, newest()]


def _said(folder: Path) -> list[object]:
    try:
        found: list[object] = json.loads((folder / FILLED).read_text("utf-8"))
    except OSError:
        return []
    return found
