"""The public projection: which listings stand on the board and in the job list, kept in step inside the transaction that changes them.

A row is made anew at each publication. Its `seq` is that instant in seconds, or the next free one: so the index, read backwards without
sorting, gives the newest publication first, whenever it arrived here (docs/decisions/search.md). Numbers (17号) are the smallest free ones.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kiosk.domain.employer import EmployerHold, is_held
from kiosk.domain.listing import Listing, PublicListing, Published, Review, Takedown, Verdict, public_revision
from kiosk.domain.pay import per_day
from kiosk.domain.record import EPOCH, to_plain
from kiosk.store import search
from kiosk.store.schema import TABLES, free_number, from_row, public_listing, to_row


def project(connection: sa.Connection, listing_ids: Collection[str], today: date) -> None:
    """Bring the public rows of these listings to what their revisions, reviews and takedowns say now."""
    shown = sa.select(public_listing).where(public_listing.c.listing_id.in_(listing_ids))
    standing = {row["listing_id"]: row for row in connection.execute(shown).mappings()}
    reviews = _records(connection, Review, "listing_id", listing_ids)
    known = [one for one in listing_ids if one in standing or one in reviews]
    if not known:
        return
    revisions, takedowns = _records(connection, Listing, "id", known), _records(connection, Takedown, "listing_id", known)
    chosen = {one: public_revision(revisions[one], reviews[one], takedowns[one], today) for one in known}
    employers = {listing.employer_id for listing in chosen.values() if listing is not None and listing.employer_id is not None}
    holds = _records(connection, EmployerHold, "employer_id", employers)
    leaving, coming = [], list[tuple[datetime, PublicListing, int | None]]()
    for one, listing in chosen.items():
        row = standing.get(one)
        if listing is not None and listing.employer_id is not None and is_held(holds[listing.employer_id]):
            listing = None
        if row is not None and listing is not None and row["revision"] == listing.revision:
            continue
        if row is not None:
            leaving.append(row)
        if listing is not None:
            approved = max(r.reviewed_at for r in reviews[one] if r.listing_revision == listing.revision and r.verdict is Verdict.APPROVE)
            coming.append((approved, listing.public(), None if row is None else row["number"]))
    highest = max(connection.scalar(sa.select(sa.func.max(one))) or 0 for one in (public_listing.c.number, free_number.c.number))
    unpublish(connection, [row["seq"] for row in leaving])
    _publish(connection, sorted(coming, key=lambda one: one[0]), highest)


def _publish(connection: sa.Connection, coming: Sequence[tuple[datetime, PublicListing, int | None]], highest: int) -> None:
    """Make public rows, the oldest publication first. One that stood in public keeps its number; `highest` is the highest ever given."""
    if not coming:
        return
    seqs = _free_seqs(connection, [approved for approved, _, _ in coming])
    kept = [number for _, _, number in coming if number is not None]
    fresh = iter(_take_numbers(connection, len(coming) - len(kept), kept, highest))
    rows, pages = [], []
    for seq, (approved, listing, number) in zip(seqs, coming, strict=True):
        values = to_row(listing)
        values["listing_id"] = values.pop("id")
        values |= {"seq": seq, "number": number or next(fresh), "published_at": to_plain(approved), "day_fen": per_day(listing)}
        rows.append(values)
        pages.append((seq, listing, values["number"]))
    connection.execute(sa.insert(public_listing), rows)
    search.index(connection, pages)


def sweep(connection: sa.Connection, today: date) -> int:
    """Take down what ended before `today`; give how many."""
    ended = connection.scalars(sa.select(public_listing.c.seq).where(public_listing.c.ends_on < today.isoformat())).all()
    unpublish(connection, ended)
    return len(ended)


def bring_back(connection: sa.Connection, today: date) -> int:
    """Publish what has not ended and yet is not in public: while the clock ran ahead it was over. Gives how many were looked at."""
    table = TABLES[Listing]
    missing = sa.select(table.c.id).where(table.c.ends_on >= today.isoformat(), table.c.id.not_in(sa.select(public_listing.c.listing_id)))
    listing_ids = connection.scalars(missing.distinct()).all()
    project(connection, listing_ids, today)
    return len(listing_ids)


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


_BEFORE = "SELECT published_at, seq FROM public_listing WHERE published_at <= ? ORDER BY published_at DESC, seq DESC LIMIT 1"
_THERE = "SELECT 1 FROM public_listing WHERE seq = ?"


def listings_of(connection: sa.Connection, employer_id: str) -> Sequence[str]:
    """Give the ids of an employer's listings, of whatever station."""
    table = TABLES[Listing]
    return connection.scalars(sa.select(table.c.id).where(table.c.employer_id == employer_id).distinct()).all()


def _records(connection: sa.Connection, cls: type, key: str, of: Collection[str]) -> defaultdict[str, list[Any]]:
    """Give the records of a class whose field `key` is one of these, by it."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    if of:
        table = TABLES[cls]
        for row in connection.execute(sa.select(table).where(table.c[key].in_(of))).mappings():
            found[row[key]].append(from_row(cls, row))
    return found


def _free_seqs(connection: sa.Connection, instants: Sequence[datetime]) -> list[int]:
    """Give for publications, the oldest first, their second, moved on past what was published just before and what stands there already."""
    seqs: list[int] = []
    last: tuple[str, int] | None = None
    for published_at in instants:
        at = to_plain(published_at)
        row = connection.exec_driver_sql(_BEFORE, (at,)).first()
        before = max((tuple(one) for one in (row, last) if one is not None), default=None)
        seq = (published_at - EPOCH) // timedelta(seconds=1)
        if before is not None:
            seq = max(seq, before[1] + 1)
        while seq in seqs or connection.exec_driver_sql(_THERE, (seq,)).first() is not None:
            seq += 1
        seqs.append(seq)
        last = (at, seq)
    return seqs


def _take_numbers(connection: sa.Connection, count: int, kept: Collection[int], highest: int) -> list[int]:
    """Take so many of the smallest numbers that nobody has; `kept` stay with their listings."""
    number = free_number.c.number
    connection.execute(sa.delete(free_number).where(number.in_(kept)))
    free = list(connection.scalars(sa.select(number).order_by(number).limit(count)))
    connection.execute(sa.delete(free_number).where(number.in_(free)))
    return free + list(range(highest + 1, highest + 1 + count - len(free)))
