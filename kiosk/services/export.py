"""What waits to be entered into the provincial platform (管理办法 6), as files for whoever types it in there, and the mark that he did.

There is no interface to that platform: a person enters, and says so here. A newer revision waits again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.listing import Listing
from kiosk.domain.record import new_id
from kiosk.domain.running import PlatformEntry
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import NotAllowed
from kiosk.services import table_write
from kiosk.services.platform_words import LISTING_COLUMNS, WORKER_COLUMNS, columns, listing_cells, worker_cells
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.services.table_write import Cell, File, Form, Table
from kiosk.store.store import UnitOfWork
from kiosk.text import t


class Entered(StrEnum):
    """What is entered there; the names are those of kiosk.domain.entities."""

    LISTING = "listing"
    WORKER = "worker"


RECORDS: dict[Entered, type[Listing] | type[Worker]] = {Entered.LISTING: Listing, Entered.WORKER: Worker}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What nobody has entered yet, oldest first: our listings as they stand in public, our workers who want to be recommended.

    `again` are the ids of those that stand there already as they were before a change.
    """

    listings: tuple[Listing, ...]
    workers: tuple[Worker, ...]
    again: frozenset[str]


def waiting(here: Here) -> Waiting:
    """Give what waits to be entered."""
    with here.store.read() as u:
        return _waiting(here, u)


def export_listings(here: Here, session: Session, form: Form = Form.XLSX) -> File:
    """Give the waiting listings with the fields of article 6; audited."""
    listings = waiting(here).listings
    return _export(here, session, Entered.LISTING, LISTING_COLUMNS, [listing_cells(one) for one in listings], form)


def export_workers(here: Here, session: Session, form: Form = Form.XLSX) -> File:
    """Give the waiting workers with the fields of article 6; audited."""
    workers = waiting(here).workers
    return _export(here, session, Entered.WORKER, WORKER_COLUMNS, [worker_cells(one) for one in workers], form)


def mark_entered(here: Here, session: Session, what: Entered, records: Iterable[tuple[str, int]]) -> list[PlatformEntry]:
    """Note that these (id, revision) were entered, by whom and when; what is marked already is left alone.

    The revision is that which was typed in: one that came meanwhile still waits. Raises NotFound, NotAllowed for another station's.
    """
    now = here.now()
    with here.store.write() as u:
        marked, made = _marked(u), []
        for record_id, revision in dict.fromkeys(records):
            if u.need(RECORDS[what], record_id).station_id != here.station_id:
                raise NotAllowed("another station's record")
            if (what, record_id, revision) in marked:
                continue
            entry = PlatformEntry(
                id=new_id(now),
                station_id=here.station_id,
                entity=what.value,
                record_id=record_id,
                record_revision=revision,
                by_id=session.staff_id,
                by_name=session.name,
                entered_at=now,
            )
            u.keep(entry)
            u.audit(now, session.staff_id, "enter", record_id, revision=str(revision))
            made.append(entry)
    return made


def _waiting(here: Here, u: UnitOfWork) -> Waiting:
    marked = _marked(u)
    public = [p.listing for p in u.newest() if p.listing.station_id == here.station_id]
    left = sorted((p.id, p.revision) for p in public if (Entered.LISTING, p.id, p.revision) not in marked)
    active = u.list(Worker, station_id=here.station_id, state=WorkerState.ACTIVE)
    workers = [w for w in active if (Entered.WORKER, w.id, w.revision) not in marked]
    return Waiting(
        listings=tuple(u.need(Listing, listing_id, revision) for listing_id, revision in left),
        workers=tuple(workers),
        again=frozenset({record_id for _, record_id, _ in marked} & {*(w.id for w in workers), *(listing_id for listing_id, _ in left)}),
    )


def _marked(u: UnitOfWork) -> set[tuple[str, str, int]]:
    return {(e.entity, e.record_id, e.record_revision) for e in u.list(PlatformEntry)}


def _export(here: Here, session: Session, what: Entered, widths: Mapping[str, int], rows: list[list[Cell]], form: Form) -> File:
    now, today = here.now(), here.today()
    with here.store.write() as u:
        station = here.station(u)
        u.audit(now, session.staff_id, "export", here.station_id, what=what.value, form=form.value, rows=str(len(rows)))
    table = Table(
        title=t(f"export.title_{what.value}"),
        notes=(t("export.note", station=station.name, date=today, count=len(rows)),),
        columns=columns(widths),
        rows=rows,
    )
    return table_write.file_name(table.title, station.name, str(today), form=form), table_write.write(table, form)
