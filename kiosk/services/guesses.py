"""How often a short number may be keyed in wrongly: ten times in ten minutes, counted in the store: a new start forgives nothing."""

from datetime import datetime, timedelta

from kiosk.domain.record import to_plain
from kiosk.errors import LockedOut
from kiosk.store.store import UnitOfWork

MISSES, WINDOW = 10, timedelta(minutes=10)


def check(u: UnitOfWork, key: str, now: datetime) -> None:
    """Raise LockedOut where too many misses stand under `key`; its `until` is when the oldest of them no longer counts."""
    known = _misses(u, key, now)
    if len(known) >= MISSES:
        raise LockedOut(datetime.fromisoformat(known[0]) + WINDOW)


def count(u: UnitOfWork, key: str, now: datetime) -> None:
    """Note a miss."""
    u.remember(key, " ".join([*_misses(u, key, now), to_plain(now)]))


def _misses(u: UnitOfWork, key: str, now: datetime) -> list[str]:
    return [miss for miss in (u.recall(key) or "").split() if miss > to_plain(now - WINDOW)]
