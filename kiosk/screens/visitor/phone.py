"""您的手机号是多少: big digits, the number read back in groups before it is accepted."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.privacy import Phone
from kiosk.domain.worker import check_mobile
from kiosk.errors import BadInput
from kiosk.screens.theme import theme
from kiosk.screens.visitor.registering import RegisteringPage
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
    """Step 3 of the registration."""

    shown_number = StringProperty("")
    hint = StringProperty("")
    wrong = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        self.main_text, self.main_icon = t("register.next"), "arrow-right"
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.ids.pad.digits = self.visit.registration.phone
        self._follow()

    def take(self, digits: str) -> None:
        """Take what the pad holds; it lets a twelfth digit in, so that the sentence can say that it is too many."""
        self.visit.registration.phone = digits
        self.terminal.refresh_dock()
        self._follow()

    def _follow(self) -> None:
        digits = self.visit.registration.phone
        self.shown_number = in_groups(digits)
        trouble = wanted(digits)
        self.main_enabled = not trouble
        self.wrong = bool(trouble) and len(digits) >= DIGITS
        self.hint = trouble or t("phone.read_back", groups=self.shown_number)

    def on_main(self) -> None:
        """Go on to the trades."""
        self.visit.go("trades")

    def spoken(self) -> str:
        """Say what to do; read the number back digit by digit once it is whole: the person asked for it by pressing 读给我听."""
        if not self.main_enabled:
            return t("phone.spoken")
        return t("phone.spoken_back", digits="，".join(" ".join(g) for g in Phone(self.visit.registration.phone).grouped().split()))
