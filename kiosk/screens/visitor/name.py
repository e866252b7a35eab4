"""您叫什么名字: written whole with a finger in one box, or spelled in pinyin, or left to the staff."""

from typing import Any

from kiosk.domain.worker import check_name
from kiosk.errors import BadInput
from kiosk.screens.problems import sentence
from kiosk.screens.visitor.registering import RegisteringPage
from kiosk.text import t


class NameScreen(RegisteringPage):
    """Step 2 of the registration."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        self.main_text, self.main_icon = t("register.next"), "arrow-right"
        panel = self.ids.panel
        panel.help = terminal.helper
        panel.start(self.draft.name)
        panel.fbind("text", self._follow)
        self._follow()

    def _follow(self, *_: Any) -> None:
        self.draft.name = self.ids.panel.text
        self.main_enabled = bool(self.ids.panel.text)
        self.terminal.refresh_dock()

    def on_main(self) -> None:
        """Go on to the phone, unless the name cannot be one."""
        try:
            self.draft.name = check_name(self.ids.panel.text)
        except BadInput as error:
            self.terminal.say(sentence(error))
            self.show_problem(error)
            return
        self.visit.go("phone")

    def spoken(self) -> str:
        """Say what to do; never the name."""
        return t("name.spoken")
