"""Changing a registration: the worker himself at the terminal, or staff at his wish. One call, one transaction, one revision more.

What paper and other stations say of him is kept in step: a 推荐单 that names him comes out anew when his name or number changes.
"""

from dataclasses import dataclass, replace
from typing import Any

from kiosk.domain.codes import AREAS, PayUnit, Trade
from kiosk.domain.worker import PhoneOf, Worker, check_mobile, check_name
from kiosk.errors import BadInput
from kiosk.services import recommend
from kiosk.services.author import Author
from kiosk.services.introduce import introduce_again
from kiosk.services.register import check_wish
from kiosk.services.registrations import registered
from kiosk.services.sign_in import Session
from kiosk.services.station import Here


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The registration as it stands now, and the slips that come out because of it."""

    worker: Worker
    job_ids: tuple[str, ...] = ()


def change_phone(here: Here, author: Author, worker_id: str, phone: str, phone_of: PhoneOf) -> Changed:
    """Take another number; the station's where `phone_of` says so, then `phone` is not looked at. Raises BadInput, NotFound, NotAllowed.

    Slip and code stay good; from now on the new number's last four digits belong to them.
    """
    if phone_of is not PhoneOf.STATION:
        return _change(here, author, worker_id, "phone", phone=check_mobile(phone), phone_of=phone_of)
    with here.store.read() as u:
        number = here.station(u).phone
    return _change(here, author, worker_id, "phone", phone=number, phone_of=phone_of)


def change_trades(here: Here, author: Author, worker_id: str, trades: tuple[Trade, ...]) -> Changed:
    """Take other trades. Raises BadInput for none, NotFound, NotAllowed."""
    check_wish(trades, None, PayUnit.DAY)
    return _change(here, author, worker_id, "trades", trades=trades)


def change_pay(here: Here, author: Author, worker_id: str, pay_fen: int | None, pay_unit: PayUnit) -> Changed:
    """Take another wish for pay, None for 面议. Raises BadInput, NotFound, NotAllowed."""
    check_wish((Trade.OTHER,), pay_fen, pay_unit)
    return _change(here, author, worker_id, "pay", pay_fen=pay_fen, pay_unit=pay_unit)


def change_area(here: Here, author: Author, worker_id: str, area: str | None) -> Changed:
    """Say near which township he wants work, None for the station's own. Raises BadInput, NotFound, NotAllowed."""
    if area is not None and area not in AREAS:
        raise BadInput("area", "bad.area.unknown")
    return _change(here, author, worker_id, "area", area=area)


def change_name(here: Here, session: Session, worker_id: str, name: str) -> Changed:
    """Put a name right: staff alone do, who have seen his papers. Raises BadInput, NotFound, NotAllowed."""
    return _change(here, session, worker_id, "name", name=check_name(name))


def _change(here: Here, author: Author, worker_id: str, what: str, **values: Any) -> Changed:
    now = here.now()
    with here.store.write() as u:
        worker = registered(here, u, worker_id)
        changed = replace(worker, **values)
        if changed == worker:
            return Changed(worker=worker)
        changed = replace(changed, revision=worker.revision + 1)
        u.keep(changed)
        u.audit(now, author.staff_id, "change_registration", worker.id, what=what)
        introduce_again(u, now, author.staff_id, worker.id)
        jobs = recommend.print_again(here, u, author, changed) if what in ("name", "phone") else []
    return Changed(worker=changed, job_ids=tuple(jobs))
