"""From recommending to paid, and what happens when it goes wrong: the staff's side on a real store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.domain.case import Case, CaseKind, CaseState
from kiosk.domain.codes import AgeBand, Settlement, Trade
from kiosk.domain.employer import Employer, EmployerHold, EmployerKind, is_held
from kiosk.domain.listing import Listing, Takedown
from kiosk.domain.print_job import PrintJob
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Question, Referral, ReferralState, ReferralStep, may_give_contact, state_of
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BadInput, NotAllowed, NotFound, WrongState
from kiosk.services import cases, follow_up, recommend
from kiosk.services.apply import apply
from kiosk.services.cases import Effect
from kiosk.services.register import register
from kiosk.services.rules import say
from kiosk.services.withdraw import withdraw
from tests.flows.test_use_cases import a_form
from tests.station import START, TestStation, a_listing, a_review, make_station

S = ReferralState


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def an_employer(station: TestStation) -> Employer:
    employer = Employer(
        id=new_id(station.clock()),
        revision=1,
        station_id=station.here.station_id,
        kind=EmployerKind.UNIT,
        name="云梦县汉十物流有限公司",
        phone=Phone("19900001234"),
        created_at=station.clock(),
    )
    with station.store.write() as u:
        u.keep(employer)
    return employer


def public_listing(station: TestStation, **changes: object) -> Listing:
    listing = a_listing(station.clock(), **changes)
    with station.store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, station.clock()))
    return listing


def a_worker(station: TestStation, n: int = 1, **changes: object) -> Worker:
    form = a_form(phone=f"1990000{n:04}", consented_at=station.clock())
    worker = register(station.here, replace(form, **changes)).worker  # type: ignore[arg-type]
    station.clock.tick(seconds=1)
    return worker


def recommended(station: TestStation, worker: Worker, listing: Listing, contact: bool = True) -> Referral:
    made = recommend.refer(station.here, station.head, worker.id, listing.id, how="当面说好的", contact_consent=contact).referral
    station.clock.tick(seconds=1)
    return made


def answer(station: TestStation, made: Referral, state: ReferralState, party: Party = Party.WORKER) -> follow_up.Stepped:
    stepped = follow_up.step(station.here, station.head, made.id, state, party, "打电话问的")
    station.clock.tick(seconds=1)
    return stepped


def unpaid(station: TestStation, worker: Worker, listing: Listing) -> Case:
    made = recommended(station, worker, listing)
    answer(station, made, S.ACCEPTED, Party.EMPLOYER)
    answer(station, made, S.ARRIVED)
    case = answer(station, made, S.UNPAID).case
    assert case is not None
    return case


def is_public(station: TestStation, listing: Listing) -> bool:
    with station.store.read() as u:
        return u.published(listing.id) is not None


def test_workers_for_when_several_fit_puts_who_applied_first_then_the_longest_waiting(station: TestStation) -> None:
    waiting = a_worker(station, 1)
    station.clock.tick(days=3)
    old, new = a_worker(station, 2, age_band=AgeBand.SENIOR), a_worker(station, 3)
    sewing = a_worker(station, 4, trades=(Trade.SEWING,))
    listing = public_listing(station, starts_on=date(2026, 11, 28), ends_on=date(2026, 11, 30))
    apply(station.here, sewing.id, listing.id, contact_consent=False)
    pairs = recommend.workers_for(station.here, listing.id)
    assert [p.worker.id for p in pairs] == [sewing.id, waiting.id, old.id, new.id]
    assert [p.applied for p in pairs] == [True, False, False, False]
    assert [p.days for p in pairs] == [0, 3, 0, 0]
    assert "会干搬运装卸" in [recommend.said(r) for r in pairs[1].reasons]


def test_workers_for_when_recommended_paused_or_unfit_leaves_them_out(station: TestStation) -> None:
    listing = public_listing(station)
    taken, paused, unfit, free = (a_worker(station, n) for n in range(1, 5))
    recommended(station, taken, listing)
    with station.store.write() as u:
        u.keep(replace(paused, revision=2, state=WorkerState.PAUSED))
    recommend.set_unfit(station.here, station.head, unfit.id, listing.id, "路太远")
    recommend.note_call(station.here, station.head, free.id, listing.id)
    pairs = recommend.workers_for(station.here, listing.id)
    assert [(p.worker.id, p.called_at is not None) for p in pairs] == [(free.id, True)]
    assert pairs[0].offer.taken == 1
    assert recommend.listings_for(station.here, unfit.id) == ()
    assert recommend.listings_for(station.here, taken.id) == ()


def test_listings_for_when_he_applied_gives_that_first_with_the_same_score_as_the_other_way(station: TestStation) -> None:
    sewing, loading = public_listing(station, trade=Trade.SEWING), public_listing(station)
    worker = a_worker(station)
    apply(station.here, worker.id, sewing.id, contact_consent=True)
    pairs = recommend.listings_for(station.here, worker.id)
    assert [p.offer.published.listing.id for p in pairs] == [sewing.id, loading.id]
    (back,) = recommend.workers_for(station.here, loading.id)
    assert (back.score, back.reasons) == (pairs[1].score, pairs[1].reasons)
    assert all(say(reason) for reason in back.reasons)


def test_unfit_when_he_had_applied_ends_his_application(station: TestStation) -> None:
    listing, worker = public_listing(station), a_worker(station)
    made = apply(station.here, worker.id, listing.id, contact_consent=True).referral
    with pytest.raises(BadInput):
        recommend.set_unfit(station.here, station.head, worker.id, listing.id, " ")
    recommend.set_unfit(station.here, station.head, worker.id, listing.id, "本人不愿意去")
    with station.store.read() as u:
        (step,) = u.list(ReferralStep, referral_id=made.id)
    assert (step.state, step.how, step.by_id) == (S.DECLINED, "本人不愿意去", station.head.staff_id)


def test_waiting_workers_when_asked_by_number_finds_by_code_or_phone(station: TestStation) -> None:
    one, other = a_worker(station, 1), a_worker(station, 2)
    assert [w.worker.id for w in recommend.waiting_workers(station.here)] == [one.id, other.id]
    assert [w.worker.id for w in recommend.waiting_workers(station.here, one.code)] == [one.id]
    assert [w.worker.id for w in recommend.waiting_workers(station.here, "0002")] == [other.id]
    assert recommend.waiting_workers(station.here, "99999999") == ()


def test_refer_when_he_applied_moves_his_application_on_and_the_later_answer_on_contact_counts(station: TestStation) -> None:
    listing, worker = public_listing(station), a_worker(station)
    made = apply(station.here, worker.id, listing.id, contact_consent=True).referral
    done = recommend.refer(station.here, station.head, worker.id, listing.id, how="打电话说好的", contact_consent=False)
    assert done.referral == made
    with station.store.read() as u:
        steps = u.list(ReferralStep, referral_id=made.id)
        slip = str(u.need(PrintJob, done.job_id).slip)
    assert (state_of(steps), steps[0].how, steps[0].by_name) == (S.REFERRED, "打电话说好的", "李芳")
    assert not may_give_contact(made, steps)
    assert worker.name not in slip
    assert worker.phone.grouped() not in slip
    with pytest.raises(WrongState):
        recommended(station, worker, listing)


def test_refer_when_all_places_are_taken_is_allowed_and_marked(station: TestStation) -> None:
    listing = public_listing(station, headcount=1)
    first, second = a_worker(station, 1), a_worker(station, 2)
    assert not recommended(station, first, listing).over_headcount
    done = recommend.refer(station.here, station.head, second.id, listing.id, how="当面说好的", contact_consent=True)
    assert (done.over, done.referral.over_headcount) == (True, True)
    with station.store.read() as u:
        slip = str(u.need(PrintJob, done.job_id).slip)
    assert "候补" in slip
    assert second.name in slip
    assert second.phone.grouped() in slip


def test_refer_when_the_work_is_hazardous_refuses_the_young_and_wants_a_reason_for_the_old(station: TestStation) -> None:
    listing = public_listing(station, description="高空作业")
    young, old = a_worker(station, 1, age_band=AgeBand.MINOR), a_worker(station, 2, age_band=AgeBand.SENIOR)
    assert [(p.worker.id, p.hold) for p in recommend.workers_for(station.here, listing.id)] == [(old.id, True)]
    with pytest.raises(NotAllowed):
        recommended(station, young, listing)
    with pytest.raises(BadInput):
        recommended(station, old, listing)
    done = recommend.refer(station.here, station.head, old.id, listing.id, how="当面说好的", contact_consent=True, hold_reason="只干轻活")
    with station.store.read() as u:
        assert "只干轻活" in u.list(ReferralStep, referral_id=done.referral.id)[0].how
        assert u.count(Referral) == 1


def test_refer_when_he_withdrew_or_the_listing_is_gone_writes_nothing(station: TestStation) -> None:
    listing, worker = public_listing(station), a_worker(station)
    withdraw(station.here, worker.id)
    with pytest.raises(NotAllowed):
        recommended(station, worker, listing)
    with pytest.raises(NotFound):
        recommended(station, a_worker(station, 2), replace(listing, id="gone"))
    with station.store.read() as u:
        assert (u.count(Referral), u.count(ReferralStep)) == (0, 0)


@pytest.mark.parametrize(
    ("settlement", "paid_in_days"), [(Settlement.DAILY, 1), (Settlement.WEEKLY, 7), (Settlement.MONTHLY, 31), (Settlement.DONE, 3)]
)
def test_due_when_days_pass_asks_one_question_after_the_other(station: TestStation, settlement: Settlement, paid_in_days: int) -> None:
    listing, worker = public_listing(station, settlement=settlement), a_worker(station)

    def asked() -> list[Question]:
        return [a.question for a in follow_up.due(station.here)]

    made = recommended(station, worker, listing)
    assert asked() == [Question.AGREED]
    answer(station, made, S.ACCEPTED, Party.EMPLOYER)
    assert asked() == []
    station.clock.tick(days=1)
    assert asked() == [Question.CAME]
    answer(station, made, S.ARRIVED)
    assert asked() == []
    station.clock.tick(days=paid_in_days - 1)
    assert asked() == []
    station.clock.tick(days=1)
    assert asked() == [Question.PAID]
    answer(station, made, S.PAID)
    assert asked() == []
    assert [a.state for a in follow_up.answered(station.here)] == [S.PAID]


def test_due_when_taken_after_the_work_began_asks_on_the_next_day(station: TestStation) -> None:
    listing, worker = public_listing(station, starts_on=date(2026, 11, 20), ends_on=date(2027, 5, 1), long_term=True), a_worker(station)
    made = recommended(station, worker, listing)
    answer(station, made, S.ACCEPTED, Party.EMPLOYER)
    assert follow_up.due(station.here) == ()
    station.clock.tick(days=1)
    assert [a.question for a in follow_up.due(station.here)] == [Question.CAME]


def test_due_when_nobody_answered_the_call_stands_last_until_tomorrow(station: TestStation) -> None:
    listing = public_listing(station)
    first, second = (recommended(station, a_worker(station, n), listing) for n in (1, 2))
    follow_up.unreached(station.here, station.head, first.id)
    assert [(a.referral.id, a.unreached_at is not None) for a in follow_up.due(station.here)] == [(second.id, False), (first.id, True)]
    station.clock.tick(days=1)
    assert [a.referral.id for a in follow_up.due(station.here)] == [first.id, second.id]


def test_step_when_another_party_says_the_same_is_kept_as_evidence_and_twice_is_refused(station: TestStation) -> None:
    listing, worker = public_listing(station), a_worker(station)
    made = recommended(station, worker, listing)
    answer(station, made, S.ACCEPTED, Party.EMPLOYER)
    answer(station, made, S.ARRIVED, Party.WORKER)
    answer(station, made, S.ARRIVED, Party.EMPLOYER)
    with pytest.raises(WrongState):
        answer(station, made, S.ARRIVED, Party.EMPLOYER)
    (today,) = follow_up.answered(station.here)
    assert [(s.state, s.party, s.by_name) for s in today.said] == [(S.ARRIVED, Party.WORKER, "李芳"), (S.ARRIVED, Party.EMPLOYER, "李芳")]


def test_step_when_an_answer_was_wrong_is_put_right_by_another(station: TestStation) -> None:
    made = recommended(station, a_worker(station), public_listing(station))
    for state in (S.ACCEPTED, S.NO_SHOW, S.ARRIVED, S.PAID, S.UNPAID, S.PAID):
        answer(station, made, state)
    with station.store.read() as u:
        steps = u.list(ReferralStep, referral_id=made.id)
    assert (state_of(steps), len(steps)) == (S.PAID, 7)


def test_unpaid_when_said_opens_one_case_and_confirmed_holds_the_employer(station: TestStation) -> None:
    employer = an_employer(station)
    listing, other = public_listing(station, employer_id=employer.id), public_listing(station, employer_id=employer.id, title="装车")
    worker = a_worker(station)
    case = unpaid(station, worker, listing)
    assert (case.kind, case.employer_id, case.worker_id) == (CaseKind.UNPAID, employer.id, worker.id)
    assert worker.name not in case.text
    assert is_public(station, listing), "one word alone holds nothing"
    with station.store.read() as u:
        made = u.need(Referral, case.referral_id or "")
    answer(station, made, S.PAID, Party.EMPLOYER)
    assert answer(station, made, S.UNPAID).case is None, "it is open already"
    with pytest.raises(BadInput):
        cases.step(station.here, station.head, case.id, CaseState.CONFIRMED, "  ")
    assert cases.step(station.here, station.head, case.id, CaseState.CONFIRMED, "东家认了") is Effect.HELD
    assert not is_public(station, listing)
    assert not is_public(station, other)
    (facts,) = cases.live_cases(station.here)
    assert (facts.state, facts.held, facts.steps[0].by_name) == (CaseState.CONFIRMED, True, "李芳")
    station.clock.tick(seconds=1)
    assert cases.step(station.here, station.head, case.id, CaseState.SETTLED, "付清了", release=True) is Effect.RELEASED
    assert is_public(station, listing)
    assert cases.live_cases(station.here) == ()
    with pytest.raises(WrongState):
        cases.step(station.here, station.head, case.id, CaseState.CONFIRMED, "东家认了")


def test_unpaid_when_two_registered_workers_say_so_holds_without_staff(station: TestStation) -> None:
    employer = an_employer(station)
    listing = public_listing(station, employer_id=employer.id)
    first, second = a_worker(station, 1), a_worker(station, 2)
    one = unpaid(station, first, listing)
    again = cases.open_case(station.here, station.head, CaseKind.FALSE_LISTING, "没有这个活", listing_id=listing.id, worker_id=first.id)
    assert again.effect is Effect.NONE, "the same worker twice is one"
    stranger = cases.open_case(station.here, station.head, CaseKind.FALSE_LISTING, "没有这个活", listing_id=listing.id)
    assert stranger.effect is Effect.NONE, "nobody registered said so"
    assert is_public(station, listing)
    two = unpaid(station, second, listing)
    assert not is_public(station, listing)
    for case in (one, again.case):
        station.clock.tick(seconds=1)
        assert cases.step(station.here, station.head, case.id, CaseState.DISMISSED, "是误会", release=True) in (
            Effect.NONE,
            Effect.RELEASED,
        )
    assert is_public(station, listing)
    with station.store.read() as u:
        assert not is_held(u.list(EmployerHold, employer_id=employer.id))
        assert "两位登记的人" in u.list(EmployerHold, employer_id=employer.id)[0].reason
    assert two.id in [f.case.id for f in cases.live_cases(station.here)]


def test_release_when_another_confirmed_case_stands_keeps_the_hold(station: TestStation) -> None:
    employer = an_employer(station)
    listing = public_listing(station, employer_id=employer.id)
    first = cases.open_case(station.here, station.head, CaseKind.FALSE_LISTING, "没有这个活", listing_id=listing.id).case
    second = cases.open_case(station.here, station.head, CaseKind.UNPAID, "没给钱", employer_id=employer.id).case
    for case in (first, second):
        assert cases.step(station.here, station.head, case.id, CaseState.CONFIRMED, "属实") is Effect.HELD
    assert cases.step(station.here, station.head, first.id, CaseState.SETTLED, "改正了", release=True) is Effect.NONE
    assert not is_public(station, listing)


def test_confirm_when_nobody_keeps_a_file_of_the_employer_takes_the_listing_down(station: TestStation) -> None:
    listing = public_listing(station)
    case = cases.open_case(station.here, station.head, CaseKind.FALSE_LISTING, "没有这个活", listing_id=listing.id).case
    assert cases.step(station.here, station.head, case.id, CaseState.CONFIRMED, "属实") is Effect.TAKEN_DOWN
    assert not is_public(station, listing)
    with station.store.read() as u:
        assert u.list(Takedown, listing_id=listing.id)[0].by_name == "李芳"


def test_confirm_when_the_employer_is_another_stations_says_so_and_changes_nothing_public(station: TestStation) -> None:
    listing = public_listing(station, station_id="00000000-0000-7000-8000-000000000002", employer_id="e")
    case = cases.open_case(station.here, station.head, CaseKind.UNPAID, "没给钱", listing_id=listing.id).case
    assert cases.step(station.here, station.head, case.id, CaseState.CONFIRMED, "属实") is Effect.ELSEWHERE
    assert is_public(station, listing)


def test_complaint_when_confirmed_holds_nobody(station: TestStation) -> None:
    employer = an_employer(station)
    listing = public_listing(station, employer_id=employer.id)
    case = cases.open_case(station.here, station.head, CaseKind.COMPLAINT, "说话难听", listing_id=listing.id).case
    assert cases.step(station.here, station.head, case.id, CaseState.CONFIRMED, "属实") is Effect.NONE
    assert is_public(station, listing)


def test_case_when_it_names_the_worker_is_refused_and_nothing_is_written(station: TestStation) -> None:
    worker = a_worker(station)
    for text in (f"{worker.name}没拿到钱", f"打 {worker.phone.grouped()}"):
        with pytest.raises(BadInput):
            cases.open_case(station.here, station.head, CaseKind.COMPLAINT, text, worker_id=worker.id)
    with station.store.read() as u:
        assert u.count(Case) == 0


def test_withdraw_when_a_case_is_open_empties_its_words_and_the_case_stays(station: TestStation) -> None:
    worker = a_worker(station)
    case = unpaid(station, worker, public_listing(station))
    withdraw(station.here, worker.id)
    with station.store.read() as u:
        left = u.need(Case, case.id)
        assert u.list(PrintJob, subject_id=case.referral_id) == []
    assert (left.text, left.revision, left.worker_id) == ("", 2, worker.id)
    assert follow_up.due(station.here) == ()
    assert [f.case.id for f in cases.live_cases(station.here)] == [case.id]


def test_answered_when_a_day_passed_is_empty(station: TestStation) -> None:
    made = recommended(station, a_worker(station), public_listing(station))
    answer(station, made, S.ACCEPTED)
    assert len(follow_up.answered(station.here)) == 1
    station.clock.now = START + timedelta(days=1)
    assert follow_up.answered(station.here) == ()
