"""Words written by machine: pen paths from assets/sample/strokes.json side by side in a box, and the ways in which people distort them."""

import math
import random
from collections.abc import Callable

from kiosk.trial.pen import EM, Points, Strokes, fine, paths, strokes_for

__all__ = ["EM", "Points", "Strokes", "fine", "paths", "strokes_for"]


def _jitter(strokes: Strokes, rng: random.Random) -> Strokes:
    return [[(x + rng.gauss(0, 2.5), y + rng.gauss(0, 2.5)) for x, y in s] for s in fine(strokes, 12)]


def _slant(strokes: Strokes, rng: random.Random) -> Strokes:
    lean, rise = rng.uniform(-0.25, 0.25), rng.uniform(-0.06, 0.06)
    return [[(x + lean * y, y + rise * x) for x, y in s] for s in strokes]


def _joined(strokes: Strokes, rng: random.Random) -> Strokes:
    joined: Strokes = []
    for stroke in strokes:
        if joined and math.dist(joined[-1][-1], stroke[0]) < 70 and rng.random() < 0.5:
            joined[-1] = [*joined[-1], *stroke]
        else:
            joined.append(list(stroke))
    return joined


def _shuffled(strokes: Strokes, rng: random.Random) -> Strokes:
    mixed = [s[::-1] if rng.random() < 0.3 else s for s in strokes]
    rng.shuffle(mixed)
    return mixed


def _scaled(factor: float) -> Callable[[Strokes, random.Random], Strokes]:
    return lambda strokes, _: [[(x * factor, y * factor) for x, y in s] for s in strokes]


def _off_centre(strokes: Strokes, rng: random.Random) -> Strokes:
    right, down = rng.uniform(0, 400), rng.uniform(-100, 100)
    return [[(x + right, y + down + 0.1 * (x % 97)) for x, y in s] for s in strokes]


def _unseen(strokes: Strokes, rng: random.Random) -> Strokes:
    """Bend the whole word and lose points, as a cheap touch film does; nobody tuned to this."""
    phase = rng.uniform(0, 6)
    bent = [[(x + 4 * math.sin(y / 30 + phase), y + 5 * math.sin(x / 45 + phase)) for x, y in s] for s in fine(strokes, 8)]
    return [[p for n, p in enumerate(s) if n in (0, len(s) - 1) or rng.random() < 0.7] for s in bent]


DISTORTIONS: dict[str, Callable[[Strokes, random.Random], Strokes]] = {
    "clean": lambda strokes, _: strokes,
    "jitter": _jitter,
    "slant": _slant,
    "joined": _joined,
    "shuffled": _shuffled,
    "small": _scaled(0.25),
    "big": _scaled(2.0),
    "off_centre": _off_centre,
    "unseen": _unseen,
}
