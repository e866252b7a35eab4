"""The negotiation desk, for an employer and a worker who talk: booked by staff or by a visitor himself, while the station is open, never
twice at once.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from kiosk.domain.record import new_id
from kiosk.domain.referral import Party
from kiosk.domain.running import TALK_MINUTES, Booking, call_number
from kiosk.domain.station import Station
from kiosk.errors import BadInput, NotFound
from kiosk.services import guesses, printing, slips
from kiosk.services.opening import open_spans
from kiosk.services.sign_in import Session
from kiosk.services.station import CHINA, Here, local, slip_serial
from kiosk.store.store import UnitOfWork
from kiosk.text import t

OPENS, CLOSES = time(7, 0), time(18, 0)
"""When the desk can be had where the station's opening hours do not say it plainly (own)."""
SLOT = timedelta(minutes=30)
AHEAD = timedelta(days=7)
WHO_MOST = 20
LIVE_MOST = (AHEAD.days + 2) * 24 * 2
"""What does not overlap and is half an hour long at least: no more bookings than these can still be to come, or be today's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What a visitor gets: the desk, the number by which he is called, and his slip."""

    booking: Booking
    number: str
    job_id: str


def book(here: Here, session: Session, who: str, starts_at: datetime, minutes: int) -> Booking:
    """Take the desk for somebody; `who` is a firm or a slip's number, `minutes` one of TALK_MINUTES.

    Raises BadInput without a name, while nobody knows what day it is, for a time that is past, not one of `free_slots` or too far away, and
    for one that is taken.
    """
    now, who = _time_known(here), who.strip()
    if not who:
        raise BadInput("who", "bad.booking.who")
    if len(who) > WHO_MOST:
        raise BadInput("who", "bad.booking.who_long", most=WHO_MOST)
    with here.store.write() as u:
        other = _other(here, u, here.station(u), starts_at, minutes, now)
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


def book_oneself(here: Here, party: Party, starts_at: datetime, minutes: int) -> Booked:
    """Take the desk as a visitor, who leaves no name: he is called by a number that no other booking to come has.

    Raises BadInput as `book` does.
    """
    now = _time_known(here)
    with here.store.write() as u:
        station = here.station(u)
        if _other(here, u, station, starts_at, minutes, now) is not None:
            raise BadInput("starts_at", "bad.talk.taken")
        taken, booking_id = {call_number(b.id) for b in live(u)}, new_id(now)
        while call_number(booking_id) in taken:
            booking_id = new_id(now)
        number = call_number(booking_id)
        booking = Booking(
            id=booking_id,
            revision=1,
            station_id=here.station_id,
            who=t(f"talk.who_{party.value}", number=number),
            starts_at=starts_at,
            minutes=minutes,
            booked_at=now,
        )
        u.keep(booking)
        u.audit(now, "visitor", "book", booking.id)
        slip = slips.booking_slip(booking, number, station, slip_serial(u, station, now), now)
        job = printing.queue_slip(u, slip, booking.id, now)
    return Booked(booking=booking, number=number, job_id=job.id)


def cancel(here: Here, session: Session, booking_id: str) -> Booking:
    """Give the desk back; a second call changes nothing. Raises NotFound."""
    now = here.now()
    with here.store.write() as u:
        booking = u.need(Booking, booking_id)
        return booking if booking.cancelled else _cancel(u, booking, session.staff_id, now)


def cancel_numbered(here: Here, number: str) -> Booking:
    """Give back the desk that a visitor booked, by the number on his slip.

    Raises NotFound for a number that nobody to come has, LockedOut after too many of them.
    """
    now = here.now()
    with here.store.write() as u:
        guesses.check(u, "guesses.desk", now)
        found = next((b for b in live(u) if not b.by_name and call_number(b.id) == number and ends_at(b) > now), None)
        if found is not None:
            return _cancel(u, found, "visitor", now)
        guesses.count(u, "guesses.desk", now)
    raise NotFound("booking")


def booked(here: Here) -> tuple[Booking, ...]:
    """Give today's bookings and those to come, in their order."""
    with here.store.read() as u:
        return tuple(sorted((b for b in live(u) if local(b.starts_at).date() >= here.today()), key=lambda b: b.starts_at))


def on_day(u: UnitOfWork, day: date) -> tuple[Booking, ...]:
    """Give one day's bookings in their order, inside the caller's transaction."""
    return tuple(sorted((b for b in live(u) if local(b.starts_at).date() == day), key=lambda b: b.starts_at))


def free_slots(here: Here, day: date, minutes: int) -> tuple[datetime, ...]:
    """Give the instants of a day at which the desk is still free for so long, UTC; raise BadInput while nobody knows what day it is."""
    now = _time_known(here)
    with here.store.read() as u:
        taken, starts = on_day(u, day), _starts(here, here.station(u), day, minutes)
    long = timedelta(minutes=minutes)
    # the half hour that has begun can still be taken: who comes in sits down now
    return tuple(s for s in starts if s > now - SLOT and not any(b.starts_at < s + long and s < ends_at(b) for b in taken))


def ends_at(booking: Booking) -> datetime:
    """Give when the desk is free again."""
    return booking.starts_at + timedelta(minutes=booking.minutes)


def live(u: UnitOfWork) -> list[Booking]:
    """Give the bookings that stand, last ones first: all that are to come and today's, and some before."""
    return list(u.latest(Booking, "starts_at", LIVE_MOST, cancelled=False))


def _time_known(here: Here) -> datetime:
    if not here.sure():
        raise BadInput("starts_at", "bad.booking.no_clock")
    return here.now()


def _starts(here: Here, station: Station, day: date, minutes: int) -> list[datetime]:
    """Give every half hour at which so long a talk can begin on a day."""
    spans = open_spans(station, day, here.rules)
    if spans is None:
        spans = ((datetime.combine(day, OPENS, CHINA), datetime.combine(day, CLOSES, CHINA)),)
    return [opens + n * SLOT for opens, shuts in spans for n in range((shuts - opens - timedelta(minutes=minutes)) // SLOT + 1)]


def _other(here: Here, u: UnitOfWork, station: Station, starts_at: datetime, minutes: int, now: datetime) -> Booking | None:
    """Give who has the desk at a time; raise BadInput for a time at which nobody can have it."""
    start, end = local(starts_at), local(starts_at) + timedelta(minutes=minutes)
    if minutes not in TALK_MINUTES or starts_at < now - SLOT or starts_at - now > AHEAD:
        raise BadInput("starts_at", "bad.booking.time")
    if start not in _starts(here, station, start.date(), minutes):
        raise BadInput("starts_at", "bad.booking.time")
    return next((b for b in live(u) if b.starts_at < end and start < ends_at(b)), None)


def _cancel(u: UnitOfWork, booking: Booking, actor_id: str, now: datetime) -> Booking:
    booking = replace(booking, revision=booking.revision + 1, cancelled=True)
    u.keep(booking)
    u.audit(now, actor_id, "cancel_booking", booking.id)
    return booking
