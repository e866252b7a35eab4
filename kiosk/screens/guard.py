"""Who stands before the staff's pages: locks what nobody touches, gives it back to the same person, hands over to the next.

Owns the lock; knows no PIN (that is the lock's page) and no page beneath it.
"""

import time
from typing import TYPE_CHECKING

from kiosk.screens import finger, pages

if TYPE_CHECKING:
    from kiosk.screens.staff.lock import LockScreen
    from kiosk.screens.terminal import Terminal
    from kiosk.services.sign_in import Session

ENDS_AFTER = 8
"""Idle times after which a locked session is given up: ten minutes, then the terminal is the visitors' again."""


class Guard:
    """Watches over one terminal's staff session. `lock` is the page that covers all, while there is one."""

    def __init__(self, terminal: "Terminal", idle_s: int) -> None:
        self._terminal, self._idle_s = terminal, idle_s
        self.lock: LockScreen | None = None
        self._since = 0.0

    def watch(self, quiet_s: float) -> None:
        """Lock after so many seconds without a touch; give the terminal back to the visitors when nobody comes."""
        if quiet_s < self._idle_s:
            return
        if self.lock is None:
            self._since = time.monotonic()
            self.cover()
        elif time.monotonic() - self._since > ENDS_AFTER * self._idle_s:
            self._terminal.visit.next_person()

    def cover(self) -> None:
        """Lay the lock over the page, which stays as it is beneath; lay it anew when the frame was built anew."""
        terminal = self._terminal
        assert terminal.shell is not None
        self._take_away()
        terminal.hush()
        pages.load("sign_in")  # the lock wears its rule
        lock: LockScreen = pages.load("lock")(terminal)
        self.lock = lock
        terminal.shell.cover(lock)
        lock.shown = True
        lock.on_enter()
        finger.changed()
        terminal.refresh_dock()

    def unlock(self, session: "Session") -> None:
        """Give the page back as it was to the same person."""
        self._terminal.visit.session = session
        self.open()
        self._terminal.refresh_dock()

    def open(self) -> None:
        """Take the lock away, if there is one."""
        shell = self._terminal.shell
        if self.lock is not None and shell is not None:
            self._take_away()
            shell.cover(None)

    def _take_away(self) -> None:
        if self.lock is not None:
            self.lock.shown = False
            self.lock.on_leave()
            self.lock = None

    def hand_over(self) -> None:
        """Sign out for the next colleague (交班)."""
        from kiosk.services.sign_in import hand_over

        terminal, session = self._terminal, self._terminal.visit.session
        terminal.lanes.ask(lambda: hand_over(terminal.office.here, session), lambda _: None, terminal.show_problem)
        terminal.visit.next_staff(session.name)
