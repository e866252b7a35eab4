"""The finger, every point of it.

Kivy keeps one object a touch and tells a page of it once a frame, so that it sees only the last of the points between two frames: a quick
stroke lost its bends and its end (55 points became 9). Here each point is told in its turn, from a real touch screen (SDL's provider) as
from a screen that Xorg shows as a pointer. Which of several touches count is decided in hands.py.
"""

import time
from collections.abc import Callable
from typing import Any

from kivy.base import EventLoop
from kivy.input.factory import MotionEventFactory
from kivy.input.providers.mouse import MouseMotionEventProvider

from kiosk.screens.hands import Fate, Hands

OUTSIDE = (-9.0, -9.0)
_feeling: list["Feeling"] = []


class FingerProvider(MouseMotionEventProvider):
    """One finger; no simulated second one, no hovering, and of a mouse that somebody plugged in only what a finger can do."""

    def on_mouse_press(self, win: Any, x: float, y: float, button: str, modifiers: Any) -> None:
        """Begin a touch."""
        if button == "left":
            super().on_mouse_press(win, x, y, button, modifiers)

    def on_mouse_motion(self, win: Any, x: float, y: float, modifiers: Any) -> None:
        """Queue the point with its place."""
        del modifiers
        if self.current_drag:
            nx, ny = win.to_normalized_pos(x, y)
            self.waiting_event.append((self.current_drag, [nx, 1.0 - ny]))

    def update(self, dispatch_fn: Any) -> None:
        """Tell all that came since the last frame, in order."""
        # Kivy reads the window's events before it sleeps until the next frame: what comes meanwhile would wait for the one after it
        EventLoop.window.mainloop()
        while self.waiting_event:
            what, more = self.waiting_event.popleft()
            if isinstance(what, str):
                dispatch_fn(what, more)
            else:
                what.move(more)
                dispatch_fn("update", what)


class Feeling:
    """Lets only those touches through that count, to all of Kivy; the others are as if they had never been."""

    def __init__(self, through: Callable[[str, Any], None]) -> None:
        self._through, self._resting = through, dict[Any, Any]()
        self.hands = Hands()

    def feel(self, kind: str, touch: Any) -> None:
        """Take one event of a touch."""
        if not touch.is_touch:
            self._through(kind, touch)
            return
        window, now = EventLoop.window, time.monotonic()
        x, y = touch.sx * window.width, touch.sy * window.height
        if kind == "begin":
            self.hands.scale = min(window.width, window.height) / 1080
            if self.hands.begins(touch.uid, x, y, now) is Fate.TAKES_OVER:
                for palm in [palm for palm in self._resting.values() if not self.hands.acts(palm.uid)]:
                    self._end_unfelt(palm)
        acts = self.hands.acts(touch.uid)
        if kind == "end":
            self.hands.ends(touch.uid, x, y, now)
        if acts:
            self._resting[touch.uid] = touch
            if kind == "end":
                del self._resting[touch.uid]
            self._through(kind, touch)

    def _end_unfelt(self, palm: Any) -> None:
        """Let go of what a palm rests on, without acting: it ends far beside the screen."""
        del self._resting[palm.uid]
        place = palm.sx, palm.sy
        palm.sx, palm.sy = OUTSIDE
        self._through("end", palm)
        palm.sx, palm.sy = place


def changed() -> None:
    """Tell that another page or a dialog stands on the screen now: the echo of the last tap is not meant for it."""
    if _feeling:
        _feeling[0].hands.changed(time.monotonic())


def changes() -> int:
    """Count how often that was told."""
    return _feeling[0].hands.changes if _feeling else 0


def install() -> None:
    """Make the provider known as `finger`, and let every event through at once instead of one a frame and touch."""
    MotionEventFactory.register("finger", FingerProvider)
    _feeling[:] = [Feeling(EventLoop.post_dispatch_input)]
    EventLoop._dispatch_input = _feeling[0].feel
