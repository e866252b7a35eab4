"""Where things stand on a board: on every screen nothing over anything else, and codes as wide as the distances ask."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.config import BoardSettings, WindowPlace
from kiosk.domain.board_look import board_look
from kiosk.screens.board.sizes import Place, sizes_for

SCREENS = st.sampled_from([(1280, 720), (1366, 768), (1920, 1080), (1920, 1200), (2560, 1440), (3840, 2160)])
TALL = 1.7


def _apart(a: Place, b: Place) -> bool:
    return a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


@given(SCREENS, st.booleans(), st.integers(430, 1000), st.floats(2, 4))
def test_sizes_when_a_screen_has_any_form_keep_places_apart(
    screen: tuple[int, int], upright: bool, short_mm: int, reading_m: float
) -> None:
    width, height = sorted(screen, reverse=not upright)
    settings = BoardSettings(screen_height_mm=round(short_mm * TALL) if upright else short_mm, reading_m=reading_m, scanning_m=1.5)
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
    for width, height, millimetres in ((1920, 1080, 620), (1080, 1920, 1102), (3840, 2160, 620)):
        settings = BoardSettings(screen_height_mm=millimetres)
        sizes = sizes_for(WindowPlace(left=0, top=0, width=width, height=height), settings)
        far = board_look(width, height, millimetres, settings.reading_m, settings.scanning_m).far_code_px
        # with a quiet zone of two modules on either side of the usual 33
        assert min(sizes.far.width, sizes.far.height) * 33 / 37 >= far
