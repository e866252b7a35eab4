"""My registration, found by the slip's 8-digit code and the last four digits of the phone: a found slip must not open a person's record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

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
    listing: Listing | None
    state: ReferralState


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """My registration and what came of it, the newest first."""

    worker: Worker
    referrals: tuple[MyReferral, ...]
    matches: tuple[Match, ...]


def find_mine(here: Here, code: str, last_four: str) -> Mine:
    """Open a registration; raise NotFound alike for a wrong code and wrong digits, LockedOut after ten misses in ten minutes.

    `LockedOut.until` is when the oldest of them no longer counts.
    """
    now = here.now()
    with here.store.write() as u:
        misses = [m for m in (u.recall("guesses") or "").split() if m > to_plain(now - GUESS_WINDOW)]
        if len(misses) >= GUESSES:
            raise LockedOut(datetime.fromisoformat(misses[0]) + GUESS_WINDOW)
        found = [w for w in u.list(Worker, code=code) if w.phone.last_four() == last_four and w.state is not WorkerState.WITHDRAWN]
        u.remember("guesses", " ".join(misses if found else [*misses, to_plain(now)]))
    if not found:
        raise NotFound("registration")
    with here.store.read() as u:
        made = sorted(u.list(Referral, worker_id=found[0].id), key=lambda r: r.created_at, reverse=True)
        referrals = tuple(
            MyReferral(
                referral=one,
                listing=u.get(Listing, one.listing_id),
                state=referral.state_of(u.list(ReferralStep, referral_id=one.id)),
            )
            for one in made
        )
        return Mine(worker=found[0], referrals=referrals, matches=best_matches(here, u, found[0]))
