"""The hub's tables. Every row carries its county, so that a province can partition or distribute by it. Knows no statement and no rule."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _county() -> sa.Column[str]:
    return sa.Column("county_id", sa.Text, primary_key=True)


def _instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


county = sa.Table(
    "county",
    metadata,
    _county(),
    sa.Column("feed_epoch", sa.Text, nullable=False),
    sa.Column("feed_position", sa.BigInteger, nullable=False),
    sa.Column("incarnation", sa.Text),
)
"""The head of each county's feed. Its row lock is what makes feed order commit order. `incarnation` is what PostgreSQL said of itself when
it was last opened: one that was put back from a backup says something else."""

station = sa.Table("station", metadata, _county(), sa.Column("id", sa.Text, primary_key=True), sa.Column("parent_id", sa.Text))
"""The tree. What a station is called stands in its record; its row lock makes one station's pushes follow each other."""

device = sa.Table(
    "device",
    metadata,
    _county(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("salt", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    _instant("enrolled_at", nullable=False),
    _instant("renewed_at", nullable=False),
    _instant("renew_asked_at"),
    _instant("heard_at"),
    _instant("revoked_at"),
)
"""A token is made of `salt` and `generation` under the hub's key, so that it stands nowhere. `generation` counts its renewals, from 1."""

ticket_key = sa.Table(
    "ticket_key",
    metadata,
    _county(),
    sa.Column("key_id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("device_id", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("sealed_key", sa.LargeBinary, nullable=False),
    _instant("issued_at", nullable=False),
    sa.UniqueConstraint("county_id", "device_id", "generation"),
)
"""One for each generation of a terminal's token: slips under an old key stay good."""

enrolment_code = sa.Table(
    "enrolment_code",
    metadata,
    _county(),
    sa.Column("code_hash", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    _instant("expires_at", nullable=False),
    sa.Column("device_id", sa.Text),
    sa.Column("nonce_hash", sa.Text),
)
"""`device_id` and `nonce_hash` are set when the code was used."""

enrolment_failure = sa.Table(
    "enrolment_failure",
    metadata,
    _county(),
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    _instant("failed_at", nullable=False),
    sa.Index("ix_enrolment_failure_source", "county_id", "source", "failed_at"),
)

rate = sa.Table(
    "rate",
    metadata,
    _county(),
    sa.Column("who", sa.Text, primary_key=True),
    _instant("since", nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    prefixes=["UNLOGGED"],
)
"""How often a terminal or an address has asked in the minute since `since`. Nothing is lost when it is."""

record = sa.Table(
    "record",
    metadata,
    _county(),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("data", JSONB(none_as_null=True)),
    sa.Column("about", sa.Text),
    _instant("received_at", nullable=False),
    sa.Index("ix_record_about", "county_id", "about"),
)
"""Every record as its owner wrote it, unknown fields included. `data` NULL is a tombstone; `about` names the record that this one is
about (a review's listing). Listings keep all revisions, the rest only the newest."""

seen = sa.Table(
    "seen",
    metadata,
    _county(),
    sa.Column("device_id", sa.Text, primary_key=True),
    sa.Column("epoch", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True),
    sa.Column("change_id", sa.Text, nullable=False),
)
"""What was accepted, so that sending it again changes nothing."""

feed = sa.Table(
    "feed",
    metadata,
    _county(),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("op", sa.Text, nullable=False),
    sa.Column("device_id", sa.Text, nullable=False),
    sa.Index("ix_feed_audience", "county_id", "audience", "position"),
    sa.Index("ix_feed_record", "county_id", "record_id"),
)
"""What changed for whom, in commit order. It names records and copies none, so that a withdrawal has nothing to hunt for here."""
