"""One exchange with the county: push a batch, pull a page, enrol. Owns who this terminal is to the county, its cursor and its epoch.

Cursor, applied rows and acknowledgements change in the same transaction as what they describe, so that a kill or a lost answer between
any two lines costs at most one repeated exchange. Knows no thread and no schedule (`kiosk.agent.loop`), no HTTP (`client`).
"""

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from kiosk.domain.employer import EmployerHold, in_force
from kiosk.domain.entities import COUNTY_OWNED, EITHERS, ENTITIES, HANDED_BACK, PRIVATE, is_countys, is_emptied
from kiosk.domain.listing import Listing, Review, Verdict
from kiosk.domain.record import RecordError, from_plain, new_id, to_plain
from kiosk.domain.running import ChainHead
from kiosk.domain.station import COUNTY, Station
from kiosk.errors import HubFailed, HubRefused, KioskError
from kiosk.services import hand_in
from kiosk.services.tickets import KEY as TICKET_KEY
from kiosk.services.tickets import KEY_ID as TICKET_KEY_ID
from kiosk.store.outgoing import Outgoing, lacking
from kiosk.store.store import Store, UnitOfWork
from kiosk.sync.client import Hub, Pull
from kiosk.sync.protocol import (
    Change,
    EnrolRequest,
    Op,
    Problem,
    PushRequest,
    Refusal,
    Refused,
    WitnessRequest,
    bucket_of,
    change_of,
    digest_of,
    record_of,
)

log = logging.getLogger(__name__)

STATION_ID = "station.id"
PHONE_BASE = "station.phone_base"
DEVICE_ID = "sync.device_id"
TOKEN = "sync.token"  # noqa: S105 - the name of a memory, not a secret
NONCE = "sync.nonce"
EPOCH = "sync.epoch"
BATCH = "sync.batch"
CURSOR = "sync.cursor"
ANEW = "sync.anew"
HEARD_AT = "sync.heard_at"
HEAD_TOLD = "sync.head_told"

