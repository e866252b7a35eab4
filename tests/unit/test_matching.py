"""Matching: reasons in plain words, who may not be shown what, and that pruning changes nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import AREAS, AgeBand, Meals, PayUnit, Trade
from kiosk.domain.listing import PublicListing
from kiosk.domain.matching import Fit, Match, Ring, match, match_workers, pay_as
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.review import hazardous
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services.rules import load_areas, load_rules, say
from tests.station import a_listing

ASSETS = Path(__file__).parent.parent.parent / "assets"
TODAY = date(2026, 11, 23)
AREA_TABLE = load_areas(ASSETS / "areas.toml")
HAZARD = load_rules(ASSETS / "rules", TODAY).hazard
YITANG, CHENGGUAN = "420923101", "420923100"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
CODES = st.sampled_from([*AREAS, "420923", "429999999"])


def _worker(**changes: Any) -> Worker:
    values: dict[str, Any] = {
        "id": "w",
        "revision": 1,
        "station_id": "s",
        "name": PersonName("王秀兰"),
        "phone": Phone("19900000001"),
        "age_band": AgeBand.ADULT,
        "trades": (Trade.LOADING, Trade.LABOURER, Trade.FARMING),
        "pay_fen": 20000,
        "code": "40718836",
        "number": "YT-1123-0042",
        "notice_version": "1",
        "consented_at": NOW,
        "registered_at": NOW,
    }
    return Worker(**values | changes)


def _match(worker: Worker, listings: list[PublicListing], limit: int = 3, **more: Any) -> list[Match]:
    return match(worker, listings, AREA_TABLE, YITANG, TODAY, limit, HAZARD, **more)


def _spoken(one: Match) -> list[str]:
    return [say(reason) for reason in one.reasons]


LISTINGS = st.lists(
    st.builds(
        lambda trade, area, pay, unit, starts, days, words, meals: a_listing(
            trade=trade,
            area=area,
            pay_fen=pay,
            pay_unit=unit,
            starts_on=TODAY + timedelta(days=starts),
            ends_on=TODAY + timedelta(days=starts + days),
            description=words,
            meals=meals,
        ).public(),
        st.sampled_from([Trade.LOADING, Trade.FARMING, Trade.WELDER, Trade.OTHER]),
        CODES,
        st.integers(100, 60000),
        st.sampled_from(PayUnit),
        st.integers(-5, 40),
        st.integers(0, 30),
        st.sampled_from(["搬箱子", "高空作业", "给果树打药", "摘冬枣"]),
        st.sampled_from(Meals),
    ),
    max_size=30,
    unique_by=lambda listing: listing.id,
)
WORKERS = st.builds(
    lambda band, trades, pay, unit, area: _worker(age_band=band, trades=tuple(trades), pay_fen=pay, pay_unit=unit, area=area),
    st.sampled_from(AgeBand),
    st.lists(st.sampled_from([Trade.LOADING, Trade.FARMING, Trade.WELDER, Trade.OTHER, Trade.SEWING]), min_size=1, max_size=4),
    st.none() | st.integers(1000, 60000),
    st.sampled_from([PayUnit.HOUR, PayUnit.DAY, PayUnit.MONTH]),
    st.none() | CODES,
)


def test_match_when_the_work_fits_says_distance_trade_and_pay_as_in_the_design() -> None:
    (one,) = _match(_worker(), [a_listing(area=CHENGGUAN).public()])
    assert _spoken(one) == ["离您约 7 公里", "您选了搬运装卸", "一天比您要的高 60 元"]


def test_match_when_in_the_same_township_does_not_speak_of_kilometres() -> None:
    (one,) = _match(_worker(), [a_listing(area=YITANG).public()])
    assert _spoken(one)[0] == "就在义堂镇"
    (far,) = _match(_worker(area=CHENGGUAN), [a_listing(area=YITANG).public()])
    assert _spoken(far)[0] == "离您约 7 公里"


@pytest.mark.parametrize(
    ("changes", "wish", "reason"),
    [
        ({"pay_fen": 26000}, (26000, PayUnit.DAY), "和您要的工钱一样"),
        ({"pay_fen": 18000}, (20000, PayUnit.DAY), "一天比您要的低 20 元"),
        ({"pay_fen": 2500, "pay_unit": PayUnit.HOUR}, (20000, PayUnit.DAY), "一天比您要的高 25 元"),
        ({"pay_fen": 27000}, (2500, PayUnit.HOUR), "一小时比您要的高 5 元"),
        ({"pay_fen": 420000, "pay_unit": PayUnit.MONTH}, (400000, PayUnit.MONTH), "一个月比您要的高 200 元"),
        ({"pay_fen": 200, "pay_unit": PayUnit.PIECE}, (20000, PayUnit.DAY), "明天就开工"),
    ],
)
def test_match_when_units_differ_compares_in_the_workers_own(changes: dict[str, Any], wish: tuple[int, PayUnit], reason: str) -> None:
    (one,) = _match(_worker(pay_fen=wish[0], pay_unit=wish[1]), [a_listing(**changes).public()])
    assert _spoken(one)[2] == reason


def test_match_when_a_listing_is_full_over_of_another_trade_or_the_worker_paused_leaves_it_out() -> None:
    good = a_listing().public()
    over = a_listing(starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 22)).public()
    other = a_listing(trade=Trade.SEWING).public()
    assert [m.listing for m in _match(_worker(), [over, other, good])] == [good]
    assert _match(_worker(), [good], full={good.id}) == []
    for state in (WorkerState.PAUSED, WorkerState.WITHDRAWN):
        assert _match(_worker(state=state), [good]) == []
    assert _match(_worker(age_band=AgeBand.UNDER_16), [good]) == []


def test_match_when_anything_goes_takes_all_trades_and_prefers_the_chosen() -> None:
    sewing, loading = a_listing(trade=Trade.SEWING).public(), a_listing(trade=Trade.LOADING).public()
    worker = _worker(trades=(Trade.OTHER, Trade.LOADING))
    assert [m.listing for m in _match(worker, [sewing, loading])] == [loading, sewing]


def test_match_when_old_and_the_work_hazardous_marks_it_for_staff() -> None:
    (one,) = _match(_worker(age_band=AgeBand.SENIOR), [a_listing(description="高空作业").public()])
    assert one.hold
    assert _spoken(one)[0] == "活有危险，工作人员先看过才能去"
    (adult,) = _match(_worker(), [a_listing(description="高空作业").public()])
    assert not adult.hold


@given(WORKERS, LISTINGS, st.integers(0, 40))
def test_match_when_sixteen_or_seventeen_never_gives_hazardous_work(worker: Worker, listings: list[PublicListing], limit: int) -> None:
    young = _worker(age_band=AgeBand.MINOR, trades=worker.trades)
    found = _match(young, listings, limit)
    assert not any(hazardous(m.listing, HAZARD) for m in found)
    wanted = [p for p in listings if _may(young, p) and not hazardous(p, HAZARD)]
    assert len(found) == min(limit, len(wanted)), "what is not hazardous is still shown"


def _may(worker: Worker, listing: PublicListing) -> bool:
    return listing.ends_on >= TODAY and (listing.trade in worker.trades or Trade.OTHER in worker.trades)


@given(WORKERS, LISTINGS, st.integers(0, 6))
def test_match_when_cut_short_gives_the_head_of_the_whole_order(worker: Worker, listings: list[PublicListing], limit: int) -> None:
    whole = _match(worker, listings, len(listings) + 1)
    assert _match(worker, listings[::-1], limit) == whole[:limit]
    assert [m.score for m in whole] == sorted((m.score for m in whole), reverse=True)
    assert all(0 <= m.score <= 70 and len(m.reasons) <= 3 for m in whole)
    assert all("{" not in word for m in whole for word in _spoken(m))


def test_match_when_a_farther_one_pays_much_better_puts_it_first() -> None:
    near, far = a_listing(area=YITANG, pay_fen=10000).public(), a_listing(area=CHENGGUAN, pay_fen=30000).public()
    assert [m.listing for m in _match(_worker(), [near, far], 1)] == [far]


@given(st.integers(1000, 50000), st.integers(0, 50000), st.integers(2000, 40000))
def test_match_when_pay_rises_the_score_never_falls(pay: int, more: int, wanted: int) -> None:
    low, high = (_match(_worker(pay_fen=wanted), [a_listing(pay_fen=p).public()])[0].score for p in (pay, pay + more))
    assert low <= high


@given(CODES, CODES)
def test_km_when_asked_both_ways_is_the_same_and_zero_only_at_home(a: str, b: str) -> None:
    km = AREA_TABLE.km(a, b)
    assert km == AREA_TABLE.km(b, a)
    assert (km == 0) == (a == b)
    assert (km is None) == (a != b and not {a, b} <= AREAS.keys())
    assert AREA_TABLE.ring(a, b) is (Ring.OWN if a == b else Ring.NEIGHBOUR if km is not None and km <= 9 else Ring.COUNTY)


def test_km_when_asked_for_two_townships_is_in_the_right_region() -> None:
    assert AREA_TABLE.km(CHENGGUAN, YITANG) == 7


def test_pay_as_when_it_does_not_follow_is_none() -> None:
    assert pay_as(a_listing(pay_unit=PayUnit.TRIP), PayUnit.DAY) is None
    assert pay_as(a_listing(day_start_min=None), PayUnit.HOUR) is None
    assert pay_as(a_listing(), PayUnit.PIECE) is None
    assert pay_as(a_listing(pay_fen=20000), PayUnit.WEEK) == 100000
    assert pay_as(a_listing(pay_fen=20000), PayUnit.MONTH) == 435000


def _workers_for(listing: PublicListing, workers: list[Worker], limit: int = 3, **more: Any) -> list[Fit]:
    waiting = more.pop("waiting", {})
    return match_workers(listing, workers, AREA_TABLE, YITANG, TODAY, limit, HAZARD, waiting, **more)


MANY = st.lists(WORKERS, max_size=12).map(lambda workers: [replace(w, id=f"w{n:02}") for n, w in enumerate(workers)])
ONE = LISTINGS.filter(bool).map(lambda listings: listings[0])


@given(ONE, WORKERS)
def test_match_workers_when_asked_the_other_way_gives_the_same_score_and_reasons(listing: PublicListing, worker: Worker) -> None:
    there = [(m.score, m.reasons, m.hold) for m in _match(worker, [listing])]
    assert [(f.score, f.reasons, f.hold) for f in _workers_for(listing, [worker])] == there


@given(ONE, MANY, st.integers(0, 6), st.lists(st.integers(0, 60), min_size=12, max_size=12), st.sets(st.integers(0, 11)))
def test_match_workers_when_cut_short_gives_the_head_of_the_whole_order(
    listing: PublicListing, workers: list[Worker], limit: int, days: list[int], asked: set[int]
) -> None:
    waiting = {w.id: TODAY - timedelta(days=d) for w, d in zip(workers, days, strict=False)}
    applied = {f"w{n:02}" for n in asked}
    whole = _workers_for(listing, workers, 20, waiting=waiting, applied=applied)
    assert _workers_for(listing, workers[::-1], limit, waiting=waiting, applied=applied) == whole[:limit]
    order = [(f.worker.id not in applied, -f.score, -f.days, f.worker.age_band is not AgeBand.SENIOR, f.worker.id) for f in whole]
    assert order == sorted(order)
    assert not any(f.worker.age_band is AgeBand.UNDER_16 for f in whole)
    assert not any(f.worker.age_band is AgeBand.MINOR and hazardous(listing, HAZARD) for f in whole)


def test_match_workers_when_equal_puts_the_longest_waiting_first_then_sixty_and_older() -> None:
    young, old, long = _worker(id="a"), _worker(id="b", age_band=AgeBand.SENIOR), _worker(id="c")
    found = _workers_for(a_listing().public(), [young, old, long], waiting={"c": TODAY - timedelta(days=9)})
    assert [f.worker.id for f in found] == ["c", "b", "a"]


def test_match_workers_when_paused_left_out_or_over_gives_nobody() -> None:
    good = a_listing().public()
    states = [_worker(id=state, state=state) for state in (WorkerState.PAUSED, WorkerState.WITHDRAWN)]
    assert _workers_for(good, states, applied={"paused", "withdrawn"}) == []
    assert _workers_for(good, [_worker()], left_out={"w"}) == []
    assert _workers_for(a_listing(starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 22)).public(), [_worker()]) == []
