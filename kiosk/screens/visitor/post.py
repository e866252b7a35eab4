"""我要招人, first of all: what work it is, by the tiles that the workers choose from."""

from typing import Any

from kivy.properties import NumericProperty

from kiosk.domain.codes import Trade
from kiosk.screens.theme import theme
from kiosk.screens.visitor.posting import CHECK, MINE, PostingPage, trade_words
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t


class PostScreen(PostingPage):
    """The trade; one tap goes on."""

    stop = "post"
    columns = NumericProperty(8)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, head=t("post.trade"), **args)
        if MINE in self.draft and all(place.page != CHECK for place in self.visit.stack):
            # who begins here may be somebody else: what a slip opened must not get his posting, too
            self.draft = self.visit.posting = {}
        self.columns = (3 if theme.large else 4) if theme.upright else (6 if theme.large else 8)
        for trade in Trade:
            tile = Tile(text=trade_words(trade), icon=theme.trade_icon(trade), chosen=trade is self.draft.get("trade"))
            tile.bind(on_release=lambda _, trade=trade: self._choose(trade))
            self.ids.tiles.add_widget(tile)
        if self.draft.get("trade") is None:
            self.main_text = ""

    def on_enter(self) -> None:
        """Stop at the first page when nothing could be kept."""
        self.ask_store(lambda _: None)

    def _choose(self, trade: Trade) -> None:
        if self.draft.get("title") in (None, "", self._usual_title(self.draft.get("trade"))):
            self.put(title=self._usual_title(trade))
        self.put(trade=trade)
        self.go_on()

    @staticmethod
    def _usual_title(trade: Trade | None) -> str:
        return "" if trade is None or trade is Trade.OTHER else trade_words(trade)

    def on_scan(self, text: str) -> None:
        """Open what a slip that is scanned here opens."""
        self.visit.go("my_posting", scanned=text)

    def spoken(self) -> str:
        """Say what comes."""
        return t("post.spoken")
