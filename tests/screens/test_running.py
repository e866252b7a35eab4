"""Facilities, the negotiation desk, sign-ups and the ledger, on a real store and touched from outside; and what visitors see of them."""

from typing import Any

import pytest

from kiosk import bootstrap
from kiosk.domain.facility import Condition
from kiosk.domain.running import Facility, Signup, Spending, SpendingKind
from kiosk.services import bookings, facilities
from kiosk.services.sample import load_sample
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, key_in, looks, spell
from tests.screens.test_today import look_at_all, staff_mode
from tests.screens.xtest import Kiosk


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def _room(start_real: StartReal, screen: Screen, name: str, page: str) -> Kiosk:
    kiosk = staff_mode(start_real, screen)
    kiosk.reach(name)
    kiosk.tap(name)
    kiosk.wait_page(page)
    return kiosk


def _tap_under(kiosk: Kiosk, title: str, text: str) -> None:
    """Tap the button that says `text` on the card with the title: the nearest below it."""
    top = kiosk.wait_text(title)["rect"]
    below = [t for t in kiosk.view()["things"] if t["text"] == text and t["button"] and t["rect"][1] > top[1]]
    nearest = min(below, key=lambda t: t["rect"][1] - top[1] + abs(t["rect"][0] - top[0]))
    kiosk.touch(kiosk.middle(nearest["button"]["rect"]))


def _condition(station: RealStation, facility: Facility) -> Condition:
    return next(s.condition for s in facilities.latest(station.here) if s.facility is facility)


def _county_has_spoken(station: RealStation) -> None:
    sample = load_sample(bootstrap.ASSETS / "sample", station.here.now())
    with station.here.store.write() as u:
        for record in (*sample.stations, *sample.trainings):
            u.receive(record)


