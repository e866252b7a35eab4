"""A store that broke: noticed at the start, kept aside, made anew from the backup and from what can still be read; staff are told."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import safety
from kiosk.domain.worker import Worker
from kiosk.errors import StoreDamaged, WrongKey
from kiosk.services import safekeeping
from kiosk.services.browse import home
from kiosk.services.today import Need, today
from kiosk.store import backup, swap
from kiosk.text import t
from tests.safety.parts import Site, add, crowd, make_site, some_pages, spoil
from tests.station import KEY

PEOPLE = 40


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = make_site(tmp_path)
    yield site
    site.station.store.close()


def told(site: Site) -> list[str]:
    """Give what 今天 says of the store."""
    return [t(one.title.key) + "，" + t(one.detail.key) for one in today(site.station.here) if one.need is Need.MENDED and one.detail]


def test_store_when_whole_is_left_alone(site: Site) -> None:
    crowd(site, 3)
    before = site.path.stat().st_ino
    assert site.mend() is None
    assert site.path.stat().st_ino == before
    assert told(site) == []


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 40))])
def test_store_when_pages_are_damaged_gets_all_back_from_backup_and_file(site: Site, seed: int) -> None:
    crowd(site, PEOPLE)
    site.back_up()
    crowd(site, 5, first=PEOPLE)
    site.station.store.close()
    spoil(site.path, *some_pages(site.path, 4, seed))
    done = site.mend()
    assert done is not None
    assert done.copy_of
    people = site.people()
    assert set(people) >= {f"139{n:08d}" for n in range(PEOPLE)}, "what the backup had is there"
    assert not done.whole or len(people) == PEOPLE + 5, "nothing is lost without a word"
    assert len(told(site)) == 1
    (old,) = swap.old_stores(site.path)
    assert ".broken-" in old.name
    assert site.mend() is None
    crowd(site, 1, first=900)
    home(site.station.here)
    backup.check(site.back_up(), KEY)


def test_store_when_there_is_no_backup_keeps_who_can_still_be_read(site: Site) -> None:
    crowd(site, PEOPLE)
    site.station.store.close()
    spoil(site.path, *some_pages(site.path, 4, 11))
    done = site.mend()
    assert done is not None
    assert not done.whole
    assert done.copy_of == ""
    assert len(site.people()) >= PEOPLE // 2
    assert told(site) == ["数据库坏过，机器自己修好了，可能少了一点，点一下看怎么办"]
    with site.station.store.read() as u:
        waiting = {change.record_id for change in u.outgoing(1000)}
        assert len(waiting) >= len(site.people()) // 2, "what the county has not had is still to be told"


@pytest.mark.parametrize("how", ["empty", "first page", "gone", *(pytest.param(how, marks=pytest.mark.long) for how in ("cut", "noise"))])
def test_store_when_hardly_anything_is_left_comes_up_from_the_backup(site: Site, how: str) -> None:
    crowd(site, 5)
    site.back_up()
    site.station.store.close()
    data = site.path.read_bytes()
    made = {"empty": b"", "cut": data[: len(data) // 3], "noise": random.Random(1).randbytes(len(data))}
    if how == "gone":
        site.path.unlink()
    elif how == "first page":
        spoil(site.path, 0)
    else:
        site.path.write_bytes(made[how])
    done = site.mend()
    assert done is not None
    assert done.copy_of
    assert not done.whole
    assert len(site.people()) == 5
    assert len(told(site)) == 1


@pytest.mark.parametrize("garbage", [b"\0" * 9000, b"\xff" * 40])
def test_store_when_its_log_is_garbage_says_that_something_may_be_missing(site: Site, garbage: bytes) -> None:
    crowd(site, 3)
    site.station.store.close()
    site.path.with_name("station.db-wal").write_bytes(garbage)
    done = site.mend()
    assert done is not None
    assert (done.why, done.whole) == ("log", False)
    assert len(site.people()) == 3
    assert len(told(site)) == 1
    (old,) = swap.old_stores(site.path)
    assert old.with_name(f"{old.name}-wal").read_bytes() == garbage


def test_store_when_the_key_is_a_wrong_one_is_not_touched(site: Site) -> None:
    crowd(site, 2)
    site.back_up()
    site.station.store.close()
    before = site.path.read_bytes()
    site.settings.key_path.write_text("11" * 32)
    with pytest.raises(WrongKey):
        safety.mend(site.settings, "11" * 32, site.clock)
    (site.settings.state_dir / safety.MARK).unlink()
    with pytest.raises(WrongKey):
        safety.mend(site.settings, "11" * 32, site.clock)
    assert site.path.read_bytes() == before
    assert swap.old_stores(site.path) == []
    site.settings.key_path.write_text(KEY)


def test_store_when_broken_and_another_process_has_it_open_is_not_replaced_under_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(site, 2)
    site.station.store.close()
    spoil(site.path, *some_pages(site.path, 30, 3))
    monkeypatch.setattr(swap, "in_use", lambda _: True)
    with pytest.raises(StoreDamaged):
        safety.mend(site.settings, KEY, site.clock)
    assert swap.old_stores(site.path) == []


def test_store_when_a_page_breaks_while_the_station_is_at_work_still_reads_the_others(site: Site) -> None:
    crowd(site, PEOPLE)
    here = site.reopen()
    site.station.store.close()
    with here.store.read() as u:
        root = u.connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'print_job'").scalar_one()
    here.store.close()
    spoil(site.path, root - 1)
    here = site.reopen()
    for _ in range(3):
        with pytest.raises(StoreDamaged), here.store.read() as u:
            u.connection.exec_driver_sql("SELECT count(slip) FROM print_job").scalar()
        with here.store.read() as u:
            assert u.count(Worker) == PEOPLE
    assert safekeeping.back_up(here.store, site.back_up, here.now()) == "damaged"
    with here.store.read() as u:
        assert u.recall(safekeeping.TROUBLE) == "damaged"


def test_withdrawal_when_made_after_the_backup_stands_after_the_store_broke(site: Site) -> None:
    from kiosk.services.withdraw import withdraw

    ids = [add(site.station.here, f"139{n:08d}", "胡桂花") for n in range(PEOPLE)]
    site.back_up()
    withdraw(site.station.here, ids[7])
    site.station.store.close()
    spoil(site.path, site.path.stat().st_size // 4096 - 1)
    site.mend()
    assert "13900000007" not in site.people()
