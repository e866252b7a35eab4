"""The chain of responsibility: append-only rows over ids and salted hashes, never personal fields; each carries its forerunner's hash.

Knows nothing of what the acts mean.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from kiosk.domain.record import to_plain
from kiosk.store.schema import audit

START = "0" * 64


def append(connection: sa.Connection, now: datetime, actor_id: str, act: str, subject_id: str, facts: Mapping[str, str]) -> None:
    """Add one act; `facts` are hashed with a salt and not stored."""
    last = connection.scalar(sa.select(audit.c.hash).order_by(audit.c.seq.desc()).limit(1)) or START
    salt = secrets.token_hex(8)
    digest = f"{salt}:{hashlib.sha256((salt + json.dumps(facts, sort_keys=True)).encode()).hexdigest()}"
    row = {"at": to_plain(now), "actor_id": actor_id, "act": act, "subject_id": subject_id, "digest": digest, "previous": last}
    connection.execute(sa.insert(audit).values(hash=_hash(row), **row))


def verify(connection: sa.Connection) -> int | None:
    """Walk the chain; give the number of the first row that was changed or whose forerunner is missing, or None."""
    previous, expected = START, 1
    for row in connection.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
        named = {k: row[k] for k in ("at", "actor_id", "act", "subject_id", "digest", "previous")}
        if row["seq"] != expected or row["previous"] != previous or _hash(named) != row["hash"]:
            return expected
        previous, expected = row["hash"], expected + 1
    return None


def _hash(row: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
