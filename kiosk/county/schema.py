"""The hub's tables. Every row carries its county, so that a province can partition or distribute by it. Knows no statement and no rule."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _county() -> sa.Column[str]:
    return sa.Column("county_id", sa.Text, primary_key=True)


def _found_by(entity: str, *fields: str) -> sa.Index:
    """Let one kind of record be found by what stands in it; statements must spell it the same."""
    columns = [sa.text(f"(data ->> '{name}')") for name in fields]
    return sa.Index(f"ix_record_{entity}_{fields[0]}", "county_id", *columns, postgresql_where=sa.text(f"entity = '{entity}'"))


def _instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


LAST_FOUR = "substr(data ->> 'phone', 8)"
"""The last digits of a mobile number."""

county = sa.Table(
    "county",
    metadata,
    _county(),
    sa.Column("feed_epoch", sa.Text, nullable=False),
    sa.Column("feed_position", sa.BigInteger, nullable=False),
    sa.Column("incarnation", sa.Text),
    _instant("renewed_at"),
)
"""The head of each county's feed. Its row lock is what makes feed order commit order. `incarnation` is what PostgreSQL said of itself when
it was last opened: one that was put back from a backup says something else. `renewed_at`: when the feed was last begun anew for that."""

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
    sa.Column("push_epoch", sa.Text),
    sa.Column("push_batch", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("push_key", sa.Text),
)
"""A token is made of `salt` and `generation` under the hub's key, so that it stands nowhere. `generation` counts its renewals, from 1.
`push_epoch`, `push_batch` and `push_key` name the last batch that was taken: sent again it does no harm, and any other than the
next one comes from a store that is older than what it once sent."""

device_health = sa.Table(
    "device_health",
    metadata,
    _county(),
    sa.Column("device_id", sa.Text, primary_key=True),
    _instant("received_at", nullable=False),
    sa.Column("report", JSONB(none_as_null=True), nullable=False),
    sa.Column("picture", sa.LargeBinary),
)
"""How a terminal said it was when it last told: a StationHealth, and what its board showed (JPEG). Nobody is in it."""

release = sa.Table(
    "release",
    metadata,
    _county(),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("manifest", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    _instant("added_at", nullable=False),
)
"""A release of the stations' program: its manifest and the signature over it. What it is made of lies in files."""

release_offer = sa.Table(
    "release_offer",
    metadata,
    _county(),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, primary_key=True),
    _instant("offered_at", nullable=False),
)
"""Who may take a release; an empty `station_id` is all."""

device_doctor = sa.Table(
    "device_doctor",
    metadata,
    _county(),
    sa.Column("device_id", sa.Text, primary_key=True),
    sa.Column("question", sa.Text, nullable=False),
    _instant("asked_at", nullable=False),
    sa.Column("report", JSONB(none_as_null=True)),
    _instant("answered_at"),
)
"""What the county asked a terminal's doctor last, and its newest answer: a DoctorReport, which may be that to an earlier question."""

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

phone_miss = sa.Table(
    "phone_miss",
    metadata,
    _county(),
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    _instant("missed_at", nullable=False),
    sa.Index("ix_phone_miss_subject", "county_id", "subject", "missed_at"),
    sa.Index("ix_phone_miss_source", "county_id", "source", "missed_at"),
    sa.Index("ix_phone_miss_missed_at", "county_id", "missed_at"),
)
"""Digits that were not his: about whom they were typed (a record's id, or a number's hash), from which address."""

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

