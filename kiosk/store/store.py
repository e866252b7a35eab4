"""The station's store: one encrypted SQLite file that is the bus between terminal, board, desk and agent. Owns transactions; knows no rule.

A unit of work opens with BEGIN IMMEDIATE (read-then-write under a deferred BEGIN fails at once with "locked") and takes everything back
unless it ends well.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.dialects.sqlite import insert

from kiosk.domain.codes import Trade
from kiosk.domain.employer import EmployerHold
from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import Listing, Published, Review, Takedown, Verdict
from kiosk.domain.record import to_plain
from kiosk.domain.running import Facility, FacilityCheck
from kiosk.domain.station import StaffCall
from kiosk.errors import NotFound, StoreDamaged, StoreError
from kiosk.store import chain, inbox, outgoing, public, search
from kiosk.store.connection import connect, mapped
from kiosk.store.outgoing import Outgoing
from kiosk.store.schema import (
    PUBLIC_STATE,
    TABLES,
    TOPIC_OF,
    attachment,
    from_row,
    memory,
    outbox,
    public_listing,
    public_memory,
    to_row,
    tombstone,
    topic,
)

R = TypeVar("R")
SWEPT_ON = "public.swept_on"
SENT = "sent"
"""What stands of a file that the county has."""
DECIDES_PUBLIC = (Listing, Review, Takedown, EmployerHold)
"""Of these what the public sees is made."""
CHINA = timezone(timedelta(hours=8))


@dataclass(slots=True)
class UnitOfWork:
    """Reads and writes of one transaction."""

    connection: sa.Connection
    today: date
    sure: bool = True
    """Whether that day is known: a machine may have lost its clock."""
    _topics: set[str] = field(default_factory=set)

    def get(self, cls: type[R], record_id: str, revision: int | None = None) -> R | None:
        """Give a record (its newest revision unless one is named), or None."""
        table = TABLES[cls]
        query = sa.select(table).where(table.c.id == record_id)
        if revision is not None:
            query = query.where(table.c.revision == revision)
        elif cls is Listing:
            query = query.order_by(table.c.revision.desc()).limit(1)
        row = self.connection.execute(query).mappings().first()
        return None if row is None else cast(R, from_row(cls, row))

    def need(self, cls: type[R], record_id: str, revision: int | None = None) -> R:
        """Give a record; raise NotFound."""
        record = self.get(cls, record_id, revision)
        if record is None:
            raise NotFound(f"{cls.__name__} {record_id}")
        return record

    def list(self, cls: type[R], **equals: Any) -> Sequence[R]:
        """Give all records with these field values, newest revision of each, in order of birth."""
        table = TABLES[cls]
        where, values = _equal(table, equals)
        query = sa.select(table).where(*where).order_by(table.c.id)
        if cls is Listing:
            newest = sa.select(table.c.id, sa.func.max(table.c.revision)).group_by(table.c.id)
            query = query.where(sa.tuple_(table.c.id, table.c.revision).in_(newest))
        return [cast(R, from_row(cls, row)) for row in self.connection.execute(query, values).mappings()]

    def latest(self, cls: type[R], by: str, limit: int, **equals: Any) -> Sequence[R]:
        """Give the `limit` records with these field values that come last by the field `by`, last first; of records without history."""
        table = TABLES[cls]
        where, values = _equal(table, equals)
        query = sa.select(table).where(*where).order_by(table.c[by].desc(), table.c.id.desc()).limit(limit)
        return [cast(R, from_row(cls, row)) for row in self.connection.execute(query, values).mappings()]

    def undecided(self, station_id: str) -> Sequence[Listing]:
        """Give a station's listings, newest revision of each, that may wait for a reviewer: no takedown, and no review of it that stands.

        Of those with an undone review the reviews still say whether they wait; all others of years are never read.
        """
        listing, review, takedown = TABLES[Listing], TABLES[Review], TABLES[Takedown]
        newest = sa.select(listing.c.id, sa.func.max(listing.c.revision)).where(listing.c.station_id == station_id).group_by(listing.c.id)
        mine = (review.c.listing_id == listing.c.id) & (review.c.listing_revision == listing.c.revision)
        query = sa.select(listing).where(
            sa.tuple_(listing.c.id, listing.c.revision).in_(newest),
            ~sa.exists().where(takedown.c.listing_id == listing.c.id),
            ~sa.exists().where(mine) | sa.exists().where(mine, review.c.verdict == Verdict.UNDO.value),
        )
        return [cast(Listing, from_row(Listing, row)) for row in self.connection.execute(query.order_by(listing.c.id)).mappings()]

    def count(self, cls: type, **equals: Any) -> int:
        """Count records with these field values."""
        table = TABLES[cls]
        where, values = _equal(table, equals)
        query = sa.select(sa.func.count()).select_from(table).where(*where)
        return self.connection.scalar(query, values) or 0

    def keep(self, record: Any) -> None:
        """Write a record of our own and queue it for the county, in this transaction."""
        self.put(record)
        outgoing.add(self.connection, record)
        self._topics.add("outbox")

    def receive(self, *records: Any) -> int:
        """Write what came from the county (`inbox`); say how much of it was news."""
        news = inbox.choose(self.connection, records, self.recall("station.id") or "")
        self.put(*news)
        return len(news)

    def put(self, *records: Any) -> None:
        """Insert or replace records and bring what the public sees in step."""
        rows: dict[type, list[Any]] = {}
        for record in records:
            rows.setdefault(type(record), []).append(record)
        listings: dict[str, None] = {}
        for cls, alike in rows.items():
            # the values beside the statement, not in it: SQLAlchemy then makes its text once
            self.connection.execute(sa.insert(TABLES[cls]).prefix_with("OR REPLACE"), [to_row(record) for record in alike])
            self._topics.add(TOPIC_OF[cls])
            listings |= self._listings_of(cls, alike)
        if listings:
            public.project(self.connection, listings, self.today, self.sure)

    def _listings_of(self, cls: type, alike: Sequence[Any]) -> dict[str, None]:
        """Give the listings of which the public may see another thing by these records of one kind."""
        if cls is Listing:
            return dict.fromkeys(record.id for record in alike)
        if cls in (Review, Takedown):
            return dict.fromkeys(record.listing_id for record in alike)
        if cls is EmployerHold:
            employers = {record.employer_id for record in alike}
            return dict.fromkeys(one for employer_id in employers for one in public.listings_of(self.connection, employer_id))
        return {}

    def drop(self, cls: type, record_id: str, revision: int | None = None) -> None:
        """Delete a record, all its revisions or one, and bring what the public sees in step."""
        table = TABLES[cls]
        held = self.get(cls, record_id) if cls in DECIDES_PUBLIC else None
        this = () if revision is None else (table.c.revision == revision,)
        self.connection.execute(sa.delete(table).where(table.c.id == record_id, *this))
        self._topics.add(TOPIC_OF[cls])
        if held is not None and (listings := self._listings_of(cls, [held])):
            public.project(self.connection, listings, self.today, self.sure)

    def called_at(self) -> datetime | None:
        """Give when a visitor called last whom nobody has answered, or None; the board may ask it."""
        table = TABLES[StaffCall]
        last = self.connection.scalar(sa.select(sa.func.max(table.c.called_at)).where(table.c.answered_at.is_(None)))
        return datetime.fromisoformat(last) if last else None

    def facility_facts(self) -> Sequence[tuple[Facility, bool, datetime]]:
        """Give of each facility that somebody has looked at whether it works and when that was said last; the board may ask it."""
        c = TABLES[FacilityCheck].c
        newest = sa.select(c.ok, c.checked_at).order_by(c.checked_at.desc(), c.id.desc()).limit(1)
        said = ((one, self.connection.execute(newest.where(c.facility == one.value)).first()) for one in Facility)
        return [(one, bool(last.ok), datetime.fromisoformat(last.checked_at)) for one, last in said if last is not None]

    def sweep(self) -> int:
        """Take listings that have ended out of the public, and bring back what a clock that ran ahead had taken; give how many."""
        before = self.recall(SWEPT_ON)
        if before != self.today.isoformat():
            self.remember(SWEPT_ON, self.today.isoformat())
        moved = public.sweep(self.connection, self.today, self.sure)
        if before is not None and before > self.today.isoformat():
            moved += public.bring_back(self.connection, self.today, self.sure)
        if moved:
            self._topics.add("listing")
        return moved

    def published(self, listing_id: str) -> Published | None:
        """Give a listing as it stands in public, or None."""
        return self._published(public_listing.c.listing_id == listing_id)

    def numbered(self, number: int) -> Published | None:
        """Give the public listing with this short number (17号), or None."""
        return self._published(public_listing.c.number == number)

    def left(self, number: int) -> str | None:
        """Give the id of the listing that had this short number last and is no longer in public; None when another has it, or none had."""
        ended = sa.select(public_listing.c.listing_id).where(public_listing.c.number == number, sa.not_(self._alive()))
        return public.left(self.connection, number) or self.connection.scalar(ended)

    def _published(self, where: sa.ColumnElement[bool]) -> Published | None:
        row = self.connection.execute(sa.select(public_listing).where(where, self._alive())).mappings().first()
        return None if row is None else public.read_published(row)

    def newest(self, limit: int | None = None, offset: int = 0, station_id: str = "") -> Iterator[Published]:
        """Give what stands in public, or one station's of it, newest publication first, one at a time: all of a county are 25 MB."""
        query = sa.select(public_listing).where(self._alive(), self._of(station_id))
        query = query.order_by(public_listing.c.seq.desc()).limit(limit).offset(offset)
        yield from map(public.read_published, self.connection.execute(query).mappings())

    def count_public(self, station_id: str) -> int:
        """Count what a station has in public."""
        query = sa.select(sa.func.count()).select_from(public_listing).where(self._alive(), self._of(station_id))
        return self.connection.scalar(query) or 0

    def daily_pay(self) -> Sequence[tuple[Trade, int | None]]:
        """Give trade and fen a day of all that stands in public; None where no day can be reckoned."""
        query = sa.select(public_listing.c.trade, public_listing.c.day_fen).where(self._alive())
        return [(Trade(trade), day_fen) for trade, day_fen in self.connection.execute(query)]

    @staticmethod
    def _of(station_id: str) -> sa.ColumnElement[bool]:
        return public_listing.c.station_id == station_id if station_id else sa.true()

    def _alive(self) -> sa.ColumnElement[bool]:
        return public_listing.c.ends_on >= self.today.isoformat()

    def search(
        self, query: str, filters: search.Filters, order: search.Order = search.Order.NEWEST, limit: int = 20, offset: int = 0
    ) -> Sequence[Published]:
        """Find public listings by words, pinyin or numbers."""
        seqs = search.search(self.connection, query, filters, order, limit, offset)
        rows = self.connection.execute(sa.select(public_listing).where(public_listing.c.seq.in_(seqs))).mappings()
        by_seq = {row["seq"]: public.read_published(row) for row in rows}
        return [by_seq[seq] for seq in seqs]

    def remember(self, key: str, value: str, topic: str = "") -> None:
        """Keep a small piece of state: out of the board's sight, unless schema.PUBLIC_STATE names it. Readers of `topic` are told."""
        if topic:
            self._topics.add(topic)
        self.connection.execute(sa.insert(_memory(key)).prefix_with("OR REPLACE"), {"key": key, "value": value})

    def recall(self, key: str) -> str | None:
        """Give a small piece of state, or None."""
        table = _memory(key)
        return self.connection.scalar(sa.select(table.c.value).where(table.c.key == key))

    def attach(self, digest: str, content: bytes, kind: str) -> None:
        """Keep a file under its SHA-256, for the county too; the same file once."""
        self.connection.execute(insert(attachment).values(digest=digest, content=content, kind=kind).on_conflict_do_nothing())

    def attached(self, digest: str) -> bytes | None:
        """Give a file by its SHA-256."""
        return self.connection.scalar(sa.select(attachment.c.content).where(attachment.c.digest == digest))

    def detach(self, kind: str, but: Collection[str] = ()) -> None:
        """Forget all files of a kind but these, by their SHA-256."""
        self.connection.execute(sa.delete(attachment).where(attachment.c.kind == kind, attachment.c.digest.not_in(but)))

    def unsent(self) -> Sequence[tuple[str, str, int]]:
        """Give files that the county lacks and has not refused, as (digest, kind, size), small ones first."""
        size = sa.func.length(attachment.c.content)
        query = sa.select(attachment.c.digest, attachment.c.kind, size).where(attachment.c.told == "")
        return [tuple(row) for row in self.connection.execute(query.order_by(size, attachment.c.digest))]

    def told(self, digest: str, word: str) -> None:
        """Note what the county said to a file: `sent`, or why it is refused."""
        self.connection.execute(sa.update(attachment).where(attachment.c.digest == digest).values(told=word))
        self._topics.add("safety")

    def refused_files(self) -> Sequence[tuple[str, str]]:
        """Give files that the county refused, as (digest, code)."""
        query = sa.select(attachment.c.digest, attachment.c.told).where(attachment.c.told.not_in(("", SENT)))
        return [tuple(row) for row in self.connection.execute(query)]

    def send_files_again(self, word: str) -> None:
        """Let files of which this stands be sent again."""
        self.connection.execute(sa.update(attachment).where(attachment.c.told == word).values(told=""))

    def next_number(self, key: str) -> int:
        """Count up: 1, 2, 3 … for each key."""
        number = int(self.recall(key) or 0) + 1
        self.remember(key, str(number))
        return number

    def audit(self, now: datetime, actor_id: str, act: str, subject_id: str, **facts: str) -> None:
        """Add one act to the chain of responsibility."""
        chain.append(self.connection, now, actor_id, act, subject_id, facts)

    def chain_head(self) -> chain.Head | None:
        """Give number and hash of the newest act, or None."""
        return chain.head(self.connection)

    def bury(self, cls: type, record_id: str, revision: int) -> None:
        """Take a record away that is not, or no longer, for this station, and keep older word of it out."""
        self.drop(cls, record_id)
        row = insert(tombstone).values(record_id=record_id, entity=NAME_OF[cls], revision=revision)
        said = row.excluded.revision
        newer = row.on_conflict_do_update(index_elements=["record_id"], set_={"revision": said}, where=said > tombstone.c.revision)
        self.connection.execute(newer)

    def unbury(self, *record_ids: str) -> None:
        """Forget tombstones."""
        self.connection.execute(sa.delete(tombstone).where(tombstone.c.record_id.in_(record_ids)))

    def outgoing(self, limit: int) -> Sequence[Outgoing]:
        """Give changes that the county has neither acknowledged nor refused, oldest first, each with its record as it is now."""
        return outgoing.waiting(self.connection, limit)

    def outbox_size(self) -> int:
        """Count what the county has not acknowledged or refused."""
        return outgoing.size(self.connection)

    def is_new_to_county(self, record_id: str) -> bool:
        """Say whether the county has no revision of a record of ours yet."""
        return outgoing.is_new(self.connection, record_id)

    def acknowledge(self, sequences: Sequence[int]) -> None:
        """Forget changes that the county has."""
        self.connection.execute(sa.delete(outbox).where(outbox.c.sequence.in_(sequences)))

    def park(self, sequence: int, code: str, reason: str) -> None:
        """Set a refused change aside for staff, so that it blocks nothing."""
        self.connection.execute(sa.update(outbox).where(outbox.c.sequence == sequence).values(refused_code=code, refused_reason=reason))

    def set_aside(self, record: Any, code: str = inbox.TAKEN, reason: str = "") -> None:
        """Keep what the county contradicts for staff, with its content, whatever becomes of the record."""
        inbox.set_aside(self.connection, record, code, reason)

    def unpark(self, *codes: str) -> None:
        """Let changes that were refused with these codes be sent again."""
        again = sa.update(outbox).where(outbox.c.refused_code.in_(codes), outbox.c.data.is_(None))
        if self.connection.execute(again.values(refused_code=None, refused_reason=None)).rowcount:
            self._topics.add("outbox")

    def unsay(self, record_id: str) -> None:
        """Forget what was set aside of a record: its person withdrew."""
        inbox.unsay(self.connection, record_id)

    def parked(self) -> Sequence[tuple[str, str, str, str]]:
        """Give refused changes as (entity, record id, code, reason)."""
        query = sa.select(outbox.c.entity, outbox.c.record_id, outbox.c.refused_code, outbox.c.refused_reason)
        return [tuple(row) for row in self.connection.execute(query.where(outbox.c.refused_code.is_not(None)))]

    def queue_ours(self, cls: type, record_id: str, has: Collection[int], station_id: str) -> None:
        """Queue what the county, which has the revisions `has`, lacks of a record of this station's (`outgoing.queue`)."""
        if outgoing.queue(self.connection, cls, record_id, has, station_id, self.recall("sync.device_id") or ""):
            self._topics.add("outbox")

    def standing(self, entity: str) -> Iterator[tuple[str, int, bool]]:
        """Give of one kind of record what the county should know us to hold: (id, revision, whether it is a tombstone)."""
        return outgoing.standing(self.connection, entity)

    def sizes(self) -> dict[str, int]:
        """Count the rows of each table."""
        names = (*(table.name for table in TABLES.values()), outbox.name, public_listing.name)
        return {name: self.connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0 for name in sorted(names)}

    def bump(self) -> None:
        """Move the counters of the topics that this transaction touched."""
        for name in sorted(self._topics):
            self.connection.exec_driver_sql(
                "INSERT INTO topic VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET counter = counter + 1", (name,)
            )


