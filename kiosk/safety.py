"""What `kiosk prepare`, `backup` and `restore` do about the store and its key, with the real parts; a second room of the composition root.

A store that is found broken is made anew before anybody opens it: from the newest good backup and what can still be read of it. It is
called broken only where the key is known to be the right one: with a wrong key nothing is touched.
"""

import hashlib
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kiosk.bootstrap import open_hub, open_store, station_clock
from kiosk.config import Settings
from kiosk.domain import recovery_code
from kiosk.domain.file_kind import FileKind
from kiosk.domain.record import to_plain
from kiosk.errors import BadInput, HubFailed, StoreDamaged, StoreError, StoreFull, SyncError, WrongKey
from kiosk.services import hand_in, safekeeping
from kiosk.services.doctor_safety import CHIP, SafetyCase
from kiosk.services.safekeeping import Mended
from kiosk.services.station import local
from kiosk.store import backup, migrate, rebuild, swap
from kiosk.store.connection import connect, wrong_with
from kiosk.store.key import has_key, read_key
from kiosk.store.rebuild import Rescued
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.sync.protocol import FileEntry
from kiosk.text import t

log = logging.getLogger(__name__)

MARK = "station.key.mark"
DISK_S = 30.0
Clock = Callable[[], datetime]


def keep_mark(settings: Settings, key: str) -> None:
    """Note by which key the store opened, so that a broken file is told from a wrong key. The mark tells nothing of the key."""
    path = settings.state_dir / MARK
    if not path.exists() or path.read_bytes() != _mark(key):
        swap.write_whole(path, _mark(key))


def _mark(key: str) -> bytes:
    return hashlib.sha256(b"station.key" + key.encode()).hexdigest()[:16].encode()


def _fits(settings: Settings, key: str) -> bool:
    """Say whether this key opened the store before, or opens a backup of it."""
    path = settings.state_dir / MARK
    if path.exists():
        return path.read_bytes() == _mark(key)
    return backup.newest_good(settings.copies_dir, key) is not None


def mend(settings: Settings, key: str, clock: Clock) -> Mended | None:
    """Finish what was broken off; make the store anew where it is broken, and say how. Nobody else has it open.

    Raises WrongKey, StoreError.
    """
    path = settings.store_path
    swap.settle(path, settings.key_path)
    log_lost = rebuild.log_is_garbage(path)
    wrong = "its log is not one" if log_lost else _wrong(settings, key)
    if not wrong:
        return None
    if swap.in_use(path):
        raise StoreDamaged("the store is broken, and another process has it open: stop the others first")
    log.error("the store is broken and is made anew: %s", wrong)
    base = None
    if log_lost and not _wrong_file(path, key):
        base, copy_of, old_key = path, "", None
    else:
        _await_disk(settings)
        base = backup.newest_good(settings.copies_dir, key)
        copy_of, old_key = to_plain(backup.made_at(base)) if base else "", key
    return _renew(settings, key, base, old_key, clock, Mended(why="log" if old_key is None else "broken", at="", copy_of=copy_of))


def _await_disk(settings: Settings) -> None:
    """Wait a little for the other disk: at boot a stick may come after us, and without its copy more might be lost."""
    until = time.monotonic() + DISK_S
    while settings.backup_dir and not settings.copies_dir.is_dir() and time.monotonic() < until:
        time.sleep(0.2)


def step_back(settings: Settings, key: str, clock: Clock) -> Mended | None:
    """Where a later program has upgraded the store, put the one of before back with all that is newer; None where there is no need or way.

    So a program that comes back after an update that went wrong finds a store of its own kind, and nothing acknowledged in between is lost.
    """
    if not settings.store_path.exists() or not migrate.is_later(settings.store_path, key):
        return None
    for base in migrate.kept_before(settings.store_path):
        try:
            backup.check(base, key)
        except StoreError:
            continue
        log.error("a later program has upgraded the store: going back to %s", base.name)
        return _renew(settings, key, base, key, clock, Mended(why="back", at=""))
    return None


