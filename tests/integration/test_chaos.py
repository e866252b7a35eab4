"""Sync under every fault that a seed can think of, simulated and on real processes: nothing is lost, twice, or stuck."""

import json
import subprocess
import sys
from typing import Any

import pytest

LONG_S = 24 * 3600


def run(*words: str) -> dict[str, Any]:
    """Run schedules in a process of their own: they seed what is drawn at random, process-wide."""
    done = subprocess.run([sys.executable, "-m", "tests.chaos", *words], capture_output=True, text=True, timeout=LONG_S)
    assert done.returncode == 0, done.stderr[-20_000:]
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("schedules", [20, pytest.param(10_000, marks=pytest.mark.long)])
def test_sync_when_simulated_under_all_faults_loses_doubles_and_stalls_nothing(schedules: int) -> None:
    assert run("--schedules", str(schedules))["failed"] == []


@pytest.mark.parametrize("words", [("1", "--small"), pytest.param(("50",), marks=pytest.mark.long)])
def test_sync_when_real_processes_and_their_line_are_killed_heals(words: tuple[str, ...]) -> None:
    counted = run("--real", "--schedules", *words)
    assert counted["failed"] == []
    assert counted["written"] > 0, "nothing was tried"
