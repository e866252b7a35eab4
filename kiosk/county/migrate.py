"""Brings the hub's database to the newest version: one transaction, one migrating process at a time."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

LOCK = 420_923
"""An advisory lock, so that several workers may start at once."""


def migrate(engine: sa.Engine) -> None:
    """Upgrade to the newest version, or do nothing."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
