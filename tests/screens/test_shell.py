"""The frame and home, touched from outside on a real window."""

import time
from pathlib import Path
from typing import Any

import pytest

from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.conftest import Start
from tests.screens.looks import problems
from tests.screens.xtest import Kiosk


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def _home(start: Start, screen: Screen, *arguments: str) -> Kiosk:
    kiosk = start(screen, *arguments)
    kiosk.wait_text("义堂站")
    return kiosk


def _looks(kiosk: Kiosk) -> list[str]:
    return problems(kiosk.view(), kiosk.screen.width, kiosk.screen.height)


def test_home_when_facts_arrive_shows_station_newest_and_nothing_cut(start: Start, screen: Screen) -> None:
    kiosk = _home(start, screen)
    assert {"云梦县零工驿站 ・ 义堂站", "装卸工 3 人", "260 元/天", "湖北零工驿站"} <= set(kiosk.texts())
    assert _looks(kiosk) == []


def test_home_when_letters_are_large_shows_all_ways_on_and_nothing_cut(start: Start, screen: Screen) -> None:
    kiosk = _home(start, screen)
    kiosk.tap("大字")
    kiosk.wait_text("小字")
    assert {"找活干", "我要登记", "我要招人", "我的登记", "政策・培训", "站点服务", "湖北零工驿站"} <= set(kiosk.texts())
    assert _looks(kiosk) == []
    kiosk.tap("小字")
    kiosk.wait_text("大字")


