"""Reports: a visitor says that a listing is not true; staff of this station see what has not been looked at yet.

Offline too: the report is queued like any record of ours, and reaches the listing's own station and the county by sync.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.listing import Listing
from kiosk.domain.record import new_id
from kiosk.domain.report import Report, ReportReason, check_words
from kiosk.domain.station import Station
from kiosk.errors import NotFound
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork
from kiosk.text import t


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the visitor is told. `elsewhere` names the station whose listing it is, when another."""

    already: bool
    elsewhere: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A listing, and the reports of it that nobody of this station has looked at; oldest first."""

    listing: Listing | None
    reports: tuple[Report, ...]


def report(here: Here, report_id: str, listing_id: str, reason: ReportReason, words: str) -> Told:
    """Note that a listing is said not to be true; raise BadInput for the words, NotFound when it is no longer public.

    `report_id` (a record's id) is the visit's own for this listing: however often one visit says so, it counts once.
    """
    now, words = here.now(), check_words(words)
    with here.store.write() as u:
        published = u.published(listing_id)
        if published is None:
            raise NotFound(listing_id)
        owner_id = published.listing.station_id
        owner = u.get(Station, owner_id) if owner_id != here.station_id else None
        already = u.get(Report, report_id) is not None
        if not already:
            made = Report(id=report_id, station_id=here.station_id, listing_id=listing_id, reason=reason, words=words, reported_at=now)
            u.keep(made)
            u.audit(now, "visitor", "report", listing_id, reason=reason)
    return Told(already=already, elsewhere=owner.name if owner else "")


def unread(here: Here, u: UnitOfWork) -> Sequence[Reported]:
    """Give the reports that wait for this station: those told here and those of its own listings, by listing, oldest first."""
    by_listing: dict[str, list[Report]] = {}
    for one in u.list(Report):
        if not u.count(CaseStep, case_id=one.id, station_id=here.station_id):
            by_listing.setdefault(one.listing_id, []).append(one)
    return [Reported(listing=u.get(Listing, listing_id), reports=tuple(found)) for listing_id, found in by_listing.items()]


def as_case(here: Here, reported: Reported) -> Case:
    """Show reports as the case that they become once staff act on it; its id is the first report's."""
    first, listing = reported.reports[0], reported.listing
    return Case(
        id=first.id,
        station_id=here.station_id,
        kind=CaseKind.FALSE_LISTING,
        employer_id=listing.employer_id if listing else None,
        listing_id=first.listing_id,
        text=summary(reported.reports),
        opened_at=first.reported_at,
    )


def summary(reports: Sequence[Report]) -> str:
    """Say what was reported: each reason with how often, and the visitors' own words."""
    counts = {reason: sum(one.reason is reason for one in reports) for reason in ReportReason}
    reasons = "，".join(
        t("report.times", reason=t(f"report_reason.{reason}"), count=count) if len(reports) > 1 else t(f"report_reason.{reason}")
        for reason, count in counts.items()
        if count
    )
    return "\n".join([reasons, *(t("report.quoted", words=one.words) for one in reports if one.words)])


def take_up(here: Here, u: UnitOfWork, session: Session, report_id: str) -> Case:
    """Open the case of a group of reports in the caller's transaction, and mark each as taken up; raise NotFound for an unknown one."""
    group = next((g for g in unread(here, u) if report_id in {one.id for one in g.reports}), None)
    if group is None:
        raise NotFound(report_id)
    now = here.now()
    case = replace(as_case(here, group), id=new_id(now), by_name=session.name, opened_at=now)
    u.keep(case)
    u.audit(now, session.staff_id, "open_case", case.id, kind=case.kind)
    for one in group.reports:
        u.keep(
            CaseStep(
                id=new_id(now),
                station_id=here.station_id,
                case_id=one.id,
                state=CaseState.SETTLED,
                note=t("report.taken_up"),
                by_id=session.staff_id,
                by_name=session.name,
                stepped_at=now,
            )
        )
    return case
