"""Importing what staff already keep: good rows go in, every other says which and why, and what is there already is counted, not doubled.

`table_read.read_table(bytes)`, then `listing_rows.read_listings(sheets, today)` or `worker_rows.read_workers(sheets, today)`; and
`drafts.drafts_from_chat(text, today)`. All give drafts to confirm for the acts here. One transaction a row: a row is in whole or not at
all, and a file of thousands does not keep visitors waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from kiosk.domain.listing import Collected, Listing
from kiosk.domain.normalise import runs
from kiosk.domain.record import new_id
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BadInput
from kiosk.services.drafts import Draft, Trouble
from kiosk.services.posting import to_listing
from kiosk.services.publish import enter
from kiosk.services.register import new_code
from kiosk.services.sign_in import Session
from kiosk.services.station import CHINA, Here, slip_serial
from kiosk.services.worker_rows import WorkerDraft
from kiosk.store.store import UnitOfWork
from kiosk.text import t

PAPER_NOTICE = "paper"
"""The notice that an imported worker agreed to stood on the station's paper, not on our screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did: ids of what went in, how many were there already, and why each other row did not go in."""

    added: tuple[str, ...]
    known: int
    troubles: tuple[Trouble, ...]


def import_listings(here: Here, session: Session, drafts: Sequence[Draft]) -> Imported:
    """Record complete drafts as pending listings that this member of staff collected; no slip is printed; the rest comes back."""
    added: list[str] = []
    troubles: list[Trouble] = []
    known = 0
    for draft in drafts:
        if not draft.complete:
            troubles += draft.troubles
            continue
        try:
            listing = to_listing(here, draft.form, Collected.IMPORT, session.staff_id)
            with here.store.write() as u:
                if _is_there(u, listing):
                    known += 1
                    continue
                added.append(enter(here, u, listing).id)
        except BadInput as error:
            troubles.append(_trouble(draft, error))
    return Imported(added=tuple(added), known=known, troubles=tuple(troubles))


def import_workers(here: Here, session: Session, drafts: Sequence[WorkerDraft]) -> Imported:
    """Register workers from staff's lists, marked as entered by staff; one of the same name and phone is left as he is."""
    added: list[str] = []
    troubles: list[Trouble] = []
    known = 0
    now = here.now()
    for draft in drafts:
        form = draft.form
        if form is None:
            troubles += draft.troubles
            continue
        with here.store.write() as u:
            station = here.station(u)
            if any(w.name == form.name and w.station_id == station.id for w in u.list(Worker, phone=form.phone)):
                known += 1
                continue
            worker = Worker(
                id=new_id(now),
                revision=1,
                station_id=station.id,
                state=WorkerState.ACTIVE,
                name=form.name,
                phone=form.phone,
                age_band=form.age_band,
                trades=form.trades,
                pay_fen=form.pay_fen,
                pay_unit=form.pay_unit,
                area=form.area,
                code=new_code(u),
                number=slip_serial(u, station, now),
                notice_version=PAPER_NOTICE,
                consented_at=datetime.combine(form.consented_on, time(), CHINA),
                by_staff=True,
                registered_at=now,
            )
            u.keep(worker)
            u.audit(now, session.staff_id, "register", worker.id, how=Collected.IMPORT.value)
            added.append(worker.id)
    return Imported(added=tuple(added), known=known, troubles=tuple(troubles))


def _is_there(u: UnitOfWork, listing: Listing) -> bool:
    """Say whether a listing of the same content was ever entered, in any revision: editing it makes no room for a second."""
    for other in u.list(Listing, contact_phone=listing.contact_phone):
        for revision in range(1, other.revision + 1):
            old = u.get(Listing, other.id, revision)
            if old is not None and _content(old) == _content(listing):
                return True
    return False


def _content(listing: Listing) -> tuple[object, ...]:
    words = (listing.title, listing.place, listing.employer_name)
    pay = (listing.pay_fen, listing.pay_max_fen, listing.pay_unit)
    days = (listing.starts_on, listing.ends_on, listing.day_start_min, listing.day_end_min)
    return (listing.contact_phone, *("".join(runs(w)) for w in words), *pay, *days, listing.headcount)


def _trouble(draft: Draft, error: BadInput) -> Trouble:
    column = draft.names.get(error.field) or t(f"rule.field.{error.field}")
    return Trouble(draft.row, column, t(error.key, **error.words), error.field, draft.sheet)
