"""The console's preview of the board, held against the board itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.county.console import preview
from kiosk.domain.measures import CHINA
from kiosk.services.sample import load_sample
from kiosk.trial.display import Screen
from tests.station import ASSETS, START


@pytest.mark.long
def test_preview_when_held_against_the_board_sets_every_sample_alike(lying: Screen, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.gallery.board_sizes", str(tmp_path), START.isoformat()]
    run = subprocess.run(command, env=os.environ | {"DISPLAY": lying.name}, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    board = json.loads(run.stdout.splitlines()[-1])
    known = load_sample(ASSETS / "sample", START)
    looks = [preview.policy(one)[1] for one in known.policies]
    looks += [preview.training(one, START.astimezone(CHINA).date())[1] for one in known.trainings]
    assert len(looks) == len(board) > 10
    ours = {look.title: [[preview.size_of(step) for step in look.sizes], [len(row) for row in look.rows]] for look in looks}
    assert ours == board