class Store:
    """The database, shared by threads; each unit of work takes a connection of its own."""

    def __init__(
        self, open_connection: Callable[[], Any], clock: Callable[[], datetime], path: Path, sure: Callable[[], bool] = lambda: True
    ) -> None:
        self._engine = sa.create_engine(
            "sqlite://", module=sqlcipher, creator=open_connection, poolclass=sa.pool.QueuePool, hide_parameters=True
        )
        self._open, self._clock, self._path = open_connection, clock, path
        self.knows_time = sure

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Open a unit of work that commits when it ends well; raises StoreBusy or StoreFull."""
        with self._transaction("BEGIN IMMEDIATE") as unit:
            yield unit
            unit.bump()

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Open a consistent read."""
        with self._transaction("BEGIN") as unit:
            yield unit

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[UnitOfWork]:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql(begin)
                try:
                    yield UnitOfWork(connection, self._clock().astimezone(CHINA).date(), self.knows_time())
                    connection.exec_driver_sql("COMMIT")
                except BaseException as error:
                    if _is_lost(error):
                        connection.invalidate()
                    else:
                        with suppress(sa.exc.DBAPIError):  # a full disk has already rolled back by itself
                            connection.exec_driver_sql("ROLLBACK")
                    raise
        except sa.exc.DBAPIError as error:
            raise mapped(error.orig or error) from error
        except MemoryError as error:
            raise mapped(error) from error

    def watch(self) -> "Watcher":
        """Give a watcher that notices other processes' commits."""
        return Watcher(self._open(), self._path)

    def counters(self) -> dict[str, int]:
        """Give each topic's change counter."""
        with self.read() as unit:
            return dict(map(tuple, unit.connection.execute(sa.select(topic.c.name, topic.c.counter))))

    def close(self) -> None:
        """Close idle connections."""
        self._engine.dispose()


