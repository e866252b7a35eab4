"""What may be a printer is found in the kernel's files, as they lie on a computer that has some."""

from pathlib import Path

import pytest

from kiosk.devices.find_printers import Found, find_printers
from kiosk.devices.printer import open_printer
from kiosk.errors import PrinterAbsent


def usb(root: Path, port: str, kind: str, **facts: str) -> Path:
    """Plug something in, as the kernel shows it; give its interface's folder."""
    device = root / "sys" / "devices" / "usb1" / port
    interface = device / f"{port}:1.0"
    interface.mkdir(parents=True)
    (interface / "bInterfaceClass").write_text(f"{kind}\n")
    for name, value in facts.items():
        (device / name).write_text(f"{value}\n")
    shown = root / "sys" / "bus" / "usb" / "devices"
    shown.mkdir(parents=True, exist_ok=True)
    (shown / port).symlink_to(device)
    (shown / interface.name).symlink_to(interface)
    return interface


def tty(root: Path, name: str, kind: str | None = None, device: Path | None = None) -> None:
    port = root / "sys" / "class" / "tty" / name
    port.mkdir(parents=True)
    if kind is not None:
        (port / "type").write_text(f"{kind}\n")
    if device is not None:
        (port / "device").symlink_to(device)
    (root / "dev").mkdir(exist_ok=True)
    (root / "dev" / name).touch()


def test_find_printers_when_there_is_nothing_finds_nothing(tmp_path: Path) -> None:
    assert find_printers(tmp_path, []) == []


def test_find_printers_when_usb_printers_are_plugged_in_names_each_so_that_it_is_told_apart(tmp_path: Path) -> None:
    interface = usb(tmp_path, "1-2", "07", idVendor="0416", idProduct="5011", manufacturer="STMicro", product="POS80")
    (interface / "usbmisc" / "lp0").mkdir(parents=True)
    usb(tmp_path, "1-3", "07", idVendor="0dd4", idProduct="0205", product="VKP80", serial="A 1/2")
    usb(tmp_path, "1-4.1", "07", idVendor="0dd4", idProduct="0205", product="VKP80", serial="B")
    usb(tmp_path, "1-5", "03", idVendor="046d", idProduct="c31c", product="Keyboard")
    (tmp_path / "dev" / "usb").mkdir(parents=True)
    for name in ("lp0", "lp1"):
        (tmp_path / "dev" / "usb" / name).touch()
    assert find_printers(tmp_path, []) == [
        Found("usb", "usb://0416:5011", "STMicro POS80"),
        Found("usb", "usb://0dd4:0205/A%201%2F2", "VKP80"),
        Found("usb", "usb://0dd4:0205/B", "VKP80"),
        Found("file", "file:///dev/usb/lp1", ""),
    ]


def test_find_printers_when_there_are_serial_ports_names_those_that_exist_by_a_name_that_stays(tmp_path: Path) -> None:
    for name, kind in (("ttyS0", "4"), ("ttyS1", "0"), ("tty7", None), ("ttyS10", None)):
        tty(tmp_path, name, kind)
    converter = usb(tmp_path, "1-2", "ff", idVendor="1a86", idProduct="7523", product="USB Serial")
    tty(tmp_path, "ttyUSB0", None, converter)
    tty(tmp_path, "ttyACM1", None, usb(tmp_path, "1-3", "02", idVendor="0519", idProduct="2013", manufacturer="Star", product="TUP"))
    by_id = tmp_path / "dev" / "serial" / "by-id"
    by_id.mkdir(parents=True)
    (by_id / "usb-1a86_USB_Serial-if00-port0").symlink_to("../../ttyUSB0")
    (tmp_path / "dev" / "ttyS10").unlink()
    assert find_printers(tmp_path, [("slips", "ipp://far/x")]) == [
        Found("serial", "serial:///dev/ttyACM1?baud=9600", "Star TUP"),
        Found("serial", "serial:///dev/ttyS0?baud=9600", ""),
        Found("serial", "serial:///dev/serial/by-id/usb-1a86_USB_Serial-if00-port0?baud=9600", "USB Serial"),
        Found("cups", "cups://slips", "ipp://far/x"),
    ]


@pytest.mark.parametrize("uri", ["usb://0dd4:0205/A%201%2F2", "file:///dev/usb/lp77", "serial:///dev/serial/by-id/none?baud=9600"])
def test_find_printers_when_its_lines_are_written_down_they_are_settings(uri: str) -> None:
    with pytest.raises(PrinterAbsent):
        open_printer(uri).check()


def test_find_printers_when_run_on_this_machine_does_not_fall() -> None:
    for found in find_printers():
        open_printer(found.uri).close()
