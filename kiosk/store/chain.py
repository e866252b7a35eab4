"""The chain of responsibility: append-only rows over ids and salted hashes, never personal fields; each carries its forerunner's hash.

Migration 0002 has the database itself refuse to change or delete a row; who takes that lock off still leaves a chain that does not fit.
Knows nothing of what the acts mean.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from kiosk.domain.record import to_plain
from kiosk.store.schema import audit

START = "0" * 64

Head = tuple[int, str]
"""Number and hash of a row: who knows it knows everything before it."""


class Damage(StrEnum):
    """What was done to the chain."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    MOVED = "moved"
    CUT = "cut"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not fit.

    `seq` is the row's number, or the first of `count` that are not there. `at` and `act` are those of that row, or of the last one before
    what is missing, empty where there is none. CUT: the newest rows are gone. REWRITTEN: all fits, but the county was told otherwise.
    """

    damage: Damage
    seq: int
    count: int = 1
    at: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One row, for who compares it with the records that it speaks of."""

    seq: int
    at: str
    actor_id: str
    act: str
    subject_id: str
    digest: str

    def says(self, facts: Mapping[str, str]) -> bool:
        """Say whether these are the facts that were hashed into it."""
        return self.digest == _digest(self.digest.partition(":")[0], facts)


def append(connection: sa.Connection, now: datetime, actor_id: str, act: str, subject_id: str, facts: Mapping[str, str]) -> None:
    """Add one act; `facts` are hashed with a salt and not stored."""
    last = connection.scalar(sa.select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)) or START
    digest = _digest(secrets.token_hex(8), facts)
    row = {"at": to_plain(now), "actor_id": actor_id, "act": act, "subject_id": subject_id, "digest": digest, "previous": last}
    connection.execute(sa.insert(audit).values(hash=_hash(row), **row))


def extend(connection: sa.Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Take over from another copy of this chain, in its order, what follows on; stop where it does not."""
    seq, last = head(connection) or (0, START)
    for row in rows:
        if row["seq"] <= seq:
            continue
        if row["seq"] != seq + 1 or row["previous"] != last or _hash(_named(row)) != row["hash"]:
            return
        connection.execute(sa.insert(audit), dict(row))
        seq, last = row["seq"], row["hash"]


def head(connection: sa.Connection) -> Head | None:
    """Give number and hash of the newest row, or None."""
    row = connection.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return None if row is None else (row.seq, row.hash)


def acts(connection: sa.Connection, names: Iterable[str]) -> Sequence[Act]:
    """Give the acts of these names, oldest first."""
    columns = (audit.c.seq, audit.c.at, audit.c.actor_id, audit.c.act, audit.c.subject_id, audit.c.digest)
    rows = connection.execute(sa.select(*columns).where(audit.c.act.in_(list(names))).order_by(audit.c.seq))
    return [Act(*row) for row in rows]


def last_acts(connection: sa.Connection, since: datetime, until: datetime) -> dict[str, datetime]:
    """Give when each subject was last acted on, by the order of the chain: an act that a wrong clock dates happened after those before it.

    Instants outside `since` to `until` were written by a wrong clock.
    """
    found: dict[str, datetime] = {}
    unknown: set[str] = set()
    last: datetime | None = None
    for at, subject in connection.execute(sa.select(audit.c.at, audit.c.subject_id).order_by(audit.c.seq)):
        said = _instant(at)
        if said is not None and since <= said <= until:
            last = said if last is None else max(last, said)
        if last is None:
            unknown.add(subject)
        else:
            found |= dict.fromkeys(unknown, last)
            unknown.clear()
            found[subject] = last
    return found


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # what somebody wrote over it
        return None


def verify(connection: sa.Connection, told: Sequence[Head] = ()) -> Break | None:
    """Walk the whole chain and give the first break, or None. `told` are the heads that the county was given.

    A newest row that was changed together with its hash, and that the county was not told of yet, cannot be known.
    """
    expected = dict(told)
    before: sa.RowMapping | None = None
    otherwise: Break | None = None
    for row in connection.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
        number = 1 if before is None else before["seq"] + 1
        if row["seq"] < number:
            return _at(Damage.INSERTED, row)
        if row["seq"] > number:
            return _gone(Damage.MISSING, number, row["seq"] - number, before)
        if _hash(_named(dict(row))) != row["hash"]:
            return _at(Damage.CHANGED, row)
        if row["previous"] != (START if before is None else before["hash"]):
            return _unlinked(connection, row, before, told)
        if otherwise is None and expected.get(row["seq"], row["hash"]) != row["hash"]:
            otherwise = _at(Damage.REWRITTEN, row)
        before = row
    last = 0 if before is None else before["seq"]
    longest = max([_counted(connection), *expected])
    if otherwise is None and longest > last:
        return _gone(Damage.CUT, last + 1, longest - last, before)
    return otherwise


def _unlinked(connection: sa.Connection, row: sa.RowMapping, before: sa.RowMapping | None, told: Sequence[Head]) -> Break:
    """Say what came between a row and the one before it, both sound by themselves."""
    find = sa.select(audit).where(audit.c.hash == row["previous"])
    forerunner = None if row["previous"] == START else connection.execute(find).mappings().first()
    if forerunner is not None and forerunner["seq"] > row["seq"]:
        return _at(Damage.MOVED, row)
    if forerunner is not None or row["previous"] == START:
        first = 1 if forerunner is None else forerunner["seq"] + 1
        return _at(Damage.INSERTED, connection.execute(sa.select(audit).where(audit.c.seq == first)).mappings().one())
    if before is None or _moved_up(connection, told):
        return _gone(Damage.MISSING, row["seq"], 1, before)
    return _at(Damage.CHANGED, before)


def _moved_up(connection: sa.Connection, told: Sequence[Head]) -> bool:
    """Say whether rows were taken out and the rest numbered anew: the count went further once, or a head stands lower than it was told."""
    rows = sa.select(sa.func.max(audit.c.seq))
    if _counted(connection) > (connection.scalar(rows) or 0):
        return True
    seq_of = dict(map(tuple, connection.execute(sa.select(audit.c.hash, audit.c.seq))))
    return any(seq_of.get(hash_, seq) < seq for seq, hash_ in told)


def _counted(connection: sa.Connection) -> int:
    """Give the highest number that the database ever gave a row."""
    return connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").scalar() or 0


def _at(damage: Damage, row: sa.RowMapping) -> Break:
    return Break(damage, row["seq"], 1, row["at"], row["act"])


def _gone(damage: Damage, seq: int, count: int, before: sa.RowMapping | None) -> Break:
    return Break(damage, seq, count, *(("", "") if before is None else (before["at"], before["act"])))


def _named(row: Mapping[str, Any]) -> dict[str, str]:
    return {k: row[k] for k in ("at", "actor_id", "act", "subject_id", "digest", "previous")}


def _digest(salt: str, facts: Mapping[str, str]) -> str:
    return f"{salt}:{hashlib.sha256((salt + json.dumps(facts, sort_keys=True)).encode()).hexdigest()}"


def _hash(row: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
