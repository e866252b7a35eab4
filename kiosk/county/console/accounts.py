"""The console's accounts: invited, signed in with a password and a code from an app (TOTP, RFC 6238), seated, shut out. Knows no HTTP.

Nobody learns which of login, password or code was wrong. Every try is counted before it is checked, so that many at once cost as
much as one after the other.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kiosk.county.console.audit import audit
from kiosk.county.console.roles import COUNTY_ROLES, Role
from kiosk.county.schema import console_seat, console_user
from kiosk.county.vault import Vault
from kiosk.domain.guessing import locked_until, still_locked
from kiosk.domain.record import new_id
from kiosk.errors import BadInput, LockedOut, NotAllowed, NotFound

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
INVITED_FOR = timedelta(days=3)
INVITE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
INVITE_LENGTH = 12
LOGIN_MAX, NAME_MAX = 32, 20
PASSWORD_MIN, PASSWORD_MAX = 12, 128
STEP_S = 30
SEEN_EVERY = timedelta(minutes=1)
ISSUER = "云梦零工驿站"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account. `joined`: has a password of his own and an app that gives codes; a township's `station_id` is the highest it sees."""

    id: str
    login: str
    name: str
    role: Role
    station_id: str | None
    active: bool
    joined: bool
    invited_until: datetime | None
    locked_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A signed-in browser. `form_key` must come back with everything it sends."""

    user: User
    form_key: str

    def need(self, *roles: Role) -> None:
        """Raise NotAllowed for anybody whose role is not one of these."""
        if self.user.role not in roles:
            raise NotAllowed(f"needs {', '.join(roles)}")


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one county, in one transaction at a time."""

    county_id: str
    vault: Vault

    def all(self, connection: sa.Connection) -> Sequence[User]:
        """Give every account, by login."""
        query = sa.select(console_user).where(console_user.c.county_id == self.county_id).order_by(console_user.c.login)
        return [_user(row) for row in connection.execute(query)]

    def add(
        self, connection: sa.Connection, now: datetime, by: str, login: str, name: str, role: Role, station_id: str | None = None
    ) -> tuple[str, str]:
        """Make an account and give its id and its invitation, which is shown once; raise BadInput for what cannot be."""
        login, name = login.strip().lower(), name.strip()
        if not (3 <= len(login) <= LOGIN_MAX and login.isascii() and login.isalnum()):
            raise BadInput("login", "bad.console.login")
        if not 1 <= len(name) <= NAME_MAX or not name.isprintable():
            raise BadInput("name", "bad.console.name")
        if (role in COUNTY_ROLES) != (station_id is None):
            raise BadInput("station_id", "bad.console.township")
        if self._row(connection, console_user.c.login == login) is not None:
            raise BadInput("login", "bad.console.login_taken")
        user_id = new_id(now)
        values = {"id": user_id, "login": login, "name": name, "role": role, "station_id": station_id, "active": True}
        blank = {"generation": 0, "password_hash": "", "totp_step": 0, "failures": 0, "invite_hash": ""}
        connection.execute(sa.insert(console_user).values(county_id=self.county_id, **values, **blank))
        audit(connection, self.county_id, now, by, "user_added", user_id, role=role)
        return user_id, self.invite(connection, now, by, user_id)

    def invite(self, connection: sa.Connection, now: datetime, by: str, user_id: str) -> str:
        """Give a new invitation; password, codes and seats of before end with it, and a lock too. Raises NotFound."""
        code = "".join(secrets.choice(INVITE_LETTERS) for _ in range(INVITE_LENGTH))
        changes = {"invite_hash": self._invite_hashes(code)[0], "invite_ends_at": now + INVITED_FOR, "active": True, "failures": 0}
        ended = {"password_hash": "", "sealed_totp": None, "totp_step": 0, "locked_until": None}
        self._change(connection, user_id, generation=console_user.c.generation + 1, **changes, **ended)
        audit(connection, self.county_id, now, by, "user_invited", user_id)
        return code

    def shut_out(self, connection: sa.Connection, now: datetime, by: str, user_id: str) -> None:
        """End an account and every seat of it; its acts keep its name. Raises NotFound, NotAllowed for one's own."""
        if by == user_id:
            raise NotAllowed("one's own account")
        self._change(connection, user_id, active=False, invite_hash="", generation=console_user.c.generation + 1)
        audit(connection, self.county_id, now, by, "user_shut_out", user_id)

    def open_invite(self, connection: sa.Connection, now: datetime, login: str, code: str) -> tuple[str, str]:
        """Give the secret for the app, and the address that its code says, for whoever holds an invitation; raise NotAllowed.

        The same each time it is asked for, so that a page loaded twice does not spoil what the app has read.
        """
        row = self._invited(connection, now, login, code)
        if row.sealed_totp is None:
            secret = pyotp.random_base32()
            self._change(connection, row.id, sealed_totp=self.vault.seal(secret.encode()))
        else:
            secret = self.vault.open(row.sealed_totp).decode()
        return secret, pyotp.TOTP(secret).provisioning_uri(name=row.login, issuer_name=ISSUER)

    def join(self, connection: sa.Connection, now: datetime, login: str, code: str, password: str, digits: str) -> None:
        """Take up an invitation; raise NotAllowed for a wrong one, BadInput for a weak password or the app's wrong digits."""
        row = self._invited(connection, now, login, code)
        check_password(password, row.login)
        step = self._step(row, digits, now)
        if step is None:
            raise BadInput("digits", "bad.console.digits")
        self._change(connection, row.id, password_hash=PasswordHasher().hash(password), totp_step=step, invite_hash="", failures=0)
        audit(connection, self.county_id, now, row.id, "user_joined", row.id)

    def count_try(self, connection: sa.Connection, now: datetime, login: str) -> None:
        """Count a try to sign in, in a transaction of its own; raise LockedOut while it must wait."""
        row = self._row(connection, console_user.c.login == login.strip().lower(), hold=True)
        if row is None:
            return
        if (until := still_locked(row.locked_until, row.failures, now)) is not None:
            raise LockedOut(until)
        self._change(connection, row.id, failures=row.failures + 1, locked_until=locked_until(row.failures + 1, now))

    def sign_in(self, connection: sa.Connection, now: datetime, login: str, password: str, digits: str) -> str:
        """Seat whoever knows the password and the app's digits, which are good once; give the browser's secret. Raises NotAllowed."""
        row = self._row(connection, console_user.c.login == login.strip().lower(), hold=True)
        known = row is not None and row.active and row.password_hash != ""
        right = _verify(row.password_hash if row is not None and known else _nobody(), password)
        step = self._step(row, digits, now) if row is not None and known and row.sealed_totp else None
        if row is None or not right or step is None:
            raise NotAllowed("login, password or code")
        self._change(connection, row.id, failures=0, locked_until=None, totp_step=step)
        connection.execute(sa.delete(console_seat).where(console_seat.c.county_id == self.county_id, console_seat.c.since < now - LONGEST))
        secret = secrets.token_urlsafe(32)
        values = {"user_id": row.id, "generation": row.generation, "form_key": secrets.token_urlsafe(24), "since": now, "seen": now}
        connection.execute(sa.insert(console_seat).values(county_id=self.county_id, secret_hash=_hashed(secret), **values))
        audit(connection, self.county_id, now, row.id, "sign_in", row.id)
        return secret

    def seat(self, connection: sa.Connection, now: datetime, secret: str) -> Seat | None:
        """Give who sits at a browser and note that somebody is there; None when it was left too long or the account ended."""
        mine = (console_seat.c.county_id == self.county_id, console_seat.c.secret_hash == _hashed(secret))
        same = sa.and_(
            console_user.c.county_id == console_seat.c.county_id,
            console_user.c.id == console_seat.c.user_id,
            console_user.c.generation == console_seat.c.generation,
        )
        columns = (console_user, console_seat.c.form_key, console_seat.c.since, console_seat.c.seen)
        row = connection.execute(sa.select(*columns).join_from(console_seat, console_user, same).where(*mine)).first()
        if row is None or not row.active or now - row.seen > IDLE or now - row.since > LONGEST:
            return None
        if now - row.seen > SEEN_EVERY:
            connection.execute(sa.update(console_seat).where(*mine).values(seen=now))
        return Seat(user=_user(row), form_key=row.form_key)

    def leave(self, connection: sa.Connection, secret: str) -> None:
        """Free a seat."""
        mine = (console_seat.c.county_id == self.county_id, console_seat.c.secret_hash == _hashed(secret))
        connection.execute(sa.delete(console_seat).where(*mine))

    def _row(self, connection: sa.Connection, *where: sa.ColumnElement[bool], hold: bool = False) -> "sa.Row[tuple[object, ...]] | None":
        query = sa.select(console_user).where(console_user.c.county_id == self.county_id, *where)
        return connection.execute(query.with_for_update() if hold else query).first()

    def _invited(self, connection: sa.Connection, now: datetime, login: str, code: str) -> "sa.Row[tuple[object, ...]]":
        mine = (console_user.c.login == login.strip().lower(), console_user.c.invite_hash.in_(self._invite_hashes(code)))
        row = self._row(connection, *mine, hold=True)
        if row is None or not row.active or row.invite_ends_at < now:
            raise NotAllowed("invitation")
        return row

    def _change(self, connection: sa.Connection, user_id: str, **changes: object) -> None:
        mine = (console_user.c.county_id == self.county_id, console_user.c.id == user_id)
        if connection.execute(sa.update(console_user).where(*mine).values(**changes)).rowcount == 0:
            raise NotFound(f"console user {user_id}")

    def _invite_hashes(self, code: str) -> list[str]:
        """Hash an invitation however it was typed: any case, with or without dashes and blanks; under the newest key first."""
        return self.vault.derivations("console invitation", "".join(code.split()).replace("-", "").upper())

    def _step(self, row: "sa.Row[tuple[object, ...]]", digits: str, now: datetime) -> int | None:
        """Give the half minute whose digits these are, this one or its neighbours, newer than any that was used; else None."""
        digits, this = "".join(digits.split()), int(now.timestamp()) // STEP_S
        app = pyotp.TOTP(self.vault.open(row.sealed_totp).decode())
        for step in (this, this - 1, this + 1):
            if step > row.totp_step and secrets.compare_digest(app.at(step * STEP_S).encode(), digits.encode(errors="replace")):
                return step
        return None


