"""Files that stations send: whose they are and what for in a table, what is in them beside the database. Knows no route.

    STATE/files/STATION/DIGEST      as long as what came of it so far; `whole_at` in the table says that it is all of it

What is in a file is looked at before it counts: by its digest, and by what its kind allows. A copy of a station's store is
encrypted with a key that the county has not.
"""

import errno
import hashlib
import logging
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county.judge import Author
from kiosk.county.schema import station_file
from kiosk.county.settings import HubSettings
from kiosk.domain.file_kind import JPEG, PDF, ZIP, FileKind, document_kind
from kiosk.errors import BadInput
from kiosk.sync.protocol import FILE_MAX_BYTES, PART_MAX_BYTES, FileEntry, FileState, Problem

log = logging.getLogger(__name__)

STATION_MAX_BYTES, STATION_MAX_FILES = 6 * 1024**3, 4000
BACKUPS, PAPERS = 2, 20
"""So many whole ones are kept: of each terminal, and of a station's papers."""
LOST = timedelta(days=60)
"""A terminal that is no more has no newer copy: its last ones go when another terminal of its station has sent for so long (own)."""
STALE = timedelta(days=14)
"""What was begun and not gone on with for so long is forgotten, as far as it came."""
RESERVE_BYTES = 500 * 1000**2
"""Files leave the database room to work: below 200 MB the hub calls itself ill."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
CHUNK = 1024**2
PAGE = 4096
PLAIN = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a file, and what the whole is said to be."""

    digest: str
    kind: FileKind
    size: int
    offset: int
    data: bytes


def path_of(settings: HubSettings, station_id: str, digest: str) -> Path:
    """Say where a file lies, there or not."""
    return Path(settings.state) / "files" / station_id / digest


def state(connection: sa.Connection, settings: HubSettings, station_id: str, digest: str) -> FileState:
    """Say how much there is of a station's file, nothing where it was never begun."""
    row = connection.execute(sa.select(station_file).where(*_of(settings, station_id), station_file.c.digest == digest)).first()
    have = _length(path_of(settings, station_id, digest))
    return FileState(have=have, whole=row is not None and row.whole_at is not None and have == row.size)


def take(
    connection: sa.Connection,
    settings: HubSettings,
    author: Author,
    part: Part,
    now: datetime,
    reserve: int = RESERVE_BYTES,
) -> FileState | Problem:
    """Take a part in the caller's transaction and say how much there is, or why it is refused; `reserve`: bytes of the disk to be left.

    A part that does not begin where the file ends so far changes nothing. What is refused for what it is, is not kept.
    """
    station_id = author.station_id
    path = path_of(settings, station_id, part.digest)
    if len(part.data) > PART_MAX_BYTES or part.size > FILE_MAX_BYTES[part.kind]:
        return Problem.TOO_LARGE
    if part.offset + len(part.data) > part.size:
        return Problem.BAD_REQUEST
    row = _begun(connection, settings, author, part, now)
    if isinstance(row, Problem):
        return row
    have = _length(path)
    if row.whole_at is not None and have == row.size:
        return FileState(have=have, whole=True)
    if (part.kind, part.size) != (row.kind, row.size):
        return Problem.BAD_REQUEST
    if have > part.size:
        path.unlink()
        have = 0
    if part.offset == have and have < part.size:
        if have == 0 and not _may_begin(part, part.data):
            _forget(connection, settings, station_id, [part.digest])
            return Problem.FILE_KIND
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if shutil.disk_usage(path.parent).free < part.size - have + reserve:
                raise OSError(errno.ENOSPC, "files leave the database room")
            with path.open("ab") as file:
                file.write(part.data)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            log.warning("no room for the files of stations")
            return Problem.NO_ROOM
        have += len(part.data)
    if have < part.size:
        return FileState(have=have, whole=False)
    wrong = _wrong(path, part)
    if wrong:
        _forget(connection, settings, station_id, [part.digest])
        return wrong
    whole = {"whole_at": now, "device_id": author.device_id}
    connection.execute(sa.update(station_file).where(*_of(settings, station_id), station_file.c.digest == part.digest).values(whole))
    _thin(connection, settings, author, part.kind, now)
    return FileState(have=have, whole=True)


def find(connection: sa.Connection, settings: HubSettings, digest: str) -> Path | None:
    """Give the place of a whole file by its SHA-256, or None."""
    named = (station_file.c.county_id == settings.county, station_file.c.digest == digest, station_file.c.whole_at.is_not(None))
    for row in connection.execute(sa.select(station_file).where(*named)):
        path = path_of(settings, row.station_id, digest)
        if _length(path) == row.size:
            return path
    return None


