"""A release on its way: added and offered at a real hub, fetched by a real updater over HTTP, cut off and gone on with, and told of."""

import argparse
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.agent.report import Reporter
from kiosk.agent.update import RESERVE_BYTES, Updater
from kiosk.config import Settings
from kiosk.county import releases, tools
from kiosk.domain.release import Manifest, UpdateStage
from kiosk.errors import ConfigError, HubRefused, NotFound, SyncError
from kiosk.release.place import BLOBS, KNOCK, SWITCH, Place, note, version_of
from kiosk.release.stage import stage
from kiosk.release.switch import update
from kiosk.services.rules import say
from kiosk.services.today import today
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.sync.protocol import BLOBS as BLOBS_PATH
from kiosk.text import t
from tests.hub_parts import COUNTY, OTHER, OURS, Line, TestHub
from tests.safety.release_parts import STRANGER, FileMachine, a_place, a_release
from tests.station import make_station, make_store


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return a_place(tmp_path)


@pytest.fixture
def store(hub: TestHub, place: Place) -> Iterator[Store]:
    store = make_store(place.state, hub.clock)
    door = HttpHub(hub.base)
    exchange.enrol(store, door, hub.code(), hub.clock())
    door.close()
    yield store
    store.close()


class Site:
    """One station's updater with the reporter that tells it of the offer."""

    def __init__(self, hub: TestHub, place: Place, store: Store, base: str = "") -> None:
        self.place, self.shut = place, False
        self.door = HttpHub(base or hub.base, read_s=5.0)
        version = version_of(place.running())
        # the program of the prefix, not the one that tests it
        self.updater = Updater(place, place.current.resolve(), store, self.door, hub.clock, lambda: self.shut, "x86_64", version)
        self.reporter = Reporter(Settings(state=str(place.state)), store, HttpHub(hub.base), hub.clock, self.updater)

    def round(self) -> str:
        """Tell, be told, and do what there is to do; give what is told next."""
        self.reporter.tell()
        self.updater.step()
        state = self.reporter.report().update
        return state.stage if state else ""


@pytest.fixture
def site(hub: TestHub, place: Place, store: Store) -> Iterator[Site]:
    site = Site(hub, place, store)
    yield site
    site.door.close()


def tool(hub: TestHub, capsys: pytest.CaptureFixture[str], act: str, **words: Any) -> list[str]:
    tools.run(hub.settings, argparse.Namespace(command="release", act=act, **words), hub.clock())
    return capsys.readouterr().out.splitlines()


def added(hub: TestHub, tmp_path: Path, version: str, stations: tuple[str, ...] = (), **files: Any) -> Manifest:
    """Add a release at the hub and offer it."""
    shutil.rmtree(Path(hub.settings.state) / "releases", ignore_errors=True)
    file, manifest = a_release(tmp_path, version, **files)
    with hub.engine.begin() as connection:
        releases.add(connection, hub.settings, file, hub.clock())
        releases.offer(connection, COUNTY, version, stations, hub.clock())
    return manifest


def lies(place: Place) -> list[str]:
    return sorted(one.name for one in (place.spool / BLOBS).iterdir())


