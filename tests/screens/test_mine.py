"""My registration, policies and courses, what the station offers: whole in every form, and a found slip opens nobody's record."""

from datetime import timedelta

import pytest

from kiosk import bootstrap
from kiosk.domain.referral import Referral, ReferralState
from kiosk.domain.station import StaffCall
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import NotFound
from kiosk.services import browse
from kiosk.services.guesses import MISSES, WINDOW
from kiosk.services.mine import find_mine
from kiosk.services.sample import load_sample
from kiosk.services.station import local
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, enlarge, key_in, looks, sample_state, start_real, station
from tests.screens.xtest import Kiosk

__all__ = ["sample_state", "start_real", "station"]

FORMS = pytest.mark.parametrize("form", ["lying", "upright"])
SIZES = pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])


def a_worker(station: RealStation) -> Worker:
    with station.here.store.read() as u:
        return u.need(Worker, u.list(Referral)[0].worker_id)


def begin(start_real: StartReal, screen: Screen, large: bool) -> Kiosk:
    kiosk = start_real(screen)
    kiosk.wait_page("home")
    # the store has answered: nothing waits for it any more
    kiosk.wait_text("义堂站", 40)
    if large:
        enlarge(kiosk)
    return kiosk


def number(kiosk: Kiosk, digits: str) -> None:
    key_in(kiosk, digits)
    kiosk.tap(t("mine.next"))


@FORMS
@SIZES
def test_mine_when_both_numbers_are_right_shows_how_it_stands(
    start_real: StartReal, station: RealStation, form: str, large: bool, request: pytest.FixtureRequest
) -> None:
    worker = a_worker(station)
    kiosk = begin(start_real, request.getfixturevalue(form), large)
    kiosk.tap(t("home.mine.title"))
    kiosk.wait_text(t("mine_scan.head"))
    assert looks(kiosk) == []
    number(kiosk, worker.code)
    kiosk.wait_text(t("mine.last"))
    number(kiosk, worker.phone.last_four())
    kiosk.wait_page("mine_found")
    assert looks(kiosk) == []
    shown = " ".join(kiosk.texts())
    assert worker.name.masked()[0] in shown
    assert worker.name not in shown
    assert worker.phone not in shown
    mine = find_mine(station.here, worker.code, worker.phone.last_four())
    for text in (t(f"mine.referral.{mine.referrals[0].state.value}"), mine.matches[0].listing.title):
        assert any(text == thing["text"] for thing in kiosk.view()["things"])
    kiosk.tap(t("apply.finish"))
    kiosk.wait_page("home")


