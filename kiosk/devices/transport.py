"""Ways to a printer: TCP, a device file, a serial port, USB by its number (devices/usb_line). Owns time-outs; raises only OSError; knows no
ESC/POS. All but USB end in a file descriptor, so that one pair of read and write serves them.
"""

import errno
import os
import select
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

CHUNK = 4096


class LineClosed(OSError):
    """The other side hung up, or the file has no way back."""


class Line(Protocol):
    """An open line."""

    def write(self, data: bytes, within_s: float) -> int:
        """Hand over as much as the line takes and give how many bytes; raise TimeoutError when it takes none in `within_s`."""
        ...

    def read(self, within_s: float) -> bytes:
        """Give what comes within `within_s`, b"" when nothing does; raise LineClosed at its end."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Owner(Protocol):
    """What holds the file descriptor."""

    def fileno(self) -> int:
        """Give the descriptor."""
        ...

    def close(self) -> None:
        """Give it back."""
        ...


class FileLine:
    """A line that ends in a file descriptor, non-blocking."""

    def __init__(self, owner: Owner) -> None:
        self._owner, self._fd = owner, owner.fileno()
        os.set_blocking(self._fd, False)

    def write(self, data: bytes, within_s: float) -> int:
        """Wait until it takes something, and write that."""
        if not self._ready(select.POLLOUT, within_s):
            raise TimeoutError("the line takes nothing")
        return os.write(self._fd, data[:CHUNK])

    def read(self, within_s: float) -> bytes:
        """Wait until there is something, and read that."""
        if not self._ready(select.POLLIN, within_s):
            return b""
        try:
            data = os.read(self._fd, CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno == errno.EBADF:
                raise LineClosed("opened for writing only") from None
            raise
        if not data:
            raise LineClosed("end of file")
        return data

    def close(self) -> None:
        """Close what it ends in."""
        self._owner.close()

    def _ready(self, what: int, within_s: float) -> bool:
        poll = select.poll()
        poll.register(self._fd, what)
        return bool(poll.poll(within_s * 1000))


class DeviceFile:
    """An open device file; anything but a character device is only written to."""

    def __init__(self, path: str) -> None:
        both_ways = stat.S_ISCHR(os.stat(path).st_mode)  # noqa: PTH116
        self._fd = os.open(path, (os.O_RDWR if both_ways else os.O_WRONLY) | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY)

    def fileno(self) -> int:
        """Give the descriptor."""
        return self._fd

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


@dataclass(frozen=True, slots=True)
class Transport:
    """How to reach a printer. `may_be_mute`: no answer on this kind of line says nothing about the printer."""

    name: str
    open: Callable[[], Line]
    may_be_mute: bool = False


def tcp(host: str, port: int, connect_s: float = 2.0) -> Transport:
    """Reach a network printer, usually on port 9100."""

    def connect() -> Line:
        line = socket.create_connection((host, port), timeout=connect_s)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return FileLine(line)

    return Transport(f"{host}:{port}", connect)


def device_file(path: str) -> Transport:
    """Reach a USB printer through the kernel's file; many of them cannot be read back."""
    return Transport(path, lambda: FileLine(DeviceFile(path)), may_be_mute=True)


def serial_port(device: str, baud: int) -> Transport:
    """Reach a printer on a serial line, eight bits, no parity; ours alone while open, as the kernel lets two programs write at once."""

    def connect() -> Line:
        from serial import Serial

        return FileLine(Serial(device, baud, timeout=0, write_timeout=0, exclusive=True))

    return Transport(device, connect)


def usb(vendor: int, product: int, serial: str = "", backend: object = None) -> Transport:
    """Reach a USB printer by its numbers, past the kernel's printer driver; `serial` tells two of a kind apart. `backend` is pyusb's."""

    def connect() -> Line:
        from kiosk.devices.usb_line import UsbLine

        return UsbLine(vendor, product, serial, backend)

    return Transport(f"{vendor:04x}:{product:04x}", connect, may_be_mute=True)
