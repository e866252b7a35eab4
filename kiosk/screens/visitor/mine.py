"""我的登记: the slip's eight digits, then the last four of the phone. A found slip alone opens nobody's record."""

from typing import TYPE_CHECKING, Any

from kivy.properties import StringProperty

from kiosk.errors import LockedOut, NotFound
from kiosk.screens.page import Page
from kiosk.screens.theme import theme
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.mine import Mine

CODE, LAST = 8, 4


class MineScreen(Page):
    """Two numbers, one after the other; `code` is the first once it stands."""

    code = StringProperty("")
    head = StringProperty("")
    keyed = StringProperty("")
    hint = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("home.mine.title"), **args)
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.main_text, self.main_icon = t("mine.next"), "arrow-right"
        self._asking = False
        self._ask_for()

    def _ask_for(self) -> None:
        self.head, self.hint = (t("mine.last"), t("mine.last_hint")) if self.code else (t("mine.code"), t("mine.code_hint"))
        self.ids.pad.limit = LAST if self.code else CODE
        self.ids.pad.digits = ""
        self.take("")

    def take(self, digits: str) -> None:
        """Take what the pad holds."""
        self.keyed = " ".join(p for p in (digits[:4], digits[4:]) if p)
        self.main_enabled = len(digits) == self.ids.pad.limit and not self._asking

    def on_main(self) -> None:
        """Go on to the second number, or open the registration."""
        digits = self.ids.pad.digits
        if not self.code:
            self.code = digits
            self.visit.touched = True
            self._ask_for()
            return
        from kiosk.services.mine import find_mine

        self._asking, self.main_enabled = True, False
        self.ask(lambda: find_mine(self.terminal.office.here, self.code, digits), self._found, self._not_found)

    def _found(self, mine: "Mine") -> None:
        self.visit.worker_id = mine.worker.id
        self.visit.replace("mine_found", mine=mine)

    def _not_found(self, error: Exception) -> None:
        self._asking = False
        if isinstance(error, NotFound):
            self.ids.pad.digits = ""
            self.hint = t("mine.wrong")
        elif isinstance(error, LockedOut):
            self.hint = t("mine.locked", time=f"{self.terminal.local(error.until):%H:%M}")
        else:
            self.show_problem(error)
        self.take(self.ids.pad.digits)

    def on_back(self) -> bool:
        """Go back to the first number."""
        if not self.code:
            return False
        self.code = ""
        self._ask_for()
        return True

    def remember(self) -> dict[str, Any]:
        """Keep the first number over 大字."""
        return {"code": self.code}

    def spoken(self) -> str:
        """Say what to key in."""
        return f"{self.head}{self.hint}"
