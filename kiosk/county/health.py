"""Whether the hub can do its work, and what the database says of it. Looks only."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext

from kiosk.county.metrics import Facts
from kiosk.county.migrate import newest
from kiosk.county.schema import county, device
from kiosk.county.settings import HubSettings

FREE_MB = 200
LATELY = timedelta(minutes=5)
UNKEPT = sa.text("SELECT last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver")


def wrong(engine: sa.Engine, settings: HubSettings) -> list[str]:
    """Name what is wrong, in words without a value; raise SQLAlchemyError when the database does not answer."""
    found = []
    with engine.connect() as connection:
        read_only = connection.scalar(sa.text("SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean"))
        if MigrationContext.configure(connection).get_current_revision() != newest():
            found.append("migrations")
    if read_only:
        found.append("database is read-only")
    if shutil.disk_usage(Path(settings.state)).free < FREE_MB * 1_000_000:
        found.append("disk")
    return found


def facts(engine: sa.Engine, county_id: str, now: datetime) -> Facts:
    """Give what the database says; nothing when it does not answer."""
    mine = device.c.county_id == county_id
    lately = sa.select(sa.func.count()).where(mine, device.c.revoked_at.is_(None), device.c.heard_at > now - LATELY)
    try:
        with engine.connect() as connection:
            head = connection.scalar(sa.select(county.c.feed_position).where(county.c.county_id == county_id))
            heard, unkept = connection.scalar(lately), connection.scalar(UNKEPT)
    except sa.exc.SQLAlchemyError:
        return {"hub_database_up": ("Whether the database answers", 0)}
    return {
        "hub_database_up": ("Whether the database answers", 1),
        "hub_feed_position": ("Head of the feed", head or 0),
        "hub_archive_failing": ("Whether PostgreSQL cannot put its log into the backup", float(bool(unkept))),
        "hub_devices_heard": ("Terminals heard of in the last five minutes", heard or 0),
    }
