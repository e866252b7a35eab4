"""Booking the negotiation desk: which day, how long, when, for whom. Only times that are free stand there."""

from datetime import date, datetime, timedelta
from typing import Any

from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import BigButton, Chip
from kiosk.services import listing_words as words
from kiosk.text import t

LENGTHS = (30, 60, 120)
DAYS = 4
FIRMS = 8


class BookingScreen(StaffPage):
    """`day`, `minutes`, `starts_at` and `who` are what was chosen."""

    day = ObjectProperty(None, allownone=True)
    minutes = NumericProperty(60)
    starts_at = ObjectProperty(None, allownone=True)
    who = StringProperty("")
    full = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("running.book_title"), main_text=t("running.book_ok"), main_icon="check", **args)
        narrow = theme.upright or theme.large
        self.day = self.day or terminal.today()
        self.ids.days.cols, self.ids.times.cols = (2 if narrow else 4), ((4 if theme.large else 5) if narrow else 11)
        self._days: dict[date, Chip] = {}
        for away in range(DAYS):
            when = terminal.today() + timedelta(days=away)
            self._days[when] = self._chip(self.ids.days, words.day(when, terminal.today()), day=when, starts_at=None)
        self._lengths = {n: self._chip(self.ids.lengths, t(f"running.minutes_{n}"), minutes=n, starts_at=None) for n in LENGTHS}
        self._times: dict[datetime, Chip] = {}
        self._firms: dict[str, Chip] = {}
        own = BigButton(text=t("running.own"), icon="draw", size_hint_x=None, width=theme.fs(280), height=theme.px(96), size_px=32)
        own.bind(on_release=lambda _: self.visit.go("own_words", head=t("running.book_who_head"), field="who"))
        self.ids.firms.add_widget(own)
        self._mark()

    def _chip(self, box: Any, text: str, **choice: Any) -> Chip:
        chip = Chip(text=text)
        chip.size_hint_x = 1
        chip.bind(on_release=lambda _: self._choose(**choice))
        box.add_widget(chip)
        return chip

    def begin(self) -> None:
        """Ask who comes here, and what is free."""
        self.ask(self._known_firms, self._take_firms)
        self._ask_times()

    def _known_firms(self) -> list[str]:
        from kiosk.domain.employer import Employer

        with self.here.store.read() as u:
            return [e.name for e in u.latest(Employer, "created_at", FIRMS, station_id=self.here.station_id)]

    def _take_firms(self, names: list[str]) -> None:
        for name in dict.fromkeys([self.who, *names]):
            if name:
                chip = Chip(text=name)
                chip.bind(on_release=lambda chip: self._choose(who=chip.text))
                self._firms[name] = chip
                self.ids.firms.add_widget(chip)
        self._mark()

    def _ask_times(self) -> None:
        from kiosk.services.bookings import free_slots

        day, minutes = self.day, int(self.minutes)
        self.ask(lambda: (day, minutes, free_slots(self.here, day, minutes)), self._take_times)

    def _take_times(self, found: tuple[date, int, tuple[datetime, ...]]) -> None:
        day, minutes, slots = found
        if (day, minutes) != (self.day, self.minutes):
            return
        self.ids.times.clear_widgets()
        self._times = {}
        for slot in slots:
            self._times[slot] = self._chip(self.ids.times, words.time_of(self.terminal.local(slot)), starts_at=slot)
        self.full = "" if slots else t("running.book_full")
        if self.starts_at not in self._times:
            self.starts_at = None
        self._mark()

    def _choose(self, **choice: Any) -> None:
        for name, value in choice.items():
            setattr(self, name, value)
        if "day" in choice or "minutes" in choice:
            self._ask_times()
        self._mark()

    def _mark(self) -> None:
        chosen = ((self._days, self.day), (self._lengths, self.minutes), (self._times, self.starts_at), (self._firms, self.who))
        for tiles, value in chosen:
            for known, tile in tiles.items():
                tile.chosen = known == value
        self.main_enabled = self.starts_at is not None and bool(self.who)

    def on_main(self) -> None:
        """Book."""
        from kiosk.services.bookings import book

        session, who, starts_at, minutes = self.session, self.who, self.starts_at, int(self.minutes)
        self.main_enabled = False
        self.ask(lambda: book(self.here, session, who, starts_at, minutes), lambda _: self._done(), self._failed)

    def _done(self) -> None:
        start = self.terminal.local(self.starts_at)
        said = t("running.booked", day=words.day(start.date(), self.terminal.today()), time=words.time_of(start), who=self.who)
        self.visit.stack[-2].args |= {"said": said, "showing": "desk"}
        self.visit.back()

    def _failed(self, error: Exception) -> None:
        self.show_problem(error)
        self._ask_times()

    def remember(self) -> dict[str, Any]:
        """Keep what was chosen: for 大字, and while a name is written."""
        return {"day": self.day, "minutes": self.minutes, "starts_at": self.starts_at, "who": self.who}

    def spoken(self) -> str:
        """Say what is asked."""
        asked = ("running.book_day", "running.book_length", "running.book_time", "running.book_who")
        return "，".join(t(key) for key in asked)