PUSH_LIMIT = 200
PUSH_BYTES = 256 * 1024
PULL_LIMIT = 500
"""Each page costs the hub about 2 ms beside what stands in it, and 300 stations come at once; a cut costs at most a page, about 40 KB."""
APPLY_LIMIT = 200
"""So much of a page is one transaction, and a visitor's write waits for its end: of listings and their approvals about 60 ms."""
HEARD_EVERY = timedelta(minutes=10)
"""Whoever asks when the county was heard counts in hours; each note costs flash about 30 KB."""
ANEW_ON = frozenset({Problem.EPOCH_USED, Problem.CURSOR_GONE})
CONTRADICTED = frozenset({Refusal.STALE_REVISION, Refusal.REVISION_TAKEN})
UNKNOWN = (Refusal.UNKNOWN_LISTING, Refusal.UNKNOWN_EMPLOYER, Refusal.UNKNOWN_REFERRAL)
Lack = tuple[str, str, frozenset[int]]
"""What the county lacks something of: record id, entity, the revisions that it has."""
SPLIT = frozenset({Problem.TOO_LARGE, Problem.BAD_REQUEST})
"""Whole requests are refused so when one change in them is at fault: the batch is halved until that one stands alone."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this terminal is to the county, and how many of its batches were answered in this epoch."""

    device_id: str
    token: str
    epoch: str
    batch: int

    def __repr__(self) -> str:
        return f"Identity({self.device_id!r})"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one pull did. `skipped` counts changes that this version cannot read."""

    applied: int
    skipped: int
    more: bool


def identity(store: Store) -> Identity | None:
    """Give who we are to the county, or None before enrolment."""
    with store.read() as u:
        return _identity(u)


def _identity(u: UnitOfWork) -> Identity | None:
    device_id, token, epoch, batch = (u.recall(key) for key in (DEVICE_ID, TOKEN, EPOCH, BATCH))
    return Identity(device_id, token, epoch, int(batch or 0)) if device_id and token and epoch else None


def enrol(store: Store, hub: Hub, code: str, now: datetime, also: Mapping[str, str] = MappingProxyType({})) -> Identity:
    """Use a one-time code and keep what the county gives, and `also`, what belongs to it; safe to repeat when the answer was lost.

    Raises SyncError; a code for another station than this store's records is refused unused.
    """
    with store.write() as u:
        nonce = u.recall(NONCE) or secrets.token_hex(16)
        u.remember(NONCE, nonce)
        ours = u.recall(STATION_ID) or ""
    answer = hub.enrol(EnrolRequest(code=code, nonce=nonce, station_id=ours))
    try:
        station = from_plain(Station, answer.station)
    except RecordError as error:
        raise HubFailed(f"enrolment: {error.field}") from None
    with store.write() as u:
        before = u.recall(DEVICE_ID)
        u.receive(station)
        kept = {
            STATION_ID: station.id,
            PHONE_BASE: answer.phone_base,
            DEVICE_ID: answer.device_id,
            TOKEN: answer.device_token,
            TICKET_KEY_ID: str(answer.ticket_key_id),
            TICKET_KEY: answer.ticket_key,
            HEARD_AT: to_plain(now),
        }
        for key, value in {**kept, **also}.items():
            u.remember(key, value)
        if before != answer.device_id:
            _begin(u, anew=before is not None)
        me = _identity(u)
    assert me is not None
    return me


def push_once(store: Store, hub: Hub, now: datetime) -> int:
    """Send one batch of what the county has not acknowledged; give how many changes were settled, 0 when nothing was waiting.

    A refused change is parked for staff. Raises SyncError; what was not answered stays in the outbox. When the chain of responsibility has
    grown, its head goes along. While the store learns anew what it is (`start_anew`), nothing is sent.
    """
    with store.read() as u:
        me, learning = _identity(u), u.recall(ANEW)
    if me is None or learning:
        return 0
    _keep_head(store, me, now)
    with store.read() as u:
        waiting = _bounded(u.outgoing(PUSH_LIMIT))
    if not waiting:
        return 0
    try:
        refused = _send(store, hub, me, waiting)
    except HubRefused as error:
        if error.code != Problem.EPOCH_USED:
            raise
        if identity(store) == me:  # or the pull was told the same meanwhile
            start_anew(store)
        return 0
    with store.read() as u:
        lately = _heard_lately(u, now)
    if not lately:
        with store.write() as u:
            u.remember(HEARD_AT, to_plain(now))
    for outgoing, why in refused:
        if why.code in CONTRADICTED:
            _repair_bucket(store, hub, me, outgoing.entity, bucket_of(outgoing.record_id))
    return len(waiting)


def start_anew(store: Store) -> None:
    """Forget where we stood: this store, or the county's, was put back from a backup.

    All that the county has of us is read again, our own records included, before anything new is sent under a new epoch; then the digests
    say what either side still lacks (`pull_once`, `repair`).
    """
    with store.write() as u:
        _begin(u, anew=True)


def _begin(u: UnitOfWork, *, anew: bool) -> None:
    for key, value in {EPOCH: secrets.token_hex(6), BATCH: "0", CURSOR: "", ANEW: "1" if anew else ""}.items():
        u.remember(key, value)
    hand_in.ask_anew(u)


def _keep_head(store: Store, me: Identity, now: datetime) -> None:
    """Queue the chain's head, unless it has not moved since the last one."""
    with store.read() as u:
        head, told = u.chain_head(), u.recall(HEAD_TOLD)
    if head is None or f"{head[0]} {head[1]}" == told:
        return
    with store.write() as u:
        seq, hash_ = u.chain_head() or head
        u.keep(ChainHead(id=new_id(now), station_id=u.recall(STATION_ID) or "", device_id=me.device_id, seq=seq, hash=hash_, told_at=now))
        u.remember(HEAD_TOLD, f"{seq} {hash_}")


