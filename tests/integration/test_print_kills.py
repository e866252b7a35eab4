"""An agent that is killed at any state change, with the printer's power or without: no slip is lost unsaid, none doubled unmarked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("kills", [20, pytest.param(1000, marks=pytest.mark.long)])
def test_agent_when_killed_at_any_state_change_loses_nothing_unsaid_and_doubles_nothing_unmarked(tmp_path: Path, kills: int) -> None:
    words = [sys.executable, "-m", "tests.print_kills", str(tmp_path), str(kills), "7"]
    run = subprocess.run(words, capture_output=True, text=True, check=True, timeout=7200)
    print(run.stdout)
    counted = json.loads(run.stdout)
    assert {name: counted[name] for name in ("lost", "doubled", "stuck", "printed_late")} == dict.fromkeys(
        ("lost", "doubled", "stuck", "printed_late"), 0
    )
    # it died while slips stood everywhere, and people were needed: else nothing was tried
    assert {"queued", "sending", "confirming"} <= counted["killed_while"].keys()
    assert counted["asked"]
    assert counted["reprinted"]
    assert kills < 1000 or counted["expired"]
