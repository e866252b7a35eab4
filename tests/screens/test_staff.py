"""Staff mode on a real store, touched from outside: signing in, reading, approving, returning, rejecting, leaving."""

import time
from datetime import timedelta
from typing import Any

import pytest

from kiosk.domain.listing import Listing, ListingState, Review, Takedown, Verdict, state_of
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.review import Severity
from kiosk.domain.station import Staff
from kiosk.services.call import call_staff, open_calls
from kiosk.services.publish import Pending, decide, pending
from kiosk.services.sign_in import Session
from kiosk.trial.display import Screen
from tests.screens.real import PINS, RealStation, StartReal, enlarge, looks, spell
from tests.screens.xtest import Kiosk

HEAD, CLERK = "李芳", "张伟"


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def _type(kiosk: Kiosk, pin: str) -> None:
    for digit in pin:
        kiosk.tap(digit)
        time.sleep(0.08)


def _sign_in(kiosk: Kiosk, name: str = HEAD) -> None:
    kiosk.tap(name)
    kiosk.wait_text(f"{name}，请输六位密码")
    _type(kiosk, PINS[name])
    kiosk.wait_page("today")


def _review(start_real: StartReal, screen: Screen) -> Kiosk:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk)
    kiosk.tap("审核")
    kiosk.wait_page("review")
    return kiosk


def _first(station: RealStation, severity: Severity | None) -> Pending:
    """Find the most urgent one whose heaviest finding is this."""
    return next(p for p in pending(station.here) if (p.findings[0].severity if p.findings else None) is severity)


def _only(station: RealStation, kept: Pending | None) -> None:
    """Leave just this one in the queue: the others are taken down."""
    now = station.here.now()
    with station.here.store.write() as u:
        for other in [p for p in pending(station.here) if kept is None or p.listing.id != kept.listing.id]:
            one = Takedown(
                id=new_id(now),
                station_id=station.here.station_id,
                listing_id=other.listing.id,
                by_name=HEAD,
                reason="测试",
                taken_down_at=now - timedelta(seconds=1),
            )
            u.keep(one)


def _cards(seen: dict[str, Any], one: Pending) -> list[list[int]]:
    """Find where the listing's card stands in the queue: its title stands in the listing itself, too, but is no button there."""
    name = f"{one.listing.title} {one.listing.headcount} 人"
    return [t["button"]["rect"] for t in seen["things"] if t["text"] == name and t["button"]]


def _open(kiosk: Kiosk, one: Pending) -> None:
    seen = kiosk.wait(lambda seen: bool(_cards(seen, one)), f"the card of {one.listing.title}")
    kiosk.touch(kiosk.middle(_cards(seen, one)[0]))
    kiosk.wait_text("退回，请他改")
    time.sleep(0.3)


def _state(station: RealStation, one: Pending) -> ListingState:
    with station.here.store.read() as u:
        listing = u.need(Listing, one.listing.id)
        reviews, takedowns = u.list(Review, listing_id=listing.id), u.list(Takedown, listing_id=listing.id)
    return state_of(listing, reviews, takedowns, station.here.today())


def _public(station: RealStation, one: Pending) -> bool:
    with station.here.store.read() as u:
        return u.published(one.listing.id) is not None


def _session(station: RealStation, name: str) -> Session:
    with station.here.store.read() as u:
        staff = next(s for s in u.list(Staff) if s.name == name)
    return Session(staff.id, staff.name, staff.role)


def test_sign_in_when_called_from_a_visitors_page_leads_through_the_pin_to_today(start_real: StartReal, screen: Screen) -> None:
    kiosk = start_real(screen)
    kiosk.tap("叫工作人员")
    kiosk.tap("我是工作人员")
    kiosk.wait_page("sign_in")
    kiosk.wait_text("您是哪一位？")
    _sign_in(kiosk)
    kiosk.wait_text("李芳（站长）")
    kiosk.wait_text("今天")


def test_sign_in_when_the_pin_is_wrong_says_so_and_lets_one_try_again(start_real: StartReal, screen: Screen) -> None:
    kiosk = start_real(screen, "sign_in")
    kiosk.tap(HEAD)
    _type(kiosk, "111111")
    kiosk.wait_text("密码不对，请再输一次。")
    assert looks(kiosk) == []
    _type(kiosk, PINS[HEAD])
    kiosk.wait_page("today")


