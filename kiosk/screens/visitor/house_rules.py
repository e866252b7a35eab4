"""What a station has to post (管理办法 8): its rules, its services and how they are done, where to complain. One of three at a time."""

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.page import Page
from kiosk.screens.widgets.buttons import Chip
from kiosk.text import t, words

TABS = {"rules": "file-document-outline", "list": "clipboard-list", "complaint": "phone"}


class HouseLine(BoxLayout):
    """One sentence and its number."""

    number = StringProperty("")
    text = StringProperty("")


class HouseRulesScreen(Page):
    """`showing` is rules, list or complaint."""

    showing = StringProperty("rules")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("house.title"), **args)
        self._centre = ""
        self._chips: dict[str, Chip] = {}
        for name, icon in TABS.items():
            chip = Chip(text=t(f"house.{name}"), icon=icon)
            chip.bind(on_release=lambda _, name=name: self.show(name))
            self._chips[name] = chip
            self.ids.tabs.add_widget(chip)
        self.show(self.showing)

    def on_enter(self) -> None:
        """Ask whom at the county one may call."""
        from kiosk.services.browse import county_centre

        self.ask(lambda: county_centre(self.terminal.office.here), self._take)

    def _take(self, centre: Any) -> None:
        if centre is not None and centre.phone:
            self._centre = t("house.complaint_text.centre", name=centre.name, phone=centre.phone.grouped())
        if self.showing == "complaint":
            self.show("complaint")

    def _lines(self) -> list[str]:
        prefix = f"house.{self.showing}_text."
        lines = [t(key) for key in words() if key.startswith(prefix) and key[-1].isdigit()]
        if self.showing == "complaint":
            lines += [line for line in (self._centre, t("house.complaint_text.after")) if line]
        return lines

    def show(self, name: str) -> None:
        """Show one of the three from its top."""
        self.showing = name
        for other, chip in self._chips.items():
            chip.chosen = other == name
        self.ids.lines.clear_widgets()
        for number, line in enumerate(self._lines(), start=1):
            self.ids.lines.add_widget(HouseLine(number=str(number), text=line))
        self.ids.scroll.ids.view.scroll_y = 1

    def remember(self) -> dict[str, Any]:
        """Keep which one stands there."""
        return {"showing": self.showing}

    def spoken(self) -> str:
        """Read what is shown."""
        return t(f"house.{self.showing}") + "。" + "".join(self._lines())
