"""Following referrals to their end: what to ask today, and writing down the answers, each with whose word it is and how it was heard.

Ours, and those of other stations' workers to our listings: their employers are ours to ask.

A No to 拿到工钱了吗? opens a case in the same transaction (services/cases).
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from kiosk.domain import referral as rules
from kiosk.domain.case import Case
from kiosk.domain.introduction import Introduction, nobody
from kiosk.domain.listing import Listing
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.referral import Party, Question, Referral, ReferralState, ReferralStep
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import NotAllowed
from kiosk.services import cases, slips
from kiosk.services.author import Author
from kiosk.services.introduce import introduce, is_live, of_referral
from kiosk.services.sign_in import Session
from kiosk.services.station import Here, local
from kiosk.store.store import UnitOfWork

UNREACHED = "referrals.unreached"
"""Whom nobody could reach today: ids of referrals and the instant."""
ANSWERS = {
    ReferralState.ACCEPTED: Question.AGREED,
    ReferralState.ARRIVED: Question.CAME,
    ReferralState.NO_SHOW: Question.CAME,
    ReferralState.PAID: Question.PAID,
    ReferralState.UNPAID: Question.PAID,
}
"""Which question a state answers."""
ASKED_HERE = frozenset({ReferralState.REFERRED, ReferralState.ACCEPTED, ReferralState.UNPAID})
"""Who comes from another station is asked about his pay there, until he says that he got none: then whoever knows the employer must act."""
OVER = frozenset({ReferralState.DECLINED, ReferralState.NO_SHOW, ReferralState.PAID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One referral to ask about. `since` is the first day to ask; `said` are the steps on which its state stands;
    `shows_contact` says whether the employer's number may be read here; else the station named `owner` knows it.

    `due`: today. `sent_by` is the other station that recommended its worker to our listing; `worker` has a name then only where he lets his
    contact be given.
    """

    referral: Referral
    worker: Worker | Introduction
    listing: Listing
    state: ReferralState
    question: Question
    since: date
    said: tuple[ReferralStep, ...] = ()
    due: bool = False
    unreached_at: datetime | None = None
    shows_contact: bool = False
    owner: str = ""
    sent_by: Station | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What was written down, and the case that it opened."""

    step: ReferralStep
    case: Case | None = None


def histories(u: UnitOfWork, station_id: str = "") -> list[tuple[Referral, Sequence[ReferralStep]]]:
    """Give a station's referrals, or all that we know of, each with its steps: two queries, however many there are."""
    steps: Mapping[str, list[ReferralStep]] = defaultdict(list)
    for step in u.list(ReferralStep):
        steps[step.referral_id].append(step)
    found = u.list(Referral, station_id=station_id) if station_id else u.list(Referral)
    return [(made, steps.get(made.id, ())) for made in found]


def due(here: Here) -> tuple[Asked, ...]:
    """Give what to ask today, longest due first; whom nobody reached today stands after the others."""
    waiting = []
    with here.store.read() as u:
        calls = _unreached(here, u)
        for made, steps in histories(u):
            said = rules.confirmations(steps)
            one = _asked(here, u, made, said) if said and said[0].state not in OVER else None
            if one and one.due:
                waiting.append(replace(one, unreached_at=calls.get(made.id)))
    return tuple(sorted(waiting, key=lambda a: (a.unreached_at is not None, a.since, a.referral.id)))


def sent_here(here: Here, listing_id: str = "") -> tuple[Asked, ...]:
    """Give whom other stations have recommended to our listings, or to one of them, and who may still have to be reached: what is to be
    asked first stands first."""
    with here.store.read() as u:
        found = [_asked(here, u, made, said) for made, said in _theirs(here, u) if listing_id in ("", made.listing_id)]
        live = [one for one in found if one and is_live(one.said, one.listing, here.today())]
        calls = _unreached(here, u)
    done = [replace(one, unreached_at=calls.get(one.referral.id)) for one in live]
    return tuple(sorted(done, key=lambda a: (not a.due, a.unreached_at is not None, a.since, a.referral.id)))


def answered(here: Here) -> tuple[Asked, ...]:
    """Give what was answered today, newest first: another party may say the same, or a wrong answer be put right.

    Of who came from elsewhere, what was answered here.
    """
    done = []
    with here.store.read() as u:
        for made, steps in histories(u):
            said = rules.confirmations(steps)
            if said and said[0].state in ANSWERS and local(said[-1].stepped_at).date() == here.today():
                one = _asked(here, u, made, said)
                if one and (one.sent_by is None or said[-1].station_id == here.station_id):
                    done.append(replace(one, question=ANSWERS[one.state], due=False))
    return tuple(sorted(done, key=lambda a: a.said[-1].stepped_at, reverse=True))


