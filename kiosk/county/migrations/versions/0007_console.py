"""The console: who may sign in, who is signed in, and what was done there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "console_user",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("sealed_totp", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", instant),
        sa.Column("invite_hash", sa.Text(), nullable=False),
        sa.Column("invite_ends_at", instant),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_console_user")),
        sa.UniqueConstraint("county_id", "login", name=op.f("uq_console_user_county_id_login")),
    )
    op.create_table(
        "console_seat",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("seen", instant, nullable=False),
        sa.PrimaryKeyConstraint("county_id", "secret_hash", name=op.f("pk_console_seat")),
    )
    op.create_table(
        "console_act",
        sa.Column("county_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("facts", JSONB(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "number", name=op.f("pk_console_act")),
    )
    op.create_index(op.f("ix_console_act_subject"), "console_act", ["county_id", "subject"])
