"""Tells systemd that a process is alive: the terminal from its UI clock, so that a frozen one counts as dead, board and agent from all
their lives.

Silent without systemd.
"""

import os
import socket
import time
from collections.abc import Callable


def tell(state: str) -> None:
    """Send READY=1 or WATCHDOG=1 to the service manager, when there is one (sd_notify)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.settimeout(0.1)
        try:
            line.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            # the manager is restarting: it will ask again
            return


class Pulse:
    """When each of a process's lives went round last. A life that takes longer than it may stands still, whatever the others do."""

    def __init__(self, beat: Callable[[], float] = time.monotonic) -> None:
        self._beat = beat
        self._due: dict[str, tuple[float, float]] = {}

    def begin(self, life: str, patience_s: float) -> None:
        """Expect a sign of this life every `patience_s` seconds from now on."""
        self._due[life] = (self._beat() + patience_s, patience_s)

    def felt(self, life: str) -> None:
        """Take a sign of life; one that was never begun is nobody's."""
        if life in self._due:
            self.begin(life, self._due[life][1])

    def still(self) -> list[str]:
        """Name the lives that stand still."""
        now = self._beat()
        return [life for life, (until, _) in list(self._due.items()) if now > until]
