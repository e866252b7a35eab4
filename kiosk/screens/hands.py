"""Whose touch counts: one finger at a time, no resting palm, no second tap that would press what stands on the next page. No Kivy here.

A touch is known by an id; places are in the screen's pixels, times in seconds.
"""

from dataclasses import dataclass
from enum import Enum
from math import hypot

TOGETHER_S = 0.35
"""A touch that comes so soon after another, which still lies there, belongs to the same hand: it is left out. One that comes later may act,
and then the one that rested is a palm."""
AGAIN_S, AGAIN_PX = 0.5, 110.0
"""Within this time and this near (design pixels) of the last tap a touch on a page that has changed meanwhile is its echo (own: old hands
double-tap within that; nobody has read a new page so soon)."""


class Fate(Enum):
    """What becomes of a touch that begins."""

    ACTS = "acts"
    LEFT_OUT = "left out"
    TAKES_OVER = "takes over"
    """It acts, and those that rest are ended without acting."""


@dataclass(slots=True)
class _Resting:
    since: float
    acts: bool


class Hands:
    """Decides on each touch as it begins. `scale` is screen pixels a design pixel."""

    def __init__(self) -> None:
        self.scale = 1.0
        self._down: dict[object, _Resting] = {}
        self._changed_at = -1.0
        self.changes = 0
        self._last: tuple[float, float, float] | None = None

    def changed(self, now: float) -> None:
        """Note that something else stands on the screen: another page, or a dialog over it."""
        self._changed_at = now
        self.changes += 1

    def begins(self, touch: object, x: float, y: float, now: float) -> Fate:
        """Decide on a touch."""
        fate = self._judge(x, y, now)
        if fate is Fate.TAKES_OVER:
            for resting in self._down.values():
                resting.acts = False
        self._down[touch] = _Resting(now, fate is not Fate.LEFT_OUT)
        return fate

    def _judge(self, x: float, y: float, now: float) -> Fate:
        if self._last is not None:
            at, last_x, last_y = self._last
            away = hypot(x - last_x, y - last_y) / self.scale
            # a page may take its time to come: the echo is counted from when it stands there
            if self._changed_at >= at and now - max(at, self._changed_at) < AGAIN_S and away < AGAIN_PX:
                return Fate.LEFT_OUT
        acting = [resting for resting in self._down.values() if resting.acts]
        if not acting:
            return Fate.ACTS
        return Fate.LEFT_OUT if any(now - resting.since < TOGETHER_S for resting in acting) else Fate.TAKES_OVER

    def acts(self, touch: object) -> bool:
        """Say whether a touch that lies there still counts."""
        resting = self._down.get(touch)
        return resting is None or resting.acts

    def ends(self, touch: object, x: float, y: float, now: float) -> None:
        """Forget it; where one that counted ended is where an echo would come."""
        resting = self._down.pop(touch, None)
        if resting is not None and resting.acts:
            self._last = (now, x, y)
