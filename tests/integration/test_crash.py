"""Real processes of two stations and their county, killed with -9 under load: what was acknowledged is there once, at both ends."""

import subprocess
import sys

import pytest

LONG_S = 4 * 3600


@pytest.mark.parametrize("words", [("6", "--small"), pytest.param(("1000",), marks=pytest.mark.long)])
def test_station_when_anything_is_killed_under_load_loses_and_doubles_nothing(words: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", "tests.crash", "--times", *words], capture_output=True, text=True, timeout=LONG_S)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr[-20_000:]
    counted = dict(line.removesuffix(" killed").removesuffix(" wrong").rsplit(None, 1) for line in done.stdout.splitlines())
    assert int(counted["acknowledged"]) > 0, "nothing was tried"
    assert "--small" in words or int(counted["visits"]) > 0, "nobody came to an end before the terminal"
