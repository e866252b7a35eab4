"""精准推介 from the staff's side: who fits a listing, what fits a worker, calling him, and recommending him with a 推荐单.

Staff see the workers of their own station, whole. A worker's contact goes to an employer only with his answer to that very question.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain import referral as rules
from kiosk.domain.codes import AgeBand
from kiosk.domain.listing import Listing, Published
from kiosk.domain.matching import Fit, match, match_workers
from kiosk.domain.phone_act import PhoneAct, PhoneActKind
from kiosk.domain.print_job import JobState, PrintJob
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.review import hazardous
from kiosk.domain.slip import Slip, SlipKind
from kiosk.domain.station import Station
from kiosk.domain.words import Say
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BadInput, NotAllowed, NotFound
from kiosk.services import printing, slips, tickets
from kiosk.services.author import Author
from kiosk.services.follow_up import add_step, histories
from kiosk.services.rules import say
from kiosk.services.sign_in import Session
from kiosk.services.station import Here, local, slip_serial
from kiosk.store.store import UnitOfWork
from kiosk.text import words

BEST = 20
MARKS = "pairs.marked"
"""What staff noted about pairs of worker and listing, as long as the listing is public."""


class Mark(StrEnum):
    """What staff noted about a pair before any referral."""

    CALLED = "called"
    UNFIT = "unfit"


Marks = Mapping[tuple[str, str], tuple[Mark, datetime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenListing:
    """A public listing, and how many of its places are taken by people who were recommended; `station` is the other one whose it is."""

    published: Published
    taken: int
    own: bool
    station: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingWorker:
    """A worker of this station, and since when he waits: his registration, or the last time he was recommended."""

    worker: Worker
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One worker and one listing that fit, and why. `applied`: he asked for it himself, `by_phone`: on his phone.

    `hold`: staff look first (60+ and hazardous).
    """

    worker: Worker
    offer: OpenListing
    score: int
    reasons: tuple[Say, ...]
    days: int
    hold: bool
    applied: bool
    by_phone: bool = False
    called_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommended:
    """What came of it. `over`: all places were taken before."""

    referral: Referral
    job_id: str
    over: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What the station knows of referrals, its own and others' to its listings, read once a question."""

    states: Mapping[tuple[str, str], ReferralState]
    since: Mapping[str, date]
    taken: Mapping[str, int]
    stations: Mapping[str, str]
    phoned: frozenset[tuple[str, str]]


def open_listings(here: Here) -> tuple[OpenListing, ...]:
    """Give what stands in public: our own first, then the nearest, then what starts soonest."""
    with here.store.read() as u:
        known, home = _known(u), here.station(u).area
        found = [_open(here, known, p) for p in u.newest()]
    far = {o.published.listing.area: here.areas.km(home, o.published.listing.area) for o in found}

    def order(one: OpenListing) -> tuple[bool, int, date, int]:
        listing = one.published.listing
        km = far[listing.area]
        return not one.own, 999 if km is None else km, listing.starts_on, one.published.seq

    return tuple(sorted(found, key=order))


def waiting_workers(here: Here, digits: str = "") -> tuple[WaitingWorker, ...]:
    """Give our active workers, longest waiting first, then 60+; `digits` keeps those whose slip's code or phone ends so."""
    with here.store.read() as u:
        known, today = _known(u), here.today()
        workers = [w for w in _own(here, u) if not digits or w.code.endswith(digits) or w.phone.endswith(digits)]
    waiting = [WaitingWorker(worker=w, days=(today - _waits_since(known, w)).days) for w in workers]
    return tuple(sorted(waiting, key=lambda w: (-w.days, w.worker.age_band is not AgeBand.SENIOR, w.worker.id)))


def workers_for(here: Here, listing_id: str, limit: int = BEST) -> tuple[Pair, ...]:
    """Give the workers whom a public listing fits best, those who asked for it themselves first; raise NotFound when it is not public."""
    with here.store.read() as u:
        published = _public(u, listing_id)
        known, marks = _known(u), _marks(u)
        fits = _fits(here, u, known, published, _own(here, u), marks, limit)
        return tuple(_pair(here, known, published, fit, marks) for fit in fits)


def listings_for(here: Here, worker_id: str, limit: int = BEST) -> tuple[Pair, ...]:
    """Give the public listings that fit one of our workers best, those he asked for himself first; raise NotFound."""
    with here.store.read() as u:
        worker, known, marks = u.need(Worker, worker_id), _known(u), _marks(u)
        of_his = {listing: state for (w, listing), state in known.states.items() if w == worker_id}
        by_id = {p.listing.id: p for p in u.newest()}
        asked = [listing for listing, state in of_his.items() if state is ReferralState.INTERESTED and listing in by_id]
        left_out = of_his.keys() | {listing for (w, listing), (mark, _) in marks.items() if w == worker_id and mark is Mark.UNFIT}
        others = match(
            worker,
            (p.listing for p in by_id.values()),
            here.areas,
            here.station(u).area,
            here.today(),
            limit,
            here.rules.hazard,
            left_out,
        )
        pairs = []
        for listing_id in [*asked, *(m.listing.id for m in others)][:limit]:
            for fit in _fits(here, u, known, by_id[listing_id], [worker], marks, 1):
                pairs.append(_pair(here, known, by_id[listing_id], fit, marks))
        return tuple(pairs)


