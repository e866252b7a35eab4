"""What every staff page is: somebody is signed in, visitors' calls are heard while one reads, visitors' pages end the session."""

from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.properties import ListProperty

from kiosk.screens import pages
from kiosk.screens.page import Page

if TYPE_CHECKING:
    from kiosk.services.sign_in import Session
    from kiosk.services.station import Here

CALLS_EVERY_S = 3.0


class StaffPage(Page):
    """A page of the staff's side. `calls` are the visitors' calls that nobody has answered; `begin` starts the page's own work."""

    staff = True
    calls = ListProperty([])

    def __init__(self, terminal: Any, **args: Any) -> None:
        super().__init__(terminal, **args)
        self._listening: Any = None

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
        self._listening = Clock.schedule_interval(lambda _: self.listen(), CALLS_EVERY_S)
        self.listen()
        self.begin()

    def begin(self) -> None:
        """Ask for what the page shows."""

    def on_leave(self) -> None:
        """Stop listening; sign out where the visitors' pages begin, unless staff fill them in for somebody."""
        if self._listening is not None:
            self._listening.cancel()
        if not pages.load(self.visit.place.page).staff and not self.visit.on_behalf:
            self.visit.session = None

    def listen(self) -> None:
        """Hear whether a visitor calls."""
        from kiosk.services.call import open_calls

        self.ask(lambda: open_calls(self.here), lambda calls: setattr(self, "calls", calls), lambda _: None)

    def answer(self) -> None:
        """Answer the visitors who call."""
        from kiosk.services.call import answer_calls

        self.ask(lambda: answer_calls(self.here, self.session), lambda _: self.listen())

    def leave(self) -> None:
        """Leave staff mode."""
        self.visit.next_person()
