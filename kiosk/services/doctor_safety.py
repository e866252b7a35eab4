"""What `kiosk doctor` says of backups, of a store that was made anew, and of what the key is and is not safe from. Opens nothing itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.errors import StoreError
from kiosk.services import hand_in, safekeeping
from kiosk.services.station import local
from kiosk.store import backup, swap
from kiosk.store.store import Store
from kiosk.text import t

LATE, COUNTY_LATE = timedelta(days=3), timedelta(days=2)
CHIP = Path("/sys/class/tpm/tpm0")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyCase:
    """Where things lie. `check` reads a copy through and raises StoreError; `chip` says whether the machine can seal a key,
    `same_disk` whether the copies lie on the store's own."""

    store_path: Path
    key_path: Path
    backup_dir: str = ""
    check: Callable[[Path], None] = lambda _: None
    chip: bool = False
    same_disk: bool = False
    has_key: bool = True


def look_at_backups(case: SafetyCase, store: Store, now: datetime) -> Iterator[tuple[bool, str]]:
    """Say how old the last copy is and whether it opens, and what was made of the store before."""
    with store.read() as u:
        last, mended, at_county = safekeeping.last_copy(u), safekeeping.mended(u), hand_in.county_copy(u)
        enrolled = u.recall("sync.token") is not None
    yield _backups(case, last, now)
    if enrolled:
        yield _at_county(*at_county, now, _county_late(case))
    if mended:
        words = t("doctor.backup.mended", when=_when(datetime.fromisoformat(mended.at)), why=t(f"doctor.backup.mended_{mended.why}"))
        yield True, words + ("" if mended.whole else t("doctor.backup.lacks"))
    if old := swap.old_stores(case.store_path):
        yield True, t("doctor.backup.old", count=len(old))


def _backups(case: SafetyCase, last: datetime | None, now: datetime) -> tuple[bool, str]:
    folder = Path(case.backup_dir)
    if not case.backup_dir:
        return False, t("doctor.backup.none")
    if not folder.is_dir():
        return False, t("doctor.backup.gone")
    if case.same_disk:
        return False, t("doctor.backup.same")
    copies = backup.copies(folder)
    if last is None or not copies:
        return False, t("doctor.backup.never")
    try:
        case.check(copies[-1])
    except StoreError:
        return False, t("doctor.backup.damaged")
    late = abs(now - last) > LATE
    return not late, t("doctor.backup.late" if late else "doctor.backup.good", when=_when(last), count=len(copies))


def _county_late(case: SafetyCase) -> timedelta:
    size = case.store_path.stat().st_size if case.store_path.exists() else 0
    return COUNTY_LATE - safekeeping.DAY + safekeeping.rest(size, own_disk=not case.backup_dir)


def _at_county(last: datetime | None, refused: str, now: datetime, late_after: timedelta) -> tuple[bool, str]:
    when = _when(last) if last else t("doctor.backup.county_no_copy")
    if refused:
        return False, t("doctor.backup.county_refused", when=when)
    if last is None:
        return False, t("doctor.backup.county_never")
    late = abs(now - last) > late_after
    return not late, t("doctor.backup.county_late" if late else "doctor.backup.county_good", when=when)


def look_at_key(case: SafetyCase) -> Iterator[tuple[bool, str]]:
    """Say plainly what the key protects from, and what not."""
    if not case.has_key:
        return  # there is no store either, or the check of the store has said so
    if not case.key_path.exists():
        yield True, t("doctor.key.sealed" if case.chip else "doctor.key.host")
    elif case.key_path.stat().st_mode & 0o077:
        yield False, t("doctor.key.open", file=case.key_path)
    else:
        yield not case.chip, t("doctor.key.chip" if case.chip else "doctor.key.plain")


def _when(instant: datetime) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M}"
