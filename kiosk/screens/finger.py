"""The finger, every point of it.

Kivy keeps one object a touch and tells a page of it once a frame, so that it sees only the last of the points between two frames: a quick
stroke lost its bends and its end (55 points became 9). Here each point is told in its turn, from a real touch screen (SDL's provider) as
from a screen that Xorg shows as a pointer.
"""

from typing import Any

from kivy.base import EventLoop
from kivy.input.factory import MotionEventFactory
from kivy.input.providers.mouse import MouseMotionEventProvider


class FingerProvider(MouseMotionEventProvider):
    """One finger; no simulated second one, no hovering."""

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


def install() -> None:
    """Make the provider known as `finger`, and let every event through at once instead of one a frame and touch."""
    MotionEventFactory.register("finger", FingerProvider)
    EventLoop._dispatch_input = EventLoop.post_dispatch_input
