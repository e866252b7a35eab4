"""A visitor who calls while staff are at work: heard on every page of theirs, also where they fill in for somebody, and answered there.

Owns when one listens; the bar that says it is the shell's.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.station import StaffCall
    from kiosk.screens.terminal import Terminal

LISTEN_EVERY_S = 3


class CallWatch:
    """Listens while somebody is signed in. Under the lock nothing is shown: who stands there may be anybody."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal
        self._open: Sequence[StaffCall] = ()
        self._rest_s = 0

    def tick(self) -> None:
        """Listen every few seconds; call this every second."""
        self._rest_s -= 1
        if self._rest_s < 0:
            self.listen()

    def listen(self) -> None:
        """Hear whether a visitor calls; where the store does not answer the page itself says so."""
        from kiosk.services.call import open_calls

        self._rest_s = LISTEN_EVERY_S
        if self._terminal.visit.session is None:
            self._take(())
        else:
            self._terminal.lanes.ask(lambda: open_calls(self._terminal.office.here), self._take, lambda _: None)

    def _take(self, found: "Sequence[StaffCall]") -> None:
        self._open = found
        self.follow()

    def follow(self) -> None:
        """Bring the bar to what was heard and to who stands there."""
        terminal = self._terminal
        if terminal.shell is not None:
            heard = self._open if terminal.visit.session is not None and terminal.guard.lock is None else ()
            terminal.shell.ids.calls.text = t("staff_call.heard", where=heard[0].where) if heard else ""

    def answer(self) -> None:
        """Tell the visitors that one comes."""
        from kiosk.services.call import answer_calls

        terminal, session = self._terminal, self._terminal.visit.session
        if session is not None:
            self._take(())
            terminal.lanes.ask(lambda: answer_calls(terminal.office.here, session), lambda _: self.listen(), terminal.show_problem)
