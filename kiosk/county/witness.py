"""What the county decided and its database lost with a disk: given back by stations that hold it, then looked at by the centre.

Knows no HTTP.

A station is believed where being wrong only takes something away: a takedown, or a hold that would be in force; and only for a while after
the database was put back. Each is written down as that station's word, and waits until the centre says whether it was its own. Nothing
else of the county's is ever taken from a station.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiosk.county.bulk import among
from kiosk.county.console.audit import audit
from kiosk.county.decide import REASON_MAX, tell
from kiosk.county.feed import was_put_back
from kiosk.county.judge import ID, Author, RefuseError, read
from kiosk.county.phone_limits import hold
from kiosk.county.publish import bury
from kiosk.county.schema import handed_back, record
from kiosk.domain.employer import EmployerHold, in_force
from kiosk.domain.entities import HANDED_BACK, NAME_OF
from kiosk.domain.listing import ListingState, Takedown
from kiosk.domain.record import from_plain
from kiosk.domain.station import COUNTY
from kiosk.errors import NotFound
from kiosk.sync.protocol import Change, Op

WAITING_MAX = 1000
"""So many of one station's may wait for the centre's word at a time."""
AHEAD = timedelta(days=1)
"""A decision lies no further ahead of the hub's clock: it would outlast every later word of the centre's."""
NAME_MAX = 64

Decided = Takedown | EmployerHold


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """A decision that a station gave back and that waits for the centre's word."""

    decided: Decided
    station_id: str
    at: datetime

    @property
    def about(self) -> str:
        """Give the listing or the employer's file that it is about."""
        return _about(self.decided)


def take(connection: sa.Connection, author: Author, changes: Sequence[Change], now: datetime) -> int:
    """Take decisions of the county's that the database lacks; give how many. What cannot be believed is left out, not refused."""
    county_id = author.county_id
    if not was_put_back(connection, county_id, now):
        return 0
    hold(connection, f"witness {county_id}")
    sound = {(NAME_OF[type(one)], one.id): one for change in changes if (one := _read(change, now)) is not None}
    these = (record.c.county_id == county_id, among((record.c.entity, record.c.id), list(sound)))
    known = set(map(tuple, connection.execute(sa.select(record.c.entity, record.c.id).where(*these)))) if sound else set()
    mine = (handed_back.c.county_id == county_id, handed_back.c.station_id == author.station_id)
    room = WAITING_MAX - (connection.scalar(sa.select(sa.func.count()).select_from(handed_back).where(*mine)) or 0)
    lacking = [one for key, one in sound.items() if key not in known]
    new = _counting(connection, county_id, lacking)[: max(0, room)]
    if not new:
        return 0
    named = {"county_id": county_id, "station_id": author.station_id, "device_id": author.device_id, "at": now}
    connection.execute(sa.insert(handed_back), [named | {"entity": NAME_OF[type(one)], "id": one.id} for one in new])
    tell(connection, county_id, new, now)
    for one in new:
        audit(connection, county_id, now, "", f"{NAME_OF[type(one)]}_handed_back", _about(one), station=author.station_id)
    return len(new)


def waiting(connection: sa.Connection, county_id: str) -> list[HandedBack]:
    """Give what waits for the centre's word, the oldest first."""
    same = [record.c[key] == handed_back.c[key] for key in ("county_id", "entity", "id")]
    columns = (handed_back.c.entity, handed_back.c.station_id, handed_back.c.at, record.c.data)
    query = sa.select(*columns).select_from(handed_back.join(record, sa.and_(*same))).where(handed_back.c.county_id == county_id)
    kinds: dict[str, type[Decided]] = {NAME_OF[cls]: cls for cls in (Takedown, EmployerHold)}
    return [
        HandedBack(decided=from_plain(kinds[row.entity], row.data), station_id=row.station_id, at=row.at)
        for row in connection.execute(query.where(record.c.data.is_not(None)).order_by(handed_back.c.at, handed_back.c.id))
    ]


def settle(
    connection: sa.Connection, county_id: str, now: datetime, *, ours: bool, decision_id: str = "", station_id: str = "", upto: datetime
) -> list[HandedBack]:
    """Say of one decision, or of all that a station gave back up to an instant, whether it is the county's own; give them.

    What is not is taken away from everybody. Raises NotFound where none waits: somebody else may have said so already.
    """
    hold(connection, f"witness {county_id}")
    chosen = [
        one
        for one in waiting(connection, county_id)
        if one.at <= upto and (one.decided.id == decision_id if decision_id else one.station_id == station_id)
    ]
    if not chosen:
        raise NotFound(f"handed back: {decision_id or station_id}")
    keys = [(NAME_OF[type(one.decided)], one.decided.id) for one in chosen]
    gone = (handed_back.c.county_id == county_id, among((handed_back.c.entity, handed_back.c.id), keys))
    connection.execute(sa.delete(handed_back).where(*gone))
    for entity, record_id in () if ours else keys:
        bury(connection, county_id, entity, record_id, now)
    return chosen


def _about(decided: Decided) -> str:
    return decided.listing_id if isinstance(decided, Takedown) else decided.employer_id


def _read(change: Change, now: datetime) -> Decided | None:
    """Give the decision in a change; None where the county would not have made it so."""
    if change.entity not in HANDED_BACK or change.op != Op.PUT or change.revision != 1 or not ID.fullmatch(change.record_id):
        return None
    try:
        one: Decided = read(change)
    except RefuseError:
        return None
    if isinstance(one, Takedown):
        names, at, takes_away = [one.by_name], one.taken_down_at, one.state in (ListingState.WITHDRAWN, ListingState.EXPIRED)
    else:
        names, at, takes_away = [one.by_name, one.by_id], one.decided_at, one.held
    written = all(len(name) <= NAME_MAX for name in names) and len(one.reason) <= REASON_MAX and "\0" not in one.reason + "".join(names)
    return one if one.station_id == COUNTY and takes_away and written and at <= now + AHEAD else None


def _counting(connection: sa.Connection, county_id: str, lacking: Sequence[Decided]) -> list[Decided]:
    """Leave out holds over which the county has said something since, here or in what came with them."""
    holds = [one for one in lacking if isinstance(one, EmployerHold)]
    about = (record.c.county_id == county_id, record.c.entity == "employer_hold", record.c.about.in_([one.employer_id for one in holds]))
    rows = connection.scalars(sa.select(record.c.data).where(*about, record.c.data.is_not(None))) if holds else ()
    said = [*(from_plain(EmployerHold, data) for data in rows), *holds]

    def counts(hold: EmployerHold) -> bool:
        return hold in in_force([one for one in said if one.employer_id == hold.employer_id])

    return [one for one in lacking if isinstance(one, Takedown) or counts(one)]
