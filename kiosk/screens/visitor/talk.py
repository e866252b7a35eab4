"""订洽谈间 by a visitor: which side he is on, which day, how long, when. Only times that are free stand there; nobody says his name."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk.domain.referral import Party
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Chip
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.bookings import Booked

LENGTHS = (30, 60, 120)
DAYS = 4
PARTIES = (Party.EMPLOYER, Party.WORKER)


class TalkScreen(Page):
    """`party`, `day`, `minutes` and `starts_at` are what was chosen."""

    party = ObjectProperty(None, allownone=True)
    day = ObjectProperty(None, allownone=True)
    minutes = NumericProperty(30)
    starts_at = ObjectProperty(None, allownone=True)
    full = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("talk.title"), main_text=t("talk.ok"), main_icon="check", **args)
        narrow = theme.upright or theme.large
        self.day = self.day or terminal.today()
        self.ids.days.cols, self.ids.times.cols = (2 if theme.upright and theme.large else 4), ((4 if theme.large else 6) if narrow else 11)
        self._parties = {p: self._chip(self.ids.parties, t(f"talk.{p.value}"), party=p) for p in PARTIES}
        self._days: dict[date, Chip] = {}
        for away in range(DAYS):
            when = terminal.today() + timedelta(days=away)
            self._days[when] = self._chip(self.ids.days, words.day(when, terminal.today()), day=when, starts_at=None)
        self._lengths = {n: self._chip(self.ids.lengths, t(f"running.minutes_{n}"), minutes=n, starts_at=None) for n in LENGTHS}
        self._times: dict[datetime, Chip] = {}
        self._sent = False
        self._mark()

    def _chip(self, box: Any, text: str, **choice: Any) -> Chip:
        chip = Chip(text=text)
        chip.size_hint_x = 1
        chip.bind(on_release=lambda _: self._choose(**choice))
        box.add_widget(chip)
        return chip

    def on_enter(self) -> None:
        """Ask what is free."""
        self._ask_times()

    def _ask_times(self) -> None:
        from kiosk.services.bookings import free_slots

        day, minutes = self.day, int(self.minutes)
        self.ask(lambda: (day, minutes, free_slots(self.terminal.office.here, day, minutes)), self._take_times)

    def _take_times(self, found: tuple[date, int, tuple[datetime, ...]]) -> None:
        day, minutes, slots = found
        if (day, minutes) != (self.day, self.minutes):
            return
        self.ids.times.clear_widgets()
        self._times = {}
        for slot in slots:
            self._times[slot] = self._chip(self.ids.times, words.time_of(self.terminal.local(slot)), starts_at=slot)
        self.full = "" if slots else t("talk.full")
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
        chosen = ((self._parties, self.party), (self._days, self.day), (self._lengths, self.minutes), (self._times, self.starts_at))
        for chips, value in chosen:
            for known, chip in chips.items():
                chip.chosen = known == value
        self.main_enabled = self.starts_at is not None and self.party is not None and not self._sent

    def on_main(self) -> None:
        """Book, once however often it is pressed."""
        if self._sent:
            return
        from kiosk.services.bookings import book_oneself

        party, starts_at, minutes = self.party, self.starts_at, int(self.minutes)
        self._sent = True
        self._mark()
        self.ask(lambda: book_oneself(self.terminal.office.here, party, starts_at, minutes), self._done, self._failed)

    def _done(self, booked: "Booked") -> None:
        start = self.terminal.local(booked.booking.starts_at)
        end = start + timedelta(minutes=booked.booking.minutes)
        day = words.day(start.date(), self.terminal.today())
        self.visit.replace(
            "got_slip",
            title=t("talk.title"),
            job_id=booked.job_id,
            head=t("talk.done"),
            big=t("talk.called", number=booked.number),
            text=t("talk.called_more", day=day, start=words.time_of(start), end=words.time_of(end)),
        )

    def _failed(self, error: Exception) -> None:
        self._sent = False
        self.show_problem(error)
        self._ask_times()

    def cancel(self) -> None:
        """Go where a booking is given back."""
        self.visit.go("talk_cancel")

    def remember(self) -> dict[str, Any]:
        """Keep what was chosen over 大字."""
        return {"party": self.party, "day": self.day, "minutes": self.minutes, "starts_at": self.starts_at}

    def spoken(self) -> str:
        """Say what is asked."""
        return "".join(t(f"talk.{key}") for key in ("ask_who", "ask_day", "ask_length", "ask_time"))
