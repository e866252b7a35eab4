"""Visitors before the real terminal, one after the other, with injected touches: each registers, and knows that it is done when he sees it.

Lives in a thread of its own. Whoever finds the terminal dead in the middle of it comes again, with the same telephone, when home is back.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from Xlib.error import ConnectionClosedError, DisplayError

from kiosk.errors import KioskError
from kiosk.text import t
from kiosk.trial.display import Screen
from kiosk.trial.eye import Eye, NotSeen
from tests.bench.journeys import enter, leave

HOME_S = 60.0
AGAIN_S = 0.2
NAME = "王林"
PHONES = "1990"
TROUBLE = (NotSeen, KioskError, OSError, ValueError, ConnectionClosedError, DisplayError)


class Patient(Eye):
    """An eye that gives up as soon as what it looks at was started anew, and says when the last button is touched."""

    def __init__(self, screen: Screen, probe: Path, births: Callable[[], int], finishing: Callable[[], None]) -> None:
        super().__init__(screen, probe)
        self._births, self._finishing = births, finishing
        self.born = births()

    def trouble(self) -> str:
        """Say that the terminal is another one."""
        return "" if self._births() == self.born else "killed"

    def tap(self, text: str, timeout_s: float = 20) -> None:
        """Touch the button that shows `text`."""
        if text == t("pay.finish"):
            self._finishing()
        super().tap(text, timeout_s)


class Visitors(threading.Thread):
    """One after the other, until told to stop."""

    def __init__(self, display: Callable[[], str], probe: Path, births: Callable[[], int], finishing: Callable[[], None]) -> None:
        super().__init__(name="visitors", daemon=True)
        self._display, self._probe, self._births, self._finishing = display, probe, births, finishing
        self._over = threading.Event()
        self.told: list[str] = []
        self.broken_off = 0

    def stop(self) -> None:
        """Let the one who is there come to an end."""
        self._over.set()
        self.join(2 * HOME_S)

    def run(self) -> None:
        """Come and go."""
        while not self._over.is_set():
            phone = f"{PHONES}{len(self.told):07d}"
            try:
                screen = Screen(self._display())
                try:
                    self._visit(screen, phone)
                finally:
                    screen.close()
            except TROUBLE:
                self.broken_off += 1
                self._over.wait(AGAIN_S)

    def _visit(self, screen: Screen, phone: str) -> None:
        eye = Patient(screen, self._probe, self._births, self._finishing)
        if eye.wait(lambda seen: bool(seen.get("page")), "anything", HOME_S)["page"] != "home":
            leave(eye)
        eye.tap(t("home.register.title"))
        enter(eye, NAME, phone)
        eye.wait_page("done")
        self.told.append(phone)
        leave(eye)
