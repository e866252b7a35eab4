"""A referral: one worker and one listing. States are a fold over append-only steps, each with who confirmed it and how.

interested → referred → accepted → arrived → paid, or declined / no_show / unpaid. Nothing is ever taken back: what was said wrongly is put
right by a further step (no_show → arrived, paid → unpaid), and the later word counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kiosk.domain.codes import Settlement
from kiosk.domain.listing import PublicListing
from kiosk.errors import WrongState


class ReferralState(StrEnum):
    """Where a referral stands."""

    INTERESTED = "interested"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    PAID = "paid"
    DECLINED = "declined"
    NO_SHOW = "no_show"
    UNPAID = "unpaid"


NEXT: dict[ReferralState, frozenset[ReferralState]] = {
    ReferralState.INTERESTED: frozenset({ReferralState.REFERRED, ReferralState.DECLINED}),
    ReferralState.REFERRED: frozenset({ReferralState.ACCEPTED, ReferralState.DECLINED}),
    ReferralState.ACCEPTED: frozenset({ReferralState.ARRIVED, ReferralState.NO_SHOW, ReferralState.DECLINED}),
    ReferralState.ARRIVED: frozenset({ReferralState.PAID, ReferralState.UNPAID, ReferralState.NO_SHOW}),
    ReferralState.UNPAID: frozenset({ReferralState.PAID}),
    ReferralState.PAID: frozenset({ReferralState.UNPAID}),
    ReferralState.DECLINED: frozenset(),
    ReferralState.NO_SHOW: frozenset({ReferralState.ARRIVED}),
}


HOLDS_A_PLACE = frozenset({ReferralState.REFERRED, ReferralState.ACCEPTED, ReferralState.ARRIVED, ReferralState.PAID, ReferralState.UNPAID})
"""Who stands so takes one of the places that a listing offers."""


class Party(StrEnum):
    """Whose word a step stands on."""

    WORKER = "worker"
    EMPLOYER = "employer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """That this worker wants this listing; owned by the worker's station. No personal field: the worker is an id."""

    id: str
    station_id: str
    worker_id: str
    listing_id: str
    contact_consent: bool
    over_headcount: bool = False
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralStep:
    """One step of a referral; owned by the station that confirmed it. `party` is whose word it stands on, `by_id` who wrote it down.

    The same state may be confirmed by several parties: the first moves the referral on, the others are evidence. `contact_consent` is what
    the worker answered when staff asked him, with this step, whether the employer may have his contact; None: he was not asked.
    """

    id: str
    station_id: str
    referral_id: str
    state: ReferralState
    by_name: str
    how: str
    party: Party = Party.STAFF
    by_id: str = ""
    contact_consent: bool | None = None
    stepped_at: datetime


def in_order(steps: Sequence[ReferralStep]) -> list[ReferralStep]:
    """Give steps as they were made, however they arrived."""
    return sorted(steps, key=lambda s: (s.stepped_at, s.id))


def after(steps: Sequence[ReferralStep], now: datetime) -> datetime:
    """Give when a new step is made: past those before, even within a millisecond or on a clock that was set back: the later word counts."""
    return max([now, *(step.stepped_at + timedelta(milliseconds=1) for step in steps)])


def state_of(steps: Sequence[ReferralStep]) -> ReferralState:
    """Fold steps into the present state; a step that the table does not allow is ignored (two stations may act at once)."""
    state = ReferralState.INTERESTED
    for step in in_order(steps):
        if step.state in NEXT[state]:
            state = step.state
    return state


def check_step(steps: Sequence[ReferralStep], to: ReferralState, party: Party = Party.STAFF) -> None:
    """Raise WrongState unless the table allows `to` from here, or this party has not yet confirmed the state that it stands in."""
    now = state_of(steps)
    if to is ReferralState.INTERESTED or not is_news(now, confirmations(steps), to, party):
        raise WrongState(f"{now} → {to}")


def is_news(state: ReferralState, said: Sequence[ReferralStep], to: ReferralState, party: Party) -> bool:
    """Say whether `to` moves a referral on from `state`, or is this party's first word for it; `said` as confirmations gives it."""
    return to in NEXT[state] or (to is state and all(step.party is not party for step in said))


def confirmations(steps: Sequence[ReferralStep]) -> list[ReferralStep]:
    """Give the steps on which the present state stands: the one that moved it there, and those that said the same since."""
    state, said = ReferralState.INTERESTED, list[ReferralStep]()
    for step in in_order(steps):
        if step.state in NEXT[state]:
            state, said = step.state, []
        if step.state is state:
            said.append(step)
    return said if state is not ReferralState.INTERESTED else []


