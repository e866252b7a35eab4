"""What staff are told of the program's own change: that it was, or that it was undone. Changes nothing itself."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from kiosk.domain.record import to_plain
from kiosk.domain.release import UpdateStage
from kiosk.store.store import Store, UnitOfWork

TOLD = "update.told"
NEWS = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A release that was put to work, and stayed (done) or did not (returned)."""

    version: str
    stage: str
    at: str


def note(store: Store, version: str, stage: UpdateStage, now: datetime) -> None:
    """Keep for staff how a change ended, once."""
    with store.read() as u:
        last = changed(u)
    if last is None or (last.version, last.stage) != (version, stage):
        with store.write() as u:
            u.remember(TOLD, json.dumps(asdict(Changed(version=version, stage=stage.value, at=to_plain(now)))), topic="safety")


def changed(u: UnitOfWork) -> Changed | None:
    """Give the last change, or None."""
    told = u.recall(TOLD)
    return Changed(**json.loads(told)) if told else None


def is_news(one: Changed, now: datetime) -> bool:
    """Say whether staff are still to be told."""
    return abs(now - datetime.fromisoformat(one.at)) < NEWS
