"""Fills a new hub with the marked samples: what the county publishes, and what the other stations would have pushed. Reads no file."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from kiosk.county.enrolment import make_code
from kiosk.county.judge import Author
from kiosk.county.publish import publish
from kiosk.county.push import push
from kiosk.county.schema import station
from kiosk.county.vault import Vault
from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import Review
from kiosk.domain.notice import Notice
from kiosk.domain.station import Policy, Station, Training
from kiosk.errors import StoreError
from kiosk.sync.protocol import PUSH_MAX, change_of

DEVICE = "sample"


class SampleRecords(Protocol):
    """What the sample loader gives; tuples or lists of records."""

    @property
    def stations(self) -> Sequence[Station]: ...
    @property
    def policies(self) -> Sequence[Policy]: ...
    @property
    def trainings(self) -> Sequence[Training]: ...
    @property
    def notices(self) -> Sequence[Notice]: ...
    @property
    def reviews(self) -> Sequence[Review]: ...


OF_STATIONS = ("employers", "listings", "workers", "referrals", "steps", "cases", "case_steps", "notices")
"""In the order in which they refer to each other; reviews and takedowns come after."""


def seed_sample(engine: sa.Engine, vault: Vault, county_id: str, sample: SampleRecords, here: str, now: datetime) -> str | None:
    """Fill a hub without stations and give a one-time code for a terminal of the station named `here`; None when it was filled before.

    What `here` collected is left out: its own terminal pushes that.
    """
    with engine.begin() as connection:
        if connection.scalar(sa.select(station.c.id).where(station.c.county_id == county_id).limit(1)) is not None:
            return None
        countys = [notice for notice in sample.notices if notice.station_id is None]
        publish(connection, county_id, [*sample.stations, *sample.policies, *sample.trainings, *countys], now)
        for other in sample.stations:
            if other.name != here:
                _push_all(connection, county_id, other.id, sample, now)
        return make_code(connection, vault, county_id, station_named(sample.stations, here), now)


def station_named(stations: Sequence[Station], name: str) -> str:
    """Give the id of the station with this name; raise StoreError."""
    found = next((s.id for s in stations if s.name == name), None)
    if found is None:
        raise StoreError(f"no station is called {name}")
    return found


def _push_all(connection: sa.Connection, county_id: str, station_id: str, sample: Any, now: datetime) -> None:
    records = [r for kind in OF_STATIONS for r in getattr(sample, kind, ())]
    records += sorted(sample.reviews, key=lambda r: r.reviewed_at)
    records += getattr(sample, "takedowns", ())
    own = [r for r in records if r.station_id == station_id]
    changes = [change_of(r, entity=NAME_OF[type(r)], record_id=r.id, revision=getattr(r, "revision", 1)) for r in own]
    for first in range(0, len(changes), PUSH_MAX):
        answer = push(connection, Author(county_id, station_id, DEVICE), changes[first : first + PUSH_MAX], now)
        if answer.refused:
            raise StoreError(f"sample records were refused: {answer.refused[:3]}")
