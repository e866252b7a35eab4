"""What the county takes from a station, as rules without a database: well formed, written by its owner, revisions only up, and who sees it.

`check` looks at one change by itself, `judge` at one against what the hub holds. `push` reads and writes.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from kiosk.county.feed import EVERYONE, Entry, of_station
from kiosk.domain.entities import BETWEEN, COUNTY_OWNED, ENTITIES, KEEPS_HISTORY, PRIVATE
from kiosk.domain.listing import ContactScope, Verdict
from kiosk.domain.record import RecordError, digest
from kiosk.domain.running import ChainHead
from kiosk.domain.station import COUNTY
from kiosk.domain.worker import WorkerState
from kiosk.sync.protocol import Change, Op, Refusal, Refused, record_of

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH = re.compile(r"[0-9a-f]{64}")
ABOUT = {
    "review": "listing_id",
    "takedown": "listing_id",
    "report": "listing_id",
    "referral": "listing_id",
    "referral_step": "referral_id",
    "introduction": "referral_id",
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
OPS = frozenset(Op)
_text = json.JSONEncoder(allow_nan=False, ensure_ascii=False).encode


class EpochUsedError(Exception):
    """A batch is numbered as if another one had never been taken: the station's store, or the county's, was put back from a backup."""


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


@dataclass(frozen=True, slots=True)
class Decision:
    """A review or takedown of a listing; `approves` is the revision that it approved, or 0."""

    entity: str
    record_id: str
    approves: int


def decision(entity: str, record_id: str, data: dict[str, Any]) -> Decision:
    """Reduce what was decided about a listing to what its audience depends on."""
    return Decision(entity, record_id, data["listing_revision"] if data.get("verdict") == Verdict.APPROVE else 0)


@dataclass(slots=True)
class Batch:
    """A batch being judged: above what the hub holds, below what is to be answered and written.

    `lines` gives for a station itself and all above it; `shown` are the revisions of listings that other stations have seen; `decided` is
    what was decided about listings, which may have come before what it is about (a restored hub); `heads` are what the author last told
    of its chain of responsibility, and what it told of the places in this batch: hash and instant; `put_back`: the hub was, lately;
    `apart` are listings that came when a referral to them, or a report of them, may have been there, or were not there when one came.
    """

    author: Author
    now: datetime
    known: dict[tuple[str, str], Known] = field(default_factory=dict)
    shown: dict[str, set[int]] = field(default_factory=dict)
    decided: dict[str, list[Decision]] = field(default_factory=dict)
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    heads: dict[int, tuple[str, str]] = field(default_factory=dict)
    put_back: bool = False

    refused: list[Refused] = field(default_factory=list)
    record_rows: list[dict[str, Any]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    apart: set[str] = field(default_factory=set)

    def line(self, station_id: str) -> tuple[str, ...]:
        """Give a station and all above it, the nearest first."""
        return self.lines.get(station_id, (station_id,))


def check(change: Change, author: Author) -> dict[str, Any]:
    """Look at a change by itself and give its data; raise RefuseError."""
    envelope: dict[str, object] = {
        "record_id": ID.fullmatch(change.record_id),
        "revision": 1 <= change.revision <= REVISION_MAX,
        "op": change.op in OPS,
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
    found = read(change)
    if found.station_id != author.station_id:
        raise RefuseError(Refusal.NOT_OWNER, "station_id")
    if isinstance(found, ChainHead):
        _check_head(found, author)
    return change.data


def read(change: Change) -> Any:
    """Give the record in a change; raise RefuseError where it is none, or is about nothing."""
    try:
        _text(change.data).encode()
        found = record_of(change.entity, change.record_id, change.revision, change.data)
    except (ValueError, RecursionError) as error:
        raise RefuseError(Refusal.BAD_DATA, type(error).__name__) from None
    except RecordError as error:
        raise RefuseError(Refusal.BAD_DATA, error.field) from None
    about = ABOUT.get(change.entity)
    if about is not None and not ID.fullmatch(change.data[about]):
        raise RefuseError(Refusal.BAD_DATA, about)
    return found


def _check_head(head: ChainHead, author: Author) -> None:
    if head.device_id != author.device_id:
        raise RefuseError(Refusal.NOT_OWNER, "device_id")
    if not (1 <= head.seq <= REVISION_MAX and HASH.fullmatch(head.hash)):
        raise RefuseError(Refusal.BAD_DATA, "seq, hash")


def judge(batch: Batch, at: int, change: Change, data: dict[str, Any]) -> None:
    """Accept or refuse one checked change, the batch's number `at`."""
    try:
        if _is_news(batch, change, data):
            _write(batch, change, data)
    except RefuseError as error:
        batch.refused.append(Refused(at=at, code=error.code, reason=error.reason))


