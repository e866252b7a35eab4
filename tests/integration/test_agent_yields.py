"""A long sync holds back while somebody touches the terminal: a real agent on a real store, its feed out of memory."""

import threading
import time
from pathlib import Path

from kiosk.agent.day_keeper import TOUCHED
from kiosk.agent.loop import YIELD_S, Agent
from kiosk.config import Settings
from kiosk.domain.listing import Listing
from kiosk.store.store import Store
from kiosk.sync.exchange import APPLY_LIMIT, CURSOR, PULL_LIMIT
from tests.bench.feeding import FedHub, enrolled
from tests.station import STATION, Clock, a_listing, make_store

PAGES = 2


class NoSlips:
    """A spool with nothing to do."""

    def step(self) -> None:
        """Do nothing."""


def _seconds_to_apply(store: Store, state: Path) -> float:
    go = state / "go"
    go.touch()
    hub = FedHub([a_listing() for _ in range(PAGES * PULL_LIMIT)], go)
    agent = Agent(Settings(state=str(state)), store, NoSlips(), hub, Clock())
    thread = threading.Thread(target=agent.run)
    began = time.monotonic()
    thread.start()
    try:
        while time.monotonic() < began + 60:
            with store.read() as u:
                if u.recall(CURSOR) == str(PAGES * PULL_LIMIT):
                    assert u.count(Listing) == PAGES * PULL_LIMIT
                    return time.monotonic() - began
            time.sleep(0.01)
        raise AssertionError("never applied")
    finally:
        hub.halt()
        agent.stop()
        thread.join()


def test_agent_when_the_terminal_was_touched_lately_rests_after_each_part_of_a_page(tmp_path: Path) -> None:
    store = make_store(tmp_path, Clock())
    enrolled(store)
    with store.write() as u:
        u.put(STATION)
    mark = tmp_path / "run" / TOUCHED
    mark.parent.mkdir()
    mark.touch()
    touched = _seconds_to_apply(store, tmp_path)
    store.close()
    assert touched > (PAGES * -(-PULL_LIMIT // APPLY_LIMIT) - 1) * YIELD_S
