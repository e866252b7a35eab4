"""My registration, found by the slip's 8-digit code and the last four digits of the phone: a found slip must not open a person's record.

What a scanned slip says is services/scan's; who gave the station's number has no digits of his own and goes through staff.
"""

from dataclasses import dataclass

from kiosk.domain import referral
from kiosk.domain.listing import Listing
from kiosk.domain.matching import Match
from kiosk.domain.referral import PayAnswer, Referral, ReferralState, ReferralStep
from kiosk.domain.station import Station
from kiosk.domain.worker import PhoneOf, Worker, WorkerState
from kiosk.errors import NotAllowed, NotFound
from kiosk.services import guesses, signups
from kiosk.services.introduce import of_referral
from kiosk.services.my_pay import is_put_off, pay_answers
from kiosk.services.register import best_matches
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

GUESSED = "guesses"


@dataclass(frozen=True, slots=True, kw_only=True)
class MyReferral:
    """One listing that I put myself down for. `pay_answers`: what I may say of my pay; `asks`: that I am to be asked about it.

    `told` names the other station that has my name and number for it.
    """

    referral: Referral
    listing: Listing | None
    state: ReferralState
    pay_answers: tuple[PayAnswer, ...] = ()
    asks: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """My registration and what came of it, the newest first; the courses that I am down for."""

    worker: Worker
    referrals: tuple[MyReferral, ...]
    courses: tuple[signups.Seat, ...]
    matches: tuple[Match, ...]


def find_mine(here: Here, code: str, last_four: str) -> Mine:
    """Open a registration; raise NotFound alike for a wrong code and wrong digits, LockedOut after ten misses in ten minutes.

    `LockedOut.until` is when the oldest of them no longer counts. NotAllowed: whoever registered under the station's number, which stands
    on every slip, is let in by staff; asking counts as a miss.
    """
    now = here.now()
    with here.store.write() as u:
        guesses.check(u, GUESSED, now)
        coded = [w for w in u.list(Worker, code=code) if w.state is not WorkerState.WITHDRAWN]
        without = any(w.phone_of is PhoneOf.STATION for w in coded)
        found = [w for w in coded if w.phone_of is not PhoneOf.STATION and w.phone.last_four() == last_four]
        if not found:
            guesses.count(u, GUESSED, now)
    if not found:
        raise NotAllowed("through staff") if without else NotFound("registration")
    return my_registration(here, found[0].id)


def my_registration(here: Here, worker_id: str) -> Mine:
    """Give the registration of who has proved who he is, as it stands now. Raises NotFound when it was withdrawn."""
    with here.store.read() as u:
        worker = u.need(Worker, worker_id)
        if worker.state is WorkerState.WITHDRAWN:
            raise NotFound(worker_id)
        made = sorted(u.list(Referral, worker_id=worker_id), key=lambda r: r.created_at, reverse=True)
        return Mine(
            worker=worker,
            referrals=tuple(_mine(here, u, one) for one in made),
            courses=signups.of_worker(here, u, worker_id),
            matches=best_matches(here, u, worker),
        )


def my_referral(here: Here, worker_id: str, referral_id: str) -> MyReferral:
    """Give one of a worker's referrals. Raises NotFound for what is not his."""
    with here.store.read() as u:
        made = u.need(Referral, referral_id)
        if made.worker_id != worker_id:
            raise NotFound(referral_id)
        return _mine(here, u, made)


def next_question(here: Here, worker_id: str) -> str:
    """Give the id of the newest referral about whose pay a worker is to be asked; empty when there is none."""
    with here.store.read() as u:
        made = sorted(u.list(Referral, worker_id=worker_id), key=lambda r: r.created_at, reverse=True)
        return next((one.id for one in made if _mine(here, u, one).asks), "")


def _mine(here: Here, u: UnitOfWork, made: Referral) -> MyReferral:
    steps, listing = list(u.list(ReferralStep, referral_id=made.id)), u.get(Listing, made.listing_id)
    state, answers = referral.state_of(steps), pay_answers(here, listing, steps)
    asks = bool(answers) and state not in referral.HIS_OWN and not is_put_off(u, made.id)
    there = u.get(Station, listing.station_id) if listing and of_referral(u, made.id) else None
    told = there.name if there else ""
    return MyReferral(referral=made, listing=listing, state=state, pay_answers=answers, asks=asks, told=told)
