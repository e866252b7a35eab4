"""What the county decided and a restored database had lost: given back by stations, and waiting for the centre's word."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the table, and when the feed was last begun anew."""
    op.add_column("county", sa.Column("renewed_at", sa.DateTime(timezone=True)))
    op.create_table(
        "handed_back",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "entity", "id", name=op.f("pk_handed_back")),
    )
    # written by no device that could leave them out: read with one's own, or by bucket, they were left out for all
    op.execute("UPDATE feed SET device_id = 'county' WHERE device_id = ''")
    op.create_index("ix_handed_back_station_id", "handed_back", ["county_id", "station_id"])
