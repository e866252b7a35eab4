"""年度考核 touched from outside: from the points to the records in three taps, in the year that was chosen."""

import re

import pytest

from kiosk.trial.display import Screen
from tests.screens.real import StartReal, looks
from tests.screens.test_today import staff_mode


def test_assessment_when_the_head_looks_leads_from_the_points_to_the_records_in_three_taps(start_real: StartReal, lying: Screen) -> None:
    kiosk = staff_mode(start_real, lying)
    kiosk.reach("年度考核")
    kiosk.tap("年度考核")
    kiosk.wait_page("assessment")
    kiosk.wait_text("评分细则是占位样本，以县里下发的为准")
    assert {"驿站建设", "政策体系", "管理运营", "服务保障"} <= set(kiosk.texts())
    assert looks(kiosk) == []
    kiosk.tap("看证据")
    kiosk.wait_page("evidence")
    kiosk.wait_text("服务区、发布区、洽谈区")
    kiosk.tap("开门时终端开着")
    kiosk.wait_text("满分要 98%")
    assert any("该开11 小时 0 分，终端开了" in text for text in kiosk.texts())
    assert looks(kiosk) == []
    kiosk.tap("返回")
    kiosk.wait_text("服务区、发布区、洽谈区")
    kiosk.tap("服务区、发布区、洽谈区")
    kiosk.wait_text("这一项要站长填")
    assert any("评分细则是占位样本，以县里下发的为准" in text for text in kiosk.texts())
    assert looks(kiosk) == []


@pytest.mark.long
def test_assessment_when_the_head_chooses_a_year_stays_with_it_down_to_the_items(start_real: StartReal, lying: Screen) -> None:
    kiosk = staff_mode(start_real, lying)
    kiosk.reach("年度考核")
    kiosk.tap("年度考核")
    kiosk.wait_page("assessment")
    kiosk.wait_text("驿站建设")
    over = next(text for text in sorted(kiosk.texts()) if re.fullmatch(r"\d{4} 年", text))
    kiosk.tap(over)
    kiosk.wait_text(f"算到 {over} 12 月 31 日")
    assert any(f"{over}考核" in text for text in kiosk.texts())
    assert looks(kiosk) == []
    kiosk.tap("看证据")
    kiosk.wait_page("evidence")
    kiosk.wait_text("服务区、发布区、洽谈区")
    assert any(f"{over}的证据" in text for text in kiosk.texts())
    kiosk.tap("服务区、发布区、洽谈区")
    kiosk.wait_text("这一项要站长填")
    assert any(f"{over}的证据" in text for text in kiosk.texts())
    kiosk.tap("返回")
    kiosk.wait_text("牌子、制度、服务清单上墙")
    kiosk.tap("返回")
    kiosk.wait_text(f"算到 {over} 12 月 31 日")
