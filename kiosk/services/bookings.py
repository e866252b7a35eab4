"""The negotiation desk, booked by staff for an employer who talks with people: never twice at once."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from kiosk.domain.record import new_id
from kiosk.domain.running import Booking
from kiosk.errors import BadInput
from kiosk.services.sign_in import Session
from kiosk.services.station import CHINA, Here, local
from kiosk.store.store import UnitOfWork

OPENS, CLOSES = time(7, 0), time(18, 0)
SLOT = timedelta(minutes=30)
LENGTHS = (30, 60, 120)
AHEAD = timedelta(days=7)
WHO_MOST = 20
LIVE_MOST = (AHEAD.days + 2) * 24 * 2
"""What does not overlap and begins on a half hour: no more bookings than these can still be to come, or be today's."""


def book(here: Here, session: Session, who: str, starts_at: datetime, minutes: int) -> Booking:
    """Take the desk; `who` is a firm or a slip's number, `minutes` one of LENGTHS.

    Raises BadInput without a name, for a time that is past, off the half hour, outside the day or too far away, and for one that is taken.
    """
    now, who = here.now(), who.strip()
    if not who:
        raise BadInput("who", "bad.booking.who")
    if len(who) > WHO_MOST:
        raise BadInput("who", "bad.booking.who_long", most=WHO_MOST)
    start, end = local(starts_at), local(starts_at) + timedelta(minutes=minutes)
    if minutes not in LENGTHS or starts_at < now - SLOT or starts_at - now > AHEAD:
        raise BadInput("starts_at", "bad.booking.time")
    if (start - _at(start.date(), OPENS)) % SLOT or start < _at(start.date(), OPENS) or end > _at(start.date(), CLOSES):
        raise BadInput("starts_at", "bad.booking.time")
    with here.store.write() as u:
        other = next((b for b in live(u) if b.starts_at < end and start < ends_at(b)), None)
        if other is not None:
            raise BadInput("starts_at", "bad.booking.taken", who=other.who, time=f"{local(other.starts_at):%H:%M}")
        booking = Booking(
            id=new_id(now),
            revision=1,
            station_id=here.station_id,
            who=who,
            starts_at=starts_at,
            minutes=minutes,
            by_name=session.name,
            booked_at=now,
        )
        u.keep(booking)
        u.audit(now, session.staff_id, "book", booking.id)
    return booking


def cancel(here: Here, session: Session, booking_id: str) -> Booking:
    """Give the desk back; a second call changes nothing. Raises NotFound."""
    now = here.now()
    with here.store.write() as u:
        booking = u.need(Booking, booking_id)
        if booking.cancelled:
            return booking
        booking = replace(booking, revision=booking.revision + 1, cancelled=True)
        u.keep(booking)
        u.audit(now, session.staff_id, "cancel_booking", booking.id)
    return booking


def booked(here: Here) -> tuple[Booking, ...]:
    """Give today's bookings and those to come, in their order."""
    with here.store.read() as u:
        return tuple(sorted((b for b in live(u) if local(b.starts_at).date() >= here.today()), key=lambda b: b.starts_at))


def on_day(u: UnitOfWork, day: date) -> tuple[Booking, ...]:
    """Give one day's bookings in their order, inside the caller's transaction."""
    return tuple(sorted((b for b in live(u) if local(b.starts_at).date() == day), key=lambda b: b.starts_at))


def free_slots(here: Here, day: date, minutes: int) -> tuple[datetime, ...]:
    """Give the instants of a day at which the desk is still free for so long, UTC."""
    now = here.now()
    with here.store.read() as u:
        taken = on_day(u, day)
    last = _at(day, CLOSES) - timedelta(minutes=minutes)
    starts = [_at(day, OPENS) + n * SLOT for n in range((last - _at(day, OPENS)) // SLOT + 1)]
    long = timedelta(minutes=minutes)
    # the half hour that has begun can still be taken: who comes in sits down now
    return tuple(s for s in starts if s > now - SLOT and not any(b.starts_at < s + long and s < ends_at(b) for b in taken))


def ends_at(booking: Booking) -> datetime:
    """Give when the desk is free again."""
    return booking.starts_at + timedelta(minutes=booking.minutes)


def live(u: UnitOfWork) -> list[Booking]:
    """Give the bookings that stand, last ones first: all that are to come and today's, and some before."""
    return list(u.latest(Booking, "starts_at", LIVE_MOST, cancelled=False))


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, CHINA)
