"""Taking a station's changes in, one transaction a batch: reads what judging needs, writes what was accepted. Rules stand in `judge`."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiosk.county import people
from kiosk.county.bulk import among, inserting
from kiosk.county.feed import EVERYONE, Entry, append, of_station, was_put_back
from kiosk.county.judge import ABOUT, DECIDES, Author, Batch, Decision, EpochUsedError, Known, RefuseError, check, decision, judge, withdrew
from kiosk.county.publish import tell_station
from kiosk.county.schema import device, feed, record, station
from kiosk.county.tree import lines
from kiosk.domain.entities import BETWEEN, ENTITIES, KEEPS_HISTORY
from kiosk.domain.phone_act import PhoneAct, PhoneActKind
from kiosk.domain.record import from_plain, new_id
from kiosk.domain.station import COUNTY
from kiosk.domain.worker import Worker
from kiosk.sync.protocol import Change, Op, PushAnswer, Refusal, Refused

log = logging.getLogger(__name__)

RANK = {entity: rank for rank, entity in enumerate(ENTITIES)}
Sound = Sequence[tuple[Change, dict[str, Any]]]


def push(
    connection: sa.Connection, author: Author, changes: Sequence[Change], now: datetime, numbered: tuple[str, int, str] | None = None
) -> PushAnswer:
    """Take a batch in the caller's transaction; raise EpochUsedError when its number (epoch, batch, key) does not follow the last one."""
    ours = sa.select(station.c.id).where(station.c.county_id == author.county_id, station.c.id == author.station_id)
    connection.execute(ours.with_for_update())
    if numbered is not None:
        _number(connection, author, *numbered)
    try:
        with connection.begin_nested():
            batches = [_take(connection, author, list(enumerate(changes)), now)]
    except sa.exc.OperationalError:
        raise
    except Exception:  # noqa: BLE001 - one bad change must not block a station's queue, whatever is wrong with it
        batches = [_take_alone(connection, author, at, change, now) for at, change in enumerate(changes)]
    append(connection, author.county_id, [e for b in batches for e in b.entries])
    apart = {listing_id for b in batches for listing_id in b.apart}
    append(connection, author.county_id, _brought_together(connection, author.county_id, apart))
    refused = tuple(r for b in batches for r in b.refused)
    return PushAnswer(taken=len(changes) - len(refused), refused=refused)


def _number(connection: sa.Connection, author: Author, epoch: str, batch: int, key: str) -> None:
    """Note a batch's number. The last one may come again, since its answer may be lost; a new epoch begins with 1."""
    mine = (device.c.county_id == author.county_id, device.c.id == author.device_id)
    last = connection.execute(sa.select(device.c.push_epoch, device.c.push_batch, device.c.push_key).where(*mine)).one()
    if batch != (last.push_batch + 1 if epoch == last.push_epoch else 1) and (epoch, batch, key) != tuple(last):
        raise EpochUsedError(epoch)
    connection.execute(sa.update(device).where(*mine).values(push_epoch=epoch, push_batch=batch, push_key=key))


def _take_alone(connection: sa.Connection, author: Author, at: int, change: Change, now: datetime) -> Batch:
    """Take one change of a batch that could not be taken: the database refused something (a NUL character, say), or we broke."""
    try:
        with connection.begin_nested():
            return _take(connection, author, [(at, change)], now)
    except sa.exc.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        why = type(getattr(error, "orig", error)).__name__
        if not isinstance(error, sa.exc.DataError):
            log.error("a change could not be taken: %s, %s", change.entity, why)
        return Batch(author, now, refused=[Refused(at=at, code=Refusal.BAD_DATA, reason=why)])


def _take(connection: sa.Connection, author: Author, changes: Sequence[tuple[int, Change]], now: datetime) -> Batch:
    sound, refused = [], []
    for at, change in changes:
        try:
            sound.append((at, change, check(change, author)))
        except RefuseError as error:
            refused.append(Refused(at=at, code=error.code, reason=error.reason))
    # what others are about first, and heads of the chain as they grew: after a restore they come in any order
    sound.sort(key=lambda one: (RANK[one[1].entity], one[2].get("seq", 0)))
    batch = _read(connection, author, [(change, data) for _, change, data in sound], now)
    batch.refused.extend(refused)
    for at, change, data in sound:
        judge(batch, at, change, data)
    for one in (r for r in batch.refused if r.code == Refusal.CHAIN_FORKED):
        log.warning("chain forked: station %s, device %s, %s", author.station_id, author.device_id, one.reason)
    _write(connection, batch)
    _withdraw_elsewhere(connection, batch)
    return batch


