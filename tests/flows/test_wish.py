"""What a visitor chooses and what the list and the counts make of it, on a real store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.codes import AREAS, Settlement, Trade
from kiosk.domain.wish import DAY_PAYS, DAYS_AHEAD, SWITCHES, Wish
from kiosk.services.browse import JobQuery, jobs
from kiosk.services.fitting import fitting
from kiosk.services.register import register
from kiosk.services.wish import find, near_areas, ways
from tests.bench.data import make_listings
from tests.flows.test_use_cases import a_form
from tests.station import START, TestStation, a_listing, a_review, make_station

TRADES = st.none() | st.sampled_from(Trade)
OPTIONS = [
    ("near", True),
    *(("areas", area) for area in AREAS),
    *(("min_day_fen", fen) for fen in DAY_PAYS),
    *(("days_ahead", days) for days in DAYS_AHEAD),
    *(("settlement", one) for one in Settlement),
    *(("switches", name) for name in SWITCHES),
]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStation]:
    """Give a station with 150 listings of all kinds."""
    station = make_station(tmp_path_factory.mktemp("wish"))
    with station.store.write() as u:
        for n, public in enumerate(make_listings(150, seed=8)):
            values = {name: getattr(public, name) for name in type(public).__dataclass_fields__ if name not in ("id", "station_id")}
            listing = a_listing(START + timedelta(seconds=n), **values)
            u.put(listing)
            u.put(a_review(listing, START + timedelta(seconds=n)))
    yield station
    station.store.close()


def test_find_when_near_is_chosen_gives_own_and_neighbouring_areas_nearest_first(station: TestStation) -> None:
    near = near_areas(station.here)
    assert near[0] == "420923101"
    assert 1 < len(near) < len(AREAS)
    page = find(station.here, Wish(near=True), limit=200)
    places = [near.index(p.listing.area) for p in page.rows]
    assert places == sorted(places)
    assert page.total == len(page.rows) == sum(find(station.here, Wish(areas=frozenset({area}))).total for area in near)
    assert page.home == "420923101"


def test_find_when_well_paid_only_orders(station: TestStation) -> None:
    page = find(station.here, Wish(well_paid=True), limit=200)
    fen = [p.day_fen if p.day_fen is not None else -1 for p in page.rows]
    assert fen == sorted(fen, reverse=True)
    assert page.total == find(station.here, Wish()).total


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(OPTIONS), max_size=4), st.sampled_from(OPTIONS), TRADES, st.sampled_from(["", "工", "bj"]))
def test_ways_when_one_more_is_chosen_the_list_is_as_long_as_its_tile_said(
    station: TestStation, before: list[tuple[str, object]], more: tuple[str, object], trade: Trade | None, text: str
) -> None:
    wish = Wish(trade=trade, text=text)
    for option in before:
        wish = wish.toggled(*option)
    found = ways(station.here, wish)
    assert found.total == find(station.here, wish).total
    kind, value = more
    if wish.has(kind, value):
        return
    tables = {
        "areas": found.choices.areas,
        "min_day_fen": found.choices.pay,
        "days_ahead": found.choices.days,
        "settlement": found.choices.settlements,
        "switches": found.choices.switches,
    }
    said = found.near if kind == "near" else tables[kind][value]  # type: ignore[index]
    # a township's tile says what stands in that township, which comes to what other townships have
    then = replace(wish, near=False, areas=frozenset({value})) if kind == "areas" else wish.toggled(kind, value)  # type: ignore[arg-type]
    assert find(station.here, then).total == said


@given(st.lists(st.sampled_from(OPTIONS), max_size=8))
def test_wish_when_each_choice_is_given_up_is_bare_again(options: list[tuple[str, object]]) -> None:
    wish = Wish()
    for option in options:
        wish = wish.toggled(*option)
    assert not (wish.near and wish.areas)
    for kind, value in list(wish.chosen()):
        assert wish.has(kind, value)
        wish = wish.dropped(kind, value)
    assert wish == Wish()
    assert wish.bare


def test_fitting_when_a_worker_is_known_gives_reasons_and_changes_nothing_in_the_whole_list(station: TestStation) -> None:
    before = jobs(station.here, find_all())
    worker = register(station.here, a_form()).worker
    found = fitting(station.here, worker.id)
    assert found
    assert all(match.reasons and match.listing.trade in worker.trades for match in found)
    assert jobs(station.here, find_all()) == before


def find_all() -> JobQuery:
    return JobQuery(limit=200)


def test_find_when_searched_within_choices_keeps_both(station: TestStation) -> None:
    within = find(station.here, Wish(text="工", settlement=Settlement.DAILY), limit=200)
    assert all(p.listing.settlement is Settlement.DAILY for p in within.rows)
    assert 0 < within.total < find(station.here, Wish(text="工")).total
