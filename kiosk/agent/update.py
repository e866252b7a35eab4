"""The agent's part of an update: learns what the county offers, fetches what this station lacks of it, and knocks when nobody is there.

It changes nothing: it has no right to. What it fetched lies in STATE/updates, root looks at all of it again (`kiosk.release`). Fetching
goes on where it was broken off, byte by byte, over days if the line wants it.
"""

import hashlib
import logging
import random
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kiosk.config import VERSION
from kiosk.domain.record import RecordError
from kiosk.domain.release import LOCK, Blob, Manifest, UpdateStage, UpdateState, is_newer, order, wheels_lacking
from kiosk.errors import StoreError, StoreFull, SyncError
from kiosk.release.place import BLOBS, KNOCK, SWITCH, Place, on_trial, results, version_of
from kiosk.release.sign import SIGNED, ForgedError, Signed, from_bytes, public_keys, to_bytes, verify
from kiosk.services import updates
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.protocol import ReleaseAnswer

log = logging.getLogger(__name__)

LOOK_S, AGAIN_S, KNOCK_EVERY_S = 20.0, 60.0, 900.0
QUIET_S, NEVER_SHUT_S = 900.0, 20 * 3600.0
"""A station that is switched off with its light is never shut and on: after so long any quiet quarter of an hour is good enough."""
RESERVE_BYTES = 500 * 1024**2
HASHED = 1024**2


class Source(Protocol):
    """What of the county an update needs."""

    def release(self, token: str, version: str) -> ReleaseAnswer:
        """Ask for a release's manifest; raise SyncError."""
        ...

    def blob(self, token: str, digest: str, start: int, take: Callable[[bytes], None]) -> None:
        """Fetch a content from a byte on; raise SyncError."""
        ...


