"""The kind of window that costs least: one that the X server has, of full colour; none where there is no X server."""

import pytest
from Xlib import display

from kiosk.screens.visual import plain_visual
from kiosk.trial.display import Screen


def test_visual_when_there_is_a_screen_is_one_of_its_own_in_full_colour(lying: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", lying.name)
    line = display.Display(lying.name)
    full = {visual.visual_id for depth in line.screen().allowed_depths if depth.depth == 24 for visual in depth.visuals}
    line.close()
    assert int(plain_visual(), 16) in full


def test_visual_when_there_is_no_screen_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":99999")
    assert plain_visual() == ""
