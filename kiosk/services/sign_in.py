"""Signing staff in by personal PIN: argon2id, growing lock-outs that survive a restart."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk.domain.record import new_id
from kiosk.domain.station import Role, Staff
from kiosk.errors import BadInput, LockedOut, NotAllowed
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

FREE_TRIES = 3
FIRST_LOCK_S = 30
LONGEST_LOCK_S = 3600
PIN_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in."""

    staff_id: str
    name: str
    role: Role


def hash_pin(pin: str) -> str:
    """Hash a six-digit PIN with argon2id; raise BadInput('pin') for anything else."""
    from argon2 import PasswordHasher

    if len(pin) != PIN_DIGITS or not pin.isdigit():
        raise BadInput("pin", "bad.pin.digits")
    return PasswordHasher().hash(pin)


def add_staff(u: UnitOfWork, now: datetime, station_id: str, name: str, role: Role, pin: str, staff_id: str = "") -> Staff:
    """Enter a member of staff."""
    staff = Staff(id=staff_id or new_id(now), station_id=station_id, name=name, role=role, pin_hash=hash_pin(pin))
    u.put(staff)
    return staff


def staff_names(here: Here) -> list[tuple[str, str, Role]]:
    """Give (id, name, role) of everyone who may sign in."""
    with here.store.read() as u:
        return [(s.id, s.name, s.role) for s in u.list(Staff)]


def sign_in(here: Here, staff_id: str, pin: str) -> Session:
    """Check a PIN; raise LockedOut while locked, NotAllowed when wrong. After three wrong ones each costs twice the wait of the last."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    now = here.now()
    with here.store.write() as u:
        staff = u.need(Staff, staff_id)
        if staff.locked_until is not None and now < staff.locked_until:
            raise LockedOut(staff.locked_until)
        # counted before the check, so that pulling the plug during it gives no free try
        failures = staff.failures + 1
        over = failures - FREE_TRIES
        wait = min(FIRST_LOCK_S * 2**over, LONGEST_LOCK_S) if over >= 0 else 0
        locked = now + timedelta(seconds=wait) if wait else None
        u.put(replace(staff, failures=failures, locked_until=locked))
    try:
        PasswordHasher().verify(staff.pin_hash, pin)
    except VerificationError:
        if locked is not None:
            raise LockedOut(locked) from None
        raise NotAllowed("wrong PIN") from None
    with here.store.write() as u:
        u.put(replace(staff, failures=0, locked_until=None))
        u.audit(now, staff.id, "sign_in", staff.id)
    return Session(staff.id, staff.name, staff.role)
