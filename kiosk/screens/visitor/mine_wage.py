"""Another wish for pay, on the buttons of the registration."""

from typing import TYPE_CHECKING, Any

from kiosk.screens import pages
from kiosk.screens.visit import RegistrationDraft
from kiosk.screens.visitor.changing import Changing
from kiosk.screens.visitor.pay import PayScreen
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.author import Author
    from kiosk.services.change import Changed
    from kiosk.services.station import Here

pages.load("pay")  # its rule is worn here


class MineWageScreen(Changing, PayScreen):
    """What he wants to earn now."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **{"head": t("mine_change.head_pay")} | args)

    def save(self, here: "Here", author: "Author", worker_id: str, draft: RegistrationDraft) -> "Changed":
        """Change it."""
        from kiosk.services.change import change_pay

        return change_pay(here, author, worker_id, draft.pay_fen, draft.pay_unit)
