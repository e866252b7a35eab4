"""Backups of a station at work: whole, encrypted, kept by number; restored with nothing lost; killed at any step, old or new is whole."""

import io
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import safety
from kiosk.__main__ import main
from kiosk.config import Settings
from kiosk.domain import recovery_code
from kiosk.domain.enrol_text import ALPHABET
from kiosk.domain.listing import Verdict
from kiosk.domain.print_job import PrintJob
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BackupGone, BadInput, StoreFull, WrongKey
from kiosk.services import safekeeping
from kiosk.services.today import Need, today
from kiosk.services.withdraw import withdraw
from kiosk.store import backup, swap
from kiosk.store.backup import kept
from kiosk.store.connection import connect
from kiosk.text import t
from tests.safety.parts import Site, add, crowd, make_site, spoil, steps
from tests.station import KEY, START, a_listing, a_review


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = make_site(tmp_path)
    yield site
    site.station.store.close()


def test_backup_when_others_write_meanwhile_is_one_whole_state(site: Site) -> None:
    crowd(site, 5)
    stop = threading.Event()

    def write() -> None:
        number = 100
        while not stop.is_set():
            add(site.station.here, f"139{number:08d}")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [site.back_up() for _ in range(4)]
    finally:
        stop.set()
        writer.join()
    for copy in copies:
        backup.check(copy, KEY)
        with closing(backup.look_into(copy, KEY)) as raw:
            (workers,), (jobs,) = (raw.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("worker", "print_job"))
            assert workers == jobs >= 5
        assert copy.stat().st_mode & 0o077 == 0
    assert {one.name for one in site.backups.iterdir()} == {copy.name for copy in copies}, "nothing half done lies about"
    with pytest.raises(WrongKey):
        backup.check(copies[0], "00" * 32)