def _wrong(settings: Settings, key: str) -> str:
    """Say what is wrong with the store, empty where it is whole or was never made."""
    path = settings.store_path
    if not path.exists():
        return "it is gone" if (settings.state_dir / MARK).exists() and _fits(settings, key) else ""
    if not path.stat().st_size:
        return "it is empty"
    try:
        with closing(connect(path, key)) as raw:
            return wrong_with(raw)
    except WrongKey:
        if not _fits(settings, key):
            raise
        return "its first page cannot be read"
    except StoreDamaged as error:
        return str(error) or "a page cannot be read"


def _wrong_file(path: Path, key: str) -> str:
    """The same of the file without its log."""
    try:
        backup.check(path, key)
    except StoreError as error:
        return str(error) or "broken"
    return ""


def restore(settings: Settings, file: Path, clock: Clock, code: str = "") -> Mended:
    """Put a backup in the store's place, and over it what the store that is there has newer; `code` where its key is not this machine's.

    Raises BadInput when the file is no backup or the station is at work, WrongKey when a code is needed, StoreError.
    """
    path = settings.store_path
    if not (os.path.isfile(file) and os.access(file, os.R_OK)):  # noqa: PTH113 - which is silent in a folder that is not ours to look into
        raise BadInput("file", "backup.no_file", file=str(file))
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o755)
    swap.settle(path, settings.key_path)
    try:
        ours: str | None = read_key(settings.key_path)
    except WrongKey:
        ours = None
    key = recovery_code.read(code) if code else ours
    if key is None:
        raise WrongKey("no key")
    try:
        backup.check(file, key)
    except StoreDamaged:
        raise BadInput("file", "backup.damaged", file=file.name) from None
    if swap.in_use(path):
        raise BadInput("store", "backup.in_use")
    told = Mended(why="restored", at="", copy_of=to_plain(backup.made_at(file)))
    return _renew(settings, key, file, ours if path.exists() else None, clock, told, key if key != ours else "")


def _renew(settings: Settings, key: str, base: Path | None, old_key: str | None, clock: Clock, told: Mended, new_key: str = "") -> Mended:
    now = clock()
    done: list[Mended] = []

    def finish(store: Store, rescued: Rescued) -> None:
        if exchange.identity(store) is not None:
            exchange.start_anew(store)
        whole = rescued.whole and told.why != "log"
        done.append(replace(told, at=to_plain(now), records=rescued.records, whole=whole))
        with store.write() as u:
            safekeeping.note_mended(u, done[0])
            u.audit(now, "agent", f"store_{told.why}", u.recall("station.id") or "", copy_of=told.copy_of)

    candidate, _ = rebuild.rebuild(settings.store_path, key, base, old_key, clock, finish)
    swap.put(settings.store_path, candidate, settings.key_path, "before-restore" if told.why == "restored" else "broken", now, new_key)
    keep_mark(settings, key)
    return done[0]


def safety_case(settings: Settings) -> SafetyCase:
    """Put together what the doctor asks of backups and key."""
    return SafetyCase(
        store_path=settings.store_path,
        key_path=settings.key_path,
        backup_dir=settings.backup_dir,
        check=lambda copy: backup.check(copy, read_key(settings.key_path)),
        chip=CHIP.exists(),
        has_key=has_key(settings.key_path),
        same_disk=_device(Path(settings.backup_dir or settings.state)) == _device(settings.state_dir),
    )


def _device(folder: Path) -> int | None:
    try:
        return folder.stat().st_dev
    except OSError:
        return None


def make_copy(settings: Settings, store: Store, now: datetime) -> Path:
    """Make the day's copy, on the other disk; without one in the state folder, where the newest stays and the one that is on its way to the
    county. Raises as backup.make, and StoreFull where the copy would take the room that the store itself needs.
    """
    key, folder = read_key(settings.key_path), replace(settings, backup_dir="").copies_dir
    if settings.backup_dir:
        made = backup.make(settings.store_path, key, settings.copies_dir, now)
        shutil.rmtree(folder, ignore_errors=True)  # of a time without a second disk
        return made
    folder.mkdir(mode=0o700, exist_ok=True)
    if shutil.disk_usage(folder).free - settings.store_path.stat().st_size < safekeeping.ROOM_MB * 1_000_000:
        raise StoreFull("no room for a copy beside the store")
    with store.read() as u:
        sending = hand_in.on_its_way(u)
    return backup.make(
        settings.store_path, key, folder, now, lambda numbers: {max(numbers), *([backup.number_of(Path(sending))] if sending else [])}
    )


