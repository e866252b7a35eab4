"""When a board must be built anew: by what the X server says of its monitors."""

import pytest

from kiosk.config import BoardSettings, WindowPlace
from kiosk.screens.board.display import Monitor, anew, fitted

TERMINAL = Monitor(0, 0, 1920, 1080)
PLACE = WindowPlace(left=1920)
LOOK = BoardSettings()


def tv(width: int, height: int, left: int = 1920) -> Monitor:
    return Monitor(left, 0, width, height)


@pytest.mark.parametrize(
    ("monitors", "width", "height", "tall"),
    [
        ([], 1920, 1080, 620),
        ([TERMINAL], 1920, 1080, 620),
        ([TERMINAL, tv(1920, 1080)], 1920, 1080, 620),
        ([TERMINAL, tv(1280, 720)], 1280, 720, 620),
        ([TERMINAL, tv(3840, 2160)], 3840, 2160, 620),
        ([TERMINAL, tv(1080, 1920)], 1080, 1920, 1102),
        # one screen over both windows, as Xvfb is: settings know where the board's part begins
        ([Monitor(0, 0, 3840, 1080)], 1920, 1080, 620),
        ([TERMINAL, tv(0, 0)], 1920, 1080, 620),
    ],
)
def test_window_when_a_monitor_stands_at_its_place_is_as_large(monitors: list[Monitor], width: int, height: int, tall: int) -> None:
    place, look = fitted(PLACE, LOOK, monitors)
    assert (place.left, place.top, place.width, place.height, look.screen_height_mm) == (1920, 0, width, height, tall)


def test_window_when_an_upright_screen_is_laid_down_knows_its_height() -> None:
    place, look = fitted(WindowPlace(width=1080, height=1920), BoardSettings(screen_height_mm=1102), [tv(1920, 1080, left=0)])
    assert (place.width, place.height, look.screen_height_mm) == (1920, 1080, 620)


@pytest.mark.parametrize(
    ("before", "now", "so"),
    [
        ([TERMINAL, tv(1280, 720)], [TERMINAL, tv(1280, 720)], True),
        ([TERMINAL, tv(1080, 1920)], [TERMINAL, tv(1080, 1920)], True),
        ([TERMINAL, tv(1920, 1080)], [TERMINAL, tv(1920, 1080)], False),
        # not before it has come to rest
        ([TERMINAL, tv(1920, 1080)], [TERMINAL, tv(1280, 720)], False),
        ([TERMINAL, tv(640, 480)], [TERMINAL, tv(1280, 720)], False),
        ([], [TERMINAL, tv(1280, 720)], False),
        # unplugged, and plugged in again
        ([TERMINAL], [TERMINAL], False),
        ([], [], False),
        ([TERMINAL], [TERMINAL, tv(1920, 1080)], False),
        # moved: the board does not run after it
        ([TERMINAL, tv(1280, 720, left=2560)], [TERMINAL, tv(1280, 720, left=2560)], False),
    ],
)
def test_board_when_its_monitor_changes_is_built_anew_once_it_rests(before: list[Monitor], now: list[Monitor], so: bool) -> None:
    assert anew(PLACE, before, now) is so
