"""A hub put back to yesterday: what the county took down or held since comes back from its stations, real ones with their stores, and waits
for the centre's word. What a station makes up is undone with one tap."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.county import feed, witness
from kiosk.county.console.audit import acts, broken_at
from kiosk.county.console.roles import Role
from kiosk.county.decide import decide_hold
from kiosk.county.schema import handed_back, metadata, record
from kiosk.domain.employer import Employer, EmployerHold
from kiosk.domain.listing import Listing, ListingState, Takedown
from kiosk.domain.notice import Notice
from kiosk.domain.record import to_plain
from kiosk.domain.station import COUNTY, Training
from kiosk.sync import exchange
from kiosk.sync.protocol import WitnessRequest
from kiosk.text import t
from tests.console.conftest import Console
from tests.console.test_county_decides import an_employer, down, on_board, public_everywhere, sides
from tests.hub_parts import CENTRE, OTHER, OURS, Terminal, TestHub, some_id
from tests.hub_parts import COUNTY as YUNMENG
from tests.integration.test_referrals_between import Side, a_side
from tests.station import START, a_listing, a_review

__all__ = ["sides"]
DAY = timedelta(days=1)


@dataclass
class Copy:
    """Yesterday's backup of the hub's database."""

    hub: TestHub
    rows: dict[str, list[dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        with self.hub.engine.connect() as connection:
            self.rows = {one.name: [dict(row) for row in connection.execute(sa.select(one)).mappings()] for one in metadata.sorted_tables}

    def put_back(self) -> None:
        """Put it back, as an installer does, and have the feed begin anew."""
        with self.hub.engine.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(sa.delete(table))
                if self.rows[table.name]:
                    connection.execute(sa.insert(table), self.rows[table.name])
            feed.renew(connection, YUNMENG, self.hub.clock())


def another(ours: Side) -> tuple[Employer, Listing]:
    """Have a second employer's listing stand on our board."""
    employer = an_employer(ours, "义堂镇老屋湾酒店")
    listing = replace(a_listing(ours.here.now()), id=some_id(ours.hub.clock), title="洗碗工", employer_id=employer.id)
    ours.keep(employer, listing, replace(a_review(listing, START), id=some_id(ours.hub.clock)))
    ours.sync()
    return employer, listing


def hold(hub: TestHub, employer_id: str, held: bool = True) -> None:
    hub.clock.tick(seconds=1)
    with hub.engine.begin() as connection:
        decide_hold(connection, YUNMENG, [employer_id], held, "三个站都有人没拿到工钱", ("u", "县中心 周敏"), hub.clock())


def known(hub: TestHub, entity: str) -> list[Any]:
    with hub.engine.connect() as connection:
        return list(connection.scalars(sa.select(record.c.data).where(record.c.entity == entity, record.c.data.is_not(None))))


@pytest.fixture
def lost(hub: TestHub, sides: tuple[Side, Side]) -> Listing:
    """A takedown and a hold of the county's, made after the backup and lost with the disk."""
    ours, theirs = sides
    listing = public_everywhere(sides)
    employer, _ = another(ours)
    theirs.sync()
    copy = Copy(hub)
    hub.clock.tick(hours=3)
    down(hub, listing.id)
    hold(hub, employer.id)
    for side in sides:
        side.sync()
    assert on_board(ours) == on_board(theirs) == []
    hub.clock.tick(hours=3)
    copy.put_back()
    assert known(hub, "takedown") == known(hub, "employer_hold") == []
    return listing


@pytest.fixture
def newcomer(hub: TestHub, tmp_path: Path) -> Iterator[Side]:
    side = a_side(hub, tmp_path / "third", replace(OTHER))
    yield side
    side.here.store.close()


