"""The board's own picture against a photograph of its window, and `kiosk board --snapshot` beside the running board."""

import subprocess
import sys
import time
from collections.abc import Callable

from PIL import Image, ImageChops

from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation
from tests.screens.test_board import Board, approve, collect, start_board

__all__ = ["start_board"]
ALIKE = 12


def test_picture_when_the_board_stands_or_changes_is_what_the_hall_sees(
    start_board: Callable[..., Board], station: RealStation, lying: Screen
) -> None:
    board = start_board(lying)
    board.standing()
    file = station.state / "run" / "board.jpg"

    def apart() -> float:
        """Measure how far it is from a photograph, in the part where they are farthest; JPEG alone makes it a few shades."""
        window, image = lying.picture().reduce(2), Image.open(file).convert("RGB")
        assert image.size == (960, 540)
        parts = ImageChops.difference(window, image).convert("L").resize((12, 12), Image.Resampling.BOX)
        return float(str(parts.getextrema()[1]))

    def soon(within_s: float) -> None:
        until = time.monotonic() + within_s
        while not file.exists() or apart() > ALIKE:
            assert time.monotonic() < until, f"another picture than the hall's: {apart()}"
            time.sleep(0.1)

    soon(3)
    first = file.read_bytes()
    number = approve(station.here, collect(station.here, title="守夜的师傅"))
    board.wait_health(lambda f: f["fresh"] == [number], 5)
    until = time.monotonic() + 7
    while file.read_bytes() == first:
        assert time.monotonic() < until
        time.sleep(0.1)
    soon(1)
    assert (station.state / "run" / "board-small.jpg").stat().st_size <= 16 * 1024
    words = [sys.executable, "-m", "kiosk", "--state", str(station.state), "board", "--snapshot"]
    done = subprocess.run([*words, str(station.state / "a.png")], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(t("snapshot.now", what=t("snapshot.kind.list"), page=1, pages=board.health()["pages"]))
    with Image.open(station.state / "a.png") as image:
        assert (image.size, image.format) == ((960, 540), "PNG")
