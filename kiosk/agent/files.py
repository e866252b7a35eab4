"""Carries files to the county: what the head showed, the year's papers, and the newest copy of the store. Owns when, never what.

One part at a time, going on where the line broke; changes of records go first, and of the line at most half is taken. Small files come
before the copy, also while that is on its way. What the county refuses is noted and not sent again; a hub that is away or full is asked
again later.
"""

import hashlib
import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from kiosk.domain.file_kind import FileKind
from kiosk.errors import HubFailed, HubRefused, StoreError, SyncError
from kiosk.services import hand_in, safekeeping
from kiosk.store import backup
from kiosk.store.store import Store
from kiosk.sync import exchange
from kiosk.sync.protocol import PART_MAX_BYTES, FileState, Problem

log = logging.getLogger(__name__)

LOOK_S, AGAIN_S, ASK_LATER_S = 20.0, 60.0, 3600.0
COPIES_EVERY_S = 600.0
"""The other disk is not woken more often, but for a copy that was made just now."""
FIRST_S = 60.0
"""Not all stations at once when the light comes back."""
GIVE_WAY_S = 1.0
FOR_GOOD = frozenset({Problem.FILE_KIND, Problem.TOO_LARGE, Problem.STATION_FULL, Problem.BAD_REQUEST})
DAMAGED = "damaged"
CHUNK = 1024**2


class FileHub(Protocol):
    """What of the county files need."""

    def file_state(self, token: str, digest: str) -> FileState:
        """Ask how much it has; raise SyncError."""
        ...

    def send_part(self, token: str, digest: str, kind: FileKind, size: int, offset: int, data: bytes) -> FileState:
        """Send a part; raise SyncError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A file to be sent: `part` gives so many bytes from an offset on."""

    digest: str
    kind: FileKind
    size: int
    part: Callable[[int, int], bytes]


class FileSender:
    """One terminal's. `folder` is where the copies of the store lie."""

    def __init__(self, store: Store, hub: FileHub, clock: Callable[[], datetime], folder: Path) -> None:
        self._store, self._hub, self._clock, self._folder = store, hub, clock, folder
        self._made_at: datetime | None = None
        self._copies_at = 0.0

    def life(self, stop: threading.Event) -> None:
        """Work until `stop`."""
        with suppress(StoreError):  # the next start is early enough
            hand_in.ask_again(self._store, Problem.STATION_FULL)
        wait_s = random.uniform(0, FIRST_S)
        while not stop.wait(wait_s):
            wait_s = LOOK_S
            try:
                self.step(stop)
            except (SyncError, StoreError) as error:
                refused = isinstance(error, HubRefused)  # by a hub that is full, or does not know files yet
                wait_s = getattr(error, "wait_s", 0.0) + (ASK_LATER_S if refused else AGAIN_S) * random.uniform(0.5, 1.0)

    def step(self, stop: threading.Event | None = None) -> None:
        """Send what the county lacks now; raise SyncError, StoreError."""
        stop = stop or threading.Event()
        me = exchange.identity(self._store)
        if me is None:
            return
        while not stop.is_set():
            with self._store.read() as u:
                waiting, made_at = hand_in.waiting(u), safekeeping.last_copy(u)
            for one in waiting:
                refused = self._send_kept(me.token, one, stop)
                if refused is None:
                    return
                hand_in.settle(self._store, one.digest, refused)
            if made_at == self._made_at and time.monotonic() < self._copies_at:
                return
            if self._send_copy(me.token, self._folder, stop):
                self._made_at, self._copies_at = made_at, time.monotonic() + COPIES_EVERY_S

    def _send_kept(self, token: str, one: hand_in.Waiting, stop: threading.Event) -> str | None:
        with self._store.read() as u:
            content = u.attached(one.digest) or b""
        if hashlib.sha256(content).hexdigest() != one.digest:
            return DAMAGED
        return self._send(
            token, Outgoing(digest=one.digest, kind=one.kind, size=one.size, part=lambda at, most: content[at : at + most]), stop
        )

    def _send_copy(self, token: str, folder: Path, stop: threading.Event) -> bool:
        """Send the copy of the store whose turn it is; say whether nothing is left to be done about it for now."""
        found = {copy.name: copy for copy in backup.copies(folder)}
        with self._store.read() as u:
            name = hand_in.next_copy(u, list(found))
        if not name:
            return True
        hand_in.begin_copy(self._store, name)
        try:
            with found[name].open("rb") as file:

                def part(at: int, most: int) -> bytes:
                    file.seek(at)
                    return file.read(most)

                digest, size = hashlib.sha256(), 0
                while data := file.read(CHUNK):
                    digest.update(data)
                    size += len(data)
                outgoing = Outgoing(digest=digest.hexdigest(), kind=FileKind.BACKUP, size=size, part=part)
                refused = self._send(token, outgoing, stop)
        except OSError as error:  # the disk was pulled out, or is ill
            log.warning("a copy for the county: %s", type(error).__name__)
            return True
        if refused is not None:
            hand_in.settle_copy(self._store, name, self._clock(), refused)
        return refused is not None

    def _send(self, token: str, one: Outgoing, stop: threading.Event) -> str | None:
        """Send a file to its end; give the code with which the county refuses it, empty where it has it, None where that has to wait."""
        try:
            told = self._hub.file_state(token, one.digest)
            while not told.whole:
                if not self._way_is_free(one, stop):
                    return None
                # of one that is all there, but was not looked at yet, the last byte goes again
                at, began = min(told.have, one.size - 1), time.monotonic()
                before, told = told, self._hub.send_part(token, one.digest, one.kind, one.size, at, one.part(at, PART_MAX_BYTES))
                if not told.whole and told.have <= before.have:
                    raise HubFailed("a file does not grow")
                if not told.whole:
                    stop.wait(time.monotonic() - began)
        except HubRefused as error:
            if error.code not in FOR_GOOD:
                raise
            log.warning("the county refuses a file: %s, %s", one.kind, error.code)
            return error.code
        return ""

    def _way_is_free(self, one: Outgoing, stop: threading.Event) -> bool:
        """Wait while changes of records wait for the line; say whether it is this file's turn then: no smaller one's, nor the end's."""
        while not stop.is_set():
            with self._store.read() as u:
                first, waits = u.outbox_size(), one.kind is FileKind.BACKUP and u.unsent()
            if not first:
                return not waits
            stop.wait(GIVE_WAY_S)
        return False
