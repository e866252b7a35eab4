"""您的手机号是多少: big digits, the number read back in groups before it is accepted."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.privacy import Phone
from kiosk.domain.worker import PhoneOf, check_mobile
from kiosk.errors import BadInput
from kiosk.screens.theme import theme
from kiosk.screens.visitor.registering import RegisteringPage
from kiosk.screens.widgets.buttons import Chip
from kiosk.text import t

DIGITS = 11


def in_groups(digits: str) -> str:
    """Write a number that is being keyed in as it is read out: 139 0000 1."""
    return " ".join(p for p in (digits[:3], digits[3:7], digits[7:]) if p)


def wanted(digits: str) -> str:
    """Say what a mobile number still lacks, or why it cannot be one; nothing when it is one."""
    try:
        check_mobile(digits)
    except BadInput as error:
        short = len(digits) < DIGITS
        return t("phone.wanted", missing=DIGITS - len(digits)) if short else t(error.key, **error.words)
    return ""


class PhoneScreen(RegisteringPage):
    """Step 3 of the registration. Whoever has no phone gives a relative's, or the station's, and says so."""

    shown_number = StringProperty("")
    hint = StringProperty("")
    about = StringProperty("")
    wrong = BooleanProperty(False)
    keyed = BooleanProperty(True)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **{"head": t("phone.head")} | args)
        self.main_text, self.main_icon = t("register.next"), "arrow-right"
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self._chips: dict[PhoneOf, Chip] = {}
        for whose in PhoneOf:
            chip = Chip(text=t(f"phone_of.{whose.value}"))
            chip.bind(on_release=lambda _, whose=whose: self._set_owner(whose))
            self.ids.whose.add_widget(chip)
            self._chips[whose] = chip
        self.ids.pad.digits = self.draft.phone
        self._follow()

    def _set_owner(self, whose: PhoneOf) -> None:
        self.draft.phone_of = whose
        self.terminal.refresh_dock()
        self._follow()

    def take(self, digits: str) -> None:
        """Take what the pad holds; it lets a twelfth digit in, so that the sentence can say that it is too many."""
        self.draft.phone = digits
        self.terminal.refresh_dock()
        self._follow()

    def _follow(self) -> None:
        digits, whose = self.draft.phone, self.draft.phone_of
        for one, chip in self._chips.items():
            chip.chosen = one is whose
        self.keyed = whose is not PhoneOf.STATION
        self.about = t("phone_of.relative_first") if whose is PhoneOf.RELATIVE else ""
        trouble = wanted(digits) if self.keyed else ""
        self.main_enabled = not trouble
        self.wrong = bool(trouble) and len(digits) >= DIGITS
        if self.keyed:
            self.shown_number = in_groups(digits)
            self.hint = trouble or t("phone.read_back", groups=self.shown_number)
        else:
            facts = self.terminal.home_facts
            self.shown_number = facts.station.phone.grouped() if facts else ""
            self.hint, self.about = t("phone_of.station_first"), t("phone_of.station_mine")

    def on_main(self) -> None:
        """Go on to the trades."""
        self.visit.go("trades")

    def spoken(self) -> str:
        """Say what to do; read the number back digit by digit once it is whole: the person asked for it by pressing 读给我听."""
        if not self.keyed:
            return t("phone_of.spoken_station") + self.hint
        if not self.main_enabled:
            return t("phone.spoken")
        return t("phone.spoken_back", digits="，".join(" ".join(g) for g in Phone(self.draft.phone).grouped().split()))
