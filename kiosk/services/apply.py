"""我要报名: a worker wants a listing. Makes the referral, its consent and its slip in one transaction; says what happens next and when."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kiosk.domain import referral
from kiosk.domain.codes import AgeBand
from kiosk.domain.listing import Listing, PublicListing, Published
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.domain.review import hazardous
from kiosk.domain.slip import SlipKind
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BadInput, NotAllowed, NotFound
from kiosk.services import printing, slips, tickets
from kiosk.services.browse import referred
from kiosk.services.opening import opens_at
from kiosk.services.station import CHINA, Here, slip_serial
from kiosk.store.store import UnitOfWork

CALL_WITHIN = timedelta(hours=1)
"""So long before the work begins staff must be there, to reach an employer and call back (own)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What the worker gets and what to tell him.

    `job_id` is his slip, empty where he had put himself down before (`already`). `opens_at`: from when somebody is there to see it,
    None where the hours are not known; `too_soon`: the work begins before that. `full`: as many were recommended as are wanted.
    `contact`: his slip gives the employer's number. `hold`: staff speak with him first (60+ and hazardous).
    """

    referral: Referral
    job_id: str
    already: bool
    station: str
    opens_at: datetime | None
    begins_at: datetime | None
    too_soon: bool
    full: bool
    contact: bool
    hold: bool


def apply(here: Here, worker_id: str, listing_id: str, contact_consent: bool, *, proven: bool = True) -> Applied:
    """Note a worker's interest; who had put himself down before gets no second slip (`print_again`).

    Who rested wants work again: he is recommended once more.
    Raises NotFound when the listing is no longer public, NotAllowed when the worker withdrew, BadInput('age') when he is too young for it.
    `contact_consent`: the separate consent to give the contact to this employer (个人信息保护法 23). Who is not `proven` to be this worker
    gets a slip that opens nothing (`register.Registered.unproven`).
    """
    now = here.now()
    with here.store.write() as u:
        published = _public(u, listing_id)
        worker = u.need(Worker, worker_id)
        if worker.state is WorkerState.WITHDRAWN:
            raise NotAllowed("withdrawn")
        worker = wants_work(here, u, worker, "visitor")
        if too_young(here, worker, published.listing):
            raise BadInput("age", "bad.apply.young")
        made = live_referral(u, worker_id, listing_id)
        if made is not None:
            return _told(here, u, worker, published, made, "", already=True)
        taken = len(u.list(Referral, listing_id=listing_id))
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
        return _told(here, u, worker, published, made, _queue_slip(here, u, worker, published, made, proven=proven), already=False)


def applied(here: Here, worker_id: str, listing_id: str) -> Applied | None:
    """Give how a worker's application stands when he has put himself down for a public listing, else None.

    Raises NotFound, and BadInput('age') before anybody is asked to agree to what the law keeps him from.
    """
    with here.store.read() as u:
        published, made = _public(u, listing_id), live_referral(u, worker_id, listing_id)
        worker = u.get(Worker, worker_id)
        if made is None and worker is not None and too_young(here, worker, published.listing):
            raise BadInput("age", "bad.apply.young")
        return None if made is None or worker is None else _told(here, u, worker, published, made, "", already=True)


def print_again(here: Here, worker_id: str, listing_id: str, *, proven: bool = True) -> str:
    """Queue an application's slip again, marked 补打, and give its job's id; raise NotFound where it or the listing has gone."""
    with here.store.write() as u:
        published, made = _public(u, listing_id), live_referral(u, worker_id, listing_id)
        if made is None:
            raise NotFound(listing_id)
        before = [job for job in u.list(PrintJob, subject_id=made.id) if job.slip.kind is SlipKind.REFERRAL]
        serial = before[-1].serial if before else ""
        return _queue_slip(here, u, u.need(Worker, worker_id), published, made, proven=proven, serial=serial, again=True)


def wants_work(here: Here, u: UnitOfWork, worker: Worker, actor_id: str) -> Worker:
    """Let a worker who rested be recommended once more, since he applies."""
    if worker.state is not WorkerState.PAUSED:
        return worker
    worker = replace(worker, revision=worker.revision + 1, state=WorkerState.ACTIVE)
    u.keep(worker)
    u.audit(here.now(), actor_id, "resume_worker", worker.id)
    return worker


def too_young(here: Here, worker: Worker, listing: PublicListing) -> bool:
    """Say whether the law keeps a worker from this work."""
    return worker.age_band in (AgeBand.UNDER_16, AgeBand.MINOR) and hazardous(listing, here.rules.hazard)


def _public(u: UnitOfWork, listing_id: str) -> Published:
    published = u.published(listing_id)
    if published is None:
        raise NotFound(listing_id)
    return published


def live_referral(u: UnitOfWork, worker_id: str, listing_id: str) -> Referral | None:
    """Give a worker's application for a listing unless it was declined."""
    for made in u.list(Referral, worker_id=worker_id, listing_id=listing_id):
        if referral.state_of(u.list(ReferralStep, referral_id=made.id)) is not ReferralState.DECLINED:
            return made
    return None


def _queue_slip(
    here: Here, u: UnitOfWork, worker: Worker, published: Published, made: Referral, *, proven: bool, serial: str = "", again: bool = False
) -> str:
    """Queue the slip, or the one of this serial `again`; the employer's contact stands on it only as he chose, and that is audited."""
    now = here.now()
    listing = u.need(Listing, made.listing_id, published.listing.revision)
    station, owner = here.station(u), u.get(Station, listing.station_id)
    url = tickets.referral_url(here, u, made, now) if proven else ""
    slip = slips.referral_slip(worker, listing, station, serial or slip_serial(u, station, now), url, now, owner=owner)
    job = printing.queue_slip(u, slips.reprinted(slip, now) if again else slip, made.id, now)
    if slips.shows_contact(listing, station):
        u.audit(now, "visitor", "contact_on_slip", listing.id)
    return job.id


def _told(here: Here, u: UnitOfWork, worker: Worker, published: Published, made: Referral, job_id: str, *, already: bool) -> Applied:
    now, station, listing = here.now(), here.station(u), u.need(Listing, made.listing_id, published.listing.revision)
    opens, begins = opens_at(station, now, here.rules) if here.sure() else None, None
    if listing.starts_on >= here.today():
        begins = datetime.combine(listing.starts_on, datetime.min.time(), CHINA) + timedelta(minutes=listing.day_start_min or 0)
    return Applied(
        referral=made,
        job_id=job_id,
        already=already,
        station=station.name,
        opens_at=opens,
        begins_at=begins,
        too_soon=opens is not None and begins is not None and begins < opens + CALL_WITHIN,
        full=referred(u, listing.id) >= listing.headcount,
        contact=slips.shows_contact(listing, station),
        hold=worker.age_band is AgeBand.SENIOR and hazardous(listing, here.rules.hazard),
    )
