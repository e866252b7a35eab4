"""Reads of the store that spare whoever asks often from reading years of records."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.listing import ListingState, Takedown, Verdict
from kiosk.domain.record import new_id
from kiosk.domain.running import Facility, FacilityCheck
from tests.station import START, STATION, TestStation, a_listing, a_review, make_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def test_latest_when_asked_gives_the_last_ones_first(station: TestStation) -> None:
    checks = [
        FacilityCheck(
            id=new_id(START), station_id=STATION.id, facility=facility, ok=True, by_id="s", checked_at=START + timedelta(minutes=minutes)
        )
        for facility in (Facility.WATER, Facility.WIFI)
        for minutes in (5, 1, 9)
    ]
    with station.store.write() as u:
        for one in checks:
            u.put(one)
        assert u.latest(FacilityCheck, "checked_at", 2, facility=Facility.WATER) == [checks[2], checks[0]]
        assert u.latest(FacilityCheck, "checked_at", 9, facility=Facility.DESK) == []


def test_undecided_when_listings_were_decided_leaves_them_out_and_keeps_what_may_wait(station: TestStation) -> None:
    fresh, rejected, undone, edited, taken, other = (a_listing(START + timedelta(seconds=n)) for n in range(6))
    again = replace(edited, revision=2)
    taken_down = Takedown(
        id=new_id(START),
        station_id=STATION.id,
        listing_id=taken.id,
        by_name="李芳",
        reason="",
        state=ListingState.WITHDRAWN,
        taken_down_at=START,
    )
    with station.store.write() as u:
        for one in (fresh, rejected, undone, edited, again, taken, replace(other, station_id="elsewhere")):
            u.put(one)
        for review in (
            a_review(rejected, START, Verdict.REJECT),
            a_review(undone, START),
            a_review(undone, START + timedelta(seconds=9), Verdict.UNDO),
            a_review(edited, START),
        ):
            u.put(review)
        u.put(taken_down)
        assert u.undecided(STATION.id) == [fresh, undone, again]
