"""Staff find a registration, print its slip again, let its worker rest, and take it back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import to_plain
from kiosk.domain.slip import SlipKind
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import NotAllowed, NotFound
from kiosk.services import recommend, registrations
from kiosk.services.apply import apply
from kiosk.services.mine import find_mine
from kiosk.services.register import register
from kiosk.services.withdraw import withdraw
from tests.flows.test_use_cases import a_form, jobs_queued, publish_one, words_on
from tests.station import TestStation, make_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def acts(station: TestStation, worker: Worker) -> list[tuple[str, str]]:
    with station.store.read() as u:
        rows = u.connection.exec_driver_sql("SELECT actor_id, act FROM audit WHERE subject_id = ? ORDER BY seq", (worker.id,))
        return [(actor, act) for actor, act in rows.all()]


def test_registrations_when_digits_are_keyed_give_our_registered_the_newest_first(station: TestStation) -> None:
    here = station.here
    first = register(here, a_form()).worker
    station.clock.tick(days=1)
    second = register(here, a_form(name="王大山")).worker
    gone = register(here, a_form(name="王小山")).worker
    register(here, a_form(name="彭桂兰", phone="19900001111"))
    withdraw(here, gone.id)
    for digits in ("5678", "19900005678"):
        assert registrations.registrations(here, digits) == (second, first)
    assert registrations.registrations(here, first.code) == (first,)
    for digits in ("", "678", "199000056789", "1990", gone.code):
        assert registrations.registrations(here, digits) == ()


def test_registrations_when_the_worker_is_anothers_shows_and_does_nothing(station: TestStation) -> None:
    worker = register(station.here, a_form()).worker
    with station.store.write() as u:
        u.put(replace(worker, station_id="00000000-0000-7000-8000-000000000002"))
    assert registrations.registrations(station.here, "5678") == ()
    for do in (registrations.print_registration, registrations.pause, registrations.resume):
        with pytest.raises(NotAllowed):
            do(station.here, station.head, worker.id)


def test_print_registration_when_the_slip_is_lost_queues_it_again_with_number_and_code_as_before(station: TestStation) -> None:
    done = register(station.here, a_form())
    station.clock.tick(days=3)
    job_id = registrations.print_registration(station.here, station.head, done.worker.id)
    again = next(job for job in jobs_queued(station) if job.id == job_id)
    assert (again.serial, again.slip.kind, again.slip.reprint) == (done.worker.number, SlipKind.REGISTRATION, True)
    assert f"{done.worker.code[:4]} {done.worker.code[4:]}" in words_on(again)
    assert "补打" in words_on(again)
    assert "王秀兰" not in words_on(again)
    assert find_mine(station.here, done.worker.code, "5678").worker == done.worker
    assert acts(station, done.worker)[-1] == (station.head.staff_id, "print_registration")


def test_pause_when_he_wants_no_work_recommends_him_nowhere_until_resumed(station: TestStation) -> None:
    here, head, listing = station.here, station.head, publish_one(station)
    worker = register(here, a_form()).worker
    apply(here, worker.id, listing.id, contact_consent=False)
    assert [pair.worker for pair in recommend.workers_for(here, listing.id)] == [worker]
    paused = registrations.pause(here, head, worker.id)
    assert registrations.pause(here, head, worker.id) == paused
    assert (paused.state, paused.revision) == (WorkerState.PAUSED, 2)
    assert registrations.registrations(here, "5678") == (paused,)
    assert recommend.waiting_workers(here) == ()
    assert recommend.workers_for(here, listing.id) == ()
    assert recommend.listings_for(here, worker.id) == ()
    with pytest.raises(NotAllowed):
        recommend.refer(here, head, worker.id, listing.id, how="", contact_consent=False)
    with station.store.read() as u:
        (told,) = [to_plain(change.record) for change in u.outgoing(100) if change.record_id == worker.id][-1:]
    assert told["state"] == "paused"
    resumed = registrations.resume(here, head, worker.id)
    assert resumed == replace(worker, revision=3)
    assert [pair.worker for pair in recommend.workers_for(here, listing.id)] == [resumed]
    assert acts(station, worker)[1:] == [(head.staff_id, "pause_worker"), (head.staff_id, "resume_worker")]


def test_withdraw_when_staff_do_it_names_them_and_leaves_nothing_to_print_or_pause(station: TestStation) -> None:
    worker = register(station.here, a_form()).worker
    registrations.print_registration(station.here, station.head, worker.id)
    withdraw(station.here, worker.id, station.head.staff_id)
    assert acts(station, worker)[-1] == (station.head.staff_id, "withdraw")
    for do in (registrations.print_registration, registrations.pause, registrations.resume):
        with pytest.raises(NotFound):
            do(station.here, station.head, worker.id)
    with station.store.read() as u:
        assert u.count(PrintJob) == 0
        assert u.need(Worker, worker.id).phone == ""
