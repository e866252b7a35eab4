"""What root asks of a station in an update: each unit by its name, what its processes say, an environment without a network."""

import json
import os
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from kiosk.domain.release import UpdateStage
from kiosk.release.machine import ALL, BOARD, HELP, NEEDED, QUIET_S, StationMachine
from kiosk.release.place import Place
from kiosk.release.stage import MachineError

SYSTEMCTL = """#!/bin/sh
echo "$@" >>{folder}/told
[ "$1" != show ] || cat {folder}/shown
exit $(cat {folder}/status 2>/dev/null || echo 0)
"""


class Station:
    """A machine whose systemctl is a script that answers what the test says."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.run = folder, folder / "run"
        self.run.mkdir()
        program = folder / "systemctl"
        program.write_text(SYSTEMCTL.format(folder=folder))
        program.chmod(0o755)
        (folder / "told").touch()
        self.machine = StationMachine(Place(folder / "opt", folder / "state", folder / "key"), self.run, str(program))
        self.units = {unit: {"ActiveState": "active", "NRestarts": "0", "UnitFileState": "enabled"} for unit in (*NEEDED, BOARD)}
        self.units[HELP] = {"ActiveState": "inactive", "NRestarts": "0", "UnitFileState": "static"}
        self.says("agent", version="0.2.0")
        self.says("board")

    def says(self, who: str, **facts: str) -> None:
        (self.run / f"{who}.json").write_text(json.dumps(facts))

    def bad(self) -> set[str]:
        self.show()
        return set(self.machine.bad("0.2.0"))

    def show(self) -> None:
        blocks = ["\n".join(f"{k}={v}" for k, v in ({"Id": unit} | facts).items()) for unit, facts in self.units.items()]
        (self.folder / "shown").write_text("\n\n".join(blocks) + "\n")

    @property
    def told(self) -> list[str]:
        return (self.folder / "told").read_text().splitlines()


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path)


def test_station_when_all_is_well_has_nothing_bad(station: Station) -> None:
    assert station.bad() == set()
    station.units[BOARD] = {"ActiveState": "inactive", "NRestarts": "0", "UnitFileState": "disabled"}
    (station.run / "board.json").unlink()
    assert station.bad() == set()


def test_station_when_something_is_ill_names_it(station: Station) -> None:
    station.bad()
    station.units[NEEDED[1]]["NRestarts"] = "1"
    assert station.bad() == {NEEDED[1]}
    assert station.bad() == set()
    station.units[NEEDED[0]]["ActiveState"] = "activating"
    station.units[HELP]["ActiveState"] = "active"
    assert station.bad() == {NEEDED[0], HELP}


@pytest.mark.parametrize("said", ["{}", "[]", "", "[" * 100_000, '{"version": "0.1.0"}'])
def test_station_when_the_agent_says_something_else_takes_it_for_ill(station: Station, said: str) -> None:
    (station.run / "agent.json").write_text(said)
    assert station.bad() == {"agent's word"}


def test_station_when_a_word_is_old_or_a_link_takes_it_for_none(station: Station) -> None:
    long_ago = time.time() - 60
    os.utime(station.run / "agent.json", (long_ago, long_ago))
    (station.run / "board.json").rename(station.run / "other.json")
    (station.run / "board.json").symlink_to("other.json")
    assert station.bad() == {"agent's word", "board's word"}


def test_station_when_stopped_waits_for_each_unit_by_name(station: Station) -> None:
    for facts in station.units.values():
        facts["ActiveState"] = "inactive"
    station.show()
    station.machine.stop()
    assert set(station.told[0].split()) == {"stop", "kiosk.target", *ALL}
    station.units[NEEDED[2]]["ActiveState"] = "deactivating"
    station.show()
    with pytest.raises(MachineError, match=NEEDED[2]):
        station.machine.stop()


def test_station_when_a_try_has_no_room_says_so(station: Station) -> None:
    (station.folder / "opt").mkdir()
    release = station.folder / "opt/releases/0.2.0-x"
    assert station.machine.try_store(release) is None
    (station.folder / "status").write_text("1")
    for status, stage in (("3", UpdateStage.FULL), ("1", UpdateStage.FAILED)):
        (station.folder / "shown").write_text(f"Id=kiosk-try.service\nExecMainStatus={status}\n")
        assert station.machine.try_store(release) is stage
    assert (station.folder / "opt/next").readlink() == Path("releases/0.2.0-x")


def test_station_when_it_was_touched_is_not_quiet_for_a_while(station: Station) -> None:
    assert station.machine.quiet()
    touched = station.run / "touched"
    touched.touch()
    assert not station.machine.quiet()
    for ago, quiet in ((QUIET_S - 5, False), (QUIET_S + 5, True), (-3600, False)):
        os.utime(touched, (time.time() - ago, time.time() - ago))
        assert station.machine.quiet() is quiet


def _wheel(folder: Path, name: str, version: str) -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{name}.py", f"version = {version!r}\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return path


@pytest.mark.long
def test_environment_when_packages_change_leaves_the_old_one_as_it_was(station: Station, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for release in (old, new):
        (release / "kiosk").mkdir(parents=True)
        (release / "kiosk/__init__.py").touch()
        (release / "requirements.lock").touch()
    subprocess.run(["/usr/bin/python3", "-m", "venv", str(old / ".venv")], check=True)
    first = [str(_wheel(tmp_path, name, "1.0")) for name in ("stays", "grows", "goes")]
    subprocess.run([old / ".venv/bin/python", "-m", "pip", "install", "-q", "--no-index", *first], check=True)
    station.machine.environment(old, new, [_wheel(tmp_path, "grows", "2.0"), _wheel(tmp_path, "comes", "2.0")], ["goes"])

    def has(release: Path) -> list[str]:
        said = "import grows, importlib.metadata as m\nprint(*sorted(f'{d.name}={d.version}' for d in m.distributions()), grows.version)"
        done = subprocess.run([release / ".venv/bin/python", "-I", "-c", said], capture_output=True, text=True, check=True)
        return [word for word in done.stdout.split() if not word.startswith(("pip=", "setuptools="))]

    assert has(old) == ["goes=1.0", "grows=1.0", "stays=1.0", "1.0"]
    assert has(new) == ["comes=2.0", "grows=2.0", "stays=1.0", "2.0"]
    same = [next((release / ".venv").rglob("stays.py")).stat().st_ino for release in (old, new)]
    assert same[0] == same[1]
    with pytest.raises(MachineError):
        station.machine.environment(old, tmp_path / "third", [tmp_path / "none.whl"], [])
