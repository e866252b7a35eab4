"""What was done at the console, in one order that nobody can rewrite unseen. Facts are codes, ids and dates, never a person's own data."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from kiosk.county.phone_limits import hold
from kiosk.county.schema import console_act, console_user

Fact = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: who did what to which record, and when."""

    number: int
    at: datetime
    user_id: str
    name: str
    act: str
    subject: str
    facts: dict[str, Fact]


def audit(connection: sa.Connection, county_id: str, now: datetime, user_id: str, act: str, subject: str, **facts: Fact) -> None:
    """Note an act in the transaction that does it; `subject` is the id of what it was done to."""
    hold(connection, f"acts {county_id}")
    ours = console_act.c.county_id == county_id
    newest = sa.select(console_act.c.number, console_act.c.digest).where(ours).order_by(console_act.c.number.desc()).limit(1)
    last = connection.execute(newest).first()
    number, before = (last.number + 1, last.digest) if last else (1, "")
    values = {"at": now, "user_id": user_id, "act": act, "subject": subject, "facts": facts}
    digest = _digest(before, number, now, user_id, act, subject, facts)
    connection.execute(sa.insert(console_act).values(county_id=county_id, number=number, digest=digest, **values))


def acts(connection: sa.Connection, county_id: str, *, before: int | None = None, subject: str = "", most: int = 50) -> Sequence[Act]:
    """Give the newest acts first, those with a number below `before`, or those about one subject."""
    where = [console_act.c.county_id == county_id]
    where += [console_act.c.number < before] if before is not None else []
    where += [console_act.c.subject == subject] if subject else []
    same = sa.and_(console_user.c.county_id == console_act.c.county_id, console_user.c.id == console_act.c.user_id)
    query = sa.select(console_act, console_user.c.name).select_from(console_act.outerjoin(console_user, same)).where(*where)
    rows = connection.execute(query.order_by(console_act.c.number.desc()).limit(most))
    return [
        Act(number=r.number, at=r.at, user_id=r.user_id, name=r.name or "", act=r.act, subject=r.subject, facts=dict(r.facts)) for r in rows
    ]


def newest_about(connection: sa.Connection, county_id: str, act: str, subjects: Iterable[str]) -> dict[str, "sa.Row[Any, Any, Any]"]:
    """Give the newest act of this kind about each of these that has one: its subject, `at` and `facts`."""
    these = (console_act.c.county_id == county_id, console_act.c.act == act, console_act.c.subject.in_(list(subjects)))
    rows = connection.execute(
        sa.select(console_act.c.subject, console_act.c.at, console_act.c.facts).where(*these).order_by(console_act.c.number)
    )
    return {row.subject: row for row in rows}


def broken_at(connection: sa.Connection, county_id: str, newest: int | None = None) -> int | None:
    """Give the number of the first act that does not follow from the one before it; None when all are as they were written.

    With `newest`, only so many of the last are looked at.
    """
    ours = console_act.c.county_id == county_id
    last = connection.scalar(sa.select(sa.func.max(console_act.c.number)).where(ours)) or 0
    first = 1 if newest is None else max(1, last - newest)
    query = sa.select(console_act).where(ours, console_act.c.number >= first).order_by(console_act.c.number)
    before: str | None = "" if first == 1 else None
    expected = first
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        for row in rows:
            same = before is None or row.digest == _digest(before, row.number, row.at, row.user_id, row.act, row.subject, row.facts)
            if row.number != expected or not same:
                return expected
            before, expected = row.digest, expected + 1
    return None


def _digest(before: str, number: int, at: datetime, user_id: str, act: str, subject: str, facts: dict[str, Fact]) -> str:
    row = [before, number, at.astimezone(UTC).isoformat(), user_id, act, subject, facts]
    return sha256(json.dumps(row, ensure_ascii=True, sort_keys=True).encode()).hexdigest()
