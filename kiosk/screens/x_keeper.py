"""Keeps the display server: starts Xorg and tells systemd every second that it still answers, so that a frozen one is started anew, too.

Xorg alone would neither say when it is ready nor be missed when it hangs. Standard library only; knows no screen.
"""

import os
import secrets
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

from kiosk.alive import tell

SERVER = "/usr/lib/xorg/Xorg"
OPTIONS = ("-keeptty", "-nolisten", "tcp", "-nocursor", "-noreset", "-logfile", "/dev/null")
ASK_EVERY_S, ANSWER_S = 0.5, 2.0
_HELLO = struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0)
"""The first words of every X client: little-endian, version 11, no cookie."""


def answers(display: str, within_s: float = ANSWER_S) -> bool:
    """Say whether the X server of `display` (":0") takes up a new client's first words, whatever it says to them."""
    path = Path("/tmp/.X11-unix") / f"X{display.removeprefix(':')}"  # noqa: S108 - where every X server listens
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(within_s)
        try:
            line.connect(str(path))
            line.sendall(_HELLO)
            return len(line.recv(8)) > 0
        except OSError:
            return False


def keep(display: str, words: list[str]) -> int:
    """Run the display server until it ends or we are told to; give its exit status. The cookie is left in RUNTIME_DIRECTORY."""
    # Xorg would tell systemd, too, who listens to us alone
    environment = {k: v for k, v in os.environ.items() if k != "NOTIFY_SOCKET"}
    cookie = Path(environment["RUNTIME_DIRECTORY"]) / "cookie"
    cookie.write_bytes(_cookie(display.removeprefix(":")))
    cookie.chmod(0o640)
    server = subprocess.Popen([SERVER, display, *words, *OPTIONS, "-auth", str(cookie)], env=environment)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.terminate())
    ready = False
    while server.poll() is None:
        if answers(display):
            tell("WATCHDOG=1" if ready else "READY=1")
            ready = True
        time.sleep(ASK_EVERY_S if ready else 0.1)
    return server.returncode


def _cookie(number: str) -> bytes:
    """Make a new cookie, written as xauth writes it: without one the server would let every local user in."""
    cookie, written = secrets.token_bytes(16), b""
    # for any host, and once more by this one's name, which is all that python-xlib looks for
    for family, host in ((0xFFFF, b""), (256, socket.gethostname().encode())):
        parts = (host, number.encode(), b"MIT-MAGIC-COOKIE-1", cookie)
        written += struct.pack(">H", family) + b"".join(struct.pack(">H", len(part)) + part for part in parts)
    return written
