"""Brings the hub's database to the newest version: one transaction, one migrating process at a time."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

LOCK = 420_923
"""An advisory lock, so that several workers may start at once."""


def migrate(engine: sa.Engine) -> None:
    """Upgrade to the newest version, or do nothing."""
    settings = config()
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


@cache
def newest() -> str | None:
    """Name the newest version."""
    return ScriptDirectory.from_config(config()).get_current_head()


def config() -> Config:
    """Say where the versions are."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return settings
