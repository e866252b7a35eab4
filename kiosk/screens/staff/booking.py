"""Booking the negotiation desk: which day, how long, when, for whom. Only times that are free stand there."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.screens.desk_times import DeskTimes
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import BigButton, Chip
from kiosk.services import listing_words as words
from kiosk.text import t

FIRMS = 8


class BookingScreen(DeskTimes, StaffPage):
    """`day`, `minutes`, `starts_at` and `who` are what was chosen."""

    full_key = "running.book_full"
    who = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("running.book_title"), main_text=t("running.book_ok"), main_icon="check", **args)
        narrow = theme.upright or theme.large
        self.ids.days.cols, self.ids.times.cols = (2 if narrow else 4), ((4 if theme.large else 5) if narrow else 11)
        self._firms: dict[Any, Chip] = {}
        own = BigButton(text=t("running.own"), icon="draw", size_hint_x=None, width=theme.fs(280), height=theme.px(96), size_px=32)
        own.bind(on_release=lambda _: self.visit.go("own_words", head=t("running.book_who_head"), field="who"))
        self.ids.firms.add_widget(own)
        self.lay_times()

    def choices(self) -> list[tuple[dict[Any, Chip], Any]]:
        """Add who comes."""
        return [*super().choices(), (self._firms, self.who)]

    def may_book(self) -> bool:
        """Want a name, too."""
        return super().may_book() and bool(self.who)

    def begin(self) -> None:
        """Ask who comes here, and what is free."""
        self.ask(self._known_firms, self._take_firms)
        self.ask_times()

    def _known_firms(self) -> list[str]:
        from kiosk.domain.employer import Employer

        with self.here.store.read() as u:
            return [e.name for e in u.latest(Employer, "created_at", FIRMS, station_id=self.here.station_id)]

    def _take_firms(self, names: list[str]) -> None:
        for name in dict.fromkeys([self.who, *names]):
            if name:
                chip = Chip(text=name)
                chip.bind(on_release=lambda chip: self.choose(who=chip.text))
                self._firms[name] = chip
                self.ids.firms.add_widget(chip)
        self.mark()

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
        self.ask_times()

    def remember(self) -> dict[str, Any]:
        """Keep who comes, too."""
        return super().remember() | {"who": self.who}

    def spoken(self) -> str:
        """Say what is asked."""
        asked = ("running.book_day", "running.book_length", "running.book_time", "running.book_who")
        return "，".join(t(key) for key in asked)
