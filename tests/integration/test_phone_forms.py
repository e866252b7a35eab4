"""What is sent from the phone pages of a real hub: who may, how often, what it becomes in the station's feed, and what is said to it."""

import re
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.county.phone_files import open_picture, open_proof
from kiosk.county.phone_limits import ABOUT_ONE, FROM_ONE
from kiosk.county.phone_mine import ACTS_A_DAY
from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.employer import EmployerHold
from kiosk.domain.listing import Listing, ListingState, Takedown
from kiosk.domain.phone_act import PhoneAct, PhoneActKind
from kiosk.domain.privacy import Phone
from kiosk.domain.record import from_plain, new_id
from kiosk.domain.referral import PayAnswer, Referral, ReferralState, ReferralStep
from kiosk.domain.ticket import PublicKind, TicketKind, public_token
from kiosk.domain.worker import PhoneOf, Worker, WorkerState
from kiosk.errors import ConfigError
from kiosk.text import t
from tests.hub_parts import OTHER, OURS, Terminal, TestHub
from tests.integration.test_hub_push import a_worker, an_employer, held
from tests.integration.test_phone import SIZE_MAX, WORKER, look, shows, token
from tests.station import START, a_listing, a_review
from tests.unit.slip_samples import POLICY

LAST_FOUR = "5678"


@pytest.fixture
def ours(hub: TestHub) -> Terminal:
    return hub.terminal()


def known(ours: Terminal, listing: Listing | None = None, **changes: Any) -> tuple[Worker, Listing]:
    """Let the county have a worker and a public listing."""
    worker, listing = a_worker(**changes), listing or a_listing()
    ours.push(worker, listing, a_review(listing, START))
    return worker, listing


def send(hub: TestHub, some_token: str, **fields: str) -> requests.Response:
    """Send a page's form and check what holds for every answer."""
    response = requests.post(f"{hub.base}/k/{some_token}", data=fields, timeout=20)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert len(response.content) <= SIZE_MAX
    assert [p for p in ("王秀兰", "13800005678", "周建国", "19900001234", "<script") if p in response.text] == []
    assert response.headers["cache-control"] == "no-store"
    return response


def slip(ours: Terminal, worker: Worker, **changes: Any) -> str:
    return token(ours, TicketKind.REGISTRATION, worker.id, **changes)


def acts(terminal: Terminal) -> list[PhoneAct]:
    """Give what comes of acts in a station's feed."""
    terminal.cursor = ""
    return [from_plain(PhoneAct, data) for data in terminal.seen("phone_act")]


def by_code(hub: TestHub, listing: Listing, **fields: str) -> requests.Response:
    return send(hub, public_token(listing.id), **{"code": "4071 8836", "last_four": LAST_FOUR} | fields)


def test_registration_when_opened_with_the_last_four_digits_shows_it_and_what_fits(hub: TestHub, ours: Terminal) -> None:
    worker, _ = known(ours, a_listing(trade=Trade.CLEANING, title="商场保洁"))
    before = look(hub, slip(ours, worker))
    assert "王" not in before.text
    assert "商场保洁" not in before.text
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR), 200, "王＊兰，您好", "商场保洁", t("phone.apply"), t("phone.mine.words.none"))


@pytest.mark.parametrize("typed", ["５６７８", " 56 78 "])
def test_registration_when_digits_are_typed_as_people_type_opens(hub: TestHub, ours: Terminal, typed: str) -> None:
    worker, _ = known(ours)
    shows(send(hub, slip(ours, worker), last_four=typed), 200, "王＊兰，您好")


@pytest.mark.parametrize("typed", ["", "567", "56789", "abcd", "٥٦٧٨", "\0\0\0\0"])
def test_registration_when_these_are_no_four_digits_says_so_and_costs_nothing(hub: TestHub, ours: Terminal, typed: str) -> None:
    worker, _ = known(ours)
    for _ in range(ABOUT_ONE[0][0] + 1):
        shows(send(hub, slip(ours, worker), last_four=typed), 422, t("phone.sorry.digits"))
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR), 200, "王＊兰，您好")


