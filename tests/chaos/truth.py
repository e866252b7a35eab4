"""What must hold once all is well again, worked out from the records alone: who wrote what, who may see what, what stands in public.

Knows nothing of cursors, batches and digests.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from kiosk.domain.employer import EmployerHold, in_force, is_held
from kiosk.domain.entities import BETWEEN, COUNTY_OWNED, ENTITIES, HANDED_BACK, NAME_OF, PRIVATE, is_emptied
from kiosk.domain.listing import Listing, Review, Takedown, public_revision
from kiosk.domain.record import from_plain, to_plain
from kiosk.domain.referral import Referral
from kiosk.domain.station import Station
from kiosk.store.schema import TABLES, from_row, outbox, tombstone
from tests.chaos.disk import Written
from tests.chaos.stations import Lines, Terminal, lines_of

Key = tuple[str, str, int]
"""Kind, id, and the revision where each of them is kept (0 elsewhere)."""
Said = tuple[str, str, str]
"""Kind, id and content of a record."""
COUNTY = "county"
UNKNOWN = {
    "unknown_listing": ("listing", "listing_id"),
    "unknown_employer": ("employer", "employer_id"),
    "unknown_referral": ("referral", "referral_id"),
}
CLOSED = {"contact_name": "", "contact_phone": ""}
NOBODY = {"introduction": {"name": "", "phone": "", "phone_of": "own"}}
"""What each station forgets by itself."""
CONTRADICTED = frozenset({"revision_taken", "stale_revision"})


def said(record: Any) -> Said:
    """Give what a record says, to compare."""
    return NAME_OF[type(record)], record.id, _text(to_plain(record))


def _text(plain: Any) -> str:
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)


def key_of(entity: str, record_id: str, revision: int) -> Key:
    """Give where a record stands."""
    return entity, record_id, revision if entity == "listing" else 0


@dataclass
class Entry:
    """One record that a terminal wrote. `acknowledged`: whoever wrote it was told so. `destroyed`: its last copy went with a disk."""

    terminal: str
    station_id: str
    said: Said
    revision: int
    acknowledged: bool
    step: str
    destroyed: bool = False


class Ledger:
    """All that was written, and what was written over what."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._over: defaultdict[Said, set[Said]] = defaultdict(set)
        self._taken: Counter[str] = Counter()
        self.by_county: set[Said] = set()

    def note(self, terminal: Terminal, step: str) -> None:
        """Take over what a terminal's disk has noted since the last time."""
        for acknowledged, written in ((True, terminal.store.sure), (False, terminal.store.unsure)):
            for one in written:
                self._add(terminal, step, one, acknowledged)
            written.clear()

    def _add(self, terminal: Terminal, step: str, one: Written, acknowledged: bool) -> None:
        before = said(one.before) if one.before is not None and type(one.record) is not Listing else None
        revision = getattr(one.record, "revision", 1)
        self.add(Entry(terminal.name, terminal.station.id, said(one.record), revision, acknowledged, step), before)

    def add(self, entry: Entry, before: Said | None) -> None:
        """Take one entry, written over `before`."""
        if before is not None:
            self._over[entry.said].add(before)
        self.entries.append(entry)

    def known(self) -> set[Said]:
        """Give everything that anybody ever wrote."""
        return {one.said for one in self.entries} | self.by_county

    def under(self, what: Iterable[Said]) -> set[Said]:
        """Give these contents and all that they were written over."""
        found, todo = set[Said](), list(what)
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                todo.extend(self._over.get(one, ()))
        return found


@dataclass(frozen=True)
class Holding:
    """What one terminal has: records by place, what is set aside for staff, and what waits."""

    records: dict[Key, dict[str, Any]]
    aside: list[tuple[str, str, int, str, Said | None]]
    waiting: int
    public: dict[str, int]
    gone: frozenset[tuple[str, str]]

    @property
    def contents(self) -> set[Said]:
        """Give all that it could still bring to the county or show to staff."""
        stored = {(entity, record_id, _text(data)) for (entity, record_id, _), data in self.records.items()}
        return stored | {what for *_, what in self.aside if what is not None}


