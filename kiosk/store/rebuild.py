"""Makes a store anew: from a copy, and from what can still be read of the one that was at work. Owns what outranks what; knows no schedule.

Nothing is written into the old file: a copy of it is read. What it has newer goes over the copy, its tombstones first; what the county has
is brought by sync afterwards, and what it lacks is told it then. Of the chain of responsibility the part is taken that follows on.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from kiosk.domain.entities import ENTITIES, is_emptied
from kiosk.domain.listing import Listing
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import RecordError
from kiosk.errors import StoreError
from kiosk.store import backup, chain, public, retention
from kiosk.store.connection import connect
from kiosk.store.migrate import upgrade
from kiosk.store.schema import TABLES, attachment, free_number, from_row, memory, metadata, outbox, public_listing, public_memory, tombstone
from kiosk.store.store import Store, UnitOfWork, open_store

READING = ".reading"
REBUILT = ".rebuilt"
BATCH = 500
NUMBERED = (free_number.name, public_listing.name)
PATIENCE = 64
FARTHEST = 2**31
"""After so many rows that cannot be read the steps over the gap grow; where a table ends is not always known."""
LOG_MAGIC = (0x377F0682, 0x377F0683)


@dataclass(slots=True)
class Rescued:
    """What came out of the old file: how many records that the copy lacked or had older, and whether all of the old could be read."""

    records: int = 0
    whole: bool = True


def rebuild(
    path: Path, key: str, base: Path | None, old_key: str | None, clock: Callable[[], datetime], finish: Callable[[Store, Rescued], None]
) -> tuple[Path, Rescued]:
    """Make the candidate for the store at `path` from `base` (None: an empty one) and, with `old_key`, from the file that is there.

    `finish` writes into it what must stand there from the first moment. Give the closed, verified candidate. Raises StoreError.
    """
    candidate = path.with_name(path.name + REBUILT)
    for left in path.parent.glob(f"{candidate.name}*"):
        left.unlink()
    if base is not None:
        shutil.copyfile(base, candidate)
    upgrade(candidate, key)
    rescued = Rescued()
    with closing(open_store(candidate, key, clock=clock)) as store:
        if old_key is not None:
            with _read(path, old_key, rescued) as old, store.write() as u:
                merge(u, old)
        finish(store, rescued)
    backup.check(candidate, key)
    return candidate, rescued


def log_is_garbage(path: Path) -> bool:
    """Say whether the store has a log that never was one: SQLite would pass over it without a word."""
    try:
        with path.with_name(path.name + "-wal").open("rb") as file:
            head = file.read(4)
    except FileNotFoundError:
        return False
    return bool(head) and int.from_bytes(head) not in LOG_MAGIC


class Old:
    """A store that may have pages that cannot be read: gives what lies before and behind them."""

    def __init__(self, file: Path | None, key: str, rescued: Rescued) -> None:
        self._file, self._key, self.rescued = file, key, rescued
        self._raw: Any = None
        if file is not None:
            self._open()

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Give a table's rows in the order in which they were written, without columns that a later program added."""
        known = metadata.tables[table].c
        at, step, misses = 0, 1, 0
        last = self._last(table)
        while self._raw is not None and at <= last:
            try:
                found = self._raw.execute(f'SELECT rowid, * FROM "{table}" WHERE rowid > ? ORDER BY rowid', (at,))
                names = [column[0] for column in found.description]
                for row in found:
                    at, step, misses = row[0], 1, 0
                    yield {name: value for name, value in zip(names[1:], row[1:], strict=True) if name in known}
                return
            except (sqlcipher.DatabaseError, MemoryError):
                self.rescued.whole = False
                self._open()
                at, misses = at + step, misses + 1
                step = step if misses < PATIENCE else 2 * step

    def close(self) -> None:
        """Close the file."""
        if self._raw is not None:
            self._raw.close()

    def _last(self, table: str) -> int:
        try:
            return (self._raw.execute(f'SELECT max(rowid) FROM "{table}"').fetchone()[0] or 0) if self._raw is not None else 0
        except (sqlcipher.DatabaseError, MemoryError):
            self._open()
            return FARTHEST

    def _open(self) -> None:
        """Open the file anew: after a page that cannot be read a connection gives nothing more."""
        assert self._file is not None
        self.close()
        self._raw = None
        try:
            self._raw = connect(self._file, self._key)
        except StoreError:
            self.rescued.whole = False


