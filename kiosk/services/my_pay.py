"""工钱拿到了吗?, asked of a worker who comes back with his slip: his own word, at his own terminal, and the case that a No opens.

The question is staff's (services/follow_up); here the worker answers without them. He is asked once for each referral, may put it off, and
may put right what he said. What holds an employer is cases' affair: one worker's word alone does not (RULES, abuse of reports).
"""

import json

from kiosk.domain import referral as rules
from kiosk.domain.listing import Listing
from kiosk.domain.referral import Party, PayAnswer, Referral, ReferralState, ReferralStep
from kiosk.domain.worker import Worker
from kiosk.errors import NotAllowed
from kiosk.services import cases
from kiosk.services.author import HIMSELF, Himself
from kiosk.services.follow_up import add_step
from kiosk.services.registrations import registered
from kiosk.services.station import Here, local
from kiosk.store.store import UnitOfWork
from kiosk.text import t

PUT_OFF = "pay_asked.put_off"
"""Of which referrals a worker does not want to be asked: ids."""


def pay_answers(here: Here, listing: Listing | None, steps: list[ReferralStep]) -> tuple[PayAnswer, ...]:
    """Give what a worker may say of his pay now; nothing before it is due."""
    said = rules.confirmations(steps)
    return rules.pay_answers(listing, said, local(said[0].stepped_at).date(), here.today()) if said else ()


def is_put_off(u: UnitOfWork, referral_id: str) -> bool:
    """Say whether the worker was asked and did not want to answer."""
    return referral_id in _put_off(u)


def say_pay(here: Here, worker_id: str, referral_id: str, answer: PayAnswer) -> None:
    """Write a worker's answer down, once; a case opens for what he did not get, in the same transaction.

    An answer that says nothing new changes nothing. Raises NotFound, NotAllowed for what is not his.
    """
    with here.store.write() as u:
        write_answer(here, u, HIMSELF, _his(here, u, worker_id, referral_id), answer, "mine_pay")


def write_answer(here: Here, u: UnitOfWork, author: Himself, made: Referral, answer: PayAnswer, words: str) -> None:
    """Write an answer down in the caller's transaction; `words` is the section of kiosk/text that says how it was heard."""
    said = rules.confirmations(u.list(ReferralStep, referral_id=made.id))
    way = rules.steps_for(answer, said[0].state, said) if said else ()
    how = t(f"{words}.how_part" if answer is PayAnswer.PART else f"{words}.how")
    for state in way:
        add_step(here, u, author, made, state, Party.WORKER, how)
    if way and way[-1] is ReferralState.UNPAID:
        cases.open_unpaid(here, u, author, made, Party.WORKER, t(f"{words}.case_{answer.value}"))


def put_off(here: Here, worker_id: str, referral_id: str) -> None:
    """Note that a worker does not want to be asked about this referral again. Raises NotFound, NotAllowed for what is not his."""
    with here.store.write() as u:
        made = _his(here, u, worker_id, referral_id)
        still = [one for one in _put_off(u) if u.get(Referral, one) is not None and not _over(u, one)]
        u.remember(PUT_OFF, json.dumps([*(one for one in still if one != made.id), made.id]))


def _his(here: Here, u: UnitOfWork, worker_id: str, referral_id: str) -> Referral:
    worker: Worker = registered(here, u, worker_id)
    made = u.need(Referral, referral_id)
    if made.worker_id != worker.id:
        raise NotAllowed("another worker's referral")
    return made


def _put_off(u: UnitOfWork) -> list[str]:
    ids: list[str] = json.loads(u.recall(PUT_OFF) or "[]")
    return ids


def _over(u: UnitOfWork, referral_id: str) -> bool:
    return rules.state_of(u.list(ReferralStep, referral_id=referral_id)) in rules.HIS_OWN
