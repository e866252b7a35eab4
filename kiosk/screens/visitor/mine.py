"""我的登记: the slip's eight digits, then the last four of the phone. A found slip alone opens nobody's record."""

from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.errors import BadInput, NotAllowed
from kiosk.screens.problems import sentence
from kiosk.screens.visitor.scanning import lead
from kiosk.screens.visitor.two_numbers import TwoNumbersPage
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.mine import Mine
    from kiosk.services.scan import Scanned

LONG = 20


class MineScreen(TwoNumbersPage):
    """`training_id` is the course that it is for, where one came from there."""

    section = "mine"
    training_id = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        self._scans = bool(terminal.parts.settings.scanner)
        super().__init__(terminal, title=t("home.mine.title"), **args)

    def on_enter(self) -> None:
        """Stop when nothing could be looked up."""
        self.ask_store(lambda _: None)

    def asked(self) -> tuple[str, str]:
        """Where there is a scanner, ask for the slip first."""
        if self._scans and not self.code:
            return t("mine_scan.head"), t("mine_scan.hint")
        return super().asked()

    def say(self, hint: str, wrong: bool = False) -> None:
        """Say it; a long sentence about a code says itself where to go."""
        super().say(hint, wrong)
        if wrong and len(hint) >= LONG:
            self.lost = ""

    def on_scan(self, text: str) -> None:
        """Take a slip instead of its digits; what it says about a code that is none of ours stands where the digits are asked for."""
        from kiosk.services.scan import read_scan

        self.ask(lambda: read_scan(self.terminal.office.here, text), lambda found: self._scanned(found, text), self._not_a_slip)

    def _scanned(self, found: "Scanned", text: str) -> None:
        if found.code:
            self.take_code(found.code)
        else:
            lead(self, found, text)

    def _not_a_slip(self, error: Exception) -> None:
        if isinstance(error, BadInput):
            self.say(sentence(error), wrong=True)
        else:
            self.show_problem(error)

    def open(self, code: str, last_four: str) -> "Mine":
        """Open the registration."""
        from kiosk.services.mine import find_mine

        return find_mine(self.terminal.office.here, code, last_four)

    def opened(self, found: "Mine") -> None:
        """Go to the course it is for, to what is asked about pay, or to how it stands."""
        self.visit.know(found.worker.id)
        asked = next((one.referral.id for one in found.referrals if one.asks), "")
        if self.training_id:
            self.visit.replace("signup", training_id=self.training_id)
        elif asked:
            self.visit.replace("mine_paid", referral_id=asked)
        else:
            self.visit.replace("mine_found", mine=found)

    def missed(self) -> None:
        """Ask for the last four again; the code stays."""
        self.ids.pad.digits = ""

    def refused(self, error: Exception) -> None:
        """Say who must let him in."""
        if isinstance(error, NotAllowed):
            self.say(t("mine_scan.through_staff"), wrong=True)
        else:
            super().refused(error)

    def spoken(self) -> str:
        """Say what to key in."""
        return f"{self.head}{self.hint}{t('mine.lost')}"
