"""Makes and upgrades the store. Alembic is not transactional on SQLite: a copy is migrated, looked through, and put in the store's place;
the old one stays beside it as `station.db.before-VERSION-STAMP`, for the program of before.

Run by the set-up step alone, before any process has the store open.
"""

import secrets
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from kiosk.errors import StoreError, StoreFull
from kiosk.store import backup, swap
from kiosk.store.connection import connect, mapped

MIGRATIONS = Path(__file__).parent / "migrations"
KEY_BYTES = 32
COPIES = 3
"""A copy, the log of its upgrade, and room to go on."""


def make_key(path: Path) -> str:
    """Read the raw key, or make one in a 0600 file, whole or not at all: 64 hex digits."""
    if not path.exists():
        swap.write_whole(path, secrets.token_hex(KEY_BYTES).encode())
    return path.read_text().strip()


def migrate(path: Path, key: str, key_path: Path | None = None, migrations: Path = MIGRATIONS) -> None:
    """Bring the store at `path` to the newest version; raise StoreError and leave the old file alone when that fails."""
    if path.exists() and version(path, key) == _head(migrations):
        return
    candidate = path.with_suffix(".migrating")
    for left in candidate.parent.glob(f"{candidate.name}*"):
        left.unlink()
    before = version(path, key) if path.exists() else None
    if path.exists():
        backup.copy_store(path, key, candidate)
    upgrade(candidate, key, migrations)
    swap.put(path, candidate, key_path or path.with_suffix(".key"), f"before-{before}", datetime.now(UTC))


def try_on_copy(path: Path, key: str, migrations: Path = MIGRATIONS) -> None:
    """Do with a copy what `migrate` does, and throw it away; raise StoreFull where it has no room, StoreError."""
    candidate = path.with_suffix(".tried")
    try:
        if shutil.disk_usage(path.parent).free < COPIES * path.stat().st_size:
            raise StoreFull("no room for a copy")
        backup.copy_store(path, key, candidate)
        upgrade(candidate, key, migrations)
    finally:
        for left in candidate.parent.glob(f"{candidate.name}*"):
            left.unlink()


def is_later(path: Path, key: str, migrations: Path = MIGRATIONS) -> bool:
    """Say whether a later program has upgraded the store; raise StoreError."""
    told = version(path, key)
    return told is not None and told not in {one.revision for one in ScriptDirectory(str(migrations)).walk_revisions()}


def kept_before(path: Path, migrations: Path = MIGRATIONS) -> list[Path]:
    """Give the stores of this program's version that were kept when a later one upgraded them, newest first."""
    found = path.parent.glob(f"{path.name}.before-{_head(migrations)}-*")
    return sorted((one for one in found if not one.name.endswith(("-wal", "-shm"))), reverse=True)


def upgrade(file: Path, key: str, migrations: Path = MIGRATIONS) -> None:
    """Bring a file that is nobody's store yet to the newest version, and look it through; raise StoreError.

    A table that was there may not have fewer rows than before.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations))
    with closing(connect(file, key)) as raw:
        engine = sa.create_engine("sqlite://", module=sqlcipher, creator=lambda: raw, poolclass=sa.pool.StaticPool)
        try:
            had = table_counts(raw)
            with engine.connect() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
            has = table_counts(raw)
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sa.exc.DBAPIError as error:
            raise mapped(error.orig or error) from error
        except (sqlcipher.DatabaseError, MemoryError) as error:
            raise mapped(error) from error
        except CommandError as error:
            raise StoreError(f"not a version of this program's: {error}") from None
    backup.check(file, key)
    if version(file, key) != _head(migrations):
        raise StoreError("the migrated copy is of another version")
    if lost := [name for name, count in had.items() if name in has and has[name] < count]:
        raise StoreError(f"the migrated copy lost rows of {', '.join(lost)}")


def version(path: Path, key: str) -> str | None:
    """Give a store's version, None where it has none; raise StoreError."""
    with closing(connect(path, key)) as raw:
        try:
            row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlcipher.OperationalError:
            return None
        except (sqlcipher.DatabaseError, MemoryError) as error:
            raise mapped(error) from error
        return str(row[0]) if row else None


def table_counts(raw: Any) -> dict[str, int]:
    """Count the rows of every table."""
    names = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    return {name: raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def _head(migrations: Path) -> str | None:
    return ScriptDirectory(str(migrations)).get_current_head()