def holding(terminal: Terminal) -> Holding:
    """Read a terminal's store."""
    records: dict[Key, dict[str, Any]] = {}
    for entity, cls in ENTITIES.items():
        for row in terminal.disk.rows(TABLES[cls]):
            data = to_plain(from_row(cls, row))
            records[key_of(entity, data["id"], data.get("revision", 1))] = data
    aside = []
    for row in terminal.disk.rows(outbox):
        if row["refused_code"] is not None:
            what = (row["entity"], row["record_id"])
            data = json.loads(row["data"]) if row["data"] else records.get(key_of(*what, row["revision"]))
            aside.append((*what, row["revision"], row["refused_code"], None if data is None else (*what, _text(data))))
    with terminal.store.read() as u:
        public = {p.listing.id: p.listing.revision for p in u.newest()}
        waiting = u.outbox_size()
    gone = frozenset((row["entity"], row["record_id"]) for row in terminal.disk.rows(tombstone))
    return Holding(records, aside, waiting, public, gone)


@dataclass(frozen=True)
class Held:
    """What the county has, row by row of its table of records."""

    rows: Sequence[dict[str, Any]]

    @cached_property
    def lines(self) -> Lines:
        """Give each station with those above it."""
        return lines_of(self.of(Station))

    @property
    def contents(self) -> set[Said]:
        """Give all contents."""
        return {(r["entity"], r["id"], _text(r["data"])) for r in self.rows if r["data"] is not None}

    @property
    def tombs(self) -> set[tuple[str, str]]:
        """Give what was deleted."""
        return {(r["entity"], r["id"]) for r in self.rows if r["data"] is None}

    def of(self, cls: type, **equals: Any) -> list[Any]:
        """Give the records of one kind."""
        entity = NAME_OF[cls]
        found = [r["data"] for r in self.rows if r["entity"] == entity and r["data"] is not None]
        return [from_plain(cls, data) for data in found if all(data[k] == v for k, v in equals.items())]

    def public(self, today: Any) -> dict[str, int]:
        """Give what may stand in public: listing and revision."""
        found = {}
        for listing_id in {one.id for one in self.of(Listing)}:
            reviews, takedowns = (self.of(cls, listing_id=listing_id) for cls in (Review, Takedown))
            chosen = public_revision(self.of(Listing, id=listing_id), reviews, takedowns, today)
            if chosen is not None and not (chosen.employer_id and is_held(self.of(EmployerHold, employer_id=chosen.employer_id))):
                found[listing_id] = chosen.revision
        return found

    def seen_by(self, station_id: str) -> tuple[dict[Key, dict[str, Any]], set[Key]]:
        """Give what a station must hold, each as it may see it, and which of it it need not."""
        must: dict[Key, dict[str, Any]] = {}
        may: set[Key] = set()
        owner = {r["id"]: r["owner"] for r in self.rows if r["entity"] == "listing"}
        shown = {(r["data"]["listing_id"], r["data"]["listing_revision"]) for r in self.rows if _approves(r)}
        for row in self.rows:
            data = row["data"]
            if data is None:
                continue
            key = key_of(row["entity"], row["id"], row["revision"])
            sight = self._sight(row, station_id, owner, shown)
            if sight:
                must[key] = self._as_seen(row, station_id)
                if sight == "may":
                    may.add(key)
        return must, may

    def _sight(self, row: dict[str, Any], station_id: str, owner: dict[str, str], shown: set[tuple[str, int]]) -> str:
        entity, data = row["entity"], row["data"]
        if row["owner"] == COUNTY or entity == "employer_hold":
            return "must"
        if entity in PRIVATE:
            return "must" if row["owner"] == station_id else ""
        if entity in BETWEEN:
            return "must" if station_id in self._parts(row, owner) else ""
        about = row["id"] if entity == "listing" else data["listing_id"]
        if station_id in self.lines[owner.get(about, row["owner"])]:
            return "must"
        if entity == "report":
            return "must" if row["owner"] == station_id else ""
        if entity == "listing":
            return "must" if (row["id"], row["revision"]) in shown else ""
        if about not in {listing_id for listing_id, _ in shown}:
            return "may" if row["owner"] == station_id else ""
        return "must" if entity == "takedown" or (_approves(row) and about in owner) else "may"

    def _parts(self, row: dict[str, Any], owner: dict[str, str]) -> set[str]:
        """Give the stations that a referral is of: who wrote this of it, the worker's, the listing's."""
        referral_id = row["id"] if row["entity"] == "referral" else row["data"]["referral_id"]
        made = next((r for r in self.rows if r["entity"] == "referral" and r["id"] == referral_id and r["data"]), None)
        of_listing = owner.get(made["data"]["listing_id"]) if made else None
        return {one for one in (row["owner"], made["owner"] if made else None, of_listing) if one}

    def _as_seen(self, row: dict[str, Any], station_id: str) -> dict[str, Any]:
        data: dict[str, Any] = row["data"]
        if row["entity"] == "referral_step" and row["owner"] != station_id:
            return data | {"how": ""}
        if row["entity"] != "listing" or row["owner"] == station_id:
            return data
        newest = max((r for r in self.rows if r["entity"] == "listing" and r["id"] == row["id"]), key=lambda r: r["revision"])
        if data["contact_scope"] == newest["data"]["contact_scope"] == "all_stations":
            return data
        return data | CLOSED

    def closed(self, key: Key) -> bool:
        """Say whether the employer ever kept his contact to one station: opened again, it need not come back in older revisions."""
        return any(
            r["data"]["contact_scope"] != "all_stations" for r in self.rows if r["entity"] == key[0] == "listing" and r["id"] == key[1]
        )


