"""我要报名: a worker wants a listing. Makes the referral, its consent and its slip in one transaction."""

from dataclasses import dataclass, replace

from kiosk.domain import referral
from kiosk.domain.listing import Listing
from kiosk.domain.record import new_id
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import NotAllowed, NotFound
from kiosk.services import printing, slips, tickets
from kiosk.services.station import Here, slip_serial


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What the worker gets. `already` says that he had put himself down before."""

    referral: Referral
    job_id: str
    already: bool


def apply(here: Here, worker_id: str, listing_id: str, contact_consent: bool) -> Applied:
    """Note a worker's interest; raise NotFound when the listing is no longer public, NotAllowed when the worker withdrew.

    Who rested wants work again: he is recommended once more.
    `contact_consent`: the separate consent to give the contact to this employer (个人信息保护法 23).
    """
    now = here.now()
    with here.store.write() as u:
        published = u.published(listing_id)
        if published is None:
            raise NotFound(listing_id)
        worker = u.need(Worker, worker_id)
        if worker.state is WorkerState.WITHDRAWN:
            raise NotAllowed("withdrawn")
        if worker.state is WorkerState.PAUSED:
            worker = replace(worker, revision=worker.revision + 1, state=WorkerState.ACTIVE)
            u.keep(worker)
            u.audit(now, "visitor", "resume_worker", worker.id)
        mine = u.list(Referral, worker_id=worker_id, listing_id=listing_id)
        live = [r for r in mine if referral.state_of(u.list(ReferralStep, referral_id=r.id)) is not ReferralState.DECLINED]
        taken = len(u.list(Referral, listing_id=listing_id))
        made = live[0] if live else None
        if made is None:
            made = Referral(
                id=new_id(now),
                station_id=here.station_id,
                worker_id=worker_id,
                listing_id=listing_id,
                contact_consent=contact_consent,
                over_headcount=taken >= published.listing.headcount,
                created_at=now,
            )
            u.keep(made)
            u.audit(now, "visitor", "apply", made.id)
        listing = u.need(Listing, listing_id, published.listing.revision)
        station, owner = here.station(u), u.get(Station, listing.station_id)
        url = tickets.referral_url(here, u, made, now)
        slip = slips.referral_slip(worker, listing, station, slip_serial(u, station, now), url, now, owner=owner)
        job = printing.queue_slip(u, slip, worker_id, now)
        if slips.shows_contact(listing, station):
            u.audit(now, "visitor", "contact_on_slip", listing_id)
    return Applied(referral=made, job_id=job.id, already=bool(live))