def pull_once(
    store: Store, hub: Hub, now: datetime, wait_s: float = 0, limit: int = PULL_LIMIT, rest: Callable[[], object] = lambda: None
) -> Pulled:
    """Ask for one page of the feed and apply it, with a `rest` after each part; raise SyncError.

    Read to its end anew, the feed is compared with what we hold.
    """
    with store.read() as u:
        me, cursor, anew, heard_lately = _identity(u), u.recall(CURSOR) or "", u.recall(ANEW) == "1", _heard_lately(u, now)
    if me is None:
        return Pulled(0, 0, False)
    what = Pull(epoch=me.epoch, batch=me.batch, after=cursor, wait_s=0 if anew else wait_s, limit=limit, own=anew)
    try:
        page = hub.pull(me.token, what)
    except HubRefused as error:
        if error.code not in ANEW_ON:
            raise
        if identity(store) == me:  # or a push was answered while this was on its way
            start_anew(store)
        return Pulled(0, 0, True)
    if page.cursor == cursor and heard_lately and not anew:
        return Pulled(0, 0, page.more)
    parts = [page.changes[first : first + APPLY_LIMIT] for first in range(0, len(page.changes), APPLY_LIMIT)] or [()]
    applied = 0
    for part in parts[:-1]:
        applied += _apply(store, me, part, now)
        rest()
    applied += _apply(store, me, parts[-1], now, (cursor, page.cursor))
    if anew and not page.more:
        repair(store, hub)
        with store.write() as u:
            if u.recall(EPOCH) == me.epoch:  # else it was begun anew once more
                u.remember(ANEW, "", topic="outbox")  # what waited meanwhile goes now
    return Pulled(applied, len(page.changes) - applied, page.more or anew)


def pull_urgent(store: Store, hub: Hub, now: datetime, limit: int = APPLY_LIMIT) -> int:
    """Ask, after a time without a line, first for what must leave the boards; give how many changes were applied; raise SyncError.

    The cursor stays: these changes come once more at their place in the feed, and change nothing then.
    """
    with store.read() as u:
        me, after = _identity(u), u.recall(CURSOR) or ""
    applied, more = 0, me is not None and after != ""
    while more and me is not None:
        try:
            page = hub.pull(me.token, Pull(epoch=me.epoch, batch=me.batch, after=after, limit=limit, urgent=True))
        except HubRefused as error:
            if error.code not in ANEW_ON:
                raise
            break  # the next pull finds out for itself
        applied += _apply(store, me, page.changes, now)
        after, more = page.cursor, page.more
    return applied


def repair(store: Store, hub: Hub) -> int:
    """Compare digests with the county and mend what differs, either way; give how many buckets differed; raise SyncError.

    What the county lacks of ours is queued; what we lack is fetched. What others wrote and the county lost stays: its station brings it
    back. What the county itself decided and lost it is given back at once, before anything of ours that it might be about.
    """
    with store.read() as u:
        me = _identity(u)
    if me is None:
        return 0
    theirs = hub.digests(me.token).digests
    with store.read() as u:
        ours = {entity: digest_of(entity, u.standing(entity)) for entity in ENTITIES}
    differing = [
        (entity, bucket)
        for entity, sums in ours.items()
        for bucket in sorted(sums.keys() | theirs.get(entity, {}).keys())
        if sums.get(bucket) != theirs.get(entity, {}).get(bucket)
    ]
    lacks = [lack for entity, bucket in differing for lack in _repair_bucket(store, hub, me, entity, bucket)]
    with store.write() as u:
        countys = _countys(u, [lack for lack in lacks if lack[1] in HANDED_BACK])
    for first in range(0, len(countys), PUSH_LIMIT):
        hub.witness(me.token, WitnessRequest(changes=tuple(countys[first : first + PUSH_LIMIT])))
    with store.write() as u:
        # what others are about goes first (ENTITIES), then by birth: a head of the chain must not come before those behind it
        order = {entity: rank for rank, entity in enumerate(ENTITIES)}
        for record_id, entity, has in sorted(lacks, key=lambda lack: (order[lack[1]], lack[0])):
            u.queue_ours(ENTITIES[entity], record_id, has, u.recall(STATION_ID) or "")
    return len(differing)