@contextmanager
def _read(path: Path, key: str, rescued: Rescued) -> Iterator[Old]:
    """Open a copy of the old store, brought up to this version where it is whole enough for that."""
    copy = path.with_name(path.name + READING)

    def clear() -> None:
        for left in path.parent.glob(f"{copy.name}*"):
            left.unlink()

    clear()
    there = path.exists() and path.stat().st_size > 0
    if there:
        for suffix in ("", "-wal"):
            if (file := path.with_name(path.name + suffix)).exists():
                shutil.copyfile(file, copy.with_name(copy.name + suffix))
        with suppress(StoreError):  # what is damaged is read as it is
            upgrade(copy, key)
    rescued.whole = there
    old = Old(copy if there else None, key, rescued)
    try:
        yield old
    finally:
        old.close()
        clear()


def merge(u: UnitOfWork, old: Old) -> None:
    """Take over what the old store has newer, in this transaction."""
    buried = dict(map(tuple, u.connection.execute(sa.select(tombstone.c.record_id, tombstone.c.revision))))
    for row in old.rows(tombstone.name):
        if row["entity"] in ENTITIES and row["revision"] > buried.get(row["record_id"], 0):
            u.bury(ENTITIES[row["entity"]], row["record_id"], row["revision"])
    # slips of this morning say the old store's numbers, and whatever the copy had given them to
    told = [(row["number"], row["listing_id"]) for name in NUMBERED for row in old.rows(name) if row.get("listing_id")]
    moved = public.take_over_numbers(u.connection, told, u.today, u.sure)
    for cls in TABLES:
        _take(u, old, cls)
    public.project(u.connection, moved, u.today, u.sure)
    for row in old.rows(attachment.name):
        u.attach(row["digest"], row["content"], row["kind"])
    for table in (memory, public_memory):
        for row in old.rows(table.name):
            u.remember(row["key"], row["value"])
    known = set(map(tuple, u.connection.execute(sa.select(outbox.c.entity, outbox.c.record_id, outbox.c.revision))))
    for row in old.rows(outbox.name):
        if (row["entity"], row["record_id"], row["revision"]) not in known:
            u.connection.execute(sa.insert(outbox), {name: value for name, value in row.items() if name != "sequence"})
    for job_id in retention.slips_of_the_withdrawn(u.connection):
        u.drop(PrintJob, job_id)
    chain.extend(u.connection, old.rows("audit"))


def _take(u: UnitOfWork, old: Old, cls: type) -> None:
    table = TABLES[cls]
    history = "revision" in table.c
    columns = (table.c.id, table.c.revision if history else sa.literal(0))
    held = dict.fromkeys(map(tuple, u.connection.execute(sa.select(*columns))))
    newest: dict[str, int] = {}
    for record_id, revision in held:
        newest[record_id] = max(revision, newest.get(record_id, 0))
    batch: list[Any] = []

    def write() -> None:
        u.put(*batch)
        for record in batch:
            if is_emptied(record):
                u.unsay(record.id)
        batch.clear()

    for row in old.rows(table.name):
        try:
            record = from_row(cls, row)
        except (RecordError, ValueError, KeyError, TypeError):
            old.rescued.whole = False
            continue
        revision = record.revision if history else 0
        is_news = (record.id, revision) not in held if cls is Listing else revision > newest.get(record.id, -1)
        old.rescued.records += is_news
        # what has no revision changes in its place (a PIN, a slip's state), and the old store saw it last
        if is_news or not history:
            batch.append(record)
        if len(batch) >= BATCH:
            write()
    write()