def _read(connection: sa.Connection, author: Author, sound: Sound, now: datetime) -> Batch:
    """Read what judging needs, one statement for each question."""
    keys = {(c.entity, c.record_id) for c, _ in sound}
    keys |= {(DECIDES[c.entity][0], d[ABOUT[c.entity]]) for c, d in sound if c.entity in DECIDES and d}
    keys |= {("listing", d["listing_id"]) for c, d in sound if c.entity in ("report", "referral") and d}
    keys |= {("referral", d["referral_id"]) for c, d in sound if c.entity in BETWEEN and "referral_id" in d}
    known = _known(connection, author.county_id, keys)
    # a tombstone names nothing: its own record says what it is about
    parts = {("referral", d["referral_id"]) for (entity, _), d in _said(known) if entity in BETWEEN and "referral_id" in d} - keys
    known |= _known(connection, author.county_id, parts)
    referred = {("listing", d["listing_id"]) for (entity, _), d in _said(known) if entity == "referral"} - keys
    known |= _known(connection, author.county_id, referred)
    heads = [d["seq"] for c, d in sound if c.entity == "chain_head" and d]
    listings = {record_id for entity, record_id in keys if entity == "listing"}
    listings |= {data["listing_id"] for _, data in _said(known) if "listing_id" in data}
    return Batch(
        author,
        now,
        known=known,
        shown=_shown(connection, author.county_id, listings),
        decided=_decided(connection, author.county_id, listings),
        lines=lines(connection, author.county_id, {author.station_id, *(one.owner for one in known.values())}),
        **(_chain(connection, author, heads, now) if heads else {}),
    )


def _known(connection: sa.Connection, county_id: str, keys: set[tuple[str, str]]) -> dict[tuple[str, str], Known]:
    """Give what the hub holds of these records."""
    known: dict[tuple[str, str], Known] = {}
    if keys:
        records = sa.select(record.c.entity, record.c.id, record.c.revision, record.c.owner, record.c.data)
        these = (record.c.county_id == county_id, among((record.c.entity, record.c.id), keys))
        for entity, record_id, revision, owner, data in connection.execute(records.where(*these)):
            known.setdefault((entity, record_id), Known(owner)).revisions[revision] = data
    return known


def _said(known: dict[tuple[str, str], Known]) -> list[tuple[tuple[str, str], dict[str, Any]]]:
    return [(key, data) for key, one in known.items() for data in one.revisions.values() if data]


def _brought_together(connection: sa.Connection, county_id: str, listing_ids: set[str]) -> list[Entry]:
    """Give what is between two stations for the one whose listing it is about, where listing and referral came in the wrong order, and
    reports of a listing for those who see them.

    A hub that was put back from a backup gets the worker's station's records back before the listing. To be asked under the county's lock:
    whoever of the two commits later sees both. No device of that station wrote this, so none is left out.
    """
    if not listing_ids:
        return []
    ours, ids = record.c.county_id == county_id, [(one,) for one in listing_ids]
    # one after the other, not joined: everybody waits for this, and a plan for the join may read all that the county has
    listings = sa.select(record.c.id, record.c.owner).where(ours, record.c.entity == "listing", among((record.c.id,), ids))
    whose = dict(map(tuple, connection.execute(listings)))
    about_them = sa.select(record.c.entity, record.c.id, record.c.about, record.c.owner).where(ours, among((record.c.about,), ids))
    owner: dict[str, dict[str, str]] = {"referral": {}, "report": {}}
    for entity, record_id, about, its in connection.execute(about_them):
        if entity in owner and whose.get(about, its) != its:
            owner[entity][record_id] = whose[about]
    return [*_parts(connection, county_id, owner["referral"]), *_reports(connection, county_id, owner["report"])]


def _parts(connection: sa.Connection, county_id: str, owner: dict[str, str]) -> list[Entry]:
    """Give referrals and what is of them to the stations whose listings they are to."""
    if not owner:
        return []
    parts = sa.or_(sa.and_(record.c.entity == "referral", record.c.id.in_(owner)), record.c.about.in_(owner))
    rows = sa.select(record.c.entity, record.c.id, record.c.revision, record.c.about).where(
        record.c.county_id == county_id, record.c.entity.in_(BETWEEN), record.c.data.is_not(None), parts
    )
    return [
        Entry(of_station(owner.get(record_id) or owner[about]), entity, record_id, revision, Op.PUT, COUNTY)
        for entity, record_id, revision, about in connection.execute(rows)
    ]


