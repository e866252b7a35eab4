"""What the station knows of its own safety: when it was last backed up, what hinders that, whether its store was mended. Makes no copy."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from kiosk.domain.record import to_plain
from kiosk.errors import BackupGone, StoreDamaged, StoreError, StoreFull
from kiosk.services.station import local
from kiosk.store.store import Store, UnitOfWork

AT, TROUBLE, MENDED, LOW = "safety.backup_at", "safety.backup_trouble", "safety.mended", "safety.disk_low"
ROOM_MB = 500
"""With less room left somebody should make some: a store that cannot grow takes nobody in."""
DAY, NIGHT_AFTER, NIGHT_ENDS = timedelta(hours=24), timedelta(hours=20), 5
"""A copy a day, by night where the station is on then; most are switched off."""
OWN_DISK_DAY_BYTES = 10_000_000
"""What a copy on the store's own disk may write a day: a day's work takes three quarters of the 20 GB that flash may take in a year."""
TOLD = timedelta(days=3)
TROUBLES: tuple[tuple[type[StoreError], str], ...] = ((BackupGone, "gone"), (StoreFull, "full"), (StoreDamaged, "damaged"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """That the store was made anew: by hand (`why`: restored) or because it was broken. `copy_of` is when the backup under it was made,
    empty where there was none; `records` came out of the old file, and `whole` says whether all of that could be read."""

    why: str
    at: str
    copy_of: str = ""
    records: int = 0
    whole: bool = True


def rest(store_bytes: int, *, own_disk: bool) -> timedelta:
    """Say how long to rest after a copy: a day, or as many as the store's own disk needs for a store of this size."""
    return max(DAY, DAY * (store_bytes / OWN_DISK_DAY_BYTES)) if own_disk else DAY


def due(u: UnitOfWork, now: datetime, rest: timedelta = DAY) -> bool:
    """Say whether a copy is to be made: so long after the last one, a little sooner by night; a clock that jumped only makes it sooner."""
    at = u.recall(AT)
    if at is None:
        return True
    since = abs(now - datetime.fromisoformat(at))
    return since >= rest or (since >= rest - DAY + NIGHT_AFTER and local(now).hour < NIGHT_ENDS)


def back_up(store: Store, make: Callable[[], object], now: datetime) -> str:
    """Make a copy and note how it went; give what hindered it, empty where it is made. Raises StoreError where that cannot be noted."""
    trouble = trouble_of(make)
    with store.write() as u:
        u.remember(TROUBLE, trouble, topic="safety")
        if not trouble:
            u.remember(AT, to_plain(now))
    return trouble


def trouble_of(make: Callable[[], object]) -> str:
    """Make a copy; give what hindered it: gone, full, damaged or failed, empty where it is made."""
    try:
        make()
    except StoreError as error:
        return next((name for kind, name in TROUBLES if isinstance(error, kind)), "failed")
    return ""


def note_room(store: Store, free_mb: int) -> None:
    """Note for staff that the disk is nearly full, or that it has room again; while there still is room for the note."""
    low = "1" if free_mb < ROOM_MB else ""
    with store.read() as u:
        told = u.recall(LOW) or ""
    if told != low:
        with store.write() as u:
            u.remember(LOW, low, topic="safety")


def last_copy(u: UnitOfWork) -> datetime | None:
    """Say when the last copy was made, or None."""
    at = u.recall(AT)
    return datetime.fromisoformat(at) if at else None


def note_mended(u: UnitOfWork, mended: Mended) -> None:
    """Keep for staff and doctor that the store was made anew."""
    u.remember(MENDED, json.dumps(asdict(mended)), topic="safety")


def mended(u: UnitOfWork) -> Mended | None:
    """Give how the store was last made anew, or None."""
    told = u.recall(MENDED)
    return Mended(**json.loads(told)) if told else None


def is_news(one: Mended, now: datetime) -> bool:
    """Say whether staff are still to be told."""
    return abs(now - datetime.fromisoformat(one.at)) < TOLD
