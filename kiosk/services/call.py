"""Calling staff, and answering."""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.domain.record import new_id
from kiosk.domain.station import StaffCall
from kiosk.services.sign_in import Session
from kiosk.services.station import Here


def call_staff(here: Here, where: str) -> StaffCall:
    """Note that a visitor wants a person; a second tap while one call is open is the same call."""
    now = here.now()
    with here.store.write() as u:
        waiting = u.list(StaffCall, answered_at=None)
        if waiting:
            return waiting[0]
        call = StaffCall(id=new_id(now), where=where, called_at=now)
        u.put(call)
    return call


def open_calls(here: Here) -> Sequence[StaffCall]:
    """Give the calls nobody has answered."""
    with here.store.read() as u:
        return u.list(StaffCall, answered_at=None)


def answer_calls(here: Here, session: Session) -> None:
    """Mark every open call as answered by the member of staff."""
    now = here.now()
    with here.store.write() as u:
        for call in u.list(StaffCall, answered_at=None):
            u.put(replace(call, answered_at=now, answered_by=session.name))
            u.audit(now, session.staff_id, "answer_call", call.id)
