"""A station with no staff yet: the head writes a name, then sets a PIN. Once there is anybody this page leads nowhere."""

from typing import Any

from kiosk.domain.worker import check_name
from kiosk.errors import BadInput
from kiosk.screens.page import Page
from kiosk.text import t


class FirstStartScreen(Page):
    """The head's name."""

    staff = True

    def __init__(self, terminal: Any, name: str = "", **args: Any) -> None:
        super().__init__(terminal, title=t("first_start.title"), **args)
        self.main_text, self.main_icon = t("first_start.next"), "arrow-right"
        panel = self.ids.panel
        panel.page, panel.names = self, True
        panel.start(name)
        panel.fbind("text", self._follow)
        self._follow()

    def _follow(self, *_: Any) -> None:
        self.main_enabled = self.entered = bool(self.ids.panel.text)

    def on_main(self) -> None:
        """Go on to the PIN, unless the name cannot be one."""
        try:
            name = str(check_name(self.ids.panel.text))
        except BadInput as error:
            self.show_problem(error)
            return
        self.visit.go("new_pin", purpose="first", name=name)

    def remember(self) -> dict[str, Any]:
        """Keep the name."""
        return {"name": self.ids.panel.text}

    def spoken(self) -> str:
        """Say what to do."""
        return t("first_start.spoken")
