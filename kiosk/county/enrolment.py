"""How a terminal becomes one of the county's and stays one: one-time codes, device tokens, ticket keys. Knows no HTTP.

A token names the terminal and how often it was renewed, sealed by a hash that only the hub's key makes; it stands in no table. A newer one
than the hub remembers proves itself (the hub was restored), an older one is dead. Ticket keys stand here only encrypted. A code works once;
the terminal that used it gets the same answer again while the code has not expired, because an answer may be lost.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county.authority import authority_pem, mark
from kiosk.county.schema import device, enrolment_code, enrolment_failure, record, ticket_key
from kiosk.county.settings import HubSettings
from kiosk.county.vault import Vault
from kiosk.domain.enrol_text import ALPHABET, CODE_LENGTH, SCHEME, EnrolText, grouped
from kiosk.domain.record import new_id
from kiosk.sync.protocol import EnrolAnswer, EnrolRequest, Keys, Problem

CODE_LIFE = timedelta(hours=24)
NONCE = re.compile(r"[0-9a-f]{32,64}")
TOKEN = re.compile(r"([0-9a-f-]{36})\.([1-9][0-9]{0,8})\.([0-9a-f]{64})")
GUESSES = 5
GUESS_WINDOW = timedelta(minutes=10)
HEARD_EVERY = timedelta(seconds=30)
RENEW_EVERY = timedelta(days=90)
GRACE = timedelta(minutes=2)
"""So long an old token is taken after its successor was first used: a request under it may be on its way."""


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
    code = grouped("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))
    values = {"county_id": county_id, "code_hash": _hashes(vault, code)[0], "station_id": station_id}
    connection.execute(sa.insert(enrolment_code).values(**values, expires_at=now + CODE_LIFE))
    return code


def enrol_line(connection: sa.Connection, vault: Vault, settings: HubSettings, station_id: str, now: datetime) -> str:
    """Make a code and give the line that is typed at a new terminal of this station: the code, where the hub is, and its mark."""
    code, pem = make_code(connection, vault, settings.county, station_id, now), authority_pem(settings)
    return str(EnrolText(code, settings.station_base.removeprefix(SCHEME), mark(pem)) if pem else EnrolText(code))


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
    mine = (enrolment_code.c.county_id == county_id, enrolment_code.c.code_hash.in_(_hashes(vault, request.code)))
    code = connection.execute(sa.select(enrolment_code).where(*mine).with_for_update()).mappings().first()
    if code is None:
        raise EnrolError(Problem.CODE_UNKNOWN)
    if request.station_id not in ("", code["station_id"]):
        raise EnrolError(Problem.CODE_OTHER_STATION)
    if code["device_id"] is None:
        if code["expires_at"] < now:
            raise EnrolError(Problem.CODE_EXPIRED)
        device_id = _add(connection, county_id, code["station_id"], now)
        used = {"device_id": device_id, "nonce_hash": vault.derive("nonce", request.nonce)}
        connection.execute(sa.update(enrolment_code).where(*mine).values(used))
    else:
        device_id = code["device_id"]
        if code["nonce_hash"] not in vault.derivations("nonce", request.nonce) or code["expires_at"] < now:
            raise EnrolError(Problem.CODE_USED)
    row = _device(connection, county_id, device_id)
    keys = _keys(connection, vault, row, row["generation"], now)
    station = sa.select(record.c.data).where(
        record.c.county_id == county_id, record.c.entity == "station", record.c.id == code["station_id"]
    )
    return EnrolAnswer(
        station=connection.execute(station).scalar_one(),
        device_id=device_id,
        device_token=keys.device_token,
        ticket_key_id=keys.ticket_key_id,
        ticket_key=keys.ticket_key,
        county=county_id,
        phone_base=phone_base,
    )


def _add(connection: sa.Connection, county_id: str, station_id: str, now: datetime) -> str:
    device_id = new_id(now)
    made = {"county_id": county_id, "id": device_id, "station_id": station_id, "salt": secrets.token_hex(16), "generation": 1}
    connection.execute(sa.insert(device).values(**made, enrolled_at=now, renewed_at=now))
    return device_id


def keys(connection: sa.Connection, vault: Vault, county_id: str, device_id: str, phone_base: str, now: datetime) -> Keys:
    """Give a terminal the keys that it should use from now on: the ones that it has, or the next ones when it is time.

    The next token becomes the terminal's own when it is first used (`identify`); until then this gives the same again.
    """
    row = _device(connection, county_id, device_id)
    asked = row["renew_asked_at"]
    due = now - row["renewed_at"] >= RENEW_EVERY or (asked is not None and asked > row["renewed_at"])
    return _keys(connection, vault, row, row["generation"] + due, now, phone_base)


def _device(connection: sa.Connection, county_id: str, device_id: str) -> sa.RowMapping:
    mine = (device.c.county_id == county_id, device.c.id == device_id)
    return connection.execute(sa.select(device).where(*mine).with_for_update()).mappings().one()


def _keys(connection: sa.Connection, vault: Vault, row: sa.RowMapping, generation: int, now: datetime, phone_base: str = "") -> Keys:
    """Give the keys of a generation; the ticket key is made the first time."""
    same = {"county_id": row["county_id"], "device_id": row["id"], "generation": generation}
    made = insert(ticket_key).values(**same, sealed_key=vault.seal(secrets.token_bytes(32)), issued_at=now)
    connection.execute(made.on_conflict_do_nothing(index_elements=[ticket_key.c[name] for name in same]))
    key = connection.execute(sa.select(ticket_key).filter_by(**same)).mappings().one()
    return Keys(
        device_token=_tokens(vault, row, generation)[0],
        ticket_key_id=key["key_id"],
        ticket_key=vault.open(key["sealed_key"]).hex(),
        phone_base=phone_base,
    )


def _tokens(vault: Vault, row: sa.RowMapping, generation: int) -> list[str]:
    """Give the token of a generation under each key of the hub, newest first."""
    name = f"{row['id']}.{generation}"
    return [f"{name}.{hash_}" for hash_ in vault.derivations("device token", f"{name}.{row['salt']}")]


def identify(connection: sa.Connection, vault: Vault, county_id: str, token: str, now: datetime) -> Device | None:
    """Give the terminal that a token belongs to, and note that it was heard of. A newer token than the last puts an end to that one."""
    read = TOKEN.fullmatch(token)
    if read is None:
        return None
    mine = (device.c.county_id == county_id, device.c.id == read[1])
    row = connection.execute(_by_id(), {"county": county_id, "id": read[1]}).mappings().first()
    generation = int(read[2])
    if row is None or not any(hmac.compare_digest(token, good) for good in _tokens(vault, row, generation)):
        return None
    on_its_way = generation == row["generation"] - 1 and now - row["renewed_at"] < GRACE
    if generation < row["generation"] and not on_its_way:
        return None
    news: dict[str, Any] = {}
    if generation > row["generation"]:
        news |= {"generation": generation, "renewed_at": now}
    if row["heard_at"] is None or row["heard_at"] < now - HEARD_EVERY:
        news["heard_at"] = now
    if news and row["revoked_at"] is None:
        connection.execute(sa.update(device).where(*mine).values(news))
    return Device(row["id"], row["station_id"], row["revoked_at"] is not None, row["push_epoch"], row["push_batch"])


@cache
def _by_id() -> sa.Select[Any]:
    """Put the statement together once: every request runs it."""
    return sa.select(device).where(device.c.county_id == sa.bindparam("county"), device.c.id == sa.bindparam("id"))


def revoke(connection: sa.Connection, county_id: str, device_id: str, now: datetime) -> None:
    """Stop a terminal from syncing. Its slips stay readable: their key is kept."""
    mine = (device.c.county_id == county_id, device.c.id == device_id)
    connection.execute(sa.update(device).where(*mine).values(revoked_at=now))


def ask_to_renew(connection: sa.Connection, county_id: str, device_id: str | None, now: datetime) -> None:
    """Have a terminal (None: all) take new keys the next time that it asks for its keys."""
    mine = [device.c.county_id == county_id, device.c.revoked_at.is_(None), *([device.c.id == device_id] if device_id else [])]
    connection.execute(sa.update(device).where(*mine).values(renew_asked_at=now))


def reseal(connection: sa.Connection, vault: Vault) -> None:
    """Seal every ticket key under the hub's newest key."""
    for row in connection.execute(sa.select(ticket_key.c.key_id, ticket_key.c.sealed_key).with_for_update()).all():
        sealed = vault.seal(vault.open(row.sealed_key))
        connection.execute(sa.update(ticket_key).where(ticket_key.c.key_id == row.key_id).values(sealed_key=sealed))


def _hashes(vault: Vault, code: str) -> list[str]:
    """Hash a code however it was typed: any case, with or without dashes and blanks."""
    return vault.derivations("enrolment code", grouped(code))