def reseal(connection: sa.Connection, vault: Vault) -> None:
    """Seal the secret of every app under the hub's newest key."""
    for row in connection.execute(sa.select(console_user).where(console_user.c.sealed_totp.is_not(None)).with_for_update()).all():
        mine = (console_user.c.county_id == row.county_id, console_user.c.id == row.id)
        connection.execute(sa.update(console_user).where(*mine).values(sealed_totp=vault.seal(vault.open(row.sealed_totp))))


def check_password(password: str, login: str) -> None:
    """Raise BadInput('password') for one that is short, of few different characters, or holds the login."""
    mixed = any(map(str.isdigit, password)) and any(map(str.isalpha, password))
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX or not mixed:
        raise BadInput("password", "bad.console.password", least=PASSWORD_MIN)
    if len(set(password)) < PASSWORD_MIN // 2 or login in password.lower():
        raise BadInput("password", "bad.console.password_weak")


def _verify(hashed: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, password[:PASSWORD_MAX])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Give a hash that nobody's password has: who guesses a login waits as long as who knows one."""
    return PasswordHasher().hash(secrets.token_urlsafe(32))


def _hashed(secret: str) -> str:
    return sha256(secret.encode(errors="replace")).hexdigest()


def _user(row: "sa.Row[tuple[object, ...]]") -> User:
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        station_id=row.station_id,
        active=row.active,
        joined=row.password_hash != "",
        invited_until=row.invite_ends_at if row.invite_hash else None,
        locked_until=row.locked_until,
    )
