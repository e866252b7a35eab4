"""自检: what doctor says of this station, on one page that staff read out on the telephone: what is not well with what to do, the rest by
number.
"""

import time
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.panel import Card
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.check_up import CheckUp
    from kiosk.services.doctor import Finding

LOOK_EVERY_S = 1.0
FRESH_S, PATIENCE_S = 600, 90.0
"""What was found longer ago is looked for anew; an agent that has not answered by then does not run."""


class CheckRow(Card):
    """A check that is not well: its number, what it is, what to do."""

    number = StringProperty("")
    name = StringProperty("")
    text = StringProperty("")


class CheckCell(Card):
    """A check that is well."""

    number = StringProperty("")
    name = StringProperty("")


class SelfCheckScreen(StaffPage):
    """`head` says how many are not well, and which."""

    head = StringProperty("")
    when = StringProperty("")
    well = BooleanProperty(True)
    all_bad = BooleanProperty(True)
    columns = NumericProperty(5)
    question = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.self_check"), **args)
        self.main_text, self.main_icon = t("self_check.again"), "refresh"
        self.columns = (2 if theme.large else 3) if theme.upright else (3 if theme.large else 5)
        self._event: Any = None
        self._asked_at = 0.0
        self._shown: CheckUp | None = None
        self._bad: list[tuple[str, str, str]] = []

    def begin(self) -> None:
        """Show what was found a moment ago, or ask."""
        self._event = Clock.schedule_interval(lambda _: self._look(), LOOK_EVERY_S)
        self.ask(self._read, self._first)

    def on_leave(self) -> None:
        """Look no more."""
        if self._event is not None:
            self._event.cancel()
        super().on_leave()

    def _read(self) -> "CheckUp | None":
        from kiosk.services.check_up import said

        with self.here.store.read() as u:
            return said(u)

    def _first(self, found: "CheckUp | None") -> None:
        self._take(found)
        if self.question:
            self._wait()
        elif found is None or abs((self.terminal.now() - found.at).total_seconds()) > FRESH_S:
            self.on_main()

    def on_main(self) -> None:
        """Let doctor look anew."""
        from kiosk.services.check_up import ask

        def then(question: str) -> None:
            self.question = question
            self._wait()

        self.main_enabled = False
        self.ask(lambda: ask(self.here), then)

    def _wait(self) -> None:
        self._asked_at, self.main_enabled = time.monotonic(), False
        self.when = t("self_check.looking")

    def _look(self) -> None:
        if self.question:
            self.ask(self._read, self._take, self.terminal.log_error)
            if self.question and time.monotonic() - self._asked_at > PATIENCE_S:
                self.question, self.main_enabled = "", True
                self.when, self.well = t("self_check.no_answer"), False

    def _take(self, found: "CheckUp | None") -> None:
        if found is not None and found.of == self.question:
            self.question, self.main_enabled = "", True
        if found is None or found == self._shown:
            return
        self._shown = found
        if not self.question:
            self.when = t("self_check.at", time=words.time_of(self.terminal.local(found.at)))
        self._draw(found.findings)

    def _draw(self, findings: "tuple[Finding, ...]") -> None:
        bad, good = dict[int, tuple[str, str]](), dict[int, str]()
        for one in findings:
            name, _, text = one.text.partition("：")
            if one.good:
                good.setdefault(one.number, name)
            else:
                bad[one.number] = (name, bad.get(one.number, ("", ""))[1] + text)
        self._bad = [(str(number), *bad[number]) for number in sorted(bad)]
        self.well, self.all_bad = not bad, not (good.keys() - bad.keys())
        which = "、".join(t("self_check.number", number=number) for number, _, _ in self._bad)
        count = len(bad.keys() | good.keys())
        self.head = t("self_check.some_bad", count=count, bad=len(bad), which=which) if bad else t("self_check.all_good", count=count)
        self.ids.bad.clear_widgets()
        for number, name, text in self._bad:
            self.ids.bad.add_widget(CheckRow(number=number, name=name, text=text))
        self.ids.good.clear_widgets()
        for number_, name in sorted(good.items()):
            if number_ not in bad:
                self.ids.good.add_widget(CheckCell(number=str(number_), name=name))

    def remember(self) -> dict[str, Any]:
        """Keep what was asked."""
        return {"question": self.question}

    def spoken(self) -> str:
        """Say how it is, as one says it on the telephone."""
        said = "".join(t("self_check.spoken_one", number=number, name=name, text=text) for number, name, text in self._bad)
        return f"{self.head or self.when}。{said}"