def _approves(row: dict[str, Any]) -> bool:
    return row["entity"] == "review" and row["data"] is not None and row["data"]["verdict"] == "approve"


def mark_destroyed(ledger: Ledger, held: Held, holdings: dict[str, Holding], terminals: Sequence[Terminal]) -> None:
    """Say which entries nobody has any more, at the county or at a terminal of the station that wrote them."""
    for station_id in held.lines:
        there = set(held.contents)
        for terminal in terminals:
            if terminal.station.id == station_id:
                there |= holdings[terminal.name].contents
        alive = ledger.under(there)
        gone = held.tombs.union(*(holdings[t.name].gone for t in terminals if t.station.id == station_id))
        for entry in ledger.entries:
            if entry.station_id == station_id and entry.said not in alive and entry.said[:2] not in gone:
                entry.destroyed = True


Decided = Takedown | EmployerHold


def known_somewhere(decided: Iterable[Decided], held: Held, holdings: dict[str, Holding]) -> list[Decided]:
    """Give of the county's own decisions those that somebody still has, now that a disk was put back: the rest went with it."""
    there = held.contents.union(*(one.contents for one in holdings.values()))
    return [one for one in decided if said(one) in there]


def countys(decided: Sequence[Decided], held: Held, holdings: dict[str, Holding]) -> list[str]:
    """Say where what the county took down stands in public, where whom it holds is not held, and what of its own it does not know."""
    wrong, places = list[str](), {name: one.public for name, one in holdings.items()} | {"the county": held.public(date.min)}
    for one in decided:
        if isinstance(one, Takedown):
            wrong += [f"taken down: {place} shows {one.listing_id}" for place, public in places.items() if one.listing_id in public]
            if said(one) not in held.contents:
                wrong.append(f"taken down: the county has forgotten {one.id}")
    last = {one.employer_id: one for one in decided if isinstance(one, EmployerHold)}
    for employer_id, hold in last.items():
        if hold.held and hold.id not in {one.id for one in in_force(held.of(EmployerHold, employer_id=employer_id))}:
            wrong.append(f"held: the county has forgotten {hold.id} of {employer_id}")
    at_county = {(r["entity"], r["id"]) for r in held.rows}
    for name, holding in holdings.items():
        alone = [key for key, data in holding.records.items() if key[0] in HANDED_BACK and data["station_id"] == COUNTY]
        wrong += [f"alone: {name} holds the county's {_name(key)}" for key in alone if key[:2] not in at_county]
    return wrong


