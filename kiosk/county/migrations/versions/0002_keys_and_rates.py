"""Tokens that are renewed, ticket keys by generation, the incarnation of the database, rates."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Terminals of before keep their rows but must enrol anew: their tokens were hashes of chance, which no key makes again."""
    instant = sa.DateTime(timezone=True)
    op.add_column("county", sa.Column("incarnation", sa.Text(), nullable=True))
    op.drop_constraint("uq_device_county_id_token_hash", "device")
    op.alter_column("device", "token_hash", new_column_name="salt")
    op.add_column("device", sa.Column("generation", sa.Integer(), nullable=True))
    op.add_column("device", sa.Column("renewed_at", instant, nullable=True))
    op.add_column("device", sa.Column("renew_asked_at", instant, nullable=True))
    op.execute("UPDATE device SET generation = 1, renewed_at = enrolled_at")
    op.alter_column("device", "generation", nullable=False)
    op.alter_column("device", "renewed_at", nullable=False)
    op.add_column("ticket_key", sa.Column("generation", sa.Integer(), nullable=True))
    op.execute("UPDATE ticket_key SET generation = 1")
    op.alter_column("ticket_key", "generation", nullable=False)
    op.create_unique_constraint("uq_ticket_key_county_id_device_id_generation", "ticket_key", ["county_id", "device_id", "generation"])
    op.add_column("enrolment_code", sa.Column("nonce_hash", sa.Text(), nullable=True))
    op.create_table(
        "rate",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "who", name=op.f("pk_rate")),
        prefixes=["UNLOGGED"],
    )
