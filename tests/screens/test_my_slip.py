"""Coming back with a slip, by the scanner's pseudo-terminal and by touch: the pay, every change; and staff for who cannot."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.case import Case
from kiosk.domain.print_job import PrintJob
from kiosk.domain.privacy import PersonName
from kiosk.domain.referral import Referral, ReferralState, ReferralStep, state_of
from kiosk.domain.slip import SlipKind
from kiosk.domain.worker import PhoneOf, Worker, WorkerState
from kiosk.services import tickets
from kiosk.text import t
from kiosk.trial.display import Screen
from tests.screens.real import RealStation, StartReal, key_in, looks, sample_state, start_real, station
from tests.screens.test_mine import a_worker, begin
from tests.screens.test_staff import _sign_in
from tests.screens.xtest import Kiosk
from tests.station import walked

__all__ = ["sample_state", "start_real", "station"]

NAME = "王秀兰"


def scan(station: RealStation, text: str) -> None:
    with (station.state / "run" / "scanner").open("wb", buffering=0) as line:
        line.write(f"{text}\r".encode())


def slip_of(station: RealStation, worker: Worker, now: datetime) -> str:
    """Enrol the station and give what stands in the code of a worker's slip."""
    with station.here.store.write() as u:
        u.remember(tickets.KEY, "5c" * 32)
        u.remember(tickets.KEY_ID, "7")
        return tickets.registration_url(station.here, u, worker, now)


def worked(station: RealStation, worker: Worker) -> Referral:
    """Let a worker have come to a job, days ago, that pays daily; and be recommended for another, whose employer has not answered."""
    now = station.here.now()
    with station.here.store.write() as u:
        one, other = [p.listing.id for p in u.newest() if p.listing.settlement.value == "daily"][:2]
        made = walked(u, worker, one, now - timedelta(days=5), ReferralState.ACCEPTED, ReferralState.ARRIVED)
        walked(u, worker, other, now)
    return made


def open_mine(kiosk: Kiosk, worker: Worker) -> None:
    kiosk.wait_text(t("mine.last"))
    key_in(kiosk, worker.phone.last_four())
    kiosk.tap(t("mine.next"))


