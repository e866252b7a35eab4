"""The agent whole: it pushes when something was recorded, hears of other stations at once, outlives its hub, and stops when told."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.agent import loop
from kiosk.agent.loop import BACKOFF_MAX_S, Agent, Backoff
from kiosk.config import Settings
from kiosk.county import enrolment
from kiosk.domain.listing import Takedown
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.slip import Slip, SlipKind
from kiosk.domain.station import Station
from kiosk.errors import StoreFull
from kiosk.store.migrate import make_key, migrate
from kiosk.store.store import Store, open_store
from kiosk.sync import exchange, keys
from kiosk.sync.client import HttpHub
from tests.hub_parts import CENTRE, COUNTY, OTHER, TestHub
from tests.integration.test_hub_push import a_worker, held
from tests.station import START, a_listing, a_review, make_store

SOON_S = 15.0


class CountingSpool:
    """Counts steps; raises what it is told to."""

    def __init__(self) -> None:
        self.steps = 0
        self.error: Exception | None = None

    def step(self) -> None:
        self.steps += 1
        if self.error is not None:
            raise self.error


def soon(what: Callable[[], bool]) -> float:
    """Wait until something is true; give the seconds that it took."""
    started = time.monotonic()
    while not what():
        assert time.monotonic() - started < SOON_S, "it did not happen"
        time.sleep(0.02)
    return time.monotonic() - started


@contextmanager
def working(agent: Agent) -> Iterator[None]:
    status: list[int] = []
    thread = threading.Thread(target=lambda: status.append(agent.run()))
    thread.start()
    try:
        yield
    finally:
        agent.stop()
        thread.join(SOON_S)
    assert status == [0]


@pytest.fixture
def store(hub: TestHub, tmp_path: Path) -> Iterator[Store]:
    store = make_store(tmp_path, hub.clock)
    door = HttpHub(hub.base)
    exchange.enrol(store, door, hub.code(), hub.clock())
    door.close()
    yield store
    store.close()


def make_agent(hub: TestHub, store: Store, folder: Path, spool: CountingSpool | None = None) -> Agent:
    settings = Settings(state=str(folder), hub=hub.base, sync_wait_s=2)
    return Agent(settings, store, spool or CountingSpool(), HttpHub(hub.base, connect_s=1, read_s=5), lambda: datetime.now(UTC))


def health(folder: Path) -> dict[str, object]:
    path = folder / "run" / "agent.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def test_agent_when_something_is_recorded_pushes_it_at_once(hub: TestHub, store: Store, tmp_path: Path) -> None:
    with working(make_agent(hub, store, tmp_path)):
        soon(lambda: bool(store_recall(store, "sync.cursor")))
        worker = a_worker()
        with store.write() as u:
            u.keep(worker)
        assert soon(lambda: held(hub, worker.id) != {}) < 2


def test_agent_when_another_station_approves_and_the_county_or_it_itself_takes_down_follows_within_three_seconds(
    hub: TestHub, store: Store, tmp_path: Path
) -> None:
    other, centre = hub.terminal(OTHER), hub.terminal(CENTRE)
    with working(make_agent(hub, store, tmp_path)):
        soon(lambda: bool(store_recall(store, "sync.cursor")))
        time.sleep(0.3)

        def public() -> set[str]:
            with store.read() as u:
                return {one.listing.id for one in u.newest()}

        for by in (centre, other):
            listing = a_listing(station_id=OTHER.id)
            other.push(listing, a_review(listing, START))
            assert soon(lambda: public() != set()) < 3
            author, what = by.station.id, listing.id
            down = Takedown(id=new_id(START), station_id=author, listing_id=what, by_name="李芳", reason="假的", taken_down_at=START)
            assert by.push(down).refused == ()
            assert soon(lambda: public() == set()) < 3


def test_agent_when_the_hub_goes_away_waits_and_goes_on(hub: TestHub, store: Store, tmp_path: Path) -> None:
    hub.stop()
    worker = a_worker()
    with store.write() as u:
        u.keep(worker)
    with working(make_agent(hub, store, tmp_path)):
        soon(lambda: health(tmp_path).get("push") == "HubUnreachable")
        assert health(tmp_path)["waiting"] == 1
        hub.start()
        soon(lambda: held(hub, worker.id) != {})
        soon(lambda: health(tmp_path).get("push") == "" and health(tmp_path)["waiting"] == 0)


def test_agent_when_the_county_shuts_it_out_tells_staff_and_goes_on_after_a_new_enrolment(
    hub: TestHub, store: Store, tmp_path: Path
) -> None:
    me = exchange.identity(store)
    assert me is not None
    with working(make_agent(hub, store, tmp_path)):
        soon(lambda: store_recall(store, "sync.cursor") is not None)
        with hub.engine.begin() as connection:
            enrolment.revoke(connection, COUNTY, me.device_id, hub.clock())
        worker = a_worker()
        with store.write() as u:
            u.keep(worker)
        soon(lambda: store_recall(store, keys.SHUT_OUT) == "revoked")
        assert held(hub, worker.id) == {}
        exchange.enrol(store, HttpHub(hub.base), hub.code(), hub.clock())
        soon(lambda: held(hub, worker.id) != {})
        soon(lambda: store_recall(store, keys.SHUT_OUT) == "")


def test_agent_when_the_store_lost_something_compares_soon_and_gets_it_back(
    hub: TestHub, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "FIRST_REPAIR_S", 0.0)
    while exchange.pull_once(store, HttpHub(hub.base), START).more:
        pass
    with store.write() as u:
        u.drop(Station, OTHER.id)
    with working(make_agent(hub, store, tmp_path)):

        def back() -> bool:
            with store.read() as u:
                return u.get(Station, OTHER.id) == OTHER

        soon(back)


def test_agent_when_not_enrolled_prints_all_the_same(hub: TestHub, tmp_path: Path) -> None:
    spool, bare = CountingSpool(), make_store(tmp_path, hub.clock)
    with working(make_agent(hub, bare, tmp_path, spool)):
        soon(lambda: spool.steps > 0)
    bare.close()


def test_agent_when_a_slip_is_queued_steps_the_spool_at_once(hub: TestHub, store: Store, tmp_path: Path) -> None:
    spool = CountingSpool()
    with working(make_agent(hub, store, tmp_path, spool)):
        soon(lambda: spool.steps > 0)
        slip = Slip(kind=SlipKind.TEST, serial="YT-1", blocks=())
        job = PrintJob(id="j", serial="YT-1", subject_id="s", slip=slip, created_at=START, changed_at=START, expires_at=START)
        before = spool.steps
        with store.write() as u:
            u.put(job)
        assert soon(lambda: spool.steps > before) < 0.5


def test_agent_when_the_disk_is_full_says_so_and_goes_on(hub: TestHub, store: Store, tmp_path: Path) -> None:
    spool = CountingSpool()
    spool.error = StoreFull("disk")
    with working(make_agent(hub, store, tmp_path, spool)):
        soon(lambda: spool.steps > 1)
        soon(lambda: health(tmp_path).get("spool") == "StoreFull")


def test_agent_when_something_unforeseen_happens_ends_for_its_supervisor(hub: TestHub, store: Store, tmp_path: Path) -> None:
    spool = CountingSpool()
    spool.error = ZeroDivisionError("bug")
    assert make_agent(hub, store, tmp_path, spool).run() == 1


def test_agent_when_told_to_stop_while_it_waits_for_the_hub_ends_at_once(hub: TestHub, tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(f'hub = "{hub.base}"\nprinter = "simulator:"\n')
    key = make_key(tmp_path / "station.key")
    migrate(tmp_path / "station.db", key)
    store = open_store(tmp_path / "station.db", key, clock=hub.clock)
    exchange.enrol(store, HttpHub(hub.base), hub.code(), hub.clock())
    store.close()
    command = [sys.executable, "-m", "kiosk", "--state", str(tmp_path), "agent"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONWARNINGS": "default"}) as process:
        soon(lambda: health(tmp_path).get("pull") == "")
        time.sleep(1.0)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=SOON_S)
        assert (process.returncode, b"Traceback" in said) == (0, False)
        assert time.monotonic() - started < 3


def test_backoff_when_failures_go_on_doubles_up_to_a_minute_and_never_in_step() -> None:
    one, two = Backoff(random.Random(1)), Backoff(random.Random(2))
    waits = [one.failed() for _ in range(12)]
    assert all(0.5 * 2**i <= w <= 2**i for i, w in enumerate(waits[:6]))
    assert all(BACKOFF_MAX_S / 2 <= w <= BACKOFF_MAX_S for w in waits[7:])
    assert waits != [two.failed() for _ in range(12)]
    one.succeeded()
    assert one.failed() <= 1


def store_recall(store: Store, key: str) -> str | None:
    with store.read() as u:
        return u.recall(key)
