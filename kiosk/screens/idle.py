"""Watches for a visitor who went away: counts down on the screen, can always be stopped by a touch, then wipes. A countdown lies over
whatever dialog is open and leaves it as it was.
"""

import time
from collections.abc import Callable
from typing import Any

from kiosk.screens.widgets.dialog import Choice, Dialog
from kiosk.text import t


class IdleWatch:
    """`idle_s` seconds after the last touch `end` is called; the last `warning_s` of them are counted down.

    Any touch puts it off, as often as one likes (WCAG 2.2, 2.2.1: at least 20 seconds of warning, one simple act).
    """

    def __init__(self, idle_s: int, warning_s: int, show: Callable[[Dialog], None], end: Callable[[], None]) -> None:
        self._idle_s, self._warning_s, self._show, self._end = idle_s, warning_s, show, end
        self._touched_at = time.monotonic()
        self._dialog: Dialog | None = None

    def touched(self, *_: Any) -> None:
        """Begin anew."""
        self._touched_at = time.monotonic()

    def quiet_s(self) -> float:
        """Give the seconds since the last touch."""
        return time.monotonic() - self._touched_at

    def forget(self) -> None:
        """The dialogs were taken away with the page."""
        self._dialog = None

    def look(self) -> None:
        """Warn, or end; call it about every second while there is something to wipe."""
        left = self._idle_s - self.quiet_s()
        if left <= 0:
            self._end()
        elif left <= self._warning_s:
            if self._dialog is None:
                choices: list[Choice] = [(t("idle.end"), "second", self._end), (t("idle.go_on"), "station", self._go_on)]
                self._dialog = Dialog(title=t("idle.title"), icon="timer-sand", choices=choices, gives_way=True)
                self._show(self._dialog)
            self._dialog.text = t("idle.text", seconds=int(left) + 1)
        elif self._dialog is not None:
            # touched somewhere: he is there, whichever button he did not hit
            self._dialog.on_close()
            self._dialog = None

    def _go_on(self) -> None:
        self.touched()
        self._dialog = None