class Updater:
    """One station's. `root` is the folder of the program at work, `is_shut` says whether the station surely is."""

    def __init__(
        self,
        place: Place,
        root: Path,
        store: Store,
        hub: Source,
        clock: Callable[[], datetime],
        is_shut: Callable[[], bool],
        machine: str,
        version: str = VERSION,
    ) -> None:
        self._place, self._root, self._store, self._hub, self._clock = place, root, store, hub, clock
        self._is_shut, self._machine, self._version = is_shut, machine, version
        self._offer: str | None = None
        self._own: UpdateState | None = None
        self._knocked: tuple[str, bytes] | None = None
        self._knock_at = 0.0

    def offered(self, version: str) -> None:
        """Take note of what the county offers; empty for nothing."""
        self._offer = version

    def state(self) -> UpdateState | None:
        """Say how far this station has come, None where there is nothing to say."""
        trial = on_trial(self._place)
        if trial:
            return UpdateState(version=version_of(trial["new"]), stage=UpdateStage.TRYING, done=100)
        if not self._offer:
            return None
        told = results(self._place).get(self._offer)
        if told is not None and told.over:
            return UpdateState(version=self._offer, stage=told.stage, done=100)
        return self._own if self._own is not None and self._own.version == self._offer else None

    def life(self, stop: threading.Event) -> None:
        """Work until `stop`."""
        wait_s = LOOK_S
        while not stop.wait(wait_s):
            wait_s = LOOK_S
            try:
                self.step(stop)
            except (SyncError, StoreError) as error:
                wait_s = getattr(error, "wait_s", 0.0) + AGAIN_S * random.uniform(0.5, 1.0)

    def step(self, stop: threading.Event | None = None) -> None:
        """Do what is to be done now; raise SyncError, StoreError."""
        self._tell_staff()
        wanted, token = self._wanted(), self._token()
        if not wanted or not token:
            # told that there is none; one that cannot ask keeps what it has
            if self._offer == "" and not on_trial(self._place) and self._place.spool.exists():
                shutil.rmtree(self._place.spool, ignore_errors=True)
            return
        told = results(self._place).get(wanted)
        if told is not None and told.stage is UpdateStage.FORGED and self._knocked and self._knocked[0] == wanted:
            # what we hold is not what it was when we looked
            shutil.rmtree(self._place.spool, ignore_errors=True)
            self._knocked = None
        try:
            manifest = self._manifest(token, wanted)
            self._fetch(token, manifest, stop or threading.Event())
        except ForgedError as error:
            log.warning("release %s: %s", wanted, error)
            self._own = UpdateState(version=wanted, stage=UpdateStage.FORGED)
            shutil.rmtree(self._place.spool, ignore_errors=True)
        except StoreFull:
            self._own = UpdateState(version=wanted, stage=UpdateStage.FULL)
        except RecordError as error:
            log.warning("release %s: %s", wanted, error)
            self._own = UpdateState(version=wanted, stage=UpdateStage.FAILED)
        else:
            if stop is None or not stop.is_set():
                root_says = told.stage if told is not None and told.stage is UpdateStage.FULL else UpdateStage.WAITING
                self._own = UpdateState(version=wanted, stage=root_says, done=100)
                self._knock(wanted)

    def _wanted(self) -> str:
        """Give the version to be fetched, empty where none is."""
        if not self._offer or on_trial(self._place) or not public_keys(self._place.keys):
            return ""
        try:
            newer = is_newer(self._offer, self._version)
        except RecordError:
            return ""
        told = results(self._place).get(self._offer)
        failed = self._own is not None and self._own.version == self._offer and self._own.stage in (UpdateStage.FORGED, UpdateStage.FAILED)
        return "" if not newer or failed or (told is not None and told.over) else self._offer

    def _token(self) -> str:
        me = exchange.identity(self._store)
        return me.token if me is not None else ""

    def _manifest(self, token: str, version: str) -> Manifest:
        """Give the manifest, fetched once; raise ForgedError."""
        path, keys = self._place.spool / SIGNED, public_keys(self._place.keys)
        with suppress(OSError, ForgedError):
            held = verify(from_bytes(path.read_bytes()), keys)
            if held.version == version:
                return held
        self._own = UpdateState(version=version, stage=UpdateStage.FETCHING)
        answer = self._hub.release(token, version)
        signed = Signed(manifest=answer.manifest, signature=answer.signature)
        manifest = verify(signed, keys)
        if manifest.version != version:
            raise ForgedError(f"the county calls it {version}")
        shutil.rmtree(path.parent, ignore_errors=True)
        (path.parent / BLOBS).mkdir(parents=True)
        _written(path, to_bytes(signed))
        return manifest

    def _fetch(self, token: str, manifest: Manifest, stop: threading.Event) -> None:
        """Fetch every content that is not here; raise ForgedError, StoreFull, SyncError, RecordError where the release lacks one for us."""
        same = {file.path for file in manifest.files if _is(self._root / file.path, Blob(sha256=file.sha256, size=file.size))}
        lock = next(file for file in manifest.files if file.path == LOCK)
        held = (self._root / LOCK).read_text()
        if LOCK not in same:
            self._get(token, Blob(sha256=lock.sha256, size=lock.size))
        told = held if LOCK in same else (self._place.spool / BLOBS / lock.sha256).read_text()
        wheels = wheels_lacking(manifest, told, held, self._machine)
        wanted = {one.sha256: Blob(sha256=one.sha256, size=one.size) for one in wheels}
        wanted |= {f.sha256: Blob(sha256=f.sha256, size=f.size) for f in manifest.files if f.path not in same}
        lacking = [blob for blob in wanted.values() if not (self._place.spool / BLOBS / blob.sha256).exists()]
        total, left = sum(blob.size for blob in wanted.values()), sum(blob.size for blob in lacking)
        if shutil.disk_usage(self._place.state).free < left + RESERVE_BYTES:
            raise StoreFull("no room for a release")
        for blob in lacking:
            if stop.is_set():
                return
            self._own = UpdateState(version=manifest.version, stage=UpdateStage.FETCHING, done=100 * (total - left) // max(1, total))
            self._get(token, blob)
            left -= blob.size

    def _get(self, token: str, blob: Blob) -> None:
        """Fetch one content, going on where it was broken off; raise ForgedError when it is another, SyncError, StoreFull."""
        target = self._place.spool / BLOBS / blob.sha256
        if target.exists():
            return
        part = target.with_suffix(".part")
        with part.open("ab") as file:
            if file.tell() > blob.size:
                file.truncate(0)

            def take(piece: bytes) -> None:
                if file.tell() + len(piece) > blob.size:
                    raise ForgedError(f"{blob.sha256[:8]} does not end")
                try:
                    file.write(piece)
                    file.flush()
                except OSError:
                    raise StoreFull("no room for a release") from None

            if file.tell() < blob.size:
                self._hub.blob(token, blob.sha256, file.tell(), take)
        if not _is(part, blob):
            whole = part.stat().st_size == blob.size
            if whole:
                part.unlink()
                raise ForgedError(f"{blob.sha256[:8]}: another content")
            raise SyncError("cut off")
        part.replace(target)

    def _knock(self, version: str) -> None:
        """Have root look at what is here, and change the program where the hour is right."""
        word = SWITCH if self._hour_is_right() else b""
        due = self._knocked != (version, word) or (word and time.monotonic() >= self._knock_at)
        if due:
            _written(self._place.spool / KNOCK, word)
            self._knocked, self._knock_at = (version, word), time.monotonic() + KNOCK_EVERY_S

    def _hour_is_right(self) -> bool:
        try:
            touched = (self._place.state / "run" / "touched").stat().st_mtime
            if time.time() - touched < QUIET_S:
                return False
        except OSError:
            pass  # nobody since the machine was switched on
        # a clock that jumps only makes it sooner
        return self._is_shut() or abs(time.time() - (self._place.spool / SIGNED).stat().st_mtime) >= NEVER_SHUT_S

    def _tell_staff(self) -> None:
        """Note for staff how the last change ended, once it has."""
        ended = [(v, r.stage) for v, r in results(self._place).items() if r.stage in (UpdateStage.DONE, UpdateStage.RETURNED)]
        if ended and not on_trial(self._place):
            version, stage = max(ended, key=lambda one: order(one[0]))
            updates.note(self._store, version, stage, self._clock())


def _is(path: Path, blob: Blob) -> bool:
    try:
        if path.stat().st_size != blob.size:
            return False
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while data := file.read(HASHED):
                digest.update(data)
    except OSError:
        return False
    return digest.hexdigest() == blob.sha256


def _written(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError:
        raise StoreFull("no room for a release") from None
