"""Starts the board's walks, each on a virtual screen of its own format in a process of its own. No Kivy here."""

import json
import os
import subprocess
import sys
from pathlib import Path

from kiosk.trial.display import VirtualScreen
from tests.gallery.run import Finding

FORMATS = {
    "board-720": (1280, 720, 50),
    "board-1080": (1920, 1080, 50),
    "board-4k": (3840, 2160, 55),
    "board-1080-upright": (1080, 1920, 50),
    "board-4k-upright": (2160, 3840, 55),
}
"""Width and height in pixels, diagonal in inches."""
SHORT = ("board-720", "board-1080-upright")


def walk_boards(formats: list[str], work: Path, pictures: Path | None = None, only: str = "", replay: bool = False) -> list[Finding]:
    """Show everything on these formats; raise RuntimeError with what was printed when the walk itself breaks.

    `replay`: play everything again and again, too, and see whether anything grows.
    """
    found = []
    for name in formats:
        width, height, inches = FORMATS[name]
        wanted = {
            "name": name,
            "width": width,
            "height": height,
            "screen_inches": inches,
            "work": str(work / name),
            "pictures": str(pictures) if pictures else "",
            "only": only,
            "replay": replay,
        }
        screen = VirtualScreen(width, height)
        try:
            command = [sys.executable, "-m", "tests.gallery.board_walk", json.dumps(wanted)]
            run = subprocess.run(command, env=os.environ | {"DISPLAY": screen.name}, capture_output=True, text=True, check=False)
        finally:
            screen.close()
        if run.returncode:
            raise RuntimeError(f"the walk ended with {run.returncode}: {run.stderr[-3000:]}")
        found += [Finding(**json.loads(line)) for line in run.stdout.splitlines() if line.startswith("{")]
    return found
