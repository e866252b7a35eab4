"""Which kind of page comes next: each has its share, each sheet its turn, urgent notices break in once; and how long a page stands."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.programme import DAYPARTS, Aired, PageKind, Quiet, Turn, breaks_in, choose, dwell_s, read_quiet, spoken_s, weights_at
from kiosk.domain.record import from_plain, to_plain

KINDS = st.dictionaries(st.sampled_from(PageKind), st.integers(1, 5), min_size=1).map(
    lambda counts: {kind: [f"{kind}{n}" for n in range(count)] for kind, count in counts.items()}
)
WEIGHTS = st.dictionaries(st.sampled_from(PageKind), st.integers(0, 9))
AIRED = st.builds(
    Aired,
    earned=st.dictionaries(st.sampled_from([k.value for k in PageKind]), st.integers(-20, 20)),
    shown=st.dictionaries(st.sampled_from([f"{k}{n}" for k in PageKind for n in range(3)]), st.integers(0, 50)),
)


def _play(sheets: dict[PageKind, list[str]], weights: dict[PageKind, int], pages: int, aired: Aired | None = None) -> list[Turn]:
    turns, aired = [], aired or Aired()
    for _ in range(pages):
        turns.append(choose(sheets, aired, weights))
        aired = turns[-1].aired
    return turns


@given(KINDS, WEIGHTS, st.integers(1, 80))
def test_choose_when_nothing_changes_gives_each_kind_its_share(
    sheets: dict[PageKind, list[str]], weights: dict[PageKind, int], pages: int
) -> None:
    able = {k: weights.get(k, 0) for k in sheets}
    if not any(able.values()):
        able = dict.fromkeys(able, 1)
    shown = Counter(turn.kind for turn in _play(sheets, weights, pages))
    for kind, weight in able.items():
        assert abs(shown[kind] - pages * weight / sum(able.values())) < len(able), "never a whole round behind or ahead"
    assert not [k for k in shown if not able.get(k)]


@given(KINDS, WEIGHTS, AIRED, st.integers(1, 80))
def test_choose_when_played_shows_the_sheets_of_a_kind_equally(
    sheets: dict[PageKind, list[str]], weights: dict[PageKind, int], aired: Aired, pages: int
) -> None:
    shown = Counter(turn.sheet for turn in _play(sheets, weights, pages, aired))
    for ids in sheets.values():
        counts = [shown[i] for i in ids]
        assert max(counts) - min(counts) <= 1


def test_choose_when_kinds_weigh_alike_never_shows_one_twice_in_a_row() -> None:
    sheets = {PageKind.LIST: [""], PageKind.CODE: ["code"], PageKind.SAFETY: ["a", "b"]}
    kinds = [turn.kind for turn in _play(sheets, dict.fromkeys(PageKind, 1), 30)]
    assert all(a is not b for a, b in pairwise(kinds))


def test_choose_when_nothing_has_its_hours_shows_it_all_the_same() -> None:
    assert choose({PageKind.PICTURE: ["a"]}, Aired(), {PageKind.LIST: 1}).kind is PageKind.PICTURE
    with pytest.raises(ValueError, match="empty"):
        choose({}, Aired(), {})


def test_choose_when_kept_over_a_restart_goes_on_alike() -> None:
    sheets = {PageKind.LIST: [""], PageKind.POLICY: ["a", "b", "c"], PageKind.SAFETY: ["d"]}
    whole = _play(sheets, dict(weights_at(datetime(2026, 11, 23, 2, tzinfo=UTC))), 20)
    kept = from_plain(Aired, to_plain(whole[9].aired))
    assert _play(sheets, dict(weights_at(datetime(2026, 11, 23, 2, tzinfo=UTC))), 10, kept) == whole[10:]


def test_choose_when_what_was_shown_is_gone_forgets_it() -> None:
    aired = choose({PageKind.POLICY: ["a"]}, Aired(shown={"old": 3}), {PageKind.POLICY: 1}).aired
    assert set(aired.shown) == {"a"}


@pytest.mark.parametrize(("hour", "part"), [(5, 0), (8, 0), (9, 1), (16, 1), (17, 2), (23, 2), (0, 2), (4, 2)])
def test_weights_at_when_the_day_goes_on_follow_its_parts(hour: int, part: int) -> None:
    at = datetime(2026, 11, 22, 16, tzinfo=UTC) + timedelta(hours=hour)  # midnight in China
    assert weights_at(at) == DAYPARTS[part].weights


def test_breaks_in_when_notices_are_urgent_gives_each_revision_once() -> None:
    first = breaks_in([("a", 1), ("b", 1)], Aired())
    assert first is not None
    assert (first.kind, first.sheet) == (PageKind.NOTICE, "a")
    second = breaks_in([("a", 1), ("b", 1)], first.aired)
    assert second is not None
    assert second.sheet == "b"
    assert breaks_in([("a", 1), ("b", 1)], second.aired) is None
    changed = breaks_in([("a", 2)], second.aired)
    assert changed is not None
    assert changed.aired.told == ("a:2",), "what is over is forgotten"


@given(st.lists(st.text(max_size=80), max_size=12), st.floats(20, 60))
def test_dwell_when_words_are_many_is_long_enough_to_read_them_twice_and_no_longer(words: list[str], least: float) -> None:
    assert dwell_s(words, least) == max(least, 2 * spoken_s(words))


def test_dwell_when_a_page_is_read_aloud_holds_for_twice() -> None:
    # a hundred characters at five a second, twice; signs and spaces are not spoken
    assert dwell_s(["装卸工 ・ 义堂镇" * 16, "工工工工"], 20) == 40.0
    assert dwell_s(["，。 ・" * 100], 20) == 20.0


@pytest.mark.parametrize(
    ("text", "hour", "held"), [("21:00-05:00", 21, True), ("21:00-05:00", 4, True), ("21:00-05:00", 5, False), ("12:00-14:00", 13, True)]
)
def test_quiet_when_the_hours_cross_midnight_or_not_holds(text: str, hour: int, held: bool) -> None:
    quiet = read_quiet(text)
    assert quiet is not None
    assert quiet.holds(datetime(2026, 11, 22, 16, tzinfo=UTC) + timedelta(hours=hour)) is held


@pytest.mark.parametrize("wrong", ["21", "21:00", "25:00-05:00", "05:00-05:00", "a-b", "1-2-3"])
def test_quiet_when_it_is_no_span_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_quiet(wrong)


def test_quiet_when_there_is_none_is_none() -> None:
    assert read_quiet("") is None
    assert read_quiet("21:00-05:30") == Quiet(time(21), time(5, 30))