def kept(connection: sa.Connection, settings: HubSettings, station_id: str, kind: FileKind) -> list[FileEntry]:
    """Give a station's whole files of a kind, newest first."""
    these = (*_of(settings, station_id), station_file.c.kind == kind, station_file.c.whole_at.is_not(None))
    rows = connection.execute(sa.select(station_file).where(*these).order_by(station_file.c.whole_at.desc(), station_file.c.digest))
    return [
        FileEntry(digest=row.digest, kind=FileKind(row.kind), size=row.size, device_id=row.device_id, whole_at=row.whole_at)
        for row in rows
        if _length(path_of(settings, station_id, row.digest)) == row.size
    ]


def _begun(connection: sa.Connection, settings: HubSettings, author: Author, part: Part, now: datetime) -> sa.Row[Any] | Problem:
    """Give the file's row, locked, making it where the station has room for one more; else why not."""
    station_id, mine = author.station_id, _of(settings, author.station_id)
    one = sa.select(station_file).where(*mine, station_file.c.digest == part.digest).with_for_update()
    row = connection.execute(one).first()
    if row is not None:
        return row
    old = station_file.c.begun_at < now - STALE
    if part.kind is FileKind.BACKUP:  # a terminal sends one copy at a time
        old |= sa.and_(station_file.c.kind == FileKind.BACKUP, station_file.c.device_id == author.device_id)
    given_up = sa.select(station_file.c.digest).where(*mine, station_file.c.whole_at.is_(None), old)
    _forget(connection, settings, station_id, list(connection.scalars(given_up)))
    held = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(station_file.c.size), 0)).where(*mine)
    count, taken = connection.execute(held).one()
    if count >= STATION_MAX_FILES or taken + part.size > STATION_MAX_BYTES:
        return Problem.STATION_FULL
    values = {"county_id": settings.county, "station_id": station_id, "digest": part.digest, "kind": part.kind, "size": part.size}
    connection.execute(insert(station_file).values(**values, device_id=author.device_id, begun_at=now).on_conflict_do_nothing())
    return connection.execute(one).one()


def _may_begin(part: Part, head: bytes) -> bool:
    """Say whether the first bytes are those of what its kind allows."""
    match part.kind:
        case FileKind.EVIDENCE:
            return head.startswith((JPEG, PDF, ZIP))
        case FileKind.PAPERS:
            return head.startswith(ZIP)
        case FileKind.BACKUP:  # whole pages, and nothing of them to be read
            return part.size % PAGE == 0 and not head.startswith(PLAIN)


def _wrong(path: Path, part: Part) -> Problem | None:
    """Look through a file that has come to its end; None where it is what it says."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            digest.update(data)
    if digest.hexdigest() != part.digest:
        return Problem.FILE_BROKEN
    try:
        with path.open("rb") as file:
            if not _may_begin(part, file.read(len(PLAIN))):
                return Problem.FILE_KIND
            file.seek(0)
            if part.kind is FileKind.EVIDENCE:
                document_kind(file)
            elif part.kind is FileKind.PAPERS:
                zipfile.ZipFile(file).namelist()
    except (BadInput, zipfile.BadZipFile, ValueError, NotImplementedError):
        return Problem.FILE_KIND
    return None


def _thin(connection: sa.Connection, settings: HubSettings, author: Author, kind: FileKind, now: datetime) -> None:
    """Forget what newer whole ones stand in for."""
    found = kept(connection, settings, author.station_id, kind)
    if kind is FileKind.BACKUP:
        heard = {one.device_id for one in found if one.whole_at >= now - LOST}
        ours = [one for one in found if one.device_id == author.device_id]
        lost = [one for one in found if one.device_id not in heard]
        _forget(connection, settings, author.station_id, [one.digest for one in (*ours[BACKUPS:], *lost)])
    elif kind is FileKind.PAPERS:
        _forget(connection, settings, author.station_id, [one.digest for one in found[PAPERS:]])


def _forget(connection: sa.Connection, settings: HubSettings, station_id: str, digests: Sequence[str]) -> None:
    if digests:
        connection.execute(sa.delete(station_file).where(*_of(settings, station_id), station_file.c.digest.in_(digests)))
    for digest in digests:
        path_of(settings, station_id, digest).unlink(missing_ok=True)


def _of(settings: HubSettings, station_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return station_file.c.county_id == settings.county, station_file.c.station_id == station_id


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
