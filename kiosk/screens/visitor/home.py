"""Home: six ways on, what was published last, the way into the mini-program. Shown at once; the facts come when they come."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import bare
from kiosk.screens.page import Page
from kiosk.screens.problems import fault_key
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Press
from kiosk.screens.widgets.qr_code import rows
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.browse import HomeFacts

AGAIN_S, FIRST_S = 20, 0.15
OLD = timedelta(minutes=30)
NEWEST = 3


class HomeTile(Press):
    """One way on: an icon, its name, one line about it."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    big = BooleanProperty(False)


class StackedHomeTile(Press):
    """One way on where there is room for large words only."""

    icon = StringProperty("")
    title = StringProperty("")


class NewestRow(BoxLayout):
    """One of the newest listings."""

    title = StringProperty("")
    pay = StringProperty("")
    text = StringProperty("")


class HomeLayout(BoxLayout):
    """One arrangement of the page; the .kv has four, for lying and upright screens and 大字."""

    home = ObjectProperty(None, allownone=True, rebind=True)


class HomeScreen(Page):
    """The first page."""

    find_text = StringProperty("")
    qr_text = StringProperty("")
    picture = StringProperty("")
    note = StringProperty("")
    fault = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        self._answer: tuple[HomeFacts, str] | None = terminal.home_answer
        self._drawn: Any = None
        self._published = ""
        self.picture = terminal.parts.settings.mini_program_picture
        super().__init__(terminal, **args)
        form = "Upright" if theme.upright else "Lying"
        self._layout = getattr(Factory, f"{'Large' if theme.large else ''}{form}Home")(home=self)
        self.add_widget(self._layout)
        self._first: Any = None
        self._again: Any = None
        self._draw()

    def on_enter(self) -> None:
        """Ask for the facts, now and every while; the first time after the first frame, because the database library takes long to load."""
        self._first = Clock.schedule_once(self._ask, 0 if self._answer else FIRST_S)
        self._again = Clock.schedule_interval(self._ask, AGAIN_S)

    def on_leave(self) -> None:
        """Stop asking."""
        self._first.cancel()
        self._again.cancel()

    def _ask(self, _: float = 0) -> None:
        self.ask(self._facts_and_code, self._take, self._fail)

    def _facts_and_code(self) -> "tuple[HomeFacts, str]":
        office = self.terminal.office
        facts, link = office.home(), office.mini_program()
        settings = self.terminal.parts.settings
        bare.note(settings.state_dir, facts.station)
        self._published = office.mini_program_picture(settings.state_dir / "run")
        if link and not (self._published or settings.mini_program_picture):
            # made here, off the UI thread, and kept for the widget
            rows(link)
        return facts, link

    def _fail(self, error: Exception) -> None:
        """Say to staff what is wrong; what is on the screen stays, and the next asking may do better."""
        self.terminal.log_error(error)
        self.fault, self.note = True, t(fault_key(error))

    def _take(self, answer: "tuple[HomeFacts, str]") -> None:
        facts, _ = answer
        self.terminal.name_station(facts.station.name)
        self.picture = self._published or self.terminal.parts.settings.mini_program_picture
        self.terminal.home_answer = self._answer = answer
        if self._shows() != self._drawn or self.fault:
            self._draw()

    def _shows(self) -> Any:
        """Give all by which the page looks as it does: the answer, whether it is old, and the days by which it says when."""
        heard = self._answer[0].updated_at if self._answer else None
        old = heard is not None and self.terminal.now() - heard > OLD
        return self._answer, old, self.terminal.today(), self.terminal.day_to_say()

    def _draw(self) -> None:
        if self._answer is None:
            self.find_text = t("home.find.quiet")
            return
        self._drawn = self._shows()
        (facts, self.qr_text), old, _, _ = self._drawn
        heard = facts.updated_at
        self.fault, self.note = False, t("home.age", when=self._when(heard)) if heard and old else ""
        key = "home.find.brief" if theme.large else "home.find.text"
        self.find_text = t(key, count=facts.total) if facts.total else t("home.find.none")
        box = self._layout.ids.get("newest")
        if box is None:
            return
        box.clear_widgets()
        today = self.terminal.day_to_say()
        for published in facts.newest[:NEWEST]:
            one = published.listing
            text = " ・ ".join(p for p in (words.area(one), words.begins(one, today)) if p)
            title = t("home.newest.people", title=one.title, count=one.headcount)
            row = NewestRow(title=title, pay=words.pay(one), text="" if theme.upright else text)
            box.add_widget(row)
        if not facts.newest:
            box.add_widget(Factory.Quiet(text=t("home.newest.none")))

    def _when(self, instant: datetime) -> str:
        """Say an instant: 15:41 today, else with its day."""
        local = self.terminal.local(instant)
        day = "" if local.date() == self.terminal.today() else words.day(local.date(), self.terminal.day_to_say()) + " "
        return f"{day}{local:%H:%M}"

    def open(self, page: str) -> None:
        """Go where a tile leads."""
        self.visit.go(page)

    def spoken(self) -> str:
        """Say where one is and what the tiles do."""
        return t("home.spoken", station=self.terminal.station_name or t("header.county"))
