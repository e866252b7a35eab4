"""Employers' files on a real store: opened by a posting, found again, verified by what was seen, held."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.domain.case import CaseKind, CaseState
from kiosk.domain.employer import Employer, EmployerKind, Seen
from kiosk.domain.listing import ListingState, Verdict
from kiosk.errors import BadInput, NotAllowed, WrongState
from kiosk.services import cases, employers, publish
from kiosk.services.register import register
from tests.flows.test_use_cases import a_form, station
from tests.station import TestStation, a_posting

__all__ = ["station"]
CODE = "91420923000000019C"
NAME = "云梦县汉十物流有限公司"
OTHER_PHONE = "19900007777"


def post_for(station: TestStation, **changes: str) -> Employer:
    listing = publish.post(station.here, a_posting(**changes)).listing
    with station.store.read() as u:
        return u.need(Employer, str(listing.employer_id))


def count(station: TestStation) -> int:
    with station.store.read() as u:
        return u.count(Employer)


def test_posting_when_an_employer_is_new_opens_his_file_once(station: TestStation) -> None:
    first, again = post_for(station), post_for(station, title="卸货")
    assert (first.id, first.name, first.kind, first.phone) == (again.id, NAME, EmployerKind.UNIT, "19900001234")
    assert post_for(station, employer_name="熊长贵", contact_phone=OTHER_PHONE).kind is EmployerKind.PERSON
    assert count(station) == 2
    with station.store.read() as u:
        assert first in [o.record for o in u.outgoing(50)]


def test_posting_when_name_or_phone_are_known_finds_the_file(station: TestStation) -> None:
    first = post_for(station)
    assert post_for(station, contact_phone=OTHER_PHONE).id == first.id, "a firm under another phone"
    assert post_for(station, employer_name="汉十").id == first.id, "the same phone under another name"
    person = post_for(station, employer_name="刘婷", contact_phone="19900008888")
    assert post_for(station, employer_name="刘婷", contact_phone="19900008889").id != person.id, "two persons may have one name"


def test_posting_when_the_file_is_held_gets_around_it_by_neither_name_nor_phone(station: TestStation) -> None:
    held = post_for(station)
    clean = post_for(station, employer_name="梦丰食品厂", contact_phone=OTHER_PHONE)
    employers.hold(station.here, station.head, held.id, "欠薪")
    assert post_for(station, employer_name="梦丰食品厂").id == held.id
    assert post_for(station, contact_phone=OTHER_PHONE).id == held.id
    assert post_for(station, employer_name="梦丰食品厂", contact_phone=OTHER_PHONE).id == clean.id


def test_sight_when_papers_were_seen_verifies_listings_to_come_for_six_months(station: TestStation) -> None:
    before = publish.post(station.here, a_posting()).listing
    employer_id = str(before.employer_id)
    employers.see(station.here, station.head, employer_id, Seen.PLACE, "工地在路口")
    assert publish.post(station.here, a_posting()).listing.employer_verified_on is None, "a place proves nobody"
    employers.see(station.here, station.head, employer_id, Seen.LICENCE)
    assert publish.post(station.here, a_posting()).listing.employer_verified_on == date(2026, 11, 23)
    assert publish.post(station.here, a_posting(contact_phone=OTHER_PHONE)).listing.employer_verified_on is None, "anybody knows a name"
    assert publish.post(station.here, a_posting(employer_name="汉十")).listing.employer_verified_on is None
    file = employers.employer_file(station.here, employer_id)
    assert {(s.what, s.by_name) for s in file.sights} == {(Seen.LICENCE, "李芳"), (Seen.PLACE, "李芳")}
    assert (file.row.employer.verified_by, file.row.employer.verified_what, file.row.due) == ("李芳", "营业执照", False)
    assert file.row.due_on == date(2027, 5, 23)
    station.clock.tick(days=181)
    listing = publish.post(station.here, a_posting(starts_on=date(2027, 5, 24), ends_on=date(2027, 5, 25))).listing
    assert listing.employer_verified_on is None
    (row,) = employers.employers(station.here)
    assert (row.due, row.due_on) == (True, date(2027, 5, 23))


def test_code_when_entered_is_checked_and_belongs_to_one_file(station: TestStation) -> None:
    firm, person = post_for(station), post_for(station, employer_name="刘婷", contact_phone=OTHER_PHONE)
    with pytest.raises(BadInput):
        employers.name_code(station.here, station.head, firm.id, CODE[:-1] + "1")
    assert employers.name_code(station.here, station.head, firm.id, CODE.lower()).uscc == CODE
    with pytest.raises(BadInput) as taken:
        employers.name_code(station.here, station.head, person.id, CODE)
    assert taken.value.key == "bad.uscc.taken"
    assert employers.set_kind(station.here, station.head, firm.id, EmployerKind.PERSON).uscc is None


def test_hold_when_repeated_or_without_reason_or_another_station_s_is_refused(station: TestStation) -> None:
    employer = post_for(station)
    with pytest.raises(BadInput):
        employers.hold(station.here, station.head, employer.id, "  ")
    with pytest.raises(WrongState):
        employers.release(station.here, station.head, employer.id, "没事")
    employers.hold(station.here, station.head, employer.id, "欠薪")
    with pytest.raises(WrongState):
        employers.hold(station.here, station.head, employer.id, "欠薪")
    file = employers.employer_file(station.here, employer.id)
    assert file.hold is not None
    assert (file.hold.reason, file.row.held, file.listings[0][1]) == ("欠薪", True, ListingState.PENDING)
    with station.store.write() as u:
        u.put(replace(employer, revision=2, station_id="another"))
    with pytest.raises(NotAllowed):
        employers.see(station.here, station.head, employer.id, Seen.LICENCE)


def test_employers_when_searched_are_found_by_name_phone_or_code_held_and_due_first(station: TestStation) -> None:
    firm = post_for(station)
    post_for(station, employer_name="阿文", contact_phone="19900000001")
    last = post_for(station, employer_name="刘婷", contact_phone=OTHER_PHONE)
    employers.name_code(station.here, station.head, firm.id, CODE)
    employers.see(station.here, station.head, firm.id, Seen.LICENCE)
    employers.hold(station.here, station.head, last.id, "假的")
    assert [r.employer.name for r in employers.employers(station.here)] == ["刘婷", "阿文", NAME]
    for query in ("汉十", "1234", CODE[:6], " 汉 十 "):
        assert [r.employer.id for r in employers.employers(station.here, query)] == [firm.id]
    assert employers.employers(station.here, "没有这家") == []


def test_register_when_staff_fill_it_in_says_so_in_the_record(station: TestStation) -> None:
    assert register(station.here, a_form(by_staff=station.head.staff_id)).worker.by_staff
    assert not register(station.here, a_form(name="李国强")).worker.by_staff


def test_employers_when_somebody_complained_come_before_those_whose_papers_are_due(station: TestStation) -> None:
    quiet = post_for(station)
    blamed = post_for(station, employer_name="云梦县梦丰食品厂", contact_phone=OTHER_PHONE)
    employers.see(station.here, station.head, blamed.id, Seen.LICENCE)
    listing = publish.pending(station.here)[-1].listing
    publish.decide(station.here, station.head, listing.id, 1, Verdict.APPROVE)
    cases.open_case(station.here, station.head, CaseKind.COMPLAINT, "要先交钱", listing_id=listing.id)
    assert [r.employer.id for r in employers.employers(station.here)] == [blamed.id, quiet.id]
    assert [(case.kind, state) for case, state in employers.employer_file(station.here, blamed.id).cases] == [
        (CaseKind.COMPLAINT, CaseState.OPEN)
    ]
    assert employers.employer_file(station.here, quiet.id).cases == []
