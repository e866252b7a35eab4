"""`kiosk run --tour DIR`: one whole visit with touches from outside, on everything the product has, and a picture of each step.

A step counts only when what it should bring about is seen: on the screen, on the paper, on the board, at the county. The sample station of
the tour is made anew each time, beside the trial's own.
"""

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image

from kiosk.bootstrap import ASSETS, open_store, wall_clock
from kiosk.domain.codes import AgeBand
from kiosk.domain.listing import Listing, Published
from kiosk.domain.referral import Referral
from kiosk.domain.worker import Worker
from kiosk.errors import KioskError
from kiosk.services.fill import STATION
from kiosk.services.sample import load_sample
from kiosk.text import t
from kiosk.trial.browser import photograph
from kiosk.trial.eye import Eye, NotSeen
from kiosk.trial.supervise import Trial

NAME, PHONE = "王秀兰", "19900009876"
TRADES = ("搬运装卸", "建筑小工", "农活")
WANTED_PLACE, PENDING_PLACE = "汉十物流园", "华兴建材市场"
"""Where the sample listings are that the visitor chooses and that the staff approve."""
SHARED = ("fonts", "rime")
READY_S, SLIP_S, COUNTY_S = 90.0, 30.0, 60.0


def play(state: Path, folder: Path) -> int:
    """Play the visit on a station of its own under `state`; leave pictures, slip and tour.json in `folder`. Gives the exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    place = state.absolute() / "tour"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in SHARED:
        (place / name).symlink_to(state.absolute() / name)
    probe = place / "probe"
    environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"} | {"KIOSK_PROBE": str(probe)}
    trial = Trial(place, environment)
    tour = None
    try:
        trial.start()
        tour = Tour(trial, Eye(trial.screen, probe), folder)
        tour.walk()
    except (KioskError, OSError, subprocess.SubprocessError) as error:
        print(t("tour.failed", step=tour.doing if tour else t("tour.start"), reason=error), flush=True)
        if tour:
            trial.screen.picture().save(folder / "failed.png")
        return 1
    finally:
        trial.stop()
    print(t("tour.done", folder=folder), flush=True)
    return 0


class Tour:
    """The visit, step by step."""

    def __init__(self, trial: Trial, eye: Eye, folder: Path) -> None:
        self._trial, self._eye, self._folder = trial, eye, folder
        self._store = open_store(trial.settings)
        self._slips = trial.settings.state_dir / "slips"
        self._seconds: dict[str, float] = {}
        self.facts: dict[str, Any] = {}
        self.doing = ""

    def walk(self) -> None:
        """Go the whole way; raise NotSeen where it ends early."""
        self._wait_ready()
        self._look_at_jobs()
        self._register()
        self._take_slip()
        self._apply()
        self._approve()
        self._land()
        self._trial.tend()
        if self._trial.crashes:
            raise NotSeen(f"{self._trial.crashes} crashes")
        self.facts["seconds"] = {name: round(s, 2) for name, s in self._seconds.items()}
        (self._folder / "tour.json").write_text(json.dumps(self.facts, ensure_ascii=False, indent=1), "utf-8")

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """Time a step and keep a picture of its end, once the screen stands still."""
        self.doing = name
        begun = time.monotonic()
        yield
        self._seconds[name] = time.monotonic() - begun
        time.sleep(0.4)
        self._trial.screen.picture(0, 0, self._trial.settings.terminal.width, self._trial.settings.terminal.height).save(
            self._folder / f"{name}.png"
        )

    def _until(self, wanted: Callable[[], Any], what: str, patience_s: float) -> Any:
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            for line in self._trial.tend():
                print(line, flush=True)
            if found := wanted():
                return found
            time.sleep(0.1)
        raise NotSeen(what)

    def _wait_ready(self) -> None:
        """Home stands, the county knows the station, and another station's listings have come."""
        with self._step("home"):
            self._eye.wait_page("home", READY_S)
            self._until(lambda: self._trial.enrolled, "enrolment", READY_S)
            self._until(self._foreign, "another station's listings", READY_S)
            self._eye.wait_text(t("home.newest.title"))
        self.facts["listings_of_other_stations"] = self._foreign()

    def _foreign(self) -> int:
        with self._store.read() as u:
            own = u.recall("station.id")
            return sum(found.listing.station_id != own for found in u.newest())

    def _public(self, place: str) -> Published | None:
        with self._store.read() as u:
            return next((found for found in u.newest() if found.listing.place == place), None)

    def _look_at_jobs(self) -> None:
        eye = self._eye
        wanted = self._until(lambda: self._public(WANTED_PLACE), WANTED_PLACE, READY_S)
        with self._step("jobs"):
            eye.tap(t("home.find.title"))
            eye.wait_page("jobs")
            eye.wait_text(t("wish.near"))
        with self._step("detail"):
            eye.tap(t(f"trade.{wanted.listing.trade.value}"))
            eye.tap(t("wish.near"))
            eye.tap(wanted.listing.title)
            eye.wait_page("detail")
            eye.wait_text(WANTED_PLACE)
        self.doing = "print"
        eye.tap(t("detail.print"))
        eye.wait_text(t("print.printed"), SLIP_S)
        eye.tap(t("problem.ok"))
        eye.tap(t("dock.home"))
        eye.wait_page("home")

    def _register(self) -> None:
        eye = self._eye
        with self._step("consent"):
            eye.tap(t("home.register.title"))
            eye.wait_page("consent")
            eye.wait_text(t("consent.free"))
        with self._step("name"):
            eye.tap(t(f"age_band.{AgeBand.ADULT.value}"))
            eye.wait_page("name")
            eye.write_words(NAME)
            eye.wait(lambda seen: _chosen(seen, NAME), NAME)
        with self._step("phone"):
            eye.tap(t("register.next"))
            eye.wait_page("phone")
            for digit in PHONE:
                eye.tap(digit)
            eye.wait_text(t("phone.read_back", groups=f"{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}"))
        with self._step("trades"):
            eye.tap(t("register.next"))
            eye.wait_page("trades")
            for trade in TRADES:
                eye.tap(trade)
            eye.wait_text(t("trades.next", count=len(TRADES)))
        with self._step("pay"):
            eye.tap(t("trades.next", count=len(TRADES)))
            eye.wait_page("pay")
            eye.tap(t("pay.from", yuan=200))
        with self._step("done"):
            eye.tap(t("pay.finish"))
            eye.wait_page("done")
            eye.wait_text(t("print.printed"), SLIP_S)
        with self._store.read() as u:
            mine = [w for w in u.list(Worker) if w.phone == PHONE and w.name == NAME]
        if len(mine) != 1:
            raise NotSeen(f"{len(mine)} registrations")
        self.facts["registration_id"] = mine[0].id

    def _take_slip(self) -> None:
        """Take the newest slip off the printer, and read its code as a phone would."""
        self.doing = "slip"
        newest = max(self._slips.glob("slip-*.png"))
        shutil.copy(newest, self._folder / "slip.png")
        shutil.copy(newest.with_suffix(".bin"), self._folder / "slip.bin")
        with Image.open(newest) as paper:
            found = zxingcpp.read_barcodes(paper.convert("L"))
        if len(found) != 1:
            raise NotSeen(f"{len(found)} codes on the slip")
        self.facts["ticket_url"] = found[0].text

    def _apply(self) -> None:
        """Look at what fits, still as oneself, and want one of it."""
        eye = self._eye
        with self._step("fitting"):
            eye.tap(t("done.fitting"))
            eye.wait_page("fitting")
            wanted = self._public(WANTED_PLACE)
            assert wanted is not None
            eye.reach(wanted.listing.title)
        with self._step("apply"):
            eye.tap(wanted.listing.title)
            eye.wait_page("detail")
            eye.tap(t("detail.apply"))
            eye.wait_page("apply")
            eye.tap(t("apply.yes"))
            eye.wait_text(t("apply.done"))
        eye.tap(t("apply.finish"))
        eye.wait_page("home")
        with self._store.read() as u:
            mine = u.list(Referral, worker_id=self.facts["registration_id"])
        if [r.listing_id for r in mine] != [wanted.listing.id]:
            raise NotSeen(f"{len(mine)} referrals")
        self.facts["referral_id"] = mine[0].id

    def _approve(self) -> None:
        """Sign in, approve what waits, and see it in the hall."""
        eye = self._eye
        pending = self._pending()
        with self._step("review"):
            eye.tap(t("dock.call"))
            eye.tap(t("call.staff"))
            eye.wait_page("sign_in")
            name, pin = _head_of_station()
            eye.tap(name)
            for digit in pin:
                eye.tap(digit)
            eye.wait_page("today")
            eye.tap(t("section.review"))
            eye.wait_page("review")
            card = t("review.card", title=pending.title, count=pending.headcount)
            eye.wait(lambda seen: any(thing["text"] == card for thing in seen["things"]), card)
            eye.reach(card)
            eye.tap(card)
            eye.wait_text(pending.employer_name)
        self.doing = "board"
        eye.tap(t("review.approve"))
        begun = time.monotonic()
        published = self._until(lambda: self._public(PENDING_PLACE), "approval", 10)
        self._until(lambda: published.number in self._board().get("fresh", ()), "the new listing on the board", 10)
        self._seconds["board"] = time.monotonic() - begun
        self.facts["listing_id"] = published.listing.id
        board = self._trial.settings.board
        time.sleep(0.6)
        self._trial.screen.picture(board.left, board.top, board.width, board.height).save(self._folder / "board.png")
        eye.tap(t("dock.leave_staff"))
        eye.wait_page("home")

    def _pending(self) -> Listing:
        with self._store.read() as u:
            return next(one for one in u.list(Listing) if one.place == PENDING_PLACE)

    def _board(self) -> dict[str, Any]:
        try:
            facts: dict[str, Any] = json.loads((self._trial.settings.state_dir / "run" / "board.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return facts

    def _land(self) -> None:
        """Open what the slip's code says, as a phone would, until the county has the registration."""
        self.doing = "landing"
        begun = time.monotonic()
        url = self.facts["ticket_url"]
        self._until(lambda: t("phone.registration.active.title") in _page(url), "the registration at the county", COUNTY_S)
        self._seconds["landing"] = time.monotonic() - begun
        self.facts["hub_has_registration"] = True
        photograph(url, self._folder / "landing.png", scale=2)


def _chosen(seen: dict[str, Any], text: str) -> bool:
    return any(thing["text"] == text and (thing.get("button") or {}).get("chosen") for thing in seen.get("things", []))


def _head_of_station() -> tuple[str, str]:
    sample = load_sample(ASSETS / "sample", wall_clock())
    here = next(s.id for s in sample.stations if s.name == STATION)
    person = next(p for p in sample.staff if p.station_id == here)
    return person.name, person.pin


def _page(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return str(answer.read().decode("utf-8"))
    except OSError:
        return ""
