"""The first hub."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table. Spelt out, because a later version's tables must not appear here."""
    op.create_table(
        "county",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("feed_epoch", sa.Text(), nullable=False),
        sa.Column("feed_position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_county")),
    )
    op.create_table(
        "device",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("push_epoch", sa.Text(), nullable=True),
        sa.Column("push_batch", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("push_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_device")),
        sa.UniqueConstraint("county_id", "token_hash", name=op.f("uq_device_county_id_token_hash")),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("county_id", "code_hash", name=op.f("pk_enrolment_code")),
    )
    op.create_table(
        "enrolment_failure",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_enrolment_failure")),
    )
    op.create_index("ix_enrolment_failure_source", "enrolment_failure", ["county_id", "source", "failed_at"])
    op.create_table(
        "feed",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "audience", "entity", "record_id", "slot", name=op.f("pk_feed")),
    )
    op.create_index("ix_feed_audience", "feed", ["county_id", "audience", "position"])
    op.create_index("ix_feed_record", "feed", ["county_id", "record_id"])
    op.create_index("ix_feed_urgent", "feed", ["county_id", "audience", "position"], postgresql_where=sa.text("urgent"))
    op.create_table(
        "record",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("data", JSONB(none_as_null=True), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "entity", "id", "revision", name=op.f("pk_record")),
    )
    op.create_index("ix_record_about", "record", ["county_id", "about"])
    op.create_table(
        "station",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_station")),
    )
    op.create_table(
        "ticket_key",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "key_id", name=op.f("pk_ticket_key")),
    )
