"""Slips that a visitor asks for, on a real store: whose phone stands on them, and what the chain of responsibility says of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.listing import ContactScope, Listing
from kiosk.domain.print_job import PrintJob
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import to_plain
from kiosk.errors import NotFound
from kiosk.services import printing
from kiosk.services.apply import apply
from kiosk.services.hand_out import print_listing
from kiosk.services.register import RegistrationForm, register
from kiosk.store.schema import audit
from tests.station import START, STATION, TestStation, a_listing, a_review, make_station
from tests.unit.slip_samples import OTHER

CONTACT, OWN, THEIRS = ["周建国", "199 0000 1234"], ["打电话找义堂站", "0712-4000001"], ["打电话找城关站", "0712-4000002"]
BLANK = {"contact_name": PersonName(""), "contact_phone": Phone("")}
"""What the feed gives other stations of a contact that is for one station only."""

CASES = {
    "own, every station": ({"contact_scope": ContactScope.ALL_STATIONS}, CONTACT, True),
    "own, this station": ({}, CONTACT, True),
    "own, no phone": (BLANK, OWN, False),
    "theirs, every station": ({"station_id": OTHER.id, "contact_scope": ContactScope.ALL_STATIONS}, CONTACT, True),
    "theirs, that station": ({"station_id": OTHER.id, **BLANK}, THEIRS, False),
    "theirs, that station, though it came": ({"station_id": OTHER.id}, THEIRS, False),
    "theirs, every station, no phone": ({"station_id": OTHER.id, "contact_scope": ContactScope.ALL_STATIONS, **BLANK}, THEIRS, False),
}


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    with station.store.write() as u:
        u.receive(OTHER)
    yield station
    station.store.close()


def publish(station: TestStation, **changes: Any) -> Listing:
    listing = a_listing(station.clock(), **changes)
    with station.store.write() as u:
        u.receive(listing)
        u.receive(a_review(listing, START))
    return listing


def contacts_audited(station: TestStation) -> list[str]:
    with station.store.read() as u:
        return list(u.connection.scalars(sa.select(audit.c.subject_id).where(audit.c.act == "contact_on_slip")))


def words_of(station: TestStation, job_id: str) -> str:
    return str(to_plain(printing.job(station.here, job_id).slip))


def check(station: TestStation, job_id: str, shown: list[str]) -> None:
    words = words_of(station, job_id)
    for part in shown:
        assert part in words
    # every slip ends with the phone of the station it came out of
    for part in (part for way in (CONTACT, OWN[:1], THEIRS) if way[0] not in shown for part in way):
        assert part not in words


@pytest.mark.parametrize(("changes", "shown", "audited"), CASES.values(), ids=list(CASES))
def test_listing_slip_when_asked_for_gives_the_phone_that_the_employer_chose_and_is_audited(
    station: TestStation, changes: dict[str, Any], shown: list[str], audited: bool
) -> None:
    listing = publish(station, **changes)
    assert contacts_audited(station) == []
    check(station, print_listing(station.here, listing.id), shown)
    assert contacts_audited(station) == ([listing.id] if audited else [])


@pytest.mark.parametrize(("changes", "shown", "audited"), CASES.values(), ids=list(CASES))
def test_referral_slip_when_a_worker_applies_gives_the_same_phone_and_is_audited(
    station: TestStation, changes: dict[str, Any], shown: list[str], audited: bool
) -> None:
    listing = publish(station, **changes)
    form = RegistrationForm(
        name="王秀兰", phone="19900005678", age_band=AgeBand.ADULT, trades=(Trade.LOADING,), pay_fen=20000, consented_at=START
    )
    worker = register(station.here, form).worker
    check(station, apply(station.here, worker.id, listing.id, contact_consent=True).job_id, shown)
    assert contacts_audited(station) == ([listing.id] if audited else [])


def test_listing_slip_when_the_listing_is_gone_prints_and_audits_nothing(station: TestStation) -> None:
    with pytest.raises(NotFound):
        print_listing(station.here, a_listing().id)
    with station.store.read() as u:
        assert u.count(PrintJob) == 0
    assert contacts_audited(station) == []


def test_listing_slip_when_printed_carries_the_boards_number_and_this_stations_serial(station: TestStation) -> None:
    publish(station)
    second = publish(station, title="摘冬枣")
    words = words_of(station, print_listing(station.here, second.id))
    assert "YT-1123-0001" in words
    assert "2号" in words or "2 号" in words
    assert STATION.name in words
