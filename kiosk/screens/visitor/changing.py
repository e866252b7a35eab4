"""What the pages share that change one thing of a registration: the draft, and saving it with one press.

They wear the rule of the page that asks the same at registration.
"""

from typing import TYPE_CHECKING, Any

from kiosk.screens.visit import RegistrationDraft
from kiosk.screens.visitor.registering import RegisteringPage
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.author import Author
    from kiosk.services.change import Changed
    from kiosk.services.station import Here


class Changing(RegisteringPage):
    """Stands before the page of the registration among the bases. `save` makes the change, off the UI thread."""

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **{"title": t("mine_change.title"), "steps": []} | args)
        self.main_text, self.main_icon = t("mine_change.save"), "check"
        self._saving = False

    @property
    def draft(self) -> RegistrationDraft:
        """Give what was changed so far."""
        return self.visit.change

    def save(self, here: "Here", author: "Author", worker_id: str, draft: RegistrationDraft) -> "Changed":
        """Change it."""
        raise NotImplementedError

    def saved(self, changed: "Changed") -> str:
        """Say what was done."""
        return t("mine_change.done_slip" if changed.job_ids else "mine_change.done")

    def on_main(self) -> None:
        """Save, once however often it is pressed, and go back to what can be changed."""
        from kiosk.services.author import HIMSELF

        if self._saving:
            return
        self._saving = True
        office, draft, worker_id = self.terminal.office, self.draft, self.visit.worker_id
        author: Author = self.visit.session if self.visit.on_behalf else HIMSELF
        self.ask(lambda: self.save(office.here, author, worker_id, draft), self._saved, self._failed)

    def _saved(self, changed: "Changed") -> None:
        self.visit.change = RegistrationDraft()
        self.visit.back_saying(self.saved(changed), jobs=list(changed.job_ids))

    def _failed(self, error: Exception) -> None:
        self._saving = False
        self.show_problem(error)
