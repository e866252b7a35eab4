"""Following referrals to their end: what to ask today, and writing down the answers, each with whose word it is and how it was heard.

A No to 拿到工钱了吗? opens a case in the same transaction (services/cases).
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kiosk.domain import referral as rules
from kiosk.domain.case import Case
from kiosk.domain.listing import Listing
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.referral import Party, Question, Referral, ReferralState, ReferralStep
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services import cases, slips
from kiosk.services.author import Author
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
OVER = frozenset({ReferralState.DECLINED, ReferralState.NO_SHOW, ReferralState.PAID})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One referral to ask about. `since` is the first day to ask; `said` are the steps on which its state stands;
    `shows_contact` says whether the employer's number may be read here; else the station named `owner` knows it.
    """

    referral: Referral
    worker: Worker
    listing: Listing
    state: ReferralState
    question: Question
    since: date
    said: tuple[ReferralStep, ...] = ()
    unreached_at: datetime | None = None
    shows_contact: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What was written down, and the case that it opened."""

    step: ReferralStep
    case: Case | None = None


def histories(u: UnitOfWork, station_id: str) -> list[tuple[Referral, Sequence[ReferralStep]]]:
    """Give a station's referrals, each with its steps: two queries, however many there are."""
    steps: Mapping[str, list[ReferralStep]] = defaultdict(list)
    for step in u.list(ReferralStep):
        steps[step.referral_id].append(step)
    return [(made, steps.get(made.id, ())) for made in u.list(Referral, station_id=station_id)]


def due(here: Here) -> tuple[Asked, ...]:
    """Give what to ask today, longest due first; whom nobody reached today stands after the others."""
    today, waiting = here.today(), []
    with here.store.read() as u:
        calls = _unreached(here, u)
        for made, steps in histories(u, here.station_id):
            said = rules.confirmations(steps)
            if not said or said[0].state in OVER:
                continue
            one = _asked(here, u, made, said)
            found = one and rules.question(one.state, one.listing, local(said[0].stepped_at).date())
            if one and found and found[1] <= today:
                waiting.append(replace(one, question=found[0], since=found[1], unreached_at=calls.get(made.id)))
    return tuple(sorted(waiting, key=lambda a: (a.unreached_at is not None, a.since, a.referral.id)))


def answered(here: Here) -> tuple[Asked, ...]:
    """Give what was answered today, newest first: another party may say the same, or a wrong answer be put right."""
    done = []
    with here.store.read() as u:
        for made, steps in histories(u, here.station_id):
            said = rules.confirmations(steps)
            if said and said[0].state in ANSWERS and local(said[-1].stepped_at).date() == here.today():
                done.append(_asked(here, u, made, said))
    return tuple(sorted((a for a in done if a), key=lambda a: a.said[-1].stepped_at, reverse=True))


def step(here: Here, session: Session, referral_id: str, state: ReferralState, party: Party, how: str) -> Stepped:
    """Write an answer down; raise WrongState when the table does not allow it and it is no news either.

    An unpaid one opens a case unless one is open for this referral.
    """
    with here.store.write() as u:
        made = u.need(Referral, referral_id)
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
        # past the step before, even within a millisecond or on a clock that was set back: the later word counts
        stepped_at=max([now, *(s.stepped_at + timedelta(milliseconds=1) for s in before)]),
    )
    u.keep(one)
    u.audit(now, author.staff_id, f"referral_{state}", made.id, party=party, how=how)
    return one


def unreached(here: Here, session: Session, referral_id: str) -> None:
    """Note that nobody answered the call: it is asked again later, and tomorrow as if for the first time."""
    now = here.now()
    with here.store.write() as u:
        u.need(Referral, referral_id)
        kept = {**_unreached(here, u), referral_id: now}
        u.remember(UNREACHED, json.dumps({key: to_plain(at) for key, at in kept.items()}))
        u.audit(now, session.staff_id, "unreached", referral_id)


def _unreached(here: Here, u: UnitOfWork) -> dict[str, datetime]:
    kept = {key: datetime.fromisoformat(at) for key, at in json.loads(u.recall(UNREACHED) or "{}").items()}
    return {key: at for key, at in kept.items() if local(at).date() == here.today()}


def _asked(here: Here, u: UnitOfWork, made: Referral, said: Sequence[ReferralStep]) -> Asked | None:
    """Give the referral with the question that led to its state; None when there is nobody to ask any more."""
    worker, listing, state = u.get(Worker, made.worker_id), u.get(Listing, made.listing_id), said[0].state
    if worker is None or listing is None or worker.state is WorkerState.WITHDRAWN:
        return None
    return Asked(
        referral=made,
        worker=worker,
        listing=listing,
        state=state,
        question=ANSWERS.get(state, Question.AGREED),
        since=local(said[0].stepped_at).date(),
        said=tuple(said),
        shows_contact=slips.shows_contact(listing, here.station(u)),
        owner=owner.name if (owner := u.get(Station, listing.station_id)) else "",
    )
