"""My registration, found by the slip's 8-digit code and the last four digits of the phone: a found slip must not open a person's record."""

from dataclasses import dataclass
from datetime import timedelta

from kiosk.domain import referral
from kiosk.domain.listing import Listing
from kiosk.domain.matching import Match
from kiosk.domain.record import to_plain
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import LockedOut, NotFound
from kiosk.services.register import best_matches
from kiosk.services.station import Here

GUESSES = 10
GUESS_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class MyReferral:
    """One listing that I put myself down for."""

    referral: Referral
    title: str
    state: ReferralState


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """My registration and what came of it."""

    worker: Worker
    referrals: tuple[MyReferral, ...]
    matches: tuple[Match, ...]


def find_mine(here: Here, code: str, last_four: str) -> Mine:
    """Open a registration; raise NotFound alike for a wrong code and wrong digits, LockedOut after ten misses in ten minutes."""
    now = here.now()
    with here.store.write() as u:
        misses = [m for m in (u.recall("guesses") or "").split() if m > to_plain(now - GUESS_WINDOW)]
        if len(misses) >= GUESSES:
            raise LockedOut(now + GUESS_WINDOW)
        found = [w for w in u.list(Worker, code=code) if w.phone.last_four() == last_four and w.state is not WorkerState.WITHDRAWN]
        u.remember("guesses", " ".join(misses if found else [*misses, to_plain(now)]))
    if not found:
        raise NotFound("registration")
    with here.store.read() as u:
        referrals = []
        for made in u.list(Referral, worker_id=found[0].id):
            listing = u.get(Listing, made.listing_id)
            steps = u.list(ReferralStep, referral_id=made.id)
            referrals.append(MyReferral(referral=made, title=listing.title if listing else "", state=referral.state_of(steps)))
        return Mine(worker=found[0], referrals=tuple(referrals), matches=best_matches(here, u, found[0]))
