"""A station's disk: a real encrypted store in memory that is killed at any statement, runs full, is backed up and put back.

It notes what each transaction wrote of the station's own records and over what, which is what must not be lost.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from kiosk.store.connection import connect
from kiosk.store.store import Store, UnitOfWork
from tests.station import KEY

WRITES = ("INSERT", "UPDATE", "DELETE")


class KilledError(BaseException):
    """The process died here. Not an Exception: nothing in the product may catch it."""


@dataclass(frozen=True, slots=True)
class Written:
    """One record of the station's own as a transaction wrote it, and what stood there before (None: nothing)."""

    record: Any
    before: Any


class Noting:
    """A unit of work that notes what is kept."""

    def __init__(self, unit: UnitOfWork, written: list[Written]) -> None:
        self._unit, self._written = unit, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def keep(self, record: Any) -> None:
        self._written.append(Written(record, self._unit.get(type(record), record.id)))
        self._unit.keep(record)


class DyingStore(Store):
    """A store whose process dies after so many statements, or whose disk has no room for so many writes.

    One of them serves schedule after schedule (`begin`), so that SQLAlchemy need not make the same statements' texts again.
    """

    def __init__(self) -> None:
        self.path = Path()
        self._now: Callable[[], datetime] = lambda: datetime.now(UTC)
        super().__init__(lambda: connect(self.path, KEY), lambda: self._now(), self.path)
        self.sure: list[Written] = []
        self.unsure: list[Written] = []
        self.begin(self.path, self._now)
        sa.event.listen(self._engine, "before_cursor_execute", self._before)
        sa.event.listen(self._engine, "after_cursor_execute", self._after)
        sa.event.listen(self._engine, "do_execute", self._execute)

    def begin(self, path: Path, now: Callable[[], datetime]) -> None:
        """Serve another file."""
        self.path = self._path = path
        self._now = now
        self.sure, self.unsure = [], []
        self.reopen()

    def reopen(self) -> None:
        """Start the process again, on a disk with room."""
        self.close()
        self.lives: int | None = None
        self.room: int | None = None
        self.dead = False

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """Open a unit of work that notes what it keeps: for sure when its commit came back, else perhaps."""
        written: list[Written] = []
        try:
            with super().write() as unit:
                yield cast(UnitOfWork, Noting(unit, written))
        except BaseException:
            self.unsure += written
            raise
        self.sure += written

    def _before(self, *_: Any) -> None:
        if self.dead:
            raise KilledError
        if self.lives is not None:
            self.lives -= 1
            if self.lives < 0:
                self.dead = True
                raise KilledError

    def _after(self, *_: Any) -> None:
        # the last of its lives: the statement (a COMMIT, perhaps) was done, and nobody was told
        if self.lives == 0:
            self.dead = True
            raise KilledError

    def _execute(self, _cursor: Any, statement: str, *_: Any) -> None:
        if self.room is not None and statement.lstrip().startswith(WRITES):
            self.room -= 1
            if self.room < 0:
                raise sqlcipher.OperationalError("database or disk is full")


class Disk:
    """Where one terminal's store lies, and the copies of it."""

    def __init__(self, store: DyingStore, path: Path, clock: Callable[[], datetime]) -> None:
        self.path, self.store = path, store
        self.copies: list[Path] = []
        store.begin(path, clock)

    def back_up(self) -> None:
        """Copy the store as a backup program does, between two transactions."""
        self.store.close()
        copy = self.path.with_suffix(f".{len(self.copies)}")
        shutil.copyfile(self.path, copy)
        self.copies.append(copy)

    def restore(self, copy: Path) -> None:
        """Put an older copy in the store's place."""
        self.store.close()
        for leftover in self.path.parent.glob(f"{self.path.name}-*"):
            leftover.unlink()
        shutil.copyfile(copy, self.path)

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        """Read a whole table."""
        with self.store.read() as u:
            return [dict(row) for row in u.connection.execute(sa.select(table)).mappings()]