def test_slip_when_scanned_under_the_countdown_of_the_one_before_leads_on_and_knows_only_who_comes(
    start_real: StartReal, station: RealStation, lying: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAY_IDLE_S", "20")
    monkeypatch.setenv("PLAY_WARNING_S", "18")
    worker = a_worker(station)
    url = slip_of(station, worker, station.here.now())
    kiosk = begin(start_real, lying, large=False)
    kiosk.tap(t("home.find.title"))
    kiosk.wait_page("jobs")
    kiosk.wait_text(t("idle.title"))
    scan(station, url)
    kiosk.wait_text(t("mine.given", code=f"{worker.code[:4]} {worker.code[4:]}"))
    assert not kiosk.view()["dialog"]


@pytest.mark.parametrize("form", ["lying", "upright"])
def test_slip_when_scanned_at_home_leads_on_to_the_pay_and_to_every_change(
    start_real: StartReal, station: RealStation, form: str, request: pytest.FixtureRequest
) -> None:
    worker = a_worker(station)
    url, made = slip_of(station, worker, station.here.now()), worked(station, worker)
    kiosk = begin(start_real, request.getfixturevalue(form), large=form == "upright")
    wrong = {}
    scan(station, "WIFI:S:yizhan;T:WPA;P:12345678;;")
    kiosk.wait_text(t("bad.scan.wifi"))
    wrong["wifi"] = looks(kiosk)
    scan(station, f"{url[:-4]}AAAA")
    kiosk.wait_text(t("bad.scan.forged"))
    wrong["forged"] = looks(kiosk)
    scan(station, url)
    kiosk.wait_text(t("mine.given", code=f"{worker.code[:4]} {worker.code[4:]}"))
    scan(station, "6901234567892")
    kiosk.wait_text(t("bad.scan.foreign"))
    wrong["foreign"] = looks(kiosk)
    open_mine(kiosk, worker)
    kiosk.wait_page("mine_paid")
    # all four answers are in sight at once
    for answer in ("all", "part", "nothing", "not_there"):
        kiosk.wait_text(t(f"mine_pay.{answer}"))
    wrong["paid"] = looks(kiosk)
    kiosk.tap(t("mine_pay.nothing"))
    kiosk.wait_text(t("mine_pay.sure_text"))
    wrong["sure"] = looks(kiosk)
    kiosk.tap(t("mine_pay.sure_yes"))
    kiosk.wait_text(t("mine_pay.done_nothing"))
    with station.here.store.read() as u:
        assert state_of(u.list(ReferralStep, referral_id=made.id)) is ReferralState.UNPAID
        assert [case.by_name for case in u.list(Case, referral_id=made.id)] == [""]
    wrong["found"] = looks(kiosk)
    kiosk.reach(t("mine_home.change"))
    kiosk.tap(t("mine_home.change"))
    kiosk.wait_page("mine_change")
    wrong["change"] = looks(kiosk)
    for name, page in (("trades", "mine_trades"), ("pay", "mine_wage"), ("area", "mine_area")):
        kiosk.reach(t(f"mine_change.{name}"))
        kiosk.tap(t(f"mine_change.{name}"))
        kiosk.wait_page(page)
        wrong[name] = looks(kiosk)
        if name == "area":
            kiosk.tap("城关镇")
            kiosk.tap(t("mine_change.save"))
            kiosk.wait_text(t("mine_change.done"))
        else:
            kiosk.tap(t("dock.back"))
        kiosk.wait_page("mine_change")
    kiosk.reach(t("mine_change.phone"))
    kiosk.tap(t("mine_change.phone"))
    kiosk.wait_page("mine_phone")
    kiosk.tap(t("phone_of.station"))
    kiosk.wait_text("0712")
    wrong["station's phone"] = looks(kiosk)
    kiosk.tap(t("phone_of.relative"))
    key_in(kiosk, "19900007788")
    kiosk.wait_text(t("phone_of.relative_first"))
    wrong["relative's phone"] = looks(kiosk)
    kiosk.tap(t("mine_change.save"))
    kiosk.wait_page("mine_change")
    with station.here.store.read() as u:
        now = u.need(Worker, worker.id)
        again = [job for job in u.list(PrintJob) if job.slip.kind is SlipKind.RECOMMENDATION]
    assert (now.phone, now.phone_of, now.area, now.revision) == ("19900007788", PhoneOf.RELATIVE, "420923100", worker.revision + 2)
    assert ["199 0000 7788" in str(job.slip) for job in again] == [True]
    kiosk.tap(t("dock.home"))
    kiosk.wait_text(t("go_home.known"))
    wrong["the way home"] = looks(kiosk)
    kiosk.tap(t("go_home.go"))
    kiosk.wait_page("home")
    assert {name: found for name, found in wrong.items() if found} == {}


def test_mine_when_he_rests_and_says_later_what_he_put_off_shows_it(start_real: StartReal, station: RealStation, lying: Screen) -> None:
    worker = a_worker(station)
    url, made = slip_of(station, worker, station.here.now()), worked(station, worker)
    kiosk = begin(start_real, lying, large=False)
    scan(station, url)
    open_mine(kiosk, worker)
    kiosk.wait_page("mine_paid")
    kiosk.tap(t("mine_pay.later"))
    kiosk.wait_page("mine_found")
    kiosk.tap(t("mine_home.pay_unknown"))
    kiosk.wait_page("mine_paid")
    kiosk.tap(t("mine_pay.all"))
    kiosk.wait_text(t("mine_pay.done_all"))
    with station.here.store.read() as u:
        assert state_of(u.list(ReferralStep, referral_id=made.id)) is ReferralState.PAID
    kiosk.tap(t("mine_home.rest"))
    kiosk.wait_text(t("mine_home.rested"))
    kiosk.wait_text(t("mine_home.back"))
    with station.here.store.read() as u:
        assert u.need(Worker, worker.id).state is WorkerState.PAUSED
    kiosk.wait_text(t("mine_home.back"))
    # the next one's slip begins anew, whoever stood here before
    other = next(w for w in _workers(station) if w.id != worker.id and w.station_id == worker.station_id)
    scan(station, slip_of(station, other, station.here.now()))
    kiosk.wait_text(t("mine.last"))
    assert worker.code[:4] not in "".join(kiosk.texts())


def _workers(station: RealStation) -> list[Worker]:
    with station.here.store.read() as u:
        return list(u.list(Worker))


def test_mine_when_he_gave_the_stations_number_is_opened_by_staff_who_change_it_for_him(
    start_real: StartReal, station: RealStation, lying: Screen, tmp_path: Path
) -> None:
    worker = a_worker(station)
    with station.here.store.write() as u:
        phone = station.here.station(u).phone
        worker = replace(worker, revision=worker.revision + 1, name=PersonName(NAME), phone=phone, phone_of=PhoneOf.STATION)
        u.keep(worker)
    url = slip_of(station, worker, station.here.now())
    kiosk = begin(start_real, lying, large=False)
    scan(station, url)
    open_mine(kiosk, worker)
    kiosk.wait_text(t("mine_scan.through_staff"))
    assert looks(kiosk) == []
    kiosk.tap(t("dock.call"))
    kiosk.tap(t("call.staff"))
    kiosk.wait_page("sign_in")
    _sign_in(kiosk)
    kiosk.tap(t("section.registrations"))
    kiosk.wait_page("registrations")
    kiosk.tap(t("registered.by_name"))
    kiosk.wait_text(t("registered.name_head"))
    assert looks(kiosk) == []
    kiosk.write_words(NAME)
    kiosk.wait_text(NAME)
    kiosk.tap(t("registrations.find"))
    kiosk.wait_text(t("phone_of.said_station"))
    assert looks(kiosk) == []
    kiosk.picture(tmp_path / "found.png")
    kiosk.tap(NAME)
    kiosk.wait_text(t("registered.change"))
    kiosk.tap(t("registered.change"))
    kiosk.wait_page("mine_change")
    assert looks(kiosk) == []
    kiosk.tap(t("mine_change.name"))
    kiosk.wait_page("mine_name")
    assert looks(kiosk) == []
    kiosk.tap(t("dock.back"))
    kiosk.wait_page("mine_change")
    kiosk.tap(t("mine_change.phone"))
    kiosk.wait_page("mine_phone")
    kiosk.tap(t("phone_of.own"))
    key_in(kiosk, "19900006655")
    kiosk.tap(t("mine_change.save"))
    kiosk.wait_text(t("mine_change.done_phone"))
    kiosk.tap(t("dock.back"))
    kiosk.wait_page("registrations")
    kiosk.wait_text("199 0000 6655")
    with station.here.store.read() as u:
        acts = u.connection.exec_driver_sql("SELECT actor_id FROM audit WHERE act = 'change_registration'").scalars().all()
    assert acts
    assert "worker" not in acts
