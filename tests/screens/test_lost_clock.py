"""Staff at a terminal that has lost the time: today says so, the date is set by finger; and the sheet that finds where touch is lost."""

import time
from datetime import datetime, timedelta

import pytest

from kiosk.clock import StationClock
from kiosk.services import check_up
from kiosk.services.doctor import Finding
from kiosk.services.station import CHINA
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import PINS, RealStation, StartReal, key_in, looks
from tests.screens.xtest import Kiosk


def sign_in(kiosk: Kiosk) -> None:
    """Come to 今天 as the head."""
    kiosk.tap("李芳")
    key_in(kiosk, PINS["李芳"])
    kiosk.wait_page("today")


def test_terminal_when_the_time_is_lost_frightens_no_visitor_and_staff_set_it(
    start_real: StartReal, station: RealStation, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_LOST", "1")
    kiosk = start_real(lying, "home")
    kiosk.wait_text("找活干")
    said = " ".join(kiosk.texts())
    assert not [word for word in ("1970", "日期", "对时", "今天几号") if word in said]
    kiosk.close()
    kiosk = start_real(lying, "talk")
    kiosk.wait_text(t("bad.booking.no_clock"))
    assert looks(kiosk) == []
    kiosk.close()
    kiosk = start_real(lying, "sign_in")
    kiosk.wait_text("李芳")
    sign_in(kiosk)
    kiosk.tap(t("today.clock"))
    kiosk.wait_page("set_clock")
    now = datetime.now(CHINA)
    key_in(kiosk, f"{now:%m%d}")
    key_in(kiosk, f"{now:%H%M}")
    assert looks(kiosk) == []
    kiosk.tap(t("set_clock.main"))
    kiosk.wait_page("today")
    kiosk.wait(lambda _: t("today.clock") not in kiosk.texts(), "the card is gone")
    clock = StationClock(station.state)
    assert clock.sure()
    assert abs(clock() - now) < timedelta(minutes=3)


def test_self_check_when_staff_open_it_shows_what_is_wrong_and_the_sheet_finds_where_touch_is_lost(
    start_real: StartReal, station: RealStation, upright: Screen
) -> None:
    here = station.here
    check_up.keep(here.store, "", here.now(), [Finding(True, "数据库：打得开。", 1), Finding(False, "打印机：没有纸了，请换一卷。", 7)])
    kiosk = start_real(upright, "sign_in")
    kiosk.wait_text("李芳")
    sign_in(kiosk)
    kiosk.tap(t("section.self_check"))
    kiosk.wait_text("没有纸了，请换一卷。")
    kiosk.wait_text(t("self_check.some_bad", count=2, bad=1, which="7 号"))
    kiosk.tap(t("self_check.draw"))
    kiosk.wait_page("touch_test")
    time.sleep(0.5)
    # lines so close that no cell is left out, but for the last three rows
    for row in range(17):
        y = 48 + row * 96
        upright.drag((4, y), (1076, y), steps=24)
    kiosk.wait_text(t("touch_test.some_bad"), 25)
    assert any("下面" in text for text in kiosk.texts())
    assert looks(kiosk) == []
    assert not any("左上角" in text for text in kiosk.texts())
