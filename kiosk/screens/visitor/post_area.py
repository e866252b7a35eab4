"""In which township the work is: the station's own first."""

from typing import Any

from kivy.properties import NumericProperty

from kiosk.domain.codes import AREAS
from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import PostingPage
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t


class PostAreaScreen(PostingPage):
    """The area; one tap goes on."""

    stop = "post_area"
    columns = NumericProperty(5)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.area"), **args)
        self.columns = (2 if theme.large else 3) if theme.upright else (3 if theme.large else 5)
        self._draw(terminal.home_facts.station.area if terminal.home_facts else "")
        if not self.has("area"):
            self.main_text = ""

    def on_enter(self) -> None:
        """Ask where we are when home was left before it knew."""
        if self.terminal.home_facts is None:
            from kiosk.services.callers import own_area

            self.ask(lambda: own_area(self.terminal.office.here), self._draw)

    def _draw(self, own: str) -> None:
        self.ids.tiles.clear_widgets()
        for code in sorted(AREAS, key=lambda code: (code != own, code)):
            tile = Tile(text=AREAS[code], size_px=40, icon_px=0, chosen=code == self.draft.get("area"))
            tile.bind(on_release=lambda _, code=code: self._choose(code))
            self.ids.tiles.add_widget(tile)

    def _choose(self, code: str) -> None:
        self.put(area=code)
        self.go_on()
