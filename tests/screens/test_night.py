"""The screens while the station is shut: dark when nobody is there, awake at a touch that presses nothing."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from Xlib import display
from Xlib.ext import dpms

from kiosk.domain.station import Station
from kiosk.screens.bare import known
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal


def _until(done: Callable[[], bool], within_s: float = 15) -> bool:
    until = time.monotonic() + within_s
    while not done() and time.monotonic() < until:
        time.sleep(0.2)
    return done()


def _black(screen: Screen) -> bool:
    return screen.picture().getbbox() is None


def _power(screen: Screen) -> int | None:
    """Give the power level of what hangs on a screen; None where it has none to switch, as in memory."""
    line = display.Display(screen.name)
    level = line.dpms_info().power_level if line.has_extension("DPMS") and line.dpms_capable().capable else None
    line.close()
    return level


def test_screens_when_the_station_is_shut_go_dark_and_wake_at_a_touch_that_presses_nothing(
    start_real: StartReal, station: RealStation, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = station.here
    with here.store.write() as u:
        mine = u.get(Station, here.station_id)
        assert mine is not None
        u.put(replace(mine, hours="每天 0:00-0:01"))
    monkeypatch.setenv("PLAY_NIGHT_S", "3")
    kiosk = start_real(lying)
    kiosk.wait_text("找活干")
    assert not _black(lying)
    assert _until(lambda: _black(lying))
    assert _until(lambda: _power(lying) in (None, dpms.DPMSModeOff))
    # where 找活干 stands on home
    lying.tap((500, 400))
    assert _until(lambda: not _black(lying), 2)
    assert _power(lying) in (None, dpms.DPMSModeOn)
    time.sleep(0.6)
    kiosk.wait_text("找活干")
    assert kiosk.view()["page"] == "home"
    kiosk.tap("找活干")
    kiosk.wait(lambda seen: seen["page"] != "home", "the page behind it")
    assert known(Path(station.state)) == (mine.name, mine.phone.grouped())


def test_screens_when_the_station_is_open_stay_lit(
    start_real: StartReal, station: RealStation, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = station.here
    with here.store.write() as u:
        mine = u.get(Station, here.station_id)
        assert mine is not None
        u.put(replace(mine, hours="每天 0:00-24:00"))
    monkeypatch.setenv("PLAY_NIGHT_S", "1")
    kiosk = start_real(lying)
    kiosk.wait_text("找活干")
    time.sleep(3)
    assert not _black(lying)