def _countys(u: UnitOfWork, lacks: Sequence[Lack]) -> list[Change]:
    """Give what the county itself decided, takes something off the boards and is unknown to it now: its database was put back.

    Of holds only those in force; all other words of its about an employer we forget, as their only writer has.
    """
    found = list[Change]()
    for record_id, entity, _ in lacks:
        record = u.get(ENTITIES[entity], record_id)
        if record is None or record.station_id != COUNTY:
            continue
        if isinstance(record, EmployerHold) and record not in in_force(u.list(EmployerHold, employer_id=record.employer_id)):
            u.drop(EmployerHold, record.id)
        else:
            found.append(change_of(record, entity=entity, record_id=record.id, revision=1))
    return found


def _repair_bucket(store: Store, hub: Hub, me: Identity, entity: str, bucket: str) -> list[Lack]:
    """Take what the county says of one bucket; give what it lacks.

    A tombstone it lacks where that is of a record of ours. Whose it was the county's word says, or its kind; of another's that the county
    knows nothing of there is nothing to keep out.
    """
    changes = hub.bucket(me.token, entity, bucket).changes
    theirs: dict[str, set[int]] = {}
    for change in changes:
        theirs.setdefault(change.record_id, set()).add(change.revision)
    with store.write() as u:
        _apply_all(u, changes)
        standing = [one for one in u.standing(entity) if bucket_of(one[0]) == bucket]
        mine = {change.record_id for change in changes if change.data.get("station_id") == u.recall(STATION_ID)}
        if entity in PRIVATE - EITHERS:
            mine |= {record_id for record_id, _, _ in standing}
        u.unbury(*(record_id for record_id, _, gone in standing if gone and record_id not in theirs.keys() | mine))
        ours: dict[str, set[int]] = {}
        for record_id, revision, gone in standing:
            if not gone or record_id in mine:
                ours.setdefault(record_id, set()).add(revision)
        if entity in COUNTY_OWNED | EITHERS:
            cls = ENTITIES[entity]
            for record in [u.get(cls, record_id) for record_id in ours if record_id not in theirs]:
                if record is not None and is_countys(record):  # its only writer no longer has it
                    u.drop(cls, record.id)
        if entity in COUNTY_OWNED:
            return []
    has = {record_id: frozenset(theirs.get(record_id, ())) for record_id in ours}
    return [(record_id, entity, has[record_id]) for record_id, held in ours.items() if lacking(entity, held, has[record_id])]


def _apply(store: Store, me: Identity, changes: Sequence[Change], now: datetime, cursors: tuple[str, str] | None = None) -> int:
    """Apply a page, or a part of one, in one transaction with the cursor behind it; give how many changes could be applied.

    `cursors` are the one that was asked with and the one behind the page: it moves only if nobody put it back meanwhile (`start_anew`).
    A change that breaks us is left out, since it must not stop those behind it; comparing digests finds it again.
    """
    try:
        with store.write() as u:
            return _page(u, me, changes, now, cursors)
    except KioskError:
        raise
    except Exception:  # noqa: BLE001 - one bad change must not stop those behind it
        applied = sum(_apply_alone(store, change) for change in changes)
        with store.write() as u:
            _page(u, me, (), now, cursors)
        return applied


def _page(u: UnitOfWork, me: Identity, changes: Sequence[Change], now: datetime, cursors: tuple[str, str] | None) -> int:
    applied = _apply_all(u, changes)
    if cursors is not None and (u.recall(EPOCH), u.recall(CURSOR) or "") == (me.epoch, cursors[0]):
        u.remember(CURSOR, cursors[1])
    u.remember(HEARD_AT, to_plain(now))
    if applied:  # it may be what a decision of ours was waiting for
        u.unpark(*UNKNOWN)
    return applied


def _apply_alone(store: Store, change: Change) -> int:
    try:
        with store.write() as u:
            return _apply_all(u, [change])
    except KioskError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        log.error("a change of the feed was left out: %s, %s", change.entity, type(error).__name__)
        return 0


