"""Pages that were left do not pile up behind a visitor who never pauses, nor wait for the next one: what room they once took Python keeps
for ever.
"""

import json
import time
from pathlib import Path

import pytest

from kiosk.domain.codes import AgeBand
from kiosk.screens.sweeper import HEAP, QUIET_S
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.conftest import Start
from tests.screens.test_traces import Traces
from tests.screens.xtest import Kiosk

TURNS = 12
Watched = tuple[Kiosk, Traces]


@pytest.fixture
def watched(start: Start, lying: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Give a terminal that stands on its second page, and what tells of its objects."""
    monkeypatch.setenv("PLAY_TRACES", str(tmp_path))
    kiosk = start(lying, "consent")
    kiosk.wait_page("consent")
    return kiosk, Traces(tmp_path)


def _there_and_back(kiosk: Kiosk) -> None:
    kiosk.tap(t(f"age_band.{AgeBand.ADULT.value}"))
    kiosk.wait_page("name")
    kiosk.tap(t("dock.back"))
    kiosk.wait_page("consent")


def _call_in_large_letters(kiosk: Kiosk) -> None:
    kiosk.tap(t("dock.large"))
    kiosk.wait_text(t("dock.small"))
    kiosk.tap(t("dock.call"))
    kiosk.tap(t("call.ok"))
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")
    kiosk.tap(t("dock.small"))
    kiosk.wait_text(t("dock.large"))


def _litter(traces: Traces) -> dict[str, int]:
    traces.ask("litter")
    lies: dict[str, int] = json.loads((traces.folder / "lies").read_text())
    return lies


def test_pages_when_a_visitor_never_pauses_do_not_pile_up_nor_stay(watched: Watched) -> None:
    kiosk, traces = watched
    _there_and_back(kiosk)
    _call_in_large_letters(kiosk)
    _litter(traces)
    for _ in range(TURNS):
        _there_and_back(kiosk)
    lies = _litter(traces)
    assert 0 < lies["most"] <= 1.5 * HEAP
    assert lies["shells"] == 1


def test_pages_when_a_visitor_went_away_do_not_wait_for_the_next_touch(watched: Watched) -> None:
    kiosk, traces = watched
    # well before the terminal, once in its life, sets aside what stands and collects the rest
    time.sleep(2 * QUIET_S)
    traces.ask("leave")
    kiosk.wait_page("home")
    time.sleep(3 * QUIET_S)
    assert _litter(traces)["pages"] == 1
