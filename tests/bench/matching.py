"""How long matching takes: one worker among 100,000 listings, and a whole county, every worker with every listing."""

import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kiosk import bootstrap
from kiosk.domain.codes import AREAS, AgeBand, PayUnit, Trade
from kiosk.domain.matching import match, match_workers
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.worker import Worker
from kiosk.services.rules import load_areas, load_rules
from tests.bench.data import TODAY, make_listings

LISTINGS, ASKING = 100_000, 300
COUNTY_WORKERS, COUNTY_LISTINGS = 10_000, 5_000
FIRST = 20
"""So many of the best are given, as the pages show them."""
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def run() -> Iterator[dict[str, Any]]:
    """Measure `match_one_ms` (p99) and `match_county_s`, the slower of the two ways of asking."""
    areas = load_areas(bootstrap.ASSETS / "areas.toml")
    hazard = load_rules(bootstrap.ASSETS / "rules", TODAY).hazard
    here = next(iter(AREAS))
    workers, waiting = make_workers(COUNTY_WORKERS)
    listings = list(make_listings(LISTINGS))
    times = []
    for worker in workers[:ASKING]:
        began = time.perf_counter()
        match(worker, listings, areas, here, TODAY, FIRST, hazard)
        times.append((time.perf_counter() - began) * 1000)
    p99 = statistics.quantiles(times, n=100)[-1]
    _say(f"one worker: median {statistics.median(times):.1f} ms, p99 {p99:.1f} ms, worst {max(times):.1f} ms")
    yield {"figure": "match_one_ms", "value": round(p99, 1), "unit": "ms", "goal": 50, "peer": "", "peer_value": None}
    of_county = listings[:COUNTY_LISTINGS]
    began = time.perf_counter()
    found = sum(bool(match(worker, of_county, areas, here, TODAY, FIRST, hazard)) for worker in workers)
    by_worker = time.perf_counter() - began
    began = time.perf_counter()
    asked = sum(bool(match_workers(listing, workers, areas, here, TODAY, FIRST, hazard, waiting)) for listing in of_county)
    by_listing = time.perf_counter() - began
    _say(f"by worker {by_worker:.1f} s ({found} find work), by listing {by_listing:.1f} s ({asked} find somebody)")
    slower = max(by_worker, by_listing)
    yield {"figure": "match_county_s", "value": round(slower, 1), "unit": "s", "goal": 60, "peer": "", "peer_value": None}


def make_workers(n: int, seed: int = 3) -> tuple[list[Worker], dict[str, date]]:
    """Make `n` workers as a county has them, and since when each has waited; nobody is meant."""
    rng = random.Random(seed)
    workers = [_worker(rng, number) for number in range(n)]
    return workers, {worker.id: TODAY - timedelta(days=rng.randrange(200)) for worker in workers}


def _worker(rng: random.Random, number: int) -> Worker:
    unit = rng.choices([PayUnit.DAY, PayUnit.HOUR, PayUnit.MONTH], [75, 10, 15])[0]
    wish = {PayUnit.DAY: (15000, 35000), PayUnit.HOUR: (1800, 4000), PayUnit.MONTH: (250000, 600000)}[unit]
    return Worker(
        id=f"{number:08x}-0000-7000-8000-000000000003",
        revision=1,
        station_id="00000000-0000-7000-8000-000000000001",
        name=PersonName("某人"),
        phone=Phone("19900000000"),
        age_band=rng.choices([AgeBand.MINOR, AgeBand.ADULT, AgeBand.SENIOR], [2, 75, 23])[0],
        trades=tuple(rng.sample(list(Trade), rng.randint(1, 4))),
        pay_fen=None if rng.random() < 0.15 else rng.randrange(*wish, 100),
        pay_unit=unit,
        area=rng.choice([*AREAS, None]),
        code=f"{number:08}",
        number="YT",
        notice_version="1",
        consented_at=NOW,
        registered_at=NOW,
    )


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
