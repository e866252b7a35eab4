"""A registration whose process is killed at any of the calls by which it writes stands whole and once, here and at the county."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tracer
from tests.hub_parts import TestHub


@pytest.mark.skipif(not tracer.CALLS, reason="the numbers of this machine's system calls are not known")
@pytest.mark.parametrize("every", [47, pytest.param(1, marks=pytest.mark.long)])
def test_registration_when_killed_at_any_write_boundary_is_whole_and_once_at_both_ends(every: int, hub: TestHub, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.boundaries", str(tmp_path), hub.base, hub.settings.database, hub.code(), str(every)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=1800)
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stderr[-3000:]
    counted = json.loads(done.stdout)
    assert set(counted["wrong"].values()) == {0}, counted["wrong"]
    # it really died between the log's bytes, its syncing, the line's and the checkpoint's
    calls = ("pwrite64", "fsync", "fcntl", "sendto")
    assert {f"{side} {name}" for side in ("before", "after") for name in calls} <= counted["calls"].keys()
    assert counted["kills"] >= counted["points"] // every - 2
