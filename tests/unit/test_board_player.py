"""What stands on the board and when, on a real encrypted store read through the board's own connection; time in the test's hand."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.listing import Takedown
from kiosk.domain.notice import Notice, SlipCall
from kiosk.domain.playlist import PlaylistSettings
from kiosk.domain.privacy import Phone
from kiosk.domain.programme import LONGEST_S, PageKind, read_quiet
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.running import Facility, FacilityCheck
from kiosk.errors import StoreBusy, StoreError, WrongKey
from kiosk.screens.board.contents import Network
from kiosk.screens.board.memory import BoardFile
from kiosk.screens.board.player import GRACE_S, LOCKED_S, RETRY_S, Hall, Player
from kiosk.screens.board.scene import Scene, State
from kiosk.services.call import answer_calls, call_staff
from kiosk.services.sample import load_sample
from kiosk.services.station import Here
from kiosk.store.store import open_store
from tests.station import ASSETS, KEY, START, STATION, TestStation, a_listing, a_review, make_station

DWELL_S = 21.0
SHUT_OUT = """
import fcntl, sys
with open(sys.argv[1], "rb+") as log:
    fcntl.lockf(log, fcntl.LOCK_EX, 8, 120)  # every lock of the index of a write-ahead log
    print("locked", flush=True)
    sys.stdin.read()
"""


@dataclass
class Beat:
    """A clock that goes forward when told."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


class Playing:
    """A player on a station, and the last scene it gave."""

    def __init__(self, station: TestStation, folder: Path, rows: int = 3) -> None:
        self.station, self.beat, self.file = station, Beat(), folder / "played.json"
        self.error: Exception | None = None
        self.rows = rows
        self.hall = Hall(stale_after=timedelta(hours=6))
        self.player = self._player()
        self.scene: Scene | None = None

    def _player(self) -> Player:
        settings = PlaylistSettings(rows=self.rows, dwell_s=DWELL_S)
        return Player(self._open, settings, self.hall, BoardFile(self.file, self.file.with_name("told.json")), self.beat)

    def restart(self) -> None:
        self.player.close()
        self.player = self._player()

    def _open(self) -> Here:
        if self.error is not None:
            raise self.error
        store = open_store(self.station.path, KEY, board=True, clock=self.station.clock)
        return replace(self.station.here, store=store)

    def step(self, seconds: float = 0.25) -> Scene | None:
        self.beat.now += seconds
        self.station.clock.tick(seconds=seconds)
        scene = self.player.step()
        self.scene = scene or self.scene
        return scene

    def turn(self) -> Scene:
        """Let the page stand its time; give the next one."""
        scene = self.step(self.player._turns._due - self.beat.now)
        assert scene is not None
        return scene

    def turn_to(self, kind: PageKind) -> Scene:
        """Turn pages until one of the kind comes."""
        return next(scene for _ in range(60) if (scene := self.turn()).kind is kind)

    def approve(self, **changes: Any) -> str:
        now = self.station.clock()
        listing = a_listing(now, **changes)
        with self.station.store.write() as u:
            u.keep(listing)
            u.keep(a_review(listing, now))
        return listing.id


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    playing = Playing(make_station(tmp_path), tmp_path)
    yield playing
    playing.player.close()
    playing.station.store.close()


def test_player_when_listings_are_public_gives_pages_that_stand_their_time(playing: Playing) -> None:
    ids = {playing.approve(title=f"活{n}") for n in range(5)}
    first = playing.step()
    assert first is not None
    assert (first.state, first.station, first.total, len(first.rows)) == (State.LISTINGS, "义堂站", 5, 3)
    assert first.highlight in first.rows
    assert first.until is not None
    stands_s = (first.until - playing.station.clock()).total_seconds()
    assert stands_s >= 20
    assert playing.step(stands_s - 1) is None
    second = playing.step(1)
    assert second is not None
    assert second.turn == first.turn + 1
    seen = {row.id for row in first.rows + second.rows}
    while seen != ids:
        seen |= {row.id for row in playing.turn_to(PageKind.LIST).rows}