def _is_news(batch: Batch, change: Change, data: dict[str, Any]) -> bool:
    """Say whether a change says something new; raise RefuseError when the author may not say it."""
    held, new = batch.known.get((change.entity, change.record_id)), data if change.op == Op.PUT else None
    if held is not None and held.owner == batch.author.station_id and held.revisions.get(change.revision, {}) in (new, None):
        return False  # the same again, or no newer than its tombstone
    if change.entity in DECIDES and data:
        kind, unknown = DECIDES[change.entity]
        subject = batch.known.get((kind, data[ABOUT[change.entity]]))
        if subject is None:
            raise RefuseError(unknown, ABOUT[change.entity])
        if batch.author.station_id not in batch.line(subject.owner):
            raise RefuseError(Refusal.NOT_OWNER, ABOUT[change.entity])
    if change.entity in BETWEEN and change.entity != "referral" and data:
        _check_part(batch, change.entity, data["referral_id"])
    if held is None:
        if change.entity == "chain_head" and data:
            _follow_chain(batch, data)
        return True
    if held.owner != batch.author.station_id:
        raise RefuseError(Refusal.NOT_OWNER, "record_id")
    newest = max(held.revisions)
    if new is None and held.revisions[newest] is None:
        return False
    theirs = held.revisions[newest]
    if new and theirs:
        _check_over(change, newest, theirs)
    # an older revision that a hub lost which was put back
    lost = change.entity in KEEPS_HISTORY and change.revision not in held.revisions and None not in held.revisions.values()
    if change.revision < newest and not lost:
        raise RefuseError(Refusal.STALE_REVISION, f"the county has revision {newest}")
    if change.revision == newest and new is not None:
        raise RefuseError(Refusal.REVISION_TAKEN, f"the county's revision {newest} says something else")
    return True


def _check_over(change: Change, newest: int, theirs: dict[str, Any]) -> None:
    """Raise RefuseError where the author has not seen what the county's newest revision says, or where that was a person's last word."""
    mine = change.over.get(str(newest))
    unseen = change.revision > newest and mine is not None and mine != digest(theirs)
    if unseen or (change.entity == "worker" and withdrew(theirs) and not withdrew(change.data)):
        raise RefuseError(Refusal.REVISION_TAKEN, f"the county's revision {newest} says something else than the author's")


def withdrew(data: dict[str, Any]) -> bool:
    """Say whether a worker's data is what a withdrawal leaves."""
    return bool(data.get("state") == WorkerState.WITHDRAWN)


def _check_part(batch: Batch, entity: str, referral_id: str) -> None:
    """Raise RefuseError unless the author is the referral's station or, of a step, the listing's, by what the hub holds of both."""
    author, referral = batch.author.station_id, batch.known.get(("referral", referral_id))
    if referral is None:
        raise RefuseError(Refusal.UNKNOWN_REFERRAL, "referral_id")
    if author == referral.owner:
        return
    listing = batch.known.get(("listing", _listing_of(batch, referral_id)))
    if entity == "referral_step" and listing is None:
        raise RefuseError(Refusal.UNKNOWN_LISTING, "listing_id")
    if entity != "referral_step" or listing is None or author != listing.owner:
        raise RefuseError(Refusal.NOT_OWNER, "referral_id")


def _listing_of(batch: Batch, referral_id: str) -> str:
    """Give the listing that a referral is to; empty where the hub has neither it nor what it said."""
    referral = batch.known.get(("referral", referral_id))
    said = (data["listing_id"] for data in referral.revisions.values() if data) if referral else ()
    return next(iter(said), "")


def _follow_chain(batch: Batch, data: dict[str, Any]) -> None:
    """Take a head that lies beyond the last one; raise RefuseError when the chain there reads otherwise, or went back.

    One that was told before the last, and lost when the hub was put back, is taken as the older word that it is.
    """
    seq, told_at = max(((one, at) for one, (_, at) in batch.heads.items()), default=(0, ""))
    hash_, _ = batch.heads.get(data["seq"], (data["hash"], ""))
    older = batch.put_back and data["told_at"] < told_at
    if hash_ != data["hash"] or (data["seq"] < seq and not older):
        raise RefuseError(Refusal.CHAIN_FORKED, f"the county was told of {seq}")
    batch.heads[data["seq"]] = (data["hash"], data["told_at"])


