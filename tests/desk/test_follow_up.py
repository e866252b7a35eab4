"""回访 on the desk page: who is to be asked, whose word was written down, and that nothing is written twice."""

from dataclasses import replace
from urllib.parse import unquote

import pytest

from kiosk.domain.case import Case
from kiosk.domain.privacy import Phone
from kiosk.domain.referral import Party, ReferralState, ReferralStep
from kiosk.services import follow_up, recommend
from kiosk.services.register import register
from kiosk.text import t
from tests.desk.conftest import Browser, DeskStation
from tests.flows.test_use_cases import a_form
from tests.station import STATION, a_listing, a_review, sent


def _referred(desk: DeskStation) -> str:
    station = desk.station
    listing = a_listing(station.clock())
    with station.store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, station.clock()))
    worker = register(station.here, replace(a_form(), consented_at=station.clock())).worker
    made = recommend.refer(station.here, station.head, worker.id, listing.id, how="当面说好的", contact_consent=True).referral
    station.clock.tick(seconds=1)
    return made.id


def _open(desk: DeskStation) -> tuple[Browser, str]:
    referral = _referred(desk)
    browser = desk.signed_in()
    browser.open("/follow-up")
    return browser, referral


def _steps(desk: DeskStation, referral: str) -> list[ReferralStep]:
    with desk.station.store.read() as u:
        return sorted(u.list(ReferralStep, referral_id=referral), key=lambda s: s.stepped_at)


def test_follow_up_when_somebody_is_due_shows_the_question_and_both_numbers(desk: DeskStation) -> None:
    browser, _ = _open(desk)
    (one,) = follow_up.due(desk.station.here)
    for said in (t("follow_up.agreed", name=one.worker.name), one.worker.phone.grouped(), one.listing.contact_phone.grouped()):
        assert said in browser.page.text


def test_follow_up_when_answered_writes_whose_word_it_is_and_how(desk: DeskStation) -> None:
    browser, referral = _open(desk)
    page = browser.send("/follow-up", how="here", answer=f"{referral}/employer/accepted")
    step = _steps(desk, referral)[-1]
    assert (step.state, step.party, step.how) == (ReferralState.ACCEPTED, Party.EMPLOYER, t("follow_up.how_here"))
    (one,) = follow_up.answered(desk.station.here)
    assert t("follow_up.done", name=one.worker.name, party=t("follow_up.party_employer"), answer=t("follow_up.yes_agreed")) in page
    assert str(one.worker.name) not in unquote(browser.page.url)
    assert 'value="here" checked' in page
    again = browser.send("/follow-up", how="here", answer=f"{referral}/employer/accepted")
    assert browser.page.status_code == 409
    assert t("desk.changed") in again
    assert len(_steps(desk, referral)) == 2


def test_follow_up_when_he_was_not_paid_opens_a_case_and_says_so(desk: DeskStation) -> None:
    browser, referral = _open(desk)
    for state in ("accepted", "arrived"):
        browser.send("/follow-up", how="call", answer=f"{referral}/worker/{state}")
        desk.station.clock.tick(seconds=1)
        browser.open("/follow-up")
    page = browser.send("/follow-up", how="call", answer=f"{referral}/worker/unpaid")
    (one,) = follow_up.answered(desk.station.here)
    assert t("follow_up.done_case", name=one.worker.name) in page
    with desk.station.store.read() as u:
        assert u.count(Case) == 1


def test_follow_up_when_nobody_answers_the_call_asks_again_later(desk: DeskStation) -> None:
    browser, referral = _open(desk)
    page = browser.send("/follow-up", how="call", unreached=referral)
    (one,) = follow_up.due(desk.station.here)
    assert one.unreached_at is not None
    assert t("follow_up.done_unreached", name=one.worker.name) in page
    assert len(_steps(desk, referral)) == 1


@pytest.mark.parametrize(
    "answer", ["", "x", "{id}/staff/accepted", "{id}/worker/referred", "{id}/worker/paid", "{id}/worker/happy", "no/worker/paid"]
)
def test_follow_up_when_the_answer_makes_no_sense_writes_nothing(desk: DeskStation, answer: str) -> None:
    browser, referral = _open(desk)
    browser.send("/follow-up", how="call", answer=answer.format(id=referral))
    assert browser.page.status_code in (403, 404, 409)
    assert len(_steps(desk, referral)) == 1


def test_follow_up_when_other_stations_sent_somebody_shows_him_and_how_to_reach_him(desk: DeskStation) -> None:
    station = desk.station
    listing, there = a_listing(station.clock()), replace(STATION, id=STATION.id[:-1] + "2", name="曾店站", phone=Phone("07124000002"))
    with station.store.write() as u:
        u.put(listing, a_review(listing, station.clock()), there)
        named = sent(u, there.id, listing.id, station.clock(), ReferralState.ACCEPTED, name="王小兰", phone="19900007788")
        made = sent(u, there.id, listing.id, station.clock())
    browser = desk.signed_in()
    page = browser.open("/follow-up")
    for said in (
        "曾店站的一位工友：东家要他吗？",
        "联系他找曾店站 0712-4000002",
        "别的驿站推荐来的人",
        "王小兰：来上工了吗？",
        "199 0000 7788",
    ):
        assert said in page
    browser.send("/follow-up", how="call", answer=f"{made.id}/employer/accepted")
    assert _steps(desk, made.id)[-1].state is ReferralState.ACCEPTED
    assert len(_steps(desk, named.id)) == 2
