"""How fast a station and the county exchange changes, and how many bytes that takes, beside PouchDB and its server.

Real parts: an encrypted store with synchronous=FULL, HTTP, `kiosk county serve` on PostgreSQL with fsync. 10,000 changes: 5,000 listings
of one station, each followed by its approval. Push: out of that station's outbox, batch by batch as the agent sends them. Pull: into an
empty second station, page by page, each listing published on its board and in its search index. `sync_changes_per_s` is the slower of the
two, the middle one of the rounds; `sync_push_per_s` and `sync_pull_per_s` are the two by themselves.

The peer in turns with it: PouchDB replicates the same records as documents out of and into LevelDB (which does not wait for the disk and
indexes nothing) to and from express-pouchdb, in processes of their own. `sync_vs_pouchdb` compares the slower way of either, by the clock.
Standard error says how much processor time each took, which is what counts on a busy machine.

Bytes are what crosses a TCP relay, headers and both directions included, in batches of one kind, push or pull, whichever takes more:
`wire_bytes_listing`; `wire_bytes_status` of decisions (which bring no listing along: sent back for a reason) and of steps of referrals,
whichever takes more.
"""

import json
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from kiosk.agent.loop import PAUSE_S
from kiosk.domain.listing import Listing, PublicListing, Review, Verdict
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.station import Station
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from tests.bench.data import make_listings
from tests.bench.hub_process import County, running_county, tree_cpu_s
from tests.bench.stage import figure, load, say
from tests.hub_parts import OTHER, OURS
from tests.station import Clock, a_listing, a_review, make_store

PAIRS, ROUNDS, SMALL = 5_000, 3, 1_000
POUCH = Path(__file__).parent / "pouch"
PEER = "PouchDB"


@dataclass(frozen=True, slots=True)
class Run:
    """One way of one round."""

    per_s: float
    cpu_s: float


def run() -> Iterator[dict[str, Any]]:
    """Measure the speed of both ways, and the bytes."""
    records = make_records(OURS, PAIRS)
    ours: list[tuple[Run, Run]] = []
    theirs: list[tuple[Run, Run]] = []
    with pouch_installed() as pouch:
        docs = _documents(pouch, records)
        for number in range(ROUNDS):
            with running_county() as county:
                ours.append(sync_round(county, records))
            theirs.append(pouch_round(pouch, docs))
            say(f"round {number + 1}: ours {_words(ours[-1])}; PouchDB {_words(theirs[-1])}; {load()}")
        push, pull = (median(one[way].per_s for one in ours) for way in range(2))
        peer_push, peer_pull = (median(one[way].per_s for one in theirs) for way in range(2))
        yield figure("sync_push_per_s", round(push), "changes/s", None, PEER, round(peer_push))
        yield figure("sync_pull_per_s", round(pull), "changes/s", None, PEER, round(peer_pull))
        slower, peer = min(push, pull), min(peer_push, peer_pull)
        yield figure("sync_changes_per_s", round(slower), "changes/s", round(3 * peer), PEER, round(peer))
        yield figure("sync_vs_pouchdb", round(slower / peer, 2), "times", 3)
        yield from _bytes(pouch)


