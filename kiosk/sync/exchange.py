"""One exchange with the county: push a batch, pull a page, enrol. Owns who this terminal is to the county, its cursor and its epoch.

Cursor, applied rows and acknowledgements change in the same transaction as what they describe, so that a kill or a lost answer between
any two lines costs at most one repeated exchange. Knows no thread and no schedule (`kiosk.agent.loop`), no HTTP (`client`).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from kiosk.domain.entities import ENTITIES
from kiosk.domain.record import RecordError, from_plain, new_id, to_plain
from kiosk.domain.running import ChainHead
from kiosk.domain.station import Station
from kiosk.errors import HubFailed, HubRefused
from kiosk.services.tickets import KEY as TICKET_KEY
from kiosk.services.tickets import KEY_ID as TICKET_KEY_ID
from kiosk.store.store import Outgoing, Store, UnitOfWork
from kiosk.sync.client import Hub
from kiosk.sync.protocol import Change, EnrolRequest, FeedChange, Op, Problem, PushAnswer, PushRequest, Refused, change_of, record_of

STATION_ID = "station.id"
PHONE_BASE = "station.phone_base"
DEVICE_ID = "sync.device_id"
TOKEN = "sync.token"  # noqa: S105 - the name of a memory, not a secret
NONCE = "sync.nonce"
EPOCH = "sync.epoch"
CURSOR = "sync.cursor"
HEARD_AT = "sync.heard_at"
HEAD_TOLD = "sync.head_told"

PUSH_LIMIT = 200
PULL_LIMIT = 100
"""A page is one transaction; 200 rows at once made a visitor's write wait (DESIGN, SQLite)."""
HEARD_EVERY = timedelta(minutes=2)
SPLIT = frozenset({Problem.TOO_LARGE, Problem.BAD_REQUEST})
"""Whole requests are refused so when one change in them is at fault: the batch is halved until that one stands alone."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this terminal is to the county."""

    device_id: str
    token: str
    epoch: str

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
        known = [u.recall(key) for key in (DEVICE_ID, TOKEN, EPOCH)]
    device_id, token, epoch = known
    return Identity(device_id, token, epoch) if device_id and token and epoch else None


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
        u.receive(station)
        kept = {
            STATION_ID: station.id,
            PHONE_BASE: answer.phone_base,
            DEVICE_ID: answer.device_id,
            TOKEN: answer.device_token,
            TICKET_KEY_ID: str(answer.ticket_key_id),
            TICKET_KEY: answer.ticket_key,
            EPOCH: u.recall(EPOCH) or secrets.token_hex(6),
            HEARD_AT: to_plain(now),
        }
        for key, value in {**kept, **also}.items():
            u.remember(key, value)
    return Identity(answer.device_id, answer.device_token, kept[EPOCH])


def push_once(store: Store, hub: Hub, now: datetime) -> int:
    """Send one batch of what the county has not acknowledged; give how many changes were settled, 0 when nothing was waiting.

    A refused change is parked for staff. Raises SyncError; what was not answered stays in the outbox. When the chain of responsibility has
    grown, its head goes along.
    """
    me = identity(store)
    if me is None:
        return 0
    _keep_head(store, me, now)
    with store.read() as u:
        waiting = u.outgoing(PUSH_LIMIT)
    if not waiting:
        return 0
    try:
        answer = _send(hub, me, waiting)
    except HubRefused as error:
        if error.code != Problem.EPOCH_USED:
            raise
        # this store is older than what was once sent under its numbers (a restored backup): number anew
        with store.write() as u:
            u.remember(EPOCH, secrets.token_hex(6))
        return push_once(store, hub, now)
    sequence_of = {o.id: o.sequence for o in waiting}
    accepted = [sequence_of[i] for i in answer.accepted if i in sequence_of]
    refused = [r for r in answer.refused if r.id in sequence_of]
    if not accepted and not refused:
        raise HubFailed("the answer settles nothing")
    with store.write() as u:
        u.acknowledge(accepted)
        for r in refused:
            u.park(sequence_of[r.id], r.code, r.reason)
        u.remember(HEARD_AT, to_plain(now))
    return len(accepted) + len(refused)


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


def pull_once(store: Store, hub: Hub, now: datetime, wait_s: float = 0, limit: int = PULL_LIMIT) -> Pulled:
    """Ask for one page of the feed and apply it; raise SyncError."""
    me = identity(store)
    if me is None:
        return Pulled(0, 0, False)
    with store.read() as u:
        cursor, heard_lately = u.recall(CURSOR) or "", _heard_lately(u, now)
    try:
        page = hub.pull(me.token, cursor, wait_s, limit)
    except HubRefused as error:
        if error.code != Problem.CURSOR_GONE:
            raise
        # the hub's feed began anew (a restored hub): read it from its beginning
        with store.write() as u:
            u.remember(CURSOR, "")
        return Pulled(0, 0, True)
    if page.cursor == cursor and heard_lately:
        return Pulled(0, 0, page.more)
    with store.write() as u:
        readable = [apply(u, change) for change in page.changes]
        u.remember(CURSOR, page.cursor)
        u.remember(HEARD_AT, to_plain(now))
    return Pulled(sum(readable), len(readable) - sum(readable), page.more)


def _heard_lately(u: UnitOfWork, now: datetime) -> bool:
    """Say whether the hub's last word was noted a short while ago: a commit for every empty answer would wear the flash out."""
    heard = u.recall(HEARD_AT)
    return heard is not None and abs(now - datetime.fromisoformat(heard)) < HEARD_EVERY


def apply(u: UnitOfWork, change: FeedChange) -> bool:
    """Apply one change of the feed; False when this version cannot read it. A newer hub may know more than we do."""
    if change.entity not in ENTITIES:
        return False
    if change.op == Op.DELETE:
        u.drop(ENTITIES[change.entity], change.record_id)
        return True
    try:
        u.receive(record_of(change.entity, change.record_id, change.revision, change.data))
    except RecordError:
        return False
    return True


def _send(hub: Hub, me: Identity, waiting: Sequence[Outgoing]) -> PushAnswer:
    """Send changes together; when the request as a whole is at fault, by halves."""
    try:
        return hub.push(me.token, PushRequest(changes=tuple(_change(me, o) for o in waiting)))
    except HubRefused as error:
        if error.code not in SPLIT:
            raise
        if len(waiting) == 1:
            return PushAnswer(accepted=(), refused=(Refused(id=waiting[0].id, code=error.code, reason=str(error)),))
    half = len(waiting) // 2
    first, second = _send(hub, me, waiting[:half]), _send(hub, me, waiting[half:])
    return PushAnswer(accepted=first.accepted + second.accepted, refused=first.refused + second.refused)


def _change(me: Identity, o: Outgoing) -> Change:
    return change_of(
        o.record,
        id=o.id,
        device=me.device_id,
        epoch=me.epoch,
        sequence=o.sequence,
        entity=o.entity,
        record_id=o.record_id,
        revision=o.revision,
    )
