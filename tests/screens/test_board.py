"""The board as the hall sees it: the real process on a real station, its window photographed, its code decoded."""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp

from kiosk import bootstrap
from kiosk.config import Settings, load
from kiosk.domain.listing import Listing, Verdict
from kiosk.domain.station import Staff
from kiosk.screens import fonts
from kiosk.screens.board.sizes import sizes_for
from kiosk.services import publish, tickets
from kiosk.services.sign_in import Session
from kiosk.services.station import Here
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.looks import problems
from tests.screens.play import FONTS
from tests.screens.real import RealStation
from tests.screens.xtest import Kiosk
from tests.station import a_listing

ESCAPE, F1 = 0xFF1B, 0xFFBE
SEEN_S = 1.0
"""The goal: from an approval to the hall."""


class Board(Kiosk):
    """A running board."""

    def __init__(self, screen: Screen, state: Path) -> None:
        self.state = state
        command = [sys.executable, "-m", "kiosk", "--state", str(state), "board"]
        super().__init__(screen, command, state / "board-probe", state / "board-log")

    def health(self) -> dict[str, Any]:
        path = self.state / "run" / "board.json"
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def wait_health(self, so: Callable[[dict[str, Any]], bool], timeout_s: float = 20) -> dict[str, Any]:
        end = time.monotonic() + timeout_s
        while not so(facts := self.health()):
            assert time.monotonic() < end, f"{facts}; {self.trouble() or self.log.read_text()[-2000:]}"
            time.sleep(0.02)
        return facts

    def standing(self, timeout_s: float = 20) -> dict[str, Any]:
        """Wait until listings stand still; give the health."""
        return self.wait_health(lambda f: f.get("state") == "listings" and not f["fading"], timeout_s)

    def words(self) -> list[str]:
        return [thing["text"] for thing in self.view()["things"] if thing["kind"] == "text"]

    def code(self) -> Any:
        found = zxingcpp.read_barcodes(self.screen.picture())
        assert len(found) == 1
        return found[0]


@pytest.fixture
def start_board(station: RealStation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Board]]:
    """Give a function that starts a board on a station's folder, as large as the screen and as bright at night as by day."""
    running: list[Board] = []

    def begin(screen: Screen, state: Path = station.state) -> Board:
        state.mkdir(exist_ok=True)
        fonts.extract(FONTS)
        shutil.copytree(FONTS, state / "fonts", dirs_exist_ok=True)
        (state / "kiosk.toml").write_text(
            f'[board]\nleft = 0\nwidth = {screen.width}\nheight = {screen.height}\n[board_look]\nscreen_inches = 50\nquiet = ""\n'
        )
        monkeypatch.setenv("KIOSK_BOARD_PROBE", str(state / "board-probe"))
        running.append(Board(screen, state))
        return running[-1]

    yield begin
    for board in running:
        board.close()


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def someone(here: Here) -> Session:
    with here.store.read() as u:
        person = u.list(Staff)[0]
    return Session(person.id, person.name, person.role)


def collect(here: Here, **changes: Any) -> Listing:
    """Record a listing that waits for a reviewer."""
    day = here.today() + timedelta(days=1)
    listing = a_listing(here.now(), station_id=here.station_id, **{"starts_on": day, "ends_on": day + timedelta(days=2)} | changes)
    with here.store.write() as u:
        u.keep(listing)
    return listing


def approve(here: Here, listing: Listing) -> int:
    """Approve it as staff do; give its number."""
    publish.decide(here, someone(here), listing.id, 1, Verdict.APPROVE)
    return number_of(here, listing.id)


def number_of(here: Here, listing_id: str) -> int:
    with here.store.read() as u:
        published = u.published(listing_id)
    assert published is not None
    return published.number


def clear(here: Here) -> None:
    with here.store.write() as u:
        for published in u.newest():
            u.drop(Listing, published.listing.id)


def test_board_when_listings_are_public_shows_what_the_store_has(
    start_board: Callable[..., Board], station: RealStation, screen: Screen
) -> None:
    board = start_board(screen)
    facts = board.standing()
    words = board.words()
    sizes = sizes_for(load(station.state).board, load(station.state).board_look)
    assert len(facts["numbers"]) == sizes.rows >= 6
    with station.here.store.read() as u:
        public = {n: u.numbered(n) for n in facts["numbers"]}
        total = sum(1 for _ in u.newest())
    for number, published in public.items():
        assert published is not None
        assert t("board.number", number=number) in words
        assert any(word.rstrip("…") and published.listing.title.startswith(word.rstrip("…")) for word in words), published.listing.title
    assert t("board.total", count=total, page=1, pages=facts["pages"]) in words
    assert problems(board.view(), screen.width, screen.height) == []
    smallest = min(thing["size"] for thing in board.view()["things"] if thing["kind"] == "text")
    assert smallest >= 4000 / 200 * screen.height / (1102 if screen.height > screen.width else 620) - 1
    code = board.code()
    highlighted = public[facts["highlight"]]
    assert highlighted is not None
    assert code.text == tickets.listing_url(station.here, highlighted.listing.id) == facts["url"]
    assert code.position.top_right.x - code.position.top_left.x >= sizes.code - 2