def test_county_when_put_back_to_before_a_takedown_and_a_hold_gets_both_back_and_no_board_shows_them(
    hub: TestHub, sides: tuple[Side, Side], lost: Listing, newcomer: Side, console: Console
) -> None:
    ours, theirs = sides
    theirs.sync()  # neither is of this station: any one that heard of them is enough
    newcomer.sync()
    assert on_board(theirs) == on_board(newcomer) == []
    assert (len(known(hub, "takedown")), len(known(hub, "employer_hold"))) == (1, 1)
    # its owner writes it anew, approves it, and learns anew: it stays off everywhere
    hub.clock.tick(minutes=5)
    edited = replace(lost, revision=2, title="搬运工")
    ours.keep(edited, replace(a_review(edited, hub.clock()), id=some_id(hub.clock)))
    for side in (ours, theirs, newcomer, ours):
        side.sync()
    assert [on_board(side) for side in (ours, theirs, newcomer)] == [[], [], []]
    assert [exchange.repair(side.here.store, side.door) for side in (ours, theirs, newcomer)] == [0, 0, 0]
    # the centre hears of it first of all, and says that they are its own
    browser = console.signed_in(Role.CENTRE)
    page = browser.open("/")
    assert t("console.need.handed_back", count=2) in page
    assert page.index(t("console.need.handed_back", count=2)) < page.index("</a>", page.index('class="card need'))
    page = browser.open(witness_page(page))
    assert t("console.handed_back.of", station=OTHER.name, count=2) in page
    assert "查实是假招工" in page
    browser.send("/handed-back", act="keep", station=OTHER.id, upto=upto(page))
    assert t("console.handed_back.said_kept") in browser.page.text
    assert t("console.need.handed_back", count=2) not in browser.open("/")
    for side in (ours, theirs, newcomer):
        side.sync()
    assert [on_board(side) for side in (ours, theirs, newcomer)] == [[], [], []]
    assert OTHER.name in browser.open("/acts")


def witness_page(page: str) -> str:
    found = re.search(r'href="/console(/handed-back)"', page)
    assert found is not None
    return found[1]


