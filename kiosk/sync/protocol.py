"""The wire schema, version 1, that station and hub both import. Owns names, shapes and limits; knows no HTTP library, no table, no rule.

Bodies are JSON made by `kiosk.domain.record`, changes in them as columns (`columns`); unknown fields are ignored by either side and kept by
the hub inside a record's `data`.
`docs/sync.md` tells the same story to someone who writes another client.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from kiosk.domain.board_seen import BoardSeen
from kiosk.domain.entities import ENTITIES
from kiosk.domain.file_kind import FileKind
from kiosk.domain.print_job import PrinterState
from kiosk.domain.record import RecordError, field_types, from_plain, to_plain
from kiosk.domain.release import UpdateState
from kiosk.sync.columns import pack, unpack

VERSION = 1
NAME_MAX = 64
EPOCH = re.compile(r"[0-9A-Za-z_-]{1,64}")
BATCH_MAX = 2**63 - 1
BASE = "/api/v1"
CHANGES = f"{BASE}/changes"
ENROL = f"{BASE}/enrol"
KEYS = f"{BASE}/keys"
AUTHORITY = f"{BASE}/authority"
DIGESTS = f"{BASE}/digests"
HEALTH = f"{BASE}/health"
RELEASES = f"{BASE}/releases"
BLOBS = f"{BASE}/blobs"
DOCTOR = f"{BASE}/doctor"
FILES = f"{BASE}/files"
WITNESS = f"{BASE}/witness"

PUSH_MAX = 500
PULL_MAX = 500
WAIT_MAX_S = 30
BODY_MAX_BYTES = 4 * 1024 * 1024
"""Of a body as JSON, deflated or not: what grows beyond it is not read to its end."""
PICTURE_MAX_BYTES = 16 * 1024
"""Of a board's picture, as JPEG."""
NUMBERS_MAX = 50
PART_MAX_BYTES = 128 * 1024
"""Of a file, in one request: on a line of 64 kbit/s a quarter of a minute, and no more than that is lost with the line."""
FILE_MAX_BYTES = {FileKind.EVIDENCE: 5 * 1024**2, FileKind.PAPERS: 64 * 1024**2, FileKind.BACKUP: 1024**3}

T = TypeVar("T")


class Op(StrEnum):
    """What happened to a record. A delete is a tombstone and outranks the same and older revisions."""

    PUT = "put"
    DELETE = "delete"


class Refusal(StrEnum):
    """Why one change was refused; the station parks it for staff."""

    BAD_CHANGE = "bad_change"
    BAD_DATA = "bad_data"
    UNKNOWN_ENTITY = "unknown_entity"
    COUNTY_OWNED = "county_owned"
    NOT_OWNER = "not_owner"
    STALE_REVISION = "stale_revision"
    REVISION_TAKEN = "revision_taken"
    UNKNOWN_LISTING = "unknown_listing"
    UNKNOWN_EMPLOYER = "unknown_employer"
    UNKNOWN_REFERRAL = "unknown_referral"
    CHAIN_FORKED = "chain_forked"