def test_registration_when_the_digits_are_wrong_keeps_what_was_typed_and_reveals_nothing(hub: TestHub, ours: Terminal) -> None:
    worker, _ = known(ours)
    answer = send(hub, slip(ours, worker), last_four="0000")
    shows(answer, 403, t("phone.sorry.wrong"), 'value="0000"', 'href="tel:07124000001"')
    assert "王" not in answer.text


def test_registration_when_guessed_too_often_opens_no_more_for_a_while_whichever_worker_is_asked(hub: TestHub, ours: Terminal) -> None:
    worker, _ = known(ours)
    most, window = ABOUT_ONE[0]
    for n in range(most):
        shows(send(hub, slip(ours, worker), last_four=f"{n:04}"), 403)
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR), 429, t("phone.sorry.too_often"))
    hub.clock.tick(seconds=window.total_seconds() + 60)
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR), 200, "王＊兰，您好")
    for n in range(most):
        send(hub, slip(ours, worker), last_four=f"{n:04}")
    hub.clock.tick(days=2)
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR), 429)  # ten in thirty days


def test_registration_when_guessed_at_once_from_many_connections_takes_no_more_than_allowed(hub: TestHub, ours: Terminal) -> None:
    worker, _ = known(ours)
    status: list[int] = []
    guess = slip(ours, worker)
    tries = [threading.Thread(target=lambda n=n: status.append(send(hub, guess, last_four=f"{n:04}").status_code)) for n in range(12)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert sorted(status) == [403] * ABOUT_ONE[0][0] + [429] * (12 - ABOUT_ONE[0][0])


def test_form_when_one_address_misses_too_often_is_refused_for_every_ticket(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing()
    ours.push(listing, a_review(listing, START), WORKER)
    for n in range(FROM_ONE[0]):
        shows(by_code(hub, listing, code=f"{n:08}"), 403, t("phone.sorry.wrong_code"))
    shows(send(hub, slip(ours, WORKER), last_four=LAST_FOUR), 429, t("phone.sorry.too_many"))
    hub.clock.tick(hours=2)
    shows(send(hub, slip(ours, WORKER), last_four=LAST_FOUR), 200)
    with hub.engine.connect() as connection:  # no number is kept as it was typed
        kept = connection.exec_driver_sql("SELECT subject FROM phone_miss").scalars().all()
    assert not [subject for subject in kept if re.search(r"\b\d{8}\b", subject)]


def test_registration_when_he_gave_the_stations_number_is_sent_to_the_station(hub: TestHub, ours: Terminal) -> None:
    worker, _ = known(ours, phone=Phone("07124000001"), phone_of=PhoneOf.STATION)
    shows(send(hub, slip(ours, worker), last_four="0001"), 403, t("phone.sorry.through_staff"))
    _, listing = known(ours, phone=Phone("07124000001"), phone_of=PhoneOf.STATION, code="11112222")
    shows(by_code(hub, listing, code="11112222", last_four="0001"), 403, t("phone.sorry.wrong_code"))


@pytest.mark.parametrize("kind", [TicketKind.RECOMMENDATION, TicketKind.POSTING])
def test_form_when_the_slip_is_not_a_workers_own_does_nothing(hub: TestHub, ours: Terminal, kind: TicketKind) -> None:
    worker, listing = known(ours)
    referral = _referral(worker, listing)
    ours.push(referral)
    subject = referral.id if kind is TicketKind.RECOMMENDATION else listing.id
    page = look(hub, token(ours, kind, subject))
    assert "<form" not in page.text
    answer = send(hub, token(ours, kind, subject), last_four=LAST_FOUR, listing=listing.id)
    assert "王" not in answer.text
    assert acts(ours) == []


def test_form_when_the_slip_is_expired_foreign_forged_or_unknown_gives_its_page_and_does_nothing(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours)
    fields = {"last_four": LAST_FOUR, "listing": listing.id}
    old = slip(ours, worker, hour=int(START.timestamp()) // 3600 - 181 * 24)
    shows(send(hub, old, **fields), 410, t("phone.expired.title"))
    shows(send(hub, slip(ours, worker, county="420922"), **fields), 404, t("phone.foreign.title"))
    whole = slip(ours, worker)
    shows(send(hub, whole[:-4] + ("AAAA" if whole[-4:] != "AAAA" else "BBBB"), **fields), 403, t("phone.forged.title"))
    shows(send(hub, slip(hub.terminal(OTHER), worker), **fields), 200, t("phone.waiting.title"))
    shows(send(hub, public_token(POLICY.id, PublicKind.POLICY), **fields), 404)
    assert acts(ours) == []


def test_form_when_the_worker_withdrew_says_so_and_does_nothing(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours)
    ours.push(replace(worker, revision=2, state=WorkerState.WITHDRAWN))
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR, listing=listing.id), 200, t("phone.registration.withdrawn.title"))
    shows(by_code(hub, listing), 403, t("phone.sorry.wrong_code"))
    assert acts(ours) == []


@pytest.mark.parametrize("way", ["slip", "code"])
@pytest.mark.parametrize("consent", ["", "1"])
def test_apply_when_sent_reaches_his_station_once_and_says_what_happens_next(hub: TestHub, ours: Terminal, way: str, consent: str) -> None:
    worker, listing = known(ours)
    for _ in range(2):  # a double tap
        if way == "slip":
            answer = send(hub, slip(ours, worker), last_four=LAST_FOUR, listing=listing.id, consent=consent)
        else:
            answer = by_code(hub, listing, consent=consent)
        wait = t("applied.wait")
        shows(answer, 200, t("phone.applied.title"), "装卸工", t("phone.applied.yes" if consent else "phone.applied.no"), wait)
        shows(answer, 200, "义堂站的人现在就看得到")
    [act] = acts(ours)
    assert (act.kind, act.worker_id, act.listing_id, act.contact_consent) == (PhoneActKind.APPLY, worker.id, listing.id, bool(consent))
    assert (act.station_id, act.acted_at, act.taken_at) == (OURS.id, START, None)
    assert acts(hub.terminal(OTHER)) == []
    mine = send(hub, slip(ours, worker), last_four=LAST_FOUR)
    shows(mine, 200, t("phone.mine.words.on_the_way"), t("phone.mine.words.no_offers"))


def test_apply_when_sent_at_the_same_time_twice_is_one_act(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours)
    ways = [lambda: send(hub, slip(ours, worker), last_four=LAST_FOUR, listing=listing.id), lambda: by_code(hub, listing)] * 4
    taps = [threading.Thread(target=way) for way in ways]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    assert len(acts(ours)) == 1


def test_apply_when_he_registered_at_another_station_goes_to_his_own(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing()
    ours.push(listing, a_review(listing, START))
    theirs = hub.terminal(OTHER)
    theirs.push(a_worker(station_id=OTHER.id))
    shows(by_code(hub, listing), 200, t("phone.applied.title"), OTHER.name)
    assert (len(acts(theirs)), len(acts(ours))) == (1, 0)


def test_apply_when_the_slip_is_older_than_72_hours_is_sent_to_the_telephone(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours, a_listing(ends_on=START.date() + timedelta(days=30)))
    paper, fields = slip(ours, worker), {"last_four": LAST_FOUR, "listing": listing.id}
    hub.clock.tick(hours=73)
    shows(send(hub, paper, last_four=LAST_FOUR), 200, t("phone.mine.words.old"), "王＊兰，您好")
    shows(send(hub, paper, **fields), 403, t("phone.sorry.old_slip"), 'href="tel:07124000001"')
    shows(by_code(hub, listing), 403, t("phone.sorry.old_slip"))
    assert acts(ours) == []
    shows(send(hub, slip(ours, worker, hour=int(hub.clock().timestamp()) // 3600), **fields), 200, t("phone.applied.title"))


def test_apply_when_the_slips_clock_was_not_set_is_judged_by_the_record(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours, a_listing(ends_on=START.date() + timedelta(days=30)))
    paper, fields = slip(ours, worker, hour=0), {"last_four": LAST_FOUR, "listing": listing.id}
    hub.clock.tick(hours=71)
    shows(send(hub, paper, **fields), 200, t("phone.applied.title"))
    hub.clock.tick(hours=2)
    shows(send(hub, paper, **fields), 403, t("phone.sorry.old_slip"))


def test_apply_when_the_listing_is_over_meanwhile_does_nothing_and_says_so(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours)
    ours.push(_takedown(listing))
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR, listing=listing.id), 410, t("phone.sorry.gone"), "王＊兰，您好")
    shows(by_code(hub, listing), 410, t("phone.listing.filled.title"))
    for strange in ("x", "00000000-0000-7000-8000-0000000000ff", "'"):
        shows(send(hub, slip(ours, worker), last_four=LAST_FOUR, listing=strange), 410)
    assert acts(ours) == []


def test_apply_when_he_is_too_young_for_dangerous_work_is_refused(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours, a_listing(title="矿山井下工", description="下井"), age_band=AgeBand.MINOR)
    shows(by_code(hub, listing), 403, t("bad.apply.young"))
    mine = send(hub, slip(ours, worker), last_four=LAST_FOUR)
    assert "矿山井下工" not in mine.text
    assert acts(ours) == []


def test_apply_when_the_numbers_are_typed_wrong_keeps_them_and_costs_nothing(hub: TestHub, ours: Terminal) -> None:
    _, listing = known(ours)
    shows(by_code(hub, listing, code="4071"), 422, t("phone.sorry.code"), 'value="4071"', 'value="5678"', '<details class="ask" open>')
    shows(by_code(hub, listing, last_four="56"), 422, t("phone.sorry.digits"), 'value="4071 8836"')


def test_apply_when_two_have_the_same_number_and_digits_takes_neither(hub: TestHub, ours: Terminal) -> None:
    _, listing = known(ours)
    hub.terminal(OTHER).push(a_worker(station_id=OTHER.id))
    shows(by_code(hub, listing), 403, t("phone.sorry.wrong_code"))


def test_apply_when_declined_before_may_be_sent_again(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours)
    by_code(hub, listing)
    [act] = acts(ours)
    made = replace(_referral(worker, listing), id=act.referral_id)
    ours.push(made)
    by_code(hub, listing)
    assert len(acts(ours)) == 1
    ours.push(_step(made, ReferralState.DECLINED, how=t("phone_act.gone")))
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR), 200, t("phone.referral.declined.title"), t("phone_act.gone"))
    by_code(hub, listing)
    assert len(acts(ours)) == 2


def test_apply_when_sent_all_day_long_is_stopped(hub: TestHub, ours: Terminal) -> None:
    worker, _ = known(ours)
    listings = [a_listing() for _ in range(ACTS_A_DAY + 1)]
    ours.push(*listings, *(a_review(listing, START) for listing in listings))
    status = [send(hub, slip(ours, worker), last_four=LAST_FOUR, listing=listing.id).status_code for listing in listings]
    assert status == [200] * ACTS_A_DAY + [429]


def test_registration_when_there_is_much_to_show_is_small_all_the_same(hub: TestHub, ours: Terminal) -> None:
    long = {
        "requirements": "吃苦" * 100,
        "employer_name": "云梦县建筑劳务有限责任公司" * 3,
        "transport": "接送" * 20,
        "title": "装卸工" * 10,
    }
    worker, _ = known(ours, trades=(Trade.LOADING,))
    listings = [a_listing(trade=Trade.LOADING, **long) for _ in range(20)]  # type: ignore[arg-type]
    ours.push(*listings, *(a_review(listing, START) for listing in listings))
    made = [_referral(worker, listing) for listing in listings[:14]]
    ways = [ReferralState.REFERRED, ReferralState.ACCEPTED, ReferralState.ARRIVED]
    ours.push(*made, *(_step(one, state, n - 9999) for one in made for n, state in enumerate(ways)))
    answer = send(hub, slip(ours, worker), last_four=LAST_FOUR)
    shows(answer, 200, t("phone.mine.words.asks"))
    assert answer.text.count('<details class="box offer"') == 5


def test_apply_when_the_station_is_shut_or_away_says_when_it_is_seen(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours)
    hub.clock.tick(minutes=11)
    shows(by_code(hub, listing), 200, t("phone.applied.offline", station="义堂站"))
    hub.clock.tick(hours=5)
    ours.push(a_worker(code="00000001"))
    shows(by_code(hub, listing), 200, "义堂站的人明天 08:00 上班就看得到", "明天 07:00 就开工")
    assert worker.id


def test_apply_when_all_places_are_taken_says_that_he_is_a_reserve(hub: TestHub, ours: Terminal) -> None:
    _, listing = known(ours, a_listing(headcount=1))
    assert t("applied.full") not in by_code(hub, listing).text
    made = _referral(a_worker(), listing)
    ours.push(made, _step(made, ReferralState.REFERRED))
    shows(by_code(hub, listing), 200, t("phone.applied.title"), t("applied.full"))


def test_apply_when_the_employer_is_held_does_nothing(hub: TestHub, ours: Terminal) -> None:
    employer = an_employer()
    worker, listing = known(ours, a_listing(employer_id=employer.id))
    of_ours = {"station_id": OURS.id, "employer_id": employer.id, "reason": "欠薪", "by_id": "x", "by_name": "李芳"}
    hold = EmployerHold(id=new_id(START), held=True, decided_at=START, **of_ours)
    other = a_listing(title="别家的活")
    ours.push(employer, hold, other, a_review(other, START))
    held_page = by_code(hub, listing)
    shows(held_page, 410, t("phone.listing.down.title"), "别家的活")
    assert "装卸工" not in held_page.text
    shows(send(hub, slip(ours, worker), last_four=LAST_FOUR, listing=listing.id), 410, t("phone.sorry.gone"))
    assert acts(ours) == []


def _takedown(listing: Listing, state: ListingState = ListingState.FILLED) -> Takedown:
    return Takedown(
        id=new_id(START), station_id=OURS.id, listing_id=listing.id, by_name="李芳", reason="r", state=state, taken_down_at=START
    )


def _referral(worker: Worker, listing: Listing) -> Referral:
    return Referral(
        id=new_id(START), station_id=OURS.id, worker_id=worker.id, listing_id=listing.id, contact_consent=True, created_at=START
    )


def _step(made: Referral, state: ReferralState, minutes: float = 1, **changes: Any) -> ReferralStep:
    step = ReferralStep(
        id=new_id(START),
        station_id=OURS.id,
        referral_id=made.id,
        state=state,
        by_name="李芳",
        how="电话",
        stepped_at=START + timedelta(minutes=minutes),
    )
    return replace(step, **changes)


@pytest.fixture
def arrived(hub: TestHub, ours: Terminal) -> tuple[Worker, Referral, str]:
    """Give a worker who worked a hundred days ago, his referral, and the slip of it."""
    worker, listing = known(ours)
    made = _referral(worker, listing)
    ways = [ReferralState.REFERRED, ReferralState.ACCEPTED, ReferralState.ARRIVED]
    ours.push(made, *(_step(made, state, n) for n, state in enumerate(ways)))
    return worker, made, token(ours, TicketKind.REFERRAL, made.id)


def test_pay_when_it_is_not_due_is_not_asked(hub: TestHub, ours: Terminal, arrived: tuple[Worker, Referral, str]) -> None:
    _, made, paper = arrived
    assert t("phone.asks_head") not in look(hub, paper).text
    answer = send(hub, paper, last_four=LAST_FOUR, referral=made.id, answer="all")
    shows(answer, 422, t("phone.sorry.not_now"))
    assert acts(ours) == []


@pytest.mark.parametrize("answer", PayAnswer)
def test_pay_when_said_within_180_days_reaches_the_station_once(
    hub: TestHub, ours: Terminal, arrived: tuple[Worker, Referral, str], answer: PayAnswer
) -> None:
    worker, made, paper = arrived
    hub.clock.tick(days=100)
    shows(look(hub, paper), 200, t("phone.asks_head"))
    mine = send(hub, paper, last_four=LAST_FOUR)
    shows(mine, 200, t("phone.mine.words.asks"), *(t(f"mine_pay.{each}") for each in PayAnswer), t("phone.mine.words.old"))
    for _ in range(2):
        said = send(hub, paper, last_four=LAST_FOUR, referral=made.id, answer=answer)
        shows(said, 200, t("phone.paid.noted"), t(f"phone.paid.{answer}"))
    [act] = acts(ours)
    assert (act.kind, act.answer, act.worker_id, act.referral_id) == (PhoneActKind.PAY, answer, worker.id, made.id)
    assert t("phone.asks_head") not in look(hub, paper).text
    assert t("phone.mine.words.asks") not in send(hub, paper, last_four=LAST_FOUR).text


def test_pay_when_it_came_after_all_may_be_put_right(hub: TestHub, ours: Terminal, arrived: tuple[Worker, Referral, str]) -> None:
    _, made, paper = arrived
    hub.clock.tick(days=3)
    send(hub, paper, last_four=LAST_FOUR, referral=made.id, answer="nothing")
    hub.clock.tick(days=2)
    send(hub, paper, last_four=LAST_FOUR, referral=made.id, answer="all")
    assert [act.answer for act in acts(ours)] == [PayAnswer.NOTHING, PayAnswer.ALL]


def test_pay_when_it_is_another_mans_referral_is_refused(hub: TestHub, ours: Terminal, arrived: tuple[Worker, Referral, str]) -> None:
    _, made, _ = arrived
    other = a_worker(code="99990000", phone=Phone("13700001111"))
    ours.push(other)
    hub.clock.tick(days=3)
    shows(send(hub, slip(ours, other), last_four="1111", referral=made.id, answer="nothing"), 422, t("phone.sorry.not_now"))
    for strange in ("x", "ALL", "<b>"):
        shows(send(hub, slip(ours, other), last_four="1111", referral=made.id, answer=strange), 422)
    assert acts(ours) == []


def test_listing_when_over_shows_the_nearest_that_stand_in_public(hub: TestHub, ours: Terminal) -> None:
    over = a_listing()
    near = {
        "同样的活，本镇": a_listing(title="同样的活，本镇"),
        "同样的活，工钱差得远": a_listing(title="同样的活，工钱差得远", pay_fen=90000),
        "同样的活，邻镇": a_listing(title="同样的活，邻镇", area="420923102"),
        "别的活，本镇": a_listing(title="别的活，本镇", trade=Trade.CLEANING),
    }
    hidden = [a_listing(title=f"看不得{n}") for n in range(4)]
    ours.push(over, a_review(over, START), _takedown(over), *near.values(), *(a_review(one, START) for one in near.values()))
    gone = replace(hidden[1], ends_on=START.date() - timedelta(days=1))
    ours.push(hidden[0], gone, a_review(gone, START), hidden[2], a_review(hidden[2], START), _takedown(hidden[2], ListingState.WITHDRAWN))
    page = look(hub, public_token(over.id))
    shows(page, 410, t("phone.listing.filled.title"), t("phone.others"))
    assert "看不得" not in page.text
    links = re.findall(r'<a class="box" href="(L[\w-]{22})"><b class="name">(.*?)</b>', page.text)
    assert [title for _, title in links] == ["同样的活，本镇", "同样的活，工钱差得远", "同样的活，邻镇"]
    assert links[0][0] == public_token(near["同样的活，本镇"].id)
    shows(look(hub, links[0][0]), 200, "同样的活，本镇", t("phone.apply"))


def test_listing_when_over_with_nothing_near_says_only_so(hub: TestHub, ours: Terminal) -> None:
    listing = a_listing()
    ours.push(listing, a_review(listing, START), _takedown(listing))
    assert t("phone.others") not in look(hub, public_token(listing.id)).text


def test_candidates_when_searched_take_the_indexes(hub: TestHub) -> None:
    with hub.engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        plans = [
            "\n".join(connection.exec_driver_sql(f"EXPLAIN SELECT id FROM record WHERE county_id = '420923' AND {where}").scalars())
            for where in (
                "entity = 'worker' AND (data ->> 'code') = '1'",
                "entity = 'referral' AND (data ->> 'worker_id') = '1'",
                "entity = 'listing' AND (data ->> 'trade') IN ('x') AND (data ->> 'ends_on') >= '2026'",
                "entity = 'listing' AND (data ->> 'area') = 'x' AND (data ->> 'ends_on') >= '2026'",
            )
        ]
    names = ("worker_code", "referral_worker_id", "listing_trade", "listing_area")
    assert [name for name, plan in zip(names, plans, strict=True) if f"ix_record_{name}" not in plan] == []


def test_push_when_a_station_writes_a_phone_act_is_refused(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours)
    forged = PhoneAct(
        id=new_id(START),
        station_id=OURS.id,
        kind=PhoneActKind.APPLY,
        worker_id=worker.id,
        listing_id=listing.id,
        referral_id=new_id(START),
        acted_at=START,
    )
    [refused] = ours.push(forged).refused
    assert refused.code == "county_owned"
    assert held(hub, forged.id) == {}


def test_page_when_opened_by_get_with_a_query_never_acts(hub: TestHub, ours: Terminal) -> None:
    worker, listing = known(ours)
    hub.get(f"/k/{slip(ours, worker)}?last_four={LAST_FOUR}&listing={listing.id}")
    assert acts(ours) == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"last_four=" + b"5" * 100_000, b"&".join(b"a%d=1" % n for n in range(50))])
