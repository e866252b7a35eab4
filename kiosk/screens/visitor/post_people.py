"""How many people an employer needs: one tap for the usual numbers, digits for the others."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import PostingPage
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t

USUAL = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 50)


class PeopleTiles(BoxLayout):
    """The usual numbers."""


class PeoplePad(BoxLayout):
    """What is keyed in, and the digits."""

    page = ObjectProperty(None, rebind=True)


class PostPeopleScreen(PostingPage):
    """The headcount. `keyed`: it is keyed in."""

    stop = "post_people"
    written = StringProperty("")
    keyed = BooleanProperty(False)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.headcount"), **args)
        count = self.draft.get("headcount")
        self.keyed = self.keyed or (count is not None and count not in USUAL)
        self._draw()

    def _draw(self) -> None:
        self.ids.body.clear_widgets()
        count = self.draft.get("headcount")
        if self.keyed:
            pad = PeoplePad(page=self)
            self.ids.body.add_widget(pad)
            pad.ids.pad.digits = "" if count is None else str(count)
            self.main_text = t("post.next")
            self.take(pad.ids.pad.digits)
            return
        tiles = PeopleTiles()
        tiles.ids.tiles.cols = (2 if theme.large else 4) if theme.upright else (4 if theme.large else 8)
        for usual in USUAL:
            tile = Tile(text=t("post.people", count=usual), size_px=40, icon_px=0, chosen=usual == count)
            tile.bind(on_release=lambda _, usual=usual: self._choose(usual))
            tiles.ids.tiles.add_widget(tile)
        other = Tile(text=t("post.other_number"), size_px=40, icon_px=0)
        other.bind(on_release=lambda _: self._key_in())
        tiles.ids.tiles.add_widget(other)
        self.ids.body.add_widget(tiles)
        self.main_text, self.main_enabled = t("post.next") if count is not None else "", True

    def _choose(self, count: int) -> None:
        self.put(headcount=count)
        self.go_on()

    def _key_in(self) -> None:
        self.keyed = True
        self.draft.pop("headcount", None)
        self._draw()

    def take(self, digits: str) -> None:
        """Take what the pad holds; that nobody is no headcount is said when one goes on."""
        count = int(digits or 0)
        if digits:
            self.put(headcount=count)
        else:
            self.draft.pop("headcount", None)
        self.written = t("post.people", count=count) if digits else ""
        self.main_enabled = bool(digits)

    def on_back(self) -> bool:
        """Go back from the pad to the usual numbers."""
        if not self.keyed:
            return False
        self.keyed = False
        if self.draft.get("headcount") not in USUAL:
            self.draft.pop("headcount", None)
        self._draw()
        return True

    def remember(self) -> dict[str, Any]:
        """Keep whether it is keyed in."""
        return {"keyed": self.keyed}
