"""A scanner that types: key events become the text they spell. On this machine's /dev/uinput where there is one; else its events, as the
kernel writes them, come through a pipe, and the ioctl is only seen to be asked for."""

import errno
import fcntl
import os
import queue
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.keyboard_scanner import EVENT, EVIOCGRAB, LONGEST, PLAIN, SHIFTED, KeyLine
from kiosk.devices.scanner import open_scanner

SHIFT, ENTER = 42, 28
EV_MSC, CAPS = 4, 58
KEY_OF = {c: (code, False) for code, c in reversed(PLAIN.items())} | {
    c: (code, True) for code, c in SHIFTED.items() if c not in PLAIN.values()
}
LINK = "https://phone.test/k/AbC_-9zZ0"
TYPABLE = st.text(st.sampled_from(sorted(KEY_OF)), max_size=60)


def event(kind: int, code: int, value: int) -> bytes:
    return EVENT.pack(1_764_140_000, 0, kind, code, value)


def press(code: int) -> bytes:
    """Give a key's events as the kernel brings them: the scan code, down, report, up, report."""
    down, up = event(EV_MSC, 4, code) + event(1, code, 1), event(1, code, 0)
    return down + event(0, 0, 0) + up + event(0, 0, 0)


def typed(text: str) -> bytes:
    data = b""
    for c in text:
        code, shifted = KEY_OF[c]
        data += event(1, SHIFT, 1) + event(0, 0, 0) if shifted else b""
        data += press(code)
        data += event(1, SHIFT, 0) + event(0, 0, 0) if shifted else b""
    return data + press(ENTER)


class Pipe:
    def __init__(self) -> None:
        self.out, self.into = os.pipe()

    def fileno(self) -> int:
        return self.out

    def close(self) -> None:
        os.close(self.out)
        os.close(self.into)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


def read(pipe: Pipe, data: bytes, bite: int = 4096) -> str:
    line, got = KeyLine(pipe), b""
    for start in range(0, len(data), bite):
        os.write(pipe.into, data[start : start + bite])
        got += line.read(0.1)
    return got.decode()


def test_event_when_packed_is_as_the_kernel_of_this_machine_has_it() -> None:
    assert EVENT.size == struct.calcsize("@ll") + 8


@given(texts=st.lists(TYPABLE, max_size=3), bite=st.integers(1, 2000))
def test_key_line_when_texts_are_typed_gives_each_at_its_enter_however_it_is_cut(texts: list[str], bite: int) -> None:
    pipe = Pipe()
    assert read(pipe, b"".join(map(typed, texts)), bite) == "".join(f"{text}\n" for text in texts)
    pipe.close()


def test_key_line_when_a_key_is_held_or_unknown_types_nothing_more(pipe: Pipe) -> None:
    held = event(1, 30, 1) + event(1, 30, 2) * 9 + event(1, 30, 0)
    assert read(pipe, held + press(CAPS) + press(255) + press(ENTER)) == "a\n"


def test_key_line_when_the_kernel_dropped_events_drops_the_line_that_was_begun(pipe: Pipe) -> None:
    begun = typed("123")[: -len(press(ENTER))] + event(1, SHIFT, 1)
    dropped = event(0, 3, 0) + event(1, 5, 1) + event(0, 0, 0)
    assert read(pipe, begun + dropped + typed("456a")) == "456a\n"


def test_key_line_when_it_never_ends_keeps_no_more_than_says_too_long(pipe: Pipe) -> None:
    got = read(pipe, typed("7" * (3 * LONGEST)))
    assert got == "7" * (LONGEST + 1) + "\n"


@pytest.mark.skipif(Path("/dev/uinput").exists(), reason="the real one is tried")
def test_scanner_when_it_types_is_grabbed_before_a_key_is_read_and_left_alone_when_it_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fifo = tmp_path / "event-kbd"
    os.mkfifo(fifo)
    into = os.open(fifo, os.O_RDWR)
    asked: list[tuple[int, int]] = []
    refuse = True

    def ioctl(fd: int, request: int, value: int) -> int:
        asked.append((request, value))
        if refuse:
            raise OSError(errno.EBUSY, "somebody else has it")
        return 0

    monkeypatch.setattr("kiosk.devices.keyboard_scanner.fcntl.ioctl", ioctl)
    monkeypatch.setattr("kiosk.devices.scanner.AGAIN_S", 0.1)
    scanner = open_scanner(f"hid://{fifo}", tmp_path / "link")
    assert scanner is not None
    codes: queue.Queue[str] = queue.Queue()
    scanner.listen(codes.put)
    os.write(into, typed(LINK))
    time.sleep(0.5)
    assert codes.empty()
    refuse = False
    assert codes.get(timeout=5) == LINK
    assert set(asked) == {(EVIOCGRAB, 1)}
    os.write(into, typed("x" * (LONGEST + 5)) + typed("69012345"))
    assert codes.get(timeout=5) == "69012345"
    scanner.close()
    time.sleep(0.6)
    os.close(into)


UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_CREATE, UI_DEV_DESTROY = 0x40045564, 0x40045565, 0x5501, 0x5502


@pytest.mark.skipif(not Path("/dev/uinput").exists(), reason="this machine lets nobody make input devices")
def test_scanner_when_it_types_reaches_nobody_else(tmp_path: Path) -> None:
    maker = os.open("/dev/uinput", os.O_WRONLY | os.O_NONBLOCK)
    fcntl.ioctl(maker, UI_SET_EVBIT, 1)
    for code in range(1, 128):
        fcntl.ioctl(maker, UI_SET_KEYBIT, code)
    before = set(Path("/dev/input").glob("event*"))
    os.write(maker, struct.pack("80sHHHHi64i64i64i64i", b"test scanner", 3, 1, 1, 1, 0, *([0] * 256)))
    fcntl.ioctl(maker, UI_DEV_CREATE)
    time.sleep(0.5)
    (path,) = set(Path("/dev/input").glob("event*")) - before
    other = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    scanner = open_scanner(f"hid://{path}", tmp_path / "link")
    assert scanner is not None
    codes: queue.Queue[str] = queue.Queue()
    scanner.listen(codes.put)
    time.sleep(0.5)
    os.write(maker, typed(LINK))
    assert codes.get(timeout=5) == LINK
    with pytest.raises(BlockingIOError):
        os.read(other, EVENT.size)
    scanner.close()
    os.close(other)
    fcntl.ioctl(maker, UI_DEV_DESTROY)
    os.close(maker)
