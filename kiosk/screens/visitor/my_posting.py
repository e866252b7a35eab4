"""以前登记过: an employer's slip, scanned or by its eight digits, then the last four of his phone. A found slip alone opens nothing."""

from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.errors import NotFound
from kiosk.screens.visitor.two_numbers import TwoNumbersPage
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.my_postings import MyPostings


class MyPostingScreen(TwoNumbersPage):
    """`scanned` is what the scanner read before this page came."""

    section = "my_posting"
    scanned = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("my_posting.title"), **args)

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
                self.say(t("my_posting.not_ours"), wrong=True)
            else:
                self.show_problem(error)

        self.ask(lambda: read_receipt(self.terminal.office.here, text), self.take_code, missed)

    def open(self, code: str, last_four: str) -> "MyPostings":
        """Open the postings."""
        from kiosk.services.my_postings import open_postings

        return open_postings(self.terminal.office.here, code, last_four)

    def opened(self, found: "MyPostings") -> None:
        """Show them."""
        self.visit.replace("my_postings", mine=found)

    def missed(self) -> None:
        """Ask for both again: it is not said which of the two was wrong."""
        self.code = ""
        self.ask_for()

    def remember(self) -> dict[str, Any]:
        """Keep both numbers over 大字; what was scanned was read."""
        return super().remember() | {"scanned": ""}

    def spoken(self) -> str:
        """Say what to key in."""
        return f"{self.head}。{self.hint}{t('my_posting.lost')}"
