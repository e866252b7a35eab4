"""A line to a USB printer through libusb: its printer interface (class 7), which is ours alone while the line is open. Raises only OSError.

The kernel's own driver, usblp, is sent away first and called back at the end. pyusb tells what went wrong as USBError, which is an OSError,
but also as ValueError (no libusb) and NotImplementedError (nothing libusb can do on this system).
"""

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kiosk.devices.transport import LineClosed

PRINTER_CLASS = 7
TWO_WAY = 2
"""The printer interface's protocol that answers (USB Device Class Definition for Printing Devices 1.1, table 4); 1 only takes."""
OUT_IN = 0x80
CHUNK = 4096
IDLE_S = 0.01
"""Some printers say at once that they have nothing to say: no faster than that are they asked again."""


class UsbLine:
    """An open line to one USB printer."""

    def __init__(self, vendor: int, product: int, serial: str = "", backend: Any = None) -> None:
        with _only_os_errors():
            self._device = _find(vendor, product, serial, backend)
            self._number, self._sent_away = 0, False
            self._broken: OSError | None = None
            try:
                self._open()
            except BaseException:
                self.close()
                raise

    def write(self, data: bytes, within_s: float) -> int:
        """Hand over as much as it takes and give how many bytes; raise TimeoutError when it takes none in `within_s`.

        Of a transfer that breaks off nobody tells how much had gone: that is one byte for our caller, who must not think that it was none,
        and an error the next time.
        """
        if self._broken is not None:
            raise self._broken
        try:
            with _only_os_errors():
                count: int = self._device.write(self._out, data[:CHUNK], _ms(within_s))
        except TimeoutError:
            raise
        except OSError as error:
            self._broken = error
            return 1
        if not count:
            raise TimeoutError("the printer takes nothing")
        return count

    def read(self, within_s: float) -> bytes:
        """Give what comes within `within_s`, b"" when nothing does; raise LineClosed where it has no way back."""
        if self._broken is not None:
            raise self._broken
        if self._in is None:
            raise LineClosed("this printer only takes")
        until = time.monotonic() + within_s
        while True:
            left = until - time.monotonic()
            with suppress(TimeoutError), _only_os_errors():
                if data := bytes(self._device.read(self._in, CHUNK, _ms(left))):
                    return data
            if left <= IDLE_S:
                return b""
            time.sleep(IDLE_S)

    def close(self) -> None:
        """Let go of the interface and give it back to the kernel's driver."""
        import usb.util

        # out of the computer already, or never ours: what is left to do is done all the same
        with suppress(OSError, ValueError, NotImplementedError):
            usb.util.release_interface(self._device, self._number)
        with suppress(OSError, ValueError, NotImplementedError):
            if self._sent_away:
                self._device.attach_kernel_driver(self._number)
        with suppress(OSError, ValueError, NotImplementedError):
            usb.util.dispose_resources(self._device)

    def _open(self) -> None:
        import usb.util

        interface = _printer_interface(self._device)
        self._number = interface.bInterfaceNumber
        ends = {e.bEndpointAddress & OUT_IN: e.bEndpointAddress for e in interface if e.bmAttributes & 3 == usb.util.ENDPOINT_TYPE_BULK}
        self._out: int = ends[0]
        self._in: int | None = ends.get(OUT_IN)
        with suppress(NotImplementedError):
            if self._device.is_kernel_driver_active(self._number):
                self._device.detach_kernel_driver(self._number)
                self._sent_away = True
        usb.util.claim_interface(self._device, self._number)
        if interface.bAlternateSetting:
            interface.set_altsetting()


def _find(vendor: int, product: int, serial: str, backend: Any) -> Any:
    import usb.core

    closed = False
    for device in usb.core.find(find_all=True, idVendor=vendor, idProduct=product, backend=backend) or ():
        try:
            if not serial or device.serial_number == serial:
                return device
        except ValueError:  # all that pyusb says when it may not ask a device for its strings
            closed = True
    if closed:
        raise PermissionError(errno.EACCES, "its serial number cannot be read")
    raise FileNotFoundError(errno.ENOENT, "not plugged in")


def _printer_interface(device: Any) -> Any:
    """Give the interface, of its settings the one that answers before the one that only takes; raise OSError where there is none."""
    import usb.core

    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    takes = [i for i in configuration if i.bInterfaceClass == PRINTER_CLASS and any(not e.bEndpointAddress & OUT_IN for e in i)]
    if not takes:
        raise OSError(errno.ENODEV, "it is no printer")
    return min(takes, key=lambda i: (i.bInterfaceProtocol != TWO_WAY, i.bInterfaceProtocol))


def _ms(within_s: float) -> int:
    """Give libusb's time-out, for which nothing means for ever."""
    return max(1, round(within_s * 1000))


@contextmanager
def _only_os_errors() -> Iterator[None]:
    import usb.core

    try:
        yield
    except usb.core.USBTimeoutError:
        raise TimeoutError("the printer takes and gives nothing") from None
    except (ValueError, NotImplementedError) as error:
        raise OSError(f"libusb: {error}") from None
