"""Process start until home answers a touch: the real terminal on a prepared sample station, its files in the page cache, as Chromium's are.

Home counts as shown when a tile looks as it looks at rest; then the tile is pressed, and the frame in which it wears its pressed colour
ends the time. The peer is Chromium, from process start to a window with one static page, taken in turns.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.text import t
from kiosk.trial.display import VirtualScreen
from kiosk.trial.eye import Eye
from tests.bench.stage import Frames, Spot, figure, load, make_state, say, spread, start, start_chromium, stop

STARTS = 9
PATIENCE_S = 30
COLOUR = (46, 125, 91)
PAGE = """<!doctype html><html lang="zh"><body style="background:rgb{colour};color:white">
<h1>云梦县零工驿站</h1><p>找活干 我要登记 我要招人</p></body></html>"""


def run() -> Iterator[dict[str, Any]]:
    """Give the median of the starts in turns with Chromium's."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        state = make_state(folder, 1920, 1080)
        screen = VirtualScreen()
        try:
            spot, rest = _learn(screen, state)
            page = folder / "page.html"
            page.write_text(PAGE.format(colour=COLOUR), "utf-8")
            has_chromium = shutil.which("chromium") is not None
            if has_chromium:
                _chromium(screen, folder, page)
            say(f"{load()} before")
            ours, first, theirs = [], [], []
            for _ in range(STARTS):
                shown, answered = _terminal(screen, state, spot, rest)
                first.append(shown)
                ours.append(answered)
                if has_chromium:
                    theirs.append(_chromium(screen, folder, page))
        finally:
            screen.close()
    say(f"{load()} after; home shown: {spread(first, 's')}; answers: {spread(ours, 's')}")
    if theirs:
        say(f"Chromium: {spread(theirs, 's')}")
    peer = round(statistics.median(theirs), 3) if theirs else None
    yield figure("cold_start_s", round(statistics.median(ours), 3), "s", 0.8, "Chromium to one static page", peer)


def _learn(screen: VirtualScreen, state: Path) -> tuple[Spot, bytes]:
    """Look once where a tile is and what it looks like when nobody touches it."""
    probe = state / "probe"
    process = start(screen, state, "terminal", probe=probe)
    try:
        eye = Eye(screen, probe)
        tile = eye.wait_text(t("home.post.title"), PATIENCE_S)["button"]["rect"]
        time.sleep(2)
        spot = Spot(tile[2] - 30, (tile[1] + tile[3]) / 2)
        return spot, spot.pixels(screen)
    finally:
        stop(process)


def _terminal(screen: VirtualScreen, state: Path, spot: Spot, rest: bytes) -> tuple[float, float]:
    frames = Frames(screen)
    began = time.monotonic()
    process = start(screen, state, "terminal")
    try:
        shown = frames.until(spot, lambda pixels: pixels == rest, PATIENCE_S)
        screen.press(spot.at)
        answered = frames.until(spot, lambda pixels: pixels != rest, PATIENCE_S)
        if shown is None or answered is None:
            raise RuntimeError(f"no home, or no answer from it: {(state / 'terminal.log').read_text()[-2000:]}")
        return shown - began, answered - began
    finally:
        screen.lift()
        stop(process)
        frames.close()


def _chromium(screen: VirtualScreen, folder: Path, page: Path) -> float:
    frames = Frames(screen)
    spot, wanted = Spot(960, 800), bytes(COLOUR) * Spot.SIDE**2
    began = time.monotonic()
    where = ("--kiosk", "--window-position=0,0", "--window-size=1920,1080")
    process = start_chromium(screen, folder, *where, f"file://{page}")
    try:
        shown = frames.until(spot, lambda pixels: pixels == wanted, PATIENCE_S)
        if shown is None:
            raise RuntimeError(f"Chromium never showed its page: {(folder / 'chromium.log').read_text()[-2000:]}")
        return shown - began
    finally:
        stop(process)
        frames.close()
