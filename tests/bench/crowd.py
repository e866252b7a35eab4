"""Simulated stations, many in a process: the wire only, no store, so that what is measured is the hub. Real batches, made beforehand.

    python -m tests.bench.crowd

Reads one JSON line on standard input: {"base", "stations": [[station id, token]], "changes", "public"}. Says `ready`; after `go` every
station pushes its changes, batch by batch, and pulls until it has seen `public` listings and reviews of the others; then one JSON line with
what it took. From then on all hold a waiting pull, until the input ends.
"""

import gzip
import json
import random
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import PublicListing, Verdict
from kiosk.domain.record import new_id
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker
from kiosk.sync.client import DEFLATE_LEVEL
from kiosk.sync.exchange import PULL_LIMIT, PUSH_LIMIT
from kiosk.sync.protocol import CHANGES, PushRequest, change_of, encode
from tests.bench.data import make_listings
from tests.bench.matching import make_workers
from tests.bench.sync import make_referrals, make_steps
from tests.station import STATION, a_listing, a_review

LISTINGS, WORKERS, REFERRALS = 10, 120, 220
"""Of a thousand changes; as many reviews as listings, the rest steps of referrals. 300 stations then have 3,000 listings in public."""
SEEN = ("listing", "review")
WAIT_S, READ_S = 25, 120.0


@dataclass
class Simulated:
    """One station on the wire."""

    host: str
    token: str
    batches: list[bytes]
    public: int
    cursor: str = ""
    pushed: int = 0
    seen: int = 0
    requests: int = 0
    line: HTTPConnection | None = field(default=None, repr=False)

    def work(self) -> None:
        """Push everything and pull everything."""
        for body in self.batches:
            answer = json.loads(self._ask("POST", CHANGES, body))
            if answer["refused"]:
                raise RuntimeError(answer["refused"][0]["code"])
            self.pushed += 1
        while self.seen < self.public:
            self.pull()

    def pull(self) -> None:
        """Wait for a page."""
        query = f"?epoch=e&batch={self.pushed}&after={self.cursor}&wait={WAIT_S}&limit={PULL_LIMIT}"
        page = json.loads(self._ask("GET", CHANGES + query))
        self.cursor = page["cursor"]
        wanted = {at for at, group in enumerate(page["changes"]["groups"]) if group[".entity"].get("c") in SEEN}
        self.seen += sum(number in wanted for number in page["changes"]["order"])

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Encoding": "gzip"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        self.requests += 1
        while True:
            try:
                self.line = self.line or HTTPConnection(self.host, timeout=READ_S)
                self.line.request(method, path, body, headers)
                answer = self.line.getresponse()
                raw = answer.read()
            except (OSError, HTTPException):
                self.line = None  # a kept connection that the hub has closed
                continue
            if answer.status == 200:
                return gzip.decompress(raw) if answer.headers.get("Content-Encoding") == "gzip" else raw
            if answer.status not in (429, 503):
                raise RuntimeError(f"{answer.status} {raw[:100]!r}")
            time.sleep(random.uniform(0.5, 1.0))


def make_day(station: Station, count: int, seed: int) -> list[Any]:
    """Make what a station has collected: a few listings that a reviewer approved, many workers with their referrals."""
    now = datetime.now(UTC)
    listings = []
    for number, public in enumerate(make_listings(count * LISTINGS // 1000, seed)):
        at = now - timedelta(minutes=count - number)
        values = {f.name: getattr(public, f.name) for f in fields(PublicListing)}
        listings.append(replace(a_listing(at), **values | {"id": new_id(at), "station_id": station.id}))
    reviews = [a_review(listing, now, Verdict.APPROVE) for listing in listings]
    workers: list[Worker] = [replace(one, id=new_id(now), station_id=station.id) for one in make_workers(count * WORKERS // 1000, seed)[0]]
    ids = [one.id for one in listings], [one.id for one in workers]
    referrals = make_referrals(station, count * REFERRALS // 1000, *ids, seed)
    made = [*listings, *reviews, *workers, *referrals]
    return made + make_steps(station, count - len(made), referrals, seed)


def batches_of(records: Sequence[Any]) -> list[bytes]:
    """Make the bodies of a station's pushes."""
    changes = [change_of(one, entity=NAME_OF[type(one)], record_id=one.id, revision=getattr(one, "revision", 1)) for one in records]
    bodies = []
    for number, start in enumerate(range(0, len(changes), PUSH_LIMIT), 1):
        request = PushRequest(epoch="e", batch=number, key=f"k{number}", changes=tuple(changes[start : start + PUSH_LIMIT]))
        text = json.dumps(encode(request), ensure_ascii=False, separators=(",", ":")).encode()
        bodies.append(gzip.compress(text, DEFLATE_LEVEL, mtime=0))
    return bodies


def main() -> None:
    """Simulate the stations that standard input names."""
    told = json.loads(sys.stdin.readline())
    host = urlsplit(told["base"]).netloc
    stations = []
    for seed, (station_id, token) in enumerate(told["stations"]):
        records = make_day(replace(STATION, id=station_id), told["changes"], int(station_id[-12:]) + seed)
        stations.append(Simulated(host, token, batches_of(records), told["public"]))
    print("ready", flush=True)
    sys.stdin.readline()
    cpu = time.process_time()
    with ThreadPoolExecutor(len(stations)) as pool:
        list(pool.map(Simulated.work, stations))
    size = sum(map(len, (body for one in stations for body in one.batches)))
    took = {"cpu_s": time.process_time() - cpu, "requests": sum(one.requests for one in stations), "pushed_bytes": size}
    print(json.dumps(took | {"seen": sum(one.seen for one in stations)}), flush=True)
    for one in stations:
        threading.Thread(target=_wait_for_ever, args=(one,), daemon=True).start()
    sys.stdin.read()


def _wait_for_ever(station: Simulated) -> None:
    while True:
        station.pull()


if __name__ == "__main__":
    main()
