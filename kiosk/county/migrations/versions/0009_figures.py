"""The counts of the county's figures, and each station's records found by whose they are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table and the index."""
    op.create_index("ix_record_owner", "record", ["county_id", "owner", "entity"])
    op.create_table(
        "figure",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("totals", JSONB(), nullable=False),
        sa.Column("spread", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "year", "scope", name=op.f("pk_figure")),
    )
