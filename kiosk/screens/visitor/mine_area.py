"""Where he wants work: near the station, or near a township; one tap chooses."""

from typing import TYPE_CHECKING, Any

from kivy.properties import NumericProperty

from kiosk.domain.codes import AREAS
from kiosk.screens.theme import theme
from kiosk.screens.visit import RegistrationDraft
from kiosk.screens.visitor.changing import Changing
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.author import Author
    from kiosk.services.change import Changed
    from kiosk.services.station import Here


class MineAreaScreen(Changing):
    """The townships, none of them first."""

    columns = NumericProperty(5)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("mine_change.head_area"), **args)
        self.columns = 2 if theme.upright else 3 if theme.large else 5
        self._tiles: dict[str | None, Tile] = {}
        for code in (None, *sorted(AREAS)):
            name = t("mine_change.nearby") if code is None else AREAS[code]
            tile = Tile(text=name, size_px=36, icon_px=0, chosen=code == self.draft.area)
            tile.bind(on_release=lambda _, code=code: self._choose(code))
            self.ids.tiles.add_widget(tile)
            self._tiles[code] = tile

    def _choose(self, code: str | None) -> None:
        self.draft.area = code
        for one, tile in self._tiles.items():
            tile.chosen = one == code

    def save(self, here: "Here", author: "Author", worker_id: str, draft: RegistrationDraft) -> "Changed":
        """Change it."""
        from kiosk.services.change import change_area

        return change_area(here, author, worker_id, draft.area)

    def spoken(self) -> str:
        """Say what is asked."""
        return self.head
