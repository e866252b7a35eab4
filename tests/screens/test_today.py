"""今天, the first page of staff mode, on a real store, touched from outside: what waits, where it leads, and that it follows."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kiosk.domain.case import Case
from kiosk.domain.employer import Employer
from kiosk.domain.print_job import JobState, PrinterState, PrintJob
from kiosk.domain.referral import Referral
from kiosk.domain.running import Booking, Facility, Signup
from kiosk.services import facilities, hand_out
from kiosk.services.call import call_staff, open_calls
from kiosk.services.printing import keep_printer_state
from kiosk.services.publish import pending
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, looks, whole_in_both_sizes
from tests.screens.test_staff import CLERK, HEAD, _only, _session, _sign_in
from tests.screens.xtest import Kiosk

FOLLOWS_S = 3


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def look_at_all(station: RealStation) -> None:
    """Let staff have looked at everything today, with nothing that expires soon."""
    session, later = _session(station, CLERK), station.here.today() + timedelta(days=400)
    for facility in Facility:
        facilities.check(station.here, session, facility, True, expires_on=later if facility is Facility.FIRST_AID else None)


def staff_mode(start_real: StartReal, screen: Screen, name: str = HEAD) -> Kiosk:
    kiosk = start_real(screen, "sign_in")
    _sign_in(kiosk, name)
    return kiosk


def gone(kiosk: Kiosk, text: str) -> None:
    kiosk.wait(lambda seen: not any(text in thing["text"] for thing in seen["things"]), f"no {text}")


def test_today_when_things_wait_shows_them_whole_and_leads_there(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    facilities.report_broken(station.here, Facility.WIFI)
    waiting = len(pending(station.here))
    kiosk = staff_mode(start_real, screen)
    for text in ("马上办", f"{waiting} 条用工等审核", "有人说无线网坏了，去看看"):
        kiosk.wait_text(text)
    kiosk.wait_text(f"{waiting} 条用工等审核")
    kiosk.reach("有人说无线网坏了，去看看")
    kiosk.tap("有人说无线网坏了，去看看")
    kiosk.wait_page("facilities")
    kiosk.tap("返回")
    kiosk.wait_page("today")
    kiosk.reach(f"{waiting} 条用工等审核")
    kiosk.tap(f"{waiting} 条用工等审核")
    kiosk.wait_page("review")


def test_today_when_the_store_changes_follows(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    look_at_all(station)
    kiosk = staff_mode(start_real, screen)
    kiosk.wait_text("条用工等审核")
    _only(station, None)
    gone(kiosk, "条用工等审核")
    call_staff(station.here, "找活干")
    kiosk.wait_text("有人在“找活干”那一页叫工作人员")
    assert looks(kiosk) == []
    kiosk.tap("我来了")
    gone(kiosk, "有人在“找活干”那一页叫工作人员")
    until = time.monotonic() + 5
    while open_calls(station.here):
        # the bar goes at once, the store is told beside it
        assert time.monotonic() < until
        time.sleep(0.05)


def test_today_when_nothing_waits_says_so_in_a_friendly_way(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    look_at_all(station)
    _only(station, None)
    with station.here.store.write() as u:
        for signup in u.list(Signup, told=False):
            u.put(replace(signup, told=True))
        for employer in u.list(Employer):
            u.put(replace(employer, verified_on=station.here.today()))
        for case in u.list(Case):
            u.drop(Case, case.id)
        for made in u.list(Referral):
            u.drop(Referral, made.id)
        for booking in u.latest(Booking, "starts_at", 10):
            u.put(replace(booking, cancelled=True))
    kiosk = staff_mode(start_real, screen)
    kiosk.wait_text("现在没有要办的事")


def test_today_when_a_slip_is_uncertain_asks_staff(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    here = station.here
    with here.store.read() as u:
        listing_id = next(iter(u.newest(1))).listing.id
    job_id = hand_out.print_listing(here, listing_id)
    with here.store.write() as u:
        u.put(replace(u.need(PrintJob, job_id), state=JobState.UNCERTAIN, changed_at=here.now() - timedelta(minutes=2, seconds=5)))
    kiosk = staff_mode(start_real, screen)
    kiosk.reach("1 张小票不知道出来没有")
    kiosk.tap("1 张小票不知道出来没有")
    kiosk.wait_text("小票出来了吗？")
    assert looks(kiosk) == []
    kiosk.tap("出来了")
    gone(kiosk, "张小票不知道出来没有")
    with here.store.read() as u:
        assert u.need(PrintJob, job_id).state is JobState.PRINTED


def test_printer_when_paper_is_out_shows_what_to_do_and_follows_when_it_is_in(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    here = station.here
    with here.store.write() as u:
        listing_id = next(iter(u.newest(1))).listing.id
        keep_printer_state(u, PrinterState(trouble="paper", since=here.now()))
    hand_out.print_listing(here, listing_id)
    kiosk = staff_mode(start_real, screen)
    kiosk.tap("打印机没有纸了")
    kiosk.wait_page("printer")
    kiosk.wait_text("放进新纸卷")
    kiosk.wait_text("等着打")
    whole_in_both_sizes(kiosk, "打印机没有纸了")
    with here.store.write() as u:
        keep_printer_state(u, PrinterState(since=here.now()))
    began = time.monotonic()
    kiosk.wait_text("打印机好好的")
    assert time.monotonic() - began < FOLLOWS_S
    kiosk.tap("等着的都不打了")
    kiosk.wait_text("等着的小票都不打了？")
    kiosk.tap("都不打了")
    kiosk.wait_text("等着的 1 张都不打了")
    kiosk.tap("打印测试页")
    kiosk.wait_text("测试页排上了")
    with here.store.write() as u:
        (test,) = u.list(PrintJob, state=JobState.QUEUED)
        u.put(replace(test, state=JobState.UNCERTAIN, trouble="cut"))
    kiosk.wait_text("测试页不知道打出来没有")
    kiosk.tap("已经拿到了")
    gone(kiosk, "不知道出来没有")
    with here.store.read() as u:
        assert u.need(PrintJob, test.id).state is JobState.PRINTED


def test_today_when_staff_are_no_head_have_no_ledger(start_real: StartReal, lying: Screen) -> None:
    kiosk = staff_mode(start_real, lying, CLERK)
    kiosk.wait_text("站内设施")
    assert "资金台账" not in kiosk.texts()
