"""Finding listings of the whole county: by words and filters, twins that two stations collected, and what swindlers leave at several.

Reads rows of `listing_rows`, newest first and by keyset, so that a page costs the same however many there are. Says nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from kiosk.county.bulk import among
from kiosk.county.listing_rows import FRAUD_RULES, REFUSED, query_of
from kiosk.county.schema import listing_row, record
from kiosk.domain.likeness import is_copy, same_in
from kiosk.domain.listing import Listing, ListingState
from kiosk.domain.record import from_plain

PAGE, NEAR = 50, 3000
"""So many a page; words are looked for among so many of the newest first."""
Place = tuple[datetime, str]
"""Where a page ended: when its last row was collected, and its id."""
LIVE = (ListingState.APPROVED.value, ListingState.PENDING.value)
PAIRS, WALKED, OTHERS = 25, 1000, 8
"""So many twins a page, so many listings that are gone through for them, so many others that each is held against."""
WITHIN = timedelta(days=14)
LATELY = 20_000
"""What swindlers leave is looked for among so many of the newest, of so many days (own)."""
SHOWN = 12
ROW = listing_row.c


class Where(StrEnum):
    """How a listing stands, as one asks for it."""

    PUBLIC = "public"
    PENDING = "pending"
    REFUSED = "refused"
    HELD = "held"
    DOWN = "down"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; `stations` None is all of them."""

    words: str = ""
    phone: str = ""
    trade: str = ""
    where: Where | None = None
    since: datetime | None = None
    stations: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """Two listings of two stations that are probably one, the newer first, and what is the same (likeness.same_in)."""

    newer: Listing
    older: Listing
    same: tuple[str, ...]


