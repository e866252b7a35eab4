"""The station's people: the first start, who comes and leaves, PINs and cards. Only a head changes others; there is always one left.

A card's code is made here, printed on a slip and forgotten: the station keeps its hash.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kiosk.domain.print_job import PrintJob
from kiosk.domain.station import Role, Staff
from kiosk.domain.worker import check_name
from kiosk.errors import BadInput, NotAllowed, WrongState
from kiosk.services import printing, slips
from kiosk.services.sign_in import Session, add_staff, card_hash, check_own, hash_pin
from kiosk.services.station import Here, slip_serial
from kiosk.store.store import UnitOfWork

CARD_MARK = "YZGK"
"""What a staff card's code begins with, so that nobody takes a slip's for one. Capitals and digits make a small QR code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the station's people, without PIN and card."""

    id: str
    name: str
    role: Role
    active: bool
    has_card: bool
    locked_until: datetime | None


def members(here: Here) -> Sequence[Member]:
    """Give everyone, those who have left last."""
    now = here.now()
    with here.store.read() as u:
        staff = sorted(u.list(Staff), key=lambda s: (not s.active, s.role is not Role.HEAD, s.id))
    return [
        Member(
            id=s.id,
            name=s.name,
            role=s.role,
            active=s.active,
            has_card=bool(s.card_hash),
            locked_until=s.locked_until if s.locked_until is not None and s.locked_until > now else None,
        )
        for s in staff
    ]


def set_up_head(here: Here, name: str, pin: str) -> Session:
    """Enter the first head and sign him in; raise WrongState once there is anybody, BadInput for a name or PIN that cannot be used."""
    now = here.now()
    with here.store.write() as u:
        if u.count(Staff):
            raise WrongState("there is staff already")
        head = add_staff(u, now, here.station_id, check_name(name), Role.HEAD, pin)
        u.audit(now, head.id, "set_up_head", head.id, name=name)
    return Session(head.id, head.name, head.role)


def add_member(here: Here, session: Session, name: str, role: Role, pin: str) -> Staff:
    """Enter a colleague; raise BadInput for a name or PIN that cannot be used, or a name that a colleague has: one signs in by it."""
    now = here.now()
    with here.store.write() as u:
        _need_head(u, session)
        _check_new_name(u, name)
        staff = add_staff(u, now, here.station_id, check_name(name), role, pin)
        u.audit(now, session.staff_id, "add_staff", staff.id, name=name, role=role)
    return staff


def check_new_name(here: Here, name: str) -> None:
    """Say early whether a colleague may be entered under this name; raise BadInput."""
    with here.store.read() as u:
        _check_new_name(u, name)


def renew_pin(here: Here, session: Session, staff_id: str, pin: str) -> None:
    """Give a colleague who forgot his PIN a new one, which he keys in himself; raise BadInput. It ends a lock-out."""
    now, hashed = here.now(), hash_pin(pin)
    with here.store.write() as u:
        _need_head(u, session)
        u.put(replace(_need_active(u, staff_id), pin_hash=hashed, failures=0, locked_until=None))
        u.audit(now, session.staff_id, "renew_pin", staff_id)


def change_own_pin(here: Here, session: Session, old: str, new: str) -> None:
    """Change one's own PIN; raise as signing in does for a wrong old one, BadInput for a new one that cannot be used."""
    hashed = hash_pin(new)
    check_own(here, session.staff_id, old)
    with here.store.write() as u:
        u.put(replace(_need_active(u, session.staff_id), pin_hash=hashed))
        u.audit(here.now(), session.staff_id, "change_pin", session.staff_id)


def issue_card(here: Here, session: Session, staff_id: str) -> str:
    """Make a card, print it and give the print job's id; an older card of the same person opens nothing from now on."""
    now = here.now()
    code = f"{CARD_MARK}{secrets.token_hex(16).upper()}"
    with here.store.write() as u:
        _need_head(u, session)
        staff = _need_active(u, staff_id)
        u.put(replace(staff, card_hash=card_hash(code)))
        _drop_slips(u, staff_id)
        station = here.station(u)
        job = printing.queue_slip(u, slips.card_slip(staff.name, station, slip_serial(u, station, now), code, now), staff_id, now)
        u.audit(now, session.staff_id, "issue_card", staff_id)
    return job.id


def lose_card(here: Here, session: Session, staff_id: str) -> None:
    """Let a lost card open nothing any more."""
    with here.store.write() as u:
        _need_head(u, session)
        u.put(replace(_need_active(u, staff_id), card_hash=""))
        _drop_slips(u, staff_id)
        u.audit(here.now(), session.staff_id, "lose_card", staff_id)


def unlock(here: Here, session: Session, staff_id: str) -> None:
    """Let a colleague who keyed in too many wrong PINs try again at once."""
    with here.store.write() as u:
        _need_head(u, session)
        u.put(replace(_need_active(u, staff_id), failures=0, locked_until=None))
        u.audit(here.now(), session.staff_id, "unlock", staff_id)


def retire(here: Here, session: Session, staff_id: str) -> None:
    """Let somebody who has left sign in no more; his acts keep his name. Raises BadInput for the last head."""
    with here.store.write() as u:
        _need_head(u, session)
        staff = _need_active(u, staff_id)
        if staff.role is Role.HEAD and u.count(Staff, role=Role.HEAD, active=True) == 1:
            raise BadInput("staff", "bad.team.last_head")
        u.put(replace(staff, active=False, pin_hash="", card_hash="", failures=0, locked_until=None))
        _drop_slips(u, staff_id)
        u.audit(here.now(), session.staff_id, "retire", staff_id)


def _need_head(u: UnitOfWork, session: Session) -> None:
    """Refuse who is not a head now, whatever he was when he signed in."""
    me = u.get(Staff, session.staff_id)
    if me is None or not me.active or me.role is not Role.HEAD:
        raise NotAllowed("only a head changes the team")


def _need_active(u: UnitOfWork, staff_id: str) -> Staff:
    staff = u.need(Staff, staff_id)
    if not staff.active:
        raise WrongState("has left")
    return staff


def _check_new_name(u: UnitOfWork, name: str) -> None:
    if u.count(Staff, name=str(check_name(name)), active=True):
        raise BadInput("name", "bad.team.name_taken")


def _drop_slips(u: UnitOfWork, staff_id: str) -> None:
    """Take earlier cards out of the journal of slips, printed or not."""
    for job in u.list(PrintJob, subject_id=staff_id):
        u.drop(PrintJob, job.id)
