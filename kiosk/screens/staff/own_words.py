"""A sentence of one's own, by hand or in pinyin, for the page that asked: it finds `field` among its arguments when one comes back."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.screens.staff.staff_page import StaffPage
from kiosk.text import t

SHOWN = 120
"""Characters: of what is longer the end stands over the pen."""


class OwnWordsScreen(StaffPage):
    """`head` is what is asked, `most` how many characters have room (0: any), `may_go` whether it may be left empty."""

    head = StringProperty("")
    field = StringProperty("")
    text = StringProperty("")
    most = NumericProperty(0)
    may_go = BooleanProperty(False)
    note = StringProperty("")
    end = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("running.own"), main_text=t("running.written"), main_icon="check", **args)
        panel = self.ids.panel
        panel.hint, panel.page = t("running.write_here"), self
        panel.start(self.text)
        panel.fbind("text", self._follow)
        self._follow()

    def _follow(self, *_: Any) -> None:
        self.text = self.ids.panel.text
        self.end = self.text if len(self.text) <= SHOWN else f"…{self.text[-SHOWN:]}"
        over = len(self.text.strip()) - self.most if self.most else 0
        self.note = t("running.over", over=over, most=self.most) if over > 0 else ""
        self.main_enabled = over <= 0 and bool(self.text.strip() or self.may_go)

    def on_main(self) -> None:
        """Take the words back to the page that asked."""
        self.visit.stack[-2].args[self.field] = self.text.strip()
        self.visit.back()

    def remember(self) -> dict[str, Any]:
        """Keep what was written, for 大字."""
        return {"text": self.text}

    def spoken(self) -> str:
        """Say what is asked."""
        return self.head
