"""The change of the program and the way back: whole at every moment, never during a visit, undone by itself, nothing acknowledged lost."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from kiosk import safety
from kiosk.domain.release import UpdateStage
from kiosk.domain.worker import Worker
from kiosk.errors import StoreError, StoreFull
from kiosk.release import place as places
from kiosk.release.place import TRIES, WHOLE, Place, results, version_of
from kiosk.release.stage import MachineError
from kiosk.release.switch import WATCH_S, settle, update
from kiosk.services import safekeeping
from kiosk.services.rules import say
from kiosk.services.today import today
from kiosk.store import chain, migrate
from kiosk.store.migrate import MIGRATIONS
from kiosk.text import t
from tests.safety.parts import Site, add, make_site
from tests.safety.release_parts import FileMachine, a_place, a_release, fetched
from tests.station import KEY


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = a_place(tmp_path)
    file, _ = a_release(tmp_path, "0.2.0")
    fetched(place, file)
    return place


def now_at(place: Place, machine: FileMachine, version: str) -> None:
    """See that this version is at work, all of it, and nothing is on trial."""
    assert [version_of(name) for name in (place.running(), machine.system, machine.runs)] == [version] * 3
    assert (place.current / WHOLE).exists()
    assert not place.trying.exists()


def test_update_when_the_station_is_well_keeps_the_new_program_and_the_one_before(place: Place, tmp_path: Path) -> None:
    machine = FileMachine(place)
    assert update(place, machine) is UpdateStage.DONE
    now_at(place, machine, "0.2.0")
    assert machine.now >= WATCH_S
    fetched(place, a_release(tmp_path, "0.3.0")[0])
    assert update(place, machine) is UpdateStage.DONE
    assert sorted(version_of(one.name) for one in place.releases.iterdir()) == ["0.2.0", "0.3.0"]
    assert {v: r.stage for v, r in results(place).items()} == {"0.2.0": UpdateStage.DONE, "0.3.0": UpdateStage.DONE}


def test_update_when_the_station_is_not_well_goes_back_by_itself_and_does_not_try_again(place: Place) -> None:
    machine = FileMachine(place, unwell=frozenset({"0.2.0"}))
    assert update(place, machine) is UpdateStage.RETURNED
    now_at(place, machine, "0.1.0")
    assert machine.now < WATCH_S
    machine.unwell = frozenset()
    assert update(place, machine) is UpdateStage.RETURNED
    now_at(place, machine, "0.1.0")


def test_update_when_the_station_falls_ill_in_the_last_minute_goes_back(place: Place) -> None:
    class Late(FileMachine):
        def bad(self, version: str) -> frozenset[str]:
            return frozenset({"board"}) if self.now > WATCH_S - 30 else super().bad(version)

    machine = Late(place)
    assert update(place, machine) is UpdateStage.RETURNED
    now_at(place, machine, "0.1.0")


def test_update_when_something_was_ill_before_does_not_hold_it_against_the_program(place: Place) -> None:
    machine = FileMachine(place, always_bad=frozenset({"board"}))
    assert update(place, machine) is UpdateStage.DONE


def test_update_when_somebody_is_there_or_the_hour_is_not_right_waits(place: Place) -> None:
    machine = FileMachine(place, visit=True)
    assert update(place, machine) is UpdateStage.WAITING
    now_at(place, machine, "0.1.0")
    (place.spool / "ready").write_bytes(b"")
    machine.visit = False
    assert update(place, machine) is UpdateStage.WAITING
    now_at(place, machine, "0.1.0")
    (place.spool / "ready").write_bytes(b"switch")
    assert update(place, machine) is UpdateStage.DONE
    assert len(machine.tried) == 1


def test_update_when_the_system_does_not_take_the_release_goes_back(place: Place) -> None:
    class Stubborn(FileMachine):
        def apply(self, release: Path) -> None:
            if version_of(release.name) == "0.2.0":
                raise MachineError("apply")
            super().apply(release)

    machine = Stubborn(place)
    assert update(place, machine) is UpdateStage.RETURNED
    now_at(place, machine, "0.1.0")


def test_update_when_it_is_broken_off_again_and_again_is_over(place: Place) -> None:
    machine = FileMachine(place)
    for n in range(TRIES):
        _killed_at(place, machine, lambda line: line.startswith("well = _watch"))
        settle(place, machine)
        now_at(place, machine, "0.1.0")
        assert results(place)["0.2.0"].stage is (UpdateStage.RETURNED if n == TRIES - 1 else UpdateStage.WAITING)
    assert update(place, machine) is UpdateStage.RETURNED


def test_settle_when_nothing_was_broken_off_does_nothing(place: Place) -> None:
    machine = FileMachine(place)
    settle(place, machine)
    now_at(place, machine, "0.1.0")
    place.trying.parent.mkdir(exist_ok=True)
    place.trying.write_text("")
    settle(place, machine)
    now_at(place, machine, "0.1.0")


def test_settle_when_the_trial_is_minded_by_somebody_leaves_it_alone(place: Place) -> None:
    machine = FileMachine(place, on_start=lambda _: settle(place, machine))
    assert update(place, machine) is UpdateStage.DONE
    now_at(place, machine, "0.2.0")


OURS = str(Path(places.__file__).parent)


def _killed_at(place: Place, machine: FileMachine, at: int | Callable[[str], bool]) -> int:
    """Run an update in a process of its own that is killed before its nth line of ours; give how many lines it has come through."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        count = 0

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal count
            if not frame.f_code.co_filename.startswith((OURS, str(Path(__file__).parent))):
                return None
            if event == "line" and frame.f_code.co_filename.startswith(OURS):
                count += 1
                hit = count == at if isinstance(at, int) else at(_line(frame))
                if hit:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        try:
            os.sync = lambda: None  # a kill loses nothing that was written
            sys.settrace(trace)
            update(place, machine)
            sys.settrace(None)
            os.write(writer, str(count).encode())
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as file:
        return int(file.read() or 0)


