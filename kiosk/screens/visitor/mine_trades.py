"""Other trades, on the tiles of the registration."""

from typing import TYPE_CHECKING, Any

from kiosk.screens import pages
from kiosk.screens.visit import RegistrationDraft
from kiosk.screens.visitor.changing import Changing
from kiosk.screens.visitor.trades import TradesScreen
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.author import Author
    from kiosk.services.change import Changed
    from kiosk.services.station import Here

pages.load("trades")  # its rule is worn here


class MineTradesScreen(Changing, TradesScreen):
    """What he wants to do now."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **{"head": t("mine_change.head_trades")} | args)

    def save(self, here: "Here", author: "Author", worker_id: str, draft: RegistrationDraft) -> "Changed":
        """Change it."""
        from kiosk.services.change import change_trades

        return change_trades(here, author, worker_id, draft.trades)

    def go_on_words(self, count: int) -> str:
        """Say what the main action does."""
        del count
        return t("mine_change.save")
