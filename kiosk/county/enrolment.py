"""How a terminal becomes one of the county's: one-time codes, device tokens, ticket keys. Knows no HTTP.

Codes and tokens are kept only as hashes, ticket keys only encrypted. A code works once; the terminal that used it gets the same answer
again while the code has not expired, because an answer may be lost.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiosk.county.schema import device, enrolment_code, enrolment_failure, record, ticket_key
from kiosk.county.vault import Vault, token_hash
from kiosk.domain.record import new_id
from kiosk.sync.protocol import EnrolAnswer, EnrolRequest, Problem

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that one misreads over the telephone: no 0 O 1 I L U."""
CODE_LENGTH = 8
CODE_LIFE = timedelta(hours=24)
NONCE = re.compile(r"[0-9a-f]{32,64}")
GUESSES = 5
GUESS_WINDOW = timedelta(minutes=10)
HEARD_EVERY = timedelta(seconds=30)


class EnrolError(Exception):
    """The code does not enrol; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Device:
    """An enrolled terminal."""

    id: str
    station_id: str
    revoked: bool
    push_epoch: str | None
    push_batch: int

    def follows(self, epoch: str, batch: int) -> bool:
        """Say whether a store that had so many batches answered can be the one that sent the last one; its answer may be on its way."""
        return batch in (self.push_batch, self.push_batch - 1) if epoch == self.push_epoch else batch == 0


def make_code(connection: sa.Connection, vault: Vault, county_id: str, station_id: str, now: datetime) -> str:
    """Make a one-time code for one terminal of a station, good for a day: K7QM-2XWP."""
    raw = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    values = {"county_id": county_id, "code_hash": _hash(vault, raw), "station_id": station_id}
    connection.execute(sa.insert(enrolment_code).values(**values, expires_at=now + CODE_LIFE))
    return f"{raw[:4]}-{raw[4:]}"


def enrol(
    engine: sa.Engine, vault: Vault, county_id: str, phone_base: str, request: EnrolRequest, source: str, now: datetime
) -> EnrolAnswer:
    """Enrol the terminal that holds a code; raise EnrolError. A failure counts against `source`, whatever becomes of the request."""
    with engine.begin() as connection:
        recent = (enrolment_failure.c.source == source, enrolment_failure.c.failed_at > now - GUESS_WINDOW)
        query = sa.select(sa.func.count()).where(enrolment_failure.c.county_id == county_id, *recent)
        if (connection.scalar(query) or 0) >= GUESSES:
            raise EnrolError(Problem.TOO_MANY)
    try:
        with engine.begin() as connection:
            return _enrol(connection, vault, county_id, phone_base, request, now)
    except EnrolError:
        with engine.begin() as connection:
            old = (enrolment_failure.c.county_id == county_id, enrolment_failure.c.failed_at < now - GUESS_WINDOW)
            connection.execute(sa.delete(enrolment_failure).where(*old))
            connection.execute(sa.insert(enrolment_failure).values(county_id=county_id, source=source, failed_at=now))
        raise


def _enrol(connection: sa.Connection, vault: Vault, county_id: str, phone_base: str, request: EnrolRequest, now: datetime) -> EnrolAnswer:
    if not NONCE.fullmatch(request.nonce):
        raise EnrolError(Problem.BAD_REQUEST)
    code_hash = _hash(vault, request.code)
    mine = (enrolment_code.c.county_id == county_id, enrolment_code.c.code_hash == code_hash)
    code = connection.execute(sa.select(enrolment_code).where(*mine).with_for_update()).mappings().first()
    if code is None:
        raise EnrolError(Problem.CODE_UNKNOWN)
    if request.station_id not in ("", code["station_id"]):
        raise EnrolError(Problem.CODE_OTHER_STATION)
    token = vault.derive("device token", f"{code_hash}:{request.nonce}")
    if code["device_id"] is None:
        if code["expires_at"] < now:
            raise EnrolError(Problem.CODE_EXPIRED)
        device_id = _add(connection, vault, county_id, code["station_id"], token, now)
        connection.execute(sa.update(enrolment_code).where(*mine).values(device_id=device_id))
    else:
        device_id = code["device_id"]
        known = sa.select(device.c.id).where(device.c.county_id == county_id, device.c.id == device_id)
        if connection.scalar(known.where(device.c.token_hash == token_hash(token))) is None or code["expires_at"] < now:
            raise EnrolError(Problem.CODE_USED)
    keys = sa.select(ticket_key).where(ticket_key.c.county_id == county_id, ticket_key.c.device_id == device_id)
    key = connection.execute(keys.order_by(ticket_key.c.key_id.desc()).limit(1)).mappings().one()
    station = sa.select(record.c.data).where(
        record.c.county_id == county_id, record.c.entity == "station", record.c.id == code["station_id"]
    )
    return EnrolAnswer(
        station=connection.execute(station).scalar_one(),
        device_id=device_id,
        device_token=token,
        ticket_key_id=key["key_id"],
        ticket_key=vault.open(key["sealed_key"]).hex(),
        county=county_id,
        phone_base=phone_base,
    )


def _add(connection: sa.Connection, vault: Vault, county_id: str, station_id: str, token: str, now: datetime) -> str:
    device_id = new_id(now)
    values = {"county_id": county_id, "id": device_id, "station_id": station_id, "token_hash": token_hash(token), "enrolled_at": now}
    connection.execute(sa.insert(device).values(values))
    sealed = vault.seal(secrets.token_bytes(32))
    connection.execute(sa.insert(ticket_key).values(county_id=county_id, device_id=device_id, sealed_key=sealed, issued_at=now))
    return device_id


def identify(connection: sa.Connection, county_id: str, token: str, now: datetime) -> Device | None:
    """Give the terminal that a token belongs to, and note that it was heard of."""
    mine = (device.c.county_id == county_id, device.c.token_hash == token_hash(token))
    row = connection.execute(sa.select(device).where(*mine)).mappings().first()
    if row is None:
        return None
    if row["revoked_at"] is None and (row["heard_at"] is None or row["heard_at"] < now - HEARD_EVERY):
        connection.execute(sa.update(device).where(*mine).values(heard_at=now))
    return Device(row["id"], row["station_id"], row["revoked_at"] is not None, row["push_epoch"], row["push_batch"])


def revoke(connection: sa.Connection, county_id: str, device_id: str, now: datetime) -> None:
    """Stop a terminal from syncing. Its slips stay readable: their key is kept."""
    mine = (device.c.county_id == county_id, device.c.id == device_id)
    connection.execute(sa.update(device).where(*mine).values(revoked_at=now))


def _hash(vault: Vault, code: str) -> str:
    """Hash a code however it was typed: any case, with or without dashes and blanks."""
    return vault.derive("enrolment code", "".join(c for c in code.upper() if c.isalnum()))
