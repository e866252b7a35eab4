"""What a registration accepts, and what it says about the rest."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import AgeBand
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.worker import check_age, check_mobile, check_name
from kiosk.errors import BadInput
from kiosk.text import t

DIGITS = st.text("0123456789", max_size=20)


@pytest.mark.parametrize("name", ["王秀兰", "李明", "欧阳春晓", "阿依古丽·买买提", "㛃〇", "𬬻建国", "凓勠", "王" * 25])
def test_check_name_when_it_is_a_name_keeps_every_character(name: str) -> None:
    assert check_name(name) == name
    assert isinstance(check_name(name), PersonName)


@pytest.mark.parametrize(
    ("written", "name"), [(" 王 秀兰\n", "王秀兰"), ("阿依·古丽", "阿依·古丽"), ("阿依•古丽", "阿依·古丽"), ("阿依・古丽", "阿依·古丽")]
)
def test_check_name_when_written_with_blanks_or_another_dot_is_tidied(written: str, name: str) -> None:
    assert check_name(written) == name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("", "bad.name.empty"),
        ("  ", "bad.name.empty"),
        ("王", "bad.name.short"),
        ("王" * 26, "bad.name.long"),
        ("王2明", "bad.name.characters"),
        ("Wang", "bad.name.characters"),
        ("·王明", "bad.name.characters"),
        ("王明·", "bad.name.characters"),
        ("王，明", "bad.name.characters"),
        ("王😀", "bad.name.characters"),
    ],
)
def test_check_name_when_it_is_none_says_why(name: str, key: str) -> None:
    with pytest.raises(BadInput) as error:
        check_name(name)
    assert (error.value.field, error.value.key) == ("name", key)
    assert t(key)


@given(st.text(max_size=40))
def test_check_name_when_given_anything_accepts_only_han_or_refuses(text: str) -> None:
    try:
        name = check_name(text)
    except BadInput:
        return
    assert 2 <= len(name) <= 25
    assert all(c in "·〇" or unicodedata.category(c) in ("Lo", "Cn") for c in name)
    assert check_name(name) == name


@given(DIGITS)
def test_check_mobile_when_given_digits_accepts_eleven_or_counts_them(digits: str) -> None:
    count = len(digits)
    if count == 11 and digits[0] == "1" and digits[1] in "3456789":
        phone = check_mobile(digits)
        assert isinstance(phone, Phone)
        assert phone == digits
        return
    with pytest.raises(BadInput) as error:
        check_mobile(digits)
    kind = "empty" if not count else "short" if count < 11 else "long" if count > 11 else "prefix"
    assert error.value.key == f"bad.phone.{kind}"
    assert kind != "short" or f"还差 {11 - count} 位" in t(error.value.key, **error.value.words)


@pytest.mark.parametrize("written", ["199 0000 0001", "199-0000-0001", " 19900000001 "])
def test_check_mobile_when_grouped_takes_the_digits(written: str) -> None:
    assert check_mobile(written) == "19900000001"


def test_check_age_when_under_sixteen_refuses_and_else_lets_pass() -> None:
    with pytest.raises(BadInput, match="age_band"):
        check_age(AgeBand.UNDER_16)
    for band in (AgeBand.MINOR, AgeBand.ADULT, AgeBand.SENIOR):
        assert check_age(band) is band
