"""Pages that were left do not pile up behind a visitor who never pauses: what room they once took Python keeps for ever."""

import json
from pathlib import Path

import pytest

from kiosk.domain.codes import AgeBand
from kiosk.screens.sweeper import HEAP
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.conftest import Start
from tests.screens.test_traces import Traces
from tests.screens.xtest import Kiosk

TURNS = 12


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


def test_pages_when_a_visitor_never_pauses_do_not_pile_up_nor_stay(
    start: Start, lying: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_TRACES", str(tmp_path))
    kiosk, traces = start(lying, "consent"), Traces(tmp_path)
    kiosk.wait_page("consent")
    _there_and_back(kiosk)
    _call_in_large_letters(kiosk)
    traces.ask("litter")
    for _ in range(TURNS):
        _there_and_back(kiosk)
    traces.ask("litter")
    lies = json.loads((tmp_path / "lies").read_text())
    assert 0 < lies["most"] <= 1.5 * HEAP
    assert lies["shells"] == 1