def test_sign_in_when_locked_out_says_how_long_and_lets_the_colleague_in(start_real: StartReal, screen: Screen) -> None:
    kiosk = start_real(screen, "sign_in")
    kiosk.tap(CLERK)
    for _ in range(3):
        kiosk.wait(lambda seen: any(t["text"] == "○○○○○○" for t in seen["things"]), "an empty row of dots")
        _type(kiosk, "111111")
        time.sleep(0.5)
    said = kiosk.wait_text("输错的次数多了，再等")["text"]
    assert "秒" in said
    assert looks(kiosk) == []
    before = said
    kiosk.wait(lambda seen: not any(t["text"] == before for t in seen["things"]), "the seconds counting down")
    _type(kiosk, PINS[CLERK])
    assert kiosk.view()["page"] == "sign_in", "the right PIN must not count while locked"
    _sign_in(kiosk, HEAD)
    kiosk.wait_text("李芳（站长）")


def test_review_when_opened_shows_the_most_urgent_first_and_nothing_cut(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    kiosk = _review(start_real, screen)
    queue = pending(station.here)
    kiosk.wait_text(f"等您审核 {len(queue)} 条")
    seen = kiosk.view()
    tops = [_cards(seen, one)[0][1] for one in queue[:3]]
    assert tops == sorted(tops)
    kiosk.wait_text(f"等您审核 {len(queue)} 条")


def test_review_when_a_listing_is_read_shows_what_the_rules_found(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _first(station, Severity.HOLD)
    kiosk = _review(start_real, screen)
    _open(kiosk, one)
    kiosk.wait_text("要写理由")
    kiosk.wait_text(one.findings[0].source)
    kiosk.wait_text("写理由后通过")
    assert looks(kiosk) == []
    enlarge(kiosk)
    time.sleep(0.6)
    if screen.width > screen.height:
        # what three columns showed at once is a queue now, and the listing one opens from it
        kiosk.wait_text("写理由后通过")
    assert looks(kiosk) == []
    kiosk.tap("返回")
    kiosk.wait_text("等您审核")
    assert looks(kiosk) == []


def test_review_when_a_clean_one_is_approved_is_public_and_says_so(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _first(station, None)
    kiosk = _review(start_real, screen)
    _open(kiosk, one)
    assert not _public(station, one)
    kiosk.tap("通过，上大屏")
    kiosk.wait_text(f"“{one.listing.title}”通过了，已经上大屏")
    assert _public(station, one)
    with station.here.store.read() as u:
        review = u.list(Review, listing_id=one.listing.id)[-1]
    assert (review.reviewer_name, review.verdict) == (HEAD, Verdict.APPROVE)
    kiosk.wait_text(f"等您审核 {len(pending(station.here))} 条")


def test_review_when_rules_hold_wants_a_reason_for_each_before_it_is_public(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    one = _first(station, Severity.HOLD)
    rules = list(dict.fromkeys(f.rule for f in one.findings if f.severity is Severity.HOLD))
    kiosk = _review(start_real, screen)
    _open(kiosk, one)
    kiosk.tap("写理由后通过")
    kiosk.wait_page("reason")
    for n in range(len(rules)):
        button = "写好了" if n == len(rules) - 1 else "下一处"
        kiosk.wait_text(button)
        assert not _enabled(kiosk.view(), button), "pale without a reason"
        kiosk.wait_text("已打电话核实，属实")
        kiosk.wait_text(one.findings[n].source)
        assert not _public(station, one)
        if n == 1:
            kiosk.tap("返回")
            kiosk.wait_text(one.findings[0].source)
            kiosk.wait_text("下一处")
            assert _enabled(kiosk.view(), "下一处"), "what was chosen before stays"
            kiosk.tap("下一处")
            kiosk.wait_text(one.findings[1].source)
        kiosk.tap("已打电话核实，属实")
        kiosk.tap(button)
    kiosk.wait_text(f"“{one.listing.title}”通过了，已经上大屏")
    assert _public(station, one)
    with station.here.store.read() as u:
        review = u.list(Review, listing_id=one.listing.id)[-1]
    assert review.hold_reasons == dict.fromkeys(rules, "已打电话核实，属实")


def _enabled(seen: dict[str, Any], text: str) -> bool:
    return any(t["text"] == text and t["button"] and t["button"]["enabled"] for t in seen["things"])


def test_review_when_a_rule_blocks_cannot_be_approved(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _first(station, Severity.BLOCK)
    _only(station, one)
    kiosk = _review(start_real, screen)
    _open(kiosk, one)
    kiosk.wait_text("不能通过")
    assert not _enabled(kiosk.view(), "没填全，不能通过")
    kiosk.tap("没填全，不能通过")
    time.sleep(0.5)
    assert kiosk.view()["page"] == "review"
    assert _state(station, one) is ListingState.PENDING
    assert looks(kiosk) == []


def test_review_when_returned_with_a_reason_queues_a_slip(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = pending(station.here)[0]
    kiosk = _review(start_real, screen)
    _open(kiosk, one)
    kiosk.tap("退回，请他改")
    kiosk.wait_page("reason")
    kiosk.wait_text("请去掉收费的内容")
    kiosk.tap("请去掉收费的内容")
    kiosk.tap("写好了")
    kiosk.wait_text(f"“{one.listing.title}”退回了，退回单在打印")
    assert _state(station, one) is ListingState.RETURNED
    with station.here.store.read() as u:
        slips = u.list(PrintJob, subject_id=one.listing.id)
    assert len(slips) == 1
    assert "请去掉收费的内容" in str(slips[0].slip)


def test_review_when_rejected_with_a_reason_of_ones_own_keeps_it(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = pending(station.here)[0]
    kiosk = _review(start_real, screen)
    _open(kiosk, one)
    kiosk.tap("不通过")
    kiosk.wait_page("reason")
    kiosk.tap("自己写")
    spell(kiosk, "jia", "假")
    spell(kiosk, "de", "的")
    kiosk.wait_text("假的")
    assert looks(kiosk) == []
    kiosk.tap("写好了")
    kiosk.wait_text(f"记下了：“{one.listing.title}”不通过")
    assert _state(station, one) is ListingState.REJECTED
    with station.here.store.read() as u:
        assert u.list(Review, listing_id=one.listing.id)[-1].reason == "假的"


def test_review_when_a_colleague_was_quicker_says_so_calmly(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = _first(station, None)
    kiosk = _review(start_real, lying)
    _open(kiosk, one)
    decide(station.here, _session(station, CLERK), one.listing.id, one.listing.revision, Verdict.REJECT, reason="重复")
    kiosk.tap("通过，上大屏")
    kiosk.wait_text("这条信息已经变了，请返回再看一次。")
    kiosk.tap("知道了")
    kiosk.wait_text(f"等您审核 {len(pending(station.here))} 条")
    assert not _public(station, one)


def test_review_when_the_store_cannot_write_says_so_and_decides_nothing(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = _first(station, None)
    kiosk = _review(start_real, lying)
    _open(kiosk, one)
    with station.here.store.write() as u:
        u.connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON review BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
    kiosk.tap("通过，上大屏")
    kiosk.wait_text("没有办成")
    assert looks(kiosk) == []
    assert not _public(station, one)


def test_review_when_nothing_waits_says_so_in_a_friendly_way(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    _only(station, None)
    kiosk = _review(start_real, screen)
    kiosk.wait_text("都审完了")
    kiosk.tap("退出工作人员")
    kiosk.wait_page("home")


def test_review_when_a_visitor_calls_lets_staff_answer(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    call_staff(station.here, "首页")
    kiosk = _review(start_real, screen)
    kiosk.wait_text("等您审核")
    assert not open_calls(station.here), "who signs in has come"
    call_staff(station.here, "找活干")
    kiosk.wait_text("有人在“找活干”那一页叫工作人员")
    kiosk.tap("我来了")
    kiosk.wait(lambda seen: not any("叫工作人员" in t["text"] and "那一页" in t["text"] for t in seen["things"]), "no call")
    assert not open_calls(station.here)


@pytest.mark.parametrize("way", ["退出工作人员", "首页"])
def test_staff_mode_when_left_is_signed_out(start_real: StartReal, lying: Screen, way: str) -> None:
    kiosk = _review(start_real, lying)
    kiosk.wait_text("等您审核")
    kiosk.tap(way)
    kiosk.wait_page("home")
    kiosk.tap("叫工作人员")
    kiosk.tap("我是工作人员")
    kiosk.wait_page("sign_in")
    assert not any("李芳（站长）" in text for text in kiosk.texts())
    kiosk.tap("返回")
    kiosk.wait_page("home")
