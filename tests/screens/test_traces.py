"""Nobody after him can learn who he was: however a visit ends, nothing of it is left in the process, in files, behind 返回.

A table of what a visitor may do and of how it may end. The short run takes each line once, with another end each; --long takes every end
of each, in both forms. One terminal serves a whole run, one visitor after the other, as in the hall.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.display import Display

from kiosk.domain.codes import AgeBand
from kiosk.domain.listing import Verdict
from kiosk.domain.privacy import Phone
from kiosk.domain.words import in_fours
from kiosk.domain.worker import Worker
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, sample_state, spell, start_real, station
from tests.screens.test_jobs import _worker
from tests.screens.test_my_postings import post
from tests.screens.test_station import a_course
from tests.screens.xtest import Kiosk

__all__ = ["sample_state", "start_real", "station"]

NAME, OTHER, PHONE = "王秀兰", "王秀里", "19900009876"
FIRM, FIRM_PHONE = "周大勇", "19900004321"
GONE_S, KEY_S, MOST_BACK = 1.5, 0.06, 8
SEEN = ("str ", "list ", "texture of", "WritingBox.strokes", "TextPanel.text", "CandidateRow.offers", "Ink of", "Mesh of")
"""What must be found while a name is being written: else nothing being found afterwards would mean nothing."""
SELECTIONS = ("PRIMARY", "SECONDARY", "CLIPBOARD")


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


@dataclass
class Traces:
    """The test's end of tests.screens.traces."""

    folder: Path

    def remember(self) -> None:
        """Let it remember how the words, the strokes and the readings look that stand on the screen."""
        self.ask("remember")

    def left(self) -> list[str]:
        """Ask what is left; it must have seen the words and the pen before."""
        self.ask("scan")
        answer = json.loads((self.folder / "found").read_text("utf-8"))
        assert min(answer[name] for name in ("pictures", "points", "readings")) > 0
        found: list[str] = answer["found"]
        return found

    def gone(self) -> list[str]:
        """Ask a moment later, once: what a page had still to lay out holds it for some frames, and looking lets go of what was frozen."""
        time.sleep(GONE_S)
        return self.left()

    def ask(self, what: str) -> None:
        """Let it do something, and wait until it is done."""
        (self.folder / what).touch()
        until = time.monotonic() + 60
        while (self.folder / what).exists():
            assert time.monotonic() < until
            time.sleep(0.02)


