"""Giving the negotiation desk back, by the four digits on the slip."""

from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.errors import LockedOut, NotFound
from kiosk.screens.page import Page
from kiosk.screens.problems import unlocked_at
from kiosk.screens.theme import theme
from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.running import Booking

DIGITS = 4


class TalkCancelScreen(Page):
    """`digits` is what is keyed in."""

    digits = StringProperty("")
    hint = StringProperty("")
    wrong = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("talk.cancel_title"), main_text=t("talk.cancel_ok"), main_icon="calendar-remove", **args)
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.hint = self.hint or t("talk.cancel_hint")
        self.ids.pad.limit = DIGITS
        self.ids.pad.digits = self.digits
        self.take(self.digits)

    def take(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits = digits
        self.main_enabled = len(digits) == DIGITS

    def on_main(self) -> None:
        """Give the desk back."""
        from kiosk.services.bookings import cancel_numbered

        number = self.digits
        self.main_enabled = False
        self.ask(lambda: cancel_numbered(self.terminal.office.here, number), self._done, self._failed)

    def _done(self, booking: "Booking") -> None:
        start = self.terminal.local(booking.starts_at)
        text = t("talk.cancelled_text", day=words.day(start.date(), self.terminal.day_to_say()), time=words.time_of(start))
        self.visit.back_to("services")
        choices: list[Choice] = [(t("problem.ok"), "station", lambda: None)]
        self.terminal.open_dialog(Dialog(title=t("talk.cancelled"), text=text, icon="check", choices=choices))

    def _failed(self, error: Exception) -> None:
        if isinstance(error, NotFound):
            self.ids.pad.digits = ""
            self.hint, self.wrong = t("talk.wrong"), True
        elif isinstance(error, LockedOut):
            self.hint, self.wrong = t("talk.locked", time=unlocked_at(error)), True
        else:
            self.show_problem(error)
        self.take(self.digits)

    def remember(self) -> dict[str, Any]:
        """Keep the digits over 大字, and what was said of the last ones."""
        return {"digits": self.digits, "hint": self.hint, "wrong": self.wrong}

    def spoken(self) -> str:
        """Say what to key in."""
        return t("talk.cancel_ask") + self.hint
