"""Tries to get out of the terminal: keys, fingers, codes and signals against the real session on a display in memory.

What needs a real console or a real plug (Ctrl-Alt-Fn switching consoles, a USB stick) is looked up in the station's configuration, in
tests/unit/test_deploy.py; docs/安装.md names what was tried on a whole system.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from Xlib import XK, X, display
from Xlib.ext import xtest
from Xlib.protocol import event as events

from kiosk.trial.display import Screen, VirtualScreen
from tests.screens.real import RealStation, StartReal
from tests.screens.xtest import Kiosk

SETTLE_S = 0.12
SECRET = "13800138000"


class Hand:
    """Whoever stands before the terminal, with a keyboard, a mouse and a scanner in his bag."""

    def __init__(self, kiosk: Kiosk, station: RealStation) -> None:
        self.kiosk, self.station = kiosk, station
        self.line = display.Display(kiosk.screen.name)
        self.width, self.height = kiosk.screen.width, kiosk.screen.height

    def keys(self, *names: str) -> None:
        """Hold keys down together, then let go; a key that no layout has is nobody's."""
        codes = [code for name in names if (code := self.line.keysym_to_keycode(XK.string_to_keysym(name)))]
        for code in codes:
            xtest.fake_input(self.line, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self.line, X.KeyRelease, code)
        self.line.sync()

    def type(self, text: str) -> None:
        """Press the letters one after the other."""
        for letter in text:
            self.keys({" ": "space", "/": "slash", ";": "semicolon", "\n": "Return"}.get(letter, letter))

    def click(self, button: int, x: float = 0.5, y: float = 0.04, hold_s: float = 0.05, times: int = 1) -> None:
        """Press a button of a mouse, by default on the header, which has nothing to press."""
        self.move(x, y)
        for _ in range(times):
            xtest.fake_input(self.line, X.ButtonPress, button)
            self.line.sync()
            time.sleep(hold_s)
            xtest.fake_input(self.line, X.ButtonRelease, button)
            self.line.sync()

    def move(self, x: float, y: float) -> None:
        """Move the pointer, in parts of the screen."""
        xtest.fake_input(
            self.line, X.MotionNotify, x=min(round(self.width * x), self.width - 1), y=min(round(self.height * y), self.height - 1)
        )
        self.line.sync()

    def drag(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Draw a line with a finger."""
        self.kiosk.screen.drag((self.width * x, self.height * y), (self.width * to_x, self.height * to_y))

    def all_buttons(self) -> None:
        """Press everything that a mouse has at once."""
        self.move(0.5, 0.04)
        for kind in (X.ButtonPress, X.ButtonRelease):
            for button in (1, 2, 3, 8, 9):
                xtest.fake_input(self.line, kind, button)
        self.line.sync()

    def scan(self, code: bytes) -> None:
        """Hold a code under the scanner."""
        with (self.station.state / "run" / "scanner").open("wb", buffering=0) as line:
            for at in range(0, len(code), 512):
                line.write(code[at : at + 512])
            line.write(b"\r")

    def paste(self, text: str) -> None:
        """Own both clipboards and ask for a paste in every way."""
        root = self.line.screen().root
        owner = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        for name in ("PRIMARY", "CLIPBOARD"):
            owner.set_selection_owner(self.line.intern_atom(name), X.CurrentTime)
        self.line.sync()
        for way in (("Control_L", "v"), ("Shift_L", "Insert"), ("Control_L", "Shift_L", "v")):
            self.keys(*way)
        self.click(2)
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            while self.line.pending_events():
                asked = self.line.next_event()
                if asked.type == X.SelectionRequest:
                    asked.requestor.change_property(asked.property, asked.target, 8, text.encode())
                    asked.requestor.send_event(
                        events.SelectionNotify(
                            time=asked.time,
                            requestor=asked.requestor,
                            selection=asked.selection,
                            target=asked.target,
                            property=asked.property,
                        )
                    )
            time.sleep(0.02)
        owner.destroy()
        self.line.sync()

    def windows(self) -> int:
        """Count what stands on the X server."""
        children = self.line.screen().root.query_tree().children
        return sum(child.get_attributes().map_state == X.IsViewable for child in children)


Try = Callable[[Hand], None]
CHORDS = (
    "Escape",
    "F1",
    "F5",
    "F10",
    "F11",
    "F12",
    "Alt_L Tab",
    "Alt_L F4",
    "Alt_L F2",
    "Alt_L space",
    "Control_L Alt_L F1",
    "Control_L Alt_L F2",
    "Control_L Alt_L F7",
    "Control_L Alt_L BackSpace",
    "Control_L Alt_L Delete",
    "Control_L Alt_L t",
    "Control_L Shift_L Escape",
    "Control_L c",
    "Control_L z",
    "Control_L backslash",
    "Control_L q",
    "Control_L w",
    "Control_L o",
    "Control_L p",
    "Control_L s",
    "Control_L e",
    "Super_L",
    "Super_L r",
    "Super_L l",
    "Print",
    "Alt_L Print b",
    "Menu",
    "Pause",
    "Scroll_Lock",
    "Tab",
    "Return",
    "BackSpace",
    "Delete",
    "Home",
)
TRIES: dict[str, Try] = {f"keys {chord}": lambda hand, chord=chord: hand.keys(*chord.split()) for chord in CHORDS} | {
    "keys typed": lambda hand: hand.type("sudo su\nls /\n"),
    "right click": lambda hand: hand.click(3),
    "right click on a tile": lambda hand: hand.click(3, 0.2, 0.4),
    "middle click on a tile": lambda hand: hand.click(2, 0.2, 0.4),
    "wheel": lambda hand: hand.click(4, times=5),
    "wheel down": lambda hand: hand.click(5, times=5),
    "back button": lambda hand: hand.click(8),
    "forward button": lambda hand: hand.click(9),
    "all buttons": Hand.all_buttons,
    "long press": lambda hand: hand.click(1, hold_s=1.2),
    "long right press": lambda hand: hand.click(3, hold_s=0.6),
    "fast double": lambda hand: hand.click(1, hold_s=0.01, times=2),
    "ten fast taps in a corner": lambda hand: hand.click(1, 0.001, 0.001, 0.01, 10),
    "drag from the left edge": lambda hand: hand.drag(0, 0.05, 0.5, 0.05),
    "drag from the right edge": lambda hand: hand.drag(0.999, 0.05, 0.5, 0.05),
    "drag from above": lambda hand: hand.drag(0.5, 0, 0.5, 0.09),
    "drag from below": lambda hand: hand.drag(0.97, 0.999, 0.97, 0.6),
    "drag over the whole": lambda hand: hand.drag(0, 0, 0.999, 0.05),
    "scan control characters": lambda hand: hand.scan(bytes(n for n in range(1, 32) if n not in (10, 13))),
    "scan terminal orders": lambda hand: hand.scan(b"\x1b[2J\x1b]0;x\x07\x1bc\x9b31m"),
    "scan shell words": lambda hand: hand.scan(b"; rm -rf / #`reboot`$(reboot)&&sh"),
    "scan an address": lambda hand: hand.scan(b"https://example.invalid/x.sh"),
    "scan a file": lambda hand: hand.scan(b"file:///etc/passwd"),
    "scan enrolment": lambda hand: hand.scan(b"K7QM-2XWP hub.example.cn:8443 H7XK-4MPQ-93WD-2KTR"),
    "scan a forged slip": lambda hand: hand.scan(b"https://example.invalid/k/AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    "scan SQL": lambda hand: hand.scan(b"' OR 1=1; DROP TABLE worker; --"),
    "scan markup": lambda hand: hand.scan("[ref=x][b]点我[/b][/ref]".encode()),
    "scan a huge code": lambda hand: hand.scan(b"A" * 60_000),
    "scan bytes that are no text": lambda hand: hand.scan(bytes(range(128, 256)) * 3),
    "paste": lambda hand: hand.paste("xterm -e sh\n"),
}


@pytest.fixture
def hand(start_real: StartReal, station: RealStation, lying: Screen) -> Iterator[Callable[..., Hand]]:
    hands: list[Hand] = []

    def begin(*arguments: str) -> Hand:
        hands.append(Hand(start_real(lying, *arguments), station))
        return hands[-1]

    yield begin
    for one in hands:
        one.line.close()


def _children(pid: int) -> list[str]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += (task / "children").read_text().split()
    return found


@pytest.mark.parametrize("page", ["home", pytest.param("jobs", marks=pytest.mark.long)])
def test_terminal_when_somebody_tries_to_get_out_stands_where_it_stood(hand: Callable[..., Hand], station: RealStation, page: str) -> None:
    visitor = hand() if page == "home" else hand(page)
    kiosk = visitor.kiosk
    kiosk.wait_page(page)
    time.sleep(0.5)
    files = {path.name for path in station.state.iterdir()}
    shown = visitor.windows()
    assert shown == 1
    escaped = []
    for name, attempt in TRIES.items():
        attempt(visitor)
        time.sleep(SETTLE_S)
        seen = kiosk.view()
        stands = seen["page"] in ("home", page)
        if kiosk.trouble() or not stands or visitor.windows() != shown or _children(kiosk.process.pid):
            escaped.append(f"{name}: {seen['page']} {kiosk.trouble()}")
            kiosk.wait_page(page)
    assert escaped == []
    assert {path.name for path in station.state.iterdir()} <= files | {"ask_staff.json"}
    assert len(TRIES) >= 60


def _enter(visitor: Hand) -> None:
    """Leave something of one's own on the screen."""
    visitor.kiosk.wait_page("mine")
    for digit in SECRET[:8]:
        visitor.kiosk.tap(digit)
    visitor.kiosk.wait(lambda seen: SECRET[4:8] in str(seen["things"]), "what was keyed in")


@pytest.mark.parametrize(
    "end", [signal.SIGKILL, *(pytest.param(n, marks=pytest.mark.long) for n in (signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM))]
)
def test_terminal_when_it_ends_half_way_begins_at_home_with_nothing_of_the_visitor(hand: Callable[..., Hand], end: signal.Signals) -> None:
    visitor = hand("mine")
    _enter(visitor)
    visitor.kiosk.process.send_signal(end)
    visitor.kiosk.process.wait(10)
    assert visitor.windows() == 0
    again = hand()
    seen = again.kiosk.wait_page("home")
    assert SECRET[:8] not in str(seen["things"])
    assert SECRET[4:8] not in str(seen["things"])


def test_terminal_when_it_was_stopped_for_a_while_goes_on(hand: Callable[..., Hand]) -> None:
    visitor = hand()
    visitor.kiosk.wait_page("home")
    os.kill(visitor.kiosk.process.pid, signal.SIGSTOP)
    for key in ("Escape", "F1"):
        visitor.keys(key)
    visitor.click(1, times=3)
    os.kill(visitor.kiosk.process.pid, signal.SIGCONT)
    assert visitor.kiosk.wait_page("home")["dialog"] is False
    assert visitor.windows() == 1


def test_terminal_when_its_display_is_lost_ends_at_once_to_be_started_anew(start_real: StartReal, station: RealStation) -> None:
    screen = VirtualScreen()
    kiosk = start_real(screen)
    kiosk.wait_page("home")
    screen.close()
    assert kiosk.process.wait(10) != 0
    written = subprocess.run(["grep", "-rlE", "1[3-9][0-9]{9}", kiosk.log], capture_output=True, text=True, check=False).stdout
    assert written == ""
    again = VirtualScreen()
    try:
        start_real(again).wait_page("home")
    finally:
        again.close()
