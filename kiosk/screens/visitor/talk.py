"""订洽谈间 by a visitor: which side he is on, which day, how long, when. Only times that are free stand there; nobody says his name."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kivy.properties import NumericProperty, ObjectProperty

from kiosk.domain.referral import Party
from kiosk.screens.desk_times import DeskTimes
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Chip
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.bookings import Booked

PARTIES = (Party.EMPLOYER, Party.WORKER)


class TalkScreen(DeskTimes):
    """`party`, `day`, `minutes` and `starts_at` are what was chosen."""

    full_key = "talk.full"
    party = ObjectProperty(None, allownone=True)
    minutes = NumericProperty(30)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("talk.title"), main_text=t("talk.ok"), main_icon="check", **args)
        narrow = theme.upright or theme.large
        self.ids.days.cols, self.ids.times.cols = (2 if theme.upright and theme.large else 4), ((4 if theme.large else 6) if narrow else 11)
        self._parties: dict[Any, Chip] = {p: self.chip(self.ids.parties, t(f"talk.{p.value}"), party=p) for p in PARTIES}
        self._sent = False
        self.lay_times()

    def on_enter(self) -> None:
        """Ask what is free."""
        self.ask_times()

    def choices(self) -> list[tuple[dict[Any, Chip], Any]]:
        """Add the side he is on."""
        return [(self._parties, self.party), *super().choices()]

    def may_book(self) -> bool:
        """Want the side, too; book once."""
        return super().may_book() and self.party is not None and not self._sent

    def on_main(self) -> None:
        """Book, once however often it is pressed."""
        if self._sent:
            return
        from kiosk.services.bookings import book_oneself

        party, starts_at, minutes = self.party, self.starts_at, int(self.minutes)
        self._sent = True
        self.mark()
        self.ask(lambda: book_oneself(self.terminal.office.here, party, starts_at, minutes), self._done, self._failed)

    def _done(self, booked: "Booked") -> None:
        start = self.terminal.local(booked.booking.starts_at)
        end = start + timedelta(minutes=booked.booking.minutes)
        day = words.day(start.date(), self.terminal.day_to_say())
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
        self.ask_times()

    def cancel(self) -> None:
        """Go where a booking is given back."""
        self.visit.go("talk_cancel")

    def remember(self) -> dict[str, Any]:
        """Keep the side, too."""
        return super().remember() | {"party": self.party}

    def spoken(self) -> str:
        """Say what is asked."""
        return "".join(t(f"talk.{key}") for key in ("ask_who", "ask_day", "ask_length", "ask_time"))
