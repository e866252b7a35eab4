"""Who stands before the staff's pages, touched from outside: cards, first start, lock and return, handover, the team."""

import time
from dataclasses import replace
from typing import Any

import pytest

from kiosk.domain.print_job import PrintJob
from kiosk.domain.station import Role, Staff
from kiosk.services import team
from kiosk.services.call import call_staff
from kiosk.services.sign_in import card_hash, sign_in
from kiosk.store import chain
from kiosk.trial.display import Screen
from tests.screens.real import PINS, RealStation, StartReal, looks, spell
from tests.screens.test_staff import CLERK, HEAD, _session, _sign_in, _type
from tests.screens.xtest import Kiosk

CARDS = {HEAD: "YZGK00112233445566778899AABBCCDDEEFF", CLERK: "YZGKFFEEDDCCBBAA99887766554433221100"}
NEW = "739154"


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def _give_cards(station: RealStation) -> None:
    with station.here.store.write() as u:
        for staff in u.list(Staff):
            u.put(replace(staff, card_hash=card_hash(CARDS[staff.name])))


def _scan(station: RealStation, code: str) -> None:
    """Hold a code before the scanner: the simulator reads what is written to its line."""
    with (station.state / "run" / "scanner").open("wb", buffering=0) as line:
        line.write(f"{code}\r\n".encode())


def _acts(station: RealStation) -> list[str]:
    with station.here.store.read() as u:
        assert chain.verify(u.connection) is None
        return list(u.connection.exec_driver_sql("SELECT act FROM audit ORDER BY seq").scalars())


def _gone(kiosk: Kiosk, text: str) -> None:
    kiosk.wait(lambda seen: not any(text in thing["text"] for thing in seen["things"]), f"{text} gone")


