"""What of the store's tables is old enough to be asked about, and emptying a listing's contact in all its revisions. Knows no term."""

from collections.abc import Iterator
from datetime import date, datetime

import sqlalchemy as sa

from kiosk.domain.listing import Listing
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import to_plain
from kiosk.domain.referral import Referral
from kiosk.domain.worker import Worker, WorkerState
from kiosk.store.schema import TABLES

LISTING, JOB, WORKER, REFERRAL = (TABLES[cls] for cls in (Listing, PrintJob, Worker, Referral))


def listings_with_contact(connection: sa.Connection) -> Iterator[tuple[str, date]]:
    """Give the listings that still say whom to call, each with the last day of any of its revisions."""
    told = sa.or_(LISTING.c.contact_phone != "", LISTING.c.contact_name != "")
    ids = sa.select(LISTING.c.id).where(told)
    query = sa.select(LISTING.c.id, sa.func.max(LISTING.c.ends_on)).where(LISTING.c.id.in_(ids)).group_by(LISTING.c.id)
    for listing_id, ends_on in connection.execute(query):
        yield listing_id, date.fromisoformat(ends_on)


def empty_contact(connection: sa.Connection, listing_id: str) -> None:
    """Take out whom to call, in the place of every revision: a new revision would be a listing that waits for review."""
    connection.execute(sa.update(LISTING).where(LISTING.c.id == listing_id).values(contact_name="", contact_phone=""))


def old_slips(connection: sa.Connection, since: datetime, before: datetime) -> set[str]:
    """Give the slips that were last touched between the two: what an earlier clock wrote is nobody's time."""
    between = sa.and_(JOB.c.changed_at >= to_plain(since), JOB.c.changed_at < to_plain(before))
    return set(connection.scalars(sa.select(JOB.c.id).where(between)))


def slips_of_the_withdrawn(connection: sa.Connection) -> set[str]:
    """Give slips that name who is not to be known any more: a backup, or another terminal's withdrawal, may have left them here."""
    gone = sa.select(WORKER.c.id).where(WORKER.c.state == WorkerState.WITHDRAWN.value)
    theirs = sa.select(REFERRAL.c.id).where(REFERRAL.c.worker_id.in_(gone))
    return set(connection.scalars(sa.select(JOB.c.id).where(sa.or_(JOB.c.subject_id.in_(gone), JOB.c.subject_id.in_(theirs)))))