def test_form_when_the_body_is_no_form_of_ours_harms_nothing(hub: TestHub, ours: Terminal, body: bytes) -> None:
    worker, _ = known(ours)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = requests.post(f"{hub.base}/k/{slip(ours, worker)}", data=body, headers=headers, timeout=20)
    assert response.status_code in (400, 422)


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def test_files_when_the_county_names_them_are_read_and_bad_ones_named(tmp_path: Path) -> None:
    (tmp_path / "mini.png").write_bytes(PNG)
    (tmp_path / "Ab3dE.txt").write_text("0123456789abcdef")
    picture, proof = open_picture(str(tmp_path / "mini.png")), open_proof(str(tmp_path / "Ab3dE.txt"))
    assert picture is not None
    assert proof is not None
    assert (picture.kind, proof.path, proof.body) == ("image/png", "/Ab3dE.txt", b"0123456789abcdef")
    assert (open_picture(""), open_proof("")) == (None, None)
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "not.png").write_bytes(b"GIF89a")
    (tmp_path / "large.png").write_bytes(PNG + b"\0" * 200_000)
    for name in ("empty.png", "not.png", "large.png", "nowhere.png"):
        with pytest.raises(ConfigError, match="mini_program_picture"):
            open_picture(str(tmp_path / name))
    for name in ("nowhere.txt", "mini.png", ".txt"):
        with pytest.raises(ConfigError, match="wechat_file"):
            open_proof(str(tmp_path / name))


def test_files_when_settings_name_them_are_served_and_the_pages_stay_where_they_are(hub: TestHub, tmp_path: Path) -> None:
    (tmp_path / "mini.png").write_bytes(PNG)
    (tmp_path / "Ab3dE.txt").write_text("0123456789abcdef")
    shared, hub.settings = (
        hub.settings,
        replace(hub.settings, mini_program_picture=str(tmp_path / "mini.png"), wechat_file=str(tmp_path / "Ab3dE.txt")),
    )
    try:
        hub.stop()
        hub.start()
        for path in ("/k/Ab3dE.txt", "/Ab3dE.txt"):
            proof = hub.get(path)
            assert (proof.status_code, proof.text, proof.headers["content-type"]) == (200, "0123456789abcdef", "text/plain; charset=utf-8")
        page = look(hub, public_token(POLICY.id, PublicKind.POLICY))
        [src] = re.findall(r'<img src="(/mini/[0-9a-f]{16})"', page.text)
        picture = hub.get(src)
        assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
        assert "immutable" in picture.headers["cache-control"]
    finally:
        hub.settings = shared
        hub.stop()
        hub.start()
    assert hub.get("/k/Ab3dE.txt").status_code == 404
