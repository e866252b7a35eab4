"""The roster's evidence: a grade never rises without it, one hire told twice is seen, a couple's phone is no reproach."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.employer import Employer, EmployerKind
from kiosk.domain.listing import Listing
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.referral import Party, Referral, ReferralStep, state_of
from kiosk.domain.referral import ReferralState as S
from kiosk.domain.roster import FAILED, Doubt, Grade, Recommendation, RosterRow, grade, missing, roster_rows
from kiosk.domain.worker import PhoneOf, Worker
from tests.station import a_listing

START = datetime(2026, 11, 3, 1, tzinfo=UTC)
REFERRED = (S.REFERRED, Party.STAFF)
STEPS = st.lists(st.tuples(st.sampled_from(S), st.sampled_from(Party), st.integers(0, 5)), max_size=9)


def _step(state: S, party: Party, after: int, number: int = 0, referral: str = "r") -> ReferralStep:
    return ReferralStep(
        id=f"{referral}{number:04}",
        station_id="s",
        referral_id=referral,
        state=state,
        by_name="李芳",
        how="电话",
        party=party,
        stepped_at=START + timedelta(minutes=after),
    )


def _steps(*said: tuple[S, Party]) -> list[ReferralStep]:
    return [_step(state, party, n, n) for n, (state, party) in enumerate(said)]


def _worker(number: int = 1, name: str = "刘国庆", phone: str = "19900002001") -> Worker:
    return Worker(
        id=f"w{number}",
        revision=1,
        station_id="s",
        name=PersonName(name),
        phone=Phone(phone),
        age_band=AgeBand.ADULT,
        trades=(Trade.LOADING,),
        pay_fen=None,
        code=f"{number:08}",
        number=f"YT-1103-{number:04}",
        notice_version="2026-11",
        consented_at=START,
        registered_at=START,
    )


def _told(worker: Worker | None, listing: Listing | None, *, day: float = 0, number: int = 0, **more: Any) -> Recommendation:
    at = START + timedelta(days=day)
    name = f"r{number}-{day}"
    referral = Referral(
        id=name,
        station_id="s",
        worker_id=worker.id if worker else "gone",
        listing_id=listing.id if listing else "gone",
        contact_consent=True,
        created_at=at,
    )
    steps = [replace(_step(S.REFERRED, Party.STAFF, 0, 0, name), stepped_at=at)]
    return replace(Recommendation(referral=referral, steps=steps, worker=worker, listing=listing), **more)


def _doubts(*known: Recommendation) -> list[tuple[Doubt, ...]]:
    return [row.doubts for row in roster_rows(known)]


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ((), None),
        (((S.ACCEPTED, Party.EMPLOYER),), None),
        ((REFERRED,), Grade.RECOMMENDED),
        ((REFERRED, (S.ACCEPTED, Party.EMPLOYER)), Grade.RECOMMENDED),
        ((REFERRED, (S.ACCEPTED, Party.STAFF), (S.ARRIVED, Party.STAFF), (S.PAID, Party.STAFF)), Grade.RECOMMENDED),
        ((REFERRED, (S.ACCEPTED, Party.EMPLOYER), (S.ACCEPTED, Party.WORKER)), Grade.CONFIRMED),
        ((REFERRED, (S.ACCEPTED, Party.WORKER), (S.ARRIVED, Party.EMPLOYER)), Grade.ARRIVED),
        ((REFERRED, (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.WORKER), (S.UNPAID, Party.WORKER)), Grade.ARRIVED),
        ((REFERRED, (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.WORKER), (S.PAID, Party.EMPLOYER)), Grade.ARRIVED),
        ((REFERRED, (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.STAFF), (S.PAID, Party.WORKER)), Grade.PAID),
        ((REFERRED, (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.WORKER), (S.UNPAID, Party.WORKER), (S.PAID, Party.WORKER)), Grade.PAID),
        (
            (REFERRED, (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.WORKER), (S.PAID, Party.WORKER), (S.UNPAID, Party.WORKER)),
            Grade.ARRIVED,
        ),
        (
            (REFERRED, (S.ACCEPTED, Party.WORKER), (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.STAFF), (S.DECLINED, Party.WORKER)),
            Grade.RECOMMENDED,
        ),
        ((REFERRED, (S.DECLINED, Party.WORKER)), None),
        ((REFERRED, (S.ACCEPTED, Party.EMPLOYER), (S.NO_SHOW, Party.EMPLOYER)), None),
    ],
)
def test_grade_when_words_were_given_is_as_high_as_they_reach(said: tuple[tuple[S, Party], ...], reached: Grade | None) -> None:
    assert grade(_steps(*said)) is reached


@given(STEPS)
def test_grade_when_given_never_rises_without_its_evidence(said: list[tuple[S, Party, int]]) -> None:
    steps = [_step(state, party, after, n) for n, (state, party, after) in enumerate(said)]
    reached = grade(steps)
    words = {(s.party, s.state) for s in steps}

    def has(party: Party, *states: S) -> bool:
        return any((party, state) in words for state in states)

    came, agreed = (S.ARRIVED, S.UNPAID, S.PAID), (S.ACCEPTED, S.ARRIVED, S.UNPAID, S.PAID)
    if reached is None:
        assert all(s.state is not S.REFERRED for s in steps) or state_of(steps) in FAILED
        return
    assert any(s.state is S.REFERRED for s in steps)
    if reached >= Grade.CONFIRMED:
        assert has(Party.WORKER, *agreed)
        assert has(Party.EMPLOYER, *agreed)
    if reached >= Grade.ARRIVED:
        assert has(Party.WORKER, *came) or has(Party.EMPLOYER, *came)
    if reached is Grade.PAID:
        assert has(Party.WORKER, S.PAID)


@given(STEPS, st.sampled_from(S), st.integers(0, 5))
def test_grade_when_staff_add_their_own_word_does_not_rise(said: list[tuple[S, Party, int]], state: S, after: int) -> None:
    steps = [_step(S.REFERRED, Party.STAFF, 0), *(_step(s, party, at, n + 1) for n, (s, party, at) in enumerate(said))]
    before = grade(steps)
    if before is not None:
        assert (grade([*steps, _step(state, Party.STAFF, after, 99)]) or 0) <= before


@given(STEPS)
def test_missing_when_given_lifts_the_grade(said: list[tuple[S, Party, int]]) -> None:
    """Whoever asks those whose word is missing, and hears the best, has a better row: so the page may tell staff to do it."""
    steps = [_step(state, party, after, n) for n, (state, party, after) in enumerate(said)]
    before, asked = grade(steps), missing(steps)
    assert bool(asked) == (before is not None and before is not Grade.PAID)
    if asked:
        later = [_step(S.PAID, party, 9, 90 + n) for n, party in enumerate(sorted(asked))]
        assert (grade([*steps, *later]) or 0) > (before or 0)


def test_roster_when_nothing_is_odd_has_no_doubts() -> None:
    rows = roster_rows([_told(_worker(), a_listing(), day=1), _told(_worker(2, "彭桂兰", "19900002002"), a_listing(), day=0)])
    assert [r.about.worker and r.about.worker.name for r in rows] == ["彭桂兰", "刘国庆"]
    assert [r.doubts for r in rows] == [(), ()]
    assert not any(r.suspicious for r in rows)


def test_roster_when_a_couple_shares_a_phone_only_notes_it() -> None:
    one, two = _worker(), _worker(2, "彭桂兰")
    rows = roster_rows(
        [_told(one, a_listing()), _told(two, a_listing(employer_name="熊记砖厂", contact_phone=Phone("19900001004")), day=1)]
    )
    assert [r.doubts for r in rows] == [(Doubt.SHARED_PHONE,)] * 2
    assert not any(r.suspicious for r in rows)


def test_roster_when_the_employers_wife_works_for_him_only_notes_the_phone() -> None:
    listing = a_listing(contact_name=PersonName("刘国庆"), contact_phone=Phone("19900002001"))
    [row] = roster_rows([_told(_worker(1, "彭桂兰", "19900002001"), listing)])
    assert row.doubts == (Doubt.SHARED_PHONE,)
    assert not row.suspicious


@pytest.mark.parametrize("name", ["contact_name", "employer_name"])
def test_roster_when_employer_and_worker_are_one_says_self_dealing(name: str) -> None:
    changes: dict[str, Any] = {name: PersonName("刘 国庆"), "contact_phone": Phone("19900002001")}
    listing = a_listing(**changes)
    [row] = roster_rows([_told(_worker(), listing)])
    assert row.doubts == (Doubt.SELF_DEALING,)
    assert row.suspicious


def test_roster_when_the_employers_file_is_the_workers_own_says_self_dealing() -> None:
    """The listing names a front man; the file behind it does not."""
    employer = Employer(
        id="e", revision=1, station_id="s", kind=EmployerKind.PERSON, name="刘国庆", phone=Phone("19900002001"), created_at=START
    )
    [row] = roster_rows([_told(_worker(), a_listing(employer_id="e"), employer=employer)])
    assert row.doubts == (Doubt.SELF_DEALING,)


def test_roster_when_only_the_name_is_the_same_notes_it() -> None:
    [row] = roster_rows([_told(_worker(), a_listing(contact_name=PersonName("刘国庆")))])
    assert row.doubts == (Doubt.SAME_NAME,)
    assert not row.suspicious


@pytest.mark.parametrize(("day", "twice"), [(0.1, True), (7, True), (7.1, False)])
def test_roster_when_told_again_to_one_employer_doubts_it_for_a_week(day: float, twice: bool) -> None:
    first, second = a_listing(), a_listing(title="夜里卸车")
    rows = roster_rows([_told(_worker(), first), _told(_worker(), second, day=day)])
    assert rows[0].doubts == ()
    assert rows[1].doubts == ((Doubt.REPEATED,) if twice else ())
    assert rows[1].repeats == (START if twice else None)


def test_roster_when_told_again_for_one_listing_doubts_it_however_late() -> None:
    listing = a_listing()
    assert _doubts(_told(_worker(), listing), _told(_worker(), listing, day=60))[1] == (Doubt.REPEATED,)


def test_roster_when_told_to_another_employer_has_no_doubt() -> None:
    other = a_listing(employer_name="熊记砖厂", contact_phone=Phone("19900001004"))
    assert _doubts(_told(_worker(), a_listing()), _told(_worker(), other, day=1)) == [(), ()]


def test_roster_when_one_person_has_two_registrations_sees_the_hire_told_twice() -> None:
    again = _worker(2, "刘　国庆")
    doubts = _doubts(_told(_worker(), a_listing()), _told(again, a_listing(), day=1))
    assert doubts == [(Doubt.TWICE_REGISTERED,), (Doubt.REPEATED, Doubt.TWICE_REGISTERED)]


def test_roster_when_workers_withdrew_keeps_their_rows_and_takes_them_for_no_one() -> None:
    nobody = replace(_worker(), name=PersonName(""), phone=Phone(""))
    other = replace(nobody, id="w2")
    no_contact = a_listing(contact_name=PersonName(""), contact_phone=Phone(""))
    assert _doubts(_told(nobody, no_contact), _told(other, a_listing(), day=1), _told(None, None, day=2)) == [(), (), ()]


def test_roster_when_a_party_says_the_opposite_doubts_the_row() -> None:
    said = _steps(REFERRED, (S.ACCEPTED, Party.EMPLOYER), (S.ARRIVED, Party.WORKER), (S.PAID, Party.WORKER), (S.NO_SHOW, Party.EMPLOYER))
    [row] = roster_rows([_told(_worker(), a_listing(), steps=said)])
    assert (row.grade, row.doubts) == (Grade.PAID, (Doubt.CONTRADICTED,))


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(0, 20)), max_size=7), st.randoms())
def test_roster_when_the_order_of_reading_changes_is_the_same(told: list[tuple[int, int, int]], chance: Any) -> None:
    listings = {n: replace(a_listing(), id=f"l{n}") for n in (1, 2)}
    known = [_told(_worker(w, f"工人{'甲乙丙'[w - 1]}"), listings[one], day=day, number=n) for n, (w, one, day) in enumerate(told)]
    mixed = list(known)
    chance.shuffle(mixed)

    def shape(rows: list[RosterRow]) -> list[Any]:
        return [(r.about.referral.id, r.doubts, r.repeats) for r in rows]

    assert shape(roster_rows(known)) == shape(roster_rows(mixed))


def test_roster_when_several_gave_the_stations_number_takes_them_for_several() -> None:
    workers = [replace(_worker(n, name, "07124000001"), phone_of=PhoneOf.STATION) for n, name in enumerate(("刘国庆", "刘国庆", "王秀兰"))]
    listing = replace(a_listing(), contact_phone=Phone("07124000001"))
    rows = roster_rows([_told(worker, listing, number=n) for n, worker in enumerate(workers)])
    assert [row.doubts for row in rows] == [(), (), ()]
