"""Calling staff, and answering."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.station import StaffCall
from kiosk.services.opening import is_shut
from kiosk.services.sign_in import Session
from kiosk.services.station import Here


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A visitor's call and what he is told. `shut`: the station is closed now; then `hours` and `phone` help."""

    call: StaffCall
    shut: bool
    hours: str
    phone: Phone


def call_staff(here: Here, where: str) -> Called:
    """Note that a visitor wants a person; a second tap while a call is heard is the same call."""
    now = here.now()
    with here.store.write() as u:
        waiting = [call for call in u.list(StaffCall, answered_at=None) if call.calling(now)]
        call = waiting[0] if waiting else StaffCall(id=new_id(now), where=where, called_at=now)
        if not waiting:
            u.put(call)
        station = here.station(u)
    return Called(call=call, shut=here.sure() and is_shut(station, now, here.rules), hours=station.hours, phone=station.phone)


def call_of(here: Here, call_id: str) -> StaffCall | None:
    """Give a call as it stands, None when it was taken back."""
    with here.store.read() as u:
        return u.get(StaffCall, call_id)


def take_back(here: Here, call_id: str) -> None:
    """Forget a call that the visitor no longer needs; one that was answered stays."""
    with here.store.write() as u:
        call = u.get(StaffCall, call_id)
        if call is not None and call.answered_at is None:
            u.drop(StaffCall, call_id)


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
