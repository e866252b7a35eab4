"""Changing a registration: one revision more for each change, the county hears of it, paper and matching follow."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.domain.codes import PayUnit, Trade
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import to_plain
from kiosk.domain.referral import Party, ReferralState
from kiosk.domain.slip import SlipKind
from kiosk.domain.worker import PhoneOf, Worker
from kiosk.errors import BadInput, NotAllowed, NotFound
from kiosk.services import follow_up, recommend, registrations
from kiosk.services.author import HIMSELF
from kiosk.services.change import Changed, change_area, change_name, change_pay, change_phone, change_trades
from kiosk.services.mine import find_mine, my_registration
from kiosk.services.platform_words import worker_cells
from kiosk.services.register import register
from kiosk.services.station import Here
from kiosk.services.withdraw import withdraw
from tests.flows.test_registrations import acts
from tests.flows.test_use_cases import a_form, jobs_queued, publish_one, words_on
from tests.station import STATION, TestStation, make_station

NEW = "19911112222"
CHANGES: dict[str, Callable[[Here, str], Changed]] = {
    "phone": lambda here, worker_id: change_phone(here, HIMSELF, worker_id, NEW, PhoneOf.RELATIVE),
    "trades": lambda here, worker_id: change_trades(here, HIMSELF, worker_id, (Trade.SEWING,)),
    "pay": lambda here, worker_id: change_pay(here, HIMSELF, worker_id, None, PayUnit.MONTH),
    "area": lambda here, worker_id: change_area(here, HIMSELF, worker_id, "420923108"),
}


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


@pytest.mark.parametrize("what", CHANGES)
def test_change_when_made_adds_one_revision_tells_the_county_and_a_second_time_changes_nothing(station: TestStation, what: str) -> None:
    worker = register(station.here, a_form()).worker
    changed = CHANGES[what](station.here, worker.id).worker
    assert changed.revision == 2
    assert (changed.code, changed.number, changed.registered_at) == (worker.code, worker.number, worker.registered_at)
    assert CHANGES[what](station.here, worker.id).worker == changed
    assert my_registration(station.here, worker.id).worker == changed
    with station.store.read() as u:
        told = [change.record for change in u.outgoing(100) if change.record_id == worker.id]
        everything = str([to_plain(one) for one in told])
    assert told[-1] == changed
    assert acts(station, worker)[1:] == [("worker", "change_registration")]
    if what == "phone":
        assert worker.phone not in everything


def test_change_phone_when_new_only_its_last_four_open_the_registration(station: TestStation) -> None:
    worker = register(station.here, a_form()).worker
    changed = change_phone(station.here, HIMSELF, worker.id, "199 1111 2222", PhoneOf.OWN)
    assert (changed.worker.phone, changed.job_ids) == (NEW, ())
    assert find_mine(station.here, worker.code, "2222").worker == changed.worker
    with pytest.raises(NotFound):
        find_mine(station.here, worker.code, "5678")
    none = change_phone(station.here, HIMSELF, worker.id, "", PhoneOf.STATION).worker
    assert (none.phone, none.phone_of) == (STATION.phone, PhoneOf.STATION)
    with pytest.raises(NotAllowed):
        find_mine(station.here, worker.code, "2222")
    back = change_phone(station.here, station.head, worker.id, NEW, PhoneOf.OWN).worker
    assert find_mine(station.here, worker.code, "2222").worker == back


def test_change_phone_when_it_is_the_other_halfs_leaves_two_registrations(station: TestStation) -> None:
    wife = register(station.here, a_form()).worker
    husband = register(station.here, a_form(name="刘汉生", phone=NEW)).worker
    changed = change_phone(station.here, HIMSELF, husband.id, wife.phone, PhoneOf.RELATIVE).worker
    assert find_mine(station.here, wife.code, "5678").worker == wife
    assert find_mine(station.here, husband.code, "5678").worker == changed
    assert set(registrations.registrations(station.here, "5678")) == {wife, changed}


def test_change_phone_when_a_recommendation_carries_the_old_one_prints_it_again(station: TestStation) -> None:
    worker, listing = register(station.here, a_form()).worker, publish_one(station)
    before = recommend.refer(station.here, station.head, worker.id, listing.id, how="", contact_consent=True)
    old = next(job for job in jobs_queued(station) if job.id == before.job_id)
    changed = change_phone(station.here, HIMSELF, worker.id, NEW, PhoneOf.RELATIVE)
    (job_id,) = changed.job_ids
    jobs = {job.id: job for job in jobs_queued(station)}
    assert before.job_id not in jobs  # it waited: what names the old number is never printed
    again = jobs[job_id]
    assert (again.serial, again.slip.kind, again.slip.reprint) == (old.serial, SlipKind.RECOMMENDATION, True)
    assert "199 1111 2222（家里人的）" in words_on(again)
    assert "李芳" in words_on(again)
    assert not any("0000 5678" in words_on(job) for job in jobs.values())
    assert change_trades(station.here, HIMSELF, worker.id, (Trade.SEWING,)).job_ids == ()


@pytest.mark.parametrize("answered", [False, True])
def test_change_phone_when_no_slip_gives_it_away_prints_nothing(station: TestStation, answered: bool) -> None:
    worker, listing = register(station.here, a_form()).worker, publish_one(station)
    made = recommend.refer(station.here, station.head, worker.id, listing.id, how="", contact_consent=answered)
    if answered:
        follow_up.step(station.here, station.head, made.referral.id, ReferralState.ACCEPTED, Party.EMPLOYER, "打电话问的")
    assert change_phone(station.here, HIMSELF, worker.id, NEW, PhoneOf.OWN).job_ids == ()


def test_change_name_when_staff_put_it_right_names_them(station: TestStation) -> None:
    worker, listing = register(station.here, a_form()).worker, publish_one(station)
    recommend.refer(station.here, station.head, worker.id, listing.id, how="", contact_consent=True)
    changed = change_name(station.here, station.head, worker.id, "王秀岚")
    assert changed.worker.name == "王秀岚"
    assert len(changed.job_ids) == 1
    assert acts(station, worker)[-1] == (station.head.staff_id, "change_registration")
    assert registrations.registered_as(station.here, "王秀岚") == (changed.worker,)
    for name in ("王秀兰", "王", "王秀", ""):
        assert registrations.registered_as(station.here, name) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda h, w: change_phone(h, HIMSELF, w, "1990000", PhoneOf.OWN), "phone"),
        (lambda h, w: change_phone(h, HIMSELF, w, "", PhoneOf.RELATIVE), "phone"),
        (lambda h, w: change_trades(h, HIMSELF, w, ()), "trades"),
        (lambda h, w: change_pay(h, HIMSELF, w, 0, PayUnit.DAY), "pay"),
        (lambda h, w: change_pay(h, HIMSELF, w, 99_999_999, PayUnit.DAY), "pay"),
        (lambda h, w: change_area(h, HIMSELF, w, "110101"), "area"),
    ],
)
def test_change_when_it_cannot_be_names_the_field_and_changes_nothing(
    station: TestStation, change: Callable[[Here, str], Changed], field: str
) -> None:
    worker = register(station.here, a_form()).worker
    with pytest.raises(BadInput) as caught:
        change(station.here, worker.id)
    assert caught.value.field == field
    assert my_registration(station.here, worker.id).worker == worker


@pytest.mark.parametrize("what", CHANGES)
def test_change_when_withdrawn_finds_nobody(station: TestStation, what: str) -> None:
    worker = register(station.here, a_form()).worker
    withdraw(station.here, worker.id)
    with pytest.raises(NotFound):
        CHANGES[what](station.here, worker.id)
    with station.store.read() as u:
        left = u.need(Worker, worker.id)
        assert u.count(PrintJob) == 0
    assert (left.phone, left.phone_of, left.revision) == ("", PhoneOf.OWN, 2)


def test_change_area_when_nearer_work_stands_there_puts_it_first(station: TestStation) -> None:
    worker = register(station.here, a_form()).worker
    far = publish_one(station, area="420923108", title="远处的活")
    near = publish_one(station, title="近处的活")
    assert [m.listing.id for m in my_registration(station.here, worker.id).matches] == [near.id, far.id]
    change_area(station.here, HIMSELF, worker.id, "420923108")
    assert [m.listing.id for m in my_registration(station.here, worker.id).matches] == [far.id, near.id]


def test_worker_cells_when_the_phone_is_not_his_say_whose(station: TestStation) -> None:
    worker = register(station.here, a_form(phone_of=PhoneOf.RELATIVE)).worker
    assert worker_cells(worker)[-1] == "19900005678（家里人的）"
    none = change_phone(station.here, HIMSELF, worker.id, "", PhoneOf.STATION).worker
    assert worker_cells(none)[-1] == "07124000001（驿站的，本人没有手机）"
