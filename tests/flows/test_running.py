"""Running a station on a real store: facilities, the negotiation desk, sign-ups for courses, the ledger of the subsidy."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.facility import Condition
from kiosk.domain.running import TALK_MINUTES, Booking, Facility, FacilityCheck, Spending, SpendingKind
from kiosk.domain.station import Role
from kiosk.errors import BadInput, NotAllowed, WrongState
from kiosk.services import bookings, facilities, ledger
from kiosk.services.sign_in import Session
from tests.station import TestStation, make_station

CLERK = Session("c", "张伟", Role.STAFF)
TODAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""Nine o'clock of the next day in China."""


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    yield station
    station.store.close()


def condition(station: TestStation, facility: Facility) -> Condition:
    return next(s.condition for s in facilities.latest(station.here) if s.facility is facility)


def field_of(found: pytest.ExceptionInfo[BadInput]) -> tuple[str, str]:
    return found.value.field, found.value.key


def test_facilities_when_looked_at_stand_well_and_the_county_hears_of_it(station: TestStation) -> None:
    assert {s.condition for s in facilities.latest(station.here)} == {Condition.UNCHECKED}
    for facility in Facility:
        facilities.check(station.here, station.head, facility, True)
    assert {s.condition for s in facilities.latest(station.here)} == {Condition.GOOD}
    with station.store.read() as u:
        assert [c.entity for c in u.outgoing(100)] == ["facility_check"] * len(Facility)


def test_report_broken_when_tapped_again_is_the_same_report_until_staff_have_looked(station: TestStation) -> None:
    first = facilities.report_broken(station.here, Facility.WATER)
    station.clock.tick(minutes=5)
    assert facilities.report_broken(station.here, Facility.WATER) == first
    assert condition(station, Facility.WATER) is Condition.REPORTED
    facilities.check(station.here, station.head, Facility.WATER, True)
    assert condition(station, Facility.WATER) is Condition.GOOD
    station.clock.tick(minutes=5)
    assert facilities.report_broken(station.here, Facility.WATER) != first
    with station.store.read() as u:
        assert u.count(FacilityCheck) == 3


def test_report_broken_when_two_visitors_tap_at_once_is_one(station: TestStation) -> None:
    taps = [threading.Thread(target=facilities.report_broken, args=(station.here, Facility.WIFI)) for _ in range(4)]
    for tap in taps:
        tap.start()
    for tap in taps:
        tap.join()
    with station.store.read() as u:
        assert u.count(FacilityCheck) == 1


def test_check_when_a_date_was_set_carries_it_on(station: TestStation) -> None:
    until = TODAY + timedelta(days=10)
    facilities.check(station.here, station.head, Facility.FIRST_AID, True, expires_on=until)
    for _ in range(50):
        station.clock.tick(minutes=1)
        facilities.check(station.here, station.head, Facility.FIRST_AID, True)
    assert condition(station, Facility.FIRST_AID) is Condition.EXPIRING
    station.clock.tick(days=11)
    facilities.check(station.here, station.head, Facility.FIRST_AID, True)
    assert condition(station, Facility.FIRST_AID) is Condition.EXPIRED
    station.clock.tick(minutes=1)
    facilities.check(station.here, station.head, Facility.FIRST_AID, True, expires_on=TODAY + timedelta(days=400))
    assert condition(station, Facility.FIRST_AID) is Condition.GOOD


def test_check_when_what_was_given_cannot_be_writes_nothing(station: TestStation) -> None:
    for facility, wrong in (
        (Facility.WATER, {"expires_on": TODAY}),
        (Facility.FIRST_AID, {"expires_on": TODAY - timedelta(days=1)}),
        (Facility.WATER, {"note": "坏" * 61}),
    ):
        with pytest.raises(BadInput):
            facilities.check(station.here, station.head, facility, True, **wrong)
    with station.store.read() as u:
        assert (u.count(FacilityCheck), u.outbox_size()) == (0, 0)


def test_book_when_free_takes_the_desk_and_cancel_gives_it_back(station: TestStation) -> None:
    one = bookings.book(station.here, station.head, " 汉十物流 ", MORNING, 60)
    assert (one.who, one.by_name) == ("汉十物流", "李芳")
    assert MORNING not in bookings.free_slots(station.here, date(2026, 11, 24), 30)
    assert bookings.booked(station.here) == (one,)
    gone = bookings.cancel(station.here, CLERK, one.id)
    assert (gone.cancelled, gone.revision) == (True, 2)
    assert bookings.cancel(station.here, CLERK, one.id) == gone
    assert MORNING in bookings.free_slots(station.here, date(2026, 11, 24), 30)
    assert bookings.booked(station.here) == ()


