"""Slides at rest never stand twice running at one place."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.drift import REACH_PX, shift

LETTER_STROKE_PX = 12
"""How thick a stroke of the largest letters is."""


@given(st.integers(0, 1_000_000))
def test_shift_when_the_slide_changes_moves_further_than_a_stroke_and_not_too_far(turn: int) -> None:
    (x, y), (next_x, next_y) = shift(turn), shift(turn + 1)
    assert max(abs(x), abs(y)) <= REACH_PX
    assert abs(next_x - x) > LETTER_STROKE_PX
    assert abs(next_y - y) > LETTER_STROKE_PX


@given(st.integers(0, 100_000))
def test_shift_when_an_hour_has_passed_has_been_everywhere(turn: int) -> None:
    cells = {(int((x + REACH_PX) // 20), int((y + REACH_PX) // 20)) for x, y in map(shift, range(turn, turn + 257))}
    assert len(cells) >= 16
