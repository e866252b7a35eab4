"""What the county itself writes: stations, policies, trainings, notices, what was done on phones. A station's come in through `push`."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county.feed import EVERYONE, Entry, append, of_station, open_county
from kiosk.county.schema import record, station
from kiosk.county.tree import moved
from kiosk.domain.entities import NAME_OF, is_countys
from kiosk.domain.notice import Notice
from kiosk.domain.phone_act import PhoneAct
from kiosk.domain.record import to_plain
from kiosk.domain.rule_sheet import RuleSheet
from kiosk.domain.station import COUNTY, Policy, Station, Training
from kiosk.sync.protocol import Op

Countys = Station | Policy | Training | Notice | RuleSheet


def tell_station(connection: sa.Connection, county_id: str, act: PhoneAct) -> None:
    """Keep what a worker did elsewhere than at his station, and put it into its feed."""
    entity = NAME_OF[PhoneAct]
    values = {"county_id": county_id, "entity": entity, "id": act.id, "revision": 1, "owner": COUNTY, "about": act.worker_id}
    connection.execute(sa.insert(record).values(**values, data=to_plain(act), received_at=act.acted_at))
    append(connection, county_id, [Entry(of_station(act.station_id), entity, act.id, 1, Op.PUT, COUNTY)])


def publish(connection: sa.Connection, county_id: str, records: Iterable[Countys], now: datetime) -> None:
    """Write county records, a newer revision over an older one, and put them into everybody's feed.

    Raises ValueError for a notice that is a station's own.
    """
    open_county(connection, county_id, now)
    entries: list[Entry] = []
    for item in records:
        entity = NAME_OF[type(item)]
        if not is_countys(item):
            raise ValueError(f"not the county's: {entity} {item.id}")
        if isinstance(item, Station):
            entries += _place(connection, county_id, item)
        same = (record.c.county_id == county_id, record.c.entity == entity, record.c.id == item.id)
        connection.execute(sa.delete(record).where(*same, record.c.revision < item.revision))
        values = {"county_id": county_id, "entity": entity, "id": item.id, "revision": item.revision}
        connection.execute(sa.insert(record).values(**values, owner=COUNTY, data=to_plain(item), received_at=now))
        # what breaks in on the boards, or must leave them, comes before all that waits behind a line that was away
        urgent = isinstance(item, Notice) and (item.urgent or item.withdrawn)
        entries.append(Entry(EVERYONE, entity, item.id, item.revision, Op.PUT, COUNTY, urgent))
    append(connection, county_id, entries)


def bury(connection: sa.Connection, county_id: str, entity: str, record_id: str, now: datetime) -> None:
    """Take a record of the county's away from everybody; a newer revision of it may come again. Nothing happens where there is none."""
    mine = (record.c.county_id == county_id, record.c.entity == entity, record.c.id == record_id)
    query = sa.select(record.c.revision, record.c.about).where(*mine, record.c.data.is_not(None))
    newest = connection.execute(query.order_by(record.c.revision.desc()).limit(1)).first()
    if newest is None:
        return
    open_county(connection, county_id, now)
    connection.execute(sa.delete(record).where(*mine))
    values = {"county_id": county_id, "entity": entity, "id": record_id, "revision": newest.revision + 1, "owner": COUNTY, "data": None}
    # what it was about stays: the rows of listings are made anew by it (listing_rows)
    connection.execute(sa.insert(record).values(**values, about=newest.about, received_at=now))
    append(connection, county_id, [Entry(EVERYONE, entity, record_id, newest.revision + 1, Op.DELETE, COUNTY)])


def _place(connection: sa.Connection, county_id: str, item: Station) -> list[Entry]:
    """Put a station into the tree; give what changes hands when it stood elsewhere."""
    mine = (station.c.county_id == county_id, station.c.id == item.id)
    before = connection.execute(sa.select(station.c.parent_id).where(*mine).with_for_update()).first()
    node = insert(station).values(county_id=county_id, id=item.id, parent_id=item.parent_id)
    keys = [station.c.county_id, station.c.id]
    connection.execute(node.on_conflict_do_update(index_elements=keys, set_={"parent_id": item.parent_id}))
    if before is None or before.parent_id == item.parent_id:
        return []
    return moved(connection, county_id, item.id, before.parent_id, COUNTY)