def test_player_when_one_is_approved_puts_it_into_the_strip_and_not_into_the_page(playing: Playing) -> None:
    for n in range(3):
        playing.approve(title=f"活{n}")
    playing.step()
    playing.station.clock.tick(minutes=11)
    first = playing.turn()
    assert first.fresh is None
    new = playing.approve(title="新来的")
    scene = playing.step()
    assert scene is not None
    assert scene.fresh is not None
    assert (scene.fresh.id, scene.turn, scene.rows) == (new, first.turn, first.rows)
    playing.station.clock.tick(minutes=10)
    assert playing.turn().fresh is None


def test_player_when_several_are_new_gives_each_its_turn_in_the_strip(playing: Playing) -> None:
    ids = []
    for n in range(3):
        ids.append(playing.approve(title=f"新{n}"))
        playing.station.clock.tick(seconds=1)
    seen = [playing.step(), playing.turn(), playing.turn()]
    assert [scene.fresh.id for scene in seen if scene and scene.fresh] == ids[::-1]


def test_player_when_one_is_taken_down_takes_it_off_and_keeps_the_rest(playing: Playing) -> None:
    for n in range(3):
        playing.approve(title=f"活{n}")
    scene = playing.step()
    assert scene is not None
    assert scene.highlight is not None
    gone = scene.highlight
    with playing.station.store.write() as u:
        at = playing.station.clock()
        u.keep(Takedown(id=new_id(at), station_id=STATION.id, listing_id=gone.id, by_name="李芳", reason="满", taken_down_at=at))
    after = playing.step()
    assert after is not None
    assert after.highlight is None
    assert after.rows == tuple(row for row in scene.rows if row != gone)


def test_player_when_only_a_worker_changes_does_not_look_again(playing: Playing) -> None:
    playing.approve()
    playing.step()
    with playing.station.store.write() as u:
        u.remember("something", "else")
    assert playing.step() is None


def test_player_when_all_pages_are_read_tells_no_contact_and_no_name(playing: Playing) -> None:
    for n in range(7):
        playing.approve(
            title=f"找人 1990000123{n}", place="打 0712-400 1234 问路", contact_phone=Phone(f"1990000123{n}"), employer_name="王大力"
        )
    scenes = [playing.step()] + [playing.turn() for _ in range(9)]
    assert PageKind.LARGE in {scene.kind for scene in scenes if scene}
    said = " ".join(
        str(getattr(part, field.name))
        for scene in scenes
        if scene is not None
        for part in (*scene.rows, scene.fresh, scene.highlight, scene.sheet)
        if part is not None
        for field in fields(part)
        if field.name not in ("id", "url")
    )
    assert "找人" in said
    assert not [word for word in ("周建国", "王大力", "李芳", "1990000", "400 1234", "0712") if word in said]


def test_player_when_the_county_was_not_heard_for_long_says_the_data_is_old(playing: Playing) -> None:
    playing.approve(ends_on=a_listing().ends_on + timedelta(days=9))
    assert (playing.step() or Scene(state=State.WAITING)).heard_at is None
    heard = playing.station.clock()
    with playing.station.store.write() as u:
        u.remember("sync.heard_at", to_plain(heard))
    scene = playing.step(60)
    assert scene is not None
    assert (scene.heard_at, scene.stale) == (heard, False)
    playing.station.clock.tick(hours=7)
    assert playing.turn().stale


def test_player_when_the_phone_host_changes_links_there_within_a_minute(playing: Playing) -> None:
    playing.approve()
    playing.step()
    with playing.station.store.write() as u:
        u.remember("station.phone_base", "https://new.test")
    scene = playing.step(60)
    assert scene is not None
    assert scene.rows[0].url.startswith("https://new.test/k/")


def test_player_when_the_clock_was_never_set_shows_what_is_public_and_says_so(playing: Playing) -> None:
    ended = playing.approve(title="早过了", ends_on=a_listing().starts_on)
    playing.station.clock.tick(days=5)
    playing.approve(title="还在", ends_on=a_listing().ends_on + timedelta(days=9))
    playing.station.clock.now = datetime(1970, 1, 1, tzinfo=UTC)
    scene = playing.step()
    assert scene is not None
    assert not scene.clock_right
    assert scene.fresh is None
    assert [row.title for row in scene.rows] == ["还在"]
    assert ended not in {row.id for row in scene.rows}
    playing.station.clock.now = datetime(2026, 11, 29, tzinfo=UTC)
    assert playing.turn().clock_right