def may_give_contact(referral: Referral, steps: Sequence[ReferralStep]) -> bool:
    """Say whether the worker lets the employer have his contact: what he answered last counts (个人信息保护法 15, 23)."""
    answers = [step.contact_consent for step in in_order(steps) if step.contact_consent is not None]
    return answers[-1] if answers else referral.contact_consent


class Question(StrEnum):
    """What staff ask about a referral: does the employer take him, did he come, was he paid?"""

    AGREED = "agreed"
    CAME = "came"
    PAID = "paid"


YES = {Question.AGREED: ReferralState.ACCEPTED, Question.CAME: ReferralState.ARRIVED, Question.PAID: ReferralState.PAID}
NO = {Question.AGREED: ReferralState.DECLINED, Question.CAME: ReferralState.NO_SHOW, Question.PAID: ReferralState.UNPAID}
"""What the answers to a question make of a referral."""
PAID_AFTER = {Settlement.DAILY: 1, Settlement.WEEKLY: 7, Settlement.MONTHLY: 31}
"""Days from coming to the first day on which the pay must have come (own)."""


def question(state: ReferralState, listing: PublicListing, moved_on: date) -> tuple[Question, date] | None:
    """Give what to ask next and the first day to ask it, or None; `moved_on` is the day on which the referral came to `state`.

    Whoever was taken after the work had begun is asked about on the next day; whoever was not paid, every day anew.
    """
    next_day = moved_on + timedelta(days=1)
    if state is ReferralState.REFERRED:
        return Question.AGREED, moved_on
    if state is ReferralState.ACCEPTED:
        return Question.CAME, next_day if listing.starts_on < moved_on else listing.starts_on
    if state is ReferralState.ARRIVED and listing.settlement is Settlement.DONE and not listing.long_term:
        return Question.PAID, listing.ends_on + timedelta(days=1)
    if state is ReferralState.ARRIVED:
        return Question.PAID, moved_on + timedelta(days=PAID_AFTER.get(listing.settlement, 31))
    return (Question.PAID, next_day) if state is ReferralState.UNPAID else None


class PayAnswer(StrEnum):
    """What a worker says at the terminal when he is asked 工钱拿到了吗?"""

    ALL = "all"
    PART = "part"
    NOTHING = "nothing"
    NOT_THERE = "not_there"


HIS_OWN = frozenset({ReferralState.PAID, ReferralState.UNPAID, ReferralState.NO_SHOW})
"""Where an answer leads, and what a later answer puts right."""
PUT_RIGHT_DAYS = 30
"""So long an answer is offered to be put right (own)."""


def pay_is_due(state: ReferralState, listing: PublicListing, moved_on: date, today: date) -> bool:
    """Say whether whoever was recommended must have been paid by now, had he worked; nobody need have noted that he was taken or came."""
    if state not in (ReferralState.REFERRED, ReferralState.ACCEPTED, ReferralState.ARRIVED):
        return False
    came_on = moved_on if state is ReferralState.ARRIVED else max(moved_on, listing.starts_on)
    asked = question(ReferralState.ARRIVED, listing, came_on)
    return asked is not None and asked[1] <= today


def pay_answers(listing: PublicListing | None, said: Sequence[ReferralStep], moved_on: date, today: date) -> tuple[PayAnswer, ...]:
    """Give what a worker may say of his pay today; nothing before it is due.

    `said` as confirmations gives it, `moved_on` the day of the first of them.
    """
    if listing is None or not said:
        return ()
    state = said[0].state
    right = state in HIS_OWN and (state is ReferralState.UNPAID or (today - moved_on).days < PUT_RIGHT_DAYS)
    if not right and not pay_is_due(state, listing, moved_on, today):
        return ()
    return tuple(answer for answer in PayAnswer if steps_for(answer, state, said))


def steps_for(answer: PayAnswer, state: ReferralState, said: Sequence[ReferralStep]) -> tuple[ReferralState, ...]:
    """Give the steps that write a worker's answer down; none where it is no news. `said` as confirmations gives it.

    Who says that he was paid, or not, says too that he was taken and came.
    """
    if answer is PayAnswer.NOT_THERE:
        to = ReferralState.DECLINED if state is ReferralState.REFERRED else ReferralState.NO_SHOW
        return (to,) if to in NEXT[state] else ()
    to = ReferralState.PAID if answer is PayAnswer.ALL else ReferralState.UNPAID
    before: dict[ReferralState, tuple[ReferralState, ...]] = {
        ReferralState.REFERRED: (ReferralState.ACCEPTED, ReferralState.ARRIVED),
        ReferralState.ACCEPTED: (ReferralState.ARRIVED,),
        ReferralState.NO_SHOW: (ReferralState.ARRIVED,),
    }
    if state in before:
        return (*before[state], to)
    return (to,) if said and is_news(state, said, to, Party.WORKER) else ()
