"""The first store."""

from alembic import op
from kiosk.store.search import DDL

from kiosk.store.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table and the search index."""
    metadata.create_all(op.get_bind())
    for statement in DDL:
        op.execute(statement)