class Clue(StrEnum):
    """By what a pattern hangs together."""

    PHONE = "phone"
    TEXT = "text"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What turns up at several stations within days. `first` is the oldest listing of it, `ids` the newest; `gravity` orders patterns."""

    clue: Clue
    first: str
    ids: tuple[str, ...]
    count: int
    stations: tuple[str, ...]
    phones: int
    refused: bool
    down: bool
    held: bool
    findings: tuple[str, ...]

    @property
    def gravity(self) -> int:
        """Weigh it: what was found bad once counts most, then the words, then how far it has spread (own)."""
        worst = min((FRAUD_RULES.index(name) for name in self.findings), default=len(FRAUD_RULES))
        bad = 4 * self.held + 3 * self.refused + 3 * self.down + (len(FRAUD_RULES) - worst)
        return bad + min(len(self.stations) - 1, 4) + 2 * (self.clue is Clue.TEXT and self.phones > 1)

    @property
    def is_suspect(self) -> bool:
        """Say whether it is more than an employer who asks at two stations."""
        bad = self.held or self.refused or self.down or bool(self.findings)
        return bad or len(self.stations) > 3 or (self.clue is Clue.TEXT and self.phones > 1)


def search(connection: sa.Connection, county_id: str, wanted: Wanted, today: date, before: Place | None = None) -> Sequence[Place]:
    """Give a page of listings and one more, newest first.

    Words are looked for among the newest first, then in their index: PostgreSQL itself would guess which of the two is quicker, and guesses
    wrongly where words and other filters have little in common (1.3 s *(tried)*).
    """
    where = [ROW.county_id == county_id, *_asked(wanted, today), *([_earlier(listing_row, before)] if before else [])]
    rows = sa.select(ROW.collected_at, ROW.id, ROW.words).where(*where)
    if not wanted.words:
        return _page(connection, rows.with_only_columns(ROW.collected_at, ROW.id), ROW)
    query = sa.cast(query_of(wanted.words), TSQUERY)
    newest = rows.order_by(ROW.collected_at.desc(), ROW.id.desc()).limit(NEAR).subquery()
    found = _page(connection, sa.select(newest.c.collected_at, newest.c.id).where(newest.c.words.op("@@")(query)), newest.c)
    if len(found) > PAGE:
        return found
    # the offset keeps the order out of it: what is found is little by now
    every = rows.where(ROW.words.op("@@")(query)).offset(0).subquery()
    return _page(connection, sa.select(every.c.collected_at, every.c.id), every.c)


def _page(connection: sa.Connection, query: sa.Select[Any], c: Any) -> Sequence[Place]:
    rows = connection.execute(query.order_by(c.collected_at.desc(), c.id.desc()).limit(PAGE + 1))
    return [(row.collected_at, row.id) for row in rows]


def _asked(wanted: Wanted, today: date) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.phone:
        found.append(ROW.phone == wanted.phone)
    if wanted.trade:
        found.append(ROW.trade == wanted.trade)
    if wanted.stations is not None:
        found.append(ROW.station_id.in_(sorted(wanted.stations)))
    if wanted.since is not None:
        found.append(ROW.collected_at >= wanted.since)
    return [*found, *_standing(wanted.where, today)]


def _standing(where: Where | None, today: date) -> list[sa.ColumnElement[bool]]:
    approved = ROW.state == ListingState.APPROVED.value
    match where:
        case Where.PUBLIC:
            return [approved, ~ROW.held, ROW.ends_on >= today]
        case Where.HELD:
            return [approved, ROW.held, ROW.ends_on >= today]
        case Where.OVER:
            return [sa.or_(sa.and_(approved, ROW.ends_on < today), ROW.state.in_((ListingState.FILLED.value, ListingState.EXPIRED.value)))]
        case Where.REFUSED:
            return [ROW.state == REFUSED]
        case Where.PENDING:
            return [ROW.state == ListingState.PENDING.value]
        case Where.DOWN:
            return [ROW.state == ListingState.WITHDRAWN.value]
        case None:
            return []


def twins(
    connection: sa.Connection, county_id: str, today: date, stations: Collection[str] | None, before: Place | None = None
) -> tuple[list[Twins], Place | None]:
    """Give twins, the newest first, and from where to go on; None where all that is live has been gone through."""
    live = (ROW.county_id == county_id, ROW.state.in_(LIVE), ROW.ends_on >= today)
    walk = sa.select(ROW.id, ROW.station_id, ROW.collected_at, ROW.phone, ROW.text_key, ROW.place_key).where(*live)
    walk = walk.where(_earlier(listing_row, before)) if before else walk
    newest = walk.order_by(ROW.collected_at.desc(), ROW.id.desc()).limit(WALKED).cte("newest")
    other = listing_row.alias()
    alike = (
        other.c.county_id == county_id,
        other.c.state.in_(LIVE),
        other.c.ends_on >= today,
        other.c.station_id != newest.c.station_id,
        sa.tuple_(other.c.collected_at, other.c.id) < sa.tuple_(newest.c.collected_at, newest.c.id),
    )
    keys = ("phone", "text_key", "place_key")
    same = sa.union(*(sa.select(other.c.id).where(*alike, other.c[key] == newest.c[key]).limit(OTHERS) for key in keys)).lateral("same")
    pairs = sa.select(newest.c.id, newest.c.collected_at, same.c.id.label("other")).select_from(newest.join(same, sa.true()))
    rows = connection.execute(pairs.order_by(newest.c.collected_at.desc(), newest.c.id.desc())).all()
    last = connection.execute(walk.order_by(ROW.collected_at.desc(), ROW.id.desc()).offset(WALKED - 1).limit(1)).first()
    known = newest_of(connection, county_id, {one for row in rows[: PAIRS * OTHERS] for one in (row.id, row.other)})
    found: list[Twins] = []
    for row in rows[: PAIRS * OTHERS]:
        if row.id not in known or row.other not in known:
            continue
        newer, older = known[row.id], known[row.other]
        mine = stations is None or bool({newer.station_id, older.station_id} & set(stations))
        if mine and is_copy(alike_in := same_in(newer, older)):
            found.append(Twins(newer=newer, older=older, same=alike_in))
    if len(rows) > PAIRS * OTHERS:
        cut = rows[PAIRS * OTHERS - 1]
        return found, (cut.collected_at, cut.id)
    return found, (last.collected_at, last.id) if last else None


def patterns(connection: sa.Connection, county_id: str, now: datetime, stations: Set[str] | None) -> list[Pattern]:
    """Give what turned up at several stations within days and is suspect, the gravest first."""
    groups: dict[tuple[Clue, str], list[Any]] = defaultdict(list)
    for row in connection.execute(_at_several(county_id, now)):
        groups[Clue(row.clue), row.key].append(row)
    found: dict[frozenset[str], Pattern] = {}
    for (clue, key), rows in groups.items():
        one = _pattern(clue, key, rows)
        seen = stations is None or not stations.isdisjoint(one.stations)
        before = found.get(frozenset(one.ids))
        if one.is_suspect and seen and (before is None or before.gravity < one.gravity):
            found[frozenset(one.ids)] = one
    return sorted(found.values(), key=lambda one: (-one.gravity, -len(one.stations), one.first))


def _at_several(county_id: str, now: datetime) -> sa.CompoundSelect[Any]:
    """Find, among the newest, what has a number, words or a broken rule in common with another station's: with each, the newest first."""
    columns = (ROW.id, ROW.station_id, ROW.collected_at, ROW.phone, ROW.text_key, ROW.state, ROW.held, ROW.findings)
    lately = sa.select(*columns).where(ROW.county_id == county_id, ROW.collected_at >= now - WITHIN)
    recent = lately.order_by(ROW.collected_at.desc(), ROW.id.desc()).limit(LATELY).cte("recent")
    c = recent.c
    broken = sa.func.unnest(c.findings).table_valued("rule").render_derived(name="broken")
    with_rules = recent.join(broken, sa.func.cardinality(c.findings) > 0)
    parts = []
    for clue, key, source in ((Clue.PHONE, c.phone, recent), (Clue.TEXT, c.text_key, recent), (Clue.RULE, broken.c.rule, with_rules)):
        several = sa.select(key).select_from(source).group_by(key).having(sa.func.min(c.station_id) != sa.func.max(c.station_id))
        said = (
            sa.literal(clue.value).label("clue"),
            key.label("key"),
            c.id,
            c.station_id,
            c.collected_at,
            c.phone,
            c.state,
            c.held,
            c.findings,
        )
        parts.append(sa.select(*said).select_from(source).where(key != "", key.in_(several)))
    return sa.union_all(*parts).order_by(sa.desc("collected_at"), sa.desc("id"))


