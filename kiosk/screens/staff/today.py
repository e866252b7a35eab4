"""今天: the first page of staff mode. What needs somebody now, and the way into every room."""

from typing import Any

from kivy.properties import NumericProperty

from kiosk.screens import pages
from kiosk.screens.staff.sections import SECTIONS
from kiosk.screens.staff.staff_page import StaffPage
from kiosk.screens.theme import theme
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t


class TodayScreen(StaffPage):
    """One tile a room."""

    columns = NumericProperty(5)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("today.title"), can_go_back=False, **args)
        self.columns = (2 if theme.large else 3) if theme.upright else (3 if theme.large else 5)

    def begin(self) -> None:
        """Lay the tiles out for who is signed in."""
        self.ids.rooms.clear_widgets()
        for section in SECTIONS:
            if pages.exists(section.page) and section.open_to(self.session.role):
                tile = Tile(text=t(f"section.{section.page}"), icon=section.icon)
                tile.bind(on_release=lambda _, page=section.page: self.visit.go(page))
                self.ids.rooms.add_widget(tile)

    def spoken(self) -> str:
        """Say where one is."""
        return t("today.title")
