"""我要报名: what the worker is told of what comes next, as far as the hours of the station let it be said."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.listing import ContactScope, Takedown
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import new_id
from kiosk.domain.referral import Referral
from kiosk.domain.slip import SlipKind
from kiosk.errors import BadInput, NotFound
from kiosk.services.apply import applied, apply, print_again
from kiosk.services.today import Need, Urgency, today
from tests.flows.test_refer import a_worker, public_listing, recommended
from tests.station import STATION, TestStation, make_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    """Give a station that is open from 8:00 to 17:30."""
    station = make_station(tmp_path)
    with station.store.write() as u:
        u.put(replace(STATION, revision=2, hours="每天 8:00-17:30"))
    yield station
    station.store.close()


def slips(station: TestStation) -> list[PrintJob]:
    with station.store.read() as u:
        return [job for job in u.list(PrintJob) if job.slip.kind is SlipKind.REFERRAL]


@pytest.mark.parametrize(
    ("hour", "opens"),
    [(8, datetime(2026, 11, 23, 8, 0, tzinfo=UTC)), (12, datetime(2026, 11, 24, 0, 0, tzinfo=UTC))],
)
def test_apply_when_open_or_shut_says_from_when_somebody_sees_it(station: TestStation, hour: int, opens: datetime) -> None:
    worker, listing = a_worker(station), public_listing(station)
    station.clock.now = datetime(2026, 11, 23, hour, 0, tzinfo=UTC)
    done = apply(station.here, worker.id, listing.id, contact_consent=True)
    assert (done.opens_at, done.station, done.already) == (opens, "义堂站", False)
    # it begins on the 24th at 7:00, an hour before the station opens
    assert done.too_soon == (hour == 12)


def test_apply_when_the_hours_are_not_plain_promises_nothing(station: TestStation) -> None:
    with station.store.write() as u:
        u.put(replace(STATION, revision=3, hours="节假日休息"))
    done = apply(station.here, a_worker(station).id, public_listing(station).id, contact_consent=True)
    assert (done.opens_at, done.too_soon) == (None, False)


def test_apply_when_made_twice_gives_one_slip_until_asked_for_another(station: TestStation) -> None:
    worker, listing = a_worker(station), public_listing(station)
    assert applied(station.here, worker.id, listing.id) is None
    first = apply(station.here, worker.id, listing.id, contact_consent=False)
    second = apply(station.here, worker.id, listing.id, contact_consent=True)
    assert (second.already, second.job_id, second.referral) == (True, "", first.referral)
    assert len(slips(station)) == 1
    before = applied(station.here, worker.id, listing.id)
    assert before is not None
    assert (before.already, before.referral.contact_consent) == (True, False)
    assert print_again(station.here, worker.id, listing.id)
    printed, again = sorted(slips(station), key=lambda job: job.slip.reprint)
    assert (again.serial, printed.slip.reprint, again.slip.reprint) == (printed.serial, False, True)


def test_apply_when_as_many_were_recommended_as_are_wanted_says_so(station: TestStation) -> None:
    listing = public_listing(station, headcount=1)
    assert not apply(station.here, a_worker(station, 1).id, listing.id, contact_consent=True).full
    recommended(station, a_worker(station, 2), listing)
    assert apply(station.here, a_worker(station, 3).id, listing.id, contact_consent=True).full


def test_apply_when_the_work_is_dangerous_refuses_who_is_under_18_and_lets_staff_talk_to_who_is_old(station: TestStation) -> None:
    roof = public_listing(station, title="屋面补漏", trade=Trade.LABOURER, description="上屋顶高空作业，搭脚手架。")
    young, old = a_worker(station, 1, age_band=AgeBand.MINOR), a_worker(station, 2, age_band=AgeBand.SENIOR)
    with pytest.raises(BadInput, match="bad.apply.young"):
        applied(station.here, young.id, roof.id)
    with pytest.raises(BadInput) as refused:
        apply(station.here, young.id, roof.id, contact_consent=True)
    assert refused.value.field == "age"
    with station.store.read() as u:
        assert u.count(Referral) == 0
    assert apply(station.here, old.id, roof.id, contact_consent=True).hold
    assert not apply(station.here, young.id, public_listing(station).id, contact_consent=True).hold


def test_apply_when_the_contact_stays_at_its_station_says_that_no_slip_has_it(station: TestStation) -> None:
    worker = a_worker(station)
    own = public_listing(station)
    elsewhere = "00000000-0000-7000-8000-000000000002"
    hidden = public_listing(station, station_id=elsewhere, contact_scope=ContactScope.OWN_STATION)
    shown = public_listing(station, station_id=elsewhere, contact_scope=ContactScope.ALL_STATIONS)
    told = [apply(station.here, worker.id, one.id, contact_consent=True).contact for one in (own, hidden, shown)]
    assert told == [True, False, True]


def test_apply_when_the_listing_goes_meanwhile_says_so_and_prints_nothing(station: TestStation) -> None:
    worker, listing = a_worker(station), public_listing(station)
    apply(station.here, worker.id, listing.id, contact_consent=True)
    with station.store.write() as u:
        u.keep(
            Takedown(
                id=new_id(station.clock()),
                station_id=STATION.id,
                listing_id=listing.id,
                by_name="李芳",
                reason="招满了",
                taken_down_at=station.clock(),
            )
        )
    for act in (applied, print_again):
        with pytest.raises(NotFound):
            act(station.here, worker.id, listing.id)
    assert len(slips(station)) == 1


def test_today_when_somebody_put_himself_down_says_so_until_he_is_recommended(station: TestStation) -> None:
    worker = a_worker(station)
    listing = public_listing(station, starts_on=date(2026, 11, 30), ends_on=date(2026, 12, 2))
    apply(station.here, worker.id, listing.id, contact_consent=True)
    (item,) = [i for i in today(station.here) if i.need is Need.APPLIED]
    assert (item.count, item.urgency, item.page, item.detail) == (1, Urgency.TODAY, "recommend", None)
    station.clock.tick(days=6)
    (item,) = [i for i in today(station.here) if i.need is Need.APPLIED]
    assert item.urgency is Urgency.NOW
    recommended(station, worker, listing)
    assert [i for i in today(station.here) if i.need is Need.APPLIED] == []
