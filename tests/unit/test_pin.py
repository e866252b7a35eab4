"""Which PINs are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.station import check_pin
from kiosk.errors import BadInput

WEAK = ("123456", "654321", "000000", "111111", "567890", "210987", "121212", "112112", "123123", "123321", "112233", "888999", "202020")


@pytest.mark.parametrize("pin", WEAK)
def test_pin_when_guessed_first_is_refused(pin: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_pin(pin)
    assert (caught.value.field, caught.value.key) == ("pin", "bad.pin.weak")


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345a", "４８２９１５", "48 915"])
def test_pin_when_not_six_digits_is_refused(pin: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_pin(pin)
    assert caught.value.key == "bad.pin.digits"


@pytest.mark.parametrize("pin", ["482915", "246810", "135790", "900132", "104729"])
def test_pin_when_good_is_taken(pin: str) -> None:
    assert check_pin(pin) == pin


@given(st.integers(0, 9), st.sampled_from([-1, 0, 1]))
def test_pin_when_digits_follow_each_other_is_refused(first: int, step: int) -> None:
    with pytest.raises(BadInput):
        check_pin("".join(str((first + n * step) % 10) for n in range(6)))


def test_pin_when_any_refuses_few() -> None:
    """Those that are refused must not make the rest easier to guess."""
    refused = 0
    for n in range(1_000_000):
        try:
            check_pin(f"{n:06d}")
        except BadInput:
            refused += 1
    assert refused < 10_000