def back_up_by_hand(settings: Settings, to: Path | None) -> int:
    """Make a copy now and say where it lies; give 0 or 1. Only one in the settings' own folder counts as the day's."""
    if to is None and not settings.backup_dir:
        raise BadInput("to", "backup.nowhere")
    made: list[Path] = []
    now = station_clock(settings)()
    if to is None:
        with closing(open_store(settings)) as store:
            trouble = safekeeping.back_up(store, lambda: made.append(make_copy(settings, store, now)), now)
    else:
        trouble = safekeeping.trouble_of(lambda: made.append(backup.make(settings.store_path, read_key(settings.key_path), to, now)))
    if trouble:
        raise BadInput("to", f"backup.cannot_{trouble}")
    print(t("backup.made", file=made[0]))
    return 0


def show_code(settings: Settings) -> int:
    """Say the recovery code, for the safe."""
    print(t("backup.code", code=recovery_code.write(read_key(settings.key_path))))
    return 0


def restore_from_county(settings: Settings) -> int:
    """Fetch a copy that the county has of this station's store, and restore it by hand. Broken off, the next time goes on with it."""
    with closing(open_store(settings)) as store:
        me = exchange.identity(store)
        if me is None:
            raise BadInput("county", "backup.no_county")
        with closing(open_hub(settings, store)) as hub:
            try:
                chosen = _chosen(hub.files(me.token, FileKind.BACKUP).files)
                file = settings.state_dir / f"from-county-{chosen.digest[:16]}.db"
                _fetch(hub, me.token, chosen, file)
            except SyncError:
                raise BadInput("county", "backup.county_away") from None
    restore_by_hand(settings, file)
    file.unlink()
    return 0


def _chosen(copies: Sequence[FileEntry]) -> FileEntry:
    """Let whoever restores choose where there is more than one."""
    if not copies:
        raise BadInput("county", "backup.county_none")
    for number, one in enumerate(copies, 1):
        size = max(1, one.size // 1_000_000)
        print(t("backup.county_copy", number=number, when=f"{local(one.whole_at):%Y-%m-%d %H:%M}", size=size))
    if len(copies) == 1:
        return copies[0]
    print(t("backup.county_which"), flush=True)
    typed = sys.stdin.readline().strip()
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(copies)):
        raise BadInput("county", "backup.county_choice")
    return copies[int(typed) - 1]


def _fetch(hub: HttpHub, token: str, copy: FileEntry, file: Path) -> None:
    """Fetch a copy whole, going on where it was broken off; raise SyncError."""
    print(t("backup.county_fetching"), flush=True)
    try:
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as kept:

            def take(piece: bytes) -> None:
                kept.write(piece)

            if (start := kept.seek(0, os.SEEK_END)) < copy.size:
                hub.file(token, copy.digest, start, take)
            kept.seek(0)
            digest = hashlib.file_digest(kept, "sha256").hexdigest()
    except OSError as error:
        if error.errno in backup.NO_ROOM:
            raise BadInput("county", "backup.county_full") from None
        raise
    if digest != copy.digest:
        file.unlink()
        raise HubFailed("another content")
    os.utime(file, (copy.whole_at.timestamp(),) * 2)


def restore_by_hand(settings: Settings, file: Path) -> int:
    """Restore and say what came of it; ask for the recovery code where this machine's key does not open the file."""
    try:
        mended = restore(settings, file, station_clock(settings))
    except WrongKey:
        print(t("backup.ask_code"), flush=True)
        try:
            mended = restore(settings, file, station_clock(settings), sys.stdin.readline())
        except WrongKey:
            raise BadInput("code", "backup.wrong_code") from None
    print(t("backup.restored", when=f"{local(datetime.fromisoformat(mended.copy_of)):%Y-%m-%d %H:%M}"))
    if mended.records:
        print(t("backup.rescued", count=mended.records))
    if not mended.whole:
        print(t("backup.lacks"))
    print(t("backup.next"))
    return 0
