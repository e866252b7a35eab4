"""The line between a terminal and the county: carries bodies as the JSON that they are, and by chance does to them what lines do."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from kiosk.domain.entities import PRIVATE
from kiosk.domain.record import RecordError
from kiosk.errors import HubFailed, HubUnreachable
from kiosk.sync.client import Pull
from kiosk.sync.protocol import (
    BucketAnswer,
    Digests,
    EnrolAnswer,
    EnrolRequest,
    PullAnswer,
    PushAnswer,
    PushRequest,
    WitnessAnswer,
    WitnessRequest,
    decode,
    encode,
)
from tests.chaos.county import County
from tests.chaos.dice import Dice

T = TypeVar("T")
FAULTS = ("request lost", "answer lost", "delayed", "sent twice", "late", "cut", "old answer", "hub away")


@dataclass
class Weather:
    """What all lines of a schedule share: how bad they are, and what is still on its way."""

    dice: Dice
    tick: Callable[[float], None]
    say: Callable[[str], None]
    badness: float = 0.0
    on_its_way: list[Callable[[], str]] = field(default_factory=list)
    exchanges: int = 0
    leaks: list[str] = field(default_factory=list)

    def deliver(self, which: int | None = None) -> None:
        """Let one late request arrive, or all of them; nobody waits for the answer."""
        chosen = list(range(len(self.on_its_way))) if which is None else [which % len(self.on_its_way)] if self.on_its_way else []
        for request in [self.on_its_way[i] for i in chosen]:
            self.on_its_way.remove(request)
            try:
                request()
            except (HubFailed, HubUnreachable) as error:
                self.say(f"late request: {error}")
            except Exception as error:  # noqa: BLE001 - whatever the hub says, nobody hears it
                self.say(f"late request: {error}")


class Line:
    """The `Hub` of one terminal."""

    def __init__(self, county: County, weather: Weather, station_id: str) -> None:
        self._county, self._weather, self._station_id = county, weather, station_id
        self._old: defaultdict[str, list[str]] = defaultdict(list)

    def push(self, token: str, request: PushRequest) -> PushAnswer:
        """Send a batch."""
        return self._carry("push", token, encode(request), PushAnswer)

    def pull(self, token: str, what: Pull) -> PullAnswer:
        """Ask for what follows a cursor."""
        return self._look(self._carry("pull", token, asdict(what), PullAnswer))

    def digests(self, token: str) -> Digests:
        """Ask for digests."""
        return self._carry("digests", token, None, Digests)

    def bucket(self, token: str, entity: str, name: str) -> BucketAnswer:
        """Ask for one bucket."""
        return self._look(self._carry("bucket", token, [entity, name], BucketAnswer))

    def witness(self, token: str, request: WitnessRequest) -> WitnessAnswer:
        """Give back what the county lost of its own."""
        return self._carry("witness", token, encode(request), WitnessAnswer)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Use a code."""
        return self._carry("enrol", "", encode(request), EnrolAnswer)

    def _look(self, answer: T) -> T:
        """Nobody's people travel to another station."""
        for change in answer.changes:  # type: ignore[attr-defined]
            if change.entity in PRIVATE and change.data and change.data["station_id"] != self._station_id:
                self._weather.leaks.append(f"{change.entity} {change.record_id} went to {self._station_id}")
        return answer

    def _carry(self, what: str, token: str, body: Any, kind: type[T]) -> T:
        weather, dice = self._weather, self._weather.dice
        weather.exchanges += 1
        text = json.dumps(body, ensure_ascii=False)

        def arrive() -> str:
            return json.dumps(self._county.answer(what, token, json.loads(text)), ensure_ascii=False)

        fault = dice.choice(FAULTS) if dice.chance(weather.badness) else ""
        if fault:
            weather.say(f"line: {what}: {fault}")
        if fault == "request lost":
            raise HubUnreachable(fault)
        if fault == "hub away":
            raise HubFailed("status 502")
        if fault == "late":
            weather.on_its_way.append(arrive)
            raise HubUnreachable(fault)
        if fault == "delayed":
            weather.tick(dice.uniform(1, 60))
            if weather.on_its_way:
                weather.deliver(dice.randrange(len(weather.on_its_way)))
        if fault == "sent twice":
            arrive()
        if fault == "old answer" and self._old[what] and what != "enrol":
            answer = dice.choice(self._old[what])
        else:
            answer = arrive()
            self._old[what] = [*self._old[what][-3:], answer]
        if fault == "answer lost":
            raise HubUnreachable(fault)
        if fault == "cut":
            answer = answer[: dice.randrange(len(answer))]
        try:
            return decode(kind, json.loads(answer))
        except (ValueError, RecordError) as error:
            raise HubFailed(type(error).__name__) from None
