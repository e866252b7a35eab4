"""Who proves by two numbers that something is his: the slip's eight digits, then the last four of the phone. A found slip opens nothing.

What the numbers open, and the words, are the page's own.
"""

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from kiosk.domain.words import in_fours
from kiosk.errors import LockedOut, NotFound
from kiosk.screens.page import Page
from kiosk.screens.problems import unlocked_at
from kiosk.screens.theme import theme
from kiosk.text import t

CODE, LAST = 8, 4


class TwoNumbersPage(Page):
    """`code` is the first number once it stands, `digits` what is keyed in of the present one. `section` names the words in kiosk/text."""

    section = ""
    code = StringProperty("")
    digits = StringProperty("")
    head = StringProperty("")
    keyed = StringProperty("")
    given = StringProperty("")
    hint = StringProperty("")
    lost = StringProperty("")
    wrong = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.main_text, self.main_icon = t(f"{self.section}.next"), "arrow-right"
        self._asking = False
        self.ask_for(self.digits)

    def asked(self) -> tuple[str, str]:
        """Give head and hint of the number that is asked for now."""
        part = "last" if self.code else "code"
        return t(f"{self.section}.{part}"), t(f"{self.section}.{part}_hint")

    def ask_for(self, digits: str = "") -> None:
        """Ask for the number that is missing, beginning with these digits."""
        self.head, hint = self.asked()
        self.given = t(f"{self.section}.given", code=in_fours(self.code)) if self.code else ""
        self.say(hint)
        self.ids.pad.limit = LAST if self.code else CODE
        self.ids.pad.digits = digits
        self.take(digits)

    def say(self, hint: str, wrong: bool = False) -> None:
        """Say what to do, or what was wrong."""
        self.hint, self.wrong = hint, wrong
        self.lost = t(f"{self.section}.lost")

    def take(self, digits: str) -> None:
        """Take what the pad holds."""
        self.digits, self.keyed, self.entered = digits, in_fours(digits), bool(digits or self.code)
        self.main_enabled = len(digits) == self.ids.pad.limit and not self._asking

    def take_code(self, code: str) -> None:
        """Go on to the second number."""
        self.code = code
        self.ask_for()

    def open(self, code: str, last_four: str) -> Any:
        """Open what both numbers open, off the UI thread; raise NotFound or LockedOut."""
        raise NotImplementedError

    def opened(self, found: Any) -> None:
        """Go on with what was opened."""
        raise NotImplementedError

    def missed(self) -> None:
        """Ask again after a wrong number."""
        raise NotImplementedError

    def refused(self, error: Exception) -> None:
        """Say why else it was not opened."""
        self.show_problem(error)

    def on_main(self) -> None:
        """Go on to the second number, or open what the two open."""
        code, digits = self.code, self.digits
        if not code:
            self.take_code(digits)
            return
        self._asking, self.main_enabled = True, False
        self.ask(lambda: self.open(code, digits), self.opened, self._not_opened)

    def _not_opened(self, error: Exception) -> None:
        self._asking = False
        if isinstance(error, NotFound):
            self.missed()
            self.say(t(f"{self.section}.wrong"), wrong=True)
        elif isinstance(error, LockedOut):
            self.say(t(f"{self.section}.locked", time=unlocked_at(error)), wrong=True)
        else:
            self.refused(error)
        self.take(self.digits)

    def on_back(self) -> bool:
        """Go back to the first number, which stands there to be put right."""
        if not self.code:
            return False
        code, self.code = self.code, ""
        self.ask_for(code)
        return True

    def remember(self) -> dict[str, Any]:
        """Keep both numbers over 大字."""
        return {"code": self.code, "digits": self.digits}


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
