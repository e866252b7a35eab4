"""Opens SQLCipher connections: key, WAL, durability, and the board's authorizer; says whether the file is whole. Knows no table but the
names that the board may read.
"""

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from kiosk.errors import StoreBusy, StoreDamaged, StoreError, StoreFull, WrongKey

BOARD_TABLES = frozenset(
    {"public_listing", "topic", "station", "policy", "training", "notice", "slip_call", "public_memory", "alembic_version"}
)
"""Tables that the board's connection may read whole: no contact, no person, no staff, no key."""
BOARD_COLUMNS = {
    "staff_call": frozenset({"called_at", "answered_at"}),
    "facility_check": frozenset({"id", "facility", "ok", "checked_at"}),
}
"""Of these tables it may read so much: that somebody calls, not from which page, nor who of the staff came; that something works, not who
looked, nor what he noted."""

_READ, _SELECT, _FUNCTION, _PRAGMA, _TRANSACTION, _RECURSIVE = 20, 21, 31, 19, 22, 33
BUSY_MS = 5000
FULL = ("full", "readonly", "unable to open", "disk I/O")
"""A write that goes beyond what the file system gives is "disk I/O error" where it is a limit, not the disk itself, that is reached."""
BOARD_CACHE_KB = 512
"""The board reads everything through and then a row at a time: eight megabytes of pages would only lie there."""


def _board_may(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    if action in (_SELECT, _FUNCTION, _TRANSACTION, _RECURSIVE):
        return 0
    if action == _READ and (first in BOARD_TABLES or second in BOARD_COLUMNS.get(first or "", ())):
        return 0
    if action == _PRAGMA and first in ("data_version", "read_uncommitted"):  # the second is asked by SQLAlchemy
        return 0
    return 1


def connect(path: Path, key: str, *, board: bool = False, closed: bool = False) -> Any:
    """Open one autocommit connection; raise WrongKey when the key (64 hex digits) does not open the file, else StoreError.

    `closed`: look into a file that nobody has open, and leave no byte beside it or in it.
    """
    if len(key) != 64 or any(c not in "0123456789abcdef" for c in key):
        raise WrongKey("the key is not 64 hex digits")
    try:
        name = f"{path.absolute().as_uri()}?immutable=1" if closed else str(path)
        raw = sqlcipher.connect(name, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000, uri=closed)
        raw.execute("PRAGMA cipher_log_level=NONE")  # what goes wrong is raised; the library would also write it to stderr
        raw.execute(f"PRAGMA key=\"x'{key}'\"")
        raw.execute("PRAGMA cipher_memory_security=OFF")
        raw.execute("SELECT count(*) FROM sqlite_master")
        if not closed:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA foreign_keys=ON")
    except (sqlcipher.DatabaseError, MemoryError) as error:
        raise mapped(error) from None
    if board:
        raw.execute("PRAGMA query_only=ON")
        raw.execute(f"PRAGMA cache_size=-{BOARD_CACHE_KB}")
        raw.set_authorizer(_board_may)
    return raw


def mapped(error: BaseException) -> StoreError:
    """Turn what the library raised into one of ours.

    A page that cannot be deciphered is "malformed" or a bare "SQL logic error", and whatever follows on that connection a MemoryError.
    """
    words = str(error)
    if isinstance(error, MemoryError) or "malformed" in words or "SQL logic error" in words:
        return StoreDamaged(words)
    # "locking protocol": readers were shut out of the log for ten seconds
    if any(sign in words for sign in ("locked", "busy", "locking protocol")):
        return StoreBusy(words)
    if any(sign in words for sign in FULL):
        return StoreFull(words)
    if "not a database" in words:
        return WrongKey(words)
    return StoreError(words)


def damage(connection: Any) -> str:
    """Read every page of an open store (SQLAlchemy's connection) and say what is wrong with the file; empty when it is whole."""
    return wrong_with(connection.connection.driver_connection)


def wrong_with(raw: Any) -> str:
    """Read every page through a connection as `connect` gives it and say what is wrong; empty when the file is whole."""
    try:
        pages = [row[0] for row in raw.execute("PRAGMA cipher_integrity_check")]
        rows = [row[0] for row in raw.execute("PRAGMA integrity_check")]
    except (sqlcipher.DatabaseError, MemoryError) as error:
        return str(error) or "a page cannot be read"
    return "; ".join([*pages[:1], *(row for row in rows[:1] if row != "ok")])