@pytest.mark.parametrize("large", [False, True])
def test_home_when_the_key_is_wrong_tells_staff_calmly(start: Start, screen: Screen, monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    monkeypatch.setenv("PLAY_OFFICE", "FaultyOffice")
    kiosk = start(screen)
    kiosk.wait_text("请叫工作人员：钥匙文件打不开数据库。")
    if large:
        kiosk.tap("大字")
        kiosk.wait_text("小字")
        kiosk.wait_text("请叫工作人员：钥匙文件打不开数据库。")
    assert "找活干" in kiosk.texts()
    assert _looks(kiosk) == []


@pytest.mark.parametrize("large", [False, True])
def test_home_when_nothing_is_published_and_the_line_is_down_says_so(
    start: Start, screen: Screen, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    monkeypatch.setenv("PLAY_OFFICE", "OldOffice")
    kiosk = start(screen)
    kiosk.wait_text("今天还没有活")
    if large:
        kiosk.tap("大字")
        kiosk.wait_text("小字")
    kiosk.wait_text("数据更新于 11月22日 15:42")
    assert _looks(kiosk) == []


def test_home_when_a_night_without_the_line_passes_says_so_and_calls_no_day_by_the_name_of_yesterday(
    start: Start, lying: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = tmp_path / "days"
    ahead.write_text("0")
    monkeypatch.setenv("PLAY_DAYS", str(ahead))
    kiosk = _home(start, lying)
    kiosk.wait_text("明天 7:00")
    ahead.write_text("1")
    kiosk.wait_text("数据更新于 11月23日 15:42", 30)
    assert "明天 7:00" not in " ".join(kiosk.texts())
    kiosk.wait_text("今天 7:00")
    assert _looks(kiosk) == []


def test_dock_when_staff_are_called_says_so_and_closes(start: Start, screen: Screen) -> None:
    kiosk = _home(start, screen)
    kiosk.tap("叫工作人员")
    kiosk.wait_text("已经叫了工作人员")
    assert _looks(kiosk) == []
    kiosk.screen.tap(kiosk.place("找活干"))
    assert kiosk.view()["dialog"], "a touch beside the dialog must not reach the page"
    kiosk.tap("好")
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")
    assert kiosk.view()["page"] == "home"


def test_button_when_touched_is_pressed_within_a_few_frames(start: Start, lying: Screen) -> None:
    kiosk = _home(start, lying)
    place = kiosk.place("我要招人")
    spot = (round(place[0]), round(place[1] - 90))
    assert lying.picture(*spot, 1, 1).getpixel((0, 0)) == (255, 255, 255)
    lying.press(place)
    began = time.monotonic()
    while lying.picture(*spot, 1, 1).getpixel((0, 0)) == (255, 255, 255):
        assert time.monotonic() - began < 2
    lying.drag(place, (place[0], 5))


def test_change_when_something_was_entered_wipes_it(start: Start, screen: Screen) -> None:
    kiosk = start(screen, "kitlist")
    kiosk.wait_page("kitlist")
    kiosk.tap("换人")
    kiosk.wait_page("home")
    kiosk.wait(lambda seen: not any(thing["text"] == "换人" for thing in seen["things"]), "no 换人")


@pytest.mark.parametrize("way", ["首页", "返回"])
def test_home_when_something_was_entered_asks_once_and_wipes_only_then(start: Start, lying: Screen, way: str) -> None:
    kiosk = start(lying, "kitlist")
    kiosk.wait_page("kitlist")
    kiosk.tap(way)
    kiosk.wait_text(t("go_home.known"))
    assert _looks(kiosk) == []
    kiosk.tap(t("go_home.stay_known"))
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")
    assert kiosk.view()["page"] == "kitlist"
    kiosk.wait_text("换人")
    kiosk.tap(way)
    kiosk.tap(t("go_home.go"))
    kiosk.wait_page("home")
    assert "换人" not in kiosk.texts()


def test_home_when_one_only_reads_asks_nothing_and_leaves_letters_large(start: Start, lying: Screen) -> None:
    kiosk = start(lying, "kitrows")
    kiosk.wait_page("kitrows")
    kiosk.tap("大字")
    kiosk.wait(lambda seen: bool(seen.get("large")), "大字")
    kiosk.tap("首页")
    seen = kiosk.wait_page("home")
    assert (seen["large"], seen["dialog"]) == (True, False)


def test_idle_when_nobody_touches_counts_down_then_wipes(start: Start, lying: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAY_IDLE_S", "6")
    kiosk = start(lying, "kitlist")
    kiosk.wait_text("还要用吗？")
    assert _looks(kiosk) == []
    kiosk.tap("继续用")
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")
    assert kiosk.view()["page"] == "kitlist"
    kiosk.wait_text("还要用吗？")
    seen = kiosk.wait_page("home")
    assert not any(thing["text"] == "换人" for thing in seen["things"])


def test_easier_when_chosen_stays_until_nobody_touches(start: Start, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAY_IDLE_S", "14")
    kiosk = _home(start, screen)
    kiosk.tap("调一调")
    kiosk.tap("黑底黄字，看得清")
    kiosk.wait(lambda seen: bool(seen.get("contrast")), "high contrast")
    time.sleep(0.3)
    assert screen.picture().getpixel((8, screen.height // 2)) == (0, 0, 0)
    assert _looks(kiosk) == []
    if screen.height > screen.width:
        kiosk.tap("调一调")
        kiosk.tap("按钮放低，坐着点")
        kiosk.wait_text("推上去")
        assert kiosk.place("找活干")[1] > 0.4 * screen.height
        kiosk.tap("推上去")
        kiosk.wait_text("拉下来")
        assert kiosk.place("找活干")[1] < 0.4 * screen.height
    kiosk.wait_text("还要用吗？")
    kiosk.wait(lambda seen: not seen.get("contrast") and not seen.get("low") and not seen.get("dialog"), "everything as ever", 40)


def test_page_when_it_fails_leads_home_and_logs_nothing_personal(start: Start, lying: Screen) -> None:
    kiosk = start(lying, "kitbroken")
    kiosk.wait_page("kitbroken")
    kiosk.tap("坏了")
    kiosk.wait_page("home")
    log = kiosk.log.read_text()
    assert "ValueError" in log
    assert "kit_page.py" in log
    assert "王秀兰" not in log
    assert "138" not in log


@pytest.mark.parametrize("way", ["首页", "返回", "大字", "idle"])
def test_page_when_it_fails_on_being_left_is_dropped_and_home_stands(
    start: Start, lying: Screen, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("PLAY_IDLE_S", "4")
    kiosk = start(lying, "kitclinging")
    kiosk.wait_page("kitclinging")
    if way != "idle":
        kiosk.tap(way)
    kiosk.wait_page("home")
    kiosk.tap("找活干")
    kiosk.wait_page("jobs")
    assert "王秀兰" not in kiosk.log.read_text()


def test_keys_when_escape_or_f1_is_pressed_do_nothing(start: Start, lying: Screen) -> None:
    kiosk = _home(start, lying)
    for keysym in (0xFF1B, 0xFFBE):
        lying.key(keysym)
    time.sleep(0.5)
    assert kiosk.view()["page"] == "home"
    assert kiosk.process.poll() is None


def test_list_when_a_page_button_is_pressed_turns_the_page(start: Start, lying: Screen) -> None:
    kiosk = start(lying, "kitlist")
    kiosk.wait_text("需 0 人")
    down = next(t for t in kiosk.view()["things"] if t["text"] == "chevron-down")
    lying.tap(kiosk.middle(down["button"]["rect"]))
    kiosk.wait_text("需 5 人")


def test_writing_box_when_strokes_are_quick_keeps_every_bend(start: Start, lying: Screen) -> None:
    kiosk = start(lying, "kit")
    seen = kiosk.wait_page("kit")
    left, top, *_ = next(thing["rect"] for thing in seen["things"] if thing["kind"] == "writing")
    bends = [(100, 40), (160, 40), (100, 120), (160, 120), (130, 170)]
    for n in range(4):
        kiosk.write([[(x + n * 200, y) for x, y in bends]])
    kiosk.write([[(950, 100)]])
    seen = kiosk.wait(lambda s: any(t["kind"] == "writing" and t["strokes"] == 5 for t in s["things"]), "five strokes")
    time.sleep(0.3)
    picture = lying.picture()
    for n in range(4):
        for x, y in bends:
            assert picture.getpixel((left + x + n * 200, top + y)) == (29, 38, 34), f"no ink at bend {x},{y} of stroke {n}"
    assert picture.getpixel((left + 950, top + 100)) == (29, 38, 34)


def test_countdown_when_a_dialog_is_open_lies_over_it_and_leaves_it(start: Start, lying: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAY_IDLE_S", "6")
    kiosk = _home(start, lying)
    kiosk.tap("叫工作人员")
    kiosk.wait_text("还要用吗？")
    kiosk.tap("继续用")
    kiosk.wait(lambda seen: not any(thing["text"] == "还要用吗？" for thing in seen["things"]), "the first dialog again")
    kiosk.wait_text("已经叫了工作人员")
    kiosk.wait_text("还要用吗？")
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")


def test_page_when_every_question_fails_says_so_once_and_calmly(start: Start, lying: Screen) -> None:
    kiosk = start(lying, "kitfailing")
    kiosk.wait_text("机器正忙，请过一会儿再试一次。")
    time.sleep(0.5)
    kiosk.tap("知道了")
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog after one tap")
