"""What a visitor does beside looking for work: a course, the Wi-Fi, the desk, a call for staff. And the screen at rest."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import ImageChops

from kiosk import bootstrap
from kiosk.domain.running import Facility, Signup, call_number
from kiosk.domain.station import Role, Training
from kiosk.domain.wifi import join_code
from kiosk.domain.worker import Worker
from kiosk.services import bookings, call, facilities, signups
from kiosk.services.sample import load_sample
from kiosk.services.sign_in import Session
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, key_in, looks
from tests.screens.xtest import Kiosk

CLERK = Session("x", "李芳", Role.HEAD)
TOUCH = "摸一下屏幕"


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def a_course(station: RealStation, seats: int) -> Training:
    """Let the county publish one course, and one of our own people be known; every other course goes."""
    sample = load_sample(bootstrap.ASSETS / "sample", bootstrap.wall_clock())
    course = min(sample.trainings, key=lambda one: one.starts_on)
    with station.here.store.write() as u:
        for signup in u.list(Signup):
            u.drop(Signup, signup.id)
        for policy in sample.policies:
            u.receive(policy)
        u.put(replace(course, seats=seats))
    return course


def own_worker(station: RealStation) -> Worker:
    with station.here.store.read() as u:
        return u.list(Worker, station_id=station.here.station_id)[0]


def prove(kiosk: Kiosk, worker: Worker) -> None:
    """Say by the slip's numbers who signs up."""
    kiosk.wait_text("您登记过吗")
    kiosk.tap("登记过，有小票")
    kiosk.wait_page("mine")
    key_in(kiosk, worker.code)
    kiosk.tap("下一步")
    kiosk.wait_text("最后 4 位")
    key_in(kiosk, worker.phone.last_four())
    kiosk.tap("下一步")
    kiosk.wait_page("signup")


