"""When a call for staff rings: at once, then gently again and again, as long as it is told to wait. Plain Python; makes no sound itself."""

from collections.abc import Callable

RING_EVERY_S = 25.0


class Bell:
    """One call's ringing. Where the station is `shut` it rings once: an empty hall need not hear more."""

    def __init__(self, ring: Callable[[], None], *, shut: bool) -> None:
        self._ring, self._shut, self._waited = ring, shut, 0.0
        ring()

    def wait(self, elapsed_s: float) -> None:
        """Let so many seconds pass without an answer."""
        before, self._waited = self._waited, self._waited + elapsed_s
        if not self._shut and self._waited // RING_EVERY_S > before // RING_EVERY_S:
            self._ring()