def _pattern(clue: Clue, key: str, rows: Sequence[Any]) -> Pattern:
    states, broken = {row.state for row in rows}, {rule for row in rows for rule in row.findings}
    return Pattern(
        clue=clue,
        first=rows[-1].id,
        ids=tuple(row.id for row in rows[:SHOWN]),
        count=len(rows),
        stations=tuple(dict.fromkeys(row.station_id for row in rows)),
        phones=len({row.phone for row in rows}),
        refused=REFUSED in states,
        down=ListingState.WITHDRAWN in states,
        held=any(row.held for row in rows),
        findings=(key,) if clue is Clue.RULE else tuple(name for name in FRAUD_RULES if name in broken),
    )


def public_titles(connection: sa.Connection, county_id: str, ids: Collection[str], today: date) -> dict[str, str]:
    """Give the titles of those of the listings that stand in public, by id."""
    same = (record.c.county_id == county_id, record.c.entity == "listing", record.c.id == ROW.id)
    title = sa.select(record.c.data["title"].astext).where(*same).order_by(record.c.revision.desc()).limit(1)
    these = (ROW.county_id == county_id, ROW.id.in_(ids), *_standing(Where.PUBLIC, today))
    rows = connection.execute(sa.select(ROW.id, title.scalar_subquery()).where(*these))
    return {row[0]: row[1] or "" for row in rows}


def newest_of(connection: sa.Connection, county_id: str, ids: Collection[str]) -> dict[str, Listing]:
    """Give listings in their newest revision, by id; what was taken away is left out."""
    if not ids:
        return {}
    these = (record.c.county_id == county_id, record.c.entity == "listing", among((record.c.id,), [(one,) for one in ids]))
    rows = connection.execute(sa.select(record.c.id, record.c.data).where(*these).order_by(record.c.revision))
    return {row.id: from_plain(Listing, row.data) for row in rows if row.data}


def _earlier(table: sa.FromClause, before: Place) -> sa.ColumnElement[bool]:
    place = sa.tuple_(sa.literal(before[0], sa.DateTime(timezone=True)), sa.literal(before[1], sa.Text))
    return sa.tuple_(table.c.collected_at, table.c.id) < place
