"""Wrong digits on phone pages, counted for the limits; records found by what the phone pages ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table and the indexes."""
    op.create_table(
        "phone_miss",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_phone_miss")),
    )
    op.create_index("ix_phone_miss_subject", "phone_miss", ["county_id", "subject", "missed_at"])
    op.create_index("ix_phone_miss_source", "phone_miss", ["county_id", "source", "missed_at"])
    op.create_index("ix_phone_miss_missed_at", "phone_miss", ["county_id", "missed_at"])
    for entity, *fields in (
        ("worker", "code"),
        ("referral", "worker_id"),
        ("listing", "trade", "ends_on"),
        ("listing", "area", "ends_on"),
    ):
        columns = ", ".join(f"(data ->> '{name}')" for name in fields)
        op.execute(f"CREATE INDEX ix_record_{entity}_{fields[0]} ON record (county_id, {columns}) WHERE entity = '{entity}'")
