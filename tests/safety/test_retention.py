"""Who somebody was is forgotten when two years are over, not a day sooner, not twice, and never by a clock that may be wrong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.employer import Employer, EmployerKind
from kiosk.domain.listing import Listing, Verdict
from kiosk.domain.print_job import PrintJob
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.domain.retention import Retention, trusted
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services import publish
from kiosk.services.publish import awaiting_review
from kiosk.services.retention import forget
from kiosk.store import chain, swap
from tests.safety.parts import Site, add, make_site
from tests.station import START, STATION, a_posting

TERMS = Retention(years=2, slip_days=180, old_store_days=30, effective_from=date(2018, 10, 1), source="x")
TWO_YEARS = datetime(2028, 11, 23, 7, 42, tzinfo=UTC)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = make_site(tmp_path)
    yield site
    site.station.store.close()


def run(site: Site, at: datetime) -> int:
    site.clock.now = at
    return forget(site.station.here, at, site.path)


def everything(site: Site) -> list[object]:
    with site.station.store.read() as u:
        kinds = (Worker, Listing, Employer, Case, PrintJob)
        return [*(record for kind in kinds for record in u.list(kind)), u.chain_head(), u.outbox_size()]


@given(st.dates(date(2026, 11, 1), date(2060, 12, 31)))
def test_term_when_two_years_are_counted_never_ends_early(last: date) -> None:
    for day in range(725, 735):
        today = last + timedelta(days=day)
        over = last < TERMS.over_before(today)
        assert over is (today > _two_years_on(last)), today


def _two_years_on(day: date) -> date:
    try:
        return day.replace(year=day.year + 2)
    except ValueError:
        return date(day.year + 2, 3, 1) - timedelta(days=1) if day.month == 2 else day


def test_worker_when_two_years_are_over_is_forgotten_once_and_his_ledger_stays(site: Site) -> None:
    worker_id = add(site.station.here, "13900000001", "胡桂花")
    assert run(site, TWO_YEARS) <= 1, "on the day itself only his slip goes"
    assert site.people() == ["13900000001"]
    assert run(site, TWO_YEARS + timedelta(days=1)) == 1
    with site.station.store.read() as u:
        worker = u.need(Worker, worker_id)
        assert (worker.state, worker.name, worker.phone, worker.trades) == (WorkerState.WITHDRAWN, "", "", ())
        assert worker.registered_at == START
        assert u.list(PrintJob) == []
        (act,) = [act for act in chain.acts(u.connection, ["retention"]) if act.subject_id == worker_id]
        assert act.actor_id == "agent"
        assert [change.record_id for change in u.outgoing(10)].count(worker_id) >= 1, "the county is told"
    before = everything(site)
    assert run(site, TWO_YEARS + timedelta(days=1)) == 0
    assert everything(site) == before


def test_worker_when_served_since_is_kept_from_that_day_on(site: Site) -> None:
    worker_id = add(site.station.here, "13900000001")
    served = START + timedelta(days=300)
    with site.station.store.write() as u:
        made = Referral(
            id=new_id(served),
            station_id=STATION.id,
            worker_id=worker_id,
            listing_id=new_id(served),
            contact_consent=False,
            created_at=served,
        )
        step = ReferralStep(
            id=new_id(served),
            station_id=STATION.id,
            referral_id=made.id,
            state=ReferralState.REFERRED,
            by_name="",
            how="",
            stepped_at=served,
        )
        u.keep(made)
        u.keep(replace(step, stepped_at=served + timedelta(days=5)))
    run(site, TWO_YEARS + timedelta(days=300))
    run(site, TWO_YEARS + timedelta(days=305))
    assert site.people() == ["13900000001"]
    run(site, TWO_YEARS + timedelta(days=306))
    assert site.people() == [""]


@pytest.mark.parametrize(
    ("wall", "county"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(1970, 1, 1, tzinfo=UTC), TWO_YEARS + timedelta(days=9)),
        (datetime(2099, 1, 1, tzinfo=UTC), None),
        (datetime(2099, 1, 1, tzinfo=UTC), START),
        (START, datetime(2099, 1, 1, tzinfo=UTC)),
        (TWO_YEARS + timedelta(days=9), None),
        (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_clock_when_wrong_or_borne_out_by_nobody_forgets_nobody(site: Site, wall: datetime, county: datetime | None) -> None:
    add(site.station.here, "13900000001")
    before = everything(site)
    site.clock.now = wall
    assert trusted(wall, county) is None
    assert forget(site.station.here, county, site.path) == 0
    assert everything(site) == before


def test_worker_when_registered_under_a_clock_at_1970_is_dated_by_his_place_in_the_chain(site: Site) -> None:
    site.clock.now = START + timedelta(days=400)
    add(site.station.here, "13900000001")
    site.clock.now = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
    add(site.station.here, "13900000002")
    site.clock.now = datetime(2099, 1, 1, tzinfo=UTC)
    add(site.station.here, "13900000003")
    run(site, START + timedelta(days=800))
    assert site.people() == ["13900000001", "13900000002", "13900000003"]
    for _ in range(2):
        run(site, TWO_YEARS + timedelta(days=402))
    assert site.people() == ["", "", ""]


def test_listing_when_long_over_tells_nobodys_number_and_waits_for_no_review(site: Site) -> None:
    here = site.station.here
    posted = publish.post(here, a_posting())
    publish.decide(here, site.station.head, posted.listing.id, 1, Verdict.APPROVE)
    over = datetime.combine(posted.listing.ends_on, START.time(), UTC)
    run(site, over + timedelta(days=731))
    with here.store.read() as u:
        assert u.need(Listing, posted.listing.id).contact_phone
    run(site, over + timedelta(days=732))
    with here.store.read() as u:
        listing = u.need(Listing, posted.listing.id)
        assert (listing.contact_name, listing.contact_phone, listing.revision) == ("", "", 1)
        assert listing.title == "装卸工"
        assert awaiting_review(here, u) == []
    assert run(site, over + timedelta(days=733)) == 0


def test_employer_and_case_when_over_are_forgotten_where_they_are_a_persons(site: Site) -> None:
    people = [
        Employer(id=new_id(START), revision=1, station_id=STATION.id, kind=kind, name=name, phone=Phone(phone), created_at=START)
        for kind, name, phone in ((EmployerKind.PERSON, "周建国", "13800000001"), (EmployerKind.UNIT, "汉十物流有限公司", "13800000002"))
    ]
    open_case, closed = (
        Case(id=new_id(START), station_id=STATION.id, kind=CaseKind.COMPLAINT, text="胡桂花说工钱没给", opened_at=START) for _ in range(2)
    )
    step = CaseStep(
        id=new_id(START), station_id=STATION.id, case_id=closed.id, state=CaseState.SETTLED, note="", by_id="", by_name="", stepped_at=START
    )
    with site.station.store.write() as u:
        for record in (*people, open_case, closed, step):
            u.keep(record)
    run(site, TWO_YEARS)
    with site.station.store.read() as u:
        assert {e.name for e in u.list(Employer)} == {"周建国", "汉十物流有限公司"}
    run(site, TWO_YEARS + timedelta(days=1))
    with site.station.store.read() as u:
        assert {(e.name, str(e.phone)) for e in u.list(Employer)} == {("", ""), ("汉十物流有限公司", "13800000002")}
        assert u.need(Case, open_case.id).text
        assert u.need(Case, closed.id).text == ""
    assert run(site, TWO_YEARS + timedelta(days=2)) == 0


def test_slips_when_no_ticket_is_good_any_more_or_their_person_withdrew_go(site: Site) -> None:
    worker_id = add(site.station.here, "13900000001")
    assert run(site, START + timedelta(days=179)) == 0
    assert run(site, START + timedelta(days=181)) == 1
    with site.station.store.write() as u:
        assert u.list(PrintJob) == []
    other = add(site.station.here, "13900000002")
    with site.station.store.write() as u:  # as another terminal's word does it
        worker = u.need(Worker, other)
        u.receive(replace(worker, revision=2, state=WorkerState.WITHDRAWN))
    assert run(site, START + timedelta(days=181)) == 1
    assert worker_id
    with site.station.store.read() as u:
        assert u.list(PrintJob) == []


def test_old_stores_when_put_aside_long_ago_are_deleted(site: Site) -> None:
    for label in ("broken-20261127T083000Z", "before-restore-20261201T083000Zx", "before-0001-20261226T000000Z"):
        swap.aside(site.path, label).write_bytes(b"x")
        swap.aside(site.path, label).with_name(f"station.db.{label}-wal").write_bytes(b"x")
    assert swap.forget_old(site.path, datetime(2026, 11, 27, 8, 30, tzinfo=UTC)) == 0
    assert swap.forget_old(site.path, datetime(2026, 12, 2, tzinfo=UTC)) == 2
    assert [one.name for one in swap.old_stores(site.path)] == ["station.db.before-0001-20261226T000000Z"]
    assert len(list(site.path.parent.glob("station.db.*"))) == 2
