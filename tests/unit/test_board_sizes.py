"""Where things stand on a board: on every screen nothing over anything else, and codes as wide as the distances ask."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.config import BoardSettings, WindowPlace, load
from kiosk.domain.board_look import board_look
from kiosk.errors import ConfigError
from kiosk.screens.board.sizes import Place, sizes_for
from kiosk.services.board_seen import set_for

SCREENS = st.sampled_from([(1280, 720), (1366, 768), (1920, 1080), (1920, 1200), (2560, 1440), (3840, 2160)])


def _apart(a: Place, b: Place) -> bool:
    return a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


@given(SCREENS, st.booleans(), st.floats(15, 120), st.floats(0.5, 12), st.floats(0.3, 6))
def test_sizes_when_a_screen_has_any_form_keep_places_apart(
    screen: tuple[int, int], upright: bool, inches: float, reading_m: float, scanning_m: float
) -> None:
    width, height = sorted(screen, reverse=not upright)
    settings = BoardSettings(screen_inches=inches, reading_m=reading_m, scanning_m=scanning_m)
    sizes = sizes_for(WindowPlace(left=0, top=0, width=width, height=height), settings)
    strip = Place(sizes.margin, sizes.safety + sizes.gap, sizes.far_words.width, sizes.strip - sizes.gap)
    assert _apart(sizes.beside, sizes.card)
    assert _apart(sizes.far, sizes.far_words)
    assert _apart(sizes.far, strip)
    for place in (sizes.beside, sizes.whole, sizes.card, sizes.far, sizes.far_words):
        assert min(place.width, place.height) > 0
        assert place.x >= sizes.margin
        assert place.x + place.width <= width - sizes.margin
        assert place.y >= sizes.safety + sizes.gap
        assert place.y + place.height <= height - sizes.header


def test_sizes_when_a_screen_is_as_we_advise_give_the_seats_a_code_they_can_scan() -> None:
    for width, height in ((1920, 1080), (1080, 1920), (3840, 2160)):
        settings = BoardSettings(screen_inches=50)
        sizes = sizes_for(WindowPlace(left=0, top=0, width=width, height=height), settings)
        far = board_look(width, height, 50, settings.reading_m, settings.scanning_m).far_code_px
        # with a quiet zone of two modules on either side of the usual 33
        assert min(sizes.far.width, sizes.far.height) * 33 / 37 >= far


def test_sizes_when_a_screen_is_too_small_for_its_distances_are_a_board_for_nearer_ones_and_say_so() -> None:
    for upright in (False, True):
        window = WindowPlace(width=1080, height=1920) if upright else WindowPlace()
        sizes = sizes_for(window, BoardSettings(screen_inches=24, reading_m=6, scanning_m=4))
        assert sizes.screen.cramped
        assert 1 < sizes.screen.reading_m < 6
        assert sizes.rows >= 3
        good, text = set_for(sizes.screen)
        assert (good, "24 寸" in text, "离 6.0 米" in text, "screen_inches" in text) == (False, True, True, False)
        fits = sizes_for(window, BoardSettings())
        assert (fits.screen.cramped, set_for(fits.screen)[0]) == (False, True)
        assert "screen_inches" in set_for(fits.screen)[1], "nobody said how large it is"


@pytest.mark.parametrize(
    ("line", "inches"), [("", 0.0), ("screen_inches = 55", 55.0), ("screen_inches = 42.5", 42.5), ("screen_height_mm = 620", 0.0)]
)
def test_settings_when_they_say_how_large_the_screen_is_give_its_inches(tmp_path: Path, line: str, inches: float) -> None:
    (tmp_path / "kiosk.toml").write_text(f"[board_look]\n{line}\n")
    assert load(tmp_path).board_look.screen_inches == inches


@pytest.mark.parametrize("line", ["screen_inches = 5", "screen_inches = 1218", "screen_inches = -50", "reading_m = 0", "scanning_m = -1"])
def test_settings_when_no_screen_can_be_so_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "kiosk.toml").write_text(f"[board_look]\n{line}\n")
    with pytest.raises(ConfigError, match=line.split()[0]):
        load(tmp_path)
