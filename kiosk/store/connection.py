"""Opens SQLCipher connections: key, WAL, durability, and the board's authorizer; says whether the file is whole. Knows no table but the
names that the board may read.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from kiosk.errors import StoreError, WrongKey

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


def connect(path: Path, key: str, *, board: bool = False) -> Any:
    """Open one autocommit connection; raise WrongKey when the key (64 hex digits) does not open the file, StoreError when there is none."""
    if len(key) != 64 or any(c not in "0123456789abcdef" for c in key):
        raise WrongKey("the key is not 64 hex digits")
    try:
        raw = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
        raw.execute("PRAGMA cipher_log_level=NONE")  # what goes wrong is raised; the library would also write it to stderr
        raw.execute(f"PRAGMA key=\"x'{key}'\"")
        raw.execute("PRAGMA cipher_memory_security=OFF")
        raw.execute("SELECT count(*) FROM sqlite_master")
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("PRAGMA foreign_keys=ON")
    except sqlcipher.DatabaseError as error:
        if "not a database" in str(error):
            raise WrongKey(str(error)) from None
        raise StoreError(str(error)) from None
    if board:
        raw.execute("PRAGMA query_only=ON")
        raw.execute(f"PRAGMA cache_size=-{BOARD_CACHE_KB}")
        raw.set_authorizer(_board_may)
    return raw


def damage(connection: Any) -> str:
    """Read every page of an open store (SQLAlchemy's connection) and say what is wrong with the file; empty when it is whole."""
    try:
        pages = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
        rows = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    except sa.exc.DBAPIError as error:
        return str(error.orig)
    return "; ".join([*pages[:1], *(row for row in rows[:1] if row != "ok")])
