"""How soon a key of the pinyin keyboard brings its words onto the screen. 1280×800.

The terminal is a real process; a finger injected by XTEST presses the keys of the search page. `pinyin_p99_ms`: the finger goes up (that is
when a key counts) → the frame in which the row of words has changed, seen from outside by XDAMAGE. Only keys count that change the words.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.characters import readings
from kiosk.devices.pinyin import SHARED, RimePinyin
from kiosk.text import t
from kiosk.trial.display import Screen, VirtualScreen
from kiosk.trial.eye import Eye
from tests.bench.stage import Frames, Spot, figure, load, make_state, p, say, spread, start, stop

WIDTH, HEIGHT = 1280, 800
WORDS = 120
PATIENCE_S, ANSWER_S, LOOKED_AT = 60, 0.5, 1


class Row(Spot):
    """The row of words."""

    def __init__(self, rect: list[int]) -> None:
        left, top, right, bottom = rect
        super().__init__((left + right) / 2, (top + bottom) / 2)
        self._box = (left, top, right - left, bottom - top)

    def pixels(self, screen: Screen) -> bytes:
        """Look at it."""
        return screen.picture(*self._box).tobytes()


def run() -> Iterator[dict[str, Any]]:
    """Measure keys of random words of one to three syllables."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        state = make_state(Path(name), WIDTH, HEIGHT)
        subprocess.run([sys.executable, "-m", "kiosk.devices.pinyin", str(state / "rime")], check=True)
        screen = VirtualScreen(WIDTH, HEIGHT)
        terminal = start(screen, state, "terminal", probe=state / "probe")
        try:
            times = _type(screen, Eye(screen, state / "probe"), RimePinyin(state / "rime", SHARED))
        finally:
            stop(terminal)
            screen.close()
    say(f"{spread(times)}, {load()}")
    yield figure("pinyin_p99_ms", round(p(times, 99), 1), "ms", 16)


def _type(screen: Screen, eye: Eye, engine: RimePinyin) -> list[float]:
    eye.wait_page("home", PATIENCE_S)
    time.sleep(10)
    eye.tap(t("home.find.title"))
    eye.wait_page("jobs")
    eye.tap(t("jobs.search_brief"))
    eye.wait_page("search")
    eye.tap(t("text.how_button"))
    eye.tap(t("text.pinyin"))
    keys = {letter: _middle(eye.wait_text(letter)["button"]["rect"]) for letter in "abcdefghijklmnopqrstuvwxyz"}
    again = _middle(eye.wait_text(t("text.again"))["button"]["rect"])
    _press(screen, keys["a"])
    words = eye.wait_text(engine.candidates("a")[0])["button"]["rect"]
    row = Row([words[0], words[1], words[0] + WIDTH // 2, words[3]])
    _press(screen, again)
    frames, rng, syllables = Frames(screen), random.Random(16), sorted(set(readings().values()))
    times = []
    for _ in range(WORDS):
        word = "".join(rng.choices(syllables, k=rng.randint(1, 3)))
        for end in range(1, len(word) + 1):
            changes = engine.candidates(word[:end])[:LOOKED_AT] != engine.candidates(word[: end - 1])[:LOOKED_AT]
            screen.press(keys[word[end - 1]])
            time.sleep(0.06)
            frames.forget()
            before = row.pixels(screen)
            began = time.monotonic()
            screen.lift()
            if changes:
                at = frames.until(row, lambda pixels, before=before: pixels != before, ANSWER_S)
                times.append(((at or began + ANSWER_S) - began) * 1000)
            time.sleep(0.12)
        _press(screen, again)
    frames.close()
    return times


def _middle(rect: list[int]) -> tuple[int, int]:
    left, top, right, bottom = rect
    return (left + right) // 2, (top + bottom) // 2


def _press(screen: Screen, at: tuple[int, int]) -> None:
    screen.press(at)
    time.sleep(0.06)
    screen.lift()
    time.sleep(0.3)