def _write(batch: Batch, change: Change, data: dict[str, Any]) -> None:
    new = data if change.op == Op.PUT else None
    first = (change.entity, change.record_id) not in batch.known
    held = batch.known.setdefault((change.entity, change.record_id), Known(batch.author.station_id))
    said = data or next((was for _, was in sorted(held.revisions.items(), reverse=True) if was), {})
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
    batch.entries.extend(_entries(batch, change, said))
    if first and change.entity == "listing":
        batch.apart.add(change.record_id)


def _entries(batch: Batch, change: Change, data: dict[str, Any]) -> list[Entry]:
    """Say who gets to see a change.

    What a station collects is seen by those above it: listings, what is decided about them and what is reported of them, never people.
    Another station sees a listing's revision once a reviewer has approved it, and then whatever is decided about that listing; that an
    employer is held, because its listings may stand anywhere; and what is reported of its own listings.
    """
    author, op = batch.author, Op(change.op)
    one = Entry(EVERYONE, change.entity, change.record_id, change.revision, op, author.device_id, _is_urgent(change, data))
    if change.entity in PRIVATE:
        return _to(one, (author.station_id,))
    if change.entity in BETWEEN:
        return _to(one, _both(batch, change, data))
    if change.entity == "employer_hold":
        return [one]
    listing_id = change.record_id if change.entity == "listing" else data.get("listing_id", "")
    listing = batch.known.get(("listing", listing_id))
    line = _to(one, batch.line(listing.owner if listing else author.station_id))
    shown = [one] if listing_id in batch.shown else []
    if change.entity == "report":
        if listing is None:
            batch.apart.add(listing_id)
        return [*line, *_to(one, (author.station_id,))]
    if op is Op.DELETE:
        return [*line, *shown]
    decided = batch.decided.setdefault(listing_id, [])
    if change.entity == "listing":
        early = any(one.approves == change.revision for one in decided)
        return [*_closed(batch, one, data), *line, *(_show(batch, one, listing_id, change.revision) if early else ())]
    decided.append(decision(change.entity, change.record_id, data))
    if decided[-1].approves and listing is not None and decided[-1].approves in listing.revisions:
        return _show(batch, one, listing_id, decided[-1].approves)
    return shown or line


def _show(batch: Batch, one: Entry, listing_id: str, revision: int) -> list[Entry]:
    """Let everyone see a revision that was approved, and all that was decided about its listing, whichever came first."""
    listing = replace(one, entity="listing", record_id=listing_id, revision=revision, urgent=False)
    said = [replace(one, entity=d.entity, record_id=d.record_id, revision=1, urgent=not d.approves) for d in batch.decided[listing_id]]
    # what others decided the author's own device may not have heard yet
    said = [e if e.record_id == one.record_id else replace(e, device_id=COUNTY) for e in said]
    if listing_id in batch.shown:
        said = [e for e in said if e.record_id == one.record_id]
    batch.shown.setdefault(listing_id, set()).add(revision)
    return [listing, *said]


def _both(batch: Batch, change: Change, data: dict[str, Any]) -> Iterable[str]:
    """Give the stations that a referral is of: the worker's and the listing's, by what the hub holds, never by what an author claims."""
    referral_id = change.record_id if change.entity == "referral" else data.get("referral_id", "")
    listing_id = data.get("listing_id", "") if change.entity == "referral" else _listing_of(batch, referral_id)
    referral, listing = batch.known.get(("referral", referral_id)), batch.known.get(("listing", listing_id))
    if listing is None and listing_id:
        batch.apart.add(listing_id)
    return dict.fromkeys((batch.author.station_id, *(one.owner for one in (referral, listing) if one)))


def _to(one: Entry, station_ids: Iterable[str]) -> list[Entry]:
    return [one.heard_by(of_station(station_id)) for station_id in station_ids]


def _is_urgent(change: Change, data: dict[str, Any]) -> bool:
    """Say whether something may have to leave a board."""
    decided = change.entity == "review" and data.get("verdict") != Verdict.APPROVE
    return decided or change.entity in ("takedown", "employer_hold") or change.op == Op.DELETE


def _closed(batch: Batch, one: Entry, data: dict[str, Any]) -> list[Entry]:
    """Send earlier revisions again, without the contact, when the employer no longer gives it to every station."""
    if data.get("contact_scope") == ContactScope.ALL_STATIONS:
        return []
    held = batch.known[("listing", one.record_id)]
    open_ = [n for n, was in held.revisions.items() if n < one.revision and was and was.get("contact_scope") == ContactScope.ALL_STATIONS]
    again = [replace(one, revision=n) for n in open_ if n in batch.shown.get(one.record_id, ())]
    return [*again, *(e for n in open_ for e in _to(replace(one, revision=n), batch.line(held.owner)[1:]))]