class Watcher:
    """Notices commits on a raw autocommit connection outside the pool: a connection in a transaction never sees `data_version` move."""

    def __init__(self, raw: Any, path: Path) -> None:
        self._raw, self._path, self._file = raw, path, _file(path)
        self._version = -1
        self._counters: dict[str, int] = {}

    def changed(self) -> set[str]:
        """Give the topics that moved since the last call; everything on the first. Costs microseconds when nothing was committed."""
        try:
            (version,) = self._raw.execute("PRAGMA data_version").fetchone()
            if version == self._version:
                return set()
            counters = dict(self._raw.execute("SELECT name, counter FROM topic").fetchall())
        except (sqlcipher.DatabaseError, MemoryError) as error:
            raise mapped(error) from error
        self._version = version
        moved = {name for name, n in counters.items() if self._counters.get(name) != n}
        self._counters = counters
        return moved

    def replaced(self) -> bool:
        """Say whether another file stands at the path by now, or none: what was opened is read by nobody else any more."""
        return _file(self._path) != self._file

    def close(self) -> None:
        """Close the connection."""
        self._raw.close()


def _file(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_lost(error: BaseException) -> bool:
    """Say whether the connection met a page that cannot be read: it answers nothing any more, and a new one still reads the others."""
    return isinstance(mapped(getattr(error, "orig", None) or error), StoreDamaged)


def _equal(table: sa.Table, equals: dict[str, Any]) -> tuple[list[sa.ColumnElement[bool]], dict[str, Any]]:
    """Give conditions and their values apart: what stands in a statement stays in SQLAlchemy's cache, and may be somebody's phone."""
    values = {name: to_plain(value) for name, value in equals.items()}
    where = [table.c[name].is_(None) if value is None else table.c[name] == sa.bindparam(f"is_{name}") for name, value in values.items()]
    return where, {f"is_{name}": value for name, value in values.items() if value is not None}


def _memory(key: str) -> sa.Table:
    return public_memory if key in PUBLIC_STATE else memory


def open_store(
    path: Path,
    key: str,
    *,
    board: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sure: Callable[[], bool] = lambda: True,
) -> Store:
    """Open the store at `path` (already migrated); raise WrongKey, or StoreError when it is missing or of another version.

    `sure` says whether what `clock` gives is known.
    """
    if not path.exists():
        raise StoreError(f"there is no store at {path.name}")
    connect(path, key, board=board).close()
    return Store(lambda: connect(path, key, board=board), clock, path, sure)