class Problem(StrEnum):
    """Why a whole request was refused."""

    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    UNAUTHORIZED = "unauthorized"
    REVOKED = "revoked"
    EPOCH_USED = "epoch_used"
    CURSOR_GONE = "cursor_gone"
    CODE_UNKNOWN = "code_unknown"
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"
    CODE_OTHER_STATION = "code_other_station"
    TOO_MANY = "too_many"
    NOT_FOUND = "not_found"
    FILE_KIND = "file_kind"
    FILE_BROKEN = "file_broken"
    STATION_FULL = "station_full"
    NO_ROOM = "no_room"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to one record, either way: as its owner wrote it, or as a station may see it. (entity, record_id, revision) is sent
    any number of times and counts once.

    `over`: what its owner wrote since the county's last word to him and before this, by number: each one's `kiosk.domain.record.digest`."""

    entity: str
    record_id: str
    revision: int
    op: str = Op.PUT.value
    data: dict[str, Any] = field(default_factory=dict)
    over: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """A batch, oldest first, and its number: one more than that of the last batch which was answered, counted within an epoch.

    `key` is the batch's own: sent again, since its answer was lost, it has the same; another batch of the same number has another."""

    epoch: str
    batch: int
    key: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One change that the hub will not take; `at` counts the batch's changes from 0."""

    at: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """How much of a batch the hub now holds (what it held before included), and what it refused."""

    taken: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullAnswer:
    """What comes after the cursor that was sent. `more`: ask again at once."""

    changes: tuple[Change, ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """For each kind of record and each bucket (the first two hex digits of the MD5 of its id) that is not empty: a sum over what this
    station may see (`digest_of`)."""

    digests: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAnswer:
    """All that this station may see of one bucket."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRequest:
    """What the county decided, as a station holds it, and the county lacks: its database was put back."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessAnswer:
    """How much of it the county takes for its own again. The rest stays as it is at either end."""

    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolRequest:
    """A one-time code from the county. `nonce` (32 to 64 hex digits) is made once by the terminal: sent again with it, the same answer
    comes back. `station_id` says whose records the terminal holds already, if any: a code for another station is not used up."""

    code: str
    nonce: str
    station_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolAnswer:
    """Who this terminal is from now on. `ticket_key` is hex; `station` is the plain station record."""

    station: dict[str, Any]
    device_id: str
    device_token: str
    ticket_key_id: int
    ticket_key: str
    county: str
    phone_base: str

    def __repr__(self) -> str:
        return f"EnrolAnswer(device_id={self.device_id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a terminal uses from now on. Asked for once a day; they change when the county says so. `authority` (PEM, one certificate or
    more) is by what the hub is known; empty where the county has none of its own."""

    device_token: str
    ticket_key_id: int
    ticket_key: str
    phone_base: str
    authority: str = ""

    def __repr__(self) -> str:
        return f"Keys({self.ticket_key_id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityAnswer:
    """The county's own authority, PEM. Believed only when its mark is the one that the county told."""

    certificate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StationHealth:
    """How a terminal and what belongs to it are. No word that anybody wrote is in it, and no person.

    `board` is the board's last word, None where there is none; `printer` how it was when last asked. `waiting` and `parked` count changes
    of the outbox. `clock_offset_s`: how far the hub's clock is ahead. `picture`: the board's, JPEG as base64. `update`: how far it has come
    with another release of the program.
    """

    version: str
    at: datetime
    board: BoardSeen | None = None
    board_alive: bool = False
    printer: PrinterState | None = None
    waiting: int = 0
    parked: int = 0
    free_mb: int | None = None
    clock_offset_s: float | None = None
    picture: str = ""
    update: UpdateState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNoted:
    """The hub has it; `at` is the hub's clock. `doctor`: the id of a question that the county asks this terminal's doctor; `offer`: the
    version that it may take. Both are empty where there is none."""

    at: datetime
    doctor: str = ""
    offer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorLine:
    """One thing that doctor looked at: the number of its check, whether all is well, and what it says."""

    number: int
    good: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    """The answer to the county's question: what doctor found on this terminal. It speaks of the machine, and of no person."""

    question: str
    version: str
    at: datetime
    lines: tuple[DoctorLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorNoted:
    """The hub has the answer."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAnswer:
    """A release's manifest, as text, and the signature over it (Ed25519, hex). What it names is fetched by its digest."""

    manifest: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """How much of a file the hub has: the next part begins at `have`. `whole`: all of it, and its digest is the one that it is named by."""

    have: int
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A whole file of a station: which terminal sent it, and when the hub had all of it."""

    digest: str
    kind: FileKind
    size: int
    device_id: str
    whole_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileList:
    """Whole files, newest first."""

    files: tuple[FileEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBody:
    """The body of every answer that is not 2xx. `message` is for a developer; people read the sentence that belongs to `code`."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the hub can do its work."""

    status: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Changes as they travel (`kiosk.sync.columns`)."""

    order: tuple[int, ...]
    groups: tuple[dict[str, dict[str, Any]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PushBody:
    """A PushRequest as it travels."""

    epoch: str
    batch: int
    key: str
    changes: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class PullBody:
    """A PullAnswer as it travels."""

    changes: Columns
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketBody:
    """A BucketAnswer as it travels."""

    changes: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessBody:
    """A WitnessRequest as it travels."""

    changes: Columns


ENVELOPE = frozenset({".entity", ".op", ".id", ".revision", ".over"})
PACKED: tuple[type, ...] = (PushRequest, PullAnswer, BucketAnswer, WitnessRequest)
"""Bodies whose changes travel as columns."""


def encode(body: Any) -> Any:
    """Turn a body into JSON-able values."""
    if type(body) not in PACKED:
        return to_plain(body)
    kind: Any = type(body)
    plain = {name: getattr(body, name) for name in field_types(kind)}
    return plain | {"changes": pack([_row(change) for change in body.changes])}


def text_of(body: Any) -> bytes:
    """Write a body as JSON; a lone surrogate comes out as its JSON escape."""
    return json.dumps(encode(body), ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")


def decode(cls: type[T], plain: Any) -> T:
    """Read a body; raise RecordError with the path of what is wrong."""
    if cls not in PACKED or not isinstance(plain, dict) or "changes" not in plain:
        return from_plain(cls, plain)
    changes = tuple(_change(row) for row in unpack(plain["changes"]))
    return from_plain(cls, plain | {"changes": changes})


def _row(change: Change) -> dict[str, Any]:
    """Write a change as one flat object: what it is of begins with a dot; id and revision stand in the record itself where it has them."""
    if change.op != Op.PUT:
        return {".entity": change.entity, ".op": change.op, ".id": change.record_id, ".revision": change.revision}
    named = {} if change.data.get("id") == change.record_id else {".id": change.record_id}
    said = type(change.data.get("revision")) is int and change.data["revision"] == change.revision
    over = {".over": change.over} if change.over else {}
    return {".entity": change.entity} | named | ({} if said else {".revision": change.revision}) | over | change.data


def _change(row: dict[str, Any]) -> Change:
    # by hand, not by the codec: a hub reads hundreds of thousands
    said = {
        "entity": row.get(".entity"),
        "record_id": row.get(".id", row.get("id")),
        "revision": row.get(".revision", row.get("revision")),
        "op": row.get(".op", Op.PUT.value),
        "over": row.get(".over", {}),
    }
    for name, kind in (("entity", str), ("record_id", str), ("revision", int), ("op", str), ("over", dict)):
        if type(said[name]) is not kind:
            raise RecordError(name, f"not {kind.__name__}")
    if not all(type(one) is str for pair in said["over"].items() for one in pair):
        raise RecordError("over", "not texts")
    return Change(**said, data={key: value for key, value in row.items() if key not in ENVELOPE})


def digest_of(entity: str, items: Iterable[tuple[str, int, bool]]) -> dict[str, str]:
    """Give the digest of each bucket over (record id, revision, whether it is a tombstone): every revision that is kept.

    A bucket's digest is the sum, modulo 2^56, of the first 14 hex digits of MD5(`entity id revision op`), as 14 hex digits: order does
    not count.
    """
    sums: dict[str, int] = {}
    for record_id, revision, gone in items:
        op = Op.DELETE.value if gone else Op.PUT.value
        bucket = bucket_of(record_id)
        sums[bucket] = sums.get(bucket, 0) + int(_md5(f"{entity} {record_id} {revision} {op}")[:14], 16)
    return {bucket: digest_text(total) for bucket, total in sums.items()}


def digest_text(total: int) -> str:
    """Write a sum as a digest."""
    return f"{total & (1 << 56) - 1:014x}"


def bucket_of(record_id: str) -> str:
    """Give the bucket that a record falls into."""
    return _md5(record_id)[:2]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def change_of(record: Any, *, entity: str, record_id: str, revision: int, over: Mapping[int, str] = MappingProxyType({})) -> Change:
    """Make the change for an outbox row. `record` is read fresh and may be newer than the row; None says that it is gone: a tombstone."""
    return Change(
        entity=entity,
        record_id=record_id,
        revision=getattr(record, "revision", revision),
        op=Op.PUT if record is not None else Op.DELETE,
        data=to_plain(record) if record is not None else {},
        over={str(number): said for number, said in over.items()},
    )


def record_of(entity: str, record_id: str, revision: int, data: dict[str, Any]) -> Any:
    """Read the record inside a change; raise RecordError when it is unknown, malformed or not the one that the change names."""
    cls = ENTITIES.get(entity)
    if cls is None:
        raise RecordError("entity", f"unknown: {entity}")
    record: Any = from_plain(cls, data)
    if record.id != record_id:
        raise RecordError("id", "not the record that the change names")
    if getattr(record, "revision", revision) != revision:
        raise RecordError("revision", "not the revision that the change names")
    return record
