"""An X display as seen from outside: pictures of what it really shows, and a finger that XTEST moves over it. Virtual ones are Xvfb.

The trial shows itself on one, the tour and the tests play on one. Knows nothing of the product. Coordinates are pixels of the whole
screen, y down.

    python -m kiosk.trial.display :5 FILE.png        takes a picture of display :5
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from Xlib import X, display, error
from Xlib.ext import xtest

from kiosk.errors import ConfigError
from kiosk.trial.child import end, spawn

Point = tuple[float, float]
STOP_S = 5


class Screen:
    """An X display that runs."""

    def __init__(self, name: str) -> None:
        """Connect to a display by its name (":5"); raise ConfigError when it cannot be reached."""
        try:
            self._display = display.Display(name)
        except (error.DisplayError, error.XauthError, OSError) as reason:
            raise ConfigError(f"display {name!r}: {reason}") from None
        screen = self._display.screen()
        self.name, self.width, self.height = name, int(screen.width_in_pixels), int(screen.height_in_pixels)

    def close(self) -> None:
        """Let go of it."""
        self._display.close()

    def picture(self, left: int = 0, top: int = 0, width: int = 0, height: int = 0) -> Image.Image:
        """Photograph the screen, or a part of it."""
        width, height = width or self.width - left, height or self.height - top
        image = self._display.screen().root.get_image(left, top, width, height, X.ZPixmap, 0xFFFFFFFF)
        return Image.frombytes("RGB", (width, height), image.data, "raw", "BGRX")

    def press(self, at: Point) -> None:
        """Put the finger down."""
        self._move(at)
        xtest.fake_input(self._display, X.ButtonPress, 1)
        self._display.sync()

    def lift(self) -> None:
        """Take the finger away."""
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()

    def tap(self, at: Point, hold_s: float = 0.06) -> None:
        """Touch and let go."""
        self.press(at)
        time.sleep(hold_s)
        self.lift()

    def draw(self, points: Sequence[Point], step_s: float = 0.008) -> None:
        """Draw one stroke, at a finger's pace."""
        self.press(points[0])
        for point in points[1:]:
            time.sleep(step_s)
            self._move(point)
        time.sleep(step_s)
        self.lift()

    def drag(self, start: Point, end: Point, steps: int = 12, step_s: float = 0.012) -> None:
        """Draw a straight line."""
        (x, y), (to_x, to_y) = start, end
        self.draw([(x + (to_x - x) * n / steps, y + (to_y - y) * n / steps) for n in range(steps + 1)], step_s)

    def key(self, keysym: int) -> None:
        """Press and let go of a key."""
        code = self._display.keysym_to_keycode(keysym)
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(self._display, kind, code)
        self._display.sync()

    def _move(self, at: Point) -> None:
        xtest.fake_input(self._display, X.MotionNotify, x=round(at[0]), y=round(at[1]))
        self._display.sync()


class VirtualScreen(Screen):
    """A screen in memory, on a free display number; it ends with `close`, and with the thread that made it."""

    def __init__(self, width: int = 1920, height: int = 1080) -> None:
        """Start it and wait until it answers; raise ConfigError when it does not."""
        reading, writing = os.pipe()
        words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        try:
            self._server = spawn(words, pass_fds=[writing])
        finally:
            os.close(writing)
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            self._server.wait(STOP_S)
            raise ConfigError("Xvfb did not start: is it installed, and is /tmp/.X11-unix writable?")
        super().__init__(f":{number}")

    @property
    def running(self) -> bool:
        """Say whether it is still there."""
        return self._server.poll() is None

    @property
    def pid(self) -> int:
        """Give its process's number."""
        return self._server.pid

    def close(self) -> None:
        """End it."""
        super().close()
        end(self._server, STOP_S)


if __name__ == "__main__":
    Screen(sys.argv[1]).picture().save(Path(sys.argv[2]))
