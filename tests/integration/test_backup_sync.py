"""Backup, restore, sync with a real hub: what the county has comes back, what it lacks goes up, and nothing is there twice."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kiosk.domain.worker import Worker, WorkerState
from kiosk.services.withdraw import withdraw
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from tests.hub_parts import TestHub
from tests.safety.parts import Site, add, make_site, some_pages, spoil


@pytest.fixture
def site(tmp_path: Path, hub: TestHub) -> Iterator[Site]:
    site = make_site(tmp_path)
    exchange.enrol(site.station.store, HttpHub(hub.base), hub.code(), site.clock())
    settle(site.station.store, hub)
    yield site
    site.station.store.close()


def settle(store: Store, hub: TestHub) -> None:
    """Do what an agent does until neither side has anything to say; then their digests are equal."""
    door = HttpHub(hub.base)
    for _ in range(50):
        pulled = exchange.pull_once(store, door, hub.clock())
        if not exchange.push_once(store, door, hub.clock()) and not pulled.more:
            break
    assert exchange.repair(store, door) == 0
    door.close()


def at_county(hub: TestHub) -> dict[str, str]:
    """Give the county's workers: phone by id."""
    with psycopg.connect(hub.settings.database.replace("+psycopg", "")) as connection:
        rows = connection.execute("SELECT id, data->>'phone' FROM record WHERE entity = 'worker'").fetchall()
    assert max(Counter(record_id for record_id, _ in rows).values(), default=1) == 1
    return dict(rows)


def here(site: Site) -> dict[str, str]:
    with site.station.store.read() as u:
        return {worker.id: str(worker.phone) for worker in u.list(Worker)}


def refused(site: Site) -> list[str]:
    with site.station.store.read() as u:
        return [code for _, _, code, _ in u.parked()]


def test_station_when_its_disk_is_lost_gets_all_back_from_backup_and_county(site: Site, hub: TestHub, tmp_path: Path) -> None:
    first, withdrawn = add(site.station.here, "13900000001"), add(site.station.here, "13900000002")
    settle(site.station.store, hub)
    unsent = add(site.station.here, "13900000003")
    copy = site.back_up()
    since = add(site.station.here, "13900000004")
    withdraw(site.station.here, withdrawn)
    settle(site.station.store, hub)
    assert set(at_county(hub)) == {first, withdrawn, unsent, since}
    site.station.store.close()
    shutil.rmtree(site.settings.state_dir)
    site.settings.state_dir.mkdir()
    site.settings.key_path.write_text("5a" * 32)
    site.restore(copy)
    assert set(here(site)) == {first, withdrawn, unsent}
    new = add(site.station.here, "13900000005")
    settle(site.station.store, hub)
    assert here(site) == at_county(hub)
    assert set(here(site)) == {first, withdrawn, unsent, since, new}
    with site.station.store.read() as u:
        assert u.need(Worker, withdrawn).state is WorkerState.WITHDRAWN
        assert u.outbox_size() == 0
    assert set(refused(site)) <= {"chain_forked"}, "that the chain lost its end is not hidden from the county"


def test_station_when_restored_over_a_whole_store_loses_nothing_and_sends_nothing_twice(site: Site, hub: TestHub) -> None:
    first = add(site.station.here, "13900000001")
    copy = site.back_up()
    settle(site.station.store, hub)
    since = add(site.station.here, "13900000002")
    site.restore(copy)
    settle(site.station.store, hub)
    assert set(at_county(hub)) == set(here(site)) == {first, since}
    assert refused(site) == []


def test_station_when_its_store_broke_comes_back_into_step_with_the_county(site: Site, hub: TestHub) -> None:
    known = [add(site.station.here, f"139000000{n:02d}") for n in range(30)]
    site.back_up()
    settle(site.station.store, hub)
    later = [add(site.station.here, f"139000001{n:02d}") for n in range(3)]
    settle(site.station.store, hub)
    site.station.store.close()
    spoil(site.path, *some_pages(site.path, 20, 19))
    assert site.mend() is not None
    settle(site.station.store, hub)
    assert here(site) == at_county(hub)
    assert set(here(site)) == {*known, *later}


def test_station_when_nothing_is_left_and_there_is_no_backup_gets_from_the_county_what_was_told(
    site: Site, hub: TestHub, tmp_path: Path
) -> None:
    told = add(site.station.here, "13900000001")
    settle(site.station.store, hub)
    site.station.store.close()
    bare = make_site(tmp_path / "bare")
    exchange.enrol(bare.station.store, HttpHub(hub.base), hub.code(), bare.clock())
    settle(bare.station.store, hub)
    assert here(bare) == {told: "13900000001"} == at_county(hub)
    bare.station.store.close()