station_file = sa.Table(
    "station_file",
    metadata,
    _county(),
    sa.Column("station_id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("device_id", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    _instant("begun_at", nullable=False),
    _instant("whole_at"),
    sa.Index("ix_station_file_digest", "county_id", "digest"),
)
"""Files that stations sent: whose, what for, how long, and since when they are whole. What is in them lies in files."""

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
    sa.Index("ix_record_owner", "county_id", "owner", "entity"),
    _found_by("worker", "code"),
    _found_by("worker", "name"),
    _found_by("worker", "phone", "name"),
    sa.Index("ix_record_worker_last_four", "county_id", sa.text(LAST_FOUR), postgresql_where=sa.text("entity = 'worker'")),
    _found_by("employer", "phone"),
    _found_by("employer", "name"),
    _found_by("employer", "uscc"),
    _found_by("referral", "worker_id"),
    _found_by("listing", "trade", "ends_on"),
    _found_by("listing", "area", "ends_on"),
)
"""Every record as its owner wrote it, unknown fields included. `data` NULL is a tombstone; `about` names the record that this one is
about (a review's listing). Listings keep all revisions, the rest only the newest."""

feed = sa.Table(
    "feed",
    metadata,
    _county(),
    sa.Column("audience", sa.Text, primary_key=True),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("op", sa.Text, nullable=False),
    sa.Column("device_id", sa.Text, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Index("ix_feed_audience", "county_id", "audience", "position"),
    sa.Index("ix_feed_record", "county_id", "record_id"),
)
sa.Index("ix_feed_urgent", feed.c.county_id, feed.c.audience, feed.c.position, postgresql_where=feed.c.urgent)
"""What stands for whom, in the order of last changes. It names records and copies none: a withdrawal has nothing to hunt for here."""

handed_back = sa.Table(
    "handed_back",
    metadata,
    _county(),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("device_id", sa.Text, nullable=False),
    _instant("at", nullable=False),
    sa.Index("ix_handed_back_station_id", "county_id", "station_id"),
)
"""Decisions of the county's that this database had lost and a station gave back, until the centre says whether they are its own
(witness)."""

console_user = sa.Table(
    "console_user",
    metadata,
    _county(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("station_id", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("sealed_totp", sa.LargeBinary),
    sa.Column("totp_step", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    _instant("locked_until"),
    sa.Column("invite_hash", sa.Text, nullable=False),
    _instant("invite_ends_at"),
    sa.UniqueConstraint("county_id", "login"),
)
"""Who may sign in to the console. A township sees `station_id` and all below it. `generation` grows with each invitation, and ends every
seat of the one before; an empty `invite_hash` is none. `totp_step` is the last half minute whose code was used: no code is good twice."""

console_seat = sa.Table(
    "console_seat",
    metadata,
    _county(),
    sa.Column("secret_hash", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("form_key", sa.Text, nullable=False),
    _instant("since", nullable=False),
    _instant("seen", nullable=False),
)
"""Who is signed in: a browser's cookie says what `secret_hash` is the hash of."""

console_act = sa.Table(
    "console_act",
    metadata,
    _county(),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    _instant("at", nullable=False),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("facts", JSONB, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Index("ix_console_act_subject", "county_id", "subject"),
)
"""What was done at the console, in one order. `digest` covers the row and the digest before it: a changed row breaks all after it."""

station_step = sa.Table(
    "station_step",
    metadata,
    _county(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("on", sa.Date, nullable=False),
    _instant("at", nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("deadline", sa.Date),
    sa.Column("document", sa.Text, nullable=False),
    sa.UniqueConstraint("county_id", "station_id", "place"),
)
"""How each station's standing came about: kiosk.domain.standing.Steps, the first in place 1. Never changed."""

console_document = sa.Table(
    "console_document",
    metadata,
    _county(),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""Papers that were laid in at the console, by their SHA-256: few, and backed up with all the rest."""

application = sa.Table(
    "application",
    metadata,
    _county(),
    sa.Column("station_id", sa.Text, primary_key=True),
    sa.Column("data", JSONB, nullable=False),
)
"""A station that was applied for and is not recognised: nobody but the console knows it yet."""

staff_course = sa.Table(
    "staff_course",
    metadata,
    _county(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("hours", sa.Integer, nullable=False),
)

staff_course_seat = sa.Table(
    "staff_course_seat",
    metadata,
    _county(),
    sa.Column("course_id", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, primary_key=True),
    sa.Column("people", sa.Integer, nullable=False),
)
"""How many of a station's staff came to a course that the county held for them."""

figure = sa.Table(
    "figure",
    metadata,
    _county(),
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("scope", sa.Text, primary_key=True),
    _instant("counted_at", nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("totals", JSONB(none_as_null=True), nullable=False),
    sa.Column("spread", JSONB(none_as_null=True), nullable=False),
)
"""The counts that the county's figures are made of (figures.tally.Counts): of a station, a township ("area:…") or, where `scope` is empty,
the whole county. `position`: how far the station's feed went when it was counted."""

edition = sa.Table(
    "edition",
    metadata,
    _county(),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", JSONB(none_as_null=True)),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("written_by", sa.Text, nullable=False),
    _instant("written_at", nullable=False),
)
sa.Index("ix_edition_waiting", edition.c.county_id, edition.c.effective_on, postgresql_where=edition.c.state == "waiting")
"""What the county published of one thing, each time anew, none ever changed. `content` NULL takes it away; `id` of a sheet is its name."""

judgement = sa.Table(
    "judgement",
    metadata,
    _county(),
    sa.Column("station_id", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("published", sa.Boolean, nullable=False),
)
"""What the county makes of a station's year: a kiosk.domain.judgement.Judgement, its station's to see once it is published."""

sample_call = sa.Table(
    "sample_call",
    metadata,
    _county(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("referral_id", sa.Text, nullable=False),
    sa.Column("heard", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    _instant("called_at", nullable=False),
    sa.Index("ix_sample_call_station_id", "county_id", "station_id", "year"),
)
"""What people of a roster said on the telephone: kiosk.domain.judgement.SampleCalls. Nobody's name stands here, and no station sees it."""

NEEDED_LATELY = ["station_id", "phone", "text_key", "state", "held", "findings"]
"""What is read of the newest listings to see what turns up at several stations: without the rows themselves."""

listing_row = sa.Table(
    "listing_row",
    metadata,
    _county(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("station_id", sa.Text, nullable=False),
    _instant("collected_at", nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("trade", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("employer_id", sa.Text),
    sa.Column("text_key", sa.Text),
    sa.Column("place_key", sa.Text),
    sa.Column("findings", ARRAY(sa.Text), nullable=False),
    sa.Column("words", TSVECTOR, nullable=False),
    sa.Index("ix_listing_row_collected_at", "county_id", "collected_at", "id", postgresql_include=NEEDED_LATELY),
    sa.Index("ix_listing_row_station_id", "county_id", "station_id", "collected_at", "id"),
    sa.Index("ix_listing_row_state", "county_id", "state", "collected_at", "id"),
    sa.Index("ix_listing_row_trade", "county_id", "trade", "collected_at", "id"),
    sa.Index("ix_listing_row_phone", "county_id", "phone", "collected_at"),
    sa.Index("ix_listing_row_employer_id", "county_id", "employer_id"),
    sa.Index("ix_listing_row_text_key", "county_id", "text_key"),
    sa.Index("ix_listing_row_place_key", "county_id", "place_key"),
    sa.Index("ix_listing_row_held", "county_id", "collected_at", "id", postgresql_where=sa.text("held")),
    sa.Index("ix_listing_row_words", "words", postgresql_using="gin"),
)
"""Where each listing stands (listing_rows). `state`, a ListingState or "refused", leaves out that days end: what is approved is over when
`ends_on`, the last day of what was approved last, has passed. The keys are the same where the words are; `findings` are rules that a
swindler breaks."""

listing_mark = sa.Table("listing_mark", metadata, _county(), sa.Column("position", sa.BigInteger, nullable=False))
"""How far in the county's feed the rows of listings have come."""
