"""The public projection: which listings stand on the board and in the job list, kept in step inside the transaction that changes them.

A row is made anew at each publication. Its `seq` is that instant in seconds, or the next free one: so the index, read backwards without
sorting, gives the newest publication first, whenever it arrived here (docs/decisions/search.md).

A number (17号) is on paper and in people's heads for the day: a listing that comes back has it again unless another has it by then, and no
other has it on the day on which it was seen (China's). While the day is not known no number changes hands.
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

LEAST_DIGITS = 2
"""Numbers of fewer digits are taken as if they had so many: nobody minds 17 instead of 7."""


def project(connection: sa.Connection, listing_ids: Collection[str], today: date, sure: bool) -> None:
    """Bring the public rows of these listings to what their revisions, reviews and takedowns say now; `sure`: that day is known."""
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
    leaving, coming = [], list[tuple[datetime, PublicListing]]()
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
            coming.append((approved, listing.public()))
    unpublish(connection, [row["seq"] for row in leaving], today, sure)
    _publish(connection, sorted(coming, key=lambda one: one[0]), today, sure)


def _publish(connection: sa.Connection, coming: Sequence[tuple[datetime, PublicListing]], today: date, sure: bool) -> None:
    """Make public rows, the oldest publication first."""
    if not coming:
        return
    seqs = _free_seqs(connection, [approved for approved, _ in coming])
    numbers = _take_numbers(connection, [listing.id for _, listing in coming], today, sure)
    rows, pages = [], []
    for seq, (approved, listing) in zip(seqs, coming, strict=True):
        values = to_row(listing)
        values["listing_id"] = values.pop("id")
        values |= {"seq": seq, "number": numbers[listing.id], "published_at": to_plain(approved), "day_fen": per_day(listing)}
        rows.append(values)
        pages.append((seq, listing, values["number"]))
    connection.execute(sa.insert(public_listing), rows)
    search.index(connection, pages)


def sweep(connection: sa.Connection, today: date, sure: bool) -> int:
    """Take down what ended before `today`; give how many."""
    ended = connection.scalars(sa.select(public_listing.c.seq).where(public_listing.c.ends_on < today.isoformat())).all()
    unpublish(connection, ended, today, sure)
    return len(ended)


def bring_back(connection: sa.Connection, today: date, sure: bool) -> int:
    """Publish what has not ended and yet is not in public: while the clock ran ahead it was over. Gives how many were looked at."""
    table = TABLES[Listing]
    missing = sa.select(table.c.id).where(table.c.ends_on >= today.isoformat(), table.c.id.not_in(sa.select(public_listing.c.listing_id)))
    listing_ids = connection.scalars(missing.distinct()).all()
    project(connection, listing_ids, today, sure)
    return len(listing_ids)


def unpublish(connection: sa.Connection, seqs: Sequence[int], today: date, sure: bool) -> None:
    """Remove rows from public and from the index, and note who had which number until when."""
    c, left = public_listing.c, []
    for seq in seqs:
        search.unindex(connection, seq)
        gone = connection.execute(sa.delete(public_listing).where(c.seq == seq).returning(c.number, c.listing_id)).one()
        left.append(dict(gone._mapping) | {"left_on": today.isoformat() if sure else None})
    if left:
        connection.execute(sa.insert(free_number), left)


def left(connection: sa.Connection, number: int) -> str | None:
    """Give the id of the listing that has left and whose number it was; None when it is another's by now, or was nobody's."""
    return connection.scalar(sa.select(free_number.c.listing_id).where(free_number.c.number == number))


def take_over_numbers(connection: sa.Connection, told: Collection[tuple[int, str]], today: date, sure: bool) -> list[str]:
    """Let listings have the numbers of another store (number, listing), whatever theirs are here; give whom to project again."""
    had = {listing_id: number for number, listing_id in dict(told).items()}
    theirs = frozenset(had.values())
    c, free = public_listing.c, free_number.c
    stands = {row.listing_id: row for row in connection.execute(sa.select(c.listing_id, c.number, c.seq))}
    wrong = {one: row for one, row in stands.items() if had.get(one, row.number) != row.number or (one not in had and row.number in theirs)}
    unpublish(connection, [row.seq for row in wrong.values()], today, sure)
    for number, listing_id in connection.execute(sa.select(free.number, free.listing_id)).all():
        if number in theirs or listing_id in had:
            connection.execute(sa.delete(free_number).where(free.number == number))
    kept = [{"number": number, "listing_id": one, "left_on": None} for one, number in had.items() if one not in stands or one in wrong]
    if kept:
        connection.execute(sa.insert(free_number), kept)
    return list(wrong)


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


def _take_numbers(connection: sa.Connection, listing_ids: Sequence[str], today: date, sure: bool) -> dict[str, int]:
    """Give each listing the number that it had, else one of the fewest digits that nobody had today: a new one, or the longest unused."""
    c, day = free_number.c, today.isoformat()
    if sure:
        # what left while nobody knew the day, or by a clock that ran ahead, may have been seen today
        unknown = sa.or_(c.left_on.is_(None), c.left_on > day)
        connection.execute(sa.update(free_number).where(unknown).values(left_on=day))
    highest = max(connection.scalar(sa.select(sa.func.max(one))) or 0 for one in (public_listing.c.number, c.number))
    own = dict(map(tuple, connection.execute(sa.select(c.listing_id, c.number).where(c.listing_id.in_(listing_ids)))))
    connection.execute(sa.delete(free_number).where(c.number.in_(own.values())))
    others = [one for one in listing_ids if one not in own]
    if not others:
        return own
    digits = sa.func.max(LEAST_DIGITS, sa.func.length(c.number))
    free = sa.select(digits, c.left_on, c.number).where(c.left_on < day).order_by(digits, c.left_on, c.number).limit(len(others))
    unused = [tuple(row) for row in connection.execute(free)] if sure else []
    new = [(max(LEAST_DIGITS, len(str(number))), "", number) for number in range(highest + 1, highest + 1 + len(others))]
    taken = [number for _, _, number in sorted(new + unused)[: len(others)]]
    connection.execute(sa.delete(free_number).where(c.number.in_(taken)))
    return own | dict(zip(others, taken, strict=True))
