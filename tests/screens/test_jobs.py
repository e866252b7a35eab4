"""Looking for work on a real store, touched from outside: the list, the search, one listing, its slip."""

import os
import re
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp

from kiosk.domain.codes import AREAS, AgeBand, Meals, PayUnit, Trade
from kiosk.domain.listing import Listing, Published, Takedown
from kiosk.domain.pay import per_day, per_hour, work_minutes, yuan
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.referral import Referral
from kiosk.domain.slip import SlipKind
from kiosk.domain.station import Station
from kiosk.domain.wish import Wish
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services.browse import alive
from kiosk.services.cases import live_cases
from kiosk.services.fitting import fitting
from kiosk.services.hand_out import print_listing
from kiosk.services.rules import say
from kiosk.services.tickets import listing_url
from kiosk.services.wish import find, near_areas
from kiosk.store.search import Order
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, enlarge, key_in, looks, spell
from tests.screens.xtest import Kiosk
from tests.station import a_review

HEADER = 120
LONG = "急招小工：清理建筑垃圾，干三天，日结，管中饭"


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def _listed(station: RealStation, **wanted: Any) -> Published:
    """Find the newest listing of which these fields are so."""
    rows = station.jobs().rows
    return next(p for p in rows if all(getattr(p.listing, name) == value for name, value in wanted.items()))


def _detail(start_real: StartReal, screen: Screen, one: Published) -> Kiosk:
    kiosk = start_real(screen, "detail", f"listing_id={one.listing.id}")
    kiosk.wait_text("打印小票")
    return kiosk


def _titles(kiosk: Kiosk) -> list[str]:
    return [thing["text"] for thing in kiosk.view()["things"] if thing["kind"] == "text" and thing.get("size", 0) >= 48]


