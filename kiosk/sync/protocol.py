"""The wire schema, version 1, that station and hub both import. Owns names, shapes and limits; knows no HTTP library, no table, no rule.

Bodies are JSON made by `kiosk.domain.record`; unknown fields are ignored by either side and kept by the hub inside a record's `data`.
`docs/sync.md` tells the same story to someone who writes another client.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from kiosk.domain.entities import ENTITIES
from kiosk.domain.record import RecordError, from_plain, to_plain

VERSION = 1
BASE = "/api/v1"
CHANGES = f"{BASE}/changes"
ENROL = f"{BASE}/enrol"
KEYS = f"{BASE}/keys"
AUTHORITY = f"{BASE}/authority"

PUSH_MAX = 500
PULL_MAX = 500
WAIT_MAX_S = 30
BODY_MAX_BYTES = 4 * 1024 * 1024

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
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change that a device recorded. (device, epoch, sequence) is sent any number of times and counts once; `id` tells it from a
    change that a restored backup numbered anew."""

    id: str
    device: str
    epoch: str
    sequence: int
    entity: str
    record_id: str
    revision: int
    op: str = Op.PUT.value
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """A batch, oldest first."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One change that the hub will not take."""

    id: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """What of a batch the hub now holds (what it had seen before included), and what it refused."""

    accepted: tuple[str, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """One row of the feed, as this station may see it."""

    entity: str
    record_id: str
    revision: int
    op: str = Op.PUT.value
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullAnswer:
    """What comes after the cursor that was sent. `more`: ask again at once."""

    changes: tuple[FeedChange, ...]
    cursor: str
    more: bool


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
class ErrorBody:
    """The body of every answer that is not 2xx. `message` is for a developer; people read the sentence that belongs to `code`."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the hub can do its work."""

    status: str
    version: int


def encode(body: Any) -> Any:
    """Turn a body into JSON-able values."""
    return to_plain(body)


def decode(cls: type[T], plain: Any) -> T:
    """Read a body; raise RecordError with the path of what is wrong."""
    return from_plain(cls, plain)


def change_of(record: Any, *, id: str, device: str, epoch: str, sequence: int, entity: str, record_id: str, revision: int) -> Change:
    """Make the change for an outbox row. `record` is read fresh and may be newer than the row; None says that it is gone: a tombstone."""
    return Change(
        id=id,
        device=device,
        epoch=epoch,
        sequence=sequence,
        entity=entity,
        record_id=record_id,
        revision=getattr(record, "revision", revision),
        op=Op.PUT if record is not None else Op.DELETE,
        data=to_plain(record) if record is not None else {},
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
