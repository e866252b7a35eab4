"""Where each listing stands, for the console's search; workers and employers found by what the county asks for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the tables and the indexes. The rows come by and by: the hub makes them from its feed."""
    op.create_table(
        "listing_row",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("employer_id", sa.Text()),
        sa.Column("text_key", sa.Text()),
        sa.Column("place_key", sa.Text()),
        sa.Column("findings", ARRAY(sa.Text()), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_listing_row")),
    )
    for first, *more in (
        ("station_id", "collected_at", "id"),
        ("state", "collected_at", "id"),
        ("trade", "collected_at", "id"),
        ("phone", "collected_at"),
        ("employer_id",),
        ("text_key",),
        ("place_key",),
    ):
        op.create_index(f"ix_listing_row_{first}", "listing_row", ["county_id", first, *more])
    lately = ["station_id", "phone", "text_key", "state", "held", "findings"]
    op.create_index("ix_listing_row_collected_at", "listing_row", ["county_id", "collected_at", "id"], postgresql_include=lately)
    op.create_index("ix_listing_row_held", "listing_row", ["county_id", "collected_at", "id"], postgresql_where=sa.text("held"))
    op.create_index("ix_listing_row_words", "listing_row", ["words"], postgresql_using="gin")
    op.create_table(
        "listing_mark",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_listing_mark")),
    )
    for entity, name, what in (
        ("worker", "name", "(data ->> 'name')"),
        ("worker", "phone", "(data ->> 'phone'), (data ->> 'name')"),
        ("worker", "last_four", "substr(data ->> 'phone', 8)"),
        ("employer", "phone", "(data ->> 'phone')"),
        ("employer", "name", "(data ->> 'name')"),
        ("employer", "uscc", "(data ->> 'uscc')"),
    ):
        op.execute(f"CREATE INDEX ix_record_{entity}_{name} ON record (county_id, {what}) WHERE entity = '{entity}'")
