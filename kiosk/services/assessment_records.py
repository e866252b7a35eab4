"""The records behind each measured number, newest first and nobody's whole name: for a page, and as one workbook with a sheet an item."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.domain.assessment import Scored
from kiosk.domain.case import Case
from kiosk.domain.listing import Listing
from kiosk.domain.pay import yuan
from kiosk.domain.referral import Referral
from kiosk.domain.running import FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.station import Training
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import StationDay
from kiosk.services import assessment_words as words
from kiosk.services.assessment import Assessment
from kiosk.services.station import Here, local
from kiosk.services.table_write import Column, Table, to_xlsx
from kiosk.store.store import UnitOfWork
from kiosk.text import t

WIDTHS = {"number": 6, "counts": 8, "record": 84, "id": 40}


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its id, itself in words, and whether it counts for the number or against it."""

    id: str
    words: str
    counts: bool

    @property
    def said(self) -> str:
        """Say it, and that it does not count where it does not."""
        return self.words if self.counts else t("assess.counts_against", record=self.words)


def records(here: Here, found: Assessment, code: str, most: int | None = None) -> list[Record]:
    """Give the records on which an item stands, newest first, before them those that count against it; of each no more than `most`."""
    measured = found.measured[code]
    with here.store.read() as u:
        bad = [Record(i, _said(u, measured.entity, i), counts=False) for i in measured.against[:most]]
        return bad + [Record(i, _said(u, measured.entity, i), counts=True) for i in list(reversed(measured.ids))[:most]]


def how_many(found: Assessment, code: str) -> int:
    """Count the records of an item, those against it too."""
    return len(found.measured[code].ids) + len(found.measured[code].against)


def workbook(here: Here, found: Assessment) -> bytes:
    """Write the records of every item that is measured as an xlsx, a sheet an item."""
    return to_xlsx(*(_table(here, found, one) for one in found.score.items if one.item.measure))


def _table(here: Here, found: Assessment, one: Scored) -> Table:
    rows = records(here, found, one.item.code)
    points = t("assess.of", points=words.number(one.points), most=words.number(one.item.most))
    facts = {"station": found.station.name, "year": found.year, "name": one.item.name, "value": words.value(one), "points": points}
    counts = {"good": sum(row.counts for row in rows), "bad": sum(not row.counts for row in rows)}
    notes = (t("assess_records.head", **facts, **counts), t("assess_records.about"), words.placeholder(found))
    return Table(
        title=f"{one.item.code} {one.item.short}",
        notes=tuple(filter(None, notes)),
        columns=tuple(Column(title=t(f"assess_records.{name}"), width=width) for name, width in WIDTHS.items()),
        rows=[(at, t(f"assess_records.counts_{row.counts}"), row.words, row.id) for at, row in enumerate(rows, start=1)],
    )


def _said(u: UnitOfWork, entity: type, record_id: str) -> str:
    kinds: Sequence[type] = (Worker, Listing) if entity is PlatformEntry else (entity,)
    record = next((found for kind in kinds if (found := u.get(kind, record_id)) is not None), None)
    return t("assess.gone") if record is None else SAY[type(record)](u, record)


def _day(instant: Any) -> str:
    return f"{local(instant):%m-%d %H:%M}"


def _worker(_: UnitOfWork, w: Worker) -> str:
    return t("assess.worker", day=_day(w.registered_at), name=w.name.masked() if w.name else t("roster.withdrawn"))


def _listing(_: UnitOfWork, one: Listing) -> str:
    return t("assess.listing", day=_day(one.collected_at), title=one.title, count=one.headcount, employer=one.employer_name)


def _referral(u: UnitOfWork, one: Referral) -> str:
    worker, listing = u.get(Worker, one.worker_id), u.get(Listing, one.listing_id)
    name = worker.name.masked() if worker and worker.name else t("roster.withdrawn")
    return t("assess.referral", day=_day(one.created_at), name=name, title=listing.title if listing else t("roster.elsewhere"))


def _signup(u: UnitOfWork, one: Signup) -> str:
    worker, training = u.get(Worker, one.worker_id), u.get(Training, one.training_id)
    name = worker.name.masked() if worker and worker.name else t("roster.withdrawn")
    return t("assess.signup", day=_day(one.signed_at), name=name, title=training.title if training else "")


def _spending(_: UnitOfWork, one: Spending) -> str:
    return t("assess.spending", day=f"{one.spent_on:%m-%d}", purpose=one.purpose, yuan=yuan(one.amount_fen))


def _check(_: UnitOfWork, one: FacilityCheck) -> str:
    return t("assess.check", day=_day(one.checked_at), what=t(f"facility.{one.facility}"), name=one.by_name, state=t(f"assess.ok_{one.ok}"))


def _case(_: UnitOfWork, one: Case) -> str:
    return t("assess.case", day=_day(one.opened_at), kind=t(f"case_kind.{one.kind}"))


def _station_day(_: UnitOfWork, one: StationDay) -> str:
    due = one.due_min or 0
    return t("assess.day", day=f"{one.day:%m-%d}", due=_hours(due), terminal=_hours(one.terminal_min), board=_hours(one.board_min))


def _hours(minutes: int) -> str:
    return t("assess.hours", hours=minutes // 60, minutes=minutes % 60)


SAY: Mapping[type, Callable[[UnitOfWork, Any], str]] = {
    Worker: _worker,
    Listing: _listing,
    Referral: _referral,
    Signup: _signup,
    Spending: _spending,
    FacilityCheck: _check,
    Case: _case,
    StationDay: _station_day,
}
