"""The lock over a staff page that nobody touched: the same person's PIN or card gives the page back; a colleague's begins afresh."""

from typing import TYPE_CHECKING, Any

from kiosk.domain.station import Role
from kiosk.screens.problems import sentence
from kiosk.screens.staff.sign_in import SignInScreen
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.services.sign_in import Session


class LockScreen(SignInScreen):
    """Lies over everything; what it covers is neither seen nor touched. The dock's 叫工作人员 stays for who comes meanwhile."""

    covers = True

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, title=t("lock.title"), can_go_back=False, **args)
        self._mine: Session = self.visit.session
        self.say(self.pin_words(self._mine.staff_id, self._mine.name))
        self.also = t("lock.say") if not self.also else f"{t('lock.say')}{t('lock.card')}"

    def first_choice(self, staff: list[tuple[str, str, Role]]) -> str:
        """Choose who is signed in, unless he may no longer be."""
        return next((staff_id for staff_id, _, _ in staff if staff_id == self._mine.staff_id), "")

    def pin_words(self, staff_id: str, name: str) -> str:
        """Ask for somebody's PIN."""
        return t("lock.head", name=name) if staff_id == self._mine.staff_id else super().pin_words(staff_id, name)

    def came(self, session: "Session") -> None:
        """Note a handover where a colleague takes the place."""
        from kiosk.services.sign_in import hand_over

        super().came(session)
        if session.staff_id != self._mine.staff_id:
            hand_over(self.terminal.office.here, self._mine)

    def signed_in(self, session: "Session") -> None:
        """Give the page back, or begin afresh for a colleague."""
        if session.staff_id == self._mine.staff_id:
            self.terminal.guard.unlock(session)
        else:
            self.terminal.guard.open()
            self.visit.start_staff(session)

    def called(self) -> None:
        """Tell a visitor that staff were called."""
        self.say(t("lock.called"))

    def show_problem(self, error: Exception) -> None:
        """Say it here: a dialog would lie under the lock."""
        self.terminal.log_error(error)
        self.say(sentence(error), wrong=True)

    def spoken(self) -> str:
        """Say what to do."""
        return self.hint
