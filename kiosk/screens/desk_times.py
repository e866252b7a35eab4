"""Choosing a time at the negotiation desk: which day, how long, when. Only times that are free stand there. Staff and visitors alike."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk.domain.running import TALK_MINUTES
from kiosk.errors import BadInput
from kiosk.screens.page import Page
from kiosk.screens.problems import sentence
from kiosk.screens.widgets.buttons import Chip
from kiosk.services import listing_words as words
from kiosk.text import t

DAYS = 4


class DeskTimes(Page):
    """`day`, `minutes` and `starts_at` are what was chosen; the rule has `days`, `lengths` and `times` to put chips into.

    `full_key` is what is said of a day without a free time. A page adds its own choices to `choices()`.
    """

    full_key = ""
    day = ObjectProperty(None, allownone=True)
    minutes = NumericProperty(60)
    starts_at = ObjectProperty(None, allownone=True)
    full = StringProperty("")

    def lay_times(self) -> None:
        """Put days and lengths there; call this once the page's other choices are laid."""
        today = self.terminal.today()
        self.day = self.day or today
        self._days: dict[Any, Chip] = {}
        for away in range(DAYS) if self.terminal.parts.sure() else ():
            when = today + timedelta(days=away)
            self._days[when] = self.chip(self.ids.days, words.day(when, today), day=when, starts_at=None)
        self._lengths: dict[Any, Chip] = {
            n: self.chip(self.ids.lengths, t(f"running.minutes_{n}"), minutes=n, starts_at=None) for n in TALK_MINUTES
        }
        self._times: dict[Any, Chip] = {}
        self.mark()

    def chip(self, box: Any, text: str, **choice: Any) -> Chip:
        """Add a choice: pressing it sets these properties."""
        chip = Chip(text=text)
        chip.size_hint_x = 1
        chip.bind(on_release=lambda _: self.choose(**choice))
        box.add_widget(chip)
        return chip

    def choose(self, **choice: Any) -> None:
        """Take a choice."""
        for name, value in choice.items():
            setattr(self, name, value)
        if "day" in choice or "minutes" in choice:
            self.ask_times()
        self.mark()

    def choices(self) -> list[tuple[dict[Any, Chip], Any]]:
        """Give the chips by what they stand for, each with what is chosen of them."""
        return [(self._days, self.day), (self._lengths, self.minutes), (self._times, self.starts_at)]

    def may_book(self) -> bool:
        """Say whether all is chosen."""
        return self.starts_at is not None

    def mark(self) -> None:
        """Show what is chosen."""
        for chips, value in self.choices():
            for known, chip in chips.items():
                chip.chosen = known == value
        self.main_enabled = self.may_book()

    def ask_times(self) -> None:
        """Ask what is free."""
        from kiosk.services.bookings import free_slots

        day, minutes = self.day, int(self.minutes)
        self.ask(lambda: (day, minutes, free_slots(self.terminal.office.here, day, minutes)), self._take_times, self._no_times)

    def _no_times(self, error: Exception) -> None:
        if isinstance(error, BadInput):
            self.full = sentence(error)
        else:
            self.show_problem(error)

    def _take_times(self, found: tuple[date, int, tuple[datetime, ...]]) -> None:
        day, minutes, slots = found
        if (day, minutes) != (self.day, self.minutes):
            return
        self.ids.times.clear_widgets()
        self._times = {s: self.chip(self.ids.times, words.time_of(self.terminal.local(s)), starts_at=s) for s in slots}
        self.full = "" if slots else t(self.full_key)
        if self.starts_at not in self._times:
            self.starts_at = None
        self.mark()

    def remember(self) -> dict[str, Any]:
        """Keep what was chosen: for 大字, and while a name is written."""
        return {"day": self.day, "minutes": self.minutes, "starts_at": self.starts_at}


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
