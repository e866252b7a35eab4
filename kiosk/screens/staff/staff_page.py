"""What every staff page is: somebody is signed in, and visitors' pages end the session."""

from typing import TYPE_CHECKING

from kiosk.screens import pages
from kiosk.screens.page import Page

if TYPE_CHECKING:
    from kiosk.services.sign_in import Session
    from kiosk.services.station import Here


class StaffPage(Page):
    """A page of the staff's side; `begin` starts the page's own work."""

    staff = True

    @property
    def here(self) -> "Here":
        """Give the station at work: use it inside `ask` only."""
        return self.terminal.office.here

    @property
    def session(self) -> "Session":
        """Give who is signed in."""
        session: Session = self.visit.session
        return session

    def on_enter(self) -> None:
        """Begin; without a signed-in person there is nothing to see."""
        if self.visit.session is None:
            self.visit.home()
            return
        if self.visit.on_behalf:
            self.visit.stop_filling_in()
        self.begin()

    def begin(self) -> None:
        """Ask for what the page shows."""

    def on_leave(self) -> None:
        """Sign out where the visitors' pages begin, unless staff fill them in for somebody."""
        if not pages.load(self.visit.place.page).staff and not self.visit.on_behalf:
            self.visit.session = None

    def leave(self) -> None:
        """Leave staff mode."""
        self.visit.next_person()