def test_course_when_signed_up_for_by_slip_is_kept_found_again_and_given_back(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    course, worker = a_course(station, 1), own_worker(station)
    kiosk = start_real(screen)
    kiosk.tap("政策・培训")
    kiosk.tap(t("policy.trainings", count=1))
    kiosk.tap(course.title)
    kiosk.wait_page("policy")
    kiosk.wait_text("本站还能报 1 个人")
    kiosk.tap("我要报名")
    prove(kiosk, worker)
    kiosk.wait_text("报上以后，工作人员会把您的名字和电话告诉办班的人")
    kiosk.tap("同意，报上")
    kiosk.wait_page("got_slip")
    kiosk.wait_text("开课那天直接去")
    assert [(w.worker.id, w.behind) for w in signups.to_pass_on(station.here)] == [(worker.id, 0)]
    kiosk.tap("首页")
    kiosk.tap("政策・培训")
    kiosk.tap(t("policy.trainings", count=1))
    kiosk.tap(course.title)
    kiosk.wait_text("本站报的已经满了")
    kiosk.tap("排队报名")
    # home has forgotten him: who takes the seat back proves again who he is
    prove(kiosk, worker)
    kiosk.wait_text(f"您已经报上了，{worker.name.masked()}")
    kiosk.tap("不去了，取消")
    kiosk.wait_text("真的不去了吗？")
    assert looks(kiosk) == []
    kiosk.tap("不去了，取消")
    kiosk.wait_text("想去了可以再报。")
    assert signups.to_pass_on(station.here) == ()


def test_course_when_full_and_the_visitor_is_known_lets_him_line_up(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    course, worker = a_course(station, 0), own_worker(station)
    kiosk = start_real(lying, "signup_who", f"training_id={course.id}")
    kiosk.tap("没有登记过")
    kiosk.wait_page("consent")
    kiosk.tap("返回")
    kiosk.tap("登记过，有小票")
    key_in(kiosk, worker.code)
    kiosk.tap("下一步")
    key_in(kiosk, worker.phone.last_four())
    kiosk.tap("下一步")
    kiosk.wait_text("第 1 位")
    kiosk.tap("同意，排队")
    kiosk.wait_text("排上队了，第 1 位")
    assert looks(kiosk) == []
    assert [w.behind for w in signups.to_pass_on(station.here)] == [1]


def test_policy_when_printed_gives_a_slip_and_its_code_can_be_read(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    a_course(station, 1)
    kiosk = start_real(lying)
    kiosk.tap("政策・培训")
    kiosk.reach("工钱没拿到怎么办")
    kiosk.tap("工钱没拿到怎么办")
    kiosk.wait_page("policy")
    kiosk.wait_text("打印小票")
    time.sleep(0.5)
    (code,) = zxingcpp.read_barcodes(kiosk.screen.picture())
    assert code.text.startswith(f"{station.here.phone_base}/k/P")
    kiosk.tap("打印小票")
    kiosk.wait_text("小票正在打，请稍等。")


def test_wifi_when_set_joins_a_phone_by_a_code_that_another_reader_reads(
    start_real: StartReal, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, password = '义堂;驿站"5G', "yz:2026,88"
    monkeypatch.setenv("PLAY_WIFI", name)
    monkeypatch.setenv("PLAY_WIFI_PASSWORD", password)
    kiosk = start_real(screen)
    kiosk.tap("站点服务")
    kiosk.tap("连上")
    kiosk.wait_text(password)
    kiosk.wait_text(name)
    time.sleep(0.5)
    (code,) = zxingcpp.read_barcodes(kiosk.screen.picture())
    assert code.text == join_code(name, password)


def test_services_when_there_is_no_wifi_says_so_and_a_second_report_is_known(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    kiosk = start_real(lying)
    kiosk.tap("站点服务")
    kiosk.wait_text("还没有设好，问工作人员。")
    assert "连上" not in kiosk.texts()
    kiosk.wait_text("坏了，说一声")
    facilities.report_broken(station.here, Facility.REST)
    facilities.report_broken(station.here, Facility.DESK)
    for button in [b for b in kiosk.view()["things"] if b["text"] == "坏了，说一声" and b["button"]]:
        kiosk.screen.tap(kiosk.middle(button["button"]["rect"]))
    kiosk.wait_text("有人先说过了，站里会去看")
    kiosk.wait_text("告诉站里了，谢谢您")
    assert looks(kiosk) == []


def test_desk_when_booked_by_a_visitor_gives_a_number_that_cancels_it(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = start_real(screen)
    kiosk.tap("站点服务")
    kiosk.tap("订一场")
    kiosk.wait_page("talk")
    kiosk.tap("我找活")
    kiosk.tap("后天")
    kiosk.tap("1 小时")
    kiosk.tap("10:30")
    kiosk.wait_text("您是哪一边的？")
    kiosk.tap("订下，打小票")
    kiosk.wait_page("got_slip")
    (mine,) = [b for b in bookings.booked(station.here) if not b.by_name]
    number = call_number(mine.id)
    assert (mine.minutes, mine.who) == (60, f"找活的 {number} 号")
    kiosk.wait_text(f"{number} 号")
    kiosk.tap("首页")
    kiosk.tap("站点服务")
    kiosk.tap("订一场")
    kiosk.tap("后天")
    kiosk.wait_text("9:00")
    kiosk.reach("取消我订的")
    kiosk.tap("取消我订的")
    kiosk.wait_page("talk_cancel")
    wrong = "1000" if number != "1000" else "1001"
    key_in(kiosk, wrong)
    kiosk.tap("取消这一场")
    kiosk.wait_text("没有这个号，请再看一遍小票。")
    key_in(kiosk, number)
    kiosk.tap("取消这一场")
    kiosk.wait_text("后天 10:30 的洽谈间让给别人了。")
    assert [b for b in bookings.booked(station.here) if not b.by_name] == []


def test_call_when_answered_tells_the_visitor_and_rings_until_then(
    start_real: StartReal, station: RealStation, screen: Screen, rings: Path
) -> None:
    kiosk = start_real(screen)
    kiosk.tap("找活干")
    kiosk.wait_page("jobs")
    kiosk.tap("叫工作人员")
    kiosk.wait(lambda _: rings.exists(), "a ring")
    assert looks(kiosk) == []
    assert [one.where for one in call.open_calls(station.here)] == [t("home.find.title")]
    call.answer_calls(station.here, CLERK)
    kiosk.wait_text("李芳")
    kiosk.wait_text("工作人员听到了")
    assert looks(kiosk) == []
    kiosk.tap("好")
    kiosk.tap("叫工作人员")
    kiosk.wait(lambda _: len(call.open_calls(station.here)) == 1, "a new call")
    kiosk.tap("不用叫了")
    kiosk.wait(lambda _: not call.open_calls(station.here), "no call")
    assert rings.read_text().count("ring") == 2


def test_rest_when_nobody_touches_shows_slides_and_a_touch_opens_home_and_presses_nothing(
    start_real: StartReal, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_ATTRACT_S", "2")
    kiosk = start_real(screen)
    tile = kiosk.place("找活干")
    kiosk.wait_text(TOUCH)
    time.sleep(0.5)
    assert looks(kiosk) == []
    assert "找活干" not in kiosk.texts(), "nothing of home is drawn"
    for _ in range(3):  # an impatient finger where the first tile will be
        kiosk.screen.tap(tile, hold_s=0.03)
        time.sleep(0.03)
    kiosk.wait_text("我要登记")
    time.sleep(0.4)
    assert kiosk.view()["page"] == "home"
    kiosk.tap("站点服务")
    kiosk.wait_page("services")
    time.sleep(4)
    assert TOUCH not in kiosk.texts(), "never over a visitor's page"


def test_rest_when_something_is_scanned_wakes(
    start_real: StartReal, station: RealStation, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_ATTRACT_S", "2")
    kiosk = start_real(lying)
    kiosk.wait_text(TOUCH)
    (station.state / "run" / "scanner").write_text("https://somewhere.test/\n", "utf-8")
    kiosk.wait_text("我要登记")


@pytest.mark.long
def test_rest_when_two_rounds_of_slides_are_over_no_part_of_the_screen_stays_as_it_is(
    start_real: StartReal, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_ATTRACT_S", "2")
    kiosk = start_real(lying)
    kiosk.wait_text(TOUCH)
    darkest = brightest = kiosk.screen.picture().convert("L")
    # white letters of the three green slides of one round cross one another by chance: after two some dots of that are left
    end = time.monotonic() + 190
    while time.monotonic() < end:
        time.sleep(3)
        now = kiosk.screen.picture().convert("L")
        darkest, brightest = ImageChops.darker(darkest, now), ImageChops.lighter(brightest, now)
    assert sum(darkest.histogram()[200:]) < 200, "bright all the time"
    assert sum(ImageChops.subtract(brightest, darkest).histogram()[:40]) < 200, "hardly changed"
