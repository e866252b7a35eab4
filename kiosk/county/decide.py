"""What the county itself decides about what stations collected: a listing taken off every board, an employer held or released everywhere.

Written as a station writes its own, into everybody's feed and urgent; stations apply it as any other. A takedown goes to all stations
whether they have seen the listing or not: so nobody's approval can come between, and no later revision stands in public again.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kiosk.county.feed import EVERYONE, Entry, append
from kiosk.county.judge import ABOUT
from kiosk.county.phone_limits import hold
from kiosk.county.schema import record
from kiosk.domain.employer import EmployerHold, in_force
from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import ListingState, Takedown
from kiosk.domain.record import from_plain, new_id, to_plain
from kiosk.domain.station import COUNTY
from kiosk.errors import BadInput, NotFound, WrongState
from kiosk.sync.protocol import Op

REASON_MAX = 120


def take_down(
    connection: sa.Connection,
    county_id: str,
    listing_id: str,
    by_name: str,
    reason: str,
    now: datetime,
    state: ListingState = ListingState.WITHDRAWN,
) -> Takedown:
    """Take a listing off every board, for good. EXPIRED instead of WITHDRAWN where it is nobody's fault: another station has it, too.

    Raises BadInput without a reason, NotFound, WrongState when it was taken down before, by whomever.
    """
    reason = _checked(reason)
    hold(connection, listing_id)
    if not _data(connection, county_id, "listing", record.c.id == listing_id):
        raise NotFound(f"listing {listing_id}")
    if _data(connection, county_id, "takedown", record.c.about == listing_id):
        raise WrongState(f"{listing_id} was taken down before")
    takedown = Takedown(
        id=new_id(now), station_id=COUNTY, listing_id=listing_id, by_name=by_name, reason=reason, state=state, taken_down_at=now
    )
    tell(connection, county_id, [takedown], now)
    return takedown


def decide_hold(
    connection: sa.Connection, county_id: str, employer_ids: Collection[str], held: bool, reason: str, by: tuple[str, str], now: datetime
) -> list[EmployerHold]:
    """Hold or release an employer in all of these files; `by` is the decider's id and name.

    Raises BadInput without a reason, NotFound for a file that is not there, WrongState where the county's word says the same already.
    """
    reason = _checked(reason)
    decided = []
    for employer_id in sorted(employer_ids):
        hold(connection, employer_id)
        if not _data(connection, county_id, "employer", record.c.id == employer_id):
            raise NotFound(f"employer {employer_id}")
        before = [from_plain(EmployerHold, data) for data in _data(connection, county_id, "employer_hold", record.c.about == employer_id)]
        if is_countys(before) is held:
            continue
        one = EmployerHold(
            id=new_id(now),
            station_id=COUNTY,
            employer_id=employer_id,
            held=held,
            reason=reason,
            by_id=by[0],
            by_name=by[1],
            # past the decisions before, whatever clock they were made by: the last one counts
            decided_at=max([now, *(h.decided_at + timedelta(milliseconds=1) for h in before if h.station_id == COUNTY)]),
        )
        decided.append(one)
    if not decided:
        raise WrongState(f"held: {held}")
    tell(connection, county_id, decided, now)
    return decided


def is_countys(holds: Collection[EmployerHold]) -> bool:
    """Say whether the county itself holds the employer now."""
    return any(one.station_id == COUNTY for one in in_force(list(holds)))


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise BadInput("reason", "bad.console.reason", most=REASON_MAX)
    return reason


def _data(connection: sa.Connection, county_id: str, entity: str, *where: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    these = (record.c.county_id == county_id, record.c.entity == entity, record.c.data.is_not(None), *where)
    return list(connection.scalars(sa.select(record.c.data).where(*these)))


def tell(connection: sa.Connection, county_id: str, records: Sequence[Takedown | EmployerHold], now: datetime) -> None:
    """Write decisions of the county's, and put them into everybody's feed before all that is not urgent."""
    entries = []
    for one in records:
        entity, data = NAME_OF[type(one)], to_plain(one)
        values = {"county_id": county_id, "entity": entity, "id": one.id, "revision": 1, "owner": COUNTY, "about": data[ABOUT[entity]]}
        connection.execute(sa.insert(record).values(**values, data=data, received_at=now))
        entries.append(Entry(EVERYONE, entity, one.id, 1, Op.PUT, COUNTY, urgent=True))
    append(connection, county_id, entries)
