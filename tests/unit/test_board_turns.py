"""When the board's page turns, whatever happens around it: never before its time but for a reason, and back to it after a restart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.matching import Ring
from kiosk.domain.playlist import Item, PlaylistSettings
from kiosk.domain.programme import PageKind
from kiosk.screens.board.memory import BoardFile
from kiosk.screens.board.turns import Shown, Stock, Turns

NOW = datetime(2026, 11, 23, 7, 42, tzinfo=UTC)
DWELL_S = 20.0
ROWS = 3


@dataclass
class Hall:
    """One board's turns with both clocks in the test's hand."""

    path: Path
    seconds: float = 0.0
    items: list[Item] = field(default_factory=list)
    sheets: dict[PageKind, tuple[str, ...]] = field(default_factory=lambda: {PageKind.SAFETY: ("fee",), PageKind.POLICY: ("p1", "p2")})
    urgent: list[tuple[str, int]] = field(default_factory=list)
    turned_at: float = 0.0
    standing_broke_in: bool = False
    told: list[str] = field(default_factory=list)
    """Every notice that has broken in, in that order."""

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        file = BoardFile(self.path, self.path.with_name("told.json"))
        self.turns = Turns(PlaylistSettings(rows=ROWS, dwell_s=DWELL_S), file, lambda: self.seconds)

    def boot(self) -> None:
        """Start the machine anew: what was in memory is gone."""
        self.path.unlink(missing_ok=True)
        self.restart()

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def stock(self) -> Stock:
        notices = {PageKind.NOTICE: tuple(n for n, _ in self.urgent)} if self.urgent else {}
        return Stock(items=tuple(self.items), sheets=self.sheets | notices, urgent=self.urgent)

    def look(self, news: bool = False, words: Sequence[str] = ()) -> bool:
        turned = self.turns.look(self.stock(), self.now(), news)
        if turned:
            self.turns.stand(words, self.now())
            self.turned_at, self.standing_broke_in = self.seconds, self.turns.broke_in
        if self.turns.broke_in:
            assert self.turns.shown is not None
            self.told.append(self.turns.shown.sheet)
        return turned

    def add(self, number: int) -> None:
        later = NOW + timedelta(days=9)
        self.items.append(Item(id=f"id{number}", number=number, ring=Ring.OWN, starts_at=later, ends_at=later, published_at=NOW))

    def kind(self) -> PageKind:
        assert self.turns.shown is not None
        return self.turns.shown.kind

    def rows(self) -> list[int]:
        shown = self.turns.shown
        return [i.number for i in shown.page.rows] if shown is not None and shown.page is not None else []

    def page(self) -> tuple[PageKind, str, list[int]]:
        """Give what stands: its kind, its sheet and its rows."""
        shown = self.turns.shown
        assert shown is not None
        return shown.kind, shown.sheet, self.rows()

    def left(self) -> bool:
        """Say whether anything of what stands is still to be had."""
        shown = self.turns.shown
        assert shown is not None
        if shown.page is None:
            return shown.sheet in self.stock().sheets.get(shown.kind, ())
        return not shown.page.rows or any(i in self.items for i in shown.page.rows)


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path / "played.json")


EVENTS = st.lists(st.sampled_from(["wait", "long", "add", "take", "urgent", "calm", "policy", "restart", "boot"]), min_size=1, max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EVENTS, st.integers(0, 8))
def test_turns_when_anything_happens_turn_no_page_before_its_time_without_a_reason(
    tmp_path: Path, events: list[str], at_first: int
) -> None:
    path = tmp_path / "played.json"
    for old in tmp_path.iterdir():
        old.unlink()
    hall = Hall(path)
    for number in range(at_first):
        hall.add(number)
    hall.look(news=True)
    for number, event in enumerate(events, start=100):
        bare = hall.kind() is PageKind.LIST and not hall.rows()
        match event:
            case "wait":
                hall.seconds += 7
            case "long":
                hall.seconds += 25
            case "add":
                hall.add(number)
            case "take" if hall.items:
                hall.items.pop(0)
            case "urgent":
                hall.urgent.append((f"n{number}", 1))
            case "calm":
                hall.urgent.clear()
            case "policy":
                hall.sheets[PageKind.POLICY] = ("p3",)
            case "restart":
                hall.restart()
            case "boot":
                hall.boot()
        before_at, left = hall.turned_at, event == "restart" or (event != "boot" and hall.left())
        read_out = hall.seconds - before_at >= DWELL_S or not left or (bare and event == "add")
        interrupts = hall.standing_broke_in and not read_out
        if hall.look(news=event not in ("wait", "long")):
            assert read_out or (hall.turns.broke_in and not interrupts), event
        assert set(hall.rows()) <= {i.number for i in hall.items}, "what is gone stands no longer"
        assert hall.left()
    for _ in hall.urgent:
        hall.seconds += DWELL_S
        hall.look()
    assert set(hall.told) >= {name for name, _ in hall.urgent}, "each is told in its turn"
    assert len(set(hall.told)) == len(hall.told), "and none twice, whatever was started anew"


def test_turns_when_an_urgent_notice_comes_break_in_once_and_go_back_to_the_page(hall: Hall) -> None:
    for number in range(5):
        hall.add(number)
    hall.look(news=True)
    before = hall.rows()
    hall.seconds += 3
    hall.urgent = [("n1", 1)]
    assert hall.look(news=True)
    assert (hall.kind(), hall.turns.broke_in) == (PageKind.NOTICE, True)
    hall.seconds += DWELL_S
    assert hall.look()
    assert (hall.rows(), hall.turns.broke_in) == (before, False)
    hall.seconds += DWELL_S - 1
    assert not hall.look(), "the page has its whole time again"
    hall.seconds += 1
    hall.restart()
    assert hall.look(news=True)
    assert not hall.turns.broke_in, "it broke in before the restart"


def test_turns_when_several_urgent_notices_come_at_once_each_has_its_time_and_then_the_page_comes_back(hall: Hall) -> None:
    hall.add(1)
    hall.look(news=True)
    hall.urgent = [("n1", 1), ("n2", 1)]
    assert hall.look(news=True)
    for later in (0.25, 5, DWELL_S - 5.5):
        hall.seconds += later
        hall.urgent = [*hall.urgent[:2], ("n3", 1)]
        assert not hall.look(news=True), "the first is being read"
    for told in (["n1", "n2"], ["n1", "n2", "n3"]):
        hall.seconds += DWELL_S
        assert hall.look()
        assert (hall.kind(), hall.told) == (PageKind.NOTICE, told)
    hall.seconds += DWELL_S
    assert hall.look()
    assert hall.rows() == [1]


def test_turns_when_a_notice_that_is_not_urgent_is_interrupted_come_back_to_it(hall: Hall) -> None:
    hall.sheets = {PageKind.NOTICE: ("plain",)}
    hall.look(news=True)
    while hall.kind() is not PageKind.NOTICE:
        hall.seconds += DWELL_S
        hall.look()
    hall.seconds += 1
    hall.sheets = {PageKind.NOTICE: ("plain", "n1")}
    assert hall.turns.look(Stock(items=(), sheets=hall.sheets, urgent=[("n1", 1)]), hall.now(), True)
    hall.turns.stand((), hall.now())
    hall.seconds += DWELL_S
    assert hall.turns.look(Stock(items=(), sheets=hall.sheets, urgent=[("n1", 1)]), hall.now(), False)
    assert hall.turns.shown == Shown(PageKind.NOTICE, "plain")


def test_turns_when_the_machine_was_started_anew_do_not_tell_again_what_was_told(hall: Hall) -> None:
    hall.add(1)
    hall.urgent = [("n1", 1), ("n2", 1)]
    hall.look(news=True)
    hall.seconds += 3
    hall.boot()
    hall.look(news=True)
    assert hall.told == ["n1", "n2"], "what was not told yet is"
    hall.seconds += DWELL_S
    hall.boot()
    hall.look(news=True)
    assert (hall.told, hall.kind()) == (["n1", "n2"], PageKind.LIST)


def test_turns_when_restarted_while_an_urgent_notice_stands_let_it_be_read_to_its_end(hall: Hall) -> None:
    hall.add(1)
    hall.look(news=True)
    hall.urgent = [("n1", 1)]
    hall.look(news=True)
    hall.seconds += 3
    hall.restart()
    hall.urgent.append(("n2", 1))
    assert not hall.look(news=True)
    assert hall.turns.shown == Shown(PageKind.NOTICE, "n1")


@pytest.mark.parametrize("kind", [PageKind.LIST, PageKind.LARGE, PageKind.POLICY])
def test_turns_when_restarted_in_a_break_in_come_back_to_the_page_that_it_interrupted(hall: Hall, kind: PageKind) -> None:
    for number in range(7):
        hall.add(number)
    hall.look(news=True)
    while hall.kind() is not kind:
        hall.seconds += DWELL_S
        hall.look()
    before = hall.page()
    hall.urgent = [("n1", 1), ("n2", 1)]
    for notice in ("n1", "n2"):
        assert hall.look(news=True)
        hall.restart()
        assert not hall.look(news=True)
        assert hall.page() == (PageKind.NOTICE, notice, [])
        hall.seconds += DWELL_S
    hall.look()
    assert hall.page() == before


def test_turns_when_the_notice_had_its_time_while_restarted_come_back_to_the_page_that_it_interrupted(hall: Hall) -> None:
    for number in range(7):
        hall.add(number)
    hall.look(news=True)
    before = hall.page()
    hall.urgent = [("n1", 1)]
    hall.look(news=True)
    hall.seconds += DWELL_S - 1
    hall.restart()
    hall.seconds += 5
    assert hall.look(news=True)
    assert hall.page() == before


def test_turns_when_restarted_in_a_break_in_and_the_interrupted_page_is_gone_choose_another(hall: Hall) -> None:
    hall.add(1)
    hall.look(news=True)
    hall.urgent = [("n1", 1)]
    hall.look(news=True)
    hall.restart()
    hall.items.clear()
    hall.add(2)
    assert not hall.look(news=True)
    hall.seconds += DWELL_S
    assert hall.look()
    assert hall.kind() is not PageKind.NOTICE
    assert hall.left()


def test_turns_when_the_notice_that_stands_is_taken_back_go_on_at_once(hall: Hall) -> None:
    hall.add(1)
    hall.look(news=True)
    hall.urgent = [("n1", 1)]
    hall.look(news=True)
    hall.urgent = []
    assert hall.look(news=True)
    assert hall.rows() == [1]


def test_turns_when_there_is_no_work_say_so_and_show_the_first_that_comes_at_once(hall: Hall) -> None:
    hall.look(news=True)
    assert (hall.kind(), hall.rows()) == (PageKind.LIST, [])
    hall.seconds += 2
    hall.add(1)
    assert hall.look(news=True)
    assert (hall.kind(), hall.rows()) == (PageKind.LIST, [1])


def test_turns_when_a_page_has_many_words_stand_until_they_can_be_read_twice(hall: Hall) -> None:
    hall.add(1)
    hall.look(news=True, words=["工" * 150])
    hall.seconds += 59.9
    assert not hall.look()
    hall.seconds += 0.1
    assert hall.look()


def test_turns_when_played_for_hours_show_every_kind_and_each_listing_alike(hall: Hall) -> None:
    for number in range(10):
        hall.add(number)
    hall.look(news=True)
    kinds, counts = [], dict.fromkeys(range(10), 0)
    for _ in range(400):
        kinds.append(hall.kind())
        for number in hall.rows():
            counts[number] += 1
        hall.seconds += DWELL_S
        assert hall.look()
    assert set(kinds) == {PageKind.LIST, PageKind.LARGE, PageKind.POLICY, PageKind.SAFETY}
    assert kinds.count(PageKind.LIST) > len(kinds) / 2
    assert max(counts.values()) - min(counts.values()) <= 1
