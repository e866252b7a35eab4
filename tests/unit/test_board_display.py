"""When a board must be built anew: by what the X server says of its monitors."""

import pytest

from kiosk.config import BoardSettings, WindowPlace
from kiosk.screens.board.display import Monitor, anew, fitted
from kiosk.screens.board.sizes import sizes_for

TERMINAL = Monitor(0, 0, 1920, 1080)
PLACE = WindowPlace(left=1920)
LOOK = BoardSettings()


def tv(width: int, height: int, left: int = 1920) -> Monitor:
    return Monitor(left, 0, width, height)


@pytest.mark.parametrize(
    ("monitors", "width", "height"),
    [
        ([], 1920, 1080),
        ([TERMINAL], 1920, 1080),
        ([TERMINAL, tv(1920, 1080)], 1920, 1080),
        ([TERMINAL, tv(1280, 720)], 1280, 720),
        ([TERMINAL, tv(3840, 2160)], 3840, 2160),
        ([TERMINAL, tv(1080, 1920)], 1080, 1920),
        # one screen over both windows, as Xvfb is: settings know where the board's part begins
        ([Monitor(0, 0, 3840, 1080)], 1920, 1080),
        ([TERMINAL, tv(0, 0)], 1920, 1080),
    ],
)
def test_window_when_a_monitor_stands_at_its_place_is_as_large(monitors: list[Monitor], width: int, height: int) -> None:
    place, look = fitted(PLACE, LOOK, monitors)
    assert (place.left, place.top, place.width, place.height, look.screen_inches) == (1920, 0, width, height, 0)


@pytest.mark.parametrize(
    ("pixels", "millimetres", "inches"),
    [
        ((1920, 1080), (1210, 680), 54.6),
        ((3840, 2160), (1210, 680), 54.6),
        # turned, whether the server turns the millimetres with it or not
        ((1080, 1920), (680, 1210), 54.6),
        ((1080, 1920), (1210, 680), 54.6),
        # says nothing, only its form, as a display in memory, as a watch or a wall, or as another screen than this
        ((1920, 1080), (0, 0), 0),
        ((1920, 1080), (160, 90), 0),
        ((1920, 1080), (1600, 900), 0),
        ((1920, 1080), (508, 286), 0),
        ((1920, 1080), (16000, 9001), 0),
        ((1920, 1080), (1210, 1020), 0),
    ],
)
def test_screen_when_it_says_how_large_it_is_is_believed_if_that_can_be(
    pixels: tuple[int, int], millimetres: tuple[int, int], inches: float
) -> None:
    seen = Monitor(1920, 0, *pixels, *millimetres)
    assert round(fitted(PLACE, LOOK, [TERMINAL, seen])[1].screen_inches, 1) == inches
    assert fitted(PLACE, BoardSettings(screen_inches=43), [TERMINAL, seen])[1].screen_inches == 43, "what is set wins"


def test_board_when_the_installer_turned_its_screen_is_as_high_as_that_stands() -> None:
    # as install.sh --board-turn left writes it: the window is upright already, and nobody says how large the screen is
    place, look = fitted(WindowPlace(left=1920, width=1080, height=1920), LOOK, [TERMINAL, tv(1080, 1920)])
    sizes = sizes_for(place, look)
    assert (sizes.screen.cramped, sizes.screen.guessed, sizes.rows >= 6) == (False, True, True)
    assert sizes.code < sizes.width / 2
    lying = sizes_for(PLACE, LOOK)
    assert sizes.code == pytest.approx(lying.code, abs=1), "a code is as wide however the screen hangs"


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
