"""A whole day of the board in half an hour: every page and each frame of its fades is drawn, listings come and go; it does not grow."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.trial.display import VirtualScreen
from tests.screens.real import RealStation

PAGES = 3000
"""A day of pages of half a minute."""
WARM, SAMPLES = 10, 30
GROWTH = 1.02
"""Pages need more and less, and it is seldom seen at its least: by the lower quartiles of 30 a day that grows nothing fails once in 200,
one that grows by a twentieth passes once in 25; by medians of 10 it was once in 7 and once in 10."""


@pytest.mark.long
def test_board_when_it_plays_a_day_does_not_grow(station: RealStation, tmp_path: Path) -> None:
    (station.state / "kiosk.toml").write_text("sample = true\n[board]\nleft = 0\nwidth = 1920\nheight = 1080\n")
    screen = VirtualScreen(1920, 1080)
    try:
        command = [sys.executable, "-m", "tests.screens.board_day", str(station.state), str(PAGES)]
        played = subprocess.run(command, env=os.environ | {"DISPLAY": screen.name}, capture_output=True, text=True, check=False)
    finally:
        screen.close()
    assert played.returncode == 0, played.stderr[-3000:]
    told = [json.loads(line) for line in played.stdout.splitlines()]
    assert told[-1]["pages"] == PAGES
    assert told[-1]["hours"] >= 20
    sizes = [line["own_mb"] for line in told][WARM:]
    first, last = (statistics.quantiles(part, n=4)[0] for part in (sizes[:SAMPLES], sizes[-SAMPLES:]))
    assert last <= first * GROWTH, f"{first:.1f} MB, {last:.1f} MB after a day: {sizes}"
    assert "Traceback" not in played.stderr