@dataclass
class Trial:
    """What is known of the schedule when it is judged."""

    terminals: Sequence[Terminal]
    ledger: Ledger
    held: Held
    today: Any
    hub_restored: bool
    restored: frozenset[str]
    jumped: frozenset[str] = frozenset()
    differing: frozenset[str] = frozenset()
    """Terminals whose digests are not the county's."""
    unseen: frozenset[str] = COUNTY_OWNED
    """Kinds that others than the ledger's terminals write, too."""


def judge(trial: Trial) -> list[str]:
    """Give everything that is wrong, each beginning with its name and a colon."""
    holdings = {t.name: holding(t) for t in trial.terminals}
    wrong = [*_lost(trial, holdings), *_invented(trial), *_withdrawn(trial, holdings)]
    for terminal in trial.terminals:
        wrong += _view(trial, terminal, holdings[terminal.name])
        wrong += _boards(trial, terminal, holdings[terminal.name])
        wrong += _aside(trial, terminal, holdings[terminal.name])
    return wrong


def _lost(trial: Trial, holdings: dict[str, Holding]) -> list[str]:
    wrong = []
    for station_id in trial.held.lines:
        ours = [holdings[t.name] for t in trial.terminals if t.station.id == station_id]
        there = trial.held.contents | {what for one in ours for *_, what in one.aside if what is not None}
        kept = trial.ledger.under(there)
        withdrawn = {what[:2] for what in there if emptied(what)}
        for entry in trial.ledger.entries:
            excused = entry.destroyed or not entry.acknowledged or entry.said[:2] in trial.held.tombs | withdrawn
            if entry.station_id == station_id and entry.said not in kept and not excused:
                if _unnumbered(entry.said) in map(_unnumbered, kept):  # an erasure, which says nothing new, and somebody wrote on
                    continue
                entity, record_id, _ = entry.said
                wrong.append(f"lost: {entity} {record_id} r{entry.revision} of {entry.terminal}, written in {entry.step}")
    return wrong


def _withdrawn(trial: Trial, holdings: dict[str, Holding]) -> list[str]:
    """Who withdrew is nowhere named any more, whoever else wrote something about him before or after."""
    said_so = [e.said for e in trial.ledger.entries if e.acknowledged and not e.destroyed]
    gone = {what[1] for what in (*said_so, *trial.held.contents) if what[0] == "worker" and emptied(what)}
    made = {one.id for one in trial.held.of(Referral) if one.worker_id in gone}
    places = {"the county": trial.held.contents} | {name: one.contents for name, one in holdings.items()}
    return [
        f"withdrawn: {place} still names {what[0]} {what[1]}"
        for place, contents in places.items()
        for what in sorted(contents)
        if ((what[0] == "worker" and what[1] in gone) or (what[0] == "introduction" and json.loads(what[2])["referral_id"] in made))
        and not emptied(what)
    ]


def emptied(what: Said) -> bool:
    """Say whether a content is of somebody who withdrew."""
    return is_emptied(from_plain(ENTITIES[what[0]], json.loads(what[2])))


def _unnumbered(what: Said) -> Said:
    return *what[:2], _text(json.loads(what[2]) | {"revision": 0})


def _invented(trial: Trial) -> list[str]:
    known = trial.ledger.known()
    again = {_unnumbered(what) for what in known}  # what outranks an edit is numbered beyond it
    theirs = {what for what in trial.held.contents - known if not (emptied(what) and _unnumbered(what) in again)}
    counts = Counter((r["entity"], r["id"], r["revision"]) for r in trial.held.rows)
    twice = [f"twice: {key} at the county" for key, n in counts.items() if n > 1]
    return twice + [f"invented: {entity} {record_id}: {text}" for entity, record_id, text in theirs if entity not in trial.unseen]


