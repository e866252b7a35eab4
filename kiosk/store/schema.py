"""The station's tables, made from the records so that a field is named once. Owns columns and indexes; knows no SQL statement and no rule.

A record with history (a listing) is keyed by id and revision; of every other record only the newest revision is kept, because personal data
that is no longer needed must not lie about.
"""

import dataclasses
import json
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, get_args

import sqlalchemy as sa

from kiosk.domain.case import Case, CaseStep
from kiosk.domain.employer import Employer, EmployerHold, EmployerSight
from kiosk.domain.introduction import Introduction
from kiosk.domain.judgement import Judgement
from kiosk.domain.listing import Listing, PublicListing, Review, Takedown
from kiosk.domain.notice import Notice, SlipCall
from kiosk.domain.phone_act import PhoneAct
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import field_types, from_plain, to_plain
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.report import Report
from kiosk.domain.rule_sheet import RuleSheet
from kiosk.domain.running import Booking, ChainHead, FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.station import Policy, Staff, StaffCall, Station, Training
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import Claim, PaperSet, StationDay

metadata = sa.MetaData()


def _column(name: str, kind: Any, *, primary: bool = False) -> sa.Column[Any]:
    options = [k for k in get_args(kind) if k is not type(None)] if type(None) in get_args(kind) else [kind]
    base = options[0]
    nullable = base is not kind
    sql: sa.types.TypeEngine[Any] = sa.Text()
    if isinstance(base, type) and not issubclass(base, (str, Enum, date, datetime)):
        if issubclass(base, int):
            sql = sa.Integer()
        elif issubclass(base, float):
            sql = sa.Float()
    return sa.Column(name, sql, primary_key=primary, nullable=nullable and not primary)


def _table(name: str, cls: type, *, keys: tuple[str, ...] = ("id",), index: tuple[str, ...] = ()) -> sa.Table:
    columns = [_column(f, kind, primary=f in keys) for f, kind in field_types(cls).items()]
    indexes = [sa.Index(f"ix_{name}_{field}", field) for field in index]
    return sa.Table(name, metadata, *columns, *indexes)


TABLES: dict[type, sa.Table] = {
    Station: _table("station", Station),
    Policy: _table("policy", Policy),
    Training: _table("training", Training),
    Notice: _table("notice", Notice),
    RuleSheet: _table("rule_sheet", RuleSheet),
    Listing: _table("listing", Listing, keys=("id", "revision"), index=("employer_id", "contact_phone")),
    Review: _table("review", Review, index=("listing_id",)),
    Takedown: _table("takedown", Takedown, index=("listing_id",)),
    Employer: _table("employer", Employer, index=("phone",)),
    EmployerSight: _table("employer_sight", EmployerSight, index=("employer_id",)),
    EmployerHold: _table("employer_hold", EmployerHold, index=("employer_id",)),
    Worker: _table("worker", Worker, index=("phone", "code")),
    Referral: _table("referral", Referral, index=("worker_id", "listing_id")),
    ReferralStep: _table("referral_step", ReferralStep, index=("referral_id",)),
    Introduction: _table("introduction", Introduction, index=("referral_id",)),
    PhoneAct: _table("phone_act", PhoneAct, index=("taken_at",)),
    Report: _table("report", Report, index=("listing_id",)),
    Case: _table("case_file", Case, index=("referral_id", "employer_id")),
    CaseStep: _table("case_step", CaseStep, index=("case_id",)),
    FacilityCheck: _table("facility_check", FacilityCheck, index=("facility",)),
    Booking: _table("booking", Booking),
    Signup: _table("signup", Signup, index=("worker_id",)),
    Spending: _table("spending", Spending),
    PlatformEntry: _table("platform_entry", PlatformEntry, index=("record_id",)),
    ChainHead: _table("chain_head", ChainHead),
    StationDay: _table("station_day", StationDay),
    Claim: _table("claim", Claim),
    PaperSet: _table("paper_set", PaperSet),
    Judgement: _table("judgement", Judgement),
    Staff: _table("staff", Staff),
    StaffCall: _table("staff_call", StaffCall),
    SlipCall: _table("slip_call", SlipCall),
    PrintJob: _table("print_job", PrintJob, index=("state", "subject_id")),
}

