"""How words are broken into lines on the board: in as few as they need, each where a thought ends as far as may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.widgets.wrap import in_thoughts, wrap


def _em(text: str) -> float:
    return sum(1.0 if c >= "\u2e80" else 0.5 for c in text)


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (8, ["找工作不要钱。", "有人收费，", "请告诉工作人员。"]),
        (12, ["找工作不要钱。有人收费，", "请告诉工作人员。"]),
        (14, ["找活的、请人的，", "不分本地外地，谁都可以来"]),
        (13, ["到站里的机器上自己点，", "或者找穿绿马甲的工作人员。"]),
        (8, ["义堂站的", "老师傅教做鱼面"]),
        (8, ["叉车司机", "（N1 证）培训"]),
        (9, ["招下面的人：", "装卸工两个"]),
        (9, ["家政服务员", "三四十岁的"]),
        (14, ["只有一行"]),
    ],
)
def test_words_when_they_need_several_lines_break_where_a_thought_ends(width: float, lines: list[str]) -> None:
    assert in_thoughts("".join(lines), width, _em).split("\n") == lines


@given(st.text("零工驿站，。、的（）12 a\n", max_size=60), st.floats(0.5, 20))
def test_words_when_they_are_broken_are_the_same_in_no_more_lines_and_none_is_too_wide(text: str, width: float) -> None:
    broken, plain = in_thoughts(text, width, _em).split("\n"), wrap(text, width, _em)
    assert len(broken) == len(plain)
    assert "".join("".join(broken).split()) == "".join(text.split())
    assert all(_em(line) <= max(width, *map(_em, plain)) for line in broken)