def upto(page: str) -> str:
    found = re.search(r'name="upto" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def a_takedown(hub: TestHub, listing_id: str, **changed: Any) -> Takedown:
    made = Takedown(
        id=some_id(hub.clock), station_id=COUNTY, listing_id=listing_id, by_name="县中心 周敏", reason="查实", taken_down_at=hub.clock()
    )
    return replace(made, **changed)


def a_hold(hub: TestHub, employer_id: str, **changed: Any) -> EmployerHold:
    made = EmployerHold(
        id=some_id(hub.clock),
        station_id=COUNTY,
        employer_id=employer_id,
        held=True,
        reason="欠薪",
        by_id="u",
        by_name="县中心 周敏",
        decided_at=hub.clock(),
    )
    return replace(made, **changed)


def give_back(terminal: Terminal, *records: Any, **changed: Any) -> int:
    changes = tuple(terminal.change(one, **changed) for one in records)
    return terminal.door.witness(terminal.enrolled.device_token, WitnessRequest(changes=changes)).taken


def renewed(hub: TestHub) -> None:
    with hub.engine.begin() as connection:
        feed.renew(connection, YUNMENG, hub.clock())


def test_takedown_and_hold_when_a_station_made_them_up_are_undone_everywhere_and_written_down(
    hub: TestHub, sides: tuple[Side, Side], console: Console
) -> None:
    ours, theirs = sides
    listing = public_everywhere(sides)
    employer, _ = another(ours)
    theirs.sync()
    everything = sorted(on_board(theirs))
    renewed(hub)
    liar = hub.terminal(OTHER)
    assert give_back(liar, a_takedown(hub, listing.id), a_hold(hub, employer.id)) == 2
    for side in sides:
        side.sync()
    assert on_board(ours) == on_board(theirs) == []  # fail safe: it could have been true
    browser = console.signed_in(Role.CENTRE)
    page = browser.open("/handed-back")
    first = re.findall(r'name="decision" value="([^"]+)"', page)
    browser.send("/handed-back", act="undo", decision=first[0], upto=upto(page))
    assert t("console.handed_back.said_undone") in browser.page.text
    page = browser.open("/handed-back")
    browser.send("/handed-back", act="undo", station=OTHER.id, upto=upto(page))
    assert t("console.handed_back.none") in browser.page.text
    for side in sides:
        side.sync()
        assert sorted(on_board(side)) == everything
        assert exchange.repair(side.here.store, side.door) == 0
    with hub.engine.connect() as connection:
        said = [(act.act, act.user_id == "", act.facts.get("station")) for act in acts(connection, YUNMENG)]
        assert broken_at(connection, YUNMENG) is None
    assert {one for one in said if one[2]} == {
        ("takedown_handed_back", True, OTHER.id),
        ("employer_hold_handed_back", True, OTHER.id),
        ("handed_back_undone", False, OTHER.id),
    }
    # told the same once more, the hub knows better
    with hub.engine.connect() as connection:
        (gone,) = connection.scalars(sa.select(record.c.id).where(record.c.entity == "takedown", record.c.data.is_(None)))
    assert give_back(liar, a_takedown(hub, listing.id, id=gone)) == 0
    assert give_back(liar) == 0


def test_hub_when_a_station_gives_back_anything_else_takes_none_of_it(hub: TestHub, sides: tuple[Side, Side]) -> None:
    listing = public_everywhere(sides)
    employer, _ = another(sides[0])
    terminal = hub.terminal(OTHER)
    takedown, held = a_takedown(hub, listing.id), a_hold(hub, employer.id)

    def state() -> list[str]:
        with hub.engine.connect() as connection:
            return sorted(map(repr, [*connection.execute(sa.select(record)), *connection.execute(sa.select(handed_back))]))

    before = state()
    assert give_back(terminal, takedown, held) == 0  # the hub was never put back
    renewed(hub)
    hub.clock.tick(days=61)
    assert give_back(terminal, takedown, held) == 0  # long ago
    renewed(hub)
    ahead = hub.clock() + 2 * DAY
    notice = Notice(id=some_id(hub.clock), revision=1, station_id=None, title="全县招工会", starts_at=START, ends_at=START)
    training = Training(
        id=some_id(hub.clock), revision=1, title="护工", body="", area=OURS.area, place="", starts_on=START.date(), days=1, seats=20,
        fee_fen=0, subsidy="", phone=OURS.phone,
    )  # fmt: skip
    review = replace(a_review(listing, START), id=some_id(hub.clock), station_id=COUNTY)
    made_up: list[Any] = [
        replace(takedown, station_id=OTHER.id),
        replace(takedown, station_id=OURS.id),
        replace(takedown, listing_id="none"),
        replace(takedown, reason="假" * 121),
        replace(takedown, by_name="假" * 65),
        replace(takedown, reason="假\0"),
        replace(takedown, taken_down_at=ahead),
        replace(takedown, state=ListingState.APPROVED),
        replace(held, held=False),
        replace(held, station_id=OTHER.id),
        replace(held, decided_at=ahead),
        replace(held, employer_id="none"),
        replace(listing, station_id=COUNTY, revision=7),
        replace(OURS, revision=9, name="义堂新站"),
        replace(CENTRE, revision=9),
        notice,
        training,
        review,
    ]
    for one in made_up:
        assert give_back(terminal, one) == 0, one
    assert give_back(terminal, takedown, revision=2) == give_back(terminal, takedown, op="delete") == 0
    assert give_back(terminal, takedown, record_id="x") == give_back(terminal, takedown, data=to_plain(held)) == 0
    assert state() == before
    # over whom the county has spoken since
    hold(hub, employer.id)
    hold(hub, employer.id, held=False)
    assert give_back(terminal, held) == 0
    # and no more of one station than the centre can look through
    hub.clock.tick(minutes=1)
    with hub.engine.begin() as connection:
        row = {"county_id": YUNMENG, "entity": "takedown", "station_id": OTHER.id, "device_id": "", "at": hub.clock()}
        connection.execute(sa.insert(handed_back), [row | {"id": str(n)} for n in range(witness.WAITING_MAX - 1)])
    assert give_back(terminal, a_takedown(hub, listing.id), a_takedown(hub, listing.id)) == 1
    assert give_back(hub.terminal(OURS), a_takedown(hub, listing.id)) == 1