def test_facilities_when_looked_at_are_noted(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    look_at_all(station)
    facilities.report_broken(station.here, Facility.WATER)
    kiosk = _room(start_real, screen, "站内设施", "facilities")
    kiosk.wait_text("有人说坏了，请去看看")
    _tap_under(kiosk, "热水", "好的")
    kiosk.wait_text("记下了：热水是好的")
    assert _condition(station, Facility.WATER) is Condition.GOOD
    _tap_under(kiosk, "无线网", "坏了")
    kiosk.wait_text("记下了：无线网坏了，来人在机器上看得到")
    assert _condition(station, Facility.WIFI) is Condition.BROKEN
    kiosk.wait_text("设施，1 样要看")


def test_expiry_when_chosen_by_year_and_month_is_kept(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = _room(start_real, screen, "站内设施", "facilities")
    kiosk.tap("到期日")
    kiosk.wait_page("facility_expiry")
    year = station.here.today().year + 2
    kiosk.tap(str(year))
    kiosk.tap("2月")
    kiosk.wait_text("药箱里最早到期的是哪一样？")
    kiosk.tap("记下")
    kiosk.wait_text("记下了：药箱")
    assert looks(kiosk) == []
    found = next(s for s in facilities.latest(station.here) if s.facility is Facility.FIRST_AID)
    assert found.expires_on is not None
    assert (found.expires_on.year, found.expires_on.month, found.condition) == (year, 2, Condition.GOOD)


def test_desk_when_booked_and_cancelled_shows_it(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = _room(start_real, screen, "站内设施", "facilities")
    kiosk.tap("洽谈间 1 场")
    kiosk.wait_text("汉十物流")
    kiosk.tap("订一场")
    kiosk.wait_page("booking")
    kiosk.tap("后天")
    kiosk.tap("半小时")
    kiosk.tap("10:30")
    kiosk.wait_text("哪一天")
    kiosk.reach("云梦县梦丰食品厂")
    kiosk.tap("云梦县梦丰食品厂")
    kiosk.tap("订下")
    kiosk.wait_text("订好了：后天 10:30 云梦县梦丰食品厂")
    assert looks(kiosk) == []
    assert [(b.who, b.minutes) for b in bookings.booked(station.here)][-1] == ("云梦县梦丰食品厂", 30)
    _tap_right(kiosk, "10:30 到 11:00 ・ 云梦县梦丰食品厂", "取消")
    kiosk.wait_text("取消这一场？")
    assert looks(kiosk) == []
    kiosk.tap("对，取消")
    kiosk.wait_text("取消了")
    assert len(bookings.booked(station.here)) == 1


def _tap_right(kiosk: Kiosk, title: str, text: str) -> None:
    level = kiosk.wait_text(title)["rect"][1]
    row = min((t for t in kiosk.view()["things"] if t["text"] == text and t["button"]), key=lambda t: abs(t["rect"][1] - level))
    kiosk.touch(kiosk.middle(row["button"]["rect"]))


def test_booking_when_the_firm_is_unknown_is_written(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = _room(start_real, lying, "站内设施", "facilities")
    kiosk.tap("洽谈间 1 场")
    kiosk.tap("订一场")
    kiosk.wait_page("booking")
    kiosk.tap("后天")
    kiosk.tap("9:00")
    kiosk.tap("自己写")
    kiosk.wait_page("own_words")
    kiosk.wait_text("写公司名，或者小票编号")
    spell(kiosk, "nong", "农")
    kiosk.tap("写好了")
    kiosk.wait_page("booking")
    kiosk.tap("订下")
    kiosk.wait_text("订好了：后天 9:00 农")
    assert bookings.booked(station.here)[-1].who == "农"


def test_signups_when_passed_on_are_done(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    _county_has_spoken(station)
    kiosk = _room(start_real, screen, "站内设施", "facilities")
    kiosk.tap("报名 2 个")
    kiosk.wait_text("王兴旺想学“云梦鱼面、面点手艺”")
    kiosk.wait_text("王兴旺想学")
    for left in (1, 0):
        kiosk.tap("已告知")
        kiosk.wait_text(f"报名 {left} 个" if left else "都转告了")
    assert looks(kiosk) == []
    with station.here.store.read() as u:
        assert [(s.told, s.by_name) for s in u.list(Signup)] == [(True, "李芳")] * 2


def test_ledger_when_a_line_is_entered_and_taken_back_adds_up(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = _room(start_real, screen, "资金台账", "ledger")
    kiosk.wait_text("一共花了")
    kiosk.tap("记一笔")
    kiosk.wait_page("ledger_entry")
    kiosk.tap("电费")
    key_in(kiosk, "88")
    kiosk.tap("点")
    key_in(kiosk, "605")
    kiosk.wait_text("88.60 元")
    kiosk.tap("记下")
    kiosk.wait_text("记下了：电费")
    with station.here.store.read() as u:
        line = next(s for s in u.list(Spending) if s.purpose == "电费")
    assert (line.amount_fen, line.kind, line.spent_on) == (8860, SpendingKind.RUNNING, station.here.today())
    _tap_right(kiosk, "88.6 元", "划掉")
    kiosk.wait_text("划掉这一笔？")
    assert looks(kiosk) == []
    kiosk.tap("划掉")
    kiosk.wait_text("划掉了，这一笔不再算进去")
    kiosk.wait_text("已划掉")
    assert looks(kiosk) == []
    with station.here.store.read() as u:
        assert [s.cancels for s in u.list(Spending) if s.purpose == "电费"] == [None, line.id]


def test_services_when_a_visitor_says_something_is_broken_tell_staff(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    look_at_all(station)
    kiosk = start_real(screen)
    kiosk.tap("站点服务")
    kiosk.wait_text("好用，今天")
    kiosk.wait_text("热水")
    _tap_under(kiosk, "热水", "坏了，说一声")
    kiosk.wait_text("告诉站里了，谢谢您")
    assert looks(kiosk) == []
    assert _condition(station, Facility.WATER) is Condition.REPORTED
    kiosk.tap("首页")
    kiosk.tap("站点服务")
    kiosk.wait_text("有人说坏了，站里会去看")


def test_house_rules_when_opened_stand_whole_with_whom_to_complain_to(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    _county_has_spoken(station)
    kiosk = start_real(screen)
    kiosk.tap("站点服务")
    kiosk.tap("站里的规矩、投诉电话")
    kiosk.wait_page("house_rules")
    kiosk.wait_text("来找活、来招人，都不要钱")
    for tab, line in (("驿站制度", "来找活、来招人"), ("办事清单", "登记找活："), ("投诉电话", "人社服务热线：12333")):
        kiosk.tap(tab)
        kiosk.wait_text(line)
    kiosk.wait_text("云梦县公共就业和人才服务中心：0712-0000100")
