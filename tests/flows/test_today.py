"""今天 on a real store: what waits for somebody, in which order, and nothing when all is done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.employer import Employer, EmployerKind
from kiosk.domain.judgement import Judgement
from kiosk.domain.listing import Verdict
from kiosk.domain.print_job import JobState, PrinterState, PrintJob, Trouble
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.running import Facility
from kiosk.services import bookings, facilities, printing, publish, signups
from kiosk.services.call import answer_calls, call_staff
from kiosk.services.register import register
from kiosk.services.rules import say
from kiosk.services.today import Item, Need, Urgency, today
from kiosk.text import t
from tests.flows.test_running import CLERK
from tests.flows.test_signups import a_training, given_training
from tests.flows.test_use_cases import a_form
from tests.station import START, STATION, TestStation, a_posting, make_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    """Give a station where everything has been looked at."""
    station = make_station(tmp_path)
    for facility in Facility:
        facilities.check(station.here, station.head, facility, True)
    station.clock.tick(minutes=1)
    yield station
    station.store.close()


def only(station: TestStation) -> Item:
    (item,) = today(station.here)
    return item


def said(item: Item) -> tuple[str, str]:
    return say(item.title), say(item.detail) if item.detail else ""


def put(station: TestStation, *records: object) -> None:
    with station.store.write() as u:
        for record in records:
            u.put(record)


def test_today_when_all_is_done_is_empty(station: TestStation) -> None:
    assert today(station.here) == ()


def test_today_when_somebody_calls_says_where(station: TestStation) -> None:
    call_staff(station.here, "首页")
    item = only(station)
    assert (item.need, item.urgency, item.page) == (Need.CALL, Urgency.NOW, "")
    assert "首页" in said(item)[1]
    answer_calls(station.here, station.head)
    assert today(station.here) == ()


def test_today_when_listings_wait_counts_the_urgent_and_the_late(station: TestStation) -> None:
    far = date(2026, 12, 10)
    publish.post(station.here, a_posting(starts_on=far, ends_on=far))
    item = only(station)
    assert (item.need, item.count, item.urgency, item.page) == (Need.REVIEW, 1, Urgency.TODAY, "review")
    assert said(item) == ("1 条用工等审核", "")
    posted = publish.post(station.here, a_posting(contact_phone="19900005678", description="装车，一车 8 吨。"))
    item = only(station)
    assert (item.count, item.urgency) == (2, Urgency.NOW)
    assert said(item)[1] == "1 条一天之内就开工"
    station.clock.tick(hours=2, minutes=1)
    assert said(only(station))[1] == "1 条一天之内就开工，2 条过了答应回话的时间"
    publish.decide(station.here, CLERK, posted.listing.id, 1, Verdict.REJECT, reason="重复")
    assert said(only(station))[1] == "1 条过了答应回话的时间"


def a_job(station: TestStation) -> PrintJob:
    job_id = register(station.here, a_form()).job_id
    return printing.job(station.here, job_id)


def test_today_when_the_printer_is_out_of_paper_says_so_until_a_slip_came_out(station: TestStation) -> None:
    job = a_job(station)
    assert today(station.here) == ()
    put(station, replace(job, trouble="paper"))
    item = only(station)
    assert (item.need, item.urgency) == (Need.PRINTER, Urgency.NOW)
    assert said(item) == ("打印机没有纸了", "1 张小票在等，弄好了接着打")
    put(station, replace(job, state=JobState.CANCELLED, trouble="paper"))
    assert job.serial in said(only(station))[1]
    station.clock.tick(minutes=1)
    put(station, replace(job, id=new_id(station.clock()), state=JobState.PRINTED))
    assert today(station.here) == ()


def state(station: TestStation, trouble: str = "", near_end: bool = False) -> None:
    with station.store.write() as u:
        printing.keep_printer_state(u, PrinterState(trouble=trouble, near_end=near_end, since=station.clock()))


@pytest.mark.parametrize("trouble", [one for one in Trouble if one not in (Trouble.CUT, Trouble.UNPRINTABLE)])
def test_today_when_the_agent_says_what_is_wrong_with_the_printer_tells_it_without_a_slip(station: TestStation, trouble: Trouble) -> None:
    state(station, trouble)
    item = only(station)
    assert (item.need, item.urgency, item.page) == (Need.PRINTER, Urgency.NOW, "printer")
    assert said(item) == (t(f"today.printer_{trouble}"), "现在没有小票在等，点一下看怎么弄")
    job = a_job(station)
    assert printing.job(station.here, job.id).trouble == trouble, "its visitor reads so at once"
    assert said(only(station))[1] == "1 张小票在等，弄好了接着打"
    put(station, replace(job, state=JobState.CANCELLED, trouble=trouble))
    assert job.serial in said(only(station))[1]
    state(station)
    assert today(station.here) == (), "what is over is told no more"


def test_today_when_the_paper_ends_soon_says_so_for_today(station: TestStation) -> None:
    state(station, near_end=True)
    item = only(station)
    assert (item.need, item.urgency, item.page, said(item)[0]) == (Need.PRINTER, Urgency.TODAY, "printer", "打印机的纸快用完了")


def test_today_when_a_slip_is_uncertain_asks_staff_after_the_visitor_had_his_turn(station: TestStation) -> None:
    job = a_job(station)
    put(station, replace(job, state=JobState.UNCERTAIN))
    assert today(station.here) == ()
    station.clock.tick(minutes=3)
    item = only(station)
    assert (item.need, item.subjects) == (Need.SLIPS, (job.id,))
    printing.answer(station.here, job.id, True)
    assert today(station.here) == ()


def test_today_when_cases_are_open_says_how_many_are_about_wages(station: TestStation) -> None:
    def a_case(kind: CaseKind) -> Case:
        return Case(id=new_id(START), station_id=STATION.id, kind=kind, text="没结", opened_at=START)

    unpaid, complaint = a_case(CaseKind.UNPAID), a_case(CaseKind.COMPLAINT)
    put(station, unpaid, complaint)
    item = only(station)
    assert (item.count, item.urgency, item.page) == (2, Urgency.NOW, "cases")
    assert said(item) == ("2 件投诉没有办完", "其中 1 件是没拿到工钱")
    about = {"station_id": STATION.id, "by_id": "s", "by_name": "李芳", "stepped_at": START, "note": ""}
    put(station, CaseStep(id=new_id(START), case_id=unpaid.id, state=CaseState.SETTLED, **about))  # type: ignore[arg-type]
    item = only(station)
    assert (item.count, item.urgency, said(item)[1]) == (1, Urgency.TODAY, "")


def look(station: TestStation, facility: Facility, ok: bool = True, expires_on: date | None = None) -> None:
    """Look a second later: what happens in one millisecond has no order."""
    station.clock.tick(seconds=1)
    facilities.check(station.here, station.head, facility, ok, expires_on=expires_on)


def test_today_when_facilities_want_somebody_names_them(station: TestStation) -> None:
    facilities.report_broken(station.here, Facility.WIFI)
    assert said(only(station)) == ("有人说无线网坏了，去看看", "")
    look(station, Facility.WATER, False)
    item = only(station)
    assert (item.need, item.count, item.urgency, item.page) == (Need.FACILITY, 2, Urgency.NOW, "facilities")
    assert said(item) == ("热水坏了", "有人说无线网坏了，去看看")
    for facility in (Facility.WATER, Facility.WIFI):
        look(station, facility)
    look(station, Facility.FIRST_AID, expires_on=date(2026, 12, 1))
    assert said(only(station)) == ("药箱里有快过期的", "最早的12月1日到期")
    look(station, Facility.FIRST_AID, expires_on=date(2028, 12, 1))
    station.clock.tick(days=1)
    assert said(only(station)) == ("热水、无线网该看一看了", "")


def test_today_when_the_desk_is_booked_says_who_comes_next(station: TestStation) -> None:
    eight = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    bookings.book(station.here, CLERK, "汉十物流", eight, 60)
    assert today(station.here) == ()
    station.clock.now = eight - timedelta(minutes=30)
    for facility in (Facility.WATER, Facility.WIFI):
        facilities.check(station.here, station.head, facility, True)
    item = only(station)
    assert (item.need, dict(item.args), said(item)) == (Need.BOOKING, {"showing": "desk"}, ("洽谈间今天还有 1 场", "8:00 汉十物流"))
    station.clock.tick(hours=1, minutes=30)
    assert today(station.here) == ()


def test_today_when_somebody_signed_up_grows_urgent_as_the_course_comes_near(station: TestStation) -> None:
    training, worker = given_training(station, a_training()), register(station.here, a_form()).worker
    signups.sign_up(station.here, worker.id, training.id)
    item = only(station)
    assert (item.need, item.urgency, said(item)) == (Need.SIGNUP, Urgency.SOON, ("1 个人报名学手艺，还没转告", "月嫂班"))
    station.clock.tick(days=5)
    assert [i.urgency for i in today(station.here) if i.need is Need.SIGNUP] == [Urgency.TODAY]


def test_today_when_the_county_is_silent_tells_calmly_and_not_before_a_day(station: TestStation) -> None:
    with station.store.write() as u:
        u.remember("sync.heard_at", to_plain(START))
    station.clock.tick(hours=12)
    assert not [i for i in today(station.here) if i.need is Need.SYNC]
    station.clock.tick(days=1)
    (item,) = [i for i in today(station.here) if i.need is Need.SYNC]
    assert (item.urgency, said(item)) == (Urgency.SOON, ("1 天没和县里联系上", "5 条等着交上去"))
    station.clock.tick(days=7)
    assert [i.urgency for i in today(station.here) if i.need is Need.SYNC] == [Urgency.TODAY]


def test_today_when_the_county_has_shut_the_terminal_out_says_so_at_once_and_once(station: TestStation) -> None:
    with station.store.write() as u:
        u.remember("sync.heard_at", to_plain(START))
        u.remember("sync.shut_out", "revoked")
    station.clock.tick(days=9)
    (item,) = [i for i in today(station.here) if i.need in (Need.SYNC, Need.SHUT_OUT)]
    assert (item.need, item.urgency, said(item)) == (Need.SHUT_OUT, Urgency.NOW, ("县里停了这台机器的联系", "5 条等着交上去"))
    with station.store.write() as u:
        u.remember("sync.shut_out", "")
    assert [i.need for i in today(station.here) if i.need in (Need.SYNC, Need.SHUT_OUT)] == [Need.SYNC]


def test_today_when_the_county_refused_something_says_how_many(station: TestStation) -> None:
    with station.store.write() as u:
        u.park(u.outgoing(1)[0].sequence, "bad_data", "note")
    item = only(station)
    assert (item.need, item.count, item.urgency) == (Need.PARKED, 1, Urgency.TODAY)


def test_today_when_papers_were_seen_half_a_year_ago_asks_to_look_again(station: TestStation) -> None:
    def an_employer(seen: date | None) -> Employer:
        return Employer(
            id=new_id(START),
            revision=1,
            station_id=STATION.id,
            kind=EmployerKind.UNIT,
            name="云梦县汉十物流有限公司",
            phone=Phone("19900001234"),
            verified_on=seen,
            created_at=START,
        )

    put(station, an_employer(None), an_employer(date(2026, 10, 1)), an_employer(date(2026, 5, 1)))
    item = only(station)
    assert (item.need, item.count, item.urgency, item.page) == (Need.EMPLOYER, 1, Urgency.SOON, "employers")


def test_today_when_much_waits_puts_the_most_urgent_first(station: TestStation) -> None:
    training, worker = given_training(station, a_training()), register(station.here, a_form()).worker
    signups.sign_up(station.here, worker.id, training.id)
    facilities.check(station.here, station.head, Facility.FIRST_AID, True, expires_on=date(2026, 12, 1))
    facilities.report_broken(station.here, Facility.DESK)
    publish.post(station.here, a_posting())
    call_staff(station.here, "首页")
    found = today(station.here)
    assert [i.need for i in found] == [Need.CALL, Need.REVIEW, Need.FACILITY, Need.EXPIRY, Need.SIGNUP]
    assert [i.urgency for i in found] == sorted(i.urgency for i in found)


def a_judgement(until: date, **changes: Any) -> Judgement:
    made = Judgement(
        id=new_id(START),
        revision=1,
        station_id=STATION.id,
        year=2026,
        papers="",
        items=(),
        total="84.5",
        grade="良好",
        money_fen=0,
        words="补拍洽谈区的照片",
        deadline=until,
        by_name="周敏",
        published_at=START,
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("days", "urgency", "detail"),
    [
        (30, Urgency.SOON, "还有 30 天：补拍洽谈区的照片"),
        (7, Urgency.TODAY, "还有 7 天：补拍洽谈区的照片"),
        (0, Urgency.NOW, "今天到期：补拍洽谈区的照片"),
        (-3, Urgency.NOW, "过期 3 天了：补拍洽谈区的照片"),
    ],
)
def test_today_when_the_county_wants_something_put_right_says_by_when(
    station: TestStation, days: int, urgency: Urgency, detail: str
) -> None:
    until = station.here.today() + timedelta(days=days)
    put(station, a_judgement(until))
    item = only(station)
    assert (item.need, item.urgency, item.page) == (Need.MENDING, urgency, "assessment")
    assert said(item) == (f"县里要求 {until.month}月{until.day}日前整改好", detail)


def test_today_when_the_county_accepted_it_or_wanted_nothing_says_nothing(station: TestStation) -> None:
    day = station.here.today()
    put(station, a_judgement(day, accepted_on=day, accepted_by="周敏"), a_judgement(day, id=new_id(START), year=2025, deadline=None))
    assert today(station.here) == ()


def test_today_when_the_county_writes_at_length_shows_its_beginning(station: TestStation) -> None:
    put(station, a_judgement(station.here.today(), words="照" * 300))
    assert said(only(station))[1].endswith("照照…")
    assert len(said(only(station))[1]) < 80
