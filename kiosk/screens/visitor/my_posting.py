"""以前登记过: an employer's slip, scanned or by its eight digits, then the last four of his phone. A found slip alone opens nothing."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.errors import LockedOut, NotFound
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.my_postings import MyPostings

NUMBER, LAST = 8, 4


def fours(digits: str) -> str:
    """Write a number in fours, as it stands on the slip."""
    return " ".join(p for p in (digits[:4], digits[4:]) if p)


class MyPostingScreen(Page):
    """Two numbers, one after the other; `number` is the first once it stands, `digits` what is keyed in of the present one.

    `scanned` is what the scanner read before this page came.
    """

    number = StringProperty("")
    digits = StringProperty("")
    scanned = StringProperty("")
    head = StringProperty("")
    keyed = StringProperty("")
    given = StringProperty("")
    hint = StringProperty("")
    wrong = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("my_posting.title"), **args)
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.main_text, self.main_icon = t("my_posting.next"), "arrow-right"
        self._asking = False
        self._ask_for(self.digits)

    def on_enter(self) -> None:
        """Stop when nothing could be looked up; read the slip that brought one here."""
        if self.scanned:
            text, self.scanned = self.scanned, ""
            self.on_scan(text)
        else:
            self.ask_store(lambda _: None)

    def on_scan(self, text: str) -> None:
        """Take the slip's number from its code; what is no slip of ours says so."""
        from kiosk.services.receipts import read_receipt

        def missed(error: Exception) -> None:
            if isinstance(error, NotFound):
                self._say(t("my_posting.not_ours"), wrong=True)
            else:
                self.show_problem(error)

        self.ask(lambda: read_receipt(self.terminal.office.here, text), self._take_number, missed)

    def _take_number(self, number: str) -> None:
        self.number = number
        self.visit.touched = True
        self._ask_for()

    def _ask_for(self, digits: str = "") -> None:
        part = "last" if self.number else "number"
        self.head = t(f"my_posting.{part}")
        self.given = t("my_posting.given", number=fours(self.number)) if self.number else ""
        self._say(t(f"my_posting.{part}_hint"))
        self.ids.pad.limit = LAST if self.number else NUMBER
        self.ids.pad.digits = digits
        self.take(digits)

    def _say(self, hint: str, wrong: bool = False) -> None:
        self.hint, self.wrong = hint, wrong

    def take(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits, self.keyed = digits, fours(digits)
        self.main_enabled = len(digits) == self.ids.pad.limit and not self._asking

    def on_main(self) -> None:
        """Go on to the second number, or open what the two open."""
        if not self.number:
            self._take_number(self.digits)
            return
        from kiosk.services.my_postings import open_postings

        number, digits = self.number, self.digits
        self._asking, self.main_enabled = True, False
        self.ask(lambda: open_postings(self.terminal.office.here, number, digits), self._found, self._not_found)

    def _found(self, mine: "MyPostings") -> None:
        self.visit.replace("my_postings", mine=mine)

    def _not_found(self, error: Exception) -> None:
        self._asking = False
        if isinstance(error, NotFound):
            # it is not said which of the two was wrong: both are asked for again
            self.number = ""
            self._ask_for()
            self._say(t("my_posting.wrong"), wrong=True)
        elif isinstance(error, LockedOut):
            # the minute after: hours without seconds would name one that is too early
            until = self.terminal.local(error.until + timedelta(minutes=1))
            self._say(t("my_posting.locked", time=f"{until:%H:%M}"), wrong=True)
        else:
            self.show_problem(error)
        self.take(self.digits)

    def on_back(self) -> bool:
        """Go back to the first number, which stands there to be put right."""
        if not self.number:
            return False
        number, self.number = self.number, ""
        self._ask_for(number)
        return True

    def remember(self) -> dict[str, Any]:
        """Keep both numbers over 大字."""
        return {"number": self.number, "digits": self.digits, "scanned": ""}

    def spoken(self) -> str:
        """Say what to key in."""
        return f"{self.head}。{self.hint}{t('my_posting.lost')}"
