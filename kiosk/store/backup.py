"""Copies of the store in a folder: made while others write, looked through, kept seven of days and four of weeks. Knows no schedule.

    FOLDER/station-000123-20261127T183000Z.db     encrypted with the store's key, as the store is

Order and age are told by the number, never by the clock: of each run of seven the last stays longer. VACUUM INTO reads one state of the
store, and every page of it; what was deleted is not in the copy.
"""

import errno
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from kiosk.errors import BackupGone, StoreDamaged, StoreError, StoreFull
from kiosk.on_disk import sync_file, sync_folder
from kiosk.store.connection import connect, mapped, wrong_with
from kiosk.store.swap import STAMP, give

NAME = re.compile(r"station-(\d{6})-(\d{8}T\d{6}Z)\.db")
DAYS, WEEK, WEEKS = 7, 7, 4
PART = ".part"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def kept(numbers: list[int]) -> set[int]:
    """Say which copies stay: the last seven, and of those before the last four whose number is a multiple of seven."""
    newest = sorted(numbers)
    return {*newest[-DAYS:], *[number for number in newest[:-DAYS] if number % WEEK == 0][-WEEKS:]}


def make(path: Path, key: str, folder: Path, now: datetime, keep: Callable[[list[int]], set[int]] = kept) -> Path:
    """Copy the store at work into a folder that exists and forget the older copies that `keep` does not name; give the new one.

    Raises BackupGone when the folder is not there or cannot be written, StoreFull when it has no room, StoreDamaged when the store itself
    cannot be read through.
    """
    if not folder.is_dir():
        raise BackupGone(f"there is no folder {folder.name}")
    try:
        with _alone(folder):
            for left in folder.glob(f"station-*{PART}*"):
                left.unlink()
            number = max([number_of(copy) for copy in copies(folder)], default=0) + 1
            target = folder / f"station-{number:06}-{now.astimezone(UTC):{STAMP}}.db"
            part = target.with_name(target.name + PART)
            copy_store(path, key, part)
            part.rename(target)
            sync_folder(folder)
            stay = keep([number_of(copy) for copy in copies(folder)])
            for old in copies(folder):
                if number_of(old) not in stay:
                    old.unlink()
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StoreFull("no room for a copy") from None
        raise BackupGone(f"{folder.name}: {type(error).__name__}") from None
    return target


def copy_store(path: Path, key: str, target: Path) -> None:
    """Write one state of a store, at work or not, into a new file and look it through; raise StoreError."""
    for left in target.parent.glob(f"{target.name}*"):
        left.unlink()
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(connect(path, key)) as raw:
        try:
            raw.execute("VACUUM INTO ?", (str(target),))
        except (sqlcipher.DatabaseError, MemoryError) as error:
            raise mapped(error) from None
    check(target, key)
    give(target)
    sync_file(target)


def check(file: Path, key: str) -> None:
    """Read a closed store or a copy through; raise WrongKey when the key does not open it, StoreDamaged when it is not whole."""
    if not file.exists() or not file.stat().st_size:
        raise StoreDamaged("an empty file")
    with closing(look_into(file, key)) as raw:
        wrong = wrong_with(raw)
    if wrong:
        raise StoreDamaged(wrong)


def look_into(file: Path, key: str) -> Any:
    """Open a file that nobody writes, leaving not a byte beside it or in it."""
    return connect(file, key, closed=True)


def copies(folder: Path) -> list[Path]:
    """Give the copies in a folder, oldest first."""
    found = [one for one in folder.glob("station-*.db") if NAME.fullmatch(one.name)] if folder.is_dir() else []
    return sorted(found, key=number_of)


def newest_good(folder: Path, key: str) -> Path | None:
    """Give the newest copy that is whole and opens with this key, or None."""
    for copy in reversed(copies(folder)):
        try:
            check(copy, key)
        except StoreError:
            continue
        return copy
    return None


def number_of(copy: Path) -> int:
    """Give a copy's number."""
    match = NAME.fullmatch(copy.name)
    return int(match[1]) if match else 0


def made_at(copy: Path) -> datetime:
    """Say when a copy was made, by the clock of then."""
    match = NAME.fullmatch(copy.name)
    return datetime.strptime(match[2], STAMP).replace(tzinfo=UTC) if match else datetime.fromtimestamp(copy.stat().st_mtime, UTC)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: a copy made by hand waits for the one of the night."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