def test_updater_when_a_release_is_offered_fetches_only_what_the_station_lacks_and_root_takes_it(
    hub: TestHub, site: Site, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.round() == ""
    manifest = added(hub, tmp_path, "0.2.0")
    assert site.round() == UpdateStage.WAITING
    new = {one.sha256 for one in manifest.files if one.path in ("kiosk/__main__.py", "kiosk/config.py", "pyproject.toml")}
    assert set(lies(place)) == new
    assert (place.spool / KNOCK).read_bytes() == b""
    assert stage(place, FileMachine(place)) == manifest.name
    # nobody has been there, and the station is shut
    site.shut = True
    site.round()
    assert (place.spool / KNOCK).read_bytes() == SWITCH
    told = t("county_release.waiting", version="0.2.0", done=100)
    site.round()
    assert [told in line for line in tool(hub, capsys, "list")] == [False, True]
    machine = FileMachine(place)
    assert update(place, machine) is UpdateStage.DONE
    assert site.round() == UpdateStage.DONE
    site.round()
    assert t("county_release.done", version="0.2.0", done=100) in tool(hub, capsys, "list")[1]


def test_updater_when_somebody_was_there_or_the_station_is_open_does_not_ask_for_the_change(
    hub: TestHub, site: Site, place: Place, tmp_path: Path
) -> None:
    added(hub, tmp_path, "0.2.0")
    site.shut = True
    (place.state / "run").mkdir(exist_ok=True)
    (place.state / "run" / "touched").touch()
    site.round()
    assert (place.spool / KNOCK).read_bytes() == b""
    long_ago = time.time() - 3600
    os.utime(place.state / "run" / "touched", (long_ago, long_ago))
    site.shut = False
    site.round()
    assert (place.spool / KNOCK).read_bytes() == b""
    # never shut and on: after most of a day any quiet quarter of an hour will do
    long_ago = time.time() - 21 * 3600
    os.utime(place.spool / "release.json", (long_ago, long_ago))
    site.round()
    assert (place.spool / KNOCK).read_bytes() == SWITCH


def test_updater_when_the_line_is_cut_goes_on_where_it_was(
    hub: TestHub, place: Place, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = "".join(f"x{n} = {n}\n" for n in range(40_000))
    manifest = added(hub, tmp_path, "0.2.0", files={"kiosk/big.py": big})
    digest = hashlib.sha256(big.encode()).hexdigest()
    line = Line(hub.port)
    site = Site(hub, place, store, line.base)
    site.reporter.tell()
    starts: list[int] = []
    blob = site.door.blob

    def counted(token: str, name: str, start: int, take: Any) -> None:
        def half(piece: bytes) -> None:
            take(piece)
            if name == digest and not starts[1:]:
                raise requests.ConnectionError  # what a line that is cut comes out as

        starts.extend([start] if name == digest else [])
        blob(token, name, start, half)

    monkeypatch.setattr(site.door, "blob", counted)
    with pytest.raises(SyncError):
        site.updater.step()
    assert site.updater.state().stage == UpdateStage.FETCHING  # type: ignore[union-attr]
    assert site.round() == UpdateStage.WAITING
    assert starts[0] == 0
    assert 0 < starts[1] < len(big)
    assert digest in lies(place)
    assert stage(place, FileMachine(place)) == manifest.name
    line.close()


def test_updater_when_the_hub_gives_another_content_keeps_nothing_and_says_so(
    hub: TestHub, site: Site, place: Place, tmp_path: Path
) -> None:
    manifest = added(hub, tmp_path, "0.2.0")
    blob = releases.blob_path(hub.settings, next(one.sha256 for one in manifest.files if one.path == "kiosk/config.py"))
    blob.write_bytes(bytes(blob.stat().st_size))
    assert site.round() == UpdateStage.FORGED
    assert not place.spool.exists()
    assert site.round() == UpdateStage.FORGED
    blob.write_bytes(blob.read_bytes() + b"x")  # or one that does not end
    fresh = Site(hub, place, site.reporter._store)
    assert fresh.round() == UpdateStage.FORGED
    assert not place.spool.exists()


def test_updater_when_a_stranger_has_signed_fetches_nothing(hub: TestHub, site: Site, place: Place, tmp_path: Path) -> None:
    added(hub, tmp_path, "0.2.0", key=STRANGER)
    assert site.round() == UpdateStage.FORGED
    assert not place.spool.exists()


def test_updater_when_an_older_release_is_offered_or_no_key_is_known_does_nothing(
    hub: TestHub, site: Site, place: Place, tmp_path: Path
) -> None:
    added(hub, tmp_path, "0.0.9")
    assert site.round() == ""
    place.keys.unlink()
    added(hub, tmp_path, "0.2.0")
    assert site.round() == ""
    assert not place.spool.exists()


def test_updater_when_there_is_no_room_says_so_and_goes_on_when_there_is(
    hub: TestHub, site: Site, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(hub, tmp_path, "0.2.0")
    usage = shutil.disk_usage(place.state)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: type(usage)(usage.total, usage.used, RESERVE_BYTES))
        assert site.round() == UpdateStage.FULL
        assert lies(place) == []
    assert site.round() == UpdateStage.WAITING


def test_updater_when_the_offer_is_withdrawn_throws_away_what_it_has(hub: TestHub, site: Site, place: Place, tmp_path: Path) -> None:
    added(hub, tmp_path, "0.2.0")
    site.round()
    with hub.engine.begin() as connection:
        releases.withdraw(connection, COUNTY, "0.2.0")
    assert site.round() == ""
    assert not place.spool.exists()


def test_updater_when_a_release_did_no_good_tells_county_and_staff_and_leaves_it(
    hub: TestHub, place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    station = make_station(place.state)
    station.clock.now = hub.clock()
    door = HttpHub(hub.base)
    exchange.enrol(station.store, door, hub.code(), hub.clock())
    door.close()
    site = Site(hub, place, station.store)
    added(hub, tmp_path, "0.2.0")
    site.round()
    note(place, "0.2.0", UpdateStage.RETURNED, 1)
    assert site.round() == UpdateStage.RETURNED
    site.round()
    assert t("county_release.returned", version="0.2.0", done=100) in tool(hub, capsys, "list")[1]
    (item,) = (item for item in today(station.here) if item.need == "update")
    assert say(item.title) == "新程序不好用，已经换回来了"
    site.door.close()
    station.store.close()


def test_hub_when_a_release_is_offered_to_some_tells_those_alone(hub: TestHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, _ = a_release(tmp_path, "0.2.0")
    assert tool(hub, capsys, "list") == [t("county_release.none")]
    tool(hub, capsys, "add", file=file)
    tool(hub, capsys, "add", file=file)
    assert t("county_release.to_nobody") in tool(hub, capsys, "list")[0]
    tool(hub, capsys, "offer", version="0.2.0", stations=OURS.name)
    assert t("county_release.to_some", names=OURS.name) in tool(hub, capsys, "list")[0]
    with hub.engine.connect() as connection:
        assert releases.offered(connection, COUNTY, OURS.id) == "0.2.0"
        assert releases.offered(connection, COUNTY, OTHER.id) == ""
    tool(hub, capsys, "offer", version="0.2.0", stations="")
    assert t("county_release.to_all") in tool(hub, capsys, "list")[0]
    with hub.engine.connect() as connection:
        assert releases.offered(connection, COUNTY, OTHER.id) == "0.2.0"
    for words in ({"version": "0.9.0", "stations": ""}, {"version": "0.2.0", "stations": "没有的站"}):
        with pytest.raises(NotFound):
            tool(hub, capsys, "offer", **words)


def test_hub_when_a_release_is_not_whole_or_changed_without_a_new_version_does_not_take_it(
    hub: TestHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, _ = a_release(tmp_path, "0.2.0")
    shutil.rmtree(Path(hub.settings.state) / "releases", ignore_errors=True)
    data = file.read_bytes()
    (tmp_path / "bad.tar").write_bytes(data.replace(b"VERSION = ", b"VERSION =="))
    (tmp_path / "cut.tar").write_bytes(data[: len(data) // 2])
    (tmp_path / "none.tar").write_bytes(b"")
    for name in ("bad.tar", "cut.tar", "none.tar", "gone.tar"):
        shutil.rmtree(Path(hub.settings.state) / "releases", ignore_errors=True)
        with pytest.raises(ConfigError):
            tool(hub, capsys, "add", file=tmp_path / name)
    tool(hub, capsys, "add", file=file)
    (tmp_path / "again").mkdir()
    other, _ = a_release(tmp_path / "again", "0.2.0", files={"kiosk/new.py": "1\n"})
    with pytest.raises(ConfigError, match="needs a new one"):
        tool(hub, capsys, "add", file=other)


def test_hub_when_a_stranger_or_a_path_asks_gives_nothing(hub: TestHub, tmp_path: Path) -> None:
    manifest = added(hub, tmp_path, "0.2.0")
    digest = manifest.files[0].sha256
    assert requests.get(f"{hub.base}{BLOBS_PATH}/{digest}", timeout=20).status_code == 401
    terminal = hub.terminal()
    token = {"Authorization": f"Bearer {terminal.enrolled.device_token}"}
    for bad in ("..%2f..%2fhub.key", "A" * 64, digest[:-1], "0" * 64):
        assert requests.get(f"{hub.base}{BLOBS_PATH}/{bad}", headers=token, timeout=20).status_code in (404, 422)
    with pytest.raises(HubRefused, match="not_found"):
        terminal.door.release(terminal.enrolled.device_token, "9.9.9")
    part = requests.get(f"{hub.base}{BLOBS_PATH}/{digest}", headers=token | {"Range": "bytes=3-"}, timeout=20)
    assert (part.status_code, len(part.content)) == (206, manifest.files[0].size - 3)
