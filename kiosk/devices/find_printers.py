"""What a station's computer has that may be a printer, and how the setting for it is written. Only looks: talks to no printer.

From the kernel's files in /sys (USB interfaces of the printer class, serial ports that exist) and from CUPS. What hangs on a network is not
looked for: nobody may knock at every door of somebody else's network.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kiosk.devices import cups_printer

PRINTER_CLASS = "07"
NO_PORT = "0"
"""What the kernel calls a serial port for which it has a file and no chip."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may be a printer. `way` is usb, file, serial or cups; `name` what it calls itself, or where it leads; may be empty."""

    way: str
    uri: str
    name: str


def find_printers(root: Path = Path("/"), queues: Iterable[tuple[str, str]] | None = None) -> list[Found]:
    """Look everywhere; `queues` are CUPS's, asked for when None."""
    names = cups_printer.queues() if queues is None else queues
    return [*_usb(root), *_serial(root), *(Found("cups", f"cups://{queue}", leads) for queue, leads in names)]


def _usb(root: Path) -> Iterator[Found]:
    interfaces = [i for i in _sorted(root, "sys/bus/usb/devices/*:*") if _read(i / "bInterfaceClass") == PRINTER_CLASS]
    numbers = {
        path: f"{_read(path / 'idVendor')}:{_read(path / 'idProduct')}" for path in (i.with_name(i.name.split(":")[0]) for i in interfaces)
    }
    count = Counter(numbers.values())
    for path, number in numbers.items():
        serial = _read(path / "serial")
        which = f"/{quote(serial, safe='')}" if count[number] > 1 and serial else ""
        yield Found("usb", f"usb://{number}{which}", _usb_name(path))
    theirs = {file.name for i in interfaces for file in i.glob("usbmisc/lp*")}
    for file in (*_sorted(root, "dev/usb/lp*"), *_sorted(root, "dev/lp[0-9]")):
        if file.name not in theirs:
            yield Found("file", f"file:///{file.relative_to(root)}", "")


def _serial(root: Path) -> Iterator[Found]:
    by_id = {link.resolve().name: link for link in _sorted(root, "dev/serial/by-id/*")}
    for port in _sorted(root, "sys/class/tty/tty[SUA]*"):
        device, kind = root / "dev" / port.name, _read(port / "type")
        if not device.exists() or not port.name.startswith(("ttyS", "ttyUSB", "ttyACM")) or kind == NO_PORT:
            continue
        stays = by_id.get(port.name, device)
        above = (port / "device").resolve()
        name = next((_usb_name(p) for p in (above, *above.parents) if (p / "idVendor").exists()), "")
        yield Found("serial", f"serial:///{stays.relative_to(root)}?baud=9600", name)


def _usb_name(device: Path) -> str:
    return " ".join(filter(None, (_read(device / "manufacturer"), _read(device / "product"))))


def _sorted(root: Path, pattern: str) -> list[Path]:
    return sorted(root.glob(pattern))


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