def note_call(here: Here, session: Session, worker_id: str, listing_id: str) -> None:
    """Note that the worker was telephoned about the listing."""
    _note(here, session, worker_id, listing_id, Mark.CALLED, "")


def set_unfit(here: Here, session: Session, worker_id: str, listing_id: str, why: str) -> None:
    """Offer the pair no more: an application of his own ends as declined. Raises BadInput without a reason."""
    if not why.strip():
        raise BadInput("reason", "bad.review.reason")
    _note(here, session, worker_id, listing_id, Mark.UNFIT, why.strip())


def refer(
    here: Here, session: Session, worker_id: str, listing_id: str, *, how: str, contact_consent: bool, hold_reason: str = ""
) -> Recommended:
    """Recommend a worker and queue his 推荐单, whose slip names him only when he agreed; more people than places are allowed and marked.

    Raises NotFound when the listing is no longer public, NotAllowed for a worker who is not ours, paused or too young for it, BadInput
    when hazardous work and 60+ want a reason, WrongState when he was recommended before.
    """
    now = here.now()
    with here.store.write() as u:
        published = _public(u, listing_id)
        worker = u.need(Worker, worker_id)
        if worker.station_id != here.station_id or worker.state is not WorkerState.ACTIVE:
            raise NotAllowed("not an active worker of this station")
        _check_age(here, worker, published, hold_reason)
        known = _known(u)
        over = known.taken.get(listing_id, 0) >= published.listing.headcount
        made = _referral(here, u, worker_id, listing_id, contact_consent, over)
        said = f"{how}（{hold_reason.strip()}）" if hold_reason.strip() else how
        add_step(here, u, session, made, ReferralState.REFERRED, Party.STAFF, said, contact_consent)
        listing = u.need(Listing, listing_id, published.listing.revision)
        slip = _slip(here, u, worker, made, listing, session.name, contact=contact_consent, over=over)
        job = printing.queue_slip(u, slip, made.id, now)
        if contact_consent:
            u.audit(now, session.staff_id, "worker_contact_on_slip", made.id)
        if slips.shows_contact(listing, here.station(u)):
            u.audit(now, session.staff_id, "contact_on_slip", listing_id)
    return Recommended(referral=made, job_id=job.id, over=over)


def print_again(here: Here, u: UnitOfWork, author: Author, worker: Worker) -> list[str]:
    """Queue anew, marked 补打, the 推荐单 that name a worker and that no employer has answered yet; give the jobs' ids.

    For when his name or number has changed: what of them still waits for the printer goes.
    """
    jobs, now = [], here.now()
    for made in u.list(Referral, worker_id=worker.id):
        said = u.list(ReferralStep, referral_id=made.id)
        listing = u.get(Listing, made.listing_id)
        if rules.state_of(said) is not ReferralState.REFERRED or not rules.may_give_contact(made, said) or listing is None:
            continue
        before = [job for job in u.list(PrintJob, subject_id=made.id) if job.slip.kind is SlipKind.RECOMMENDATION]
        for job in before:
            if job.state is JobState.QUEUED:
                u.drop(PrintJob, job.id)
        by = rules.confirmations(said)[0].by_name
        serial = before[-1].serial if before else ""
        slip = _slip(here, u, worker, made, listing, by, contact=True, over=made.over_headcount, serial=serial)
        jobs.append(printing.queue_slip(u, slips.reprinted(slip, now), made.id, now).id)
        u.audit(now, author.staff_id, "worker_contact_on_slip", made.id)
        if slips.shows_contact(listing, here.station(u)):
            u.audit(now, author.staff_id, "contact_on_slip", listing.id)
    return jobs


def _slip(
    here: Here, u: UnitOfWork, worker: Worker, made: Referral, listing: Listing, by: str, *, contact: bool, over: bool, serial: str = ""
) -> Slip:
    now, station = here.now(), here.station(u)
    return slips.recommendation_slip(
        worker,
        listing,
        station,
        serial or slip_serial(u, station, now),
        tickets.recommendation_url(here, u, made, now),
        now,
        by=by,
        contact=contact,
        over=over,
        owner=u.get(Station, listing.station_id),
    )


def said(reason: Say) -> str:
    """Put a reason into the words of who speaks about the worker, not with him."""
    own = f"fit.{reason.key.removeprefix('match.')}"
    return say(replace(reason, key=own) if own in words() else reason)


def _check_age(here: Here, worker: Worker, published: Published, hold_reason: str) -> None:
    danger = hazardous(published.listing, here.rules.hazard)
    if worker.age_band is AgeBand.UNDER_16 or (danger and worker.age_band is AgeBand.MINOR):
        raise NotAllowed("too young for this work")
    if danger and worker.age_band is AgeBand.SENIOR and not hold_reason.strip():
        raise BadInput("reason", "bad.recommend.hazard")


