"""The roster of successful recommendations, for the page and as files.

Grades and doubts are kiosk.domain.roster's; which columns there are, and what they are called, is the template's.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.domain.employer import Employer
from kiosk.domain.listing import Listing
from kiosk.domain.measures import last_day
from kiosk.domain.privacy import Personal
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.roster import NOTED, Grade, Recommendation, RosterRow, missing, roster_rows
from kiosk.domain.rule_sheet import PAPER_ROSTER, PAPERS
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker
from kiosk.errors import BadInput
from kiosk.services import listing_words
from kiosk.services.paper_templates import template_of
from kiosk.services.sign_in import Session
from kiosk.services.station import Here, local
from kiosk.services.table_write import Cell, File, check_password, file_name, locked
from kiosk.services.template import fill_xlsx
from kiosk.store.store import UnitOfWork
from kiosk.text import t


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a day to a day, both counted, by the day of the recommendation. `closed`: as it stood on the last day; what was said later is
    left out."""

    first: date
    last: date
    closed: bool = False

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise BadInput("period", "bad.period.order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The rows of a period, oldest first."""

    station: Station
    period: Period
    rows: tuple[RosterRow, ...]

    @property
    def by_grade(self) -> dict[Grade, int]:
        """Count rows by grade, the best first."""
        count = Counter(r.grade for r in self.rows)
        return {g: count[g] for g in reversed(Grade)}

    @property
    def suspicious(self) -> tuple[RosterRow, ...]:
        """Give the rows that somebody must look at."""
        return tuple(r for r in self.rows if r.suspicious)


def this_year(here: Here) -> Period:
    """Give the year up to today: what the yearly assessment asks for (管理办法 11)."""
    today = here.today()
    return Period(first=today.replace(month=1, day=1), last=today)


def whole_year(year: int) -> Period:
    """Give a year as it stands at its end."""
    return Period(first=date(year, 1, 1), last=last_day(year), closed=True)


def roster(here: Here, period: Period) -> Roster:
    """Give the station's roster of a period. Doubts are found over all years: a hire may be told again after New Year."""
    with here.store.read() as u:
        station = here.station(u)
        known = recommendations(u, station.id, period.last if period.closed else None)
    rows = (r for r in roster_rows(known) if period.first <= local(r.referred_at).date() <= period.last)
    return Roster(station=station, period=period, rows=tuple(rows))


def masked_file(here: Here, session: Session, templates: Path, period: Period, note: str = "") -> File:
    """Give the roster as xlsx with names and phones masked, `note` on it; audited. Raises BadInput for a template that cannot be filled."""
    found = roster(here, period)
    file = _filled(here, templates, found, note, full=False)
    _audit(here, session, found, "masked")
    return _name(found, "roster.masked_file"), file


def full_file(here: Here, session: Session, templates: Path, period: Period, password: str, note: str = "") -> File:
    """Give the roster with whole names and phones, openable with `password` only, which is kept nowhere, `note` on it; audited.

    Raises NotAllowed for anybody but the head, BadInput('password') for a short one, BadInput for a template that cannot be filled.
    """
    session.need_head("the full roster")
    check_password(password)
    found = roster(here, period)
    file = locked(_filled(here, templates, found, note, full=True), password)
    _audit(here, session, found, "full")
    return _name(found, "roster.full_file"), file


def doubts_said(row: RosterRow, *, noted: bool = False) -> str:
    """Say what somebody must look at, or with `noted` what is only noted."""
    date_before = local(row.repeats).date() if row.repeats else ""
    shown = [d for d in row.doubts if (d in NOTED) is noted]
    # t() fills in what a sentence names and leaves the others alone
    return "；".join(t(f"roster.doubt.{d.value}", date=date_before) for d in shown)


def masked_name(row: RosterRow) -> str:
    """Name the worker as the page and the masked file do."""
    worker = row.about.worker
    return worker.name.masked() if worker and worker.name else t("roster.withdrawn")


def recommendations(u: UnitOfWork, station_id: str, last: date | None = None) -> list[Recommendation]:
    """Give all that is known of each referral of a station that has a step, now or as it was at the end of the day `last`."""
    steps: dict[str, list[ReferralStep]] = defaultdict(list)
    for step in u.list(ReferralStep):
        if last is None or local(step.stepped_at).date() <= last:
            steps[step.referral_id].append(step)
    referrals = [r for r in u.list(Referral, station_id=station_id) if r.id in steps]
    workers = {w.id: w for w in u.list(Worker)}
    # the county's listings are many, those of our referrals few
    listings = {i: u.get(Listing, i) for i in {r.listing_id for r in referrals}}
    if last is not None:
        listings = {i: as_of(u, one, last) if one else None for i, one in listings.items()}
    employers = {e.id: e for e in u.list(Employer)}
    known = []
    for r in referrals:
        listing = listings[r.listing_id]
        employer = employers.get(listing.employer_id) if listing and listing.employer_id else None
        known.append(Recommendation(referral=r, steps=steps[r.id], worker=workers.get(r.worker_id), listing=listing, employer=employer))
    return known


def as_of(u: UnitOfWork, listing: Listing, last: date) -> Listing:
    """Give the revision of a listing that stood at the end of a day; the first that is known where it came later."""
    if local(listing.collected_at).date() <= last:
        return listing
    earlier = (u.get(Listing, listing.id, revision) for revision in range(listing.revision - 1, 0, -1))
    before = next((one for one in earlier if one is not None), None)
    return as_of(u, before, last) if before else listing


def _audit(here: Here, session: Session, found: Roster, form: str) -> None:
    now, period = here.now(), found.period
    facts = {"what": "roster", "form": form, "first": str(period.first), "last": str(period.last), "rows": str(len(found.rows))}
    # after the reading, which may take long and would keep others from writing
    with here.store.write() as u:
        u.audit(now, session.staff_id, "export", here.station_id, **facts)


def _name(found: Roster, kind: str) -> str:
    period = found.period
    return file_name(t("roster.title"), found.station.name, str(period.first), str(period.last), t(kind))


def _filled(here: Here, templates: Path, found: Roster, note: str, *, full: bool) -> bytes:
    return fill_xlsx(template_of(here, templates, PAPERS[PAPER_ROSTER]), facts(found, note, full=full))


def facts(found: Roster, note: str, *, full: bool) -> Mapping[str, Any]:
    """Give every field that a template of the roster may name; `note` says that the rubric is a placeholder."""
    return {
        "station": found.station.name,
        "first": found.period.first,
        "last": found.period.last,
        "count": len(found.rows),
        "masking": t("roster.full" if full else "roster.masked"),
        "placeholder": note,
        "items": [_item(number, row, full=full) for number, row in enumerate(found.rows, start=1)],
    }


def _item(number: int, row: RosterRow, *, full: bool) -> Mapping[str, Cell]:
    worker, listing = row.about.worker, row.about.listing

    def shown(value: Personal) -> str:
        return str.__str__(value) if full else value.masked()

    referred = next(s for s in row.words if s.state is ReferralState.REFERRED)
    return {
        "number": number,
        "referred": local(row.referred_at).date(),
        "name": shown(worker.name) if worker and worker.name else t("roster.withdrawn"),
        "phone": shown(worker.phone) if worker and worker.phone else "",
        "job": listing.title if listing else t("roster.elsewhere"),
        "employer": listing.employer_name if listing else "",
        "employer_phone": shown(listing.contact_phone) if listing and listing.contact_phone else "",
        "place": f"{listing_words.area(listing)} {listing.place}".strip() if listing else "",
        "pay": listing.pay_fen / 100 if listing else None,
        "unit": listing_words.unit(listing) if listing else "",
        "grade": f"{row.grade.value} {t(f'roster.grade.{row.grade.value}')}",
        "evidence": "\n".join(_said(step, free_text=full and bool(worker and worker.name)) for step in row.words),
        "missing": _missing(row),
        "doubts": doubts_said(row),
        "notes": doubts_said(row, noted=True),
        "by": referred.by_name if referred.by_id or referred.party is Party.STAFF else "",
    }


def _said(step: ReferralStep, *, free_text: bool) -> str:
    """Say whose word it was and when. How it was said is free text that may name people: in the full file only, not of who withdrew."""
    words = f"{local(step.stepped_at).date()} {t(f'roster.party.{step.party.value}')}{t(f'roster.said.{step.state.value}')}"
    return f"{words}（{step.how}）" if free_text and step.how else words


def _missing(row: RosterRow) -> str:
    whose = missing(row.about.steps)
    if len(whose) == 2 and row.grade is Grade.CONFIRMED:
        return t("roster.missing.either")
    return "、".join(t(f"roster.missing.{party.value}") for party in Party if party in whose)
