"""Recommending, following up and cases on a real store, touched from outside, lying and upright."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kiosk.domain.case import CaseKind, CaseState
from kiosk.domain.codes import Settlement
from kiosk.domain.listing import Listing
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Question, Referral, ReferralState, ReferralStep, in_order
from kiosk.domain.slip import SlipKind
from kiosk.domain.station import Staff
from kiosk.domain.worker import WorkerState
from kiosk.services import cases, follow_up, recommend
from kiosk.services.publish import take_down
from kiosk.services.sign_in import Session
from kiosk.trial.display import Screen
from tests.screens.real import PINS, RealStation, StartReal, key_in, looks
from tests.screens.xtest import Kiosk

HEAD = "李芳"


@pytest.fixture(params=["lying", "upright"])
def screen(request: pytest.FixtureRequest) -> Any:
    """Give both forms, one after the other."""
    return request.getfixturevalue(request.param)


def _open(start_real: StartReal, screen: Screen, room: str) -> Kiosk:
    kiosk = start_real(screen, "sign_in")
    kiosk.tap(HEAD)
    key_in(kiosk, PINS[HEAD])
    kiosk.wait_page("today")
    kiosk.tap(room)
    kiosk.wait_text(f"工作人员 ・ {room}")
    return kiosk


def _first(kiosk: Kiosk, text: str) -> None:
    """Touch the topmost button that says `text`, once it stands still."""

    def rects(seen: dict[str, Any]) -> list[list[int]]:
        return sorted((t["button"]["rect"] for t in seen["things"] if t["text"] == text and t["button"]), key=lambda r: r[1])

    before = None
    while (now := rects(kiosk.wait(lambda seen: bool(rects(seen)), text))) != before:
        before = now
        time.sleep(0.2)
    kiosk.touch(kiosk.middle(now[0]))


def _enabled(kiosk: Kiosk, text: str) -> bool:
    return any(t["text"] == text and t["button"] and t["button"]["enabled"] for t in kiosk.view()["things"])


def _session(station: RealStation) -> Session:
    with station.here.store.read() as u:
        staff = next(s for s in u.list(Staff) if s.name == HEAD)
    return Session(staff.id, staff.name, staff.role)


def _steps(station: RealStation, referral_id: str) -> list[ReferralStep]:
    with station.here.store.read() as u:
        return in_order(u.list(ReferralStep, referral_id=referral_id))


def test_recommend_when_begun_from_a_listing_calls_asks_and_prints(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    open_one = next(o for o in recommend.open_listings(station.here) if recommend.workers_for(station.here, o.published.listing.id))
    listing = open_one.published.listing
    pair = recommend.workers_for(station.here, listing.id)[0]
    assert not pair.hold
    kiosk = _open(start_real, screen, "推荐")
    title = f"{listing.title} ・ {open_one.published.number}号"
    kiosk.wait_text(title)
    kiosk.tap(title)
    kiosk.wait_text(pair.worker.phone.grouped())
    _first(kiosk, "打过电话")
    kiosk.wait_text(f"记下了：给{pair.worker.name}打过电话")
    assert recommend.workers_for(station.here, listing.id)[0].called_at is not None
    _first(kiosk, "推荐")
    kiosk.wait_text("先问本人：要不要把他的电话告诉东家？")
    assert not _enabled(kiosk, "打推荐单"), "nobody has asked him yet"
    kiosk.tap("本人同意，给东家")
    kiosk.wait_text("先问本人：要不要把他的电话告诉东家？")
    kiosk.tap("打推荐单")
    kiosk.tap("知道了")
    kiosk.wait_text("推荐好了")
    assert looks(kiosk) == []
    with station.here.store.read() as u:
        (made,) = u.list(Referral, worker_id=pair.worker.id, listing_id=listing.id)
        (job,) = u.list(PrintJob, subject_id=made.id)
    (step,) = _steps(station, made.id)
    assert (step.state, step.contact_consent, step.by_name, step.how) == (ReferralState.REFERRED, True, HEAD, "打电话说好的")
    assert job.slip.kind is SlipKind.RECOMMENDATION
    assert pair.worker.phone.grouped() in str(job.slip)


def test_recommend_when_begun_from_a_person_finds_him_by_number_and_sets_a_job_aside(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    worker = next(w.worker for w in recommend.waiting_workers(station.here) if recommend.listings_for(station.here, w.worker.id))
    pair = recommend.listings_for(station.here, worker.id)[0]
    listing = pair.offer.published.listing
    kiosk = _open(start_real, screen, "推荐")
    kiosk.tap("从人找活")
    kiosk.wait_text(recommend.waiting_workers(station.here)[0].worker.phone.grouped())
    kiosk.wait_text("按号码找")
    kiosk.tap("按号码找")
    kiosk.wait_text("小票上的号码")
    key_in(kiosk, worker.code)
    assert looks(kiosk) == []
    kiosk.tap("找")
    kiosk.tap(worker.phone.grouped())
    kiosk.wait_text("不合适")
    _first(kiosk, "不合适")
    kiosk.wait_text(f"{worker.name}，{listing.title}：为什么不合适？")
    kiosk.wait_text("路太远")
    kiosk.tap("路太远")
    kiosk.tap("记下")
    kiosk.wait_text(f"记下了：{worker.name}不合适这个活")
    assert listing.id not in [p.offer.published.listing.id for p in recommend.listings_for(station.here, worker.id)]
    kiosk.tap("返回")
    kiosk.wait_text("从活找人")
    kiosk.tap("返回")
    kiosk.wait_text("从活找人")
    kiosk.tap("返回")
    kiosk.wait_page("today")


def test_recommend_when_the_number_is_nobodys_says_so(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = _open(start_real, lying, "推荐")
    kiosk.tap("从人找活")
    kiosk.tap("按号码找")
    key_in(kiosk, "00000000000")
    kiosk.tap("找")
    kiosk.wait_text("没有找到这个号码的人。")
    assert looks(kiosk) == []


def test_follow_up_when_answered_is_written_down_and_can_be_put_right(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    one = next(a for a in follow_up.due(station.here) if a.question is Question.CAME)
    kiosk = _open(start_real, screen, "回访")
    kiosk.wait_text(f"{one.worker.name}：来上工了吗？")
    kiosk.tap("当面说的")
    _first(kiosk, "没来")
    kiosk.wait_text(f"记下了：{one.worker.name}，本人说没来")
    assert _steps(station, one.referral.id)[-1].state is ReferralState.NO_SHOW
    assert one.referral.id not in [a.referral.id for a in follow_up.due(station.here)]
    kiosk.reach("今天问过的")
    kiosk.reach("本人说：没来")
    kiosk.tap("来了")
    kiosk.wait_text(f"记下了：{one.worker.name}，本人说来了")
    last = _steps(station, one.referral.id)[-1]
    assert (last.state, last.party, last.how, last.by_name) == (ReferralState.ARRIVED, Party.WORKER, "当面说的", HEAD)
    assert looks(kiosk) == []


def test_follow_up_when_nobody_answers_the_call_puts_it_last(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    one = follow_up.due(station.here)[0]
    kiosk = _open(start_real, lying, "回访")
    _first(kiosk, "没打通")
    kiosk.wait_text(f"记下了：{one.worker.name}没打通，晚点再问")
    assert follow_up.due(station.here)[-1].referral.id == one.referral.id


def test_follow_up_when_unpaid_opens_a_case(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    made = _long_unpaid(station)
    for other in follow_up.due(station.here):
        if other.question is not Question.PAID:
            follow_up.unreached(station.here, _session(station), other.referral.id)
    kiosk = _open(start_real, screen, "回访")
    _first(kiosk, "没拿到")
    kiosk.wait_text("已经记到“投诉欠薪”里")
    assert looks(kiosk) == []
    (facts,) = [f for f in cases.live_cases(station.here) if f.case.referral_id == made.id]
    assert (facts.case.kind, facts.state) == (CaseKind.UNPAID, CaseState.OPEN)


def _long_unpaid(station: RealStation) -> Referral:
    """Let somebody have come to daily-paid work twenty days ago, and nobody have asked since."""
    now = station.here.now()
    with station.here.store.write() as u:
        listing = next(x for x in u.list(Listing, station_id=station.here.station_id) if x.settlement is Settlement.DAILY and x.employer_id)
        worker = recommend.waiting_workers(station.here)[0].worker
        made = Referral(
            id=new_id(now - timedelta(days=22)),
            station_id=station.here.station_id,
            worker_id=worker.id,
            listing_id=listing.id,
            contact_consent=True,
            created_at=now - timedelta(days=22),
        )
        u.keep(made)
        for days, state in ((22, ReferralState.REFERRED), (21, ReferralState.ACCEPTED), (20, ReferralState.ARRIVED)):
            at = now - timedelta(days=days)
            step = ReferralStep(
                id=new_id(at),
                station_id=station.here.station_id,
                referral_id=made.id,
                state=state,
                by_name=HEAD,
                how="电话",
                stepped_at=at,
            )
            u.keep(step)
    return made


def test_cases_when_confirmed_with_a_reason_hold_the_employer_and_settled_let_go(
    start_real: StartReal, station: RealStation, screen: Screen
) -> None:
    session = _session(station)
    for facts in cases.live_cases(station.here):
        cases.step(station.here, session, facts.case.id, CaseState.DISMISSED, "是误会")
    listing = next(o.published.listing for o in recommend.open_listings(station.here) if "汉十" in o.published.listing.employer_name)
    cases.open_case(station.here, session, CaseKind.FALSE_LISTING, "到了地方没有这个活", listing_id=listing.id)
    kiosk = _open(start_real, screen, "投诉欠薪")
    kiosk.wait_text("到了地方没有这个活")
    kiosk.tap("查实了")
    kiosk.wait_text("怎么查实的？")
    kiosk.wait_text("他的用工信息先全部停下")
    assert not _enabled(kiosk, "记下"), "pale without a reason"
    kiosk.wait_text("去过现场，属实")
    kiosk.tap("去过现场，属实")
    kiosk.tap("记下")
    kiosk.wait_text("他的用工信息停下了")
    assert looks(kiosk) == []
    assert not any(o.published.listing.id == listing.id for o in recommend.open_listings(station.here))
    kiosk.tap("办结")
    kiosk.wait_text("怎么办结的？")
    kiosk.tap("用工信息已经改正")
    kiosk.tap("同时放开他的用工信息")
    kiosk.wait_text("同时放开他的用工信息")
    kiosk.tap("记下")
    kiosk.wait_text("他的用工信息放开了")
    kiosk.wait_text("没有没办完的事")
    assert any(o.published.listing.id == listing.id for o in recommend.open_listings(station.here))


def test_cases_when_a_visitor_complains_of_a_job_are_written_down(start_real: StartReal, station: RealStation, screen: Screen) -> None:
    before = len(cases.live_cases(station.here))
    worker = recommend.waiting_workers(station.here)[0].worker
    offer = recommend.open_listings(station.here)[0].published
    with station.here.store.write() as u:
        # who has found work wants no more of it, and may complain of it all the same
        u.put(replace(worker, state=WorkerState.PAUSED))
    kiosk = _open(start_real, screen, "投诉欠薪")
    kiosk.tap("记一件")
    kiosk.wait_text("信息不实")
    kiosk.tap("信息不实")
    kiosk.wait_text("是哪个活？")
    kiosk.wait_text("说不清是哪个活")
    key_in(kiosk, "9999")
    kiosk.tap("下一步")
    kiosk.wait_text("没有这个号码的活")
    kiosk.tap("重写")
    key_in(kiosk, str(offer.number))
    assert not any("没有这个号码的活" in text for text in kiosk.texts()), "that was the number before"
    kiosk.tap("下一步")
    kiosk.wait_text("谁说的？")
    kiosk.wait_text(f"{offer.number}号 {offer.listing.title}")
    kiosk.tap("返回")
    kiosk.wait_text("是哪个活？")
    take_down(station.here, _session(station), offer.listing.id, "招满了")
    key_in(kiosk, str(offer.number))
    kiosk.tap("下一步")
    kiosk.wait_text("谁说的？")
    kiosk.wait_text(f"{offer.number}号 {offer.listing.title}（已经下架）")
    assert looks(kiosk) == []
    key_in(kiosk, worker.code)
    kiosk.tap("下一步")
    kiosk.wait_text("他说了什么？")
    kiosk.wait_text(f"{offer.number}号 {offer.listing.title}（已经下架） ・ {worker.name}")
    kiosk.tap("要先交钱")
    kiosk.tap("记下")
    kiosk.wait_text(f"没办完的 {before + 1} 件")
    facts = cases.live_cases(station.here)[-1]
    assert (facts.case.kind, facts.case.text) == (CaseKind.FALSE_LISTING, "要先交钱")
    assert (facts.case.listing_id, facts.case.worker_id) == (offer.listing.id, worker.id)