def _apply_all(u: UnitOfWork, changes: Sequence[Change]) -> int:
    """Apply changes in their order. A newer hub may know more than we do: what cannot be read is left out."""
    readable, records = 0, list[Any]()
    for change in changes:
        if change.entity not in ENTITIES:
            continue
        if change.op == Op.DELETE:
            u.receive(*records)
            records = []
            u.bury(ENTITIES[change.entity], change.record_id, change.revision)
        else:
            try:
                records.append(record_of(change.entity, change.record_id, change.revision, change.data))
            except RecordError:
                continue
        readable += 1
    u.receive(*records)
    return readable


def _heard_lately(u: UnitOfWork, now: datetime) -> bool:
    """Say whether the hub's last word was noted a short while ago: a commit for every empty answer would wear the flash out."""
    heard = u.recall(HEARD_AT)
    return heard is not None and abs(now - datetime.fromisoformat(heard)) < HEARD_EVERY


def _send(store: Store, hub: Hub, me: Identity, waiting: Sequence[Outgoing]) -> list[tuple[Outgoing, Refused]]:
    """Send changes as one batch, settle what the county said, give what it refused; when the request as a whole is at fault, by halves."""
    request = PushRequest(epoch=me.epoch, batch=me.batch + 1, key=waiting[0].id, changes=tuple(_change(o) for o in waiting))
    try:
        answer = hub.push(me.token, request)
    except HubRefused as error:
        if error.code not in SPLIT:
            raise
        if len(waiting) > 1:
            half = len(waiting) // 2
            first = _send(store, hub, me, waiting[:half])
            return first + _send(store, hub, identity(store) or me, waiting[half:])
        alone = Refused(at=0, code=error.code, reason=str(error))
        with store.write() as u:
            u.park(waiting[0].sequence, alone.code, alone.reason)
        return [(waiting[0], alone)]
    no = {r.at: r for r in answer.refused if 0 <= r.at < len(waiting)}
    if answer.taken + len(no) != len(waiting):
        raise HubFailed("the answer does not settle what was sent")
    with store.write() as u:
        if u.recall(EPOCH) == me.epoch:
            u.remember(BATCH, str(me.batch + 1))
        u.acknowledge([o.sequence for at, o in enumerate(waiting) if at not in no])
        if answer.taken:  # it may be what a decision of ours was waiting for
            u.unpark(*UNKNOWN)
        for at, r in no.items():
            _refused(u, waiting[at], r)
    return [(waiting[at], r) for at, r in no.items()]


def _refused(u: UnitOfWork, outgoing: Outgoing, why: Refused) -> None:
    """Put a change away that the county refused."""
    record = outgoing.record
    if why.code in CONTRADICTED and record is None:  # what was taken away here lives on elsewhere: nothing to look at
        u.acknowledge([outgoing.sequence])
    elif why.code in CONTRADICTED:
        if not is_emptied(record):  # a withdrawal goes up again over the county's word (`inbox`)
            u.set_aside(record)
        if isinstance(record, Listing):
            u.drop(Listing, record.id, record.revision)
    elif why.code == Refusal.NOT_OWNER and _puts_up(record):
        # the other's station came under another meanwhile: what counts nowhere else must not stand on our board
        u.set_aside(record, why.code, why.reason)
        u.drop(type(record), record.id)
    else:
        u.park(outgoing.sequence, why.code, why.reason)


def _puts_up(record: object) -> bool:
    """Say whether a decision brings something to the boards."""
    if isinstance(record, Review):
        return record.verdict in (Verdict.APPROVE, Verdict.UNDO)
    return isinstance(record, EmployerHold) and not record.held


def _bounded(waiting: Sequence[Outgoing]) -> Sequence[Outgoing]:
    """Take what makes about PUSH_BYTES of JSON: after a cut at most so much is sent again."""
    taken = 0
    for at, outgoing in enumerate(waiting):
        taken += len(str(outgoing.record))
        if taken > PUSH_BYTES and at:
            return waiting[:at]
    return waiting


def _change(o: Outgoing) -> Change:
    return change_of(o.record, entity=o.entity, record_id=o.record_id, revision=o.revision, over=o.over)
