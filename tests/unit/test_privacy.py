"""Personal values show themselves only when asked by name."""

import dataclasses
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.privacy import PersonName, Phone, is_mobile, is_phone

MOBILES = st.from_regex(r"1[3-9]\d{9}", fullmatch=True).map(lambda s: "".join(str(int(c)) for c in s))
HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)


@dataclasses.dataclass(frozen=True)
class _Holder:
    name: PersonName
    phone: Phone


@given(st.text(HAN, min_size=2, max_size=25), MOBILES)
def test_repr_when_a_record_holds_personal_values_shows_neither(name: str, phone: str) -> None:
    shown = repr(_Holder(PersonName(name), Phone(phone))) + f"{[PersonName(name)]!r}" + repr({"p": Phone(phone)})
    assert name not in shown
    assert phone not in shown
    assert phone[3:7] not in shown.replace(phone[-4:], "").replace(phone[:3], "")


@given(MOBILES)
def test_phone_when_masked_keeps_three_and_four_digits(phone: str) -> None:
    assert Phone(phone).masked() == f"{phone[:3]}****{phone[7:]}"
    assert Phone(phone).last_four() == phone[-4:]
    assert Phone(phone).grouped().replace(" ", "") == phone


@pytest.mark.parametrize("short", ["", "1", "12345", "123456"])
def test_phone_when_too_short_to_mask_shows_nothing_of_it(short: str) -> None:
    assert Phone(short).masked() == "****"


@pytest.mark.parametrize(
    ("name", "masked"), [("王秀兰", "王＊兰"), ("李明", "李＊"), ("欧阳春晓", "欧＊＊晓"), ("王", "＊"), ("", ""), ("𬬻建国", "𬬻＊国")]
)
def test_name_when_masked_hides_its_middle(name: str, masked: str) -> None:
    assert PersonName(name).masked() == masked


def test_name_when_long_is_masked_without_its_length() -> None:
    assert PersonName("买买提·艾合买提江").masked() == "买＊＊江"


def test_personal_value_when_written_on_purpose_is_whole() -> None:
    assert json.dumps({"n": PersonName("王秀兰")}, ensure_ascii=False) == '{"n": "王秀兰"}'
    assert f"{Phone('19900000001')}" == "19900000001"
    assert pickle.loads(pickle.dumps(Phone("19900000001"))) == "19900000001"


@given(MOBILES)
def test_is_mobile_when_eleven_digits_with_a_mobile_prefix_says_yes(phone: str) -> None:
    assert is_mobile(phone)
    assert is_phone(phone)
    assert not is_mobile(phone[:-1])
    assert not is_mobile(phone + "0")


@pytest.mark.parametrize(
    ("text", "phone"), [("07124321567", True), ("01012345678", True), ("12012345678", False), ("4321567", False), ("110", False)]
)
def test_is_phone_when_landline_needs_its_area_code(text: str, phone: bool) -> None:
    assert is_phone(text) is phone
    assert not is_mobile(text)