def _referral(here: Here, u: UnitOfWork, worker_id: str, listing_id: str, contact_consent: bool, over: bool) -> Referral:
    """Give his own live application, or make a referral."""
    for made in u.list(Referral, worker_id=worker_id, listing_id=listing_id):
        if rules.state_of(u.list(ReferralStep, referral_id=made.id)) is not ReferralState.DECLINED:
            return made
    now = here.now()
    made = Referral(
        id=new_id(now),
        station_id=here.station_id,
        worker_id=worker_id,
        listing_id=listing_id,
        contact_consent=contact_consent,
        over_headcount=over,
        created_at=now,
    )
    u.keep(made)
    return made


def _known(u: UnitOfWork) -> _Known:
    states: dict[tuple[str, str], ReferralState] = {}
    since: dict[str, date] = {}
    taken: dict[str, int] = {}
    by_phone = {act.referral_id for act in u.list(PhoneAct, kind=PhoneActKind.APPLY)}
    phoned = set()
    # whom other stations recommended takes a place as well
    for made, steps in histories(u):
        if made.id in by_phone:
            phoned.add((made.worker_id, made.listing_id))
        state = states[made.worker_id, made.listing_id] = rules.state_of(steps)
        if state in rules.HOLDS_A_PLACE:
            taken[made.listing_id] = taken.get(made.listing_id, 0) + 1
            last = local(rules.in_order(steps)[-1].stepped_at).date()
            since[made.worker_id] = max(last, since.get(made.worker_id, last))
    return _Known(states, since, taken, {one.id: one.name for one in u.list(Station)}, frozenset(phoned))


def _own(here: Here, u: UnitOfWork) -> Sequence[Worker]:
    return u.list(Worker, station_id=here.station_id, state=WorkerState.ACTIVE)


def _waits_since(known: _Known, worker: Worker) -> date:
    registered = local(worker.registered_at).date()
    return max(registered, known.since.get(worker.id, registered))


def _public(u: UnitOfWork, listing_id: str) -> Published:
    published = u.published(listing_id)
    if published is None:
        raise NotFound(listing_id)
    return published


def _open(here: Here, known: _Known, published: Published) -> OpenListing:
    listing, own = published.listing, published.listing.station_id == here.station_id
    station = "" if own else known.stations.get(listing.station_id, "")
    return OpenListing(published=published, taken=known.taken.get(listing.id, 0), own=own, station=station)


def _fits(
    here: Here,
    u: UnitOfWork,
    known: _Known,
    published: Published,
    workers: Sequence[Worker],
    marks: Marks,
    limit: int,
) -> list[Fit]:
    """Rank workers for a listing. Whoever was recommended before, or did not fit, is left out."""
    listing = published.listing
    of_it = {worker: state for (worker, of), state in known.states.items() if of == listing.id}
    asked = {worker for worker, state in of_it.items() if state is ReferralState.INTERESTED}
    unfit = {worker for (worker, of), (mark, _) in marks.items() if of == listing.id and mark is Mark.UNFIT}
    return match_workers(
        listing,
        workers,
        here.areas,
        here.station(u).area,
        here.today(),
        limit,
        here.rules.hazard,
        {w.id: _waits_since(known, w) for w in workers},
        asked,
        (of_it.keys() - asked) | unfit,
    )


def _pair(here: Here, known: _Known, published: Published, fit: Fit, marks: Marks) -> Pair:
    mark, at = marks.get((fit.worker.id, published.listing.id), (None, None))
    return Pair(
        worker=fit.worker,
        offer=_open(here, known, published),
        score=fit.score,
        reasons=fit.reasons,
        days=fit.days,
        hold=fit.hold,
        applied=known.states.get((fit.worker.id, published.listing.id)) is ReferralState.INTERESTED,
        by_phone=(fit.worker.id, published.listing.id) in known.phoned,
        called_at=at if mark is Mark.CALLED else None,
    )


def _marks(u: UnitOfWork) -> Marks:
    """Give what staff noted about pairs. Ids only, so that a withdrawal has nothing to empty here."""
    return {
        (worker, listing): (Mark(mark), datetime.fromisoformat(at)) for worker, listing, mark, at in json.loads(u.recall(MARKS) or "[]")
    }


def _note(here: Here, session: Session, worker_id: str, listing_id: str, mark: Mark, why: str) -> None:
    now = here.now()
    with here.store.write() as u:
        worker = u.need(Worker, worker_id)
        if worker.station_id != here.station_id:
            raise NotAllowed("another station's worker")
        marks = {**_marks(u), (worker_id, listing_id): (mark, now)}
        kept = [(*pair, m, to_plain(at)) for pair, (m, at) in marks.items() if u.published(pair[1]) is not None]
        u.remember(MARKS, json.dumps(kept))
        u.audit(now, session.staff_id, f"mark_{mark}", worker_id, listing=listing_id, why=why)
        for made in u.list(Referral, worker_id=worker_id, listing_id=listing_id) if mark is Mark.UNFIT else ():
            if rules.state_of(u.list(ReferralStep, referral_id=made.id)) is ReferralState.INTERESTED:
                add_step(here, u, session, made, ReferralState.DECLINED, Party.STAFF, why)
