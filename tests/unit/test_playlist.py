"""The fair board: equal showings, urgent ones more, rings in order, the QR for long enough, and nothing that has ended."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.listing import Published
from kiosk.domain.matching import Ring
from kiosk.domain.playlist import TURN, Item, Page, Played, PlaylistSettings, fresh, is_urgent, item, plan, standing
from kiosk.domain.record import from_plain, to_plain
from tests.station import a_listing

NOW = datetime(2026, 11, 23, 7, 42, tzinfo=UTC)
SIX = PlaylistSettings()
LATER = timedelta(days=30)


def _item(number: int, ring: Ring = Ring.OWN, starts: timedelta = timedelta(days=3), ends: timedelta = LATER) -> Item:
    return Item(id=f"id{number}", number=number, ring=ring, starts_at=NOW + starts, ends_at=NOW + ends, published_at=NOW)


def _play(items: list[Item], choice: PlaylistSettings, pages: int, played: Played | None = None, large: int = 0) -> list[Page]:
    """Play so many pages; every `large`-th shows one listing alone."""
    shown, played = [], played or Played()
    for number in range(pages):
        # the clock stands still so that no listing changes its class
        page = plan(items, played, choice, NOW, 1 if large and number % large == 0 else 0)
        shown.append(page)
        played = page.played
    return shown


def _class(one: Item, choice: PlaylistSettings) -> tuple[Ring, bool]:
    return one.ring, is_urgent(one, choice, NOW)


ITEMS = st.lists(
    st.tuples(st.sampled_from(Ring), st.sampled_from([timedelta(days=-1), timedelta(hours=20), timedelta(days=9)])), min_size=1, max_size=40
).map(lambda kinds: [_item(n, ring, starts) for n, (ring, starts) in enumerate(kinds, 1)])
CHOICES = st.builds(
    PlaylistSettings, rows=st.integers(1, 8), urgent_factor=st.integers(1, 4), county_pages=st.integers(1, 4), dwell_s=st.floats(20, 90)
)
BEFORE = st.builds(
    Played,
    shown=st.dictionaries(st.integers(1, 50).map("id{}".format), st.integers(0, 99)),
    rounds=st.dictionaries(st.sampled_from(["0a", "0b", "1a", "1b", "2a", "2b"]), st.integers(0, 9 * TURN)),
)


@given(ITEMS, CHOICES, BEFORE, st.integers(1, 60), st.integers(0, 5))
def test_plan_when_nothing_changes_shows_all_of_a_class_equally(
    items: list[Item], choice: PlaylistSettings, before: Played, pages: int, large: int
) -> None:
    shown: Counter[str] = Counter()
    for page in _play(items, choice, pages, before, large):
        shown.update(i.id for i in page.rows)
        classes = defaultdict(list)
        for one in items:
            classes[_class(one, choice)].append(shown[one.id])
        assert all(max(counts) - min(counts) <= 1 for counts in classes.values())


@given(ITEMS, CHOICES, st.integers(1, 60))
def test_plan_when_played_fills_the_page_without_doubles_and_lights_one_of_its_rows(
    items: list[Item], choice: PlaylistSettings, pages: int
) -> None:
    for page in _play(items, choice, pages):
        assert len({i.id for i in page.rows}) == len(page.rows) == min(choice.rows, len(items))
        assert page.highlight in page.rows
        assert [i.ring for i in page.rows] == sorted(i.ring for i in page.rows)
        assert 1 <= page.number <= page.of


@given(ITEMS, CHOICES, st.integers(1, 150))
def test_plan_when_played_gives_each_its_share_of_the_qr(items: list[Item], choice: PlaylistSettings, pages: int) -> None:
    lit: Counter[str] = Counter()
    share: Counter[str] = Counter()
    for page in _play(items, choice, pages):
        share.update({i.id: TURN // len(page.rows) for i in page.rows})
        assert page.highlight is not None
        lit[page.highlight.id] += TURN
        assert all(abs(lit[i.id] - share[i.id]) <= 3 * TURN for i in items)


def test_plan_when_all_are_of_one_class_lights_each_within_two_of_the_others() -> None:
    for count in range(1, 40):
        lit: Counter[int] = Counter(dict.fromkeys(range(count), 0))
        for k, page in enumerate(_play([_item(n) for n in range(count)], SIX, 6 * count), 1):
            assert page.highlight is not None
            lit[page.highlight.number] += 1
            assert max(lit.values()) - min(lit.values()) <= 2
            assert k < 2 * count or min(lit.values()) >= 1


def test_plan_when_some_are_urgent_shows_them_as_often_as_stated() -> None:
    urgent = [_item(n, starts=timedelta(hours=23)) for n in range(3)]
    calm = [_item(n) for n in range(10, 31)]
    for factor in (1, 2, 3):
        slots = 3 * factor + 21
        shown = Counter(i.id for p in _play(urgent + calm, replace(SIX, urgent_factor=factor), slots) for i in p.rows)
        assert {shown[i.id] for i in calm} == {6}
        assert {shown[i.id] for i in urgent} == {6 * factor}


def test_plan_when_as_many_are_urgent_as_fill_a_page_never_shows_the_same_page_twice_in_a_row() -> None:
    items = [_item(n, starts=timedelta(hours=20)) for n in range(1, 7)] + [_item(n) for n in range(7, 20)]
    assert all({i.id for i in a.rows} != {i.id for i in b.rows} for a, b in pairwise(_play(items, SIX, 40)))


@pytest.mark.parametrize(("starts", "urgent"), [(0, True), (24 * 3600, True), (24 * 3600 + 1, False), (-1, False)])
def test_is_urgent_when_it_starts_within_a_day_and_not_before_now(starts: int, urgent: bool) -> None:
    assert is_urgent(_item(1, starts=timedelta(seconds=starts)), SIX, NOW) is urgent


def test_plan_when_a_round_is_played_goes_from_own_township_to_neighbours_to_county() -> None:
    items = [_item(n, ring) for n, ring in enumerate([Ring.COUNTY] * 5 + [Ring.OWN] * 8 + [Ring.NEIGHBOUR] * 5, 1)]
    pages = _play(items, SIX, 3)
    assert [[i.ring for i in p.rows] for p in pages] == [[0] * 6, [0, 0, 1, 1, 1, 1], [1, 2, 2, 2, 2, 2]]
    assert [(p.number, p.of) for p in pages] == [(1, 3), (2, 3), (3, 3)]


def test_plan_when_the_county_is_large_caps_its_pages_and_still_comes_to_all() -> None:
    own, county = [_item(n) for n in range(6)], [_item(n, Ring.COUNTY) for n in range(100, 200)]
    pages = _play(own + county, replace(SIX, county_pages=3), 4 * 34)
    mine = [k for k, p in enumerate(pages) if p.rows[0].ring is Ring.OWN]
    assert {b - a for a, b in pairwise(mine)} == {4}
    shown = Counter(i.id for p in pages for i in p.rows)
    assert min(shown[i.id] for i in county) >= 6


def test_plan_when_a_listing_is_new_shows_it_next_and_then_like_all_others() -> None:
    items = [_item(n) for n in range(30)]
    played = _play(items, SIX, 50)[-1].played
    pages = _play([*items, _item(99)], SIX, 31, played)
    assert any(i.number == 99 for i in pages[0].rows)
    assert Counter(i.number for p in pages for i in p.rows)[99] == 6


def test_plan_when_all_others_have_spent_their_credit_a_new_one_does_not_hold_the_qr() -> None:
    items = [_item(n) for n in range(6)]
    spent = Played(credit={i.id: -9 * TURN for i in items[:5]})
    lit = Counter(p.highlight.number for p in _play(items, SIX, 12, spent) if p.highlight)
    assert lit == Counter(dict.fromkeys(range(6), 2))


def test_plan_when_a_class_comes_back_after_a_pause_does_not_fill_the_board() -> None:
    own = [_item(n) for n in range(12)]
    played = _play(own, SIX, 100)[-1].played
    county = [_item(n, Ring.COUNTY) for n in range(100, 112)]
    pages = _play(own + county, SIX, 12, played)
    assert all(any(i.ring is Ring.OWN for p in pages[k : k + 5] for i in p.rows) for k in range(8))


def test_plan_when_a_listing_ends_has_it_gone_to_the_second() -> None:
    ending = _item(1, ends=timedelta(seconds=10))
    page = plan([ending, _item(2)], Played(), SIX, NOW)
    assert len(page.rows) == 2
    before, at = NOW + timedelta(seconds=9, milliseconds=999), NOW + timedelta(seconds=10)
    assert len(standing(page, [ending, _item(2)], before).rows) == 2
    after = standing(page, [ending, _item(2)], at)
    assert [i.number for i in after.rows] == [2]
    assert [i.number for i in plan([ending, _item(2)], page.played, SIX, at).rows] == [2]


def test_standing_when_the_highlighted_one_is_taken_down_shows_no_qr_of_it() -> None:
    page = plan([_item(1)], Played(), SIX, NOW)
    gone = standing(page, [], NOW)
    assert (gone.rows, gone.highlight) == ((), None)


def test_plan_when_there_is_no_work_is_an_empty_page() -> None:
    page = plan([], Played(), SIX, NOW)
    assert (page.rows, page.highlight, page.number, page.of) == ((), None, 1, 1)


def test_played_when_kept_over_a_restart_goes_on_with_the_same_page() -> None:
    items = [_item(n) for n in range(20)]
    played = _play(items, SIX, 7)[-1].played
    again = from_plain(Played, to_plain(played))
    assert plan(items, again, SIX, NOW) == plan(items, played, SIX, NOW)


def test_fresh_when_published_within_minutes_gives_them_newest_first() -> None:
    items = [replace(_item(n), published_at=NOW - timedelta(minutes=m)) for n, m in ((1, 10), (2, 0), (3, 5), (4, 11))]
    items.append(replace(_item(5, ends=timedelta()), published_at=NOW))
    assert [i.number for i in fresh(items, SIX, NOW)] == [2, 3, 1]


def test_item_when_made_of_a_listing_ends_with_its_last_day_in_china() -> None:
    listing = a_listing(starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 26), day_start_min=420).public()
    one = item(Published(seq=1, number=17, published_at=NOW, day_fen=26000, listing=listing), Ring.OWN)
    assert one.starts_at == datetime(2026, 11, 23, 23, tzinfo=UTC)
    last = datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)
    assert plan([one], Played(), SIX, last).rows == (one,)
    assert plan([one], Played(), SIX, last + timedelta(seconds=1)).rows == ()


@pytest.mark.parametrize("wrong", [{"rows": 0}, {"rows": 17}, {"dwell_s": 19.9}, {"urgent_factor": 0}, {"county_pages": 0}])
def test_settings_when_they_could_not_be_fair_or_scanned_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="cannot play"):
        PlaylistSettings(**wrong)  # type: ignore[arg-type]
