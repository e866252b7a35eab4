"""Pages that many read: whatever is kept of them, every reader sees what it would see if nothing were."""

import gzip
import json
import random
from dataclasses import replace
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from kiosk.county import pull
from kiosk.county.feed import Reader, change_of, with_records
from kiosk.county.judge import Author
from kiosk.county.push import push
from kiosk.county.schema import feed
from kiosk.domain.listing import ContactScope, Listing, Verdict
from kiosk.sync.protocol import Change, Op, PullAnswer, decode
from tests.hub_parts import COUNTY, OTHER, OURS, TestHub, some_id
from tests.integration.test_hub_feed import _change
from tests.integration.test_hub_push import a_worker
from tests.station import START, a_listing, a_review

STEPS, STATIONS = 160, 4
View = dict[tuple[str, str, int, str], dict[str, Any]]


class Follower:
    """A device that reads page after page, with limits of its own."""

    def __init__(self, hub: TestHub, pages: pull.Pages, reader: Reader, *, own: bool) -> None:
        self.hub, self.pages, self.reader, self.own = hub, pages, reader, own
        self.cursor, self.view = "", View()

    def look(self, limit: int) -> pull.Page:
        with self.hub.engine.connect() as connection:
            page = self.pages.read(connection, self.reader, self.cursor, limit, own=self.own)
        assert len(page.answer.changes) <= limit
        if page.deflated is not None:
            assert decode(PullAnswer, json.loads(gzip.decompress(page.deflated))) == page.answer
        self.view |= {_key(one): one.data for one in page.answer.changes}
        self.cursor = page.answer.cursor
        return page

    def finish(self, limit: int) -> None:
        while self.look(limit).answer.more:
            pass

    def ought(self) -> View:
        """Give what stands there for it, read by one statement."""
        with self.hub.engine.connect() as connection:
            page = sa.select(feed).where(feed.c.county_id == COUNTY, feed.c.audience.in_(self.reader.audiences)).subquery()
            rows = connection.execute(with_records(page, COUNTY)).mappings().all()
        seen = [change_of(row, self.reader.station_id) for row in rows if self.own or row["device_id"] != self.reader.device_id]
        return {_key(one): one.data for one in seen if one is not None}


def _key(one: Change) -> tuple[str, str, int, str]:
    return one.entity, one.record_id, one.revision, one.op


class Station:
    """Writes whatever a station writes that other stations get to see, or not."""

    def __init__(self, hub: TestHub, station_id: str, dice: random.Random) -> None:
        self.hub, self.id, self.dice = hub, station_id, dice
        self.listings = list[Listing]()

    def act(self) -> None:
        author = Author(COUNTY, self.id, f"writer of {self.id}")
        with self.hub.engine.begin() as connection:
            assert push(connection, author, self._changes(), START).refused == ()

    def _changes(self) -> list[Change]:
        what = self.dice.randrange(5)
        if what == 0 or not self.listings:
            self.listings.append(a_listing(station_id=self.id, contact_scope=ContactScope.ALL_STATIONS))
            return [_change(self.listings[-1]), _change(a_review(self.listings[-1], START))]
        if what == 1:
            return [_change(replace(a_worker(), station_id=self.id)) for _ in range(self.dice.randrange(1, 9))]
        at = self.dice.randrange(len(self.listings))
        one = self.listings[at]
        if what == 2:
            return [_change(a_review(one, START, Verdict.REJECT))]
        if what == 3:
            del self.listings[at]
            return [Change(entity="listing", record_id=one.id, revision=one.revision + 1, op=Op.DELETE)]
        self.listings[at] = replace(one, revision=one.revision + 1, contact_scope=ContactScope.OWN_STATION)
        return [_change(self.listings[at]), *([_change(a_review(self.listings[at], START))] if self.dice.random() < 0.5 else [])]


@pytest.mark.parametrize("seed", range(3))
def test_pages_when_many_read_and_write_are_what_each_would_read_alone(hub: TestHub, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(pull, "SHARED", 7)
    monkeypatch.setattr(pull, "KEPT", 4)
    monkeypatch.setattr(pull, "STRIDE", 20)
    dice, pages = random.Random(seed), pull.Pages()
    ids = [some_id(hub.clock) for _ in range(STATIONS)]
    hub.publish(*(replace(OTHER, id=i, name=f"站{n}", parent_id=OURS.id) for n, i in enumerate(ids)))
    writers = [Station(hub, i, dice) for i in ids]
    readers = [Reader(COUNTY, i, device) for i in (*ids, OURS.id, OTHER.id) for device in (f"writer of {i}", f"reader of {i}")]
    followers = [Follower(hub, pages, reader, own=own) for reader in readers for own in (False, True)]
    shared = 0
    for _ in range(STEPS):
        dice.choice(writers).act()
        for follower in dice.sample(followers, 3):
            shared += follower.look(dice.choice((1, 3, 7, 50))).deflated is not None
    for follower in followers:
        follower.finish(dice.choice((2, 7, 50)))
        ought = follower.ought()
        assert {key: data for key, data in follower.view.items() if key in ought} == ought
    assert shared > STEPS // 4


def test_pages_when_nothing_is_urgent_have_no_more(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), Reader(COUNTY, OTHER.id, "d"), a_listing()
    ours.push(listing, a_review(listing, START))
    with hub.engine.connect() as connection:
        page = pull.Pages().read(connection, other, "", 10, urgent=True)
        assert (page.answer.changes, page.answer.more) == ((), False)


def test_pull_when_a_page_is_made_for_many_is_the_same_deflated_or_not(hub: TestHub) -> None:
    hub.terminal().push(*[one for listing in (a_listing(), a_listing()) for one in (listing, a_review(listing, START))])
    readers = [hub.terminal(OTHER), hub.terminal(OTHER)]
    assert readers[0].look() == readers[1].look()

    headers = {"Authorization": f"Bearer {readers[0].enrolled.device_token}"}
    plain, deflated = (
        requests.get(f"{hub.base}/api/v1/changes", headers=headers | {"Accept-Encoding": how}, timeout=10) for how in ("identity", "gzip")
    )
    assert plain.json() == deflated.json()
    assert "Content-Encoding" not in plain.headers
    assert deflated.headers["Content-Encoding"] == "gzip"
