"""Sign-ups for courses on a real store: seats and the line behind them, taking back, what staff have to pass on, the slip."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.print_job import PrintJob
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.running import Signup, in_line
from kiosk.domain.station import Role, Training
from kiosk.domain.worker import Worker
from kiosk.errors import BadInput, NotAllowed, NotFound
from kiosk.services import signups
from kiosk.services.mine import my_registration
from kiosk.services.register import register
from kiosk.services.sign_in import Session
from kiosk.services.withdraw import withdraw
from tests.flows.test_use_cases import a_form
from tests.station import START, STATION, TestStation, make_station
from tests.unit.test_slips import said

CLERK = Session("c", "张伟", Role.STAFF)
TODAY = date(2026, 11, 23)
NAMES = ("王秀兰", "李大山", "赵小梅", "孙有福")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def a_training(seats: int = 2, starts_on: date = date(2026, 12, 1)) -> Training:
    return Training(
        id=new_id(START),
        revision=1,
        title="月嫂班",
        body="带身份证和一张照片。中午管饭。",
        area=STATION.area,
        place="县培训中心二楼",
        starts_on=starts_on,
        days=5,
        seats=seats,
        fee_fen=0,
        subsidy="",
        phone=Phone("07120000100"),
    )


def given_training(station: TestStation, training: Training) -> Training:
    with station.store.write() as u:
        u.receive(training)
    return training


def some_workers(station: TestStation, count: int) -> list[Worker]:
    made = []
    for n, name in enumerate(NAMES[:count]):
        station.clock.tick(minutes=1)
        made.append(register(station.here, replace(a_form(), name=name, phone=f"1990000567{n}")).worker)
    return made


def test_sign_up_when_made_twice_is_one_and_staff_pass_it_on(station: TestStation) -> None:
    training, (worker,) = given_training(station, a_training()), some_workers(station, 1)
    made = signups.sign_up(station.here, worker.id, training.id)
    again = signups.sign_up(station.here, worker.id, training.id)
    assert (made.already, again.already, again.seat) == (False, True, made.seat)
    assert made.seat.signup is not None
    waiting = signups.to_pass_on(station.here)
    assert [(w.signup, w.worker, w.training, w.behind) for w in waiting] == [(made.seat.signup, worker, training, 0)]
    done = signups.told(station.here, CLERK, made.seat.signup.id)
    assert (done.told, done.revision, done.by_name) == (True, 2, "张伟")
    assert signups.told(station.here, CLERK, done.id) == done
    assert signups.to_pass_on(station.here) == ()


def test_sign_up_when_full_waits_in_line_and_moves_up_when_a_seat_is_free(station: TestStation) -> None:
    training, workers = given_training(station, a_training(seats=1)), some_workers(station, 3)
    got = [signups.sign_up(station.here, w.id, training.id).seat.behind for w in workers]
    assert got == [0, 1, 2]
    assert signups.left(station.here, training.id) == -2
    assert [w.behind for w in signups.to_pass_on(station.here)] == [0, 1, 2]
    signups.give_back(station.here, workers[0].id, training.id)
    assert [signups.seat(station.here, w.id, training.id).behind for w in workers[1:]] == [0, 1]
    assert signups.seat(station.here, workers[0].id, training.id).signup is None
    assert signups.sign_up(station.here, workers[0].id, training.id).seat.behind == 2, "who comes back stands at the end"


def test_sign_up_when_begun_unknown_or_withdrawn_is_refused_and_nothing_is_written(station: TestStation) -> None:
    begun, (worker,) = given_training(station, a_training(starts_on=TODAY - timedelta(days=1))), some_workers(station, 1)
    with pytest.raises(BadInput) as found:
        signups.sign_up(station.here, worker.id, begun.id)
    assert (found.value.field, found.value.key) == ("training_id", "bad.signup.begun")
    with pytest.raises(NotFound):
        signups.sign_up(station.here, worker.id, "nowhere")
    soon = given_training(station, a_training())
    withdraw(station.here, worker.id)
    with pytest.raises(NotAllowed):
        signups.sign_up(station.here, worker.id, soon.id)
    with station.store.read() as u:
        assert (u.count(Signup), u.count(PrintJob, subject_id=worker.id)) == (0, 0)


@pytest.mark.parametrize("was_told", [False, True])
def test_give_back_when_it_had_been_passed_on_is_passed_on_too(station: TestStation, was_told: bool) -> None:
    training, (worker,) = given_training(station, a_training()), some_workers(station, 1)
    made = signups.sign_up(station.here, worker.id, training.id).seat.signup
    assert made is not None
    if was_told:
        signups.told(station.here, CLERK, made.id)
    signups.give_back(station.here, worker.id, training.id)
    assert [w.signup.cancelled for w in signups.to_pass_on(station.here)] == [True] * was_told
    signups.told(station.here, CLERK, made.id)
    assert signups.to_pass_on(station.here) == ()
    signups.give_back(station.here, worker.id, training.id)
    assert signups.to_pass_on(station.here) == (), "a second tap takes nothing back"


def test_of_worker_when_asked_lists_what_lies_ahead_the_next_one_first(station: TestStation) -> None:
    worker, other = some_workers(station, 2)
    later, sooner, full = (given_training(station, a_training(n, date(2026, 12, d))) for n, d in ((2, 9), (2, 3), (1, 20)))
    signups.sign_up(station.here, other.id, full.id)
    for course in (later, sooner, full):
        signups.sign_up(station.here, worker.id, course.id)

    def listed() -> list[tuple[str, int]]:
        return [(one.training.id, one.behind) for one in my_registration(station.here, worker.id).courses]

    assert listed() == [(sooner.id, 0), (later.id, 0), (full.id, 1)]
    signups.give_back(station.here, worker.id, later.id)
    assert listed() == [(sooner.id, 0), (full.id, 1)]
    station.clock.tick(days=20)
    assert listed() == [(full.id, 1)], "what has begun is over here"


@pytest.mark.parametrize("how", ["give_back", "cancel", "withdraw"])
def test_line_when_somebody_leaves_has_staff_call_who_moves_up(station: TestStation, how: str) -> None:
    training, workers = given_training(station, a_training(seats=1)), some_workers(station, 3)
    made = [signups.sign_up(station.here, w.id, training.id).seat.signup for w in workers]
    for one in made:
        assert one is not None
        signups.told(station.here, CLERK, one.id)
    assert made[0] is not None
    if how == "give_back":
        signups.give_back(station.here, workers[0].id, training.id)
        signups.told(station.here, CLERK, made[0].id)
    elif how == "cancel":
        signups.cancel(station.here, CLERK, made[0].id)
    else:
        withdraw(station.here, workers[0].id)
    assert [(w.worker.name, w.behind) for w in signups.to_pass_on(station.here)] == [(workers[1].name, 0)]


def test_cancel_when_staff_do_it_leaves_nothing_to_pass_on(station: TestStation) -> None:
    training, (worker,) = given_training(station, a_training()), some_workers(station, 1)
    made = signups.sign_up(station.here, worker.id, training.id).seat.signup
    assert made is not None
    gone = signups.cancel(station.here, CLERK, made.id)
    assert (gone.cancelled, gone.revision) == (True, 2)
    assert signups.cancel(station.here, CLERK, made.id) == gone
    assert signups.to_pass_on(station.here) == ()


def test_withdraw_when_signed_up_gives_the_place_back_and_drops_the_slip(station: TestStation) -> None:
    training, (worker,) = given_training(station, a_training(seats=1)), some_workers(station, 1)
    job_id = signups.sign_up(station.here, worker.id, training.id).job_id
    withdraw(station.here, worker.id)
    with station.store.read() as u:
        assert [(s.cancelled, s.revision) for s in u.list(Signup)] == [(True, 2)]
        assert u.get(PrintJob, job_id) is None
    assert signups.to_pass_on(station.here) == ()
    assert signups.left(station.here, training.id) == 1


def test_sign_up_when_done_prints_place_time_and_what_to_bring_but_no_name_and_no_phone(station: TestStation) -> None:
    training, workers = given_training(station, a_training(seats=1)), some_workers(station, 2)
    slips = []
    for worker in workers:
        job_id = signups.sign_up(station.here, worker.id, training.id).job_id
        with station.store.read() as u:
            slips.append(said(u.need(PrintJob, job_id).slip))
    for part in ("月嫂班", "12月1日开课，5 天", "义堂镇县培训中心二楼", "带身份证和一张照片", "不要钱", "0712-0000100", "王＊兰", "报上了"):
        assert part in slips[0]
    assert "第 1 位" in slips[1]
    assert not [secret for w in workers for secret in (w.name, w.phone, w.code) if secret in "".join(slips)]


@settings(max_examples=60)
@given(st.integers(0, 4), st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=14))
def test_line_when_people_come_and_go_fills_every_seat_in_order_and_nobody_falls_back(seats: int, acts: list[tuple[bool, int]]) -> None:
    made: list[Signup] = []
    before: dict[str, int] = {}
    for n, (comes, which) in enumerate(acts):
        at = START + timedelta(minutes=n)
        standing = [s for s in made if not s.cancelled]
        if comes or not standing:
            made.append(Signup(id=new_id(at), revision=1, station_id="s", training_id="t", worker_id=f"w{n}", signed_at=at))
        else:
            gone = standing[which % len(standing)]
            made[made.index(gone)] = replace(gone, cancelled=True)
        line = in_line(made, seats)
        assert sorted(line.values()) == [max(0, k - seats) for k in range(1, len(line) + 1)]
        assert all(line[known] <= behind for known, behind in before.items() if known in line)
        before = line
