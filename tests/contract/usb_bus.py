"""A USB bus for pyusb with the simulated printer plugged in: what libusb would say to a printer interface with two bulk endpoints.

No machine of ours has a USB printer: this stands for libusb and the kernel, before the same printer that the other lines lead to.
"""

import errno
import time
from types import SimpleNamespace
from typing import Any

from usb.backend import IBackend
from usb.core import USBError, USBTimeoutError

from kiosk.devices.printer_simulator import SimulatedPrinter

VENDOR, PRODUCT, SERIAL = 0x0416, 0x5011, "A B/1"
OUT, IN = 0x03, 0x81
PACKET = 64
STRINGS = ["", "Maker", "Model", SERIAL]


def _interface(protocol: int, alternate: int = 0, kind: int = 7) -> SimpleNamespace:
    return SimpleNamespace(
        bLength=9,
        bDescriptorType=4,
        bInterfaceNumber=0,
        bAlternateSetting=alternate,
        bInterfaceClass=kind,
        bInterfaceSubClass=1,
        bInterfaceProtocol=protocol,
        iInterface=0,
        bNumEndpoints=1 if protocol == 1 else 2,
        extra_descriptors=[],
    )


class UsbBus(IBackend):  # type: ignore[misc]
    """The bus. `plugged` may be pulled, `claimed` is another program's hold, `driver` whether the kernel's usblp has the interface.

    `denied`: we are not in its group.
    """

    def __init__(self, printer: SimulatedPrinter, *protocols: int, kind: int = 7) -> None:
        super().__init__()
        self.printer = printer
        self.interfaces = [_interface(p, n, kind) for n, p in enumerate(protocols or (2,))]
        self.plugged, self.driver, self.claimed, self.configured = True, True, False, True
        self.alternate, self.open, self.denied = 0, 0, False
        self.log: list[str] = []
        self._answers = bytearray()

    def enumerate_devices(self) -> list[str]:
        return ["printer"] if self.plugged and not self.printer.faults.refuse else []

    def get_device_descriptor(self, dev: str) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18,
            bDescriptorType=1,
            bcdUSB=0x200,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=64,
            idVendor=VENDOR,
            idProduct=PRODUCT,
            bcdDevice=1,
            iManufacturer=1,
            iProduct=2,
            iSerialNumber=3,
            bNumConfigurations=1,
            bus=1,
            address=7,
            port_number=1,
            port_numbers=[1],
            speed=2,
        )

    def get_configuration_descriptor(self, dev: str, config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=2,
            wTotalLength=32,
            bNumInterfaces=1,
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0xC0,
            bMaxPower=1,
            extra_descriptors=[],
        )

    def get_interface_descriptor(self, dev: str, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt >= len(self.interfaces):
            raise IndexError(alt)
        return self.interfaces[alt]

    def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=7,
            bDescriptorType=5,
            bEndpointAddress=(OUT, IN)[ep],
            bmAttributes=2,
            wMaxPacketSize=PACKET,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
            extra_descriptors=[],
        )

    def open_device(self, dev: str) -> str:
        self._here()
        if self.denied:
            raise USBError("Access denied (insufficient permissions)", -3, errno.EACCES)
        self.open += 1
        return "handle"

    def close_device(self, dev_handle: str) -> None:
        self.open -= 1

    def get_configuration(self, dev_handle: str) -> int:
        self._here()
        return int(self.configured)

    def set_configuration(self, dev_handle: str, config_value: int) -> None:
        self._here()
        self.configured = True

    def set_interface_altsetting(self, dev_handle: str, intf: int, altsetting: int) -> None:
        self._here()
        self.alternate = altsetting

    def is_kernel_driver_active(self, dev_handle: str, intf: int) -> bool:
        self._here()
        return self.driver

    def detach_kernel_driver(self, dev_handle: str, intf: int) -> None:
        self._here()
        self.driver = False
        self.log.append("detached")

    def attach_kernel_driver(self, dev_handle: str, intf: int) -> None:
        self._here()
        assert not self.claimed, "the kernel takes no interface that somebody holds"
        self.driver = True
        self.log.append("attached")

    def claim_interface(self, dev_handle: str, intf: int) -> None:
        self._here()
        if self.claimed or self.driver:
            raise USBError("Resource busy", -6, errno.EBUSY)
        self.claimed = True

    def release_interface(self, dev_handle: str, intf: int) -> None:
        self.claimed = False
        self._here()

    def ctrl_transfer(self, handle: str, kind: int, request: int, value: int, index: int, data: Any, timeout: int) -> int:
        """Answer GET_DESCRIPTOR for strings; English (0x0409) is the one language."""
        self._here()
        text = b"\x09\x04" if not value & 0xFF else STRINGS[value & 0xFF].encode("utf-16-le")
        answer = bytes([len(text) + 2, 3]) + text
        for n, byte in enumerate(answer[: len(data)]):
            data[n] = byte
        return min(len(answer), len(data))

    def bulk_write(self, dev_handle: str, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert (ep, self.claimed, self.driver) == (OUT, True, False)
        until, done, left = time.monotonic() + timeout / 1000, 0, bytes(data)
        while left:
            self._here()
            if self.printer.full:
                if time.monotonic() >= until:
                    break
                time.sleep(0.005)
                self._tell(b"")
                continue
            self._tell(left[:PACKET])
            done, left = done + len(left[:PACKET]), left[PACKET:]
        if not done:
            raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        return done

    def bulk_read(self, dev_handle: str, ep: int, intf: int, buff: Any, timeout: int) -> int:
        assert (ep, self.claimed, self.driver) == (IN, True, False)
        assert timeout > 0, "libusb would wait for ever"
        until = time.monotonic() + timeout / 1000
        while True:
            self._here()
            self._tell(b"")
            if self._answers:
                size = min(len(self._answers), len(buff))
                for n in range(size):
                    buff[n] = self._answers[n]
                del self._answers[:size]
                return size
            if time.monotonic() >= until:
                raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
            time.sleep(0.002)

    def _tell(self, data: bytes) -> None:
        try:
            self._answers += self.printer.receive(data)
        except ConnectionResetError:
            self._answers.clear()
            raise USBError("Input/Output Error", -1, errno.EIO) from None

    def _here(self) -> None:
        if not self.plugged:
            raise USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