def make_records(station: Station, pairs: int, seed: int = 5) -> list[Listing | Review]:
    """Make a station's listings as people in a county post them, about one a minute, each followed by its approval."""
    rng = random.Random(seed)
    start = datetime.now(UTC) - timedelta(minutes=pairs)
    employers = [new_id(start - timedelta(days=rng.randrange(300))) for _ in range(max(1, pairs // 8))]
    records: list[Listing | Review] = []
    for number, public in enumerate(make_listings(pairs, seed)):
        at = start + timedelta(minutes=number, milliseconds=rng.randrange(60_000))
        values = {f.name: getattr(public, f.name) for f in fields(PublicListing)}
        values |= {"id": new_id(at), "station_id": station.id, "employer_id": rng.choice(employers)}
        values |= {"collected_at": at, "contact_name": PersonName("周建国"), "contact_phone": Phone(f"1{rng.randrange(10**10):010}")}
        listing = replace(a_listing(at), **values)
        records += [listing, a_review(listing, at + timedelta(milliseconds=rng.randrange(500_000)), Verdict.APPROVE)]
    return records


def make_decisions(listings: Sequence[Any], seed: int = 7) -> list[Review]:
    """Send listings back, each for one of the usual reasons."""
    rng = random.Random(seed)
    reasons = ("工资没写清楚", "地点要写到村", "电话打不通", "上工时间没写")
    instants = [listing.collected_at + timedelta(milliseconds=rng.randrange(500_000)) for listing in listings]
    return [a_review(one, at, Verdict.RETURN, reason=rng.choice(reasons)) for one, at in zip(listings, instants, strict=True)]


def make_referrals(station: Station, count: int, listing_ids: Sequence[str], worker_ids: Sequence[str], seed: int = 6) -> list[Referral]:
    """Make referrals of a station's workers, of the last days."""
    rng = random.Random(seed)
    instants = [datetime.now(UTC) - timedelta(minutes=rng.randrange(10_000)) for _ in range(count)]
    return [
        Referral(
            id=new_id(at),
            station_id=station.id,
            worker_id=rng.choice(worker_ids),
            listing_id=rng.choice(listing_ids),
            contact_consent=True,
            created_at=at,
        )
        for at in instants
    ]


def make_steps(station: Station, count: int, referrals: Sequence[Referral], seed: int = 6) -> list[ReferralStep]:
    """Make steps of these referrals, about one a minute."""
    rng = random.Random(seed)
    start = datetime.now(UTC) - timedelta(minutes=count)
    staff = [new_id(start) for _ in range(2)]
    instants = [start + timedelta(minutes=number, milliseconds=rng.randrange(60_000)) for number in range(count)]
    return [
        ReferralStep(
            id=new_id(at),
            station_id=station.id,
            referral_id=rng.choice(referrals).id,
            state=rng.choice(list(ReferralState)[1:5]),
            by_name=rng.choice(("李芳", "王会计")),
            how=rng.choice(("phone", "desk")),
            party=rng.choice(list(Party)),
            by_id=rng.choice(staff),
            stepped_at=at,
        )
        for at in instants
    ]


@contextmanager
def a_store(county: County, station: Station, *, through: str = "") -> Iterator[tuple[Store, HttpHub]]:
    """Give an enrolled station's empty store and its way to the hub."""
    with tempfile.TemporaryDirectory() as folder:
        store, hub = make_store(Path(folder), Clock(datetime.now(UTC))), HttpHub(through or county.base)
        exchange.enrol(store, hub, county.code(station), datetime.now(UTC))
        yield store, hub
        hub.close()
        store.close()


def sync_round(county: County, records: Sequence[Any]) -> tuple[Run, Run]:
    """Push everything from one station and pull it into another."""
    with a_store(county, OURS) as (store, hub):
        collect(store, records)
        pushed = _timed(county, len(records), lambda: push_all(store, hub))
    with a_store(county, OTHER) as (store, hub):
        return pushed, _timed(county, len(records), lambda: pull_all(store, hub))


def collect(store: Store, records: Sequence[Any]) -> None:
    """Put records into a station's store and its outbox."""
    for start in range(0, len(records), 500):
        with store.write() as u:
            for record in records[start : start + 500]:
                u.keep(record)


def push_all(store: Store, hub: HttpHub) -> int:
    """Push until the outbox is empty, with the agent's pauses; give how much was refused."""
    while exchange.push_once(store, hub, datetime.now(UTC)):
        time.sleep(PAUSE_S)
    with store.read() as u:
        return len(u.parked())


def pull_all(store: Store, hub: HttpHub) -> int:
    """Pull to the end of the feed, with the agent's pauses; give how much could not be read."""
    skipped = 0
    while (pulled := exchange.pull_once(store, hub, datetime.now(UTC))).more:
        skipped += pulled.skipped
        time.sleep(PAUSE_S)
    return skipped


def _timed(county: County, count: int, act: Callable[[], int]) -> Run:
    hub, database, own = *county.cpu_s(), time.process_time()
    began = time.perf_counter()
    wrong = act()
    seconds = time.perf_counter() - began
    if wrong:
        raise RuntimeError(f"{wrong} changes did not go through")
    spent = [after - before for after, before in zip((*county.cpu_s(), time.process_time()), (hub, database, own), strict=True)]
    say("  CPU ms a change: hub {:.3f}, PostgreSQL {:.3f}, station {:.3f}".format(*(1000 * one / count for one in spent)))
    return Run(count / seconds, sum(spent))


@contextmanager
def pouch_installed() -> Iterator[Path]:
    """Install PouchDB as the lock file says, in a folder that goes away again."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in POUCH.iterdir():
            shutil.copy(file, folder)
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        yield folder


@contextmanager
def pouch_server(folder: Path) -> Iterator[tuple[int, int]]:
    """Run PouchDB's server over an empty folder; give its pid and its port."""
    with tempfile.TemporaryDirectory() as data, subprocess.Popen(["node", "server.js", data], cwd=folder, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            yield server.pid, int(server.stdout.readline())
        finally:
            server.terminate()


def pouch_round(folder: Path, docs: Path) -> tuple[Run, Run]:
    """Replicate the documents from one PouchDB to the server, and into another."""
    with pouch_server(folder) as (pid, port):
        return _replicate(folder, docs, port, pid, "push"), _replicate(folder, docs, port, pid, "pull")


def _replicate(folder: Path, docs: Path, port: int, pid: int, way: str) -> Run:
    with tempfile.TemporaryDirectory() as data:
        before = tree_cpu_s(pid)
        words = ["node", "client.js", f"http://127.0.0.1:{port}/bench", data, way, str(docs)]
        said = json.loads(subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout)
        return Run(said["docs"] / said["seconds"], said["cpu_s"] + tree_cpu_s(pid) - before)


def _documents(folder: Path, records: Sequence[Any]) -> Path:
    """Write records as PouchDB's documents."""
    docs = [{"_id": record.id, "entity": type(record).__name__, **to_plain(record)} for record in records]
    target = folder / f"{len(docs)}.json"
    target.write_text(json.dumps(docs, ensure_ascii=False), "utf-8")
    return target


def _bytes(pouch: Path) -> Iterator[dict[str, Any]]:
    listings = make_records(OURS, SMALL)[::2]
    referrals = make_referrals(OURS, SMALL, [one.id for one in listings], [new_id(datetime.now(UTC)) for _ in range(SMALL // 2)])
    kinds: dict[str, Sequence[Any]] = {"listing": listings, "decision": make_decisions(listings)}
    kinds |= {"referral": referrals, "step": make_steps(OURS, SMALL, referrals)}
    taken: dict[str, tuple[float, float]] = {}
    with running_county() as county:
        for name, alike in kinds.items():
            taken[name] = _bytes_of(county, alike)
            say(f"bytes a {name}: push {taken[name][0]:.1f}, pull {taken[name][1]:.1f}")
    peers = {}
    with pouch_server(pouch) as (pid, port):
        for name, alike in kinds.items():
            docs = _documents(pouch, alike)
            with Relay(port) as relay:
                _replicate(pouch, docs, relay.port, pid, "push")
            peers[name] = relay.carried / len(alike)
    yield figure("wire_bytes_listing", round(max(taken["listing"])), "bytes", 150, PEER, round(peers["listing"]))
    status = max(max(taken["decision"]), max(taken["step"]))
    yield figure("wire_bytes_status", round(status, 1), "bytes", 40, PEER, round(min(peers["decision"], peers["step"])))


def _bytes_of(county: County, records: Sequence[Any]) -> tuple[float, float]:
    """Give the bytes a change of records of one kind: pushed, and pulled by a second terminal of the same station."""
    with (
        Relay(county.port) as relay,
        a_store(county, OURS, through=relay.base) as (store, hub),
        a_store(county, OURS, through=relay.base) as (second, second_hub),
    ):
        collect(store, records)
        pull_all(second, second_hub)
        before = relay.carried
        push_all(store, hub)
        between = relay.carried
        pull_all(second, second_hub)
        return (between - before) / len(records), (relay.carried - between) / len(records)


class Relay:
    """A TCP line that counts what crosses it, both ways."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.carried = self._listener.getsockname()[1], 0
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Relay":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                for source, target in ((near, far), (far, near)):
                    source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.carried += len(data)
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)


def _words(ways: tuple[Run, Run]) -> str:
    named = zip(("push", "pull"), ways, strict=True)
    return ", ".join(f"{name} {one.per_s:.0f}/s and {1000 * one.cpu_s / (2 * PAIRS):.2f} ms CPU" for name, one in named)