def test_board_when_a_listing_is_approved_shows_it_within_a_second(
    start_board: Callable[..., Board], station: RealStation, screen: Screen
) -> None:
    board = start_board(screen)
    board.standing()
    listing = collect(station.here, title="守夜的师傅")
    time.sleep(0.5)
    assert not any("守夜的师傅" in word for word in board.words())
    began = time.monotonic()
    number = approve(station.here, listing)
    board.wait_health(lambda f: f["fresh"] == [number], 5)
    assert time.monotonic() - began < SEEN_S
    seen = board.words()
    assert t("board.new") in seen
    assert any(word.startswith(f"{number}号 守夜的师傅 3 人") for word in seen)
    assert problems(board.view(), screen.width, screen.height) == []


def test_board_when_the_highlighted_listing_is_taken_down_leaves_it_out_at_once(
    start_board: Callable[..., Board], station: RealStation, lying: Screen
) -> None:
    clear(station.here)
    listings = [collect(station.here, title=f"第{n}样活") for n in "一二三"]
    for listing in listings:
        approve(station.here, listing)
    board = start_board(lying)
    facts = board.standing()
    gone = facts["ids"][facts["numbers"].index(facts["highlight"])]
    title = next(listing.title for listing in listings if listing.id == gone)
    assert title in board.words()
    publish.take_down(station.here, someone(station.here), gone, "招满了")
    after = board.wait_health(lambda f: len(f["numbers"]) == 2, SEEN_S)
    assert after["highlight"] is None
    assert not any(title in word for word in board.words())
    assert t("board.gone") in board.words()
    assert board.code().text == f"{station.here.phone_base}/"
    assert problems(board.view(), 1920, 1080) == []


def test_board_when_a_page_stands_keeps_its_code_until_its_time_is_over_then_fades(
    start_board: Callable[..., Board], station: RealStation, lying: Screen
) -> None:
    clear(station.here)
    for name in ("甲", "乙"):
        approve(station.here, collect(station.here, title=name))
    board = start_board(lying)
    first = board.standing()
    until, code = datetime.fromisoformat(first["until"]), board.code().text
    while bootstrap.wall_clock() < until - timedelta(seconds=0.5):
        assert board.code().text == code
        time.sleep(0.4)
    after = board.wait_health(lambda f: f["turn"] > first["turn"] and not f["fading"], 5)
    assert (after["kind"], after["fade"]["fps"] > 5) == ("large", True), "nothing faded"
    assert board.code().text == after["url"]
    assert datetime.fromisoformat(after["until"]) - until > timedelta(seconds=20), "somebody has to get up, walk over and scan it"
    assert problems(board.view(), 1920, 1080) == []


def test_board_when_nothing_is_public_says_so_and_shows_the_first_at_once(
    start_board: Callable[..., Board], station: RealStation, screen: Screen
) -> None:
    clear(station.here)
    board = start_board(screen)
    board.wait_text(t("board.empty"))
    assert board.health()["state"] == "empty"
    assert problems(board.view(), screen.width, screen.height) == []
    number = approve(station.here, collect(station.here, title="装卸工"))
    board.wait_health(lambda f: f["numbers"] == [number], 2 * SEEN_S)
    board.standing()
    assert t("board.empty") not in board.words()
    assert t("board.few") in board.words()
    assert problems(board.view(), screen.width, screen.height) == []


def test_board_when_the_key_is_wrong_waits_for_the_right_one(
    start_board: Callable[..., Board], station: RealStation, screen: Screen
) -> None:
    key = station.state / "station.key"
    right = key.read_text()
    key.write_text("0" * 64)
    board = start_board(screen)
    board.wait_text(t("board.trouble"))
    assert problems(board.view(), screen.width, screen.height) == []
    assert "WrongKey" in board.log.read_text()
    assert "Traceback" not in board.log.read_text()
    key.write_text(right)
    assert board.standing(10)["numbers"]


def test_board_when_the_station_is_not_there_yet_waits_and_goes_on_by_itself(
    start_board: Callable[..., Board], tmp_path: Path, lying: Screen
) -> None:
    state = tmp_path / "new"
    board = start_board(lying, state)
    board.wait_text(t("board.waiting"))
    assert problems(board.view(), 1920, 1080) == []
    bootstrap.prepare(Settings(state=str(state), sample=True))
    assert board.standing(15)["numbers"]


def test_board_when_somebody_finds_a_keyboard_stays(start_board: Callable[..., Board], station: RealStation, lying: Screen) -> None:
    board = start_board(lying)
    board.standing()
    before = board.words()
    for key in (ESCAPE, F1):
        lying.key(key)
        time.sleep(0.3)
    assert board.words() == before
    assert board.process.poll() is None
