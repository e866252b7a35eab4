"""How many people an employer needs: digits."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import PostingPage
from kiosk.text import t


class PostPeopleScreen(PostingPage):
    """The headcount."""

    stop = "post_people"
    written = StringProperty("")

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.headcount"), **args)
        self.ids.both.orientation = "vertical" if theme.upright else "horizontal"
        self.ids.pad.digits = str(self.draft.get("headcount", ""))
        self.take(self.ids.pad.digits)

    def take(self, digits: str) -> None:
        """Take what the pad holds; that nobody is no headcount is said when one goes on."""
        count = int(digits or 0)
        if digits:
            self.put(headcount=count)
        else:
            self.draft.pop("headcount", None)
        self.written = t("post.people", count=count) if digits else ""
        self.main_enabled = bool(digits)
