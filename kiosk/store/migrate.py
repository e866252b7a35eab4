"""Makes and upgrades the store. Alembic is not transactional on SQLite, so a copy is migrated, verified, and renamed into place.

Run by the set-up step alone, before any process has the store open.
"""

import secrets
import shutil
from pathlib import Path

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from kiosk.errors import StoreError
from kiosk.store.connection import connect


def make_key(path: Path) -> str:
    """Read the raw key, or make one in a 0600 file: 64 hex digits."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()


def migrate(path: Path, key: str) -> None:
    """Bring the store at `path` to the newest version; raise StoreError and leave the old file alone when that fails."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    if path.exists() and _version(path, key) == head:
        return
    copy = path.with_suffix(".migrating")
    for leftover in copy.parent.glob(f"{copy.name}*"):
        leftover.unlink()
    if path.exists():
        raw = connect(path, key)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        shutil.copyfile(path, copy)
    raw = connect(copy, key)
    try:
        engine = sa.create_engine("sqlite://", module=sqlcipher, creator=lambda: raw, poolclass=sa.pool.StaticPool)
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        (verdict,) = raw.execute("PRAGMA integrity_check").fetchone()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()
    if verdict != "ok" or _version(copy, key) != head:
        raise StoreError(f"the migrated copy is not sound: {verdict}")
    for leftover in path.parent.glob(f"{path.name}-*"):
        leftover.unlink()
    copy.replace(path)


def _version(path: Path, key: str) -> str | None:
    raw = connect(path, key)
    try:
        row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    except sqlcipher.OperationalError:
        return None
    finally:
        raw.close()