@given(st.integers(1, 400))
def test_kept_when_a_copy_a_day_was_made_covers_a_week_of_days_and_four_of_weeks(days: int) -> None:
    held: list[int] = []
    for number in range(1, days + 1):
        held = sorted(kept([*held, number]))
    assert held[-7:] == list(range(max(1, days - 6), days + 1))
    weeks = [number for number in held if number <= days - 7]
    assert len(weeks) == min(4, max(0, days - 7) // 7)
    assert all(number % 7 == 0 for number in weeks)
    assert not weeks or weeks[-1] > days - 14


def test_backup_when_the_disk_is_pulled_out_or_full_says_so_to_staff_until_it_is_there(site: Site) -> None:
    here = site.station.here
    site.backups.rmdir()
    with pytest.raises(BackupGone):
        site.back_up()
    assert safekeeping.back_up(here.store, site.back_up, here.now()) == "gone"
    (item,) = (one for one in today(here) if one.need is Need.BACKUP)
    assert (t(item.title.key), t(item.detail.key) if item.detail else "") == ("备份盘没有找到", "还没有备份过")
    site.backups.mkdir()
    assert safekeeping.back_up(here.store, site.back_up, here.now()) == ""
    assert [one for one in today(here) if one.need is Need.BACKUP] == []

    def full() -> None:
        raise StoreFull

    site.clock.tick(days=2)
    assert safekeeping.back_up(here.store, full, here.now()) == "full"
    (item,) = (one for one in today(here) if one.need is Need.BACKUP)
    assert item.detail is not None
    assert t(item.detail.key, **item.detail.values) == "2 天没有备份了"


@pytest.mark.parametrize(
    ("since", "at_hour", "due"), [(None, 12, True), (23, 12, False), (24, 12, True), (21, 3, True), (19, 3, False), (-400, 12, True)]
)
def test_due_when_time_passes_or_jumps_is_once_a_day(site: Site, since: int | None, at_hour: int, due: bool) -> None:
    now = datetime(2026, 11, 24, at_hour, tzinfo=UTC) - timedelta(hours=8)
    with site.station.store.write() as u:
        if since is not None:
            u.remember(safekeeping.AT, (now - timedelta(hours=since)).isoformat())
        assert safekeeping.due(u, now) is due


def test_copy_when_it_lies_on_the_stores_own_disk_is_made_as_seldom_as_flash_bears_and_never_in_its_last_room(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert safekeeping.rest(63_000_000, own_disk=False) == timedelta(days=1)
    assert safekeeping.rest(2_000_000, own_disk=True) == timedelta(days=1)
    assert safekeeping.rest(63_000_000, own_disk=True) == timedelta(days=6.3)
    assert 365 * 63_000_000 / safekeeping.rest(63_000_000, own_disk=True).days < 5e9
    with site.station.store.write() as u:
        u.remember(safekeeping.AT, (START - timedelta(days=5)).isoformat())
        assert not safekeeping.due(u, START, timedelta(days=6.3))
        assert safekeeping.due(u, START + timedelta(days=2), timedelta(days=6.3))
    settings, store = replace(site.settings, backup_dir=""), site.station.store
    left = 501_000_000 + site.path.stat().st_size
    monkeypatch.setattr("kiosk.safety.shutil.disk_usage", lambda _: SimpleNamespace(free=left))
    safety.make_copy(settings, store, START)
    left = 400_000_000
    with pytest.raises(StoreFull):
        safety.make_copy(settings, store, START)
    assert len(backup.copies(settings.copies_dir)) == 1
    safety.make_copy(site.settings, store, START)
    assert not settings.copies_dir.exists(), "with a second disk there is nothing to keep here"


def test_store_when_it_breaks_without_a_second_disk_is_made_of_the_copy_beside_it(site: Site) -> None:
    crowd(site, 3)
    site.settings = replace(site.settings, backup_dir="")
    safety.make_copy(site.settings, site.station.store, START)
    site.station.store.close()
    site.path.write_bytes(b"")
    assert site.mend() is not None
    assert len(site.people()) == 3


def test_store_when_it_breaks_and_the_other_disk_comes_a_moment_late_waits_for_its_copy(site: Site) -> None:
    crowd(site, 3)
    site.back_up()
    site.station.store.close()
    site.path.write_bytes(b"")
    away = site.backups.rename(site.backups.with_name("on its way"))
    plugged = threading.Timer(0.5, away.rename, [site.backups])
    plugged.start()
    mended = site.mend()
    plugged.join()
    assert mended is not None
    assert mended.copy_of
    assert len(site.people()) == 3


@given(st.binary(min_size=32, max_size=32), st.integers(0, 55), st.sampled_from(ALPHABET))
def test_recovery_code_when_read_back_is_the_key_and_a_wrong_letter_is_noticed(key: bytes, at: int, letter: str) -> None:
    code = recovery_code.write(key.hex())
    assert recovery_code.read(code.lower().replace("-", " ")) == key.hex()
    letters = code.replace("-", "")
    if letters[at] != letter:
        with pytest.raises(BadInput):
            recovery_code.read(letters[:at] + letter + letters[at + 1 :])


def test_restore_when_the_old_store_is_whole_keeps_what_came_since(site: Site) -> None:
    here = site.station.here
    gone, stays = add(here, "13900000001"), add(here, "13900000002")
    copy = site.back_up()
    withdraw(here, gone)
    add(here, "13900000003")
    with here.store.read() as u:
        before = (u.chain_head(), u.outbox_size())
    done = site.restore(copy)
    assert (done.why, done.whole) == ("restored", True)
    assert site.people() == ["", "13900000002", "13900000003"]
    with site.station.store.read() as u:
        assert u.need(Worker, gone).state is WorkerState.WITHDRAWN
        assert {job.subject_id for job in u.list(PrintJob)} >= {stays}
        head = u.chain_head()
        assert head is not None
        assert before[0] is not None
        assert head[0] == before[0][0] + 1, "the chain goes on, with the restore in it"
        assert u.outbox_size() >= before[1]
        assert [change.record_id for change in u.outgoing(1000)].count(stays) == 1
    (old,) = swap.old_stores(site.path)
    assert old.name.startswith("station.db.before-restore-")


def test_restore_when_numbers_went_round_since_the_copy_keeps_those_that_were_seen(site: Site) -> None:
    """A slip of this morning says the number that its listing had then, not the one that the copy would give."""

    def numbers() -> dict[str, int]:
        with site.station.store.read() as u:
            return {one.listing.id: one.number for one in u.newest()}

    early = [a_listing(ends_on=date(2027, 1, 1)) for _ in range(102)]
    late = [a_listing(ends_on=date(2027, 1, 1)) for _ in range(4)]
    with site.station.store.write() as u:
        u.put(*early, *(a_review(one, START) for one in early))
        u.put(*(a_review(one, START + timedelta(minutes=1), Verdict.UNDO) for one in early[:3]))
    copy = site.back_up()
    site.clock.tick(days=1)
    with site.station.store.write() as u:
        u.put(*late, *(a_review(one, site.clock()) for one in late))
        u.put(a_review(early[0], site.clock()))  # its number is another's by now
        u.put(a_review(early[50], site.clock(), Verdict.UNDO))
    before = numbers()
    assert {before[late[0].id], before[late[1].id]} == {1, 2}
    site.restore(copy)
    assert numbers() == before
    with site.station.store.write() as u:
        u.put(a_review(early[50], site.clock() + timedelta(minutes=1)))
    assert numbers()[early[50].id] == 51, "who left has it again"
    assert len(set(numbers().values())) == len(numbers())


def test_restore_when_the_machine_is_new_needs_the_code_from_the_safe(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(site, 2)
    copy = site.back_up()
    new = Settings(state=str(tmp_path / "new"))
    with pytest.raises(WrongKey):
        safety.restore(new, copy, site.clock)
    assert list(new.state_dir.iterdir()) == []
    for code, status in (("2222 " * 14, 1), (recovery_code.write("11" * 32), 1), (recovery_code.write(KEY), 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n"))
        assert main(["--state", new.state, "restore", str(copy)]) == status
    assert "恢复好了" in capsys.readouterr().out
    assert new.key_path.read_text().strip() == KEY
    assert new.key_path.stat().st_mode & 0o777 == 0o600
    backup.check(new.store_path, KEY)


def test_restore_when_the_file_or_the_moment_is_wrong_changes_nothing(site: Site, tmp_path: Path) -> None:
    crowd(site, 1)
    copy = site.back_up()
    spoil(copy, 20)
    with pytest.raises(BadInput, match="backup.damaged"):
        site.restore(copy)
    with pytest.raises(BadInput, match="backup.no_file"):
        site.restore(tmp_path / "nothing")
    good = site.back_up()
    holder = subprocess.Popen(["tail", "-f", str(site.path)], stdout=subprocess.DEVNULL)
    try:
        with pytest.raises(BadInput, match="backup.in_use"):
            while not swap.in_use(site.path):
                assert holder.poll() is None
            site.restore(good)
    finally:
        holder.kill()
        holder.wait()
    site.reopen()
    assert site.people() == ["13900000000"]


def test_commands_when_used_by_hand_say_plainly_what_they_did(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = ["--state", site.settings.state]
    crowd(site, 1)
    assert main([*state, "backup"]) == 1
    assert "没有备份盘" in capsys.readouterr().err
    to = tmp_path / "stick"
    assert main([*state, "backup", "--to", str(to)]) == 1
    assert "备份盘没有找到" in capsys.readouterr().err
    to.mkdir()
    assert main([*state, "backup", "--to", str(to)]) == 0
    (copy,) = to.iterdir()
    assert str(copy) in capsys.readouterr().out
    assert main([*state, "backup", "--code"]) == 0
    assert recovery_code.write(KEY) in capsys.readouterr().out
    site.station.store.close()
    assert main([*state, "restore", str(copy)]) == 0
    assert "恢复好了" in capsys.readouterr().out


class Killed(BaseException):
    """The process died here."""


STEPS = ("rename", "replace", "unlink", "fsync", "open")


def _dying(monkeypatch: pytest.MonkeyPatch, at: int) -> list[str]:
    """Let the process die at its `at`-th act on the disk."""
    done: list[str] = []

    def dies(name: str, real: object) -> object:
        def act(*words: object, **more: object) -> object:
            done.append(name)
            if len(done) - 1 == at:
                raise Killed
            return real(*words, **more)  # type: ignore[operator]

        return act

    for name in STEPS[:3]:
        monkeypatch.setattr(Path, name, dies(name, getattr(Path, name)))
    monkeypatch.setattr(os, "fsync", dies("fsync", os.fsync))
    return done


@pytest.mark.parametrize("at", steps(14))
def test_backup_when_killed_at_any_step_leaves_the_copies_of_before_whole(site: Site, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(site, 1)
    first = site.back_up()
    crowd(site, 1, first=1)
    with monkeypatch.context() as patched:
        done = _dying(patched, at)
        try:
            site.back_up()
        except Killed:
            pass
        else:
            assert len(done) <= at, "all steps were tried"
    backup.check(first, KEY)
    for copy in backup.copies(site.backups):
        backup.check(copy, KEY)
    again = site.back_up()
    backup.check(again, KEY)
    assert all(backup.NAME.fullmatch(one.name) for one in site.backups.iterdir())


@pytest.mark.parametrize("at", steps(28))
def test_restore_when_killed_at_any_step_leaves_the_old_or_the_new_store_whole(
    site: Site, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(site, 1)
    copy = site.back_up()
    crowd(site, 1, first=1)
    site.station.store.close()
    with monkeypatch.context() as patched:
        done = _dying(patched, at)
        try:
            safety.restore(site.settings, copy, site.clock)
        except Killed:
            pass
        else:
            assert len(done) <= at, "all steps were tried"
    swap.settle(site.path, site.settings.key_path)
    assert site.mend() is None
    assert site.people() == ["13900000000", "13900000001"]
    site.station.store.close()
    site.restore(copy)
    assert site.people() == ["13900000000", "13900000001"]
    with closing(connect(site.path, KEY)) as raw:
        assert raw.execute("SELECT count(*) FROM outbox WHERE entity = 'worker'").fetchone() == (2,)


def _in_a_process_that_is_killed(act: Callable[[], object], after_s: float) -> None:
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            while True:
                act()
        os._exit(0)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.mark.long
def test_backup_and_restore_when_the_process_is_killed_at_random_moments_leave_all_whole(site: Site) -> None:
    crowd(site, 20)
    first = site.back_up().rename(site.settings.state_dir.parent / "kept.db")
    crowd(site, 5, first=20)
    rng = random.Random(8)
    for number in range(60):
        site.station.store.close()
        restoring = number % 2

        def act(restoring: int = restoring) -> None:
            safety.restore(site.settings, first, site.clock) if restoring else site.back_up()

        _in_a_process_that_is_killed(act, rng.uniform(0, 0.6))
        for copy in backup.copies(site.backups):
            backup.check(copy, KEY)
        assert site.mend() is None
        assert len(site.people()) == 25


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_restore_when_run_by_root_leaves_the_files_to_the_stations_own_user(site: Site) -> None:
    copy = site.back_up()
    os.chown(site.settings.state_dir, 12345, 12345)
    site.restore(copy)
    assert site.path.stat().st_uid == 12345
    assert site.path.stat().st_mode & 0o777 == 0o600
