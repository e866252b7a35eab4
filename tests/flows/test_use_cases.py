"""The use cases on a real encrypted store: registering, applying, posting and reviewing, signing in, finding one's registration."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.codes import AREAS, AgeBand, PayUnit, Trade
from kiosk.domain.listing import Listing, Verdict
from kiosk.domain.print_job import PrintJob
from kiosk.domain.record import to_plain
from kiosk.domain.referral import Referral
from kiosk.domain.slip import Code, SlipKind
from kiosk.domain.station import Role, StaffCall
from kiosk.domain.words import in_fours
from kiosk.domain.worker import Worker
from kiosk.errors import BadInput, LockedOut, NotAllowed, NotFound, WrongState
from kiosk.services import browse, call, mine, posting, publish
from kiosk.services.apply import apply, print_again
from kiosk.services.author import HIMSELF
from kiosk.services.browse import JobQuery
from kiosk.services.change import change_area
from kiosk.services.guesses import MISSES
from kiosk.services.opening import REVIEW_WITHIN
from kiosk.services.register import Registered, RegistrationForm, register
from kiosk.services.sign_in import Session, add_staff, sign_in, staff_names
from kiosk.store import chain
from kiosk.text import t
from tests.station import PIN, START, STATION, TestStation, a_listing, a_posting, a_review, make_station


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def a_form(**changes: Any) -> RegistrationForm:
    form = RegistrationForm(
        name="王秀兰",
        phone="19900005678",
        age_band=AgeBand.ADULT,
        trades=(Trade.LOADING, Trade.FARMING),
        pay_fen=20000,
        consented_at=START,
    )
    return replace(form, **changes)


def publish_one(station: TestStation, **changes: Any) -> Listing:
    listing = a_listing(station.clock(), **changes)
    with station.store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, station.clock()))
    return listing


def add_colleague(station: TestStation) -> None:
    with station.store.write() as u:
        add_staff(u, START, STATION.id, "张伟", Role.STAFF, "135790")


def jobs_queued(station: TestStation) -> list[PrintJob]:
    with station.store.read() as u:
        return sorted(u.list(PrintJob), key=lambda job: job.serial)


def words_on(job: PrintJob) -> str:
    return str(to_plain(job.slip))


def test_register_when_everything_is_there_keeps_the_worker_the_slip_and_the_county_change_together(station: TestStation) -> None:
    publish_one(station)
    done = register(station.here, a_form())
    assert [m.listing.title for m in done.matches] == ["装卸工"]
    (job,) = jobs_queued(station)
    assert (job.id, job.slip.kind, job.serial) == (done.job_id, SlipKind.REGISTRATION, "YT-1123-0001")
    assert "王＊兰" in words_on(job)
    assert "王秀兰" not in words_on(job)
    assert "19900005678" not in words_on(job)
    with station.store.read() as u:
        assert u.get(Worker, done.worker.id) == done.worker
        assert done.worker in [o.record for o in u.outgoing(10)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "王"}, "name"),
        ({"name": "王" * 26}, "name"),
        ({"name": "wang"}, "name"),
        ({"phone": "1990000567"}, "phone"),
        ({"phone": "199000056789"}, "phone"),
        ({"phone": "29900005678"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"age_band": AgeBand.UNDER_16}, "age_band"),
        ({"trades": ()}, "trades"),
        ({"pay_fen": 0}, "pay"),
        ({"pay_fen": 9_999_900}, "pay"),
    ],
)
def test_register_when_a_field_is_bad_names_it_and_keeps_nothing(station: TestStation, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        register(station.here, a_form(**changes))
    assert refused.value.field == field
    with station.store.read() as u:
        assert (u.count(Worker), u.count(PrintJob), u.outbox_size()) == (0, 0, 0)


@pytest.mark.parametrize("name", ["阿依努尔·买买提", "李〇", "王㛃", "欧阳𬬻", "古力娜扎·阿不都热西提江"])
def test_register_when_the_name_is_rare_takes_it_as_it_is(station: TestStation, name: str) -> None:
    assert register(station.here, a_form(name=name)).worker.name == name


def test_register_when_the_same_person_comes_again_brings_the_record_up_to_date(station: TestStation) -> None:
    first = register(station.here, a_form()).worker
    done = register(station.here, a_form(pay_fen=22000))
    again = done.worker
    assert (again.id, again.code, again.revision, again.pay_fen) == (first.id, first.code, 2, 22000)
    with station.store.read() as u:
        assert u.count(Worker) == 1


def test_register_when_the_same_person_comes_again_keeps_the_township_that_he_chose(station: TestStation) -> None:
    first = register(station.here, a_form()).worker
    chosen = change_area(station.here, HIMSELF, first.id, next(iter(AREAS))).worker
    assert chosen.area == next(iter(AREAS))
    assert register(station.here, a_form()).worker.area == next(iter(AREAS))


def test_register_when_somebody_knows_name_and_phone_gets_nothing_that_opens_the_registration(station: TestStation) -> None:
    listing, first = publish_one(station), register(station.here, a_form())
    done = register(station.here, a_form())
    assert (first.unproven, done.unproven, done.worker.id) == (False, True, first.worker.id)
    apply(station.here, done.worker.id, listing.id, contact_consent=False, proven=False)
    print_again(station.here, done.worker.id, listing.id, proven=False)
    own, *others = jobs_queued(station)
    assert [job.slip.kind for job in others] == [SlipKind.REGISTRATION, SlipKind.REFERRAL, SlipKind.REFERRAL]
    assert in_fours(first.worker.code) in words_on(own)
    for job in others:
        assert t("slip.known_lost") in words_on(job)
        assert in_fours(first.worker.code) not in words_on(job)
        assert not any(isinstance(block, Code) for block in job.slip.blocks)


def test_register_when_staff_fill_it_in_for_who_came_before_prints_the_code(station: TestStation) -> None:
    register(station.here, a_form())
    again = register(station.here, a_form(by_staff=station.head.staff_id))
    assert not again.unproven
    assert in_fours(again.worker.code) in words_on(jobs_queued(station)[-1])


def test_register_when_a_couple_shares_a_phone_keeps_two_people(station: TestStation) -> None:
    one, other = register(station.here, a_form()), register(station.here, a_form(name="李国强"))
    assert one.worker.id != other.worker.id
    assert one.worker.code != other.worker.code


def test_apply_when_public_makes_a_referral_and_its_slip_once(station: TestStation) -> None:
    listing, worker = publish_one(station), register(station.here, a_form()).worker
    first = apply(station.here, worker.id, listing.id, contact_consent=True)
    second = apply(station.here, worker.id, listing.id, contact_consent=True)
    assert (first.already, second.already, first.referral) == (False, True, second.referral)
    assert [j.slip.kind for j in jobs_queued(station)][:2] == [SlipKind.REGISTRATION, SlipKind.REFERRAL]
    with station.store.read() as u:
        assert u.count(Referral) == 1


def test_apply_when_more_come_than_places_marks_it(station: TestStation) -> None:
    listing = publish_one(station, headcount=1)
    marked = []
    for name in ("王秀兰", "李国强"):
        worker = register(station.here, a_form(name=name)).worker
        marked.append(apply(station.here, worker.id, listing.id, contact_consent=False).referral.over_headcount)
    assert marked == [False, True]


def test_apply_when_the_listing_is_gone_says_so(station: TestStation) -> None:
    worker = register(station.here, a_form()).worker
    with pytest.raises(NotFound):
        apply(station.here, worker.id, a_listing().id, contact_consent=False)


def test_posting_when_complete_is_pending_until_a_named_reviewer_approves(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting())
    assert posted.review_due_at == START + REVIEW_WITHIN
    (waiting,) = publish.pending(station.here)
    assert waiting.listing == posted.listing
    assert browse.home(station.here).total == 0
    review = publish.decide(station.here, station.head, posted.listing.id, 1, Verdict.APPROVE)
    assert (review.reviewer_name, publish.pending(station.here), browse.home(station.here).total) == ("李芳", [], 1)
    with station.store.read() as u:
        assert chain.verify(u.connection) is None


@pytest.mark.parametrize("field", posting.REQUIRED)
def test_posting_when_a_field_is_missing_names_it_and_keeps_nothing(station: TestStation, field: str) -> None:
    empty = "" if isinstance(getattr(a_posting(), field), str) and field not in ("trade", "area", "pay_unit", "settlement") else None
    with pytest.raises(BadInput) as refused:
        publish.post(station.here, a_posting(**{field: empty}))
    assert refused.value.field == field
    assert publish.pending(station.here) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": START.date().replace(day=1)}, "ends_on"),
        ({"pay_fen": 0}, "pay_fen"),
        ({"pay_fen": 9_999_900, "pay_unit": PayUnit.DAY}, "pay_fen"),
        ({"headcount": 0}, "headcount"),
    ],
)
def test_posting_when_a_field_is_impossible_is_blocked_there(station: TestStation, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        publish.post(station.here, a_posting(**changes))
    assert refused.value.field == field


def test_review_when_a_finding_holds_needs_a_written_reason(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting(description="包吃住，入职交押金300元。"))
    (waiting,) = publish.pending(station.here)
    holds = [f.rule for f in waiting.findings if f.severity == "HOLD" or f.severity.name == "HOLD"]
    assert holds
    with pytest.raises(BadInput):
        publish.decide(station.here, station.head, posted.listing.id, 1, Verdict.APPROVE)
    publish.decide(station.here, station.head, posted.listing.id, 1, Verdict.APPROVE, hold_reasons=dict.fromkeys(holds, "已电话核实"))
    assert browse.home(station.here).total == 1


def test_review_when_returned_without_a_reason_is_refused_and_with_one_prints_it(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting())
    with pytest.raises(BadInput):
        publish.decide(station.here, station.head, posted.listing.id, 1, Verdict.RETURN, reason=" ")
    publish.decide(station.here, station.head, posted.listing.id, 1, Verdict.RETURN, reason="请写清楚工钱怎么结")
    assert "请写清楚工钱怎么结" in words_on(jobs_queued(station)[-1])
    with pytest.raises(WrongState):
        publish.decide(station.here, station.head, posted.listing.id, 1, Verdict.APPROVE)


def test_review_when_the_reviewer_collected_it_himself_is_refused(station: TestStation) -> None:
    add_colleague(station)
    posted = publish.post(station.here, a_posting(), collected_by=station.head.staff_id)
    with pytest.raises(NotAllowed):
        publish.decide(station.here, station.head, posted.listing.id, 1, Verdict.APPROVE)


def test_take_down_when_public_removes_it_from_every_list(station: TestStation) -> None:
    listing = publish_one(station)
    publish.take_down(station.here, station.head, listing.id, "用工方说人招满了")
    assert browse.jobs(station.here, JobQuery(filters=browse.alive(station.here))).total == 0
    with pytest.raises(NotFound):
        browse.job(station.here, listing.id)


def test_sign_in_when_the_pin_is_wrong_locks_longer_each_time_and_survives_a_restart(station: TestStation) -> None:
    staff_id = station.head.staff_id
    for _ in range(2):
        with pytest.raises(NotAllowed) as wrong:
            sign_in(station.here, staff_id, "000000")
        assert not isinstance(wrong.value, LockedOut)
    waits = []
    for _ in range(3):
        with pytest.raises(LockedOut) as locked:
            sign_in(station.here, staff_id, "000000")
        waits.append((locked.value.until - station.clock()).total_seconds())
        with pytest.raises(LockedOut):  # even the right one, while locked
            sign_in(station.here, staff_id, PIN)
        station.clock.now = locked.value.until
    assert waits == [30, 60, 120]
    assert station.staff().failures == 5
    assert sign_in(station.here, staff_id, PIN) == station.head
    assert station.staff().failures == 0


def test_sign_in_when_asked_names_everyone_and_shows_no_pin(station: TestStation) -> None:
    with station.store.write() as u:
        add_staff(u, START, STATION.id, "张伟", Role.STAFF, "135790")
    assert {name for _, name, _ in staff_names(station.here)} == {"李芳", "张伟"}
    assert isinstance(station.head, Session)
    assert PIN not in station.staff().pin_hash


def test_mine_when_code_and_digits_fit_opens_it_and_guessing_is_limited(station: TestStation) -> None:
    listing, worker = publish_one(station), register(station.here, a_form()).worker
    apply(station.here, worker.id, listing.id, contact_consent=True)
    found = mine.find_mine(station.here, worker.code, "5678")
    assert (found.worker.id, [r.listing and r.listing.title for r in found.referrals]) == (worker.id, ["装卸工"])
    for _ in range(MISSES):
        with pytest.raises(NotFound):
            mine.find_mine(station.here, worker.code, "0000")
    station.clock.tick(minutes=4)
    with pytest.raises(LockedOut) as locked:
        mine.find_mine(station.here, worker.code, "5678")
    assert locked.value.until - station.clock() == timedelta(minutes=6)
    station.clock.tick(minutes=6)
    assert mine.find_mine(station.here, worker.code, "5678").worker.id == worker.id


def test_call_when_pressed_twice_is_one_call_until_answered(station: TestStation) -> None:
    first, second = call.call_staff(station.here, "home"), call.call_staff(station.here, "home")
    assert first == second
    call.answer_calls(station.here, station.head)
    assert call.open_calls(station.here) == []
    with station.store.read() as u:
        assert u.list(StaffCall)[0].answered_by == "李芳"


def test_registered_when_shown_hides_the_person(station: TestStation) -> None:
    done: Registered = register(station.here, a_form())
    assert "王秀兰" not in repr(done)
    assert "19900005678" not in repr(done)
