"""What staff say to the hall: notices on the board, and whose slip number is called to the desk."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kiosk.domain.notice import Notice, SlipCall, check_times, end_of, on_board, read_number, written
from kiosk.domain.record import new_id
from kiosk.domain.station import Station
from kiosk.errors import BadInput
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

CALLS_SHOWN = 8
CALLS_KEPT = timedelta(hours=12)
"""A slip's number is of its day; the board reads all calls that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call as staff see it: whether it stands on the board now."""

    call: SlipCall
    stands: bool


def put_up(here: Here, session: Session, title: str, body: str, urgent: bool, last_day: date, starts_at: datetime | None = None) -> Notice:
    """Put a notice on the own board until the end of `last_day`, from now or from `starts_at` on; an urgent one breaks in.

    Raises BadInput for words that the board does not take (kiosk.domain.notice.written) and for days that are past or too far away.
    """
    now = here.now()
    ends_at = end_of(last_day)
    check_times(starts_at or now, ends_at, now)
    with here.store.write() as u:
        title, body = written(title, body, phones(u))
        notice = Notice(
            id=new_id(now),
            revision=1,
            station_id=here.station_id,
            title=title,
            body=body,
            urgent=urgent,
            starts_at=starts_at or now,
            ends_at=ends_at,
        )
        u.keep(notice)
        u.audit(now, session.staff_id, "put_up_notice", notice.id, title=title, body=body, urgent=str(urgent))
    return notice


def take_down(here: Here, session: Session, notice_id: str) -> Notice:
    """Take a notice of the own station off the board; a second time changes nothing. Raises NotFound, BadInput for the county's."""
    now = here.now()
    with here.store.write() as u:
        notice = u.need(Notice, notice_id)
        if notice.station_id != here.station_id:
            raise BadInput("notice", "bad.notice.countys")
        if not notice.withdrawn:
            notice = replace(notice, revision=notice.revision + 1, withdrawn=True)
            u.keep(notice)
            u.audit(now, session.staff_id, "take_down_notice", notice.id)
    return notice


def standing(here: Here) -> tuple[Notice, ...]:
    """Give the notices that stand on the board or are to come, the county's too, those that begin last first."""
    now = here.now()
    with here.store.read() as u:
        found = [n for n in u.list(Notice) if not n.withdrawn and n.ends_at > now]
    return tuple(sorted(found, key=lambda n: (n.starts_at, n.id), reverse=True))


def call_number(here: Here, session: Session, keyed: str) -> SlipCall:
    """Ask whoever holds a slip to the desk, by its last digits (42) or its whole serial; called again, it is called anew.

    Raises BadInput('number') for what is no slip's number.
    """
    now, number = here.now(), read_number(keyed)
    with here.store.write() as u:
        before = None
        for call in u.list(SlipCall):
            if call.number == number:
                before = call
            elif not timedelta() <= now - call.called_at < CALLS_KEPT:
                u.drop(SlipCall, call.id)
        call = SlipCall(id=before.id if before else new_id(now), number=number, called_at=now)
        u.put(call)
        u.audit(now, session.staff_id, "call_number", call.id, number=number)
    return call


def end_call(here: Here, session: Session, call_id: str) -> SlipCall:
    """Take a number off the board: he came, or it was the wrong one. A second time changes nothing. Raises NotFound."""
    now = here.now()
    with here.store.write() as u:
        call = u.need(SlipCall, call_id)
        if call.ended_at is None:
            call = replace(call, ended_at=now)
            u.put(call)
            u.audit(now, session.staff_id, "end_call", call.id, number=call.number)
    return call


def calls(here: Here) -> tuple[Called, ...]:
    """Give the last calls, last called first."""
    now = here.now()
    with here.store.read() as u:
        last = u.latest(SlipCall, "called_at", CALLS_SHOWN)
    stands = {call.id for call in on_board(last, now)}
    return tuple(Called(call=call, stands=call.id in stands) for call in last)


def phones(u: UnitOfWork) -> frozenset[str]:
    """Give the phones of all stations: they are public."""
    return frozenset(str(station.phone) for station in u.list(Station))
