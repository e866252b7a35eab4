"""The power goes, and of what was not synced nothing, all or some stands on the disk: who was told that he is registered is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tracer


@pytest.mark.skipif(not tracer.CALLS, reason="the numbers of this machine's system calls are not known")
@pytest.mark.parametrize("cuts", [60, pytest.param(0, marks=pytest.mark.long)])
def test_registration_when_the_power_goes_after_any_call_keeps_whom_it_told(cuts: int, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.power_cut", str(tmp_path), str(cuts), "7"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    counted = json.loads(done.stdout)
    assert {name: counted[name] for name in ("lost", "half", "damaged")} == {"lost": 0, "half": 0, "damaged": 0}
    assert counted["cuts"] >= (cuts or counted["calls"])