def _theirs(here: Here, u: UnitOfWork) -> Iterator[tuple[Referral, Sequence[ReferralStep]]]:
    for made, steps in histories(u):
        if made.station_id != here.station_id and (said := rules.confirmations(steps)):
            yield made, said


def step(here: Here, session: Session, referral_id: str, state: ReferralState, party: Party, how: str) -> Stepped:
    """Write an answer down; raise WrongState when the table does not allow it and it is no news either, NotAllowed when neither the worker
    nor the listing is ours.

    An unpaid one opens a case unless one is open for this referral.
    """
    with here.store.write() as u:
        made = _ours(here, u, referral_id)
        one = add_step(here, u, session, made, state, party, how)
        case = cases.open_unpaid(here, u, session, made, party) if state is ReferralState.UNPAID else None
    return Stepped(step=one, case=case)


def add_step(
    here: Here,
    u: UnitOfWork,
    author: Author,
    made: Referral,
    state: ReferralState,
    party: Party,
    how: str,
    contact_consent: bool | None = None,
) -> ReferralStep:
    """Add one step inside the caller's transaction; raise WrongState when the table does not allow it."""
    before = u.list(ReferralStep, referral_id=made.id)
    rules.check_step(before, state, party)
    now = here.now()
    one = ReferralStep(
        id=new_id(now),
        station_id=here.station_id,
        referral_id=made.id,
        state=state,
        by_name=author.name,
        how=how,
        party=party,
        by_id=author.staff_id,
        contact_consent=contact_consent,
        stepped_at=rules.after(before, now),
    )
    u.keep(one)
    u.audit(now, author.staff_id, f"referral_{state}", made.id, party=party, how=how)
    if made.station_id == here.station_id:
        introduce(u, now, author.staff_id, made)
    return one


def unreached(here: Here, session: Session, referral_id: str) -> None:
    """Note that nobody answered the call: it is asked again later, and tomorrow as if for the first time."""
    now = here.now()
    with here.store.write() as u:
        _ours(here, u, referral_id)
        kept = {**_unreached(here, u), referral_id: now}
        u.remember(UNREACHED, json.dumps({key: to_plain(at) for key, at in kept.items()}))
        u.audit(now, session.staff_id, "unreached", referral_id)


def _unreached(here: Here, u: UnitOfWork) -> dict[str, datetime]:
    kept = {key: datetime.fromisoformat(at) for key, at in json.loads(u.recall(UNREACHED) or "{}").items()}
    return {key: at for key, at in kept.items() if local(at).date() == here.today()}


def _ours(here: Here, u: UnitOfWork, referral_id: str) -> Referral:
    """Give a referral of our worker or to our listing; raise NotFound, NotAllowed."""
    made = u.need(Referral, referral_id)
    if here.station_id not in (made.station_id, u.need(Listing, made.listing_id).station_id):
        raise NotAllowed("another station's referral")
    return made


def _asked(here: Here, u: UnitOfWork, made: Referral, said: Sequence[ReferralStep]) -> Asked | None:
    """Give the referral with what is to be asked next and from when, or the question that led to its state; None when there is nobody to
    ask any more, or neither the worker nor the listing is ours."""
    listing, state, moved_on = u.get(Listing, made.listing_id), said[0].state, local(said[0].stepped_at).date()
    if listing is None:
        return None
    worker: Worker | Introduction | None
    if made.station_id == here.station_id:
        worker, sent_by = u.get(Worker, made.worker_id), None
        if worker is None or worker.state is WorkerState.WITHDRAWN:
            return None
    else:
        worker, sent_by = of_referral(u, made.id) or nobody(made, made.created_at), u.get(Station, made.station_id)
        if listing.station_id != here.station_id or sent_by is None:
            return None
    question, since = rules.question(state, listing, moved_on) or (ANSWERS.get(state, Question.AGREED), moved_on)
    # who was sent here is asked about his pay where he was sent from
    ours_to_ask = sent_by is None or (state in ASKED_HERE and is_live(said, listing, here.today()))
    return Asked(
        referral=made,
        worker=worker,
        listing=listing,
        state=state,
        question=question,
        since=since,
        said=tuple(said),
        due=ours_to_ask and state not in OVER and since <= here.today(),
        shows_contact=slips.shows_contact(listing, here.station(u)),
        owner=owner.name if (owner := u.get(Station, listing.station_id)) else "",
        sent_by=sent_by,
    )
