"""What every scanner does, on a real pseudo-terminal: the serial one as if it were plugged in there, and the simulator that ships."""

import os
import queue
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.devices.scanner import LineScanner, open_scanner
from kiosk.errors import ConfigError

Scan = Callable[[bytes], object]


@pytest.fixture(params=["serial", "simulator"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[LineScanner, Scan]]:
    """Give a scanner and what holds a code before it."""
    link = tmp_path / "run" / "scanner"
    if request.param == "simulator":
        scanner = open_scanner("simulator:", link)
        assert scanner is not None

        def scan(data: bytes) -> None:
            until = time.monotonic() + 5
            while not link.exists() and time.monotonic() < until:
                time.sleep(0.01)
            with link.open("wb", buffering=0) as tty_:
                tty_.write(data)

        yield scanner, scan
        scanner.close()
        return
    master, slave = os.openpty()
    tty.setraw(slave)
    scanner = open_scanner(f"serial://{os.ttyname(slave)}?baud=115200", link)
    assert scanner is not None
    yield scanner, lambda data: os.write(master, data)
    scanner.close()
    time.sleep(0.6)
    os.close(master)
    os.close(slave)


def heard(scanner: LineScanner) -> "queue.Queue[str]":
    codes: queue.Queue[str] = queue.Queue()
    scanner.listen(codes.put)
    time.sleep(0.3)
    return codes


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_scanner_when_codes_are_read_gives_each_whole(line: tuple[LineScanner, Scan], end: bytes) -> None:
    scanner, scan = line
    codes = heard(scanner)
    scan(b"YZGK01" + end)
    assert codes.get(timeout=5) == "YZGK01"
    scan(b"https://phone.test/k/AB")
    time.sleep(0.1)
    scan(b"CD" + end + b"6901234567892" + end)
    assert [codes.get(timeout=5), codes.get(timeout=5)] == ["https://phone.test/k/ABCD", "6901234567892"]
    assert codes.empty()


def test_scanner_when_the_line_brings_noise_goes_on(line: tuple[LineScanner, Scan]) -> None:
    scanner, scan = line
    codes = heard(scanner)
    scan(b"\n\n  \r\n")
    for _ in range(6):
        scan(b"x" * 500)
        time.sleep(0.05)
    scan(b"\n\xff\xfe\n")
    scan(b"good\n")
    got = [codes.get(timeout=5)]
    while got[-1] != "good":
        got.append(codes.get(timeout=5))
    assert got == ["\ufffd\ufffd", "good"]


def test_scanner_when_it_is_not_there_waits_and_begins_when_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.devices.scanner.AGAIN_S", 0.1)
    name = tmp_path / "ttyACM0"
    scanner = open_scanner(f"serial://{name}", tmp_path / "link")
    assert scanner is not None
    codes = heard(scanner)
    for code in (b"first", b"second"):
        master, slave = os.openpty()
        tty.setraw(slave)
        name.unlink(missing_ok=True)
        name.symlink_to(os.ttyname(slave))
        time.sleep(1.0)
        os.write(master, code + b"\n")
        assert codes.get(timeout=5) == code.decode()
        # pulled out
        os.close(slave)
        os.close(master)
        time.sleep(0.3)
    scanner.close()


def test_scanner_when_settings_name_none_is_none(tmp_path: Path) -> None:
    assert open_scanner("", tmp_path) is None


@pytest.mark.parametrize(
    "uri",
    [
        "usb:",
        "serial://host/dev/x",
        "serial:///dev/x?speed=1",
        "serial:///dev/x?baud=fast",
        "hid:///dev/x?baud=1",
        "hid:x",
        "simulator:x",
        "tcp://h:1",
    ],
)
def test_scanner_when_settings_are_wrong_says_so(tmp_path: Path, uri: str) -> None:
    with pytest.raises(ConfigError):
        open_scanner(uri, tmp_path)
