"""Tells systemd that the screen is alive, from the UI clock: a frozen screen counts as dead and is started anew. Silent without systemd."""

import os
import socket


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
