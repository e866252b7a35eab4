"""What the county takes from a station, as rules without a database: well formed, written by its owner, revisions only up, and who sees it.

`check` looks at one change by itself, `judge` at one against what the hub holds. `push` reads and writes.
"""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kiosk.county.feed import EVERYONE, Entry, of_station
from kiosk.domain.entities import COUNTY_OWNED, ENTITIES, PRIVATE
from kiosk.domain.listing import Verdict
from kiosk.domain.record import RecordError
from kiosk.domain.running import ChainHead
from kiosk.sync.protocol import Change, Op, Refusal, Refused, record_of

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH = re.compile(r"[0-9a-f]{64}")
NAME = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
KEEPS_HISTORY = frozenset({"listing"})
ABOUT = {
    "review": "listing_id",
    "takedown": "listing_id",
    "report": "listing_id",
    "referral": "listing_id",
    "referral_step": "referral_id",
    "employer_sight": "employer_id",
    "employer_hold": "employer_id",
    "case_step": "case_id",
    "platform_entry": "record_id",
    "chain_head": "device_id",
}
DECIDES = {
    "review": ("listing", Refusal.UNKNOWN_LISTING),
    "takedown": ("listing", Refusal.UNKNOWN_LISTING),
    "employer_hold": ("employer", Refusal.UNKNOWN_EMPLOYER),
}
"""What is decided about a record of one's own family: which kind it is, and how to say that there is none."""
REVISION_MAX = 2**31 - 1
SEQUENCE_MAX = 2**63 - 1


class EpochUsedError(Exception):
    """A number that was used for another change: the station's store is older than what it once sent."""


