"""Sleeps between two frames with an ear on the X server: a finger that comes down or goes up wakes the screen at once.

Kivy sleeps out its frame first and reads the window's events after it has drawn, so that a touch waited 8 ms on average and up to 33 ms
before anything looked at it. Movements still wait for the frame: a finger moves more often than a screen can draw.
"""

import os
import select
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock

X_SOCKET = "/tmp/.X11-unix/X"  # noqa: S108 - where every X server listens


def install(window: Any) -> None:
    """Let Kivy's clock sleep so; without a local X server it sleeps as before."""
    lines = _lines_to_x()
    if not lines:
        return
    felt: list[bool] = []
    for event in ("on_mouse_down", "on_mouse_up"):
        window.fbind(event, lambda *_: felt.append(True))

    def idle() -> float:
        felt.clear()
        while not felt and (left := Clock._last_tick + 1 / Clock._max_fps - Clock.time()) > 0:
            if select.select(lines, [], [], left)[0]:
                window.mainloop()
                if EventLoop.quit:
                    break
        now: float = Clock.time()
        Clock._dt, Clock._last_tick = now - Clock._last_tick, now
        return now

    Clock.idle = idle


def _lines_to_x() -> list[int]:
    """Find this process's connections to X servers: SDL does not tell them."""
    found = []
    for path in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):
            number = int(path.name)
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                with socket.socket(fileno=os.dup(number)) as line:
                    peer = line.getpeername()
                text = peer.decode(errors="replace") if isinstance(peer, bytes) else str(peer)
                if line.family == socket.AF_UNIX and text.lstrip("\0").startswith(X_SOCKET):
                    found.append(number)
    return found
