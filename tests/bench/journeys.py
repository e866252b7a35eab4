"""What visitors come for, each journey whole, with injected touches from home on: look and apply, register, see one's registration, post,
read, use the station, call staff. A journey ends where what one came for is done; `leave` makes room for the next person.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

from kiosk.domain.codes import AgeBand
from kiosk.domain.privacy import Phone
from kiosk.domain.station import Policy
from kiosk.domain.worker import Worker
from kiosk.store.store import Store
from kiosk.text import t
from kiosk.trial.eye import Eye, NotSeen

NAMES = ("王林", "李兰", "王三", "张三")
KEY_S = 0.05
ROW_PX = 900


class Visitors:
    """Comes to one terminal, on `store`, again and again; every third wants 大字. Nobody has the number of another."""

    def __init__(self, eye: Eye, store: Store) -> None:
        self._eye, self._store = eye, store
        self._registered = ""
        self.journeys: Sequence[Callable[[int], None]] = (
            self.apply,
            self.register,
            self.mine,
            self.post,
            self.read,
            self.use_the_station,
            self.call_staff,
        )

    def visit(self, number: int) -> None:
        """Come for the next thing in turn; raise NotSeen where it does not come to its end."""
        if number % 3 == 0:
            self._eye.tap(t("dock.large"))
            self._eye.wait(lambda seen: bool(seen["large"]), "大字")
        self.journeys[number % len(self.journeys)](number)
        leave(self._eye)

    def apply(self, number: int) -> None:
        """Open the first listing and put oneself down for it, which takes a registration."""
        eye = self._eye
        eye.tap(t("home.find.title"))
        eye.wait_page("jobs")
        eye.wait(lambda seen: bool(_rows(seen)), "a row")
        eye.touch(eye.middle(_rows(eye.view())[0]["rect"]))
        eye.wait_page("detail")
        eye.tap(t("detail.apply"))
        self._enter(number)
        eye.wait_page("apply")
        eye.tap(t("apply.no"))
        eye.wait_text(t("apply.done"))

    def register(self, number: int) -> None:
        """Register, and take the slip."""
        self._eye.tap(t("home.register.title"))
        self._enter(number)
        self._eye.wait_page("done")

    def _enter(self, number: int) -> None:
        self._registered = f"1990{number:07d}"
        enter(self._eye, NAMES[number % len(NAMES)], self._registered)

    def mine(self, _: int) -> None:
        """Open the registration that was made last, by its number."""
        with self._store.read() as u:
            worker = next((w for w in u.list(Worker) if w.phone == Phone(self._registered)), None)
        if worker is None:
            raise NotSeen("a registration")
        self._eye.tap(t("home.mine.title"))
        for page, digits in (("mine", worker.code), ("mine", worker.phone.last_four())):
            self._eye.wait_page(page)
            key_in(self._eye, digits)
            self._eye.tap(t("mine.next"))
        self._eye.wait_page("mine_found")
        self._eye.wait_text(worker.name.masked())

    def post(self, number: int) -> None:
        """Post as a contractor does who needs three people tomorrow."""
        eye = self._eye
        eye.tap(t("home.post.title"))
        self._choose("post", t("trade.loading"))
        self._choose("post_people", t("post.people", count=3))
        self._choose("post_days", t("post.length", count=1), t("post.next"))
        self._choose("post_hours", t("post.next"))
        self._choose("post_area", "义堂镇")
        eye.wait_page("post_pay")
        key_in(eye, "260")
        eye.tap(t("post.next"))
        self._choose("post_terms", "日结", t("post.next"))
        self._choose("post_text", "卸瓷砖")
        self._choose("post_text", "汉十物流园")
        self._choose("post_text", "能吃苦", t("post.next"))
        eye.wait_text(t("post.hint.contact_name"))
        eye.write_words(NAMES[number % len(NAMES)])
        eye.wait(lambda seen: _way_on(seen, t("post.next")), "a name that was read")
        eye.tap(t("post.next"))
        eye.wait_text(t("post.hint.employer_name"))
        self._choose("post_text", NAMES[number % len(NAMES)])
        eye.wait_page("post_phone")
        key_in(eye, f"1991{number:07d}")
        eye.tap(t("post.next"))
        self._choose("post_scope", t("post.scope.all_stations.title"))
        self._choose("post_check", t("post.hand_in"))
        eye.wait_page("posted")

    def _choose(self, page: str, *texts: str) -> None:
        self._eye.wait_page(page)
        for text in texts:
            self._eye.reach(text)
            self._eye.tap(text)

    def read(self, _: int) -> None:
        """Read a policy."""
        eye = self._eye
        with self._store.read() as u:
            titles = {policy.title for policy in u.list(Policy)}
        eye.tap(t("home.policy.title"))
        eye.wait_page("policies")
        seen = eye.wait(lambda seen: any(thing["text"] in titles for thing in seen["things"]), "a policy")
        eye.tap(next(thing["text"] for thing in seen["things"] if thing["text"] in titles))
        eye.wait_page("policy")
        eye.tap(t("dock.back"))
        eye.wait_page("policies")

    def use_the_station(self, _: int) -> None:
        """See what the station offers, and when the desk is free."""
        eye = self._eye
        eye.tap(t("home.station.title"))
        eye.wait_page("services")
        eye.reach(t("offer.desk.open"))
        eye.tap(t("offer.desk.open"))
        eye.wait_page("talk")

    def call_staff(self, _: int) -> None:
        """Call, and take the call back."""
        eye = self._eye
        eye.tap(t("dock.call"))
        eye.tap(t("call.back"))
        eye.wait(lambda seen: not seen["dialog"], "no call")


def enter(eye: Eye, name: str, phone: str) -> None:
    """Fill a registration in from the first question to the last button."""
    eye.wait_page("consent")
    eye.tap(t(f"age_band.{AgeBand.ADULT.value}"))
    eye.wait_page("name")
    eye.write_words(name)
    # read while he still writes, it is the first character alone
    eye.wait(lambda seen: _way_on(seen, t("register.next")) and _is_read(seen, name), "a name that was read")
    eye.tap(t("register.next"))
    eye.wait_page("phone")
    key_in(eye, phone)
    eye.tap(t("register.next"))
    eye.wait_page("trades")
    eye.tap(t("trade.loading"))
    eye.tap(t("trades.next", count=1))
    eye.wait_page("pay")
    eye.tap(t("pay.from", yuan=180))
    eye.tap(t("pay.finish"))


def key_in(eye: Eye, digits: str) -> None:
    """Press the digits of a number pad quickly."""
    eye.place("0")
    things = [thing for thing in eye.view()["things"] if thing["kind"] == "text" and thing["button"]]
    pad = {digit: next(eye.middle(thing["button"]["rect"]) for thing in things if thing["text"] == digit) for digit in set(digits)}
    for digit in digits:
        eye.screen.tap(pad[digit])
        time.sleep(KEY_S)


def leave(eye: Eye) -> None:
    """Make room for the next person: 换人 where somebody was known, else home, which may ask whether one is sure."""
    if _way_on(eye.view(), t("problem.ok")):
        eye.tap(t("problem.ok"))
    seen = eye.view()
    known = any(thing["text"] == t("dock.change") for thing in seen["things"])
    if known or seen["page"] != "home":
        eye.tap(t("dock.change" if known else "dock.home"))
        if eye.wait(lambda seen: seen.get("page") == "home" or seen["dialog"], "home, or a question")["dialog"]:
            eye.tap(t("go_home.go"))
        eye.wait_page("home")
    if eye.view()["large"]:
        eye.tap(t("dock.small"))


def _rows(seen: dict[str, Any]) -> list[dict[str, Any]]:
    return [thing for thing in seen.get("things", []) if thing["kind"] == "button" and thing["size"][0] > ROW_PX and thing["size"][1] > 60]


def _is_read(seen: dict[str, Any], name: str) -> bool:
    return any(thing["text"].startswith(name[0]) and len(thing["text"]) >= len(name) for thing in seen["things"])


def _way_on(seen: dict[str, Any], text: str) -> bool:
    return any(thing["text"] == text and thing["button"] and thing["button"]["enabled"] for thing in seen["things"])
