"""The agent under load, as a process of its own for the touch bench: a real agent, store, spool and simulated printer; only the hub is a
list of changes in memory, handed out as pages of JSON from the moment that the file STATE/go is there.

    python -m tests.bench.feeding STATE CHANGES
"""

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk import bootstrap
from kiosk.agent.loop import Agent, give_way
from kiosk.agent.spool import Spool
from kiosk.config import load
from kiosk.devices.printer import open_printer
from kiosk.domain.entities import NAME_OF
from kiosk.domain.record import to_plain
from kiosk.errors import HubUnreachable
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import Pull
from kiosk.sync.protocol import (
    BucketAnswer,
    Change,
    Digests,
    DoctorNoted,
    DoctorReport,
    EnrolAnswer,
    EnrolRequest,
    HealthNoted,
    Keys,
    PullAnswer,
    PushAnswer,
    PushRequest,
    StationHealth,
    WitnessAnswer,
    WitnessRequest,
    decode,
    encode,
)
from tests.bench.stage import published

SEED = 77
POLL_S = 0.02


class FedHub:
    """A hub whose whole feed is known beforehand."""

    def __init__(self, records: list[Any], go: Path) -> None:
        self._go, self._halt = go, threading.Event()
        changes = [Change(entity=NAME_OF[type(r)], record_id=r.id, revision=getattr(r, "revision", 1), data=to_plain(r)) for r in records]
        starts = range(0, len(changes), exchange.PULL_LIMIT)
        self._pages = [json.dumps(encode(self._page(changes, n))) for n in starts]

    @staticmethod
    def _page(changes: list[Change], first: int) -> PullAnswer:
        last = min(first + exchange.PULL_LIMIT, len(changes))
        return PullAnswer(changes=tuple(changes[first:last]), cursor=str(last), more=last < len(changes))

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Nobody enrols here."""
        raise NotImplementedError

    def keys(self, token: str) -> Keys:
        """Nobody gets other keys here."""
        raise HubUnreachable("bench")

    def health(self, token: str, report: StationHealth) -> HealthNoted:
        """Nobody asks how it goes here."""
        raise HubUnreachable("bench")

    def doctor(self, token: str, report: DoctorReport) -> DoctorNoted:
        """Nobody asks doctor here."""
        raise HubUnreachable("bench")

    def push(self, token: str, request: PushRequest) -> PushAnswer:
        """Take everything."""
        return PushAnswer(taken=len(request.changes), refused=())

    def pull(self, token: str, what: Pull) -> PullAnswer:
        """Give the next page, once there is leave to."""
        after = what.after
        number = int(after or 0) // exchange.PULL_LIMIT
        if what.urgent:
            return PullAnswer(changes=(), cursor=after, more=False)
        while not self._go.exists() or number >= len(self._pages):
            if self._halt.wait(POLL_S):
                break
        if number >= len(self._pages) or self._halt.is_set():
            return PullAnswer(changes=(), cursor=after, more=False)
        return decode(PullAnswer, json.loads(self._pages[number]))

    def digests(self, token: str) -> Digests:
        """Nothing is compared here."""
        raise NotImplementedError

    def bucket(self, token: str, entity: str, name: str) -> BucketAnswer:
        """Nothing is compared here."""
        raise NotImplementedError

    def witness(self, token: str, request: WitnessRequest) -> WitnessAnswer:
        """Nothing is lost here."""
        raise NotImplementedError

    def halt(self) -> None:
        """Let go of who waits."""
        self._halt.set()


def enrolled(store: Store) -> None:
    """Let the agent believe that it may sync."""
    with store.write() as u:
        for key in (exchange.DEVICE_ID, exchange.TOKEN, exchange.EPOCH):
            u.remember(key, "bench")


def main(state: Path, count: int) -> int:
    """Run the agent until SIGTERM; half of the changes are listings, half their approvals."""
    settings = load(state)
    store = bootstrap.open_store(settings)
    enrolled(store)
    hub = FedHub(published(store, count // 2, SEED)[:count], state / "go")
    spool = Spool(store, open_printer(settings.printer, state / "slips"), bootstrap.wall_clock)
    agent = Agent(settings, store, spool, hub, bootstrap.wall_clock)

    def end(*_: object) -> None:
        hub.halt()
        agent.stop()

    signal.signal(signal.SIGTERM, end)
    give_way()
    (state / "fed").touch()
    return agent.run()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