def _view(trial: Trial, terminal: Terminal, has: Holding) -> list[str]:
    must, may = trial.held.seen_by(terminal.station.id)
    name, wrong, kept = terminal.name, list[str](), False
    parked = {key_of(entity, record_id, revision) for entity, record_id, revision, _, _ in has.aside}
    at_county = {key_of(r["entity"], r["id"], r["revision"]) for r in trial.held.rows if r["data"] is not None}
    for key, data in must.items():
        if key not in has.records:
            if key not in may:
                wrong.append(f"missing: {name} lacks {_name(key)}")
        elif has.records[key] not in (data, data | CLOSED if trial.held.closed(key) else data, data | NOBODY.get(key[0], {})):
            odd = sorted(k for k in data if data[k] != has.records[key].get(k))
            wrong.append(f"differs: {name} holds {_name(key)} otherwise: {', '.join(odd)}")
    for key, data in has.records.items():
        if key in must:
            continue
        if key[0] in PRIVATE and data["station_id"] != terminal.station.id:
            wrong.append(f"leak: {name} holds {_name(key)} of {data['station_id']}")
        elif key in at_county and not trial.hub_restored:
            wrong.append(f"sees too much: {name} holds {_name(key)}")
        elif data.get("station_id") == terminal.station.id and key[0] not in COUNTY_OWNED:
            if key not in parked:
                wrong.append(f"unsent: {name} holds {_name(key)} alone")
        elif trial.hub_restored:
            kept = True  # what others wrote and a restored county does not tell of stays (docs/decisions/sync.md)
        else:
            wrong.append(f"ghost: {name} holds {_name(key)}, which nobody else does")
    if name in trial.differing and not kept:
        wrong.append(f"digests: those of {name} are not the county's")
    if has.waiting:
        wrong.append(f"outbox: {name} still has {has.waiting} waiting")
    return wrong


def _name(key: Key) -> str:
    return f"{key[0]} {key[1]}" + (f" r{key[2]}" if key[2] else "")


def _boards(trial: Trial, terminal: Terminal, has: Holding) -> list[str]:
    public = trial.held.public(trial.today)
    wrong = [
        f"public: {terminal.name} shows {listing_id} r{revision}, the county {public.get(listing_id, 'none of it')}"
        for listing_id, revision in has.public.items()
        if public.get(listing_id) != revision
    ]
    if terminal.name not in trial.jumped:
        # whose decision the county refuses, since the listing's station came under another, keeps it off his own board to be safe
        alone = [json.loads(what[2]) for _, _, _, code, what in has.aside if code == "not_owner" and what is not None]
        kept_off = {one.get("listing_id") for one in alone}
        wrong += [f"hidden: {terminal.name} does not show {one}" for one in public if one not in has.public and one not in kept_off]
    return wrong


def _aside(trial: Trial, terminal: Terminal, has: Holding) -> list[str]:
    """What is set aside must have a reason, and stands there once."""
    wrong = []
    writers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in trial.ledger.entries:
        writers[entry.said[0], entry.said[1]].add(entry.terminal)
    at_county = {(r["entity"], r["id"]) for r in trial.held.rows}
    for entity, record_id, revision, code, what in has.aside:
        name = f"{terminal.name} has {entity} {record_id} r{revision} set aside as {code}"
        about = json.loads(what[2]) if what is not None else {}
        if code in CONTRADICTED:
            reason = len(writers[entity, record_id]) > 1 or bool(trial.restored) or trial.hub_restored
        elif code == "chain_forked":
            reason = terminal.name in trial.restored or (trial.hub_restored and terminal.name in trial.jumped)  # told before, by its clock
        elif code == "not_owner":  # what it decided about stood below it then, and was moved before the county heard
            reason = entity in ("review", "takedown") and (trial.hub_restored or any(one.revision > 1 for one in trial.held.of(Station)))
        else:
            subject = UNKNOWN.get(code)
            reason = subject is not None and (subject[0], about.get(subject[1])) not in at_county
        if not reason:
            wrong.append(f"set aside: {name} without need")
    counts = Counter(has.aside)
    return wrong + [f"twice: {terminal.name} has {one[:3]} set aside {n} times" for one, n in counts.items() if n > 1]
