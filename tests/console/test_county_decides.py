"""The county takes a listing down or holds an employer: two real stations with their stores, a real hub, nothing that brings it back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.county.decide import decide_hold, take_down
from kiosk.domain.employer import Employer, EmployerKind
from kiosk.domain.listing import Listing, ListingState, Takedown
from kiosk.domain.station import COUNTY
from kiosk.errors import BadInput, NotAllowed, NotFound, WrongState
from kiosk.services import employers
from kiosk.services.publish import add_takedown, state_now
from kiosk.services.today import Need, today
from kiosk.sync import exchange
from tests.hub_parts import COUNTY as YUNMENG
from tests.hub_parts import OTHER, OURS, TestHub, some_id
from tests.integration.test_referrals_between import Side, a_side
from tests.integration.test_sync_agent import make_agent, soon, working
from tests.station import START, a_listing, a_review


@pytest.fixture
def sides(hub: TestHub, tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    ours, theirs = a_side(hub, tmp_path / "ours", OURS), a_side(hub, tmp_path / "theirs", OTHER)
    yield ours, theirs
    ours.here.store.close()
    theirs.here.store.close()


def on_board(side: Side) -> list[str]:
    with side.here.store.read() as u:
        return [one.listing.title for one in u.newest()]


@contextmanager
def both_on_the_line(hub: TestHub, sides: tuple[Side, Side], tmp_path: Path) -> Iterator[None]:
    """Have the agents of both stations wait for news."""
    ours, theirs = sides
    with working(make_agent(hub, ours.here.store, tmp_path)), working(make_agent(hub, theirs.here.store, tmp_path / "theirs")):
        time.sleep(0.5)
        yield


def an_employer(side: Side, name: str) -> Employer:
    return Employer(
        id=some_id(side.hub.clock),
        revision=1,
        station_id=OURS.id,
        kind=EmployerKind.UNIT,
        name=name,
        phone=a_listing().contact_phone,
        created_at=START,
    )


def public_everywhere(sides: tuple[Side, Side]) -> Listing:
    ours, theirs = sides
    employer = an_employer(ours, "云梦县汉十物流有限公司")
    listing = a_listing(ours.here.now(), employer_id=employer.id)
    ours.keep(employer, listing, a_review(listing, START))
    ours.sync()
    theirs.sync()
    assert on_board(ours) == on_board(theirs) == ["装卸工"]
    return listing


def down(hub: TestHub, listing_id: str, reason: str = "查实是假招工") -> Takedown:
    with hub.engine.begin() as connection:
        return take_down(connection, YUNMENG, listing_id, "县中心 周敏", reason, hub.clock())


def test_takedown_when_the_county_makes_it_empties_every_board_and_nothing_brings_the_listing_back(
    hub: TestHub, sides: tuple[Side, Side], tmp_path: Path
) -> None:
    ours, theirs = sides
    listing = public_everywhere(sides)
    with pytest.raises(BadInput, match="reason"):
        down(hub, listing.id, "  ")
    with pytest.raises(NotFound):
        down(hub, some_id(hub.clock))
    down(hub, listing.id)
    with pytest.raises(WrongState):
        down(hub, listing.id)
    for side in sides:
        # what must leave comes first, before all that waits behind a line that was away
        assert exchange.pull_urgent(side.here.store, side.door, hub.clock()) == 1
        assert on_board(side) == []
        side.sync()
    (told,) = [item for item in today(ours.here) if item.need is Need.TAKEN_DOWN]
    assert told.detail is not None
    assert (told.title.values, told.detail.values) == (
        {"title": "装卸工"},
        {"who": "县中心 周敏", "reason": "查实是假招工"},
    )
    assert not [item for item in today(theirs.here) if item.need is Need.TAKEN_DOWN]
    # an edit of its owner, approved anew, and what a station says by hand
    hub.clock.tick(minutes=5)
    edited = replace(listing, revision=2, title="搬运工")
    ours.keep(edited, a_review(edited, hub.clock()))
    ours.sync()
    theirs.sync()
    assert on_board(ours) == on_board(theirs) == []
    with ours.here.store.read() as u:
        assert state_now(ours.here, u, edited) is ListingState.WITHDRAWN
    exchange.start_anew(ours.here.store)
    ours.sync()
    assert on_board(ours) == []
    newcomer = a_side(hub, tmp_path / "third", OTHER)
    newcomer.sync()
    assert on_board(newcomer) == []
    newcomer.here.store.close()


def test_takedown_when_two_stations_are_on_the_line_empties_both_boards_within_seconds(
    hub: TestHub, sides: tuple[Side, Side], tmp_path: Path
) -> None:
    ours, theirs = sides
    listing = public_everywhere(sides)
    with both_on_the_line(hub, sides, tmp_path):
        down(hub, listing.id)
        assert soon(lambda: on_board(ours) == on_board(theirs) == []) < 3


def test_takedown_when_the_listing_waits_for_its_reviewer_lets_no_approval_publish_it(
    hub: TestHub, sides: tuple[Side, Side], tmp_path: Path
) -> None:
    ours, theirs = sides
    listing = a_listing(ours.here.now())
    ours.keep(listing)
    ours.sync()
    down(hub, listing.id)
    ours.keep(a_review(listing, hub.clock()))
    ours.sync()
    theirs.sync()
    assert on_board(ours) == on_board(theirs) == []
    # nor where a station reads everything with its own, as after a restore
    newcomer = a_side(hub, tmp_path / "third", OTHER)
    exchange.start_anew(newcomer.here.store)
    newcomer.sync()
    assert (on_board(newcomer), len(newcomer.all(Takedown))) == ([], 1)
    newcomer.here.store.close()


def test_takedown_when_its_own_station_makes_it_empties_the_other_stations_board_within_seconds(
    hub: TestHub, sides: tuple[Side, Side], tmp_path: Path
) -> None:
    ours, theirs = sides
    listing = public_everywhere(sides)
    with both_on_the_line(hub, sides, tmp_path):
        with ours.here.store.write() as u:
            add_takedown(ours.here, u, ours.head, listing.id, "招满了")
        assert soon(lambda: on_board(theirs) == []) < 3
    assert on_board(ours) == []


def test_hold_when_the_county_makes_it_is_released_by_the_county_alone(hub: TestHub, sides: tuple[Side, Side]) -> None:
    ours, _ = sides
    listing = public_everywhere(sides)
    assert listing.employer_id

    def decide(held: bool) -> None:
        with hub.engine.begin() as connection:
            decide_hold(connection, YUNMENG, [str(listing.employer_id)], held, "三个站都有人没拿到工钱", ("u", "县中心 周敏"), hub.clock())
        for side in sides:
            side.sync()

    decide(True)
    assert [on_board(side) for side in sides] == [[], []]
    with pytest.raises(WrongState):
        decide(True)
    with pytest.raises(NotAllowed):
        employers.release(ours.here, ours.head, listing.employer_id, "没事了")
    file = employers.employer_file(ours.here, listing.employer_id)
    assert file.hold is not None
    assert (file.hold.station_id, file.hold.by_name, file.row.held) == (COUNTY, "县中心 周敏", True)
    # the station's own word stands beside it, and is not released with it
    employers.hold(ours.here, ours.head, listing.employer_id, "欠薪")
    hub.clock.tick(seconds=1)
    decide(False)
    assert on_board(ours) == []
    employers.release(ours.here, ours.head, listing.employer_id, "结清了")
    for side in sides:
        side.sync()
    assert [on_board(side) for side in sides] == [["装卸工"], ["装卸工"]]