@dataclass(frozen=True)
class Visitors:
    """One terminal, and who comes to it: `worker` has registered before, `number` is on the slip of `FIRM`."""

    kiosk: Kiosk
    traces: Traces
    worker: Worker
    number: str
    course: str
    seen: list[str] = field(default_factory=list)

    def write(self, name: str) -> None:
        """Write by hand; the first time it is looked, too, whether all of that is seen."""
        self.kiosk.write_words(name)
        self.kiosk.wait(lambda seen: any(one["text"] == name and (one["button"] or {}).get("chosen") for one in seen["things"]), name)
        self.traces.remember()
        if not self.seen:
            self.seen.extend(self.traces.left())

    def key_in(self, digits: str) -> None:
        """Key digits in quickly."""
        self.kiosk.place("0")
        pad = {one["text"]: one["button"]["rect"] for one in self.kiosk.view()["things"] if one["kind"] == "text" and one["button"]}
        for digit in digits:
            self.kiosk.screen.tap(self.kiosk.middle(pad[digit]))
            time.sleep(KEY_S)

    def post(self) -> None:
        """Say who calls, and hand the posting in."""
        kiosk = self.kiosk
        kiosk.wait_page("post_check")
        kiosk.reach(FIRM)
        kiosk.tap(FIRM)
        kiosk.wait_page("post_text")
        kiosk.tap(t("text.again"))
        self.write(NAME)
        kiosk.tap(t("post.next"))
        kiosk.wait_page("post_check")
        kiosk.wait_text(t("post.hand_in"))
        self.traces.remember()
        kiosk.tap(t("post.hand_in"))
        kiosk.wait_page("posted")

    def begin_registering(self) -> None:
        """Write a name by hand, put one character right, key in a phone."""
        kiosk = self.kiosk
        kiosk.tap(t("home.register.title"))
        kiosk.tap(t(f"age_band.{AgeBand.ADULT.value}"))
        kiosk.wait_page("name")
        self.write(NAME)
        kiosk.tap(t("text.fix"))
        kiosk.tap(NAME[2])
        spell(kiosk, "li", OTHER[2])
        kiosk.wait_text(OTHER)
        self.traces.remember()
        kiosk.tap(t("register.next"))
        kiosk.wait_page("phone")
        self.key_in(PHONE)
        kiosk.wait_text(Phone(PHONE).grouped())
        self.traces.remember()

    def register(self) -> None:
        """Register, and stand before 登记好了."""
        kiosk = self.kiosk
        self.begin_registering()
        kiosk.tap(t("register.next"))
        kiosk.tap("搬运装卸")
        kiosk.tap(t("trades.next", count=1))
        kiosk.tap(t("pay.from", yuan=180))
        kiosk.tap(t("pay.finish"))
        kiosk.wait_page("done")
        kiosk.wait_text(t("done.head", name=OTHER))
        self.traces.remember()

    def _prove(self, number: str, phone: str) -> None:
        self.kiosk.place("0")
        self.key_in(number)
        self.kiosk.tap(self._next())
        self.kiosk.wait_text(in_fours(number))
        self.traces.remember()
        self.key_in(phone[-4:])
        self.kiosk.tap(self._next())

    def _next(self) -> str:
        return t("my_posting.next" if self.kiosk.view()["page"] == "my_posting" else "mine.next")

    def open_mine(self) -> None:
        """Open one's registration by the slip's number."""
        self.kiosk.tap(t("home.mine.title"))
        self._prove(self.worker.code, self.worker.phone)
        self.kiosk.wait_page("mine_found")
        self.kiosk.wait_text(self.worker.name.masked())
        self.traces.remember()

    def apply(self) -> None:
        """Put oneself down for what fits best."""
        kiosk = self.kiosk
        self.open_mine()
        kiosk.reach(t("done.fitting"))
        kiosk.tap(t("done.fitting"))
        kiosk.wait_page("fitting")
        kiosk.wait_text(t("fitting.how")[:6])
        row = next(one for one in kiosk.view()["things"] if one["kind"] == "button" and one["size"][0] > 700 and one["rect"][1] > 400)
        kiosk.touch(kiosk.middle(row["rect"]))
        kiosk.tap(t("detail.apply"))
        kiosk.tap(t("apply.yes"))
        kiosk.wait_text(t("apply.done"))

    def sign_up(self) -> None:
        """Sign up for a course."""
        kiosk = self.kiosk
        kiosk.tap(t("home.policy.title"))
        kiosk.tap(t("policy.trainings", count=1))
        kiosk.tap(self.course)
        kiosk.wait_page("policy")
        kiosk.tap(t("detail.apply"))
        kiosk.tap(t("signup.known"))
        self._prove(self.worker.code, self.worker.phone)
        kiosk.wait_page("signup")
        kiosk.wait_text(self.worker.name.masked())
        self.traces.remember()
        kiosk.tap(t("signup.yes"))
        kiosk.wait_page("got_slip")

    def report(self) -> None:
        """Begin to say in one's own words that a listing is not true."""
        kiosk = self.kiosk
        kiosk.tap(t("home.find.title"))
        kiosk.wait_text(t("wish.near"))
        row = next(one for one in kiosk.view()["things"] if one["kind"] == "button" and one["size"][0] > 700)
        kiosk.touch(kiosk.middle(row["rect"]))
        kiosk.tap(t("report.button"))
        kiosk.tap(t("report.more"))
        self.write(NAME)

    def open_postings(self) -> None:
        """Open what one has posted, by the slip's number."""
        kiosk = self.kiosk
        kiosk.tap(t("home.post.title"))
        kiosk.tap(t("post.before"))
        self._prove(self.number, FIRM_PHONE)
        kiosk.wait_page("my_postings")


@dataclass(frozen=True)
class Way:
    """What a visitor does; `asked` is what home asks him before he goes there, `ends` the page's own way to end it."""

    name: str
    walk: Callable[[Visitors], None]
    asked: str = ""
    ends: str = ""


OVER = t("apply.finish")
WAYS = (
    # first, because the terminal is started where a posting has been filled in
    Way("posts", Visitors.post, ends=OVER),
    Way("registers", Visitors.register, ends=OVER),
    Way("opens his registration", Visitors.open_mine, "known", OVER),
    Way("walks away half way", Visitors.begin_registering, "filled"),
    Way("applies", Visitors.apply, ends=OVER),
    Way("signs up for a course", Visitors.sign_up, ends=OVER),
    Way("reports a listing", Visitors.report, "filled"),
    Way("opens his postings", Visitors.open_postings, "known"),
)
ENDS = ("home", "over", "change", "idle")


