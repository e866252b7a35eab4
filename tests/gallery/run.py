"""Starts the walks, each on a virtual screen of its own form in a process of its own. No Kivy here."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from kiosk.trial.display import VirtualScreen

FORMS = {"lying": (1920, 1080), "upright": (1080, 1920)}
Look = tuple[bool, bool, bool]
"""大字, high contrast, lowered controls."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one state looks like in one look; `spoken` is what 读给我听 reads there, `said` what was read without it."""

    look: str
    state: str
    wrong: list[str]
    picture: str
    spoken: str
    said: list[str]
    took_s: float


def looks_of(form: str, short: bool = False) -> list[Look]:
    """Give the looks of a form: {normal, 大字} × {normal, high contrast}, and upright lowered, too."""
    looks = [(large, contrast, False) for contrast in (False, True) for large in (False, True)]
    if short:
        return looks[:2]
    return looks + ([(False, False, True), (True, False, True)] if form == "upright" else [])


def walk(
    form: str, looks: list[Look], full: Path, empty: Path, work: Path, pictures: Path | None = None, only: str = "", keep: bool = False
) -> list[Finding]:
    """Walk all states in these looks; raise RuntimeError with what was printed when the walk itself breaks.

    `keep`: try, too, whether each state is the same after 大字 and back.
    """
    width, height = FORMS[form]
    work.mkdir(parents=True, exist_ok=True)
    wanted = {
        "width": width,
        "height": height,
        "full": str(full),
        "empty": str(empty),
        "work": str(work),
        "looks": looks,
        "pictures": str(pictures) if pictures else "",
        "only": only,
        "keep": keep,
    }
    screen = VirtualScreen(width, height)
    try:
        command = [sys.executable, "-m", "tests.gallery.walk", json.dumps(wanted)]
        run = subprocess.run(command, env=os.environ | {"DISPLAY": screen.name}, capture_output=True, text=True, check=False)
    finally:
        screen.close()
    if run.returncode:
        raise RuntimeError(f"the walk ended with {run.returncode}: {run.stderr[-3000:]}")
    return [Finding(**json.loads(line)) for line in run.stdout.splitlines() if line.startswith("{")]