def test_mine_when_found_leads_to_a_listing_without_registering_again(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    worker = a_worker(station)
    match = find_mine(station.here, worker.code, worker.phone.last_four()).matches[0]
    kiosk = begin(start_real, lying, large=False)
    kiosk.tap(t("home.mine.title"))
    kiosk.wait_text(t("mine_scan.head"))
    number(kiosk, worker.code)
    kiosk.wait_text(t("mine.last"))
    number(kiosk, worker.phone.last_four())
    kiosk.wait_page("mine_found")
    kiosk.tap(match.listing.title)
    kiosk.wait_page("detail")
    kiosk.tap(t("detail.apply"))
    kiosk.wait_page("apply")
    kiosk.tap(t("dock.change"))
    kiosk.wait_page("home")
    assert not any(thing["text"] == t("dock.change") for thing in kiosk.view()["things"] if thing["rect"][2] > thing["rect"][0])


def test_mine_when_the_last_four_are_wrong_reveals_nothing_and_keeps_the_code(
    start_real: StartReal, station: RealStation, lying: Screen
) -> None:
    worker = a_worker(station)
    wrong = f"{(int(worker.phone.last_four()) + 1) % 10000:04d}"
    kiosk = begin(start_real, lying, large=False)
    kiosk.tap(t("home.mine.title"))
    kiosk.wait_text(t("mine_scan.head"))
    number(kiosk, worker.code)
    kiosk.wait_text(t("mine.last"))
    number(kiosk, wrong)
    kiosk.wait_text(t("mine.wrong"))
    assert looks(kiosk) == []
    kiosk.tap(t("dock.back"))
    kiosk.wait_text(f"{worker.code[:4]} {worker.code[4:]}")
    kiosk.tap(t("mine.next"))
    kiosk.wait_text(t("mine.given", code=f"{worker.code[:4]} {worker.code[4:]}"))
    number(kiosk, worker.phone.last_four())
    kiosk.wait_page("mine_found")


def test_mine_when_guessed_too_often_waits_and_says_until_when(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    worker = a_worker(station)
    first = bootstrap.wall_clock()
    for _ in range(MISSES - 1):
        with pytest.raises(NotFound):
            find_mine(station.here, "00000000", "0000")
    kiosk = begin(start_real, lying, large=False)
    kiosk.tap(t("home.mine.title"))
    kiosk.wait_text(t("mine_scan.head"))
    number(kiosk, worker.code)
    kiosk.wait_text(t("mine.last"))
    number(kiosk, f"{(int(worker.phone.last_four()) + 1) % 10000:04d}")
    kiosk.wait_text(t("mine.wrong"))
    number(kiosk, worker.phone.last_four())
    said = kiosk.wait_text(t("mine.locked", time="").split("，", 1)[1])["text"]
    again = [local(first + WINDOW + timedelta(seconds=after)) for after in (60, 65)]
    assert said in [t("mine.locked", time=f"{at:%H:%M}") for at in again]
    assert kiosk.view()["page"] == "mine"
    assert looks(kiosk) == []


@FORMS
@SIZES
def test_policies_and_services_when_opened_are_whole(
    start_real: StartReal, station: RealStation, form: str, large: bool, request: pytest.FixtureRequest
) -> None:
    sample = load_sample(bootstrap.ASSETS / "sample", bootstrap.wall_clock())
    with station.here.store.write() as u:
        for record in (*sample.policies, *sample.trainings):
            u.receive(record)
    first, course = browse.policies(station.here)[0], browse.trainings(station.here)[0]
    kiosk = begin(start_real, request.getfixturevalue(form), large)
    kiosk.tap(t("home.policy.title"))
    kiosk.wait_text(first.title)
    assert looks(kiosk) == []
    kiosk.tap(first.title)
    kiosk.wait_page("policy")
    kiosk.wait_text(first.summary)
    assert looks(kiosk) == []
    kiosk.tap(t("dock.back"))
    kiosk.wait_page("policies")
    kiosk.tap(t("policy.trainings", count=len(sample.trainings)))
    kiosk.wait(lambda seen: any(thing["text"] == course.title for thing in seen["things"]), course.title)
    assert looks(kiosk) == []
    kiosk.reach(course.title)
    kiosk.tap(course.title)
    kiosk.wait_page("policy")
    assert looks(kiosk) == []
    kiosk.tap(t("dock.back"))
    kiosk.wait_page("policies")
    kiosk.wait_text(course.title)
    kiosk.tap(t("dock.home"))
    kiosk.wait_page("home")
    kiosk.tap(t("home.station.title"))
    kiosk.wait_text(t("facility.water"))
    kiosk.wait_text(t("offer.phone", phone="0712-0000101"))
    assert looks(kiosk) == []


def test_policies_when_there_are_none_says_so(start_real: StartReal, lying: Screen) -> None:
    kiosk = begin(start_real, lying, large=False)
    kiosk.tap(t("home.policy.title"))
    kiosk.wait_text(t("policy.none"))
    assert looks(kiosk) == []
    kiosk.tap(t("policy.trainings", count=0))
    kiosk.wait_text(t("policy.none_more"))


def test_services_when_help_is_asked_for_calls_staff(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    kiosk = begin(start_real, lying, large=False)
    kiosk.tap(t("home.station.title"))
    kiosk.tap(t("offer.help.title"))
    kiosk.wait_text(t("call.title"))
    with station.here.store.read() as u:
        assert [call.where for call in u.list(StaffCall)] == [t("home.station.title")]


@pytest.mark.parametrize("state", ReferralState)
def test_mine_when_a_referral_stands_anywhere_has_words_for_it_and_for_what_comes_next(state: ReferralState) -> None:
    assert t(f"mine.referral.{state.value}")
    assert t(f"mine.referral.{state.value}_next")


@pytest.mark.parametrize("everywhere", [False, True])
def test_mine_when_withdrawn_asks_once_more_then_forgets(
    start_real: StartReal, station: RealStation, lying: Screen, everywhere: bool
) -> None:
    worker = a_worker(station)
    with station.here.store.write() as u:
        # what the county has it can pass on
        u.acknowledge([one.sequence for one in u.outgoing(500) if everywhere])
    kiosk = begin(start_real, lying, large=everywhere)
    kiosk.tap(t("home.mine.title"))
    kiosk.wait_text(t("mine_scan.head"))
    number(kiosk, worker.code)
    kiosk.wait_text(t("mine.last"))
    number(kiosk, worker.phone.last_four())
    kiosk.wait_page("mine_found")
    kiosk.reach(t("mine.withdraw"))
    kiosk.tap(t("mine.withdraw"))
    kiosk.wait_text(t("mine.withdraw_ask"))
    assert looks(kiosk) == []
    assert (t("mine.withdraw_here") in kiosk.texts()) is everywhere
    kiosk.tap(t("mine.withdraw_everywhere" if everywhere else "mine.withdraw"))
    kiosk.wait_text(t("mine.withdrawn"))
    kiosk.wait_text(t("mine.withdrawn_everywhere_text" if everywhere else "mine.withdrawn_text"))
    assert looks(kiosk) == []
    with station.here.store.read() as u:
        gone = u.need(Worker, worker.id)
        assert (gone.state, gone.withdrawn_everywhere) == (WorkerState.WITHDRAWN, everywhere)
    kiosk.tap(t("problem.ok"))
    kiosk.wait_page("home")