TOPIC_OF: dict[type, str] = {
    Listing: "listing",
    Review: "listing",
    Takedown: "listing",
    Worker: "worker",
    Referral: "worker",
    ReferralStep: "worker",
    Introduction: "worker",
    PhoneAct: "worker",
    Employer: "worker",
    EmployerSight: "worker",
    EmployerHold: "listing",
    Report: "case",
    Case: "case",
    CaseStep: "case",
    FacilityCheck: "facility",
    Booking: "facility",
    Signup: "worker",
    Spending: "ledger",
    PlatformEntry: "ledger",
    ChainHead: "ledger",
    StationDay: "ledger",
    Claim: "ledger",
    PaperSet: "ledger",
    Judgement: "ledger",
    PrintJob: "print",
    StaffCall: "call",
    SlipCall: "call",
    Staff: "staff",
    Station: "policy",
    Policy: "policy",
    Training: "policy",
    Notice: "policy",
    RuleSheet: "rules",
}
"""Which change counter a record moves, so that a process reloads only what changed."""

public_listing = sa.Table(
    "public_listing",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("listing_id", sa.Text, nullable=False, unique=True),
    sa.Column("number", sa.Integer, nullable=False, index=True),
    sa.Column("published_at", sa.Text, nullable=False, index=True),
    sa.Column("day_fen", sa.Integer),
    *[_column(f, kind) for f, kind in field_types(PublicListing).items() if f != "id"],
)
"""What stands in public: no contact, no person. Board and job list read nothing else of a listing. `seq`: see kiosk.store.public."""

free_number = sa.Table(
    "free_number",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("listing_id", sa.Text, index=True, unique=True),
    sa.Column("left_on", sa.Text),
)
"""Short numbers that nobody has now: whose each was last, and China's day on which that one left, empty where nobody knew the day."""

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, server_default=sa.text("(lower(hex(randomblob(8))))")),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("refused_code", sa.Text),
    sa.Column("refused_reason", sa.Text),
    sa.Column("data", sa.Text),
    sa.Column("digest", sa.Text),
    sqlite_autoincrement=True,
)
"""What the county has not acknowledged. It names records and copies none, but for what the county contradicted: that stands in `data` as it
was, until its person withdraws. `digest` is of what the revision said when it was written; none of what was queued again."""

tombstone = sa.Table(
    "tombstone",
    metadata,
    sa.Column("record_id", sa.Text, primary_key=True),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
)
"""What is not, or no longer, for this station: it outranks the same and older revisions, also after a restore at either end, as
long as it is ours or the county knows the record."""

topic = sa.Table("topic", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("counter", sa.Integer, nullable=False))

PUBLIC_STATE = frozenset({"station.id", "station.phone_base", "sync.heard_at"})
"""The small pieces of state that the board may read. All others are kept from it: keys, tokens, the visitors' wrong guesses."""

memory, public_memory = (
    sa.Table(name, metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
    for name in ("memory", "public_memory")
)

attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("told", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""Files that records name by their SHA-256: pictures and documents that the head showed, the year's papers. `told`: empty while the county
lacks it, `sent`, or the code with which the county refused it. `content` stands last: what is behind it would be read through it."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""The chain of responsibility: ids and salted hashes only."""


def to_row(record: Any) -> dict[str, Any]:
    """Turn a record into column values; lists, objects and nested records become JSON text."""
    plain: dict[str, Any] = to_plain(record)
    return plain | {k: json.dumps(v, ensure_ascii=False, separators=(",", ":")) for k, v in plain.items() if isinstance(v, (list, dict))}


def from_row(cls: type, row: Any) -> Any:
    """Read a record back from a row mapping."""
    plain = dict(row)
    texts, switches = _otherwise(cls)
    for name in texts:
        if isinstance(plain[name], str):
            plain[name] = json.loads(plain[name])
    for name in switches:
        if plain[name] is not None:
            plain[name] = bool(plain[name])
    return from_plain(cls, plain)


@cache
def _otherwise(cls: type) -> tuple[list[str], list[str]]:
    """Name the fields that stand otherwise in a row than in plain values: as JSON text, and as 0 and 1."""
    types = field_types(cls).items()
    return [name for name, kind in types if _is_json(kind)], [name for name, kind in types if bool in (kind, *get_args(kind))]


def _is_json(kind: Any) -> bool:
    origin = getattr(kind, "__origin__", None)
    return origin in (tuple, list, dict) or dataclasses.is_dataclass(kind)
