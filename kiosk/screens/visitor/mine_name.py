"""A name put right, by staff who see his papers: written as at registration."""

from typing import TYPE_CHECKING, Any

from kiosk.screens import pages
from kiosk.screens.visit import RegistrationDraft
from kiosk.screens.visitor.changing import Changing
from kiosk.screens.visitor.name import NameScreen

if TYPE_CHECKING:
    from kiosk.services.change import Changed
    from kiosk.services.sign_in import Session
    from kiosk.services.station import Here

pages.load("name")  # its rule is worn here


class MineNameScreen(Changing, NameScreen):
    """The name as it stands in his papers."""

    def save(self, here: "Here", author: "Session", worker_id: str, draft: RegistrationDraft) -> "Changed":  # type: ignore[override]
        """Change it; only staff come here."""
        from kiosk.services.change import change_name

        return change_name(here, author, worker_id, draft.name)

    def remember(self) -> dict[str, Any]:
        """Keep nothing of its own: the draft has the name."""
        return {}
