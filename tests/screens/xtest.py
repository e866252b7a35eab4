"""A running terminal as a person meets it: what the probe's socket says is shown, and touches by kiosk.display where it stands."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kiosk.display import Point, Screen


class Kiosk:
    """A running terminal and what a person sees of it. `left`, `top`: where its window stands on the screen."""

    def __init__(self, screen: Screen, command: Sequence[str], probe: Path, log: Path, left: int = 0, top: int = 0) -> None:
        self.screen, self.probe, self.log, self.left, self.top = screen, probe, log, left, top
        probe.unlink(missing_ok=True)
        environment = os.environ | {"DISPLAY": screen.name, "KIOSK_PROBE": str(probe), "PYTHONUNBUFFERED": "1"}
        with log.open("wb") as out:
            self.process = subprocess.Popen(list(command), env=environment, stdout=out, stderr=subprocess.STDOUT)

    def close(self) -> None:
        """End the process as systemd would."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def view(self) -> dict[str, Any]:
        """Ask what is on the screen now."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(15)
            line.connect(str(self.probe))
            chunks = []
            while chunk := line.recv(65536):
                chunks.append(chunk)
        answer: dict[str, Any] = json.loads(b"".join(chunks))
        return answer

    def wait(self, wanted: Callable[[dict[str, Any]], bool], what: str, timeout_s: float = 20) -> dict[str, Any]:
        """Look until it is so; the failure says what was there instead and what the terminal wrote."""
        end = time.monotonic() + timeout_s
        seen: dict[str, Any] = {}
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the terminal ended with {self.process.returncode}: {self.log.read_text()[-3000:]}")
            try:
                seen = self.view()
            except (OSError, json.JSONDecodeError):
                time.sleep(0.1)
                continue
            if wanted(seen):
                return seen
            time.sleep(0.05)
        texts = [thing["text"] for thing in seen.get("things", []) if thing["kind"] == "text"]
        raise AssertionError(f"never saw {what}; on {seen.get('page')!r}: {texts}; log: {self.log.read_text()[-3000:]}")

    def wait_page(self, page: str, timeout_s: float = 20) -> dict[str, Any]:
        """Wait until the page is shown."""
        return self.wait(lambda seen: seen.get("page") == page, f"page {page}", timeout_s)

    def wait_text(self, text: str, timeout_s: float = 20) -> dict[str, Any]:
        """Wait until a text that contains `text` is shown; give it."""
        seen = self.wait(lambda seen: _find(seen, text) is not None, repr(text), timeout_s)
        thing = _find(seen, text)
        assert thing is not None
        return thing

    def texts(self) -> list[str]:
        """Give every visible text, as it was broken into lines."""
        return [thing["shown"] for thing in self.view()["things"] if thing["kind"] == "text"]

    def place(self, text: str, timeout_s: float = 20) -> Point:
        """Find where to touch: the middle of the text's button, or of itself. The very text wins over one that contains it."""
        thing = self.wait_text(text, timeout_s)
        return self.middle(thing["button"]["rect"] if thing["button"] else thing["rect"])

    def middle(self, rect: Sequence[float]) -> Point:
        """Give the middle of a rectangle of the window, on the screen."""
        return self.left + (rect[0] + rect[2]) / 2, self.top + (rect[1] + rect[3]) / 2

    def tap(self, text: str, timeout_s: float = 20) -> None:
        """Touch the button that shows `text`."""
        self.screen.tap(self.place(text, timeout_s))

    def write(self, strokes: Sequence[Sequence[Point]], size: float = 0.0) -> None:
        """Write strokes, given in a square of `size` (0: the page's own pixels), into the writing box."""
        seen = self.wait(lambda s: any(thing["kind"] == "writing" for thing in s.get("things", [])), "a box to write in")
        left, top, right, bottom = next(thing["rect"] for thing in seen["things"] if thing["kind"] == "writing")
        scale = min(right - left, bottom - top) / size if size else 1.0
        for stroke in strokes:
            self.screen.draw([(self.left + left + x * scale, self.top + top + y * scale) for x, y in stroke])
            time.sleep(0.03)

    def picture(self, path: Path) -> None:
        """Keep what the window shows as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.screen.picture().save(path)


def _find(seen: dict[str, Any], text: str) -> dict[str, Any] | None:
    things = [
        thing
        for thing in seen.get("things", [])
        if thing["kind"] == "text" and thing["rect"][2] > thing["rect"][0] and thing["rect"][3] > thing["rect"][1]
    ]
    exact = [thing for thing in things if thing["text"] == text]
    # the last drawn lies on top: a dialog's words before those of the page under it
    found = exact or [thing for thing in things if text in thing["text"]]
    answer: dict[str, Any] | None = found[-1] if found else None
    return answer


def play(screen: Screen, folder: Path, *arguments: str, module: str = "tests.screens.play") -> Kiosk:
    """Start the terminal on the sample office, filling the screen."""
    command = [sys.executable, "-m", module, str(screen.width), str(screen.height), "0", *arguments]
    return Kiosk(screen, command, folder / "probe", folder / "log")
