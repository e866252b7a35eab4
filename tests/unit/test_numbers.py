"""Numbers on the board (17号): one listing's for the day, whatever comes, goes and comes back, and whatever the clock says."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.employer import EmployerHold
from kiosk.domain.listing import Listing, Takedown, Verdict
from kiosk.domain.record import new_id
from kiosk.services import browse, cases
from kiosk.store.store import Store, UnitOfWork
from tests.station import START, Clock, a_listing, a_review, make_station, make_store

FAR_END = date(2099, 1, 1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = make_store(tmp_path, clock)
    yield store
    store.close()


def publish(u: UnitOfWork, count: int = 1, **changes: Any) -> list[Listing]:
    listings = [a_listing(ends_on=FAR_END, **changes) for _ in range(count)]
    u.receive(*listings, *(a_review(one, START) for one in listings))
    return listings


def take_down(u: UnitOfWork, *listings: Listing) -> None:
    u.receive(
        *(
            Takedown(id=new_id(START), station_id="s", listing_id=one.id, by_name="李芳", reason="招满了", taken_down_at=START)
            for one in listings
        )
    )


def number_of(u: UnitOfWork, listing: Listing) -> int:
    published = u.published(listing.id)
    assert published is not None
    return published.number


def numbers(u: UnitOfWork) -> list[int]:
    return sorted(p.number for p in u.newest())


def test_number_when_its_listing_has_left_is_nobodys_on_that_day_and_free_on_the_next(store: Store, clock: Clock) -> None:
    with store.write() as u:
        first, _ = publish(u, 2)
        take_down(u, first)
        publish(u)
        assert numbers(u) == [2, 3]
    clock.tick(hours=25)
    with store.write() as u:
        publish(u, 97)
        assert numbers(u) == list(range(1, 100)), "two digits as long as there are any"
        publish(u)
        assert numbers(u)[-1] == 100


def test_number_when_it_is_given_again_was_unused_for_longest(store: Store, clock: Clock) -> None:
    with store.write() as u:
        one, two, *_ = publish(u, 99)
        take_down(u, two)
    clock.tick(days=1)
    with store.write() as u:
        take_down(u, one)
    clock.tick(days=1)
    with store.write() as u:
        assert [number_of(u, publish(u)[0]) for _ in range(3)] == [2, 1, 100]


def test_listing_when_an_approval_is_taken_back_and_given_again_has_its_number_again(store: Store, clock: Clock) -> None:
    listing = a_listing()
    with store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, START))
        clock.tick(seconds=20)
        u.keep(a_review(listing, clock(), Verdict.UNDO))
        publish(u, 3)
        assert numbers(u) == [2, 3, 4]
        clock.tick(seconds=20)
        u.keep(a_review(listing, clock()))
        assert number_of(u, listing) == 1


def test_listing_when_its_employer_was_held_for_days_has_its_number_again(store: Store, clock: Clock) -> None:
    def hold(held: bool) -> EmployerHold:
        now = clock()
        return EmployerHold(
            id=new_id(now), station_id="s", employer_id="e1", held=held, reason="有人反映", by_id="r", by_name="李芳", decided_at=now
        )

    with store.write() as u:
        mine = publish(u, 2, employer_id="e1")
        u.receive(hold(True))
        publish(u, 5)
    clock.tick(days=4)
    with store.write() as u:
        publish(u, 5)
        u.receive(hold(False))
        assert [number_of(u, one) for one in mine] == [1, 2]


def test_number_when_the_day_is_not_known_changes_hands_only_on_the_day_after_it_is(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure = [False]
    monkeypatch.setattr(store, "knows_time", lambda: sure[0])
    clock.now = datetime(1970, 1, 1, tzinfo=UTC)
    with store.write() as u:
        take_down(u, *publish(u, 98)[:5])
    clock.tick(days=3)
    with store.write() as u:
        publish(u, 2)
        assert numbers(u)[-2:] == [99, 100], "three days by a clock that nobody believes are none"
    clock.now, sure[0] = START, True
    with store.write() as u:
        publish(u)
        assert numbers(u)[-1] == 101, "they may have left a minute ago"
    clock.tick(days=1)
    with store.write() as u:
        publish(u)
        assert numbers(u)[0] == 1


def test_number_when_it_left_by_a_clock_that_ran_ahead_waits_a_day_and_not_for_months(store: Store, clock: Clock) -> None:
    with store.write() as u:
        left, *_ = publish(u, 99)
    clock.tick(days=200)
    with store.write() as u:
        take_down(u, left)
    clock.tick(days=-200)
    with store.write() as u:
        publish(u)
        assert numbers(u)[-1] == 100
    clock.tick(days=1)
    with store.write() as u:
        publish(u)
        assert numbers(u)[0] == 1


@dataclass
class Hall:
    """A store, the true time, and who was seen with which number on which true day."""

    store: Store
    clock: Clock
    rng: random.Random
    true: datetime = START
    sure: bool = True
    seen: dict[tuple[date, int], str] = field(default_factory=dict)
    gone: list[Listing] = field(default_factory=list)

    def look(self, u: UnitOfWork) -> None:
        day = (self.true + timedelta(hours=8)).date()
        shown = {p.number: p.listing.id for p in u.newest()}
        assert len(shown) == len(list(u.newest())), "a number stands twice"
        for number, listing_id in shown.items():
            assert self.seen.setdefault((day, number), listing_id) == listing_id, "a number changed hands within a day"

    def do(self, event: str) -> None:
        if event == "hours":
            self.true += timedelta(hours=self.rng.randrange(1, 30))
        elif event == "lost":
            self.sure = False
        elif event == "found":
            self.sure = True
        self.clock.now = self.true if self.sure else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=self.rng.randrange(99))
        with self.store.write() as u:
            standing = [u.need(Listing, p.listing.id) for p in u.newest()]
            some = self.rng.sample(standing, self.rng.randrange(len(standing) + 1))
            if event == "come":
                publish(u, self.rng.randrange(1, 6))
            elif event == "go":
                for one in some:
                    u.receive(a_review(one, START + timedelta(hours=1), Verdict.UNDO))
                self.gone += some
            elif event == "back":
                back, self.gone = self.gone[:3], self.gone[3:]
                u.receive(*(a_review(one, START + timedelta(hours=2)) for one in back))
            elif event == "anew":  # a sync that replaces everything
                reviews = [a_review(one, START) for one in standing]
                for one in standing:
                    u.drop(Listing, one.id)
                u.put(*standing, *reviews)
            self.look(u)


EVENTS = st.lists(st.sampled_from(["come", "go", "back", "hours", "lost", "found", "anew"]), min_size=5, max_size=40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS, st.integers(0, 999))
def test_numbers_when_anything_happens_are_one_listings_for_the_day(
    tmp_path_factory: pytest.TempPathFactory, events: list[str], seed: int
) -> None:
    clock = Clock()
    store = make_store(tmp_path_factory.mktemp("hall"), clock)
    hall = Hall(store, clock, random.Random(seed))
    store.knows_time = lambda: hall.sure
    for event in events:
        hall.do(event)
    store.close()


def test_numbers_when_ten_thousand_came_back_cost_little_and_are_small_again(store: Store) -> None:
    rng = random.Random(8)
    with store.write() as u:
        u.connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
            " INSERT INTO free_number SELECT i, 'gone' || i, date('2026-10-01', '+' || (i % 50) || ' days') FROM n"
        )
        began = perf_counter()
        for _ in range(20):
            listings = publish(u, rng.randrange(3, 6))
            take_down(u, *listings[:2])
        assert perf_counter() - began < 3, "a lot of numbers that came back made publishing slow"
        assert max(numbers(u)) < 150


def test_numbered_when_its_listing_has_left_or_ended_says_so(tmp_path: Path) -> None:
    station = make_station(tmp_path)
    with station.store.write() as u:
        one, _ = publish(u, 2)
        ends = a_listing()
        u.receive(ends, a_review(ends, START))
        take_down(u, one)
        assert number_of(u, ends) == 3
    found = [browse.numbered(station.here, number) for number in (1, 2, 3, 4)]
    assert [(one.listing_id is not None, one.gone) for one in found] == [(False, True), (True, False), (True, False), (False, False)]
    assert cases.meant(station.here, 1) == cases.Meant(listing_id=one.id, title=one.title, gone=True)
    assert cases.meant(station.here, 3) == cases.Meant(listing_id=ends.id, title=ends.title, gone=False)
    assert cases.meant(station.here, 4) is None
    station.clock.tick(days=9)
    assert cases.meant(station.here, 3) == cases.Meant(listing_id=ends.id, title=ends.title, gone=True)
    assert browse.numbered(station.here, 3).gone, "its last day is over, and nobody has swept"
    station.store.close()
