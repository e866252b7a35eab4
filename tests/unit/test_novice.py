"""Whether a listing asks for experience, on sentences as employers write them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import Trade
from kiosk.domain.novice import CRAFTS, open_to_novices
from tests.station import a_listing

PLAIN = replace(a_listing(), title="装卸工", requirements="", description="")
OPEN = (
    "不要经验",
    "不要求经验",
    "无需经验",
    "没有经验也行",
    "经验不限",
    "没做过也可以",
    "没干过的也行",
    "新手也要",
    "生手熟手都行",
    "包教包会",
    "有人教",
    "师傅带",
    "学徒",
    "零基础可学",
    "一学就会",
)
ASKING = (
    "有经验",
    "要有两年以上经验",
    "三年以上手艺",
    "做过保洁",
    "干过工地",
    "熟手",
    "会开叉车",
    "会焊",
    "有C1驾照",
    "有B2驾照",
    "持证上岗",
    "有低压电工证",
    "有电工证",
    "要电焊证",
    "会看图纸",
    "五年驾龄",
)
SILENT = (
    "能吃苦",
    "有力气",
    "穿平底鞋",
    "自带草帽",
    "认得字",
    "会说普通话",
    "有健康证",
    "带身份证",
    "不怕晒",
    "早上五点到",
    "做过保洁的优先",
    "有驾照的加钱",
    "会开叉车的加钱",
)


@pytest.mark.parametrize("said", OPEN)
@pytest.mark.parametrize("trade", [Trade.LOADING, Trade.SEWING])
def test_open_to_novices_when_it_says_that_none_is_needed_says_yes(said: str, trade: Trade) -> None:
    assert open_to_novices(replace(PLAIN, trade=trade, requirements=f"能吃苦，{said}"))
    assert open_to_novices(replace(PLAIN, trade=trade, description=f"{said}。"))


@pytest.mark.parametrize("said", ASKING)
def test_open_to_novices_when_it_asks_for_more_says_no(said: str) -> None:
    assert not open_to_novices(replace(PLAIN, requirements=f"能吃苦，{said}"))
    assert not open_to_novices(replace(PLAIN, description=f"搬箱子。{said}。"))


@pytest.mark.parametrize("said", ["", *SILENT])
def test_open_to_novices_when_nothing_is_said_asks_only_for_crafts(said: str) -> None:
    for trade in Trade:
        assert open_to_novices(replace(PLAIN, trade=trade, requirements=said)) == (trade not in CRAFTS)


def test_open_to_novices_when_experience_is_open_but_a_licence_is_not_says_no() -> None:
    assert not open_to_novices(replace(PLAIN, requirements="经验不限，有C1驾照"))


@given(st.text("经验不要有做过证会开的优先，。 年一包教", max_size=12), st.sampled_from(Trade))
def test_open_to_novices_when_more_is_asked_for_never_opens(said: str, trade: Trade) -> None:
    listing = replace(PLAIN, trade=trade, requirements=said)
    assert not open_to_novices(replace(listing, description="要有三年以上经验"))
