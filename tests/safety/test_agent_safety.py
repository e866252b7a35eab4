"""The agent looks after the store by itself: a copy when one is due, a word when the disk is out, forgetting by the county's time."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.agent import loop
from kiosk.agent.loop import Agent
from kiosk.errors import HubRefused
from kiosk.services.retention import forget
from kiosk.store import backup, swap
from kiosk.sync.client import HttpHub
from tests.hub_parts import answering
from tests.safety.parts import Site, crowd, make_site

SOON_S = 20.0


class Idle:
    """A spool without slips."""

    def step(self) -> None:
        """Do nothing."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name, value in (
        ("FIRST_BACKUP_S", 0.05),
        ("BACKUP_AGAIN_S", 0.05),
        ("HEALTH_EVERY_S", 0.05),
        ("SWEEP_EVERY_S", 0.1),
        ("FIRST_TIDY_S", 0),
    ):
        monkeypatch.setattr(loop, name, value)
    site = make_site(tmp_path)
    crowd(site, 2)
    yield site
    site.station.store.close()


def soon(what: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON_S
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def health(site: Site) -> dict[str, Any]:
    path = site.settings.state_dir / "run" / "agent.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def test_agent_when_a_copy_is_due_makes_one_a_day_and_says_where_it_cannot(site: Site) -> None:
    rounds: list[int] = []

    def tidy() -> int:
        rounds.append(1)
        return 1 if len(rounds) < 3 else 0

    site.backups.rmdir()
    agent = Agent(site.settings, site.station.store, Idle(), None, site.clock, back_up=site.back_up, tidy=tidy)
    thread = threading.Thread(target=agent.run)
    thread.start()
    try:
        soon(lambda: health(site).get("backup") == "gone")
        site.backups.mkdir()
        soon(lambda: health(site).get("backup") == "" and len(backup.copies(site.backups)) == 1)
        time.sleep(0.5)
        assert len(backup.copies(site.backups)) == 1
        site.clock.tick(hours=25)
        soon(lambda: len(backup.copies(site.backups)) == 2)
        soon(lambda: len(rounds) == 3)
        time.sleep(0.5)
        assert len(rounds) == 3, "nothing was left, so it rests for a day"
        assert health(site)["mended"] == ""
    finally:
        agent.stop()
        thread.join(SOON_S)


def test_hub_when_it_answered_tells_the_time_and_only_then_something_is_forgotten(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    door = HttpHub("http://127.0.0.1:9")
    assert door.time() is None
    with answering(200, b'{"digests": {}}', "application/json\r\nDate: Sat, 23 Dec 2028 08:00:00 GMT") as base:
        door = HttpHub(base)
        door.digests("t")
    told = door.time()
    assert told is not None
    assert timedelta() <= told - datetime(2028, 12, 23, 8, tzinfo=UTC) < timedelta(minutes=1)
    swap.aside(site.path, "broken-20261127T083000Z").touch()
    assert forget(site.station.here, told, site.path) == 0, "this machine's clock does not bear it out"
    assert len(site.people()) == 2
    site.clock.now = told
    assert forget(site.station.here, told, site.path) == 5, "two people, two slips, a store that was put aside"
    assert site.people() == ["", ""]
    before = time.monotonic
    monkeypatch.setattr("kiosk.sync.client.time.monotonic", lambda: before() + 4000)
    assert door.time() is None
    with answering(401, b'{"code": "unauthorized", "message": ""}', "application/json\r\nDate: nonsense") as base:
        door = HttpHub(base)
        with pytest.raises(HubRefused):
            door.digests("t")
        assert door.time() is None
