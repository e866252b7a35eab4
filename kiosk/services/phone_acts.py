"""What workers did elsewhere, carried out at their station: an application or an answer to 工钱拿到了吗? by phone, a withdrawal everywhere.

Each act in a transaction of its own, so that one never keeps the others waiting. Carried out twice (a store put back from a backup) it
changes nothing. What cannot be any more is written down as declined: the worker reads it on his phone, staff in the listing's story.
"""

from dataclasses import replace
from datetime import timedelta

from kiosk.domain.listing import PublicListing
from kiosk.domain.phone_act import PhoneAct, PhoneActKind
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services.apply import live_referral, too_young, wants_work
from kiosk.services.author import BY_PHONE, HIMSELF
from kiosk.services.my_pay import write_answer
from kiosk.services.station import Here
from kiosk.services.withdraw import empty
from kiosk.store.store import Store, UnitOfWork
from kiosk.text import t


def waiting(store: Store) -> list[str]:
    """Give the ids of acts that nobody has carried out, oldest first."""
    with store.read() as u:
        return [act.id for act in sorted(u.list(PhoneAct, taken_at=None), key=lambda act: (act.acted_at, act.id))]


def take(here: Here) -> int:
    """Carry out what is waiting; give how many acts it was."""
    ids = waiting(here.store)
    for act_id in ids:
        with here.store.write() as u:
            act = u.need(PhoneAct, act_id)
            _take(here, u, act)
            u.put(replace(act, taken_at=here.now()))
    return len(ids)


def _take(here: Here, u: UnitOfWork, act: PhoneAct) -> None:
    worker = u.get(Worker, act.worker_id)
    if worker is None or worker.station_id != here.station_id or worker.state is WorkerState.WITHDRAWN:
        return
    match act.kind:
        case PhoneActKind.APPLY:
            _apply(here, u, worker, act)
        case PhoneActKind.PAY:
            _answer(here, u, worker, act)
        case PhoneActKind.WITHDRAW:
            empty(u, here.now(), worker, HIMSELF.staff_id, "withdraw")


def _apply(here: Here, u: UnitOfWork, worker: Worker, act: PhoneAct) -> None:
    if u.get(Referral, act.referral_id) is not None or live_referral(u, worker.id, act.listing_id) is not None:
        return
    published = u.published(act.listing_id)
    # nothing in it that two terminals of one station would write differently
    made = Referral(
        id=act.referral_id,
        station_id=here.station_id,
        worker_id=worker.id,
        listing_id=act.listing_id,
        contact_consent=act.contact_consent,
        created_at=act.acted_at,
    )
    u.keep(made)
    u.audit(here.now(), BY_PHONE.staff_id, "apply", made.id)
    why = _why_not(here, worker, published.listing if published else None)
    if not why:
        wants_work(here, u, worker, BY_PHONE.staff_id)
        return
    declined = ReferralStep(
        id=new_id(here.now()),
        station_id=here.station_id,
        referral_id=made.id,
        state=ReferralState.DECLINED,
        by_name=t("phone_act.by"),
        how=t(why),
        party=Party.STAFF,
        by_id=BY_PHONE.staff_id,
        stepped_at=act.acted_at + timedelta(milliseconds=1),
    )
    u.keep(declined)
    u.audit(here.now(), BY_PHONE.staff_id, f"referral_{declined.state}", made.id, party=declined.party, how=declined.how)


def _why_not(here: Here, worker: Worker, listing: PublicListing | None) -> str:
    """Give the key of what stands against an application; empty when nothing does."""
    if listing is None:
        return "phone_act.gone"
    return "phone_act.young" if too_young(here, worker, listing) else ""


def _answer(here: Here, u: UnitOfWork, worker: Worker, act: PhoneAct) -> None:
    made = u.get(Referral, act.referral_id)
    if made is None or made.worker_id != worker.id or act.answer is None:
        return
    here_since = [
        s.stepped_at for s in u.list(ReferralStep, referral_id=made.id) if s.party is Party.WORKER and s.by_id != BY_PHONE.staff_id
    ]
    by_phone = [other.acted_at for other in u.list(PhoneAct, referral_id=made.id)]
    if all(said_at <= act.acted_at for said_at in (*here_since, *by_phone)):  # else what he said later counts
        write_answer(here, u, BY_PHONE, made, act.answer, "phone_act")