def _end(here: Visitors, way: Way, end: str) -> None:
    """End the visit; where the page has no way of its own to end it, by going back page by page."""
    kiosk = here.kiosk
    if end == "home":
        kiosk.tap(t("dock.home"))
        if way.asked:
            kiosk.wait_text(t(f"go_home.{way.asked}"))
            kiosk.tap(t("go_home.go"))
    elif end == "change":
        kiosk.tap(t("dock.change"))
    elif end == "idle":
        here.traces.ask("leave")
    elif way.ends:
        kiosk.wait(lambda seen: _can(seen, way.ends), way.ends)
        kiosk.tap(way.ends)
    else:
        _go_back(kiosk)
    seen = kiosk.wait_page("home")
    assert not _can(seen, t("dock.back"))
    assert not _can(seen, t("dock.change"))
    assert not seen["dialog"]


def _go_back(kiosk: Kiosk) -> None:
    for _ in range(MOST_BACK):
        if (seen := kiosk.view())["page"] == "home":
            return
        if seen["dialog"]:
            kiosk.tap(t("go_home.go"))
            return
        kiosk.tap(t("dock.back"))
        time.sleep(0.3)


def _can(seen: dict[str, Any], words: str) -> bool:
    return any(one["text"] == words and (one["button"] or {}).get("enabled") for one in seen["things"])


def _in_files(folders: list[Path], words: list[str]) -> list[str]:
    """Name every file that holds a word as plain text; the store is among them, and is encrypted."""
    needles = [word.encode(coding) for word in words for coding in ("utf-8", "gb18030", "utf-16-le")]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert any(file.suffix == ".log" or file.name == "log" for file in files)
    return [file.name for file in files if any(needle in file.read_bytes() for needle in needles)]


def _selected(screen: Screen) -> list[str]:
    """Name the window system's selections that somebody owns, and its cut buffers that hold something."""
    display = Display(screen.name)
    root = display.screen().root
    owned = [name for name in SELECTIONS if display.get_selection_owner(display.intern_atom(name)) != X.NONE]
    cut = [f"CUT_BUFFER{n}" for n in range(8) if root.get_full_property(display.intern_atom(f"CUT_BUFFER{n}"), X.AnyPropertyType)]
    display.close()
    return owned + cut


@pytest.mark.parametrize("turn", [0, *(pytest.param(n, marks=pytest.mark.long) for n in range(1, len(ENDS)))])
def test_process_when_a_visit_has_ended_holds_nothing_of_the_visitor(
    start_real: StartReal,
    station: RealStation,
    screen: Screen,
    turn: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker, course = _worker(station), a_course(station, 9)
    number = post(station, Verdict.APPROVE, contact_name=FIRM, contact_phone=FIRM_PHONE).number
    phones = [form for phone in (PHONE, FIRM_PHONE, worker.phone) for form in (phone, Phone(phone).grouped(), phone[3:])]
    codes = [form for code in (worker.code, number) for form in (code, in_fours(code))]
    words = [NAME, OTHER, FIRM, worker.name, worker.name.masked(), *phones, *codes]
    folder = tmp_path / "traces"
    folder.mkdir()
    (folder / "words").write_text(json.dumps(words), "utf-8")
    monkeypatch.setenv("PLAY_TRACES", str(folder))
    monkeypatch.setenv("PLAY_POSTING", json.dumps({"contact_name": FIRM, "contact_phone": FIRM_PHONE}))
    kiosk, traces = start_real(screen, "post_check"), Traces(folder)
    here = Visitors(kiosk, traces, worker, number, course.title)
    kiosk.wait_page("post_check")
    traces.ask("warm")
    left: dict[str, list[str]] = {}
    for way, end in zip(WAYS, islice(cycle(ENDS), turn, None), strict=False):
        way.walk(here)
        _end(here, way, end)
        left[f"{way.name}, {end}"] = traces.gone()
    assert {kind for kind in SEEN if not any(kind in one for one in here.seen)} == set()
    assert {name: found for name, found in left.items() if found} == {}
    # the next one's way back leads home, and asks him nothing
    kiosk.tap(t("home.find.title"))
    kiosk.wait_page("jobs")
    kiosk.tap(t("dock.back"))
    assert not kiosk.wait_page("home")["dialog"]
    assert _in_files([station.state, kiosk.log.parent], words) == []
    assert _selected(screen) == []
