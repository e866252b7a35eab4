"""The staff's side: employers' files, cases, facilities, bookings, sign-ups, spending, entry marks, heads of the chain, staff cards,
whose phone a worker gave, who comes from another station, what workers did on their phones; notices and called numbers on the board; the
county's rule sheets; who had which number until when; the chain itself refuses changes."""

from alembic import op

revision = "0002"
down_revision = "0001"

DDL = """
CREATE TABLE employer_sight (
    id TEXT NOT NULL, station_id TEXT NOT NULL, employer_id TEXT NOT NULL, what TEXT NOT NULL, note TEXT NOT NULL, by_id TEXT NOT
    NULL, by_name TEXT NOT NULL, seen_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_employer_sight_employer_id ON employer_sight (employer_id);
CREATE TABLE employer_hold (
    id TEXT NOT NULL, station_id TEXT NOT NULL, employer_id TEXT NOT NULL, held INTEGER NOT NULL, reason TEXT NOT NULL, by_id TEXT NOT
    NULL, by_name TEXT NOT NULL, decided_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_employer_hold_employer_id ON employer_hold (employer_id);
CREATE TABLE case_file (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, kind TEXT NOT NULL, employer_id TEXT, listing_id TEXT,
    referral_id TEXT, worker_id TEXT, text TEXT NOT NULL, by_name TEXT NOT NULL, opened_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_case_file_employer_id ON case_file (employer_id);
CREATE INDEX ix_case_file_referral_id ON case_file (referral_id);
CREATE TABLE report (
    id TEXT NOT NULL, station_id TEXT NOT NULL, listing_id TEXT NOT NULL, reason TEXT NOT NULL, words TEXT NOT NULL, reported_at TEXT
    NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_report_listing_id ON report (listing_id);
CREATE TABLE introduction (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, referral_id TEXT NOT NULL, name TEXT NOT NULL, phone TEXT
    NOT NULL, phone_of TEXT NOT NULL, introduced_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_introduction_referral_id ON introduction (referral_id);
CREATE TABLE case_step (
    id TEXT NOT NULL, station_id TEXT NOT NULL, case_id TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL, by_id TEXT NOT NULL,
    by_name TEXT NOT NULL, stepped_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_case_step_case_id ON case_step (case_id);
CREATE TABLE facility_check (
    id TEXT NOT NULL, station_id TEXT NOT NULL, facility TEXT NOT NULL, ok INTEGER NOT NULL, note TEXT NOT NULL, expires_on TEXT,
    by_id TEXT NOT NULL, by_name TEXT NOT NULL, checked_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_facility_check_facility ON facility_check (facility);
CREATE TABLE booking (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, who TEXT NOT NULL, starts_at TEXT NOT NULL, minutes INTEGER
    NOT NULL, cancelled INTEGER NOT NULL, by_name TEXT NOT NULL, booked_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE signup (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, training_id TEXT NOT NULL, worker_id TEXT NOT NULL, told
    INTEGER NOT NULL, cancelled INTEGER NOT NULL, by_name TEXT NOT NULL, signed_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_signup_worker_id ON signup (worker_id);
CREATE TABLE spending (
    id TEXT NOT NULL, station_id TEXT NOT NULL, spent_on TEXT NOT NULL, kind TEXT NOT NULL, amount_fen INTEGER NOT NULL, purpose TEXT
    NOT NULL, payee TEXT NOT NULL, voucher TEXT NOT NULL, cancels TEXT, by_id TEXT NOT NULL, by_name TEXT NOT NULL, entered_at TEXT
    NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE platform_entry (
    id TEXT NOT NULL, station_id TEXT NOT NULL, entity TEXT NOT NULL, record_id TEXT NOT NULL, record_revision INTEGER NOT NULL, by_id
    TEXT NOT NULL, by_name TEXT NOT NULL, entered_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE INDEX ix_platform_entry_record_id ON platform_entry (record_id);
CREATE TABLE chain_head (
    id TEXT NOT NULL, station_id TEXT NOT NULL, device_id TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, told_at TEXT NOT
    NULL, PRIMARY KEY (id)
);
CREATE TABLE station_day (
    id TEXT NOT NULL, station_id TEXT NOT NULL, day TEXT NOT NULL, due_min INTEGER, terminal_min INTEGER NOT NULL, board_min INTEGER NOT
    NULL, visits INTEGER NOT NULL, policies INTEGER NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE claim (
    id TEXT NOT NULL, station_id TEXT NOT NULL, year INTEGER NOT NULL, item TEXT NOT NULL, value TEXT NOT NULL, note TEXT NOT NULL,
    file_name TEXT NOT NULL, file_size INTEGER NOT NULL, file_digest TEXT NOT NULL, by_id TEXT NOT NULL, by_name TEXT NOT NULL,
    entered_at TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE paper_set (
    id TEXT NOT NULL, station_id TEXT NOT NULL, year INTEGER NOT NULL, points TEXT NOT NULL, grade TEXT NOT NULL, money_fen INTEGER NOT
    NULL, official INTEGER NOT NULL, rubric TEXT NOT NULL, rubric_from TEXT NOT NULL, items TEXT NOT NULL, digest TEXT NOT NULL,
    file_name TEXT NOT NULL, file_size INTEGER NOT NULL, file_digest TEXT NOT NULL, by_id TEXT NOT NULL, by_name TEXT NOT NULL, made_at
    TEXT NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE judgement (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, year INTEGER NOT NULL, papers TEXT NOT NULL, items TEXT NOT
    NULL, total TEXT NOT NULL, grade TEXT NOT NULL, money_fen INTEGER NOT NULL, words TEXT NOT NULL, deadline TEXT, by_name TEXT NOT NULL,
    published_at TEXT NOT NULL, accepted_on TEXT, accepted_by TEXT NOT NULL, accepted_note TEXT NOT NULL, asked INTEGER NOT NULL,
    affirmed INTEGER NOT NULL, denied INTEGER NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE attachment (
    digest TEXT NOT NULL, kind TEXT NOT NULL, told TEXT DEFAULT '' NOT NULL, content BLOB NOT NULL, PRIMARY KEY (digest)
);
CREATE TABLE phone_act (
    id TEXT NOT NULL, station_id TEXT NOT NULL, kind TEXT NOT NULL, worker_id TEXT NOT NULL, listing_id TEXT NOT NULL, referral_id
    TEXT NOT NULL, contact_consent INTEGER NOT NULL, answer TEXT, acted_at TEXT NOT NULL, taken_at TEXT, PRIMARY KEY (id)
);
CREATE INDEX ix_phone_act_taken_at ON phone_act (taken_at);
CREATE TABLE notice (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT, title TEXT NOT NULL, body TEXT NOT NULL, urgent INTEGER NOT NULL,
    starts_at TEXT NOT NULL, ends_at TEXT NOT NULL, withdrawn INTEGER NOT NULL, sample INTEGER NOT NULL, PRIMARY KEY (id)
);
CREATE TABLE rule_sheet (
    id TEXT NOT NULL, revision INTEGER NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, effective_on TEXT NOT
    NULL, PRIMARY KEY (id)
);
CREATE TABLE slip_call (
    id TEXT NOT NULL, number TEXT NOT NULL, called_at TEXT NOT NULL, ended_at TEXT, PRIMARY KEY (id)
);
ALTER TABLE staff RENAME TO old_staff;
CREATE TABLE staff (
    id TEXT NOT NULL, station_id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, pin_hash TEXT NOT NULL, failures INTEGER NOT
    NULL, locked_until TEXT, card_hash TEXT NOT NULL, active INTEGER NOT NULL, PRIMARY KEY (id)
);
INSERT INTO staff SELECT id, station_id, name, role, pin_hash, failures, locked_until, '', 1 FROM old_staff;
DROP TABLE old_staff;
ALTER TABLE referral_step RENAME TO old_referral_step;
CREATE TABLE referral_step (
    id TEXT NOT NULL, station_id TEXT NOT NULL, referral_id TEXT NOT NULL, state TEXT NOT NULL, by_name TEXT NOT NULL, how TEXT NOT
    NULL, party TEXT NOT NULL, by_id TEXT NOT NULL, contact_consent INTEGER, stepped_at TEXT NOT NULL, PRIMARY KEY (id)
);
INSERT INTO referral_step SELECT id, station_id, referral_id, state, by_name, how, 'staff', '', NULL, stepped_at FROM old_referral_step;
DROP TABLE old_referral_step;
CREATE INDEX ix_referral_step_referral_id ON referral_step (referral_id);
ALTER TABLE worker RENAME TO old_worker;
CREATE TABLE worker (
    id TEXT NOT NULL, revision INTEGER NOT NULL, station_id TEXT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL,
    phone TEXT NOT NULL, phone_of TEXT NOT NULL, age_band TEXT NOT NULL, trades TEXT NOT NULL, pay_fen INTEGER, pay_unit TEXT NOT NULL,
    area TEXT, code TEXT NOT NULL, number TEXT NOT NULL, notice_version TEXT NOT NULL, consented_at TEXT NOT NULL, by_staff INTEGER
    NOT NULL, registered_at TEXT NOT NULL, withdrawn_everywhere INTEGER NOT NULL, PRIMARY KEY (id)
);
INSERT INTO worker SELECT id, revision, station_id, state, name, phone, 'own', age_band, trades, pay_fen, pay_unit, area, code, number,
    notice_version, consented_at, by_staff, registered_at, 0 FROM old_worker;
DROP TABLE old_worker;
CREATE INDEX ix_worker_code ON worker (code);
CREATE INDEX ix_worker_phone ON worker (phone);
ALTER TABLE outbox RENAME TO old_outbox;
CREATE TABLE outbox (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id TEXT DEFAULT (lower(hex(randomblob(8)))) NOT NULL, entity TEXT NOT NULL,
    record_id TEXT NOT NULL, revision INTEGER NOT NULL, refused_code TEXT, refused_reason TEXT, data TEXT, digest TEXT
);
INSERT INTO outbox SELECT sequence, id, entity, record_id, revision, refused_code, refused_reason, NULL, NULL FROM old_outbox;
DROP TABLE old_outbox;
ALTER TABLE free_number ADD COLUMN listing_id TEXT;
ALTER TABLE free_number ADD COLUMN left_on TEXT;
CREATE UNIQUE INDEX ix_free_number_listing_id ON free_number (listing_id);
CREATE TABLE tombstone (record_id TEXT NOT NULL, entity TEXT NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (record_id));
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END;
CREATE TRIGGER audit_lasts BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END;
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END;
"""


def upgrade() -> None:
    """Add the new tables and columns."""
    for statement in DDL.strip().split(";\n"):
        op.execute(statement)
