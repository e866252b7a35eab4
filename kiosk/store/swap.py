"""Puts a finished store in the place of the one at work, whole or not at all, and keeps the old one aside. Knows no table and no key's use.

    station.db.next-WHY-STAMP        finished, verified, decided: from the moment it bears this name it is the store
    station.db.WHY-STAMP (-wal)      what was there before

A kill between any two lines leaves no `next`, and the old store, or one, which whoever opens the store next puts in place (`settle`).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from kiosk.on_disk import sync_file, sync_folder

NEXT = ".next-"
STAMP = "%Y%m%dT%H%M%SZ"
KEY_NEXT = ".next"


def put(path: Path, candidate: Path, key_path: Path, why: str, now: datetime, new_key: str = "") -> Path:
    """Make a closed, verified file the store; with `new_key` the key file changes with it. Give the place of the old one, there or not.

    `why` is one word for the name under which the old files lie; `now` is only for that name.
    """
    label = f"{why}-{now:{STAMP}}"
    while aside(path, label).exists():
        label += "x"
    if new_key:
        write_whole(key_path.with_name(key_path.name + KEY_NEXT), f"{new_key}\n".encode())
    else:
        key_path.with_name(key_path.name + KEY_NEXT).unlink(missing_ok=True)
    candidate.chmod(0o600)
    give(candidate)
    sync_file(candidate)
    candidate.rename(path.with_name(path.name + NEXT + label))
    sync_folder(path.parent)
    settle(path, key_path)
    return aside(path, label)


def settle(path: Path, key_path: Path) -> None:
    """Finish a change that was decided and broken off; nothing where there is none."""
    if not _decided(path):
        return
    with _alone(path.parent):
        for decided in _decided(path):
            label = decided.name.removeprefix(path.name + NEXT)
            # without its file a log is nothing to SQLite; without its log the file would be an older one
            for suffix in ("", "-wal"):
                if (old := path.with_name(path.name + suffix)).exists():
                    old.rename(aside(path, label).with_name(aside(path, label).name + suffix))
            path.with_name(path.name + "-shm").unlink(missing_ok=True)
            key = key_path.with_name(key_path.name + KEY_NEXT)
            if key.exists():
                if key_path.exists():
                    key_path.replace(key_path.with_name(f"{key_path.name}.{label}"))
                key.rename(key_path)
            sync_folder(path.parent)
            decided.rename(path)
            sync_folder(path.parent)


def aside(path: Path, label: str) -> Path:
    """Say where the old store lies."""
    return path.with_name(f"{path.name}.{label}")


def old_stores(path: Path) -> list[Path]:
    """Give the stores that were kept aside."""
    kinds = ("broken", "before")
    return sorted(one for kind in kinds for one in path.parent.glob(f"{path.name}.{kind}*") if not one.name.endswith(("-wal", "-shm")))


def forget_old(path: Path, before: datetime) -> int:
    """Delete stores that were put aside before then, by the stamps in their names; give how many."""
    gone = 0
    for old in old_stores(path):
        stamp = old.name.rstrip("x").rpartition("-")[2]
        with suppress(ValueError):
            if datetime.strptime(stamp, STAMP).replace(tzinfo=UTC) < before:
                for file in path.parent.glob(f"{old.name}*"):
                    file.unlink()
                gone += 1
    return gone


def in_use(path: Path) -> bool:
    """Say whether another process has the file open, as far as this user may see it."""
    real = os.path.realpath(path)
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            with suppress(OSError):
                for handle in (process / "fd").iterdir():
                    with suppress(OSError):
                        if str(handle.readlink()) == real:
                            return True
    return False


def write_whole(path: Path, data: bytes) -> None:
    """Replace a 0600 file whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        os.fsync(file.fileno())
    give(part)
    part.replace(path)
    sync_folder(path.parent)


def give(file: Path) -> None:
    """Give a file that root made to whoever owns the folder: the station's own user has to open it."""
    if os.geteuid() == 0:
        folder = file.parent.stat()
        os.chown(file, folder.st_uid, folder.st_gid)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: terminal and agent may both find what was broken off."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _decided(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}{NEXT}*"))
