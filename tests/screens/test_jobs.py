"""Looking for work on a real store, touched from outside: the list, the search, one listing, its slip."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp

from kiosk.domain.codes import PayUnit, Settlement, Trade
from kiosk.domain.listing import Listing, Published, Review, Takedown, Verdict
from kiosk.domain.pay import per_day, per_hour, work_minutes, yuan
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.services.browse import alive
from kiosk.services.hand_out import print_listing
from kiosk.services.tickets import listing_url
from kiosk.store.search import Order
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, enlarge, looks, spell
from tests.screens.xtest import Kiosk

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
    kiosk.tap("工钱高")
    best = station.jobs(order=Order.PAY).rows[0].listing.title
    kiosk.wait_text(best)
    kiosk.tap("日结")
    daily = station.jobs(filters=replace(alive(station.here), settlement=Settlement.DAILY))
    kiosk.wait_text(f"一共 {daily.total} 个活")
    kiosk.tap("离我近")
    kiosk.wait(lambda seen: not _chosen(seen, "工钱高") and _chosen(seen, "离我近"), "one order at a time")


def _chosen(seen: dict[str, Any], text: str) -> bool:
    return any(thing["text"] == text and thing["button"]["chosen"] for thing in seen["things"] if thing.get("button"))


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
        assert f"合 {yuan(hour)} 元/小时" in said
    kiosk.wait_text("打印小票")


@pytest.mark.parametrize("title", [LONG, "装卸工"])
def test_detail_when_lying_shows_pay_and_both_actions(start_real: StartReal, station: RealStation, lying: Screen, title: str) -> None:
    one = _listed(station, title=title)
    kiosk = _detail(start_real, lying, one)
    kiosk.wait_text("打印小票")
    assert {yuan(one.listing.pay_fen), "元/天", "我要报名", "打印小票"} <= set(kiosk.texts())


def test_detail_when_pay_is_below_the_minimum_warns(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one, now = _listed(station, pay_unit=PayUnit.HOUR).listing, station.here.now()
    with station.here.store.write() as u:
        poor = replace(u.need(Listing, one.id, one.revision), id=new_id(now), title="发广告", pay_fen=900)
        u.keep(poor)
        u.keep(
            Review(
                id=new_id(now),
                station_id=station.here.station_id,
                listing_id=poor.id,
                listing_revision=poor.revision,
                verdict=Verdict.APPROVE,
                reviewer_id="test",
                reviewer_name="李芳",
                hold_reasons={},
                reviewed_at=now,
            )
        )
    kiosk = _detail(start_real, screen, _listed(station, title="发广告"))
    kiosk.wait_text("比最低标准还低，请当心")
    assert looks(kiosk) == []


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
