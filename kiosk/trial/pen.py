"""Writes words as a finger would: pen paths of single characters (assets/sample/strokes.json) side by side in a box. Pixels, y down."""

import json
import math
from functools import cache
from itertools import pairwise
from pathlib import Path

Points = list[tuple[float, float]]
Strokes = list[Points]
FILE = Path(__file__).parent.parent.parent / "assets" / "sample" / "strokes.json"
EM = 1024


@cache
def paths() -> dict[str, Strokes]:
    """Load every character's pen paths, in a square of 1024, y down."""
    table = json.loads(FILE.read_text("utf-8"))
    return {c: [list(zip(s[::2], s[1::2], strict=True)) for s in strokes] for c, strokes in table.items()}


def strokes_for(text: str, box: tuple[float, float, float, float] = (0, 0, 1000, 300)) -> Strokes:
    """Write `text` into a box (x, y, width, height); raise KeyError for a character without pen paths."""
    x, y, width, height = box
    size = min(height * 0.84, width / len(text) * 0.84)
    gap = size * 0.14
    left = x + (width - len(text) * (size + gap) + gap) / 2
    top = y + (height - size) / 2
    written = []
    for place, c in enumerate(text):
        at = left + place * (size + gap)
        written += [[(at + px * size / EM, top + py * size / EM) for px, py in stroke] for stroke in paths()[c]]
    return written


def fine(strokes: Strokes, step: float = 6.0) -> Strokes:
    """Put points every `step` pixels, as a touch screen gives them."""
    result = []
    for stroke in strokes:
        line: Points = [stroke[0]]
        for a, b in pairwise(stroke):
            count = max(1, round(math.dist(a, b) / step))
            line += [(a[0] + (b[0] - a[0]) * n / count, a[1] + (b[1] - a[1]) * n / count) for n in range(1, count + 1)]
        result.append(line)
    return result
