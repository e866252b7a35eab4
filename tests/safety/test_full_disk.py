"""A station whose disk is full or read-only: every write says so, nothing half is kept, and with room all goes on by itself."""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.agent.spool import Spool
from kiosk.devices.printer import open_printer
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.worker import Worker
from kiosk.errors import BackupGone, StoreError, StoreFull
from kiosk.screens.problems import fault_key, sentence
from kiosk.services import safekeeping
from kiosk.services.browse import home
from kiosk.services.today import today
from kiosk.store import backup
from kiosk.store.migrate import migrate
from kiosk.store.store import open_store
from tests.safety.parts import Site, add, make_site
from tests.station import KEY

DISK_MB = 4

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")


class SmallDisk:
    """A file system of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        with suppress(OSError), (self.folder / "ballast").open("ab", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)

    def empty(self) -> None:
        (self.folder / "ballast").unlink()

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    folder = Path(tempfile.mkdtemp(prefix="kiosk-disk-"))
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}M", "tmpfs", folder], check=False).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", folder], check=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def site(disk: SmallDisk) -> Iterator[Site]:
    site = make_site(disk.folder)
    yield site
    site.station.store.close()


def counts(site: Site) -> tuple[int, int, int]:
    with site.station.store.read() as u:
        return u.count(Worker), u.count(PrintJob), u.outbox_size()


def register_until_refused(site: Site) -> int:
    """Register people until the disk says no; give how many came through."""
    said = ("", "")
    for number in range(500):
        try:
            add(site.station.here, f"139{number:08d}")
        except StoreFull as error:
            said = (sentence(error), fault_key(error))
            break
    assert said == ("现在存不进去，刚才填的没有存上，请叫工作人员。", "fault.full")
    return number


def test_station_when_its_disk_fills_refuses_politely_and_goes_on_by_itself(site: Site, disk: SmallDisk) -> None:
    spool = Spool(site.station.store, open_printer("simulator:", site.settings.state_dir / "slips"), site.clock)
    home(site.station.here)
    disk.fill()
    taken = register_until_refused(site)
    assert counts(site) == (taken, taken, taken)
    home(site.station.here)
    today(site.station.here)
    with pytest.raises(StoreError):
        for _ in range(200):
            spool.step()
            site.clock.tick(seconds=40)
            add(site.station.here, "13888888888")
    with pytest.raises(StoreFull):
        site.back_up()
    assert [one for one in site.backups.iterdir() if one.suffix == ".db"] == []
    disk.empty()
    add(site.station.here, "13900000999")
    for _ in range(5):
        spool.step()
        site.clock.tick(seconds=40)
    with site.station.store.read() as u:
        states = {job.state for job in u.list(PrintJob)}
    assert JobState.QUEUED not in states
    assert safekeeping.back_up(site.station.store, site.back_up, site.clock()) == ""
    site.station.store.close()
    backup.check(site.path, KEY)


def test_station_when_started_on_a_full_disk_says_so_and_starts_with_room(site: Site, disk: SmallDisk) -> None:
    add(site.station.here, "13900000001")
    site.station.store.close()
    disk.fill()
    with pytest.raises(StoreFull):
        store = open_store(site.path, KEY, clock=site.clock)
        with store.write() as u:
            u.remember("x", "y" * 100_000)
    disk.empty()
    assert site.mend() is None
    assert site.people() == ["13900000001"]


def test_station_when_its_disk_turns_read_only_refuses_politely_and_goes_on_by_itself(site: Site, disk: SmallDisk) -> None:
    add(site.station.here, "13900000001")
    site.station.store.close()
    disk.remount("ro")
    try:
        with pytest.raises(StoreFull) as refused:
            add(site.station.here, "13900000002")
        assert "叫工作人员" in sentence(refused.value)
        with pytest.raises((BackupGone, StoreFull)):
            site.back_up()
    finally:
        disk.remount("rw")
    add(site.station.here, "13900000003")
    assert site.people() == ["13900000001", "13900000003"]


def test_station_when_the_file_system_refuses_in_the_middle_of_work_keeps_nothing_half(site: Site) -> None:
    add(site.station.here, "13900000001")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (site.path.with_name("station.db-wal").stat().st_size + 5000, limit[1]))
    try:
        with pytest.raises(StoreFull):
            for number in range(50):
                add(site.station.here, f"138{number:08d}")
        workers, jobs, waiting = counts(site)
        assert workers == jobs == waiting >= 1
        home(site.station.here)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    add(site.station.here, "13900000003")
    assert counts(site) == (workers + 1, jobs + 1, waiting + 1)


def test_migration_when_the_disk_is_full_leaves_the_old_store(site: Site, disk: SmallDisk) -> None:
    add(site.station.here, "13900000001")
    with site.station.store.write() as u:
        u.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    site.station.store.close()
    before = site.path.read_bytes()
    disk.fill()
    with pytest.raises(StoreError):
        migrate(site.path, KEY)
    disk.empty()
    assert site.path.read_bytes() == before
