"""A registration that was acknowledged is kept, once and whole, whenever the process is killed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("kills", [25, pytest.param(2000, marks=pytest.mark.long)])
def test_register_when_killed_at_any_moment_loses_and_doubles_nothing(tmp_path: Path, kills: int) -> None:
    words = [sys.executable, "-m", "tests.kills", str(tmp_path), str(kills), "7"]
    counted = json.loads(subprocess.run(words, capture_output=True, text=True, check=True, timeout=1800).stdout)
    assert {name: counted[name] for name in ("lost", "twice", "half", "damaged")} == {"lost": 0, "twice": 0, "half": 0, "damaged": 0}
    # how many come through before the kill is the machine's business; some must, or nothing was tried
    assert counted["acknowledged"] > 0
