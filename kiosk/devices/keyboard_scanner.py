"""A code scanner that types as a keyboard does, taken for ourselves alone: its keys reach no window and no shell. Knows no code.

Linux evdev by hand: opened, grabbed (EVIOCGRAB), its key presses put together to one line of text for each Enter. The grab ends with
the process; until the next one begins, the scanner would type again (docs/安装.md tells X to leave it alone).
"""

import fcntl
import os
import struct

from kiosk.devices.transport import FileLine, Transport

EVENT = struct.Struct("@llHHi")
"""struct input_event of a 64-bit kernel: seconds, microseconds, type, code, value (linux/input.h)."""
EVIOCGRAB = 0x40044590
EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
UP, DOWN = 0, 1
ENTERS = frozenset({28, 96, 15})
"""Enter, the number block's, and Tab, with which some scanners end."""
SHIFTS = frozenset({42, 54})
LONGEST = 1024
ROWS = ((2, "1234567890-=", "!@#$%^&*()_+"), (16, "qwertyuiop[]", "QWERTYUIOP{}"), (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'))
PLAIN = (
    {57: " ", 43: "\\"} | dict(enumerate("zxcvbnm,./", 44)) | dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82), "7894561230", strict=True))
)
PLAIN |= {74: "-", 78: "+", 83: ".", 98: "/", 55: "*"}
SHIFTED = {57: " ", 43: "|"} | dict(enumerate("ZXCVBNM<>?", 44))
for _first, _low, _high in ROWS:
    PLAIN |= dict(enumerate(_low, _first))
    SHIFTED |= dict(enumerate(_high, _first))


class _Device:
    """The open device, ours alone."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            fcntl.ioctl(self._fd, EVIOCGRAB, 1)
        except OSError:
            os.close(self._fd)
            raise

    def fileno(self) -> int:
        """Give the descriptor."""
        return self._fd

    def close(self) -> None:
        """Give it back; the kernel ends the grab with it."""
        os.close(self._fd)


class KeyLine(FileLine):
    """Reads key events as the text that they type; a line comes whole, at its Enter, or not at all."""

    _left, _typed = b"", ""
    _shift = _lost = False

    def read(self, within_s: float) -> bytes:
        """Give the lines that were ended within `within_s`, b"" when none was."""
        data = self._left + super().read(within_s)
        whole = len(data) - len(data) % EVENT.size
        self._left = data[whole:]
        return "".join(self._take(*event[2:]) for event in EVENT.iter_unpack(data[:whole])).encode()

    def _take(self, kind: int, code: int, value: int) -> str:
        if kind == EV_SYN:
            # the kernel's buffer ran over: what it holds until the next report is no more the truth, nor is the line begun
            self._lost = code == SYN_DROPPED or (self._lost and code != SYN_REPORT)
            if code == SYN_DROPPED:
                self._typed, self._shift = "", False
        elif kind == EV_KEY and not self._lost:
            return self._key(code, value)
        return ""

    def _key(self, code: int, value: int) -> str:
        if code in SHIFTS:
            self._shift = value != UP
        elif value != DOWN:
            pass  # let go, or held down: a scanner repeats nothing
        elif code in ENTERS:
            line, self._typed = f"{self._typed}\n", ""
            return line
        else:
            # one character beyond the longest says that it was too long
            self._typed = (self._typed + (SHIFTED if self._shift else PLAIN).get(code, ""))[: LONGEST + 1]
        return ""


def keyboard(path: str) -> Transport:
    """Reach a scanner that types, by its name under /dev/input/by-id; opening raises OSError where it cannot be had for us alone."""
    return Transport(path, lambda: KeyLine(_Device(path)))
