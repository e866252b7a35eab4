"""A sentence of one's own, by hand or in pinyin, for the page that asked: it finds `field` among its arguments when one comes back."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.screens.staff.staff_page import StaffPage
from kiosk.text import t


class OwnWordsScreen(StaffPage):
    """`head` is what is asked."""

    head = StringProperty("")
    field = StringProperty("")
    text = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("running.own"), main_text=t("running.written"), main_icon="check", **args)
        panel = self.ids.panel
        panel.hint, panel.page = t("running.write_here"), self
        panel.start(self.text)
        panel.fbind("text", self._follow)
        self._follow()

    def _follow(self, *_: Any) -> None:
        self.text = self.ids.panel.text
        self.main_enabled = bool(self.text.strip())

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
