"""Whose touch counts."""

from hypothesis import given
from hypothesis import strategies as some

from kiosk.screens.hands import AGAIN_PX, AGAIN_S, TOGETHER_S, Fate, Hands


def tap(hands: Hands, x: float, y: float, now: float, hold: float = 0.08) -> Fate:
    fate = hands.begins("tap", x, y, now)
    hands.ends("tap", x, y, now + hold)
    return fate


def test_hands_when_two_touches_come_at_once_only_the_first_acts() -> None:
    hands = Hands()
    assert hands.begins("finger", 100, 100, 0) is Fate.ACTS
    assert hands.begins("palm", 600, 900, 0.1) is Fate.LEFT_OUT
    assert hands.acts("finger")
    assert not hands.acts("palm")
    hands.ends("finger", 100, 100, 0.2)
    assert hands.begins("third", 400, 400, 1.0) is Fate.ACTS, "a palm that was left out blocks nobody"


def test_hands_when_a_palm_rests_the_finger_acts_and_the_palm_never_does() -> None:
    hands = Hands()
    hands.begins("palm", 600, 1000, 0)
    assert hands.begins("finger", 300, 300, 2) is Fate.TAKES_OVER
    assert not hands.acts("palm")
    hands.ends("finger", 300, 300, 2.1)
    assert tap(hands, 300, 500, 4) is Fate.ACTS
    hands.ends("palm", 600, 1000, 5)
    assert tap(hands, 610, 1000, 5.1) is Fate.ACTS, "where a palm lay is no echo"


def test_hands_when_the_page_changed_leaves_out_the_echo_of_a_tap_only() -> None:
    hands = Hands()
    assert tap(hands, 300, 300, 0) is Fate.ACTS
    hands.changed(0.09)
    assert tap(hands, 310, 290, 0.3) is Fate.LEFT_OUT
    assert tap(hands, 310, 290, 0.4) is Fate.LEFT_OUT
    assert tap(hands, 300 + AGAIN_PX * 2, 300, 0.5) is Fate.ACTS, "elsewhere it is meant"
    assert tap(hands, 300, 300, 0.5 + AGAIN_S + 1) is Fate.ACTS


def test_hands_when_the_page_stays_lets_digits_be_keyed_quickly() -> None:
    hands = Hands()
    hands.changed(-10)
    assert {tap(hands, 300, 300, n * 0.15, 0.05) for n in range(8)} == {Fate.ACTS}


@given(
    some.lists(
        some.tuples(some.integers(0, 3), some.booleans(), some.floats(0, 1000), some.floats(0, 1000), some.floats(0, 2)), max_size=60
    )
)
def test_hands_when_anything_touches_at_most_one_acts(moves: list[tuple[int, bool, float, float, float]]) -> None:
    hands, now, down = Hands(), 0.0, set[int]()
    for touch, begins, x, y, wait in moves:
        now += wait
        if begins and touch not in down:
            fate = hands.begins(touch, x, y, now)
            down.add(touch)
            assert (fate is Fate.LEFT_OUT) != hands.acts(touch)
        elif not begins and touch in down:
            hands.ends(touch, x, y, now)
            down.remove(touch)
        assert sum(hands.acts(one) for one in down) <= 1
    assert TOGETHER_S < AGAIN_S