def _line(frame: FrameType) -> str:
    return Path(frame.f_code.co_filename).read_text().splitlines()[frame.f_lineno - 1].strip()


def _fresh(folder: Path) -> tuple[Place, FileMachine]:
    shutil.copytree(folder / "template", folder / "at", symlinks=True)
    place = Place(folder / "at/opt", folder / "at/state", folder / "at/release.pub")
    return place, FileMachine(place)


@pytest.mark.parametrize("well", [True, False])
@pytest.mark.parametrize("every", [17, pytest.param(1, marks=pytest.mark.long)])
def test_update_when_killed_at_any_line_is_the_old_or_the_new_program_after_the_next_boot(
    tmp_path: Path, every: int, well: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.release.switch.LOOK_S", 60.0)
    monkeypatch.setattr(os, "sync", lambda: None)
    (tmp_path / "template").mkdir()
    fetched(a_place(tmp_path / "template"), a_release(tmp_path, "0.2.0")[0])
    ill = frozenset[str]() if well else frozenset({"0.2.0"})
    place, machine = _fresh(tmp_path)
    machine.unwell = ill
    lines = _killed_at(place, machine, 10**9)
    assert lines > 200
    for n in range(1, lines + 1, every):
        shutil.rmtree(tmp_path / "at")
        place, machine = _fresh(tmp_path)
        machine.unwell = ill
        assert _killed_at(place, machine, n) == 0, "it was not killed"
        # at any moment what is pointed to is whole, and one of the two
        assert (place.current / WHOLE).exists(), n
        settle(place, machine)
        if not machine.runs:  # the system starts what it starts at boot
            machine.start(wait=True)
        version = version_of(place.running())
        now_at(place, machine, version)
        assert version in ("0.1.0", "0.2.0"), n
        if version == "0.1.0" and well:
            assert update(place, machine) is UpdateStage.DONE, n
            now_at(place, machine, "0.2.0")


# --- the store


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations of a later program: a column more in some tables."""
    folder = tmp_path / "later"
    shutil.copytree(MIGRATIONS, folder)
    head = migrate._head(MIGRATIONS)
    (folder / "versions/9999_later.py").write_text(
        f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9999"\ndown_revision = "{head}"\n\n\ndef upgrade() -> None:\n'
        '    for table in ("worker", "outbox", "audit", "tombstone"):\n'
        '        op.add_column(table, sa.Column("mood", sa.Text(), server_default="good"))\n'
    )
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = make_site(tmp_path / "site")
    add(site.station.here, "13900000001")
    return site


def prepared(site: Site) -> safekeeping.Mended | None:
    """Start the station with the program that is here."""
    site.station.store.close()
    done = safety.step_back(site.settings, KEY, site.clock)
    migrate.migrate(site.path, KEY, site.settings.key_path)
    site.reopen()
    return done


def test_prepare_when_a_later_program_upgraded_the_store_goes_back_and_loses_nothing(site: Site, later: Path) -> None:
    site.station.store.close()
    migrate.migrate(site.path, KEY, site.settings.key_path, later)
    # what the later program's visitors gave: it knows one column more, and what ours does not name has its default
    site.reopen()
    worker_id = add(site.station.here, "13900000002")
    with site.station.store.read() as u:
        told = u.outbox_size()
        rows = chain.head(u.connection)
    done = prepared(site)
    assert done is not None
    assert (done.why, done.records, done.whole) == ("back", 2, True)  # she, and her slip
    assert site.people() == ["13900000001", "13900000002"]
    with site.station.store.read() as u:
        assert u.outbox_size() == told
        found = u.get(Worker, worker_id)
        after = chain.head(u.connection)
    assert found is not None
    assert rows is not None
    assert after is not None
    assert after[0] == rows[0] + 1  # and that it went back
    assert migrate.version(site.path, KEY) == migrate._head(MIGRATIONS)
    assert prepared(site) is None
    titles = [say(item.title) for item in today(site.station.here)]
    assert t("today.store_back") in titles


def test_prepare_when_there_is_nothing_to_go_back_to_leaves_the_store_alone(site: Site, later: Path) -> None:
    site.station.store.close()
    migrate.migrate(site.path, KEY, site.settings.key_path, later)
    for old in migrate.kept_before(site.path):
        old.unlink()
    before = site.path.read_bytes()
    with pytest.raises(StoreError):
        prepared(site)
    assert site.path.read_bytes() == before


def test_try_when_an_upgrade_goes_wrong_on_a_copy_says_so_and_leaves_the_store_at_work_alone(
    site: Site, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = sorted(one.name for one in site.path.parent.iterdir())
    migrate.try_on_copy(site.path, KEY, later)
    with (later / "versions/9999_later.py").open("a") as file:
        file.write('    op.execute("DELETE FROM worker")\n')
    with pytest.raises(StoreError, match="lost rows"):
        migrate.try_on_copy(site.path, KEY, later)
    usage = shutil.disk_usage(site.path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type(usage)(usage.total, usage.used, 1000))
    with pytest.raises(StoreFull):
        migrate.try_on_copy(site.path, KEY, later)
    assert sorted(one.name for one in site.path.parent.iterdir()) == names
    assert site.people() == ["13900000001"]


def test_update_when_the_new_program_is_ill_keeps_what_was_written_in_between(place: Place, site: Site, later: Path) -> None:
    """With a real store: each program prepares it as its own `kiosk prepare` does, and a visitor comes while the new one is on trial."""

    def on_start(name: str) -> None:
        if version_of(name) == "0.2.0":
            site.station.store.close()
            migrate.migrate(site.path, KEY, site.settings.key_path, later)
            site.reopen()
            add(site.station.here, "13900000002")
        else:
            prepared(site)

    machine = FileMachine(place, unwell=frozenset({"0.2.0"}), on_start=on_start)
    assert update(place, machine) is UpdateStage.RETURNED
    now_at(place, machine, "0.1.0")
    assert site.people() == ["13900000001", "13900000002"]
