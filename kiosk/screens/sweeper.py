"""When Python collects what is out of use in the terminal: never all of it by itself, which may take 100 ms, but when nobody notices.

Pages that were left are rings, 60 MB a visit. Knows no page.
"""

import gc

from kivy.clock import Clock

from kiosk.heap import give_back

SETTLED_S, QUIET_S = 0.3, 1.0
PAGE, HEAP = 4, 20
"""What a page or two leave behind, and what many do, in rounds of the collector's middle generation, some 7,000 objects each."""
NEVER = 1_000_000


class Sweeper:
    """Sweeps when nobody has touched for a second; behind a hurried visitor a few pages at a time, for Python keeps what room it took."""

    def __init__(self) -> None:
        self._littered = False

    def begin(self) -> None:
        """Keep the collector from looking at everything by itself."""
        gc.set_threshold(700, 10, NEVER)

    def touched(self) -> None:
        """Hear of a touch, which may have left something behind."""
        self._littered = True

    def page_came(self) -> None:
        """Sweep behind the page before, while one looks what has come."""
        Clock.schedule_once(lambda _: self._sweep(PAGE), SETTLED_S)

    def tick(self, quiet_s: float) -> None:
        """Sweep if nobody has touched for a while; or all the same when much lies about. Call it every second."""
        left_alone = self._littered and quiet_s > QUIET_S
        self._littered = self._littered and not left_alone
        self._sweep(0 if left_alone else HEAP)

    def spare_what_stands(self) -> None:
        """Never look again at what is there now: a full collection then looks only at what came after."""
        gc.collect()
        gc.freeze()

    def _sweep(self, least: int) -> None:
        if gc.get_count()[2] >= least:
            gc.collect()
            give_back()
