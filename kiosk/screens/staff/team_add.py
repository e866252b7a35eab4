"""A new colleague: the name and the role. The PIN comes next, keyed in by himself. For the head."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.domain.station import Role
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import Chip
from kiosk.text import t


class TeamAddScreen(StaffPage):
    """Name and role."""

    role = StringProperty(Role.STAFF.value)

    def __init__(self, terminal: Any, name: str = "", **args: Any) -> None:
        super().__init__(terminal, title=t("team.add_title"), **args)
        self.main_text, self.main_icon = t("team.add_next"), "arrow-right"
        panel = self.ids.panel
        panel.page, panel.names = self, True
        panel.start(name)
        panel.fbind("text", self._follow)
        for role in Role:
            chip = Chip(text=t(f"role.{role.value}"), chosen=role.value == self.role)
            chip.bind(on_release=lambda _, role=role: self._choose(role))
            self.ids.roles.add_widget(chip)
        self._follow()

    def _choose(self, role: Role) -> None:
        self.role = role.value
        for chip in self.ids.roles.children:
            chip.chosen = chip.text == t(f"role.{role.value}")

    def _follow(self, *_: Any) -> None:
        self.main_enabled = bool(self.ids.panel.text)

    def on_main(self) -> None:
        """Go on to the PIN, unless the name cannot be taken."""
        from kiosk.services.team import check_new_name

        name = self.ids.panel.text
        self.ask(
            lambda: check_new_name(self.here, name),
            lambda _: self.visit.go("new_pin", purpose="add", name=name, role=self.role),
        )

    def remember(self) -> dict[str, Any]:
        """Keep name and role."""
        return {"name": self.ids.panel.text, "role": self.role}

    def spoken(self) -> str:
        """Say what to do."""
        return t("team.add_spoken")
