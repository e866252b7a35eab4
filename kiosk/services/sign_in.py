"""Signing staff in, by personal PIN (argon2id) or staff card; guesses cost growing waits that survive a restart. Handing over, too.

A card alone signs in ordinary staff; the head's asks for the PIN as well, because whoever finds it could make cards and PINs for others.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from kiosk.domain.guessing import locked_until, still_locked
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.station import Role, Staff, check_pin
from kiosk.errors import LockedOut, NotAllowed
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

CARD_MISSES = "cards.misses"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in."""

    staff_id: str
    name: str
    role: Role

    def need_head(self, what: str) -> None:
        """Raise NotAllowed for anybody but the head; `what` is what is his alone."""
        if self.role is not Role.HEAD:
            raise NotAllowed(f"{what}: the head's alone")


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whose card it is; `session` is None where the PIN is wanted, too."""

    staff_id: str
    session: Session | None


def hash_pin(pin: str) -> str:
    """Hash a PIN with argon2id; raise BadInput('pin') for one that is not six digits, or is guessed first."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(check_pin(pin))


def card_hash(code: str) -> str:
    """Give what the station keeps of a card: its code is 128 random bits, so that a fast hash is enough."""
    return sha256(code.strip().encode()).hexdigest()


def add_staff(u: UnitOfWork, now: datetime, station_id: str, name: str, role: Role, pin: str, staff_id: str = "") -> Staff:
    """Enter a member of staff."""
    staff = Staff(id=staff_id or new_id(now), station_id=station_id, name=name, role=role, pin_hash=hash_pin(pin))
    u.put(staff)
    return staff


def staff_names(here: Here) -> list[tuple[str, str, Role]]:
    """Give (id, name, role) of everyone who may sign in."""
    with here.store.read() as u:
        return [(s.id, s.name, s.role) for s in u.list(Staff, active=True)]


def sign_in(here: Here, staff_id: str, pin: str) -> Session:
    """Check a PIN; raise LockedOut while locked, NotAllowed when wrong. After three wrong ones each costs twice the wait of the last."""
    staff = check_own(here, staff_id, pin)
    with here.store.write() as u:
        u.audit(here.now(), staff.id, "sign_in", staff.id)
    return Session(staff.id, staff.name, staff.role)


def check_own(here: Here, staff_id: str, pin: str) -> Staff:
    """Check somebody's own PIN, and count: raises as `sign_in` does. What was counted is forgotten when it is right."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    now = here.now()
    with here.store.write() as u:
        staff = u.need(Staff, staff_id)
        if not staff.active:
            raise NotAllowed("has left")
        locked, failures = still_locked(staff.locked_until, staff.failures, now), staff.failures
        barred = locked is not None
        if not barred:
            # counted before the check, so that pulling the plug during it gives no free try
            failures += 1
            locked = locked_until(failures, now)
        u.put(replace(staff, failures=failures, locked_until=locked))
    if barred and locked is not None:
        raise LockedOut(locked)
    try:
        PasswordHasher().verify(staff.pin_hash, pin)
    except (VerificationError, InvalidHashError):
        if locked is not None:
            raise LockedOut(locked) from None
        raise NotAllowed("wrong PIN") from None
    with here.store.write() as u:
        # read anew: the head may have changed something meanwhile
        staff = replace(u.need(Staff, staff_id), failures=0, locked_until=None)
        u.put(staff)
    return staff


def sign_in_by_card(here: Here, code: str) -> CardHolder:
    """Find whose card it is and sign ordinary staff in; raise NotAllowed for a card that nobody has, LockedOut after several of these.

    A PIN's lock-out does not hold the card back, so that nobody can keep a colleague from work by guessing; nor does the card end it.
    """
    now, hashed = here.now(), card_hash(code)
    with here.store.write() as u:
        number, _, at = (u.recall(CARD_MISSES) or "0").partition(" ")
        misses, locked = int(number), still_locked(datetime.fromisoformat(at) if at else None, int(number), now)
        barred = locked is not None
        mine = [s for s in u.list(Staff, active=True) if s.card_hash and hmac.compare_digest(s.card_hash, hashed)]
        if not barred:
            misses = 0 if mine else misses + 1
            locked = locked_until(misses, now)
        u.remember(CARD_MISSES, f"{misses} {to_plain(locked)}" if locked else str(misses))
        if mine and not barred and mine[0].role is not Role.HEAD:
            u.audit(now, mine[0].id, "sign_in", mine[0].id, by="card")
    if locked is not None:
        raise LockedOut(locked)
    if not mine:
        raise NotAllowed("unknown card")
    staff = mine[0]
    return CardHolder(staff.id, None if staff.role is Role.HEAD else Session(staff.id, staff.name, staff.role))


def hand_over(here: Here, session: Session) -> None:
    """Note that somebody gave the terminal to the next colleague (交班)."""
    with here.store.write() as u:
        u.audit(here.now(), session.staff_id, "hand_over", session.staff_id)
