"""A hub of any earlier version is brought to the newest one with every row that it had."""

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from kiosk.county.app import make_engine
from kiosk.county.cluster import PrivateCluster
from kiosk.county.migrate import config, migrate, newest
from tests.hub_parts import fresh_database

EARLIER = [one.revision for one in ScriptDirectory.from_config(config()).walk_revisions() if one.revision != newest()]
SOMETHING = {
    "boolean": "true",
    "bytea": "'\\x00'",
    "integer": "1",
    "bigint": "1",
    "smallint": "1",
    "date": "'2026-11-23'",
    "timestamp with time zone": "'2026-11-23 07:42+00'",
    "double precision": "1",
    "jsonb": "'{}'",
    "json": "'{}'",
    "ARRAY": "'{}'",
}
"""What any column of this type takes; all others take a word."""


def fill(connection: sa.Connection) -> dict[str, int]:
    """Put one row into every table; give how many rows each has."""
    query = "SELECT table_name, column_name, data_type FROM information_schema.columns"
    query += " WHERE table_schema = 'public' AND is_identity = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'"
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in connection.exec_driver_sql(query):
        columns.setdefault(table, []).append((f'"{column}"', SOMETHING.get(kind, "'w'")))
    columns.pop("alembic_version")
    for table, pairs in columns.items():
        names, values = zip(*pairs, strict=True)
        connection.exec_driver_sql(f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({", ".join(values)})')
    return {table: count(connection, table) for table in columns}


def count(connection: sa.Connection, table: str) -> int:
    """Count a table's rows."""
    return int(connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one())


@pytest.mark.parametrize("earlier", EARLIER)
def test_migration_when_the_hub_is_of_an_earlier_version_keeps_every_row(cluster: PrivateCluster, earlier: str) -> None:
    engine = make_engine(fresh_database(cluster))
    with engine.begin() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, earlier)
        had = fill(connection)
    assert len(had) > 5
    migrate(engine)
    with engine.connect() as connection:
        assert {table: count(connection, table) for table in had} == had
    engine.dispose()
