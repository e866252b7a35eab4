"""Names are offered before other words where a name is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.surnames import COMMON, surnames_first


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["网修蓝", "网", "王", "往", "汪"], ["王修蓝", "汪修蓝", "王", "汪", "网修蓝"]),
        (["张伟", "张", "涨"], ["张伟", "张", "涨"]),
        (["欧阳", "偶", "欧"], ["欧阳", "偶", "欧"]),
        ([], []),
    ],
)
def test_surnames_first_when_a_name_is_spelled_offers_names_first(words: list[str], first: list[str]) -> None:
    assert surnames_first(words)[: len(first)] == first


@given(st.lists(st.text("网王汪修蓝张伟里", min_size=1, max_size=3), unique=True))
def test_surnames_first_when_given_anything_loses_no_reading_and_repeats_none(words: list[str]) -> None:
    found = surnames_first(words)
    assert set(words) <= set(found)
    assert len(found) == len(set(found))
    begins = [word[0] in COMMON for word in found]
    assert begins == sorted(begins, reverse=True)
