"""How each terminal said it was when it last told, and what its board showed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "device_health",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", JSONB(), nullable=False),
        sa.Column("picture", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("county_id", "device_id", name=op.f("pk_device_health")),
    )
