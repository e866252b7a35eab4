"""我的登记: the slip before the scanner, or its eight digits; then the last four of the phone. A found slip alone opens nobody's record."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.errors import BadInput, LockedOut, NotAllowed, NotFound
from kiosk.screens.page import Page
from kiosk.screens.problems import sentence
from kiosk.screens.theme import theme
from kiosk.screens.visitor.scanning import lead
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.mine import Mine
    from kiosk.services.scan import Scanned

CODE, LAST = 8, 4


def grouped(digits: str) -> str:
    """Write a number in fours, as it stands on the slip."""
    return " ".join(p for p in (digits[:4], digits[4:]) if p)


class MineScreen(Page):
    """Two numbers, one after the other; `code` is the first once it stands, `digits` what is keyed in of the present one.

    `training_id` is the course that it is for, where one came from there.
    """

    code = StringProperty("")
    head = StringProperty("")
    digits = StringProperty("")
    keyed = StringProperty("")
    given = StringProperty("")
    hint = StringProperty("")
    wrong = BooleanProperty(False)
    training_id = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.mine.title"), **args)
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.main_text, self.main_icon = t("mine.next"), "arrow-right"
        self._asking = False
        self._scans = bool(terminal.parts.settings.scanner)
        self._ask_for(self.digits)

    def on_enter(self) -> None:
        """Stop when nothing could be looked up."""
        self.ask_store(lambda _: None)

    def _ask_for(self, digits: str = "") -> None:
        if self.code:
            self.head, hint = t("mine.last"), t("mine.last_hint")
        elif self._scans:
            self.head, hint = t("mine_scan.head"), t("mine_scan.hint")
        else:
            self.head, hint = t("mine.code"), t("mine.code_hint")
        self.given = t("mine.given", code=grouped(self.code)) if self.code else ""
        self._say(hint)
        self.ids.pad.limit = LAST if self.code else CODE
        self.ids.pad.digits = digits
        self.take(digits)

    def _say(self, hint: str, wrong: bool = False) -> None:
        self.hint, self.wrong = hint, wrong

    def take(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits, self.keyed = digits, grouped(digits)
        self.main_enabled = len(digits) == self.ids.pad.limit and not self._asking

    def on_main(self) -> None:
        """Go on to the second number, or open the registration."""
        digits = self.digits
        if not self.code:
            self.code = digits
            self.visit.touched = True
            self._ask_for()
            return
        from kiosk.services.mine import find_mine

        self._asking, self.main_enabled = True, False
        self.ask(lambda: find_mine(self.terminal.office.here, self.code, digits), self._found, self._not_found)

    def on_scan(self, text: str) -> None:
        """Take a slip instead of its digits; what it says about a code that is none of ours stands where the digits are asked for."""
        from kiosk.services.scan import read_scan

        self.ask(lambda: read_scan(self.terminal.office.here, text), lambda found: self._scanned(found, text), self._not_a_slip)

    def _scanned(self, found: "Scanned", text: str) -> None:
        if not found.code:
            lead(self, found, text)
            return
        self.code = found.code
        self.visit.touched = True
        self._ask_for()

    def _not_a_slip(self, error: Exception) -> None:
        if isinstance(error, BadInput):
            self._say(sentence(error), wrong=True)
        else:
            self.show_problem(error)

    def _found(self, mine: "Mine") -> None:
        self.visit.worker_id = mine.worker.id
        asked = next((one.referral.id for one in mine.referrals if one.asks), "")
        if self.training_id:
            self.visit.replace("signup", training_id=self.training_id)
        elif asked:
            self.visit.replace("mine_paid", referral_id=asked)
        else:
            self.visit.replace("mine_found", mine=mine)

    def _not_found(self, error: Exception) -> None:
        self._asking = False
        if isinstance(error, NotFound):
            self.ids.pad.digits = ""
            self._say(t("mine.wrong"), wrong=True)
        elif isinstance(error, LockedOut):
            # the minute after: hours without seconds would name one that is too early
            until = self.terminal.local(error.until + timedelta(minutes=1))
            self._say(t("mine.locked", time=f"{until:%H:%M}"), wrong=True)
        elif isinstance(error, NotAllowed):
            self._say(t("mine_scan.through_staff"), wrong=True)
        else:
            self.show_problem(error)
        self.take(self.digits)

    def on_back(self) -> bool:
        """Go back to the first number, which stands there to be put right."""
        if not self.code:
            return False
        code, self.code = self.code, ""
        self._ask_for(code)
        return True

    def remember(self) -> dict[str, Any]:
        """Keep both numbers over 大字."""
        return {"code": self.code, "digits": self.digits}

    def spoken(self) -> str:
        """Say what to key in."""
        return f"{self.head}{self.hint}{t('mine.lost')}"
