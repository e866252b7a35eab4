"""The one codec: what goes out comes back the same, and what is not the record is refused by the path of its field."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import AgeBand, Meals, PayUnit, Settlement, Trade
from kiosk.domain.listing import Collected, ContactScope, Listing, PublicListing
from kiosk.domain.print_job import PrintJob
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import RecordError, from_plain, new_id, to_plain
from kiosk.domain.slip import Align, Code, Field, Line, Rule, Slip, SlipKind, Style
from kiosk.domain.worker import Worker, WorkerState
from tests.station import a_listing

NOW = datetime(2026, 11, 23, 7, 42, 11, 250_000, tzinfo=UTC)
TEXT = st.text(max_size=20)
MINUTES = st.none() | st.integers(0, 1440)
INSTANTS = st.integers(0, 4 * 10**12).map(lambda ms: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms))
WORKERS = st.builds(
    Worker,
    state=st.sampled_from(WorkerState),
    name=TEXT.map(PersonName),
    phone=TEXT.map(Phone),
    age_band=st.sampled_from(AgeBand),
    trades=st.lists(st.sampled_from(Trade)).map(tuple),
    pay_unit=st.sampled_from(PayUnit),
    consented_at=INSTANTS,
    registered_at=INSTANTS,
)
LISTINGS = st.builds(
    Listing,
    trade=st.sampled_from(Trade),
    pay_unit=st.sampled_from(PayUnit),
    settlement=st.sampled_from(Settlement),
    meals=st.sampled_from(Meals),
    day_start_min=MINUTES,
    day_end_min=MINUTES,
    contact_name=TEXT.map(PersonName),
    contact_phone=TEXT.map(Phone),
    contact_scope=st.sampled_from(ContactScope),
    collected_how=st.sampled_from(Collected),
    collected_at=INSTANTS,
)
BLOCKS = st.one_of(
    st.builds(Line, text=TEXT, style=st.sampled_from(Style), align=st.sampled_from(Align)),
    st.builds(Field, label=TEXT, value=TEXT),
    st.builds(Rule, dashed=st.booleans()),
    st.builds(Code, text=TEXT, side_mm=st.integers(10, 80)),
)
JOBS = st.builds(
    PrintJob,
    slip=st.builds(Slip, kind=st.sampled_from(SlipKind), blocks=st.lists(BLOCKS, max_size=5).map(tuple)),
    created_at=INSTANTS,
    changed_at=INSTANTS,
    expires_at=INSTANTS,
)


@given(st.one_of(WORKERS, LISTINGS, JOBS))
def test_codec_when_a_record_goes_through_json_comes_back_the_same(record: Any) -> None:
    again = from_plain(type(record), json.loads(json.dumps(to_plain(record))))
    assert again == record
    assert [type(getattr(again, f)) for f in record.__dataclass_fields__] == [type(getattr(record, f)) for f in record.__dataclass_fields__]


def test_to_plain_when_an_instant_has_another_zone_writes_utc() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    assert to_plain(there) == to_plain(NOW) == "2026-11-23T07:42:11.250Z"


def test_from_plain_when_a_newer_peer_knows_more_ignores_it() -> None:
    plain = to_plain(a_listing()) | {"invented_later": 7}
    assert from_plain(PublicListing, plain).title == "装卸工"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"headcount": "3"}, "PublicListing.headcount"),
        ({"headcount": True}, "PublicListing.headcount"),
        ({"headcount": 3.0}, "PublicListing.headcount"),
        ({"headcount": None}, "PublicListing.headcount"),
        ({"trade": "astronaut"}, "PublicListing.trade"),
        ({"trade": ["loading"]}, "PublicListing.trade"),
        ({"starts_on": "2026-02-30"}, "PublicListing.starts_on"),
        ({"starts_on": 20261124}, "PublicListing.starts_on"),
        ({"title": 7}, "PublicListing.title"),
        ({"lodging": 1}, "PublicListing.lodging"),
        ({"day_start_min": "7:00"}, "PublicListing.day_start_min"),
    ],
)
def test_from_plain_when_a_value_is_of_another_kind_names_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RecordError) as error:
        from_plain(PublicListing, to_plain(a_listing()) | changes)
    assert error.value.field == field


def test_from_plain_when_a_field_is_missing_names_it_and_when_it_has_a_default_fills_it() -> None:
    plain = to_plain(a_listing())
    del plain["meals"]
    assert from_plain(PublicListing, plain).meals is Meals.NONE
    del plain["title"]
    with pytest.raises(RecordError, match=r"PublicListing\.title: missing"):
        from_plain(PublicListing, plain)


def test_from_plain_when_an_instant_has_no_zone_refuses() -> None:
    with pytest.raises(RecordError, match="zone"):
        from_plain(Listing, to_plain(a_listing()) | {"collected_at": "2026-11-23T07:42:11"})


@pytest.mark.parametrize("plain", [None, [], "x", 7])
def test_from_plain_when_it_is_not_even_an_object_refuses(plain: Any) -> None:
    with pytest.raises(RecordError):
        from_plain(PublicListing, plain)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_from_plain_when_fed_anything_raises_only_its_own_error(value: Any) -> None:
    for name in ("trade", "headcount", "starts_on", "title", "pay_max_fen"):
        try:
            from_plain(PublicListing, to_plain(a_listing()) | {name: value})
        except RecordError as error:
            refused = error
        else:
            continue
        assert refused.field.startswith(f"PublicListing.{name}")


@given(INSTANTS)
def test_new_id_when_made_is_a_uuid_of_version_7_that_carries_its_millisecond(now: datetime) -> None:
    made = uuid.UUID(new_id(now))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert timedelta(milliseconds=made.int >> 80) == now - datetime(1970, 1, 1, tzinfo=UTC)
    assert new_id(now) != new_id(now)


@given(INSTANTS, st.integers(1, 10**6))
def test_new_id_when_later_sorts_after(now: datetime, ms: int) -> None:
    assert new_id(now) < new_id(now + timedelta(milliseconds=ms))


def test_public_when_made_of_a_listing_has_no_contact() -> None:
    listing = a_listing()
    plain = to_plain(listing.public())
    assert not {"contact_name", "contact_phone", "collected_by", "employer_id"} & plain.keys()
    assert listing.contact_phone not in json.dumps(plain)
    assert plain["starts_on"] == date(2026, 11, 24).isoformat()
