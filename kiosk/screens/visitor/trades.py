"""想干什么活: 24 picture tiles, several may be chosen."""

from typing import Any

from kivy.properties import NumericProperty

from kiosk.domain.codes import Trade
from kiosk.screens.theme import theme
from kiosk.screens.visitor.registering import RegisteringPage
from kiosk.screens.widgets.buttons import Tile
from kiosk.text import t


class TradesScreen(RegisteringPage):
    """Step 4 of the registration."""

    columns = NumericProperty(8)

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **{"head": t("trades.head")} | args)
        self.columns = (3 if theme.large else 4) if theme.upright else (6 if theme.large else 8)
        self._tiles: dict[Trade, Tile] = {}
        for trade in Trade:
            tile = Tile(text=t(f"trade.{trade.value}"), icon=theme.trade_icon(trade), chosen=trade in self.draft.trades)
            tile.bind(on_release=lambda _, trade=trade: self._toggle(trade))
            self.ids.tiles.add_widget(tile)
            self._tiles[trade] = tile
        self._follow()

    def _toggle(self, trade: Trade) -> None:
        draft = self.draft
        chosen = set(draft.trades) ^ {trade}
        draft.trades = tuple(one for one in Trade if one in chosen)
        self._tiles[trade].chosen = trade in chosen
        self._follow()

    def _follow(self) -> None:
        count = len(self.draft.trades)
        self.main_text = self.go_on_words(count) if count else t("trades.none")
        self.main_enabled = count > 0

    def go_on_words(self, count: int) -> str:
        """Say what the main action does, once something is chosen."""
        return t("trades.next", count=count)

    def on_main(self) -> None:
        """Go on to the pay."""
        self.visit.go("pay")

    def spoken(self) -> str:
        """Say what to do and what is chosen."""
        chosen = "、".join(t(f"trade.{trade.value}") for trade in self.draft.trades)
        return t("trades.spoken") + chosen
