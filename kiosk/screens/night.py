"""The screens at night: dark while the station is surely shut and nobody is there, and lit again by the first touch, which presses nothing.

Knows when to be dark and how to switch the power of what hangs on the X server, the board's screen included; kiosk.screens.attract shows
the darkness and wakes.
"""

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from kiosk.config import Night as How

if TYPE_CHECKING:
    from kiosk.screens.terminal import Terminal

AFTER_S = 300
"""So long nobody must have touched: somebody may come to a shut station to look for work."""
LOOK_EVERY_S = 20.0


class Night:
    """Says for one terminal when it is night. `how`: power off, only black, or never."""

    def __init__(self, terminal: "Terminal", how: How) -> None:
        self._terminal, self._how = terminal, how
        self._shut, self._looked_at = False, float("-inf")

    def falls(self, quiet_s: float) -> bool:
        """Say whether to be dark, nobody having touched for `quiet_s` seconds."""
        if self._how is How.ON or quiet_s < AFTER_S:
            return False
        if time.monotonic() - self._looked_at >= LOOK_EVERY_S:
            self._shut, self._looked_at = self._is_shut(), time.monotonic()
        return self._shut

    def _is_shut(self) -> bool:
        facts, now = self._terminal.home_facts, self._terminal.now()
        if facts is None or not self._terminal.parts.sure():  # a lost clock does not know the hour either
            return False
        from kiosk.services.opening import is_shut

        return is_shut(facts.station, now, self._terminal.office.here.rules)

    def light(self, on: bool) -> None:
        """Switch the screens' power, off the UI thread; a display that has none to switch is left black."""
        if self._how is How.OFF:
            self._terminal.lanes.ask(lambda: power(on), lambda _: None, self._terminal.log_error, "night")


def power(on: bool) -> None:
    """Switch everything that hangs on the X server of DISPLAY on or off, without a timer of its own."""
    from Xlib import display, error
    from Xlib.ext import dpms

    with suppress(error.DisplayError, OSError):
        line = display.Display()
        if line.has_extension("DPMS") and line.dpms_capable().capable:
            line.dpms_set_timeouts(0, 0, 0)
            line.dpms_enable()
            line.dpms_force_level(dpms.DPMSModeOn if on else dpms.DPMSModeOff)
            line.sync()
        line.close()
