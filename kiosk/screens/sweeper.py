"""When Python collects what is out of use in the terminal: never all of it by itself, which takes 100 ms, but when nobody notices.

Pages that were left are rings, 60 MB a visit, and what room they once took Python keeps: behind a visitor who never pauses they may not
pile up either. Knows no page.
"""

import gc

from kiosk.heap import give_back

QUIET_S = 1.0
HEAP = 40
"""In rounds of the collector's middle generation, some 7,000 objects each: what one hurried visit leaves behind."""
NEVER = 1_000_000


class Sweeper:
    """Sweeps what a touch or a page left, when nobody has touched for a second; and all the same when much lies about."""

    def __init__(self) -> None:
        self._littered = False

    def begin(self) -> None:
        """Keep the collector from looking at everything by itself."""
        gc.set_threshold(700, 10, NEVER)

    def littered(self) -> None:
        """Hear of something that may leave things behind: a touch, or going to another page, which a countdown does by itself."""
        self._littered = True

    def tick(self, quiet_s: float) -> None:
        """Sweep if it is time to; call it every second."""
        if (self._littered and quiet_s > QUIET_S) or gc.get_count()[2] > HEAP:
            self._littered = False
            gc.collect()
            give_back()

    def spare_what_stands(self) -> None:
        """Never look again at what is there now: a collection then looks only at what came after."""
        gc.collect()
        gc.freeze()
