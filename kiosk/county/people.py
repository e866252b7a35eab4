"""Workers of the whole county, as far as the county may look: found by a name, a code or last digits, never as a list; and the same person
at two stations, so that the two can talk to each other. Nothing is ever merged. Says nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kiosk.county.phone_records import Records, text_of
from kiosk.county.schema import record
from kiosk.domain import referral
from kiosk.domain.record import from_plain
from kiosk.domain.referral import ReferralState
from kiosk.domain.worker import PhoneOf, Worker, WorkerState
from kiosk.errors import BadInput, NotFound

PAGE = 50
WALKED, PAIRS = 2000, 50
NAME_LEAST = 2
CODE, PHONE, LAST_FOUR = 8, 11, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom one looks for: a whole name, or digits: a code of eight, a number of eleven, or its last four."""

    name: str = ""
    digits: str = ""

    def check(self) -> None:
        """Raise BadInput where this would list everybody, or a surname's everybody."""
        if not self.name and not self.digits:
            raise BadInput("name", "bad.console.people_all")
        if self.name and len(self.name) < NAME_LEAST:
            raise BadInput("name", "bad.console.people_name")
        if self.digits and (len(self.digits) not in (CODE, PHONE, LAST_FOUR) or not (self.digits.isascii() and self.digits.isdigit())):
            raise BadInput("digits", "bad.console.people_digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One registration, and how many of its applications stand where."""

    worker: Worker
    states: Counter[ReferralState]
    others: Sequence[Worker]


def find(connection: sa.Connection, county_id: str, asked: Asked, stations: Collection[str] | None, before: str = "") -> Sequence[Worker]:
    """Give a page of registrations and one more, the newest first; raise BadInput."""
    asked.check()
    where = [_workers(record, county_id), *_in(stations)]
    where += [text_of(record, "name") == asked.name] if asked.name else []
    match len(asked.digits):
        case 4:
            where.append(last_four(record) == asked.digits)
        case 8:
            where.append(text_of(record, "code") == asked.digits)
        case 11:
            where.append(text_of(record, "phone") == asked.digits)
    where += [record.c.id < before] if before else []
    rows = connection.scalars(sa.select(record.c.data).where(*where).order_by(record.c.id.desc()).limit(PAGE + 1))
    return [from_plain(Worker, data) for data in rows]


def person(connection: sa.Connection, county_id: str, worker_id: str, stations: Collection[str] | None, now: datetime) -> Person:
    """Give one registration; raise NotFound, also for one that is not below whoever asks."""
    found = connection.scalar(sa.select(record.c.data).where(_workers(record, county_id), record.c.id == worker_id, *_in(stations)))
    if not found:
        raise NotFound("worker")
    worker = from_plain(Worker, found)
    referrals = Records(connection, county_id, now).referrals(worker)
    states = Counter(referral.state_of(steps) for _, steps in referrals)
    return Person(worker=worker, states=states, others=elsewhere(connection, county_id, worker))


def elsewhere(connection: sa.Connection, county_id: str, worker: Worker) -> list[Worker]:
    """Give the same person's other registrations, by whole name and number; none where the number is a station's."""
    if worker.phone_of is PhoneOf.STATION or not worker.phone:
        return []
    same = (text_of(record, "phone") == str(worker.phone), text_of(record, "name") == str(worker.name), record.c.id != worker.id)
    return [from_plain(Worker, data) for data in connection.scalars(sa.select(record.c.data).where(_workers(record, county_id), *same))]


def same_people(
    connection: sa.Connection, county_id: str, stations: Collection[str] | None, before: str = ""
) -> tuple[list[tuple[Worker, ...]], str]:
    """Give persons who are registered at several stations, by whole name and number, the newest registration first; and from where to
    go on, empty at the end.

    The number of a station, which stands on every slip, tells nobody apart.
    """
    one, other = record.alias(), record.alias()
    own = sa.and_(text_of(one, "phone_of") != PhoneOf.STATION.value, text_of(one, "phone") != "")
    walk = sa.select(one.c.id, one.c.owner, one.c.data).where(_workers(one, county_id), own)
    walk = walk.where(one.c.id < before) if before else walk
    newest = walk.order_by(one.c.id.desc()).limit(WALKED).cte("newest")
    same = (
        _workers(other, county_id),
        text_of(other, "phone") == text_of(newest, "phone"),
        text_of(other, "name") == text_of(newest, "name"),
        other.c.owner != newest.c.owner,
        other.c.id < newest.c.id,
    )
    twin = sa.select(other.c.data).where(*same).limit(PAIRS).lateral("twin")
    pairs = sa.select(newest.c.id, newest.c.data, twin.c.data.label("other")).select_from(newest.join(twin, sa.true()))
    groups: dict[str, list[Worker]] = defaultdict(list)
    rows = connection.execute(pairs.order_by(newest.c.id.desc()).limit(PAIRS + 1)).all()
    for row in rows[:PAIRS]:
        groups[row.id] = groups[row.id] or [from_plain(Worker, row.data)]
        groups[row.id].append(from_plain(Worker, row.other))
    found = [tuple(group) for group in groups.values() if stations is None or any(w.station_id in stations for w in group)]
    if len(rows) > PAIRS:
        return found, rows[PAIRS - 1].id
    return found, connection.scalar(walk.with_only_columns(one.c.id).order_by(one.c.id.desc()).offset(WALKED - 1).limit(1)) or ""


def last_four(table: sa.FromClause) -> sa.ColumnElement[str]:
    """Give the last digits of a mobile number, as the index spells it."""
    return sa.func.substr(text_of(table, "phone"), sa.literal_column("8"))


def _in(stations: Collection[str] | None) -> list[sa.ColumnElement[bool]]:
    return [] if stations is None else [record.c.owner.in_(sorted(stations))]


def _workers(table: sa.FromClause, county_id: str) -> sa.ColumnElement[bool]:
    """Say which records are registrations of people who have not withdrawn."""
    kind = table.c.entity == sa.literal_column("'worker'")
    return sa.and_(table.c.county_id == county_id, kind, text_of(table, "state") != WorkerState.WITHDRAWN.value)
