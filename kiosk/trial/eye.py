"""What a person sees of a terminal that runs, and touches where he sees it. Looks through the probe's socket (KIOSK_PROBE), touches from
outside through the real window. Knows no page.
"""

import json
import socket
import time
from collections.abc import Callable, Sequence
from math import hypot
from pathlib import Path
from typing import Any

from kiosk.errors import KioskError
from kiosk.trial.display import Point, Screen
from kiosk.trial.pen import fine, strokes_for

LOOK_S = 0.05
ANSWER_S = 15
STROKE_STEP_PX = 14
DRAGS = 60
READ_S, SAME_PX = 0.6, 120
"""Nobody touches the place of his last touch again before he has seen the page that came; the terminal takes that for an echo."""


class NotSeen(KioskError):
    """What should have come on the screen did not; says what was there instead."""


class Eye:
    """One terminal on a screen. `left`, `top`: where its window stands."""

    def __init__(self, screen: Screen, probe: Path, left: int = 0, top: int = 0) -> None:
        self.screen, self.probe, self.left, self.top = screen, probe, left, top
        self._tapped: tuple[Point, int | None] | None = None

    def trouble(self) -> str:
        """Say why looking on is of no use; empty when it is."""
        return ""

    def view(self) -> dict[str, Any]:
        """Ask what is on the screen now."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(ANSWER_S)
            line.connect(str(self.probe))
            chunks = []
            while chunk := line.recv(65536):
                chunks.append(chunk)
        answer: dict[str, Any] = json.loads(b"".join(chunks))
        return answer

    def wait(self, wanted: Callable[[dict[str, Any]], bool], what: str, timeout_s: float = 20) -> dict[str, Any]:
        """Look until it is so; raise NotSeen."""
        end = time.monotonic() + timeout_s
        seen: dict[str, Any] = {}
        while time.monotonic() < end and not self.trouble():
            try:
                seen = self.view()
            except (OSError, json.JSONDecodeError):
                time.sleep(2 * LOOK_S)
                continue
            if wanted(seen):
                return seen
            time.sleep(LOOK_S)
        texts = [thing["text"] for thing in seen.get("things", []) if thing["kind"] == "text"]
        raise NotSeen(f"never saw {what}; on {seen.get('page')!r}: {texts} {self.trouble()}")

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
        """Find where to touch: the middle of the text's button, or of itself, once it stands still.

        The very text wins over one that contains it.
        """
        before = None
        while True:
            thing = self.wait_text(text, timeout_s)
            at = self.middle(thing["button"]["rect"] if thing["button"] else thing["rect"])
            if at == before:
                return at
            before = at

    def middle(self, rect: Sequence[float]) -> Point:
        """Give the middle of a rectangle of the window, on the screen."""
        return self.left + (rect[0] + rect[2]) / 2, self.top + (rect[1] + rect[3]) / 2

    def tap(self, text: str, timeout_s: float = 20) -> None:
        """Touch the button that shows `text`."""
        self.touch(self.place(text, timeout_s))

    def touch(self, at: Point) -> None:
        """Touch a place of the screen, not before what came there has been seen."""
        seen = self.view()
        stands = seen.get("changes")
        if self._tapped is not None:
            (x, y), stood = self._tapped
            if stands != stood and hypot(at[0] - x, at[1] - y) < SAME_PX:
                time.sleep(READ_S)
        self._tapped = at, stands
        self.screen.tap(at)

    def reach(self, text: str) -> None:
        """Drag the column that holds the very `text` until it stands in sight; raise NotSeen when it never does, or comes too late."""

        def there(seen: dict[str, Any]) -> list[dict[str, Any]]:
            return [thing for thing in seen.get("things", []) if thing["kind"] == "text" and thing["text"] == text]

        before = None
        for _ in range(DRAGS):
            seen = self.wait(lambda seen: bool(there(seen)) or _find(seen, text) is not None, repr(text))
            if found := _find(seen, text):
                if found["rect"] == before:
                    return
                # it may only glide past
                before = found["rect"]
                time.sleep(LOOK_S)
                continue
            left, top, right, _ = there(seen)[0]["whole"]
            x, height = self.left + (left + right) / 2, self.screen.height
            far, near = (0.7, 0.5) if top > height / 2 else (0.5, 0.7)
            self.screen.drag((x, self.top + height * far), (x, self.top + height * near))
        self.wait_text(text)

    def write(self, strokes: Sequence[Sequence[Point]], size: float = 0.0) -> None:
        """Write strokes, given in a square of `size` (0: the page's own pixels), into the writing box."""
        left, top, right, bottom = self._box()
        scale = min(right - left, bottom - top) / size if size else 1.0
        for stroke in strokes:
            self.screen.draw([(self.left + left + x * scale, self.top + top + y * scale) for x, y in stroke])
            time.sleep(0.03)

    def write_words(self, text: str) -> None:
        """Write words into the writing box as a finger would."""
        left, top, right, bottom = self._box()
        self.write(fine(strokes_for(text, (0, 0, right - left, bottom - top)), STROKE_STEP_PX))

    def _box(self) -> list[int]:
        seen = self.wait(lambda s: any(thing["kind"] == "writing" for thing in s.get("things", [])), "a box to write in")
        rect: list[int] = next(thing["rect"] for thing in seen["things"] if thing["kind"] == "writing")
        return rect


def _find(seen: dict[str, Any], text: str) -> dict[str, Any] | None:
    things = [thing for thing in seen.get("things", []) if thing["kind"] == "text" and _in_sight(thing)]
    exact = [thing for thing in things if thing["text"] == text]
    # the last drawn lies on top: a dialog's words before those of the page under it
    found = exact or [thing for thing in things if text in thing["text"]]
    answer: dict[str, Any] | None = found[-1] if found else None
    return answer


def _in_sight(thing: dict[str, Any]) -> bool:
    """Say whether at least half of a text is not scrolled away."""
    rect, whole = thing["rect"], thing["whole"]
    return bool(rect[2] > rect[0] and 2 * (rect[3] - rect[1]) > whole[3] - whole[1])