def test_jobs_when_opened_shows_the_newest_their_number_and_nothing_cut(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    kiosk = start_real(screen, "jobs")
    shown = station.jobs()
    kiosk.wait_text(f"一共 {shown.total} 个活")
    kiosk.wait_text(shown.rows[1].listing.title)
    assert kiosk.place(shown.rows[0].listing.title)[1] < kiosk.place(shown.rows[1].listing.title)[1]
    kiosk.wait_text(f"{shown.total} 个活")


def test_jobs_when_a_title_is_very_long_shows_all_of_it(start_real: StartReal, screen: Screen) -> None:
    kiosk = start_real(screen, "jobs", "text=建筑垃圾")
    kiosk.wait_text("一共 1 个活")
    kiosk.wait_text(LONG)
    assert kiosk.wait_text(LONG)["shown"].replace("\n", "") == LONG


def test_jobs_when_a_trade_is_chosen_shows_only_that_trade(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    count = station.jobs().by_trade[Trade.FARMING]
    kiosk = start_real(lying, "jobs")
    kiosk.tap(f"农活 {count}")
    kiosk.wait_text(f"一共 {count} 个活")
    own = station.jobs(filters=replace(alive(station.here), trade=Trade.FARMING)).rows
    others = {p.listing.title for p in station.jobs().rows} - {p.listing.title for p in own}
    assert own[0].listing.title in _titles(kiosk)
    assert not others & set(_titles(kiosk))


def test_jobs_when_more_is_pressed_offers_every_trade_with_work(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    by_trade = station.jobs().by_trade
    rare = next(trade for trade in Trade if by_trade.get(trade) == 1)
    kiosk = start_real(screen, "jobs")
    for large in (False, True):
        if large:
            enlarge(kiosk)
        kiosk.tap("更多")
        kiosk.wait(lambda seen: not any(thing["text"] == "离我近" for thing in seen["things"]), "the trades alone")
        time.sleep(0.3)
        assert looks(kiosk) == []
        kiosk.tap("返回")
        kiosk.wait_text("离我近")
    kiosk.tap("小字")
    kiosk.tap("更多")
    kiosk.tap(t("jobs.trade", trade=t(f"trade.{rare.value}"), count=1))
    kiosk.wait_text("一共 1 个活")


@pytest.mark.parametrize("way", ["返回", "首页", "大字", "trade"])
def test_jobs_when_more_has_stood_for_a_while_leads_on(start_real: StartReal, station: RealStation, lying: Screen, way: str) -> None:
    by_trade = station.jobs().by_trade
    rare = next(trade for trade in Trade if by_trade.get(trade) == 1)
    kiosk = start_real(lying, "jobs")
    kiosk.tap("更多")
    # a second of quiet, then the terminal collects its garbage: what only a weak reference holds is gone
    time.sleep(3)
    kiosk.tap(t("jobs.trade", trade=t(f"trade.{rare.value}"), count=1) if way == "trade" else way)
    kiosk.wait_text({"首页": "我要登记", "trade": "一共 1 个活"}.get(way, "离我近"))


def test_jobs_when_sorted_and_narrowed_follows_the_store(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying, "jobs")
    kiosk.wait_text(f"一共 {station.jobs().total} 个活")
    kiosk.tap("工钱高")
    best = station.jobs(order=Order.PAY).rows[0].listing.title
    kiosk.wait_text(best)
    kiosk.tap("今天明天")
    soon = replace(alive(station.here), starts_until=station.here.today() + timedelta(days=1))
    kiosk.wait_text(f"一共 {station.jobs(filters=soon).total} 个活")
    kiosk.tap("离我近")
    near = replace(soon, areas=frozenset(near_areas(station.here)))
    found = station.jobs(filters=near, order=Order.PAY)
    kiosk.wait_text(f"一共 {found.total} 个活")
    kiosk.wait_text(found.rows[0].listing.title)
    kiosk.wait(lambda seen: _chosen(seen, "工钱高") and _chosen(seen, "离我近"), "both")


def _chosen(seen: dict[str, Any], text: str) -> bool:
    return any(thing["text"] == text and thing["button"]["chosen"] for thing in seen["things"] if thing.get("button"))


def test_filters_when_tiles_are_chosen_count_and_open_the_list_whose_chips_give_them_up(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    here = station.here
    own = next(area for area in near_areas(here))
    kiosk = start_real(screen, "jobs")
    kiosk.wait_text(f"一共 {station.jobs().total} 个活")
    kiosk.tap("挑一挑")
    kiosk.wait_text(f"看全部 {station.jobs().total} 个活")
    kiosk.tap(AREAS[own])
    wish = Wish(areas=frozenset({own}))
    kiosk.wait_text(f"看这 {find(here, wish).total} 个活")
    kiosk.tap("200 元")
    wish = replace(wish, min_day_fen=20_000)
    kiosk.wait_text(f"看这 {find(here, wish).total} 个活")
    kiosk.tap("不要求经验")
    wish = replace(wish, switches=frozenset({"novices"}))
    found = find(here, wish)
    kiosk.wait_text(f"看这 {found.total} 个活")
    kiosk.tap(f"看这 {found.total} 个活")
    kiosk.wait_page("jobs")
    kiosk.wait_text(f"{found.total} 个活")
    kiosk.wait_text(found.rows[0].listing.title)
    kiosk.wait_text("一天 200 元以上")
    kiosk.tap("一天 200 元以上")
    kiosk.wait_text(f"{find(here, replace(wish, min_day_fen=None)).total} 个活")
    kiosk.tap("返回")
    kiosk.wait(lambda seen: seen["page"] != "filters", "the way back does not lead through the choices")


def test_filters_when_nothing_would_be_left_let_nobody_choose_it(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying, "filters")
    kiosk.wait_text(f"看全部 {station.jobs().total} 个活")
    for word in ("今天就去", "300 元"):
        kiosk.tap(word)
    kiosk.wait_text("看这")
    time.sleep(0.6)
    empty = [thing for thing in kiosk.view()["things"] if "0 个活" in thing["text"].split("\n") and thing["button"]]
    assert empty
    assert not any(thing["button"]["enabled"] or thing["button"]["chosen"] for thing in empty)
    kiosk.tap("都不选")
    kiosk.wait_text(f"看全部 {station.jobs().total} 个活")


def _become(kiosk: Kiosk, worker: Worker) -> None:
    """Open one's own registration with the slip's code, and go to the jobs."""
    key_in(kiosk, worker.code)
    kiosk.tap("下一步")
    key_in(kiosk, worker.phone.last_four())
    kiosk.tap("下一步")
    kiosk.wait_page("mine_found")
    kiosk.reach(t("done.fitting"))
    kiosk.tap(t("done.fitting"))
    kiosk.wait_page("fitting")
    kiosk.tap("全部的活")
    kiosk.wait_page("jobs")


def _worker(station: RealStation) -> Worker:
    with station.here.store.read() as u:
        workers = u.list(Worker, station_id=station.here.station_id, state=WorkerState.ACTIVE)
    return next(w for w in workers if w.age_band is AgeBand.ADULT and fitting(station.here, w.id))


def test_fitting_when_one_is_known_shows_what_fits_and_why_beside_the_whole_list(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    worker = _worker(station)
    kiosk = start_real(lying, "mine")
    _become(kiosk, worker)
    kiosk.wait_text(f"一共 {station.jobs().total} 个活")
    kiosk.tap("适合我的")
    found = fitting(station.here, worker.id)
    kiosk.wait_text(f"按您登记的挑出 {len(found)} 个")
    kiosk.wait_text(" ・ ".join(say(reason) for reason in found[0].reasons))
    kiosk.wait_text(found[0].listing.title)
    kiosk.tap("全部的活")
    kiosk.wait_page("jobs")
    # the next visitor is nobody
    kiosk.tap("首页")
    kiosk.tap(t("go_home.go"))
    kiosk.tap("找活干")
    kiosk.wait_text(f"{station.jobs().total} 个活")
    assert not any(text.startswith("适合我的") for text in kiosk.texts())


def test_jobs_when_nothing_fits_says_so_and_gives_a_way_back(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = start_real(screen, "jobs", "text=潜水艇")
    kiosk.wait_text("没有找到合适的活")
    kiosk.tap("不要这些条件，全部都看")
    kiosk.wait_text(f"{station.jobs().total} 个活")


def test_jobs_when_one_comes_back_from_a_listing_stands_where_it_stood(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying, "jobs")
    kiosk.wait_text("装卸工")
    down = next(thing for thing in kiosk.view()["things"] if thing["text"] == "chevron-down")
    lying.tap(kiosk.middle(down["button"]["rect"]))
    time.sleep(0.6)
    before = _titles(kiosk)
    # a page begins with a whole row, and may end with half of one
    kiosk.tap(before[0])
    kiosk.wait_page("detail")
    kiosk.tap("返回")
    kiosk.wait_page("jobs")
    kiosk.wait(lambda _: _titles(kiosk) == before, "the same rows")


def test_search_when_a_number_is_keyed_in_opens_that_listing(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _listed(station, title=LONG)
    kiosk = start_real(screen, "search")
    kiosk.tap("按号找")
    for digit in str(one.number):
        kiosk.tap(digit)
        time.sleep(0.1)
    kiosk.wait_text(f"看 {one.number}号")
    kiosk.tap(f"看 {one.number}号")
    kiosk.wait_page("detail")
    kiosk.wait_text(LONG)


def test_search_when_no_listing_has_the_number_says_so(start_real: StartReal, lying: Screen) -> None:
    kiosk = start_real(lying, "search")
    kiosk.tap("按号找")
    for digit in "9999":
        kiosk.tap(digit)
        time.sleep(0.1)
    kiosk.tap("看 9999号")
    kiosk.wait_text("现在没有 9999号，请看一下大屏上的号。")
    assert looks(kiosk) == []


def test_search_when_the_listing_with_the_number_has_left_says_so(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = _listed(station, title=LONG)
    kiosk = start_real(lying, "search")
    with station.here.store.write() as u:
        u.drop(Listing, one.listing.id)
    kiosk.tap("按号找")
    for digit in str(one.number):
        kiosk.tap(digit)
        time.sleep(0.1)
    kiosk.tap(f"看 {one.number}号")
    kiosk.wait_text(f"{one.number}号已经下架了，请看看大屏上别的活。")
    assert looks(kiosk) == []


def test_search_when_a_word_is_spelled_in_pinyin_finds_it(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = start_real(screen, "search")
    kiosk.wait_text("换写法")
    spell(kiosk, "baojie")
    kiosk.wait_text("保洁")
    assert looks(kiosk) == []
    kiosk.tap("保洁")
    kiosk.tap("搜“保洁”")
    kiosk.wait_page("jobs")
    kiosk.wait_text(f"一共 {station.jobs(text='保洁').total} 个活")
    kiosk.wait_text("“保洁”")
    kiosk.tap("“保洁”")
    kiosk.wait_text(f"{station.jobs().total} 个活")


def test_search_when_a_word_is_written_by_finger_finds_it(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying, "search")
    kiosk.write_words("保洁")
    kiosk.tap(t("jobs.search_go", text="保洁"))
    kiosk.wait_page("jobs")
    kiosk.wait_text(f"一共 {station.jobs(text='保洁').total} 个活")


def test_search_when_the_initials_of_its_pinyin_are_pressed_finds_it(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying, "search")
    kiosk.wait_text(t("text.how_button"))
    spell(kiosk, "bj", "bj")
    kiosk.tap(t("jobs.search_go", text="bj"))
    kiosk.wait_page("jobs")
    found = station.jobs(text="bj")
    assert {p.listing.id for p in station.jobs(text="保洁").rows} <= {p.listing.id for p in found.rows}
    assert found.total < station.jobs().total
    kiosk.wait_text(f"一共 {found.total} 个活")
    kiosk.wait_text(found.rows[0].listing.title)


@pytest.mark.parametrize("unit", list(PayUnit))
def test_detail_when_pay_is_by_any_unit_is_honest_and_whole(
    start_real: StartReal, station: RealStation, upright: Screen, unit: PayUnit
) -> None:
    one = _listed(station, pay_unit=unit)
    kiosk = _detail(start_real, upright, one)
    said = "".join(kiosk.texts()).replace("\n", "")
    listing = one.listing
    hour, day = per_hour(listing), per_day(listing)
    if unit in (PayUnit.PIECE, PayUnit.TRIP):
        assert "算不出一小时多少钱" in said
        assert "元/小时" not in said
    elif unit is PayUnit.HOUR:
        assert day is not None
        assert f"一天 {yuan(day)} 元" in said
    elif work_minutes(listing):
        assert hour is not None
        both = f"合 {yuan(day or 0)} 元/天、{yuan(hour)} 元/小时"
        assert (f"合 {yuan(hour)} 元/小时" if unit is PayUnit.DAY else both) in said
    kiosk.wait_text("打印小票")


@pytest.mark.parametrize("title", [LONG, "装卸工"])
def test_detail_when_lying_shows_pay_and_both_actions(start_real: StartReal, station: RealStation, lying: Screen, title: str) -> None:
    one = _listed(station, title=title)
    kiosk = _detail(start_real, lying, one)
    kiosk.wait_text("打印小票")
    assert {yuan(one.listing.pay_fen), "元/天", "我要报名", "打印小票"} <= set(kiosk.texts())


def _publish(station: RealStation, **changes: Any) -> Published:
    """Let a listing like one that is paid by the hour be approved by 李芳 now."""
    one, now = _listed(station, pay_unit=PayUnit.HOUR).listing, station.here.now()
    with station.here.store.write() as u:
        made = replace(u.need(Listing, one.id, one.revision), id=new_id(now), title="发广告", **changes)
        u.keep(made)
        u.keep(a_review(made, now))
    return _listed(station, id=made.id)


def test_detail_when_pay_is_below_the_minimum_warns(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    kiosk = _detail(start_real, screen, _publish(station, pay_fen=900))
    kiosk.wait_text("比最低标准还低，请当心")
    assert looks(kiosk) == []


def test_detail_when_read_aloud_says_all_that_is_seen_whose_papers_were_seen_who_reviewed_it_and_how_far_it_is(
    start_real: StartReal, station: RealStation, upright: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_on, today = date(2026, 3, 4), station.here.today()
    home = station.jobs().home
    far = next(area for area in AREAS if (station.here.areas.km(home, area) or 0) > 1)
    terms: dict[str, Any] = {"meals": Meals.TWO, "lodging": True, "transport": "早上六点站前有车", "requirements": "自带手套"}
    days = {"starts_on": today, "ends_on": today + timedelta(days=2), "day_start_min": 420, "day_end_min": 960, "break_min": 60}
    one = _publish(station, pay_fen=900, area=far, employer_id=None, employer_verified_on=seen_on, headcount=7, **terms, **days)
    said = tmp_path / "said"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "espeak-ng").write_text(f"#!/bin/sh\nexec cat > {said}\n")
    (tmp_path / "bin" / "espeak-ng").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("PLAY_SPEAKER", "espeak")
    kiosk = start_real(upright, "jobs")
    km = t("jobs.km", km=station.here.areas.km(home, far))
    kiosk.wait(lambda seen: any(km in thing["text"].split(" ・ ") for thing in seen["things"]), f"{km} in a row")
    kiosk.tap("发广告")
    kiosk.wait_text(km)
    kiosk.wait_text(t("detail.verified", month=3, day=4))
    day = t("day.date", month=today.month, day=today.day)
    with station.here.store.read() as u:
        name = u.need(Station, station.here.station_id).name
    reviewed = t("detail.reviewed", reviewer="李芳", day=day, station=name, number=one.number)
    kiosk.wait_text(reviewed)
    assert not said.exists(), "nothing is read that nobody asked for"
    kiosk.tap(t("dock.say"))
    kiosk.wait(lambda _: said.exists() and "</speak>" in said.read_text(), "what is read")
    bare = re.compile(r"[\s，。・]|</?speak>|工钱，算给您看")
    aloud = bare.sub("", said.read_text())
    things = [thing for thing in kiosk.view()["things"] if thing["kind"] == "text" and not thing["button"]]
    shown = [bare.sub("", thing["text"]) for thing in things if thing["whole"][1] > HEADER]
    assert len(shown) > 15
    assert [text for text in shown if text not in aloud] == []


def test_detail_when_print_is_pressed_queues_one_slip_and_says_so(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _listed(station, title="装卸工")
    kiosk = _detail(start_real, screen, one)
    kiosk.tap("打印小票")
    kiosk.wait_text("小票正在打，请稍等。")
    assert looks(kiosk) == []
    with station.here.store.read() as u:
        jobs = u.list(PrintJob, subject_id=one.listing.id)
    assert len(jobs) == 1
    kiosk.tap("知道了")
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("title", [LONG, "装卸工"])
def test_detail_when_there_is_no_paper_shows_the_whole_slip_to_be_photographed(
    start_real: StartReal, station: RealStation, screen: Screen, title: str, large: bool
) -> None:
    one = _listed(station, title=title)
    before = print_listing(station.here, one.listing.id)
    with station.here.store.write() as u:
        u.put(replace(u.need(PrintJob, before), trouble="paper"))
    kiosk = _detail(start_real, screen, one)
    if large:
        enlarge(kiosk)
    kiosk.tap("打印小票")
    kiosk.wait_text("打印机没有纸了。")
    kiosk.wait_text("更多活，微信里搜“湖北零工驿站”")
    time.sleep(0.3)
    assert looks(kiosk) == []
    assert [code.text for code in zxingcpp.read_barcodes(screen.picture())] == [listing_url(station.here, one.listing.id)]


def test_detail_when_the_listing_has_gone_offers_others(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _listed(station, title="装卸工")
    kiosk = start_real(screen, "jobs")
    kiosk.wait_text("装卸工")
    now = station.here.now()
    with station.here.store.write() as u:
        u.keep(
            Takedown(
                id=new_id(now),
                station_id=station.here.station_id,
                listing_id=one.listing.id,
                by_name="李芳",
                reason="招满了",
                taken_down_at=now - timedelta(seconds=1),
            )
        )
    kiosk.tap("装卸工")
    kiosk.wait_text("这个活刚刚招满或撤下了，请看看别的。")
    assert looks(kiosk) == []
    kiosk.tap("看看别的活")
    kiosk.wait_page("jobs")


def test_detail_when_print_fails_in_the_store_says_so_calmly(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = _listed(station, title="装卸工")
    kiosk = _detail(start_real, lying, one)
    with station.here.store.write() as u:
        u.connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON print_job BEGIN SELECT RAISE(FAIL, 'disk is full'); END")
    kiosk.tap("打印小票")
    kiosk.wait_text("没有办成")
    assert looks(kiosk) == []
    kiosk.tap("知道了")
    kiosk.wait(lambda seen: not seen["dialog"], "no dialog")


@pytest.mark.parametrize("form", ["lying", "upright"])
def test_report_when_a_listing_is_not_true_is_told_once_and_staff_see_it(
    start_real: StartReal, station: RealStation, form: str, request: pytest.FixtureRequest
) -> None:
    screen = request.getfixturevalue(form)
    one = _listed(station, title="装卸工")
    before = len(live_cases(station.here))
    kiosk = _detail(start_real, screen, one)
    kiosk.tap("不真实？点这里告诉我们")
    kiosk.wait_text("点一下哪里不对")
    kiosk.wait_text("想再说一句")
    kiosk.tap("要先交钱")
    kiosk.tap("告诉驿站")
    kiosk.wait_text("记下了，谢谢您")
    assert any("上班就看得到" in text or "马上看得到" in text for text in kiosk.texts())
    kiosk.tap("好了")
    kiosk.wait_text("您说的记下了，驿站会去查")
    kiosk.tap("您说的记下了，驿站会去查")
    time.sleep(0.5)
    assert kiosk.view()["page"] == "detail"
    facts = next(f for f in live_cases(station.here) if f.reports)
    assert (len(live_cases(station.here)), facts.case.listing_id, facts.case.text) == (before + 1, one.listing.id, "要先交钱")


def test_report_when_left_before_it_is_written_is_not_called_noted_and_counts_once(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    one = _listed(station, title="装卸工")
    before = len(live_cases(station.here))
    kiosk = _detail(start_real, lying, one)
    kiosk.tap(t("report.button"))
    kiosk.tap("要先交钱")
    with station.here.store.write():
        # nobody else can write
        kiosk.tap("告诉驿站")
        kiosk.wait_text(t("screen.wait"))
        kiosk.tap(t("dock.back"))
        kiosk.wait_page("detail")
        kiosk.wait_text(t("report.button"))
        assert t("report.told") not in kiosk.texts()
    kiosk.tap(t("report.button"))
    kiosk.tap("要先交钱")
    kiosk.tap("告诉驿站")
    kiosk.wait_text(t("report.back"))
    (facts,) = [f for f in live_cases(station.here) if f.reports]
    assert (len(live_cases(station.here)), facts.case.text) == (before + 1, "要先交钱")
    kiosk.tap(t("report.back"))
    kiosk.wait_text(t("report.told"))


def test_report_when_words_are_spelled_sends_them_along(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = _listed(station, title="装卸工")
    kiosk = start_real(lying, "report", f"listing_id={one.listing.id}")
    kiosk.wait_text("装卸工")
    kiosk.tap("别的")
    kiosk.tap("想再说一句")
    spell(kiosk, "baojie", "保洁")
    time.sleep(0.4)
    kiosk.tap("返回")
    kiosk.wait_text("哪里不对？")
    assert looks(kiosk) == []
    kiosk.tap("告诉驿站")
    kiosk.wait_text("记下了，谢谢您")
    facts = next(f for f in live_cases(station.here) if f.reports)
    assert facts.case.text == "别的\n“保洁”"


def test_apply_when_done_says_what_comes_next_and_offers_no_second_application(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    worker, one = _worker(station), _listed(station, title="装卸工")
    kiosk = start_real(screen, "mine")
    _become(kiosk, worker)
    kiosk.tap("装卸工")
    kiosk.tap("我要报名")
    kiosk.tap("先由工作人员替我问")
    kiosk.wait_text("报名记下了")
    kiosk.wait_text("您的电话不给用工方。")
    kiosk.wait_text("报名记下了")
    time.sleep(2.5)
    kiosk.tap("再看看别的活")
    kiosk.wait_page("jobs")
    kiosk.tap("装卸工")
    kiosk.tap("我要报名")
    kiosk.wait_text("您已经报过这个活了")
    assert looks(kiosk) == []
    with station.here.store.read() as u:
        (made,) = u.list(Referral, worker_id=worker.id, listing_id=one.listing.id)
        slips = [job for job in u.list(PrintJob, subject_id=made.id) if job.slip.kind is SlipKind.REFERRAL]
    assert (made.contact_consent, len(slips)) == (False, 1)
    kiosk.tap("再打一张小票")
    kiosk.wait_text("小票正在打，请稍等。")


def test_apply_when_the_listing_has_gone_offers_others(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = start_real(lying, "apply", "listing_id=018f0000-0000-7000-8000-000000000000")
    kiosk.wait_text("这个活刚刚招满或撤下了，请看看别的。")
    assert looks(kiosk) == []
    kiosk.tap("看看别的活")
    kiosk.wait_page("jobs")


def test_apply_when_nobody_is_registered_leads_to_consent(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = _detail(start_real, lying, _listed(station, title="装卸工"))
    kiosk.tap("我要报名")
    kiosk.wait_page("consent")


def test_apply_when_asking_names_the_job_and_cuts_nothing(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = _listed(station, title="装卸工")
    kiosk = start_real(screen, "apply", f"listing_id={one.listing.id}")
    kiosk.wait_text("装卸工")
    assert {"可以告诉用工方", "先由工作人员替我问"} <= set(kiosk.texts())
    assert looks(kiosk) == []
