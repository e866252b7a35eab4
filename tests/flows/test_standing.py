"""What a station has in public, and taking it down: filled, withdrawn, another's, twice; paged for hundreds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.domain.listing import Listing, ListingState, Review, Takedown, state_of
from kiosk.domain.record import new_id
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.errors import BadInput, NotAllowed, NotFound, WrongState
from kiosk.services import publish
from kiosk.services.publish import pending
from kiosk.services.standing import PAGE, standing, stands
from kiosk.store import chain
from kiosk.store.schema import audit
from tests.station import TestStation, a_listing, a_posting, a_review, make_station

OTHER = "00000000-0000-7000-8000-000000000002"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def publish_one(station: TestStation, **changes: Any) -> Listing:
    station.clock.tick(seconds=1)
    listing = a_listing(station.clock(), **changes)
    with station.store.write() as u:
        u.put(listing)
        u.put(a_review(listing, station.clock()))
    return listing


def takedowns(station: TestStation, listing: Listing) -> list[Takedown]:
    with station.store.read() as u:
        return list(u.list(Takedown, listing_id=listing.id))


def state(station: TestStation, listing: Listing) -> ListingState:
    with station.store.read() as u:
        return state_of(listing, u.list(Review, listing_id=listing.id), u.list(Takedown, listing_id=listing.id), u.today)


def acts(station: TestStation) -> list[str]:
    with station.store.read() as u:
        assert chain.verify(u.connection) is None
        return list(u.connection.scalars(sa.select(audit.c.act).order_by(audit.c.seq)))


def test_take_down_when_filled_leaves_the_public_at_once_and_is_sent_to_the_county(station: TestStation) -> None:
    listing = publish_one(station)
    made = publish.take_down(station.here, station.head, listing.id, "招满了", ListingState.FILLED)
    assert (made.state, made.by_name, made.reason) == (ListingState.FILLED, station.head.name, "招满了")
    assert state(station, listing) is ListingState.FILLED
    with station.store.read() as u:
        assert (u.published(listing.id), list(u.newest())) == (None, [])
        assert [o.record for o in u.outgoing(9)] == [made]
    assert acts(station) == ["take_down"]


def test_take_down_when_no_state_is_named_is_withdrawn_and_wants_a_reason(station: TestStation) -> None:
    listing = publish_one(station)
    with pytest.raises(BadInput) as refused:
        publish.take_down(station.here, station.head, listing.id, " ")
    assert (refused.value.field, takedowns(station, listing)) == ("reason", [])
    publish.take_down(station.here, station.head, listing.id, " 有人投诉 ")
    assert [(d.state, d.reason) for d in takedowns(station, listing)] == [(ListingState.WITHDRAWN, "有人投诉")]


def test_take_down_when_it_is_another_stations_is_refused(station: TestStation) -> None:
    listing = publish_one(station, station_id=OTHER)
    with pytest.raises(NotAllowed):
        publish.take_down(station.here, station.head, listing.id, "内容不真实")
    with pytest.raises(NotAllowed):
        stands(station.here, listing.id)
    assert standing(station.here).total == 0
    with station.store.read() as u:
        assert (u.published(listing.id) is not None, u.outbox_size()) == (True, 0)
    assert acts(station) == []


def test_take_down_when_a_colleague_was_quicker_changes_nothing_more(station: TestStation) -> None:
    listing = publish_one(station)
    publish.take_down(station.here, station.head, listing.id, "招满了", ListingState.FILLED)
    with pytest.raises(WrongState):
        publish.take_down(station.here, station.head, listing.id, "内容不真实")
    with pytest.raises(NotFound):
        stands(station.here, listing.id)
    assert [d.state for d in takedowns(station, listing)] == [ListingState.FILLED]
    assert acts(station) == ["take_down"]


def test_take_down_when_nobody_has_reviewed_it_is_refused(station: TestStation) -> None:
    listing = publish.post(station.here, a_posting()).listing
    with pytest.raises(WrongState):
        publish.take_down(station.here, station.head, listing.id, "内容不真实")
    assert state(station, listing) is ListingState.PENDING


def test_take_down_when_an_edit_waits_takes_that_along(station: TestStation) -> None:
    listing = publish_one(station)
    publish.edit(station.here, station.head, listing.id, a_posting(headcount=5))
    found = stands(station.here, listing.id)
    assert (found.published.listing.headcount, found.newest.headcount, found.edited) == (3, 5, True)
    assert len(pending(station.here)) == 1
    publish.take_down(station.here, station.head, listing.id, "招满了", ListingState.FILLED)
    assert pending(station.here) == []


def test_standing_when_there_are_more_than_a_page_gives_them_newest_first_and_never_an_empty_page(station: TestStation) -> None:
    listings = [publish_one(station, title=f"第{n}样活") for n in range(PAGE + 1)]
    publish_one(station, station_id=OTHER)
    first, second = standing(station.here), standing(station.here, PAGE)
    assert (first.total, first.offset, second.offset) == (PAGE + 1, 0, PAGE)
    assert [r.newest for r in (*first.rows, *second.rows)] == listings[::-1]
    publish.take_down(station.here, station.head, listings[0].id, "招满了", ListingState.FILLED)
    after = standing(station.here, PAGE)
    assert (after.offset, len(after.rows)) == (0, PAGE)


def test_standing_when_people_were_referred_counts_who_has_not_declined(station: TestStation) -> None:
    listing, ours = publish_one(station), station.here.station_id
    with station.store.write() as u:
        for states in ([ReferralState.REFERRED], [ReferralState.REFERRED, ReferralState.DECLINED], []):
            now = station.clock()
            made = Referral(id=new_id(now), station_id=ours, worker_id="w", listing_id=listing.id, contact_consent=False, created_at=now)
            u.put(made)
            for to in states:
                station.clock.tick(seconds=1)
                now = station.clock()
                step = ReferralStep(
                    id=new_id(now), station_id=ours, referral_id=made.id, state=to, by_name="李芳", how="电话", stepped_at=now
                )
                u.put(step)
    (row,) = standing(station.here).rows
    assert row.referred == 1
