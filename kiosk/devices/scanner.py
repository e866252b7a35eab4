"""Code scanners: each code is one line of text. Knows nothing of what it says.

They speak as a serial line, as most USB ones can be set to, or type as a keyboard, which is then taken for ourselves alone: whatever
types could work the screen. The simulator reads a pseudo-terminal, to which a link in the state folder leads: what is written into it was
scanned.
"""

import logging
import os
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from kiosk.devices import transport
from kiosk.devices.keyboard_scanner import keyboard
from kiosk.devices.transport import FileLine, Line, Transport
from kiosk.errors import ConfigError

log = logging.getLogger(__name__)
AGAIN_S, LOOK_S = 2.0, 0.5
LONGEST = 1024
"""Bytes of one code; what is longer is noise on the line."""


class LineScanner:
    """Reads codes from a line, and opens it again when it breaks."""

    def __init__(self, way: Transport) -> None:
        self._way = way
        self._closed = threading.Event()
        self._well = True

    def listen(self, heard: Callable[[str], None]) -> None:
        """Begin; `heard` gets each code's text on a thread of the scanner's own."""
        threading.Thread(target=self._live, args=(heard,), name="scanner", daemon=True).start()

    def close(self) -> None:
        """Stop listening; the line is given back within half a second."""
        self._closed.set()

    def _live(self, heard: Callable[[str], None]) -> None:
        while not self._closed.is_set():
            try:
                line = self._way.open()
            except OSError as error:
                self._broken(error)
                continue
            self._well = True
            try:
                self._read(line, heard)
            except OSError as error:
                self._broken(error)
            finally:
                with suppress(OSError):
                    line.close()

    def _read(self, line: Line, heard: Callable[[str], None]) -> None:
        begun = b""
        while not self._closed.is_set():
            *codes, begun = (begun + line.read(LOOK_S)).replace(b"\r", b"\n").split(b"\n")
            begun = begun[:LONGEST]
            for code in codes:
                text = code.decode(errors="replace").strip() if len(code) < LONGEST else ""
                if text:
                    heard(text)

    def _broken(self, error: OSError) -> None:
        """Say it once, and wait: it may have been pulled out."""
        if self._well:
            log.warning("scanner: %s", type(error).__name__)
        self._well = False
        self._closed.wait(AGAIN_S)


class _Master:
    """The end of a pseudo-terminal that we read; the other end is kept open, too, so that it never hangs up."""

    def __init__(self, link: Path) -> None:
        self._fd, self._other = os.openpty()
        tty.setraw(self._other)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._other))

    def fileno(self) -> int:
        """Give the descriptor."""
        return self._fd

    def close(self) -> None:
        """Close both ends."""
        os.close(self._fd)
        os.close(self._other)


def open_scanner(uri: str, link: Path) -> LineScanner | None:
    """Make the scanner that `uri` names, None for an empty one; raise ConfigError.

    serial:///dev/ttyACM0?baud=9600, hid:///dev/input/by-id/NAME, simulator: (`link` is where to write codes to).
    """
    if not uri:
        return None
    try:
        parts = urlsplit(uri)
        asked = {k: v[-1] for k, v in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
        baud = int(asked.pop("baud", "9600")) if parts.scheme == "serial" else 0
    except ValueError as error:
        raise ConfigError(f"scanner: {uri!r}: {error}") from None
    if asked or parts.netloc:
        raise ConfigError(f"scanner: {uri!r}")
    if parts.scheme == "serial" and parts.path.startswith("/"):
        return LineScanner(transport.serial_port(parts.path, baud))
    if parts.scheme == "hid" and parts.path.startswith("/"):
        return LineScanner(keyboard(parts.path))
    if uri == "simulator:":
        return LineScanner(Transport("simulator", lambda: FileLine(_Master(link))))
    raise ConfigError(f"scanner: {uri!r}: none of serial:///path, hid:///path, simulator:")
