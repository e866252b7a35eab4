"""Another number, keyed in as at registration; the old one is not shown."""

from typing import TYPE_CHECKING, Any

from kiosk.domain.worker import PhoneOf
from kiosk.screens import pages
from kiosk.screens.visit import RegistrationDraft
from kiosk.screens.visitor.changing import Changing
from kiosk.screens.visitor.phone import PhoneScreen
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.author import Author
    from kiosk.services.change import Changed
    from kiosk.services.station import Here

pages.load("phone")  # its rule is worn here


class MinePhoneScreen(Changing, PhoneScreen):
    """His new number, and whose it is."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **{"head": t("mine_change.head_phone")} | args)

    def save(self, here: "Here", author: "Author", worker_id: str, draft: RegistrationDraft) -> "Changed":
        """Change it."""
        from kiosk.services.change import change_phone

        return change_phone(here, author, worker_id, draft.phone, draft.phone_of)

    def saved(self, changed: "Changed") -> str:
        """Say what proves who he is from now on."""
        if changed.job_ids:
            return super().saved(changed)
        return t("mine_change.done_phone_station" if changed.worker.phone_of is PhoneOf.STATION else "mine_change.done_phone")
