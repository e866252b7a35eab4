"""The first store, spelt out: a later version's tables must not appear here."""

from alembic import op

revision = "0001"
down_revision = None

DDL = """
CREATE TABLE station (
    id TEXT NOT NULL, revision INTEGER NOT NULL, name TEXT NOT NULL, short TEXT NOT NULL, level TEXT NOT NULL, area TEXT NOT NULL,
    parent_id TEXT, address TEXT NOT NULL, phone TEXT NOT NULL, hours TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE policy (
    id TEXT NOT NULL, revision INTEGER NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, who TEXT NOT NULL,
    how TEXT NOT NULL, phone TEXT NOT NULL, published_on TEXT NOT NULL, sample INTEGER NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE training (
    id TEXT NOT NULL, revision INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, area TEXT NOT NULL, place TEXT NOT NULL,
    starts_on TEXT NOT NULL, days INTEGER NOT NULL, seats INTEGER NOT NULL, fee_fen INTEGER NOT NULL, subsidy TEXT NOT NULL,
    phone TEXT NOT NULL, sample INTEGER NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE listing (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, title TEXT NOT NULL, trade TEXT NOT NULL,
    headcount INTEGER NOT NULL, employer_name TEXT NOT NULL, employer_verified_on TEXT, requirements TEXT NOT NULL,
    description TEXT NOT NULL, area TEXT NOT NULL, place TEXT NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT NOT NULL,
    day_start_min INTEGER, day_end_min INTEGER, break_min INTEGER NOT NULL, pay_fen INTEGER NOT NULL, pay_max_fen INTEGER,
    pay_unit TEXT NOT NULL, settlement TEXT NOT NULL, pay_method TEXT NOT NULL, meals TEXT NOT NULL, lodging INTEGER NOT NULL,
    transport TEXT NOT NULL, long_term INTEGER NOT NULL, employer_id TEXT, contact_name TEXT NOT NULL, contact_phone TEXT NOT NULL,
    contact_scope TEXT NOT NULL, collected_by TEXT NOT NULL, collected_how TEXT NOT NULL, collected_at TEXT NOT NULL,
    PRIMARY KEY (id, revision)
);
CREATE INDEX ix_listing_contact_phone ON listing (contact_phone);
CREATE INDEX ix_listing_employer_id ON listing (employer_id);
CREATE TABLE review (
    id TEXT NOT NULL, station_id TEXT NOT NULL, listing_id TEXT NOT NULL, listing_revision INTEGER NOT NULL, verdict TEXT NOT NULL,
    reviewer_id TEXT NOT NULL, reviewer_name TEXT NOT NULL, reason TEXT NOT NULL, hold_reasons TEXT NOT NULL,
    own_collection INTEGER NOT NULL, reviewed_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_review_listing_id ON review (listing_id);
CREATE TABLE takedown (
    id TEXT NOT NULL, station_id TEXT NOT NULL, listing_id TEXT NOT NULL, by_name TEXT NOT NULL, reason TEXT NOT NULL,
    state TEXT NOT NULL, taken_down_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_takedown_listing_id ON takedown (listing_id);
CREATE TABLE employer (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, uscc TEXT,
    phone TEXT NOT NULL, area TEXT, verified_on TEXT, verified_what TEXT NOT NULL, verified_by TEXT NOT NULL,
    created_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_employer_phone ON employer (phone);
CREATE TABLE worker (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL,
    phone TEXT NOT NULL, age_band TEXT NOT NULL, trades TEXT NOT NULL, pay_fen INTEGER, pay_unit TEXT NOT NULL, area TEXT,
    code TEXT NOT NULL, number TEXT NOT NULL, notice_version TEXT NOT NULL, consented_at TEXT NOT NULL, by_staff INTEGER NOT NULL,
    registered_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_worker_code ON worker (code);
CREATE INDEX ix_worker_phone ON worker (phone);
CREATE TABLE referral (
    id TEXT NOT NULL, station_id TEXT NOT NULL, worker_id TEXT NOT NULL, listing_id TEXT NOT NULL, contact_consent INTEGER NOT NULL,
    over_headcount INTEGER NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_referral_listing_id ON referral (listing_id);
CREATE INDEX ix_referral_worker_id ON referral (worker_id);
CREATE TABLE referral_step (
    id TEXT NOT NULL, station_id TEXT NOT NULL, referral_id TEXT NOT NULL, state TEXT NOT NULL, by_name TEXT NOT NULL,
    how TEXT NOT NULL, stepped_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_referral_step_referral_id ON referral_step (referral_id);
CREATE TABLE staff (
    id TEXT NOT NULL, station_id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, pin_hash TEXT NOT NULL,
    failures INTEGER NOT NULL, locked_until TEXT, PRIMARY KEY (id)
);
CREATE TABLE staff_call (
    id TEXT NOT NULL, "where" TEXT NOT NULL, called_at TEXT NOT NULL, answered_at TEXT, answered_by TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE print_job (
    id TEXT NOT NULL, serial TEXT NOT NULL, subject_id TEXT NOT NULL, slip TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL, trouble TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL, expires_at TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_print_job_subject_id ON print_job (subject_id);
CREATE INDEX ix_print_job_state ON print_job (state);
CREATE TABLE public_listing (
    seq INTEGER NOT NULL, listing_id TEXT NOT NULL, number INTEGER NOT NULL, published_at TEXT NOT NULL, day_fen INTEGER,
    revision INTEGER NOT NULL, station_id TEXT NOT NULL, title TEXT NOT NULL, trade TEXT NOT NULL, headcount INTEGER NOT NULL,
    employer_name TEXT NOT NULL, employer_verified_on TEXT, requirements TEXT NOT NULL, description TEXT NOT NULL,
    area TEXT NOT NULL, place TEXT NOT NULL, starts_on TEXT NOT NULL, ends_on TEXT NOT NULL, day_start_min INTEGER,
    day_end_min INTEGER, break_min INTEGER NOT NULL, pay_fen INTEGER NOT NULL, pay_max_fen INTEGER, pay_unit TEXT NOT NULL,
    settlement TEXT NOT NULL, pay_method TEXT NOT NULL, meals TEXT NOT NULL, lodging INTEGER NOT NULL, transport TEXT NOT NULL,
    long_term INTEGER NOT NULL, PRIMARY KEY (seq), UNIQUE (listing_id)
);
CREATE INDEX ix_public_listing_published_at ON public_listing (published_at);
CREATE INDEX ix_public_listing_number ON public_listing (number);
CREATE TABLE free_number (number INTEGER NOT NULL, PRIMARY KEY (number));
CREATE TABLE outbox (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, entity TEXT NOT NULL, record_id TEXT NOT NULL,
    revision INTEGER NOT NULL, refused_code TEXT, refused_reason TEXT
);
CREATE TABLE topic (name TEXT NOT NULL, counter INTEGER NOT NULL, PRIMARY KEY (name));
CREATE TABLE memory ("key" TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE public_memory ("key" TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor_id TEXT NOT NULL, act TEXT NOT NULL,
    subject_id TEXT NOT NULL, digest TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE VIRTUAL TABLE listing_text USING fts5(tokens, content='', contentless_delete=1, tokenize="ascii tokenchars '.=_#@'");
CREATE TABLE listing_facet (
    seq INTEGER PRIMARY KEY, trade INTEGER NOT NULL, area INTEGER NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
    day_fen INTEGER
);
CREATE INDEX ix_listing_facet_ends ON listing_facet (ends);
"""


def upgrade() -> None:
    """Create every table and the search index."""
    for statement in DDL.strip().split(";\n"):
        op.execute(statement)