def test_player_when_the_clock_jumps_turns_no_page(playing: Playing) -> None:
    playing.approve(ends_on=a_listing().ends_on + timedelta(days=9))
    first = playing.step()
    assert first is not None
    playing.station.clock.tick(hours=3)
    after = playing.step()
    assert after is None or after.turn == first.turn


BACK = [timedelta(hours=1), timedelta(days=365), START - datetime(1970, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize("back", BACK, ids=["an hour", "a year", "1970"])
def test_player_when_the_clock_jumps_back_goes_on_and_calls_nothing_new_that_was_not(playing: Playing, back: timedelta) -> None:
    for n in range(6):
        playing.approve(title=f"活{n}", ends_on=a_listing().ends_on + timedelta(days=9))
    ended = playing.approve(title="完了", ends_on=a_listing().starts_on)
    playing.station.clock.tick(days=2)
    playing.approve(title="刚才的", ends_on=a_listing().ends_on + timedelta(days=9))
    playing.station.clock.tick(minutes=30)
    _notice(playing, "停水", urgent=True, ends_at=playing.station.clock() + timedelta(hours=9))
    with playing.station.store.write() as u:
        u.sweep()
    before = _next(playing)
    assert before.kind is PageKind.NOTICE
    playing.station.clock.now -= back
    stood = [before.turn]
    for _ in range(40):
        scene = playing.turn()
        stood.append(scene.turn)
        assert scene.fresh is None, "it was new half an hour ago"
        assert ended not in {row.id for row in scene.rows}
        assert scene.rows or scene.state is State.SHEET
    assert stood == list(range(before.turn, before.turn + 41)), "pages turn, each in its time"
    new = playing.approve(title="新来的", ends_on=a_listing().ends_on + timedelta(days=9))
    scene = _next(playing)
    assert (scene.fresh and scene.fresh.id) == (new if scene.clock_right else None)
    rings = scene.rings
    playing.station.clock.now += back
    for _ in range(10):
        scene = playing.turn()
    assert scene.rings == rings, "an urgent notice that was told is not told again"


def test_player_when_the_clock_jumps_back_while_restarted_does_not_keep_a_page_for_an_hour(playing: Playing) -> None:
    for n in range(6):
        playing.approve(title=f"活{n}")
    first = _next(playing)
    playing.station.clock.now -= timedelta(hours=1)
    playing.restart()
    after = _next(playing, 1)
    assert after.turn == first.turn + 1
    assert after.until is not None
    assert after.until - playing.station.clock() < timedelta(minutes=2)


def test_player_when_a_day_ends_takes_off_what_ended_with_it(playing: Playing) -> None:
    last = a_listing().starts_on
    playing.approve(title="今天完", ends_on=last)
    playing.approve(title="明天还有", ends_on=last + timedelta(days=1))
    playing.station.clock.now = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
    scene = playing.step(0.5)
    assert scene is not None
    assert {row.title for row in scene.rows} == {"今天完", "明天还有"}
    scene = playing.step(1)
    assert scene is not None
    assert [row.title for row in scene.rows] == ["明天还有"]


@pytest.mark.parametrize(("error", "state"), [(WrongKey("no"), State.TROUBLE), (StoreError("not enrolled"), State.WAITING)])
def test_player_when_the_store_cannot_be_opened_says_so_and_tries_again(playing: Playing, error: Exception, state: State) -> None:
    playing.approve()
    playing.error = error
    playing.step()
    assert playing.player._scene.state is state
    playing.error = None
    assert playing.step() is None
    scene = playing.step(RETRY_S)
    assert scene is not None
    assert scene.state is State.LISTINGS


def test_player_when_the_store_breaks_while_listings_stand_lets_them_stand_a_moment_only(playing: Playing) -> None:
    playing.approve()
    playing.step()
    playing.player._here.store.close()  # type: ignore[union-attr]
    playing.player._watcher.close()  # type: ignore[union-attr]
    playing.error = WrongKey("gone")
    assert playing.step() is None
    scenes = [playing.step(RETRY_S) for _ in range(int(GRACE_S / RETRY_S) + 1)]
    assert [scene.state for scene in scenes if scene] == [State.TROUBLE]


def test_player_when_another_process_locks_the_store_lets_the_page_stand_with_its_age_without_what_ends(playing: Playing) -> None:
    last = a_listing().starts_on
    playing.approve(title="今天完", ends_on=last)
    playing.approve(title="还有好久", ends_on=last + timedelta(days=9))
    playing.station.clock.now = datetime(2026, 11, 24, 15, 55, tzinfo=UTC)
    first = _next(playing)
    seen_at = playing.station.clock()
    playing.player._here.store.close()  # type: ignore[union-attr]
    playing.player._watcher.close()  # type: ignore[union-attr]
    playing.error = StoreBusy("database is locked")
    assert playing.step() is None, "a lock of moments is nobody's business"
    scenes = [_next(playing, GRACE_S)]
    assert (scenes[0].rows, scenes[0].stale, scenes[0].heard_at) == (first.rows, True, seen_at)
    playing.step(300)
    assert playing.scene is not None
    assert [row.title for row in playing.scene.rows] == ["还有好久"], "what ends goes all the same"
    assert _next(playing, LOCKED_S).state is State.TROUBLE, "nobody could take anything down"
    playing.error = None
    after = _next(playing, RETRY_S)
    assert ([row.title for row in after.rows], after.stale) == (["还有好久"], False)


def test_player_when_the_store_is_locked_for_a_moment_goes_on_with_the_same_page(playing: Playing) -> None:
    for n in range(6):
        playing.approve(title=f"活{n}")
    first = _next(playing)
    playing.player._watcher.close()  # type: ignore[union-attr]
    playing.error = StoreBusy("database is locked")
    assert playing.step() is None
    playing.error = None
    assert playing.step(RETRY_S) is None, "the same page, for the rest of its time"
    assert playing.turn().turn == first.turn + 1


def test_player_when_the_store_is_locked_at_its_start_says_that_it_comes(playing: Playing) -> None:
    playing.approve()
    playing.error = StoreBusy("database is locked")
    playing.step()
    assert playing.player._scene.state is State.WAITING
    playing.error = None
    assert _next(playing, RETRY_S).state is State.LISTINGS


@pytest.mark.long
def test_player_when_readers_are_shut_out_of_the_log_takes_it_for_a_lock(playing: Playing) -> None:
    """What a process does that hangs while it recovers the log: SQLite tries for ten seconds, and calls it another thing."""
    playing.approve()
    first = _next(playing)
    words = [sys.executable, "-c", SHUT_OUT, str(playing.station.path) + "-shm"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        playing.beat.now += 60
        assert playing.player.step() is None
        playing.beat.now += GRACE_S
        after = playing.player.step()
        assert after is not None
        assert (after.rows, after.stale) == (first.rows, True)
        holder.communicate("")
    playing.approve(title="新来的")
    scene = _next(playing, RETRY_S)
    assert (scene.fresh and scene.fresh.title, scene.stale) == ("新来的", False)


def test_player_when_restarted_comes_back_to_the_same_page_for_the_rest_of_its_time(playing: Playing) -> None:
    for n in range(6):
        playing.approve(title=f"活{n}")
    first = playing.step()
    for _ in range(12):
        assert first is not None
        playing.restart()
        again = playing.step(1)
        assert again is not None
        # the strip begins anew with the newest
        assert replace(again, fresh=first.fresh) == first
        first = playing.turn()


def test_player_when_restarted_long_after_goes_on_with_whose_turn_it_was(playing: Playing) -> None:
    for n in range(6):
        playing.approve(title=f"活{n}")
    first = playing.step()
    assert first is not None
    playing.restart()
    after = playing.step(600)
    seen = [row.id for row in first.rows]
    while len(seen) < 6:
        assert after is not None
        seen += [row.id for row in after.rows]
        after = playing.turn()
    assert len(set(seen)) == 6, "whoever stood there last comes last"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"played": 3}', '{"played": {"shown": {"a": "b"}}}', '{"kind": "no"}', "\x00\xff"])
def test_player_when_what_was_played_is_damaged_begins_anew(playing: Playing, damage: str) -> None:
    playing.approve()
    playing.file.write_bytes(damage.encode("latin-1"))
    scene = playing.step()
    assert scene is not None
    assert len(scene.rows) == 1


def test_player_when_a_visitor_calls_shows_it_until_somebody_comes(playing: Playing) -> None:
    playing.approve()
    before = playing.step()
    assert before is not None
    call_staff(playing.station.here, "我的登记")
    calling = playing.step()
    assert calling is not None
    assert (calling.calling, calling.rows, calling.turn) == (True, before.rows, before.turn)
    assert "我的登记" not in repr(calling)
    answer_calls(playing.station.here, playing.station.head)
    after = playing.step()
    assert after is not None
    assert not after.calling


def test_player_when_nobody_comes_for_ten_minutes_the_call_falls_silent(playing: Playing) -> None:
    playing.approve(ends_on=a_listing().ends_on + timedelta(days=9))
    call_staff(playing.station.here, "首页")
    assert (playing.step() or Scene(state=State.WAITING)).calling
    playing.restart()
    assert (playing.step() or Scene(state=State.WAITING)).calling, "a board that starts meanwhile shows it too"
    playing.station.clock.tick(minutes=10)
    assert not (playing.step() or Scene(state=State.WAITING, calling=True)).calling


def _notice(playing: Playing, title: str, *, urgent: bool = False, **changes: Any) -> Notice:
    now = playing.station.clock()
    times = {"starts_at": now, "ends_at": now + timedelta(hours=8)} | changes
    notice = Notice(id=new_id(now), revision=1, station_id=None, title=title, urgent=urgent, **times)
    with playing.station.store.write() as u:
        u.put(notice)
    return notice


def _next(playing: Playing, seconds: float = 0.25) -> Scene:
    scene = playing.step(seconds)
    assert scene is not None
    return scene


def test_player_when_an_urgent_notice_comes_breaks_in_with_a_chime_and_goes_back(playing: Playing) -> None:
    for n in range(4):
        playing.approve(title=f"活{n}")
    before = _next(playing)
    _notice(playing, "今天下午停电", urgent=True)
    scene = _next(playing)
    assert (scene.kind, scene.sheet and scene.sheet.title) == (PageKind.NOTICE, "今天下午停电")
    assert (scene.rings, scene.aloud) == (before.rings + 1, "今天下午停电")
    _notice(playing, "四号门不开", urgent=True)
    assert playing.step() is None, "the first is being read"
    second = playing.turn()
    assert (second.sheet and second.sheet.title, second.rings) == ("四号门不开", scene.rings + 1)
    back = playing.turn()
    assert (back.rows, back.rings) == (before.rows, second.rings)


def test_player_when_restarted_in_a_break_in_shows_the_notice_without_a_chime_and_goes_back(playing: Playing) -> None:
    for n in range(7):
        playing.approve(title=f"活{n}")
    before = _next(playing)
    _notice(playing, "今天下午停电", urgent=True)
    notice = _next(playing)
    playing.restart()
    again = _next(playing, 1)
    assert (again.kind, again.sheet, again.until, again.rings) == (PageKind.NOTICE, notice.sheet, notice.until, 0)
    back = playing.turn()
    assert (back.kind, back.rows, back.highlight) == (before.kind, before.rows, before.highlight)


def test_player_when_a_notice_is_over_or_taken_back_while_it_stands_goes_on_at_once(playing: Playing) -> None:
    playing.approve()
    _next(playing)
    notice = _notice(playing, "停水", urgent=True, ends_at=playing.station.clock() + timedelta(seconds=10))
    assert _next(playing).kind is PageKind.NOTICE
    assert _next(playing, 10).kind is PageKind.LIST
    again = replace(notice, revision=2, ends_at=playing.station.clock() + timedelta(hours=1))
    with playing.station.store.write() as u:
        u.put(again)
    assert _next(playing).kind is PageKind.NOTICE, "what was changed is news"
    with playing.station.store.write() as u:
        u.put(replace(again, revision=3, withdrawn=True))
    assert _next(playing).kind is PageKind.LIST


def test_player_when_staff_call_a_number_shows_it_rings_and_says_it(playing: Playing) -> None:
    playing.approve()
    before = _next(playing)
    now = playing.station.clock()
    calls = [SlipCall(id=new_id(now), number=number, called_at=now + timedelta(seconds=n)) for n, number in enumerate(("0042", "0051"))]
    with playing.station.store.write() as u:
        u.put(calls[0])
    scene = _next(playing, 1)
    assert (scene.called, scene.turn, scene.rings) == (("0042",), before.turn, before.rings + 1)
    assert "0042" in scene.aloud
    with playing.station.store.write() as u:
        u.put(calls[1])
    assert _next(playing, 1).called == ("0051", "0042")
    with playing.station.store.write() as u:
        u.put(replace(calls[1], called_at=playing.station.clock()))
    again = _next(playing, 1)
    assert (again.called, again.rings) == (("0051", "0042"), scene.rings + 2), "called again, rung again"
    with playing.station.store.write() as u:
        u.put(replace(calls[0], ended_at=playing.station.clock()))
    assert _next(playing).called == ("0051",)
    playing.restart()
    restarted = _next(playing)
    assert (restarted.called, restarted.rings) == (("0051",), 0), "it has been heard"
    scenes = [_next(playing, 60) for _ in range(3)]
    assert scenes[-1].called == ()


def test_player_when_the_county_has_policies_and_courses_gives_each_its_page(playing: Playing) -> None:
    for n in range(4):
        playing.approve(title=f"活{n}")
    sample = load_sample(ASSETS / "sample", playing.station.clock())
    with playing.station.store.write() as u:
        u.put(*sample.policies, *sample.trainings)
    playing.step()
    scenes = [playing.turn() for _ in range(250)]
    shown = {scene.kind: scene for scene in scenes}
    assert set(shown) == {*PageKind} - {PageKind.NOTICE, PageKind.SERVICES, PageKind.PICTURE}
    titles = {scene.sheet.title for scene in scenes if scene.sheet and scene.kind is PageKind.POLICY}
    assert titles == {policy.title for policy in sample.policies}
    for kind in (PageKind.POLICY, PageKind.TRAINING, PageKind.CODE):
        sheet = shown[kind].sheet
        assert sheet is not None
        assert sheet.url.startswith("https://phone.test/")
    large = shown[PageKind.LARGE]
    assert large.highlight is not None
    assert large.rows == (large.highlight,)
    assert large.sheet is not None
    stood = [b.until - a.until for a, b in pairwise(s for s in scenes if s.until) if a.until and b.until]
    assert min(stood) >= timedelta(seconds=20), "no page is shorter"
    assert max(stood) <= timedelta(seconds=LONGEST_S + 1)


def test_player_when_facilities_were_looked_at_says_so_and_offers_the_wifi(playing: Playing) -> None:
    playing.hall = replace(playing.hall, network=Network("驿站", "12345678"))
    playing.restart()
    playing.approve()
    now = playing.station.clock()
    checks = [
        FacilityCheck(id=new_id(now), station_id=STATION.id, facility=facility, ok=ok, by_id="x", by_name="李芳", checked_at=now)
        for facility, ok in ((Facility.WATER, True), (Facility.WIFI, True), (Facility.REST, False))
    ]
    with playing.station.store.write() as u:
        u.put(*checks)
    playing.step()
    sheet = playing.turn_to(PageKind.SERVICES).sheet
    assert sheet is not None
    assert [fact.text for fact in sheet.facts] == ["热水\n今天查过", "无线网\n驿站", "歇脚处\n正在修"]
    assert sheet.url == "WIFI:T:WPA;S:驿站;P:12345678;;"
    assert "李芳" not in repr(sheet)


def test_player_when_it_is_night_is_dim(playing: Playing) -> None:
    playing.hall = replace(playing.hall, quiet=read_quiet("21:00-05:00"))
    playing.restart()
    playing.approve(ends_on=a_listing().ends_on + timedelta(days=9))
    assert not _next(playing).dim
    playing.station.clock.now = datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert _next(playing).dim


def test_player_when_there_is_no_work_shows_a_picture_of_the_station(playing: Playing, tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    playing.hall = replace(playing.hall, pictures=lambda: (picture,))
    playing.restart()
    scene = _next(playing)
    assert (scene.state, scene.kind, scene.sheet and scene.sheet.picture) == (State.EMPTY, PageKind.LIST, str(picture))
    assert playing.turn_to(PageKind.PICTURE).sheet is not None