def _reports(connection: sa.Connection, county_id: str, owner: dict[str, str]) -> list[Entry]:
    """Give reports to the stations whose listings they are of, and to those above them."""
    above = lines(connection, county_id, set(owner.values())) if owner else {}
    told = [(one, record_id) for record_id, its in owner.items() for one in above.get(its, ())]
    return [Entry(of_station(one), "report", record_id, 1, Op.PUT, COUNTY) for one, record_id in told]


def _withdraw_elsewhere(connection: sa.Connection, batch: Batch) -> None:
    """Have the other stations of who withdrew everywhere carry that out, too: by what stood here of him until now."""
    gone = [row["id"] for row in batch.record_rows if row["entity"] == "worker" and _wishes_it_everywhere(row["data"] or {})]
    held = [from_plain(Worker, was) for worker_id in gone for was in batch.known["worker", worker_id].revisions.values() if was]
    for other in (other for one in held for other in people.elsewhere(connection, batch.author.county_id, one)):
        act = PhoneAct(
            id=new_id(batch.now),
            station_id=other.station_id,
            kind=PhoneActKind.WITHDRAW,
            worker_id=other.id,
            listing_id="",
            referral_id="",
            acted_at=batch.now,
        )
        tell_station(connection, batch.author.county_id, act)


def _wishes_it_everywhere(data: dict[str, Any]) -> bool:
    return data.get("withdrawn_everywhere") is True and withdrew(data)


def _shown(connection: sa.Connection, county_id: str, listings: set[str]) -> dict[str, set[int]]:
    """Give the revisions of listings that everyone has seen."""
    public = (feed.c.county_id == county_id, feed.c.audience == EVERYONE, feed.c.entity == "listing")
    these = (*public, among((feed.c.record_id,), [(one,) for one in listings]))
    found: dict[str, set[int]] = {}
    for listing_id, revision in connection.execute(sa.select(feed.c.record_id, feed.c.revision).where(*these)):
        found.setdefault(listing_id, set()).add(revision)
    return found


def _decided(connection: sa.Connection, county_id: str, listings: set[str]) -> dict[str, list[Decision]]:
    """Give what was decided about listings."""
    these = (record.c.county_id == county_id, record.c.entity.in_(("review", "takedown")), record.c.data.is_not(None))
    about = sa.select(record.c.entity, record.c.id, record.c.about, record.c.data).where(
        *these, among((record.c.about,), [(one,) for one in listings])
    )
    found: dict[str, list[Decision]] = {}
    for entity, record_id, listing_id, data in connection.execute(about.order_by(record.c.received_at, record.c.id)):
        found.setdefault(listing_id, []).append(decision(entity, record_id, data))
    return found


def _chain(connection: sa.Connection, author: Author, places: Sequence[int], now: datetime) -> dict[str, Any]:
    """Give what the county was told of the author's chain, the furthest and at these places, and whether it may have lost some."""
    mine = (record.c.county_id == author.county_id, record.c.entity == "chain_head", record.c.about == author.device_id)
    seq = record.c.data["seq"].as_integer()
    last = sa.select(sa.func.max(seq)).where(*mine).scalar_subquery()
    said = sa.select(seq, record.c.data["hash"].as_string(), record.c.data["told_at"].as_string())
    rows = connection.execute(said.where(*mine, sa.or_(seq == last, seq.in_(places))))
    return {"heads": {at: (hash_, told_at) for at, hash_, told_at in rows}, "put_back": was_put_back(connection, author.county_id, now)}


def _write(connection: sa.Connection, batch: Batch) -> None:
    """Write what was accepted, all but the feed. What a newer revision or a tombstone replaces is deleted, not kept."""
    kept: dict[tuple[str, str], list[dict[str, Any]]] = {}
    replaced = set()
    for row in batch.record_rows:
        key = (row["entity"], row["id"])
        if row["data"] is not None and row["entity"] in KEEPS_HISTORY:
            kept.setdefault(key, []).append(row)
        else:
            kept[key] = [row]
            replaced.add(key)
    if replaced:
        old = among((record.c.entity, record.c.id), replaced)
        connection.execute(sa.delete(record).where(record.c.county_id == batch.author.county_id, old))
    rows = [row for rows in kept.values() for row in rows]
    if rows:
        connection.execute(inserting(record, rows))
