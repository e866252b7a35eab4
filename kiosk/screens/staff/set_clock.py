"""对时: twelve digits, read back as one speaks before they are taken. Reached only while nobody knows the time."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.errors import BadInput
from kiosk.screens.problems import sentence
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.services import listing_words as words
from kiosk.services.set_clock import DIGITS, read_digits, set_clock
from kiosk.text import t

GROUPS = (4, 2, 2, 2, 2)
GAP = "·"


def in_groups(digits: str) -> list[str]:
    """Write what is keyed in as year, month, day, hour and minute, dots for what is still missing."""
    whole, found = digits.ljust(DIGITS, GAP), list[str]()
    for long in GROUPS:
        found.append(whole[:long])
        whole = whole[long:]
    return found


class SetClockScreen(StaffPage):
    """`digits` is what was keyed in; the year that the machine remembers stands there already."""

    digits = StringProperty("")
    day = StringProperty("")
    time = StringProperty("")
    hint = StringProperty("")
    wrong = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.set_clock"), **args)
        self.main_text, self.main_icon = t("set_clock.main"), "check"
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.ids.pad.digits = self.digits or f"{self.terminal.today():%Y}"
        self.take(self.ids.pad.digits)

    def take(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits = digits
        year, month, day, hour, minute = in_groups(digits)
        self.day = t("set_clock.day", year=year, month=month, day=day)
        self.time = t("set_clock.time", hour=hour, minute=minute)
        self.hint, self.wrong = self._read_back(), False
        self.main_enabled = len(digits) == DIGITS
        if self.main_enabled:
            try:
                read_digits(digits)
            except BadInput as error:
                self._refuse(error)

    def _read_back(self) -> str:
        try:
            at = read_digits(self.digits)
        except BadInput:
            return t("set_clock.hint") if len(self.digits) <= GROUPS[0] else t("set_clock.wanted", missing=DIGITS - len(self.digits))
        return t(
            "set_clock.back",
            month=at.month,
            day=at.day,
            weekday=t(f"weekday.{at.isoweekday()}"),
            part=t(f"set_clock.part_{words.part_of_day(at.hour)}"),
            hour=at.hour % 12 if at.hour > 12 else at.hour,
            minute=at.minute,
        )

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, BadInput):
            self.hint, self.wrong, self.main_enabled = sentence(error), True, False
        else:
            self.show_problem(error)

    def on_main(self) -> None:
        """Set it, and go back to 今天."""
        self.main_enabled = False
        self.ask(lambda: set_clock(self.here, self.session, self.digits), lambda _: self.visit.replace("today"), self._refuse)

    def remember(self) -> dict[str, Any]:
        """Keep what was keyed in."""
        return {"digits": self.digits}

    def spoken(self) -> str:
        """Say what to do, or what stands there."""
        return self.hint if self.main_enabled or self.wrong else t("set_clock.spoken")