class RefuseError(Exception):
    """One change cannot be taken. `reason` names fields, never values: they may be personal."""

    def __init__(self, code: Refusal, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: a device for its station."""

    county_id: str
    station_id: str
    device_id: str


@dataclass(slots=True)
class Known:
    """What the hub holds of one record: its owner and the data of each revision (None: a tombstone)."""

    owner: str
    revisions: dict[int, dict[str, Any] | None] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """A batch being judged: above what the hub holds, below what is to be answered and written.

    `family` is the author's station and those under it; `shown` are listings that other stations have seen; `head` is how far the author's
    chain of responsibility had come when it last told, and the hash there.
    """

    author: Author
    now: datetime
    known: dict[tuple[str, str], Known] = field(default_factory=dict)
    seen: dict[tuple[str, int], str] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    family: frozenset[str] = frozenset()
    head: tuple[int, str] = (0, "")

    accepted: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    seen_rows: list[dict[str, Any]] = field(default_factory=list)
    record_rows: list[dict[str, Any]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


def check(change: Change, author: Author) -> dict[str, Any]:
    """Look at a change by itself and give its data; raise RefuseError."""
    envelope: dict[str, object] = {
        "id": NAME.fullmatch(change.id),
        "device": change.device == author.device_id,
        "epoch": NAME.fullmatch(change.epoch),
        "sequence": 0 <= change.sequence <= SEQUENCE_MAX,
        "record_id": ID.fullmatch(change.record_id),
        "revision": 1 <= change.revision <= REVISION_MAX,
        "op": change.op in tuple(Op),
    }
    wrong = [name for name, right in envelope.items() if not right]
    if wrong:
        raise RefuseError(Refusal.BAD_CHANGE, ", ".join(wrong))
    if change.entity not in ENTITIES:
        raise RefuseError(Refusal.UNKNOWN_ENTITY, "entity")
    if change.entity in COUNTY_OWNED:
        raise RefuseError(Refusal.COUNTY_OWNED, "entity")
    if change.op == Op.PUT:
        return _check_data(change, author)
    if change.entity == "chain_head":
        raise RefuseError(Refusal.BAD_CHANGE, "op")  # what was told stays told
    return {}


def _check_data(change: Change, author: Author) -> dict[str, Any]:
    try:
        json.dumps(change.data, allow_nan=False, ensure_ascii=False).encode()
        found = record_of(change.entity, change.record_id, change.revision, change.data)
    except (ValueError, RecursionError) as error:
        raise RefuseError(Refusal.BAD_DATA, type(error).__name__) from None
    except RecordError as error:
        raise RefuseError(Refusal.BAD_DATA, error.field) from None
    about = ABOUT.get(change.entity)
    if about is not None and not ID.fullmatch(change.data[about]):
        raise RefuseError(Refusal.BAD_DATA, about)
    if found.station_id != author.station_id:
        raise RefuseError(Refusal.NOT_OWNER, "station_id")
    if isinstance(found, ChainHead):
        _check_head(found, author)
    return change.data


def _check_head(head: ChainHead, author: Author) -> None:
    if head.device_id != author.device_id:
        raise RefuseError(Refusal.NOT_OWNER, "device_id")
    if not (1 <= head.seq <= REVISION_MAX and HASH.fullmatch(head.hash)):
        raise RefuseError(Refusal.BAD_DATA, "seq, hash")


def judge(batch: Batch, change: Change, data: dict[str, Any]) -> None:
    """Accept or refuse one checked change; raise EpochUsedError when its number belongs to another."""
    number = (change.epoch, change.sequence)
    if number in batch.seen:
        if batch.seen[number] != change.id:
            raise EpochUsedError(change.epoch)
        batch.accepted.append(change.id)
        return
    try:
        if _is_news(batch, change, data):
            _write(batch, change, data)
    except RefuseError as error:
        batch.refused.append(Refused(id=change.id, code=error.code, reason=error.reason))
        return
    batch.accepted.append(change.id)
    batch.seen[number] = change.id
    who = {"county_id": batch.author.county_id, "device_id": batch.author.device_id}
    batch.seen_rows.append(who | {"epoch": change.epoch, "sequence": change.sequence, "change_id": change.id})


def _is_news(batch: Batch, change: Change, data: dict[str, Any]) -> bool:
    """Say whether a change says something new; raise RefuseError when the author may not say it."""
    if change.entity in DECIDES and data:
        kind, unknown = DECIDES[change.entity]
        subject = batch.known.get((kind, data[ABOUT[change.entity]]))
        if subject is None:
            raise RefuseError(unknown, ABOUT[change.entity])
        if subject.owner not in batch.family:
            raise RefuseError(Refusal.NOT_OWNER, ABOUT[change.entity])
    held = batch.known.get((change.entity, change.record_id))
    if held is None:
        if change.entity == "chain_head" and data:
            _follow_chain(batch, data)
        return True
    if held.owner != batch.author.station_id:
        raise RefuseError(Refusal.NOT_OWNER, "record_id")
    new = data if change.op == Op.PUT else None
    if change.revision in held.revisions and held.revisions[change.revision] in (new, None):
        return False  # the same again, or no newer than its tombstone
    newest = max(held.revisions)
    if change.revision < newest:
        raise RefuseError(Refusal.STALE_REVISION, f"the county has revision {newest}")
    if change.revision == newest and new is not None:
        raise RefuseError(Refusal.REVISION_TAKEN, f"the county's revision {newest} says something else")
    return True


def _follow_chain(batch: Batch, data: dict[str, Any]) -> None:
    """Take a head that lies beyond the last one; raise RefuseError when the chain there reads otherwise, or went back."""
    seq, hash_ = batch.head
    if data["seq"] < seq or (data["seq"] == seq and data["hash"] != hash_):
        raise RefuseError(Refusal.CHAIN_FORKED, f"the county was told of {seq}")
    batch.head = (data["seq"], data["hash"])


def _write(batch: Batch, change: Change, data: dict[str, Any]) -> None:
    new = data if change.op == Op.PUT else None
    held = batch.known.setdefault((change.entity, change.record_id), Known(batch.author.station_id))
    if new is None:
        held.revisions.clear()
    held.revisions[change.revision] = new
    batch.record_rows.append(
        {
            "county_id": batch.author.county_id,
            "entity": change.entity,
            "id": change.record_id,
            "revision": change.revision,
            "owner": batch.author.station_id,
            "data": new,
            "about": data.get(ABOUT.get(change.entity, "")),
            "received_at": batch.now,
        }
    )
    batch.entries.extend(_entries(batch, change, data))


def _entries(batch: Batch, change: Change, data: dict[str, Any]) -> list[Entry]:
    """Say who gets to see a change.

    Another station sees a listing's revision once a reviewer has approved it, and then whatever is decided about that listing; that an
    employer is held, because its listings may stand anywhere; and what is reported of its own listings.
    """
    device, op = batch.author.device_id, Op(change.op)
    own = Entry(of_station(batch.author.station_id), change.entity, change.record_id, change.revision, op, device)
    everyone = Entry(EVERYONE, change.entity, change.record_id, change.revision, op, device)
    if change.entity in PRIVATE:
        return [own]
    if change.entity == "report":
        return [own, *_to_owner(batch, own, data)]
    if change.entity == "employer_hold":
        return [everyone]
    if change.entity == "listing":
        return [everyone if op is Op.DELETE and change.record_id in batch.shown else own]
    listing_id = data.get("listing_id", "")
    if data.get("verdict") == Verdict.APPROVE:
        revision = data["listing_revision"]
        batch.shown.add(listing_id)
        held = revision in batch.known[("listing", listing_id)].revisions
        return [Entry(EVERYONE, "listing", listing_id, revision, Op.PUT, device)] * held + [everyone]
    return [everyone if listing_id in batch.shown else own]


def _to_owner(batch: Batch, own: Entry, data: dict[str, Any]) -> list[Entry]:
    """Let the station whose listing is reported see it, too."""
    listing = batch.known.get(("listing", data.get("listing_id", "")))
    return [replace(own, audience=of_station(listing.owner))] if listing and listing.owner != batch.author.station_id else []
