"""Posting as a use case: what the rules of the station say before anything is recorded."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.codes import PayUnit
from kiosk.domain.listing import Listing
from kiosk.domain.print_job import PrintJob
from kiosk.errors import BadInput
from kiosk.services import posting, publish
from tests.station import START, TestStation, a_listing, a_posting, a_review, make_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def found(station: TestStation, **changes: Any) -> set[str]:
    return {finding.rule for finding in publish.check_posting(station.here, a_posting(**changes))}


def test_check_when_the_pay_is_far_above_what_the_county_pays_asks_for_a_reason(station: TestStation) -> None:
    for n in range(6):
        listing = replace(a_listing(START, pay_fen=20000 + n), contact_phone=a_listing().contact_phone)
        with station.store.write() as u:
            u.keep(listing)
            u.keep(a_review(listing, START))
    assert "pay_far_above" in found(station, pay_fen=70000, contact_phone="19900009999")
    assert "pay_far_above" not in found(station, pay_fen=40000, contact_phone="19900009999")


@pytest.mark.parametrize("field", posting.REQUIRED)
def test_post_when_a_field_is_missing_names_it_and_records_nothing(station: TestStation, field: str) -> None:
    empty = "" if isinstance(getattr(a_posting(), field), str) and field not in ("trade", "area", "settlement", "pay_unit") else None
    with pytest.raises(BadInput) as refused:
        publish.post(station.here, a_posting(**{field: empty}))
    assert refused.value.field == field
    with station.store.read() as u:
        assert (u.count(Listing), u.count(PrintJob), u.outbox_size()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("ends_on", {"starts_on": START.date() - timedelta(days=3), "ends_on": START.date() - timedelta(days=1)}),
        ("pay_fen", {"pay_fen": 0}),
        ("pay_fen", {"pay_fen": 9_999_900}),
        ("headcount", {"headcount": 0}),
        ("contact_phone", {"contact_phone": "12345"}),
    ],
    ids=["ended", "no pay", "absurd pay", "nobody", "no phone"],
)
def test_post_when_a_field_is_impossible_names_it_and_records_nothing(station: TestStation, field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        publish.post(station.here, a_posting(**changes))
    assert refused.value.field == field
    with station.store.read() as u:
        assert (u.count(Listing), u.count(PrintJob), u.outbox_size()) == (0, 0, 0)


def test_check_when_another_listing_has_the_same_phone_tells_the_reviewer_alone(station: TestStation) -> None:
    publish.post(station.here, a_posting(title="卸货"))
    publish.post(station.here, a_posting(title="搬家"))
    assert "same_phone" not in found(station)
    assert all("same_phone" in {f.rule for f in one.findings} for one in publish.pending(station.here))


def test_check_entry_when_the_form_is_unfinished_looks_at_what_was_entered(station: TestStation) -> None:
    form = publish.PostingForm(pay_fen=9_999_900, pay_unit=PayUnit.DAY)
    assert publish.check_entry(station.here, form, ("headcount",)) is None
    finding = publish.check_entry(station.here, form, ("pay_fen", "pay_unit"))
    assert finding is not None
    assert finding.rule == "pay_absurd"
    assert publish.check_entry(station.here, publish.PostingForm(pay_fen=26000, pay_unit=PayUnit.DAY), ("pay_fen",)) is None
