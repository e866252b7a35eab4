"""Where things stand on a screen that shows the same few pictures for hours: never twice running at the same place. No Kivy."""

REACH_PX = 40
"""Design pixels to each side: more than a stroke of the largest letters is wide, less than the margins."""
_STEP_X, _STEP_Y = 0.6180339887, 0.7548776662
"""The steps that spread points most evenly along a line and over a square: no place comes again soon."""


def shift(turn: int) -> tuple[float, float]:
    """Give how far the `turn`-th picture stands from the middle, right and up, in design pixels."""
    return tuple(REACH_PX * (2 * (turn * step % 1) - 1) for step in (_STEP_X, _STEP_Y))  # type: ignore[return-value]