@pytest.mark.parametrize(
    ("who", "start", "minutes", "wrong"),
    [
        (" ", MORNING, 60, ("who", "bad.booking.who")),
        ("汉" * 21, MORNING, 60, ("who", "bad.booking.who_long")),
        ("汉十", MORNING + timedelta(minutes=10), 60, ("starts_at", "bad.booking.time")),
        ("汉十", MORNING, 45, ("starts_at", "bad.booking.time")),
        ("汉十", MORNING - timedelta(hours=3), 60, ("starts_at", "bad.booking.time")),
        ("汉十", MORNING + timedelta(hours=8, minutes=30), 60, ("starts_at", "bad.booking.time")),
        ("汉十", MORNING - timedelta(days=1), 60, ("starts_at", "bad.booking.time")),
        ("汉十", MORNING + timedelta(days=8), 60, ("starts_at", "bad.booking.time")),
    ],
)
def test_book_when_it_cannot_be_names_the_field_and_books_nothing(
    station: TestStation, who: str, start: datetime, minutes: int, wrong: tuple[str, str]
) -> None:
    with pytest.raises(BadInput) as found:
        bookings.book(station.here, station.head, who, start, minutes)
    assert field_of(found) == wrong
    with station.store.read() as u:
        assert (u.count(Booking), u.outbox_size()) == (0, 0)


def test_book_when_two_ask_at_once_only_one_gets_it(station: TestStation) -> None:
    got: list[str] = []
    refused: list[str] = []

    def ask(who: str) -> None:
        try:
            got.append(bookings.book(station.here, station.head, who, MORNING, 60).who)
        except BadInput as error:
            refused.append(error.key)

    asking = [threading.Thread(target=ask, args=(f"{n}号",)) for n in range(5)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert (len(got), refused) == (1, ["bad.booking.taken"] * 4)
    assert [b.who for b in bookings.booked(station.here)] == got


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStation]:
    station = make_station(tmp_path_factory.mktemp("desk"))
    yield station
    station.store.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["book", "cancel"]), st.integers(0, 47), st.sampled_from(TALK_MINUTES)), max_size=14))
def test_book_when_done_in_any_order_never_overlaps_and_takes_all_that_is_free(desk: TestStation, acts: list[tuple[str, int, int]]) -> None:
    with desk.store.write() as u:
        for old in u.list(Booking):
            u.drop(Booking, old.id)
    day = date(2026, 11, 25)
    for act, number, minutes in acts:
        made = bookings.booked(desk.here)
        if act == "cancel":
            if made:
                bookings.cancel(desk.here, CLERK, made[number % len(made)].id)
            continue
        start = datetime(2026, 11, 24, 16, tzinfo=UTC) + timedelta(minutes=30 * number)
        free = start in bookings.free_slots(desk.here, day, minutes)
        try:
            bookings.book(desk.here, CLERK, f"{number}号", start, minutes)
        except BadInput:
            assert not free
        else:
            assert free
    for one, other in combinations(bookings.booked(desk.here), 2):
        assert bookings.ends_at(one) <= other.starts_at or bookings.ends_at(other) <= one.starts_at


def spend(station: TestStation, fen: int = 36_000, spent_on: date = TODAY, session: Session | None = None) -> Spending:
    return ledger.enter(station.here, session or station.head, SpendingKind.RUNNING, fen, " 宽带费 ", payee="中国电信", spent_on=spent_on)


def test_ledger_when_a_line_is_taken_back_keeps_both_and_counts_neither(station: TestStation) -> None:
    first, second = spend(station), spend(station, 12_650, TODAY - timedelta(days=30))
    assert first.purpose == "宽带费"
    counter = ledger.cancel(station.here, station.head, first.id)
    assert (counter.cancels, counter.amount_fen) == (first.id, first.amount_fen)
    book = ledger.book(station.here, station.head)
    assert [(line.spending, line.gone) for line in book.lines] == [(first, True), (second, False)]
    assert book.sums == {2026: {SpendingKind.NETWORK: 0, SpendingKind.RUNNING: 12_650}}
    for again in (first.id, counter.id):
        with pytest.raises(WrongState):
            ledger.cancel(station.here, station.head, again)
    with station.store.read() as u:
        assert u.count(Spending) == 3


def test_ledger_when_not_the_head_is_closed(station: TestStation) -> None:
    line = spend(station)
    with pytest.raises(NotAllowed):
        spend(station, session=CLERK)
    with pytest.raises(NotAllowed):
        ledger.cancel(station.here, CLERK, line.id)
    with pytest.raises(NotAllowed):
        ledger.book(station.here, CLERK)


def test_ledger_when_a_line_cannot_be_enters_nothing(station: TestStation) -> None:
    for fen, day in ((0, TODAY), (6_000_001, TODAY), (1, TODAY + timedelta(days=1)), (1, date(2024, 8, 31))):
        with pytest.raises(BadInput):
            spend(station, fen, day)
    with pytest.raises(BadInput) as found:
        ledger.enter(station.here, station.head, SpendingKind.NETWORK, 1, " ", spent_on=TODAY)
    assert field_of(found) == ("purpose", "bad.ledger.purpose")
    with station.store.read() as u:
        assert (u.count(Spending), u.outbox_size()) == (0, 0)