def test_card_when_a_clerk_scans_his_signs_in_and_says_who(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    _give_cards(station)
    kiosk = start_real(screen, "sign_in")
    kiosk.wait_text(HEAD)
    kiosk.wait_text("也可以扫工作证")
    _scan(station, CARDS[CLERK])
    kiosk.wait_page("today")
    kiosk.wait_text("张伟（工作人员）")
    time.sleep(0.5)
    assert looks(kiosk) == []
    assert _acts(station) == ["sign_in"]


def test_card_when_it_is_the_heads_asks_for_the_pin_too(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    _give_cards(station)
    kiosk = start_real(lying, "sign_in")
    kiosk.wait_text(HEAD)
    _scan(station, CARDS[HEAD])
    kiosk.wait_text("李芳，再输六位密码")
    assert looks(kiosk) == []
    _type(kiosk, PINS[HEAD])
    kiosk.wait_page("today")


def test_card_when_unknown_says_so_and_the_pin_still_opens(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = start_real(screen, "sign_in")
    kiosk.wait_text(HEAD)
    for said in ("这张卡不能用", "这张卡不能用", "扫了几张不能用的卡"):
        _scan(station, "6901234567892")
        kiosk.wait_text(said)
        time.sleep(0.5)
    assert looks(kiosk) == []
    _sign_in(kiosk)


def test_first_start_when_nobody_is_there_lets_the_head_set_name_and_pin(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    with station.here.store.write() as u:
        for staff in u.list(Staff):
            u.drop(Staff, staff.id)
    call_staff(station.here, "首页")
    kiosk = start_real(screen, "sign_in")
    kiosk.wait_page("first_start")
    kiosk.wait_text("站长请写自己的名字")
    spell(kiosk, "wangfang", "王芳")
    kiosk.tap("下一步，设密码")
    kiosk.wait_page("new_pin")
    kiosk.wait_text("王芳，请自己设六位密码")
    for weak in ("123456", "000000", "111111"):
        _type(kiosk, weak)
        kiosk.wait_text("这个密码太好猜了")
    assert looks(kiosk) == []
    for digits, said in ((NEW, "再输一遍"), ("739155", "两次输的不一样")):
        _type(kiosk, digits)
        kiosk.wait_text(said)
    for _ in range(2):
        _type(kiosk, NEW)
        time.sleep(0.4)
    kiosk.wait_page("today")
    kiosk.wait_text("王芳（站长）")
    assert _acts(station) == ["set_up_head", "answer_call"]
    kiosk.tap("退出工作人员")
    kiosk.tap("叫工作人员")
    kiosk.tap("我是工作人员")
    kiosk.wait_text("王芳，请输六位密码")


def _soon_locked(start_real: StartReal, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> Kiosk:
    """Sign in where eight seconds without a touch lock; from home, where nothing is wiped while the terminal starts."""
    monkeypatch.setenv("PLAY_IDLE_S", "8")
    monkeypatch.setenv("PLAY_WARNING_S", "1")
    kiosk = start_real(screen)
    kiosk.tap("叫工作人员")
    kiosk.tap("我是工作人员")
    _sign_in(kiosk)
    return kiosk


def _lock(kiosk: Kiosk) -> None:
    kiosk.wait_text("请输六位密码接着办", timeout_s=40)


def test_lock_when_nobody_touches_hides_the_page_and_the_same_pin_brings_it_back_as_it_was(
    start_real: StartReal, station: RealStation, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = _soon_locked(start_real, screen, monkeypatch)
    kiosk.tap("人员")
    kiosk.tap("加一位")
    kiosk.wait_page("team_add")
    kiosk.tap("站长")
    spell(kiosk, "wangfang", "王芳")
    for letter in "xiao":
        kiosk.tap(letter)
    _lock(kiosk)
    seen = [thing["text"] for thing in kiosk.view()["things"]]
    assert not any("王芳" in text or "xiao" in text or text == "新同事叫什么名字？" for text in seen)
    assert "李芳（站长）" in str(seen), "whose it is stands there"
    assert looks(kiosk) == []
    for pale in ("首页", "返回", "大字"):
        kiosk.tap(pale)
    time.sleep(0.5)
    _lock(kiosk)
    _type(kiosk, "111111")
    kiosk.wait_text("密码不对")
    _type(kiosk, PINS[HEAD])
    kiosk.wait_text("新同事叫什么名字？")
    texts = [thing["text"] for thing in kiosk.view()["things"]]
    assert any("王芳" in text and "xiao" in text for text in texts) or ("王芳" in str(texts) and "xiao" in str(texts))
    assert kiosk.view()["page"] == "team_add"
    assert looks(kiosk) == []


def test_lock_when_a_dialog_is_open_hides_it_too_and_brings_it_back(
    start_real: StartReal, station: RealStation, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = _soon_locked(start_real, lying, monkeypatch)
    kiosk.tap("人员")
    kiosk.tap(CLERK)
    kiosk.tap("已离开")
    kiosk.wait_text("张伟 已经离开了吗？")
    _lock(kiosk)
    _gone(kiosk, "已经离开了吗")
    _type(kiosk, PINS[HEAD])
    kiosk.tap("是，已离开")
    kiosk.wait_text("张伟 不能再登录")
    with station.here.store.read() as u:
        assert [s.name for s in u.list(Staff, active=True)] == [HEAD]


def test_lock_when_a_colleague_signs_in_begins_afresh(
    start_real: StartReal, station: RealStation, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    _give_cards(station)
    kiosk = _soon_locked(start_real, screen, monkeypatch)
    kiosk.tap("人员")
    kiosk.wait_page("team")
    _lock(kiosk)
    kiosk.tap(CLERK)
    kiosk.wait_text("张伟，请输六位密码")
    _scan(station, CARDS[CLERK])
    kiosk.wait_page("today")
    kiosk.wait_text("张伟（工作人员）")
    _gone(kiosk, "接着办")
    assert [act for act in _acts(station) if act != "answer_call"] == ["sign_in", "sign_in", "hand_over"]


@pytest.mark.long
def test_lock_when_nobody_comes_gives_the_terminal_back_to_the_visitors(
    start_real: StartReal, station: RealStation, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = _soon_locked(start_real, lying, monkeypatch)
    _lock(kiosk)
    kiosk.tap("叫工作人员")
    kiosk.wait_text("叫了，请稍等")
    kiosk.wait_page("home", timeout_s=120)
    _gone(kiosk, "李芳")
    kiosk.tap("叫工作人员")
    kiosk.tap("我是工作人员")
    kiosk.wait_text("您是哪一位？")


def test_hand_over_when_tapped_leads_the_next_colleague_to_sign_in_and_is_audited(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap("交班")
    kiosk.wait_text("李芳 已退出，下一位请登录")
    _gone(kiosk, "（站长）")
    assert looks(kiosk) == []
    _sign_in(kiosk, CLERK)
    kiosk.wait_text("张伟（工作人员）")
    assert _acts(station) == ["sign_in", "hand_over", "sign_in"]
    kiosk.tap("首页")
    kiosk.wait_page("home")
    _gone(kiosk, "交班")


def test_team_when_the_head_enters_a_colleague_he_sets_his_own_pin_and_signs_in(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap("人员")
    kiosk.wait_text(CLERK)
    kiosk.wait_text("加一位")
    kiosk.tap("加一位")
    kiosk.wait_page("team_add")
    kiosk.tap("站长")
    spell(kiosk, "wangfang", "王芳")
    kiosk.wait_text("新同事叫什么名字？")
    kiosk.tap("下一步，设密码")
    kiosk.wait_text("王芳，请自己设六位密码")
    for _ in range(2):
        _type(kiosk, NEW)
        time.sleep(0.4)
    kiosk.wait_text("加好了，王芳 可以登录了。")
    assert looks(kiosk) == []
    kiosk.tap("知道了")
    kiosk.wait_page("team")
    kiosk.wait_text("王芳")
    session = _session(station, "王芳")
    assert session.role is Role.HEAD
    assert sign_in(station.here, session.staff_id, NEW) == session


def test_team_when_a_card_is_made_and_lost_prints_it_and_lets_it_open_nothing(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap("人员")
    kiosk.tap(CLERK)
    kiosk.wait_text("办工作证")
    kiosk.wait_text("张伟（工作人员）")
    kiosk.tap("办工作证")
    kiosk.wait_text("知道了")
    clerk = _session(station, CLERK).staff_id
    with station.here.store.read() as u:
        assert len(u.list(PrintJob, subject_id=clerk)) == 1
        assert u.need(Staff, clerk).card_hash
    kiosk.tap("知道了")
    kiosk.wait_text("换新工作证")
    kiosk.tap("工作证丢了")
    kiosk.wait_text("作废了")
    kiosk.tap("知道了")
    kiosk.wait_text("没有工作证")
    with station.here.store.read() as u:
        assert not u.need(Staff, clerk).card_hash
    assert _acts(station) == ["sign_in", "issue_card", "lose_card"]


def test_team_when_a_colleague_is_locked_out_lets_the_head_unlock_and_renew(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    clerk = _session(station, CLERK)
    for _ in range(4):
        with pytest.raises(Exception, match="locked|wrong"):
            sign_in(station.here, clerk.staff_id, "000000")
    kiosk = start_real(lying, "sign_in")
    _sign_in(kiosk)
    kiosk.tap("人员")
    kiosk.wait_text("锁住了")
    kiosk.tap(CLERK)
    kiosk.wait_text("解锁")
    assert looks(kiosk) == []
    kiosk.tap("解锁")
    kiosk.wait_text("解开了")
    kiosk.tap("知道了")
    _gone(kiosk, "锁住了")
    kiosk.tap("换密码")
    for _ in range(2):
        _type(kiosk, NEW)
        time.sleep(0.4)
    kiosk.wait_text("张伟 的密码换好了")
    kiosk.tap("知道了")
    kiosk.wait_page("team_person")
    assert sign_in(station.here, clerk.staff_id, NEW) == clerk


def test_team_when_the_last_head_would_leave_says_why_not(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying, "sign_in")
    _sign_in(kiosk)
    kiosk.tap("人员")
    kiosk.tap("您自己")
    kiosk.tap("已离开")
    kiosk.tap("是，已离开")
    kiosk.wait_text("站里至少要有一位站长")
    assert looks(kiosk) == []
    assert {m.name for m in team.members(station.here) if m.active} == {HEAD, CLERK}


def test_own_pin_when_ordinary_staff_change_it_wants_the_old_one(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk, CLERK)
    kiosk.wait_text("我的密码")
    assert "人员" not in [thing["text"] for thing in kiosk.view()["things"]]
    kiosk.tap("我的密码")
    kiosk.wait_text("先输现在的密码")
    for digits, said in (("000001", "再输新的六位密码"), (NEW, "再输一遍"), (NEW, "现在的密码不对")):
        _type(kiosk, digits)
        kiosk.wait_text(said)
    assert looks(kiosk) == []
    for digits, said in ((PINS[CLERK], "再输新的六位密码"), (NEW, "再输一遍"), (NEW, "密码换好了")):
        _type(kiosk, digits)
        kiosk.wait_text(said)
    kiosk.tap("知道了")
    kiosk.wait_page("today")
    clerk = _session(station, CLERK)
    assert sign_in(station.here, clerk.staff_id, NEW) == clerk
