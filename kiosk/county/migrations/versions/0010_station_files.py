"""Files that stations send: whose they are and what for; what is in them lies beside the database."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "station_file",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("county_id", "station_id", "digest", name=op.f("pk_station_file")),
    )
    op.create_index("ix_station_file_digest", "station_file", ["county_id", "digest"])
