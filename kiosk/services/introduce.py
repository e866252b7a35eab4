"""A worker's name and number at the station whose listing he was recommended to: given when he agrees, kept in step, taken back.

The worker's station writes, the other one reads; each forgets by itself what is no longer needed, so that a station that is away for weeks
keeps nobody's number at the other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from kiosk.domain import referral as rules
from kiosk.domain.introduction import KEPT, Introduction, is_needed, nobody, telling
from kiosk.domain.listing import Listing
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import NotAllowed
from kiosk.services.author import Author
from kiosk.services.registrations import registered
from kiosk.services.station import Here, local
from kiosk.store.store import Store, UnitOfWork


def introduce(u: UnitOfWork, now: datetime, actor_id: str, made: Referral) -> None:
    """Bring what the listing's station knows of a worker of ours in step with his consent and with where the referral stands."""
    known = u.list(Introduction, referral_id=made.id)
    worker = _told(u, now, made)
    if worker is not None and not known:
        known = [nobody(made, now)]
    for one in known:
        # two terminals that were apart may each have made one: the last one tells
        told = telling(one, worker if one is known[-1] else None)
        if worker is None:
            u.unsay(one.id)
        if told != one:
            u.keep(told)
            u.audit(now, actor_id, "introduce" if told.name else "introduction_emptied", made.id)


def introduce_again(u: UnitOfWork, now: datetime, actor_id: str, worker_id: str) -> None:
    """Bring all that other stations know of a worker in step with his registration as it is now: changed, or withdrawn."""
    for made in u.list(Referral, worker_id=worker_id):
        if u.list(Introduction, referral_id=made.id):
            introduce(u, now, actor_id, made)


def take_contact_back(here: Here, author: Author, worker_id: str, referral_id: str) -> None:
    """Note that a worker no longer lets the employer, or another station, have his contact; a second call changes nothing.

    Raises NotFound, NotAllowed for what is not his. What stands on paper already stays there.
    """
    now = here.now()
    with here.store.write() as u:
        made = u.need(Referral, referral_id)
        if made.worker_id != registered(here, u, worker_id).id:
            raise NotAllowed("another worker's referral")
        steps = u.list(ReferralStep, referral_id=made.id)
        if not rules.may_give_contact(made, steps):
            return
        answer = ReferralStep(
            id=new_id(now),
            station_id=here.station_id,
            referral_id=made.id,
            state=ReferralState.INTERESTED,  # it says nothing about the work
            by_name=author.name,
            how="",
            party=Party.WORKER,
            by_id=author.staff_id,
            contact_consent=False,
            stepped_at=rules.after(steps, now),
        )
        u.keep(answer)
        u.audit(now, author.staff_id, "contact_taken_back", made.id)
        introduce(u, now, author.staff_id, made)


def of_referral(u: UnitOfWork, referral_id: str) -> Introduction | None:
    """Give who comes; None where he is not to be known, or no longer."""
    return next((one for one in reversed(u.list(Introduction, referral_id=referral_id)) if one.name), None)


def forget(store: Store, now: datetime) -> int:
    """Empty what is no longer needed: ours everywhere, others' here, where it keeps its revision; give how many."""
    with store.read() as u:
        over = [one.id for one in u.list(Introduction) if one.name and _is_over(u, now, one)]
    for record_id in over:
        with store.write() as u:
            one = u.need(Introduction, record_id)
            if one.station_id == u.recall("station.id"):
                u.keep(telling(one, None))
                u.audit(now, "agent", "introduction_emptied", one.referral_id)
            else:
                u.put(replace(telling(one, None), revision=one.revision))
    return len(over)


def _told(u: UnitOfWork, now: datetime, made: Referral) -> Worker | None:
    """Give the worker whom another station may know now, or None."""
    worker, listing = u.get(Worker, made.worker_id), u.get(Listing, made.listing_id)
    if worker is None or worker.state is WorkerState.WITHDRAWN or listing is None or listing.station_id == made.station_id:
        return None
    steps = u.list(ReferralStep, referral_id=made.id)
    return worker if rules.may_give_contact(made, steps) and is_live(rules.confirmations(steps), listing, local(now).date()) else None


def is_live(said: Sequence[ReferralStep], listing: Listing, today: date) -> bool:
    """Say whether the listing's station may still have to reach the worker; `said` as confirmations gives it."""
    return bool(said) and is_needed(said[0].state, local(said[0].stepped_at).date(), listing.ends_on, today)


def _is_over(u: UnitOfWork, now: datetime, one: Introduction) -> bool:
    made = u.get(Referral, one.referral_id)
    listing = u.get(Listing, made.listing_id) if made else None
    if listing is None:
        return now - one.introduced_at > max(KEPT.values())  # either may still be on its way
    said = rules.confirmations(u.list(ReferralStep, referral_id=one.referral_id))
    return not is_live(said, listing, local(now).date())
