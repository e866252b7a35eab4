"""工钱拿到了吗? at the worker's own terminal: his word, the case that a No opens, what it holds, and putting it right."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kiosk.domain.case import Case, CaseKind, CaseState
from kiosk.domain.codes import Settlement
from kiosk.domain.referral import Party, PayAnswer, Referral, ReferralState, ReferralStep, in_order, state_of
from kiosk.domain.roster import Grade, grade
from kiosk.errors import NotAllowed, NotFound
from kiosk.services import cases, follow_up, my_pay
from kiosk.services.mine import my_referral, my_registration, next_question
from kiosk.services.my_pay import put_off, say_pay
from kiosk.services.withdraw import withdraw
from kiosk.store import chain
from tests.flows.test_refer import a_worker, an_employer, answer, is_public, public_listing, recommended
from tests.station import TestStation, make_station

S, A = ReferralState, PayAnswer


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def hired(station: TestStation, n: int = 1, state: ReferralState = S.ARRIVED, **changes: object) -> tuple[str, Referral]:
    """Bring a new worker as far as `state` in a job that starts tomorrow and pays daily."""
    worker = a_worker(station, n)
    made = recommended(station, worker, public_listing(station, **changes))
    for step in (S.ACCEPTED, S.ARRIVED)[: {S.REFERRED: 0, S.ACCEPTED: 1, S.ARRIVED: 2}[state]]:
        answer(station, made, step)
    return worker.id, made


def steps(station: TestStation, made: Referral) -> list[ReferralStep]:
    with station.store.read() as u:
        return in_order(u.list(ReferralStep, referral_id=made.id))


def live(station: TestStation) -> list[Case]:
    return [facts.case for facts in cases.live_cases(station.here)]


@pytest.mark.parametrize("state", [S.REFERRED, S.ACCEPTED, S.ARRIVED])
def test_question_when_the_pay_must_have_come_is_asked_whatever_staff_noted(station: TestStation, state: ReferralState) -> None:
    worker_id, made = hired(station, state=state)
    assert next_question(station.here, worker_id) == ""
    station.clock.tick(days=3)
    assert next_question(station.here, worker_id) == made.id
    (mine,) = my_registration(station.here, worker_id).referrals
    assert (mine.asks, mine.pay_answers) == (True, tuple(A))
    say_pay(station.here, worker_id, made.id, A.ALL)
    assert state_of(steps(station, made)) is S.PAID
    own = [step for step in steps(station, made) if step.by_id == "worker"]
    assert [step.state for step in own] == [S.ACCEPTED, S.ARRIVED, S.PAID][{S.REFERRED: 0, S.ACCEPTED: 1, S.ARRIVED: 2}[state] :]
    assert {(step.party, step.by_name, step.how) for step in own} == {(Party.WORKER, "", "本人在终端机上说的")}
    assert next_question(station.here, worker_id) == ""
    assert live(station) == []
    # his word alone is no hire: the employer has said nothing
    assert grade(steps(station, made)) is Grade.RECOMMENDED


@pytest.mark.parametrize(
    ("settlement", "days"), [(Settlement.DAILY, 1), (Settlement.WEEKLY, 7), (Settlement.MONTHLY, 31), (Settlement.DONE, 4)]
)
def test_question_when_settled_otherwise_waits_as_staff_do(station: TestStation, settlement: Settlement, days: int) -> None:
    worker_id, made = hired(station, settlement=settlement, ends_on=date(2026, 11, 26))
    asked_on = 0
    while not next_question(station.here, worker_id):
        assert [a for a in follow_up.due(station.here) if a.question == "paid"] == []
        station.clock.tick(days=1)
        asked_on += 1
    assert asked_on == days
    assert [a.referral for a in follow_up.due(station.here)] == [made]


def test_question_when_nothing_came_of_it_is_never_asked(station: TestStation) -> None:
    worker_id, made = hired(station, state=S.REFERRED)
    answer(station, made, S.DECLINED)
    station.clock.tick(days=30)
    assert next_question(station.here, worker_id) == ""
    assert my_referral(station.here, worker_id, made.id).pay_answers == ()


@pytest.mark.parametrize("said", [A.PART, A.NOTHING])
def test_say_when_not_all_was_paid_opens_one_case_that_names_nobody(station: TestStation, said: PayAnswer) -> None:
    an_employer(station)
    worker_id, made = hired(station, state=S.ACCEPTED)
    station.clock.tick(days=3)
    say_pay(station.here, worker_id, made.id, said)
    say_pay(station.here, worker_id, made.id, said)
    (case,) = live(station)
    assert (case.kind, case.referral_id, case.worker_id, case.by_name) == (CaseKind.UNPAID, made.id, worker_id, "")
    assert ("一部分" in case.text) is (said is A.PART)
    assert "先和本人商量" in case.text
    assert state_of(steps(station, made)) is S.UNPAID
    assert len(steps(station, made)) == 4
    with station.store.read() as u:
        acts = u.connection.exec_driver_sql("SELECT act FROM audit WHERE actor_id = 'worker' ORDER BY seq").scalars().all()
        assert chain.verify(u.connection) is None
    assert acts == ["referral_arrived", "referral_unpaid", "open_case"]


def test_say_when_one_worker_was_not_paid_holds_nobody_and_a_second_one_holds_the_employer(station: TestStation) -> None:
    employer = an_employer(station)
    (first, one), (second, two) = (hired(station, n, employer_id=employer.id) for n in (1, 2))
    listing = public_listing(station, employer_id=employer.id, ends_on=date(2026, 12, 20))
    station.clock.tick(days=3)
    say_pay(station.here, first, one.id, A.NOTHING)
    assert is_public(station, listing)
    say_pay(station.here, second, two.id, A.PART)
    assert not is_public(station, listing)
    (facts, _) = cases.live_cases(station.here)
    assert (facts.held, facts.witnesses) == (True, 2)


def test_say_when_the_first_one_was_paid_meanwhile_he_speaks_against_nobody(station: TestStation) -> None:
    employer = an_employer(station)
    (first, one), (second, two) = (hired(station, n, employer_id=employer.id) for n in (1, 2))
    listing = public_listing(station, employer_id=employer.id, ends_on=date(2026, 12, 20))
    station.clock.tick(days=3)
    say_pay(station.here, first, one.id, A.NOTHING)
    assert my_referral(station.here, first, one.id).pay_answers == (A.ALL,)
    say_pay(station.here, first, one.id, A.ALL)
    assert len(live(station)) == 1  # staff close it, not a slip
    say_pay(station.here, second, two.id, A.NOTHING)
    assert is_public(station, listing)


def test_say_when_it_was_said_wrongly_is_put_right_for_a_month(station: TestStation) -> None:
    worker_id, made = hired(station)
    station.clock.tick(days=2)
    say_pay(station.here, worker_id, made.id, A.NOT_THERE)
    assert state_of(steps(station, made)) is S.NO_SHOW
    assert set(my_referral(station.here, worker_id, made.id).pay_answers) == {A.ALL, A.PART, A.NOTHING}
    say_pay(station.here, worker_id, made.id, A.ALL)
    assert state_of(steps(station, made)) is S.PAID
    assert my_referral(station.here, worker_id, made.id).pay_answers == (A.PART, A.NOTHING)
    say_pay(station.here, worker_id, made.id, A.PART)
    assert state_of(steps(station, made)) is S.UNPAID
    station.clock.tick(days=60)
    say_pay(station.here, worker_id, made.id, A.ALL)
    station.clock.tick(days=31)
    assert my_referral(station.here, worker_id, made.id).pay_answers == ()
    assert [s.state for s in steps(station, made)][-5:] == [S.NO_SHOW, S.ARRIVED, S.PAID, S.UNPAID, S.PAID]


def test_put_off_when_he_does_not_want_to_say_asks_no_more_and_lets_him_say_it_later(station: TestStation) -> None:
    worker_id, made = hired(station)
    station.clock.tick(days=2)
    put_off(station.here, worker_id, made.id)
    put_off(station.here, worker_id, made.id)
    assert next_question(station.here, worker_id) == ""
    mine = my_referral(station.here, worker_id, made.id)
    assert (mine.asks, mine.pay_answers) == (False, tuple(A))
    assert [a.referral for a in follow_up.due(station.here)] == [made]
    say_pay(station.here, worker_id, made.id, A.ALL)
    other, theirs = hired(station, 2)
    station.clock.tick(days=3)
    put_off(station.here, other, theirs.id)
    with station.store.read() as u:
        assert (u.recall(my_pay.PUT_OFF) or "").count(made.id) == 0


def test_say_when_it_is_not_his_is_refused_and_nothing_is_written(station: TestStation) -> None:
    worker_id, made = hired(station)
    stranger = a_worker(station, 2)
    station.clock.tick(days=2)
    before = steps(station, made)
    with pytest.raises(NotAllowed):
        say_pay(station.here, stranger.id, made.id, A.NOTHING)
    with pytest.raises(NotAllowed):
        put_off(station.here, stranger.id, made.id)
    with pytest.raises(NotFound):
        my_referral(station.here, stranger.id, made.id)
    withdraw(station.here, worker_id)
    with pytest.raises(NotFound):
        say_pay(station.here, worker_id, made.id, A.NOTHING)
    assert steps(station, made) == before
    assert live(station) == []


def test_case_when_the_worker_withdraws_loses_its_words(station: TestStation) -> None:
    worker_id, made = hired(station)
    station.clock.tick(days=2)
    say_pay(station.here, worker_id, made.id, A.NOTHING)
    withdraw(station.here, worker_id)
    (case,) = live(station)
    assert case.text == ""
    assert cases.step(station.here, station.head, case.id, CaseState.SETTLED, "办好了") is cases.Effect.NONE
