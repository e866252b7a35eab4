"""How often a call rings."""

from itertools import pairwise

import pytest

from kiosk.screens.bell import Bell


@pytest.mark.parametrize(("shut", "rings"), [(False, 24), (True, 1)])
def test_bell_when_nobody_answers_for_ten_minutes_rings_gently(shut: bool, rings: int) -> None:
    heard: list[float] = []
    at = 0.0
    bell = Bell(lambda: heard.append(at), shut=shut)
    while at < 598:
        at += 2.0
        bell.wait(2.0)
    assert len(heard) == rings
    assert all(later - earlier >= 24 for earlier, later in pairwise(heard))
