"""The public projection: which listings stand on the board and in the job list, kept in step inside the transaction that changes them.

A row is made anew at each publication. Its `seq` is that instant in seconds, or the next free one: so the index, read backwards without
sorting, gives the newest publication first, whenever it arrived here (docs/decisions/search.md). Numbers (17号) are the smallest free ones.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kiosk.domain.employer import EmployerHold, is_held
from kiosk.domain.listing import Listing, PublicListing, Published, Review, Takedown, Verdict, public_revision
from kiosk.domain.pay import per_day
from kiosk.domain.record import EPOCH, to_plain
from kiosk.store import search
from kiosk.store.schema import TABLES, free_number, from_row, public_listing, to_row


def project(connection: sa.Connection, listing_id: str, today: date) -> None:
    """Bring one listing's public row to what its revisions, reviews and takedowns say now."""
    row = connection.execute(_STANDING, {"of": listing_id}).mappings().first()
    reviews = _records(connection, Review, listing_id)
    if row is None and not reviews:
        return
    takedowns = _records(connection, Takedown, listing_id)
    chosen = public_revision(_records(connection, Listing, listing_id), reviews, takedowns, today)
    if chosen is not None and chosen.employer_id is not None and is_held(_records(connection, EmployerHold, chosen.employer_id)):
        chosen = None
    if row is not None and chosen is not None and row["revision"] == chosen.revision:
        return
    if row is not None:
        unpublish(connection, [row["seq"]])
    if chosen is None:
        return
    number = _take_number(connection, row["number"] if row is not None else None)
    approved = max(r.reviewed_at for r in reviews if r.listing_revision == chosen.revision and r.verdict is Verdict.APPROVE)
    listing = chosen.public()
    values = to_row(listing)
    values["listing_id"] = values.pop("id")
    seq = _free_seq(connection, approved)
    values |= {"seq": seq, "number": number, "published_at": to_plain(approved), "day_fen": per_day(listing)}
    connection.execute(sa.insert(public_listing), values)
    search.index(connection, seq, listing, number)


def sweep(connection: sa.Connection, today: date) -> int:
    """Take down what ended before `today`; give how many."""
    ended = connection.scalars(sa.select(public_listing.c.seq).where(public_listing.c.ends_on < today.isoformat())).all()
    unpublish(connection, ended)
    return len(ended)


def unpublish(connection: sa.Connection, seqs: Sequence[int]) -> None:
    """Remove rows from public and from the index."""
    for seq in seqs:
        search.unindex(connection, seq)
        gone = sa.delete(public_listing).where(public_listing.c.seq == seq).returning(public_listing.c.number)
        connection.execute(sa.insert(free_number), {"number": connection.execute(gone).scalar_one()})


def read_published(row: Any) -> Published:
    """Make the value of a public row."""
    values = {**row, "id": row["listing_id"]}
    return Published(
        seq=row["seq"],
        number=row["number"],
        published_at=datetime.fromisoformat(row["published_at"]),
        day_fen=row["day_fen"],
        listing=from_row(PublicListing, values),
    )


_STANDING = sa.select(public_listing).where(public_listing.c.listing_id == sa.bindparam("of"))
_BEFORE = (
    sa.select(public_listing.c.seq)
    .where(public_listing.c.published_at <= sa.bindparam("at"))
    .order_by(public_listing.c.published_at.desc(), public_listing.c.seq.desc())
    .limit(1)
)
_ABOUT: dict[type, sa.Select[Any]] = {
    cls: sa.select(TABLES[cls]).where(TABLES[cls].c[key] == sa.bindparam("of"))
    for cls, key in ((Listing, "id"), (Review, "listing_id"), (Takedown, "listing_id"), (EmployerHold, "employer_id"))
}


def listings_of(connection: sa.Connection, employer_id: str) -> Sequence[str]:
    """Give the ids of an employer's listings, of whatever station."""
    table = TABLES[Listing]
    return connection.scalars(sa.select(table.c.id).where(table.c.employer_id == employer_id).distinct()).all()


def _records(connection: sa.Connection, cls: type, of: str) -> list[Any]:
    return [from_row(cls, row) for row in connection.execute(_ABOUT[cls], {"of": of}).mappings()]


def _free_seq(connection: sa.Connection, published_at: datetime) -> int:
    """Give the second of publication, moved on past what was published just before and what stands there already."""
    before = connection.scalar(_BEFORE, {"at": to_plain(published_at)})
    seq = (published_at - EPOCH) // timedelta(seconds=1)
    if before is not None:
        seq = max(seq, before + 1)
    while connection.scalar(sa.select(public_listing.c.seq).where(public_listing.c.seq == seq)) is not None:
        seq += 1
    return seq


def _take_number(connection: sa.Connection, kept: int | None) -> int:
    number = kept or connection.scalar(sa.select(sa.func.min(free_number.c.number)))
    if number is not None:
        connection.execute(sa.delete(free_number).where(free_number.c.number == number))
        return number
    return (connection.scalar(sa.select(sa.func.max(public_listing.c.number))) or 0) + 1
