"""代填: what staff enter for somebody who calls, or who stands there and cannot. The visitors' own pages, marked 代填, do most of it."""

from collections.abc import Callable
from typing import Any

from kivy.properties import StringProperty

from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.widgets.buttons import Press
from kiosk.text import t


class BehalfCard(Press):
    """One thing to fill in, and when."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")


class BehalfScreen(StaffPage):
    """Three ways."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("section.behalf"), **args)
        ways: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("phone", "phone-in-talk", lambda: self.visit.go("quick_listing")),
            ("worker", "account-plus", lambda: self.visit.fill_in_for("consent")),
            ("employer", "briefcase-account", lambda: self.visit.fill_in_for("post")),
        )
        for name, icon, act in ways:
            card = BehalfCard(icon=icon, title=t(f"behalf.{name}"), text=t(f"behalf.{name}_text"))
            card.bind(on_release=lambda _, act=act: act())
            self.ids.ways.add_widget(card)

    def spoken(self) -> str:
        """Say what there is."""
        return "。".join(t(f"behalf.{name}") for name in ("phone", "worker", "employer"))
