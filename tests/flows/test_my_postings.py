"""An employer comes back with his slip: what it opens and to whom, once more, changed, ended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.listing import ListingState, Review, Takedown, Verdict
from kiosk.domain.print_job import PrintJob
from kiosk.domain.slip import Code, Line
from kiosk.domain.ticket import TicketKind, issue, sign
from kiosk.errors import LockedOut, NotAllowed, NotFound, WrongState
from kiosk.services import my_postings, publish, receipts
from kiosk.services.posting import Posted
from kiosk.services.tickets import KEY, KEY_ID
from tests.station import TestStation, a_posting, make_station

LAST = "1234"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    with station.store.write() as u:
        u.remember(KEY, "7b" * 32)
        u.remember(KEY_ID, "1")
    yield station
    station.store.close()


def opened(station: TestStation, posted: Posted) -> my_postings.MyPostings:
    return my_postings.open_postings(station.here, posted.number, LAST)


def decide(station: TestStation, posted: Posted, verdict: Verdict, reason: str = "") -> Review:
    listing = posted.listing
    return publish.decide(station.here, station.head, listing.id, listing.revision, verdict, reason=reason)


def code_on(station: TestStation, posted: Posted) -> str:
    with station.store.read() as u:
        slip = u.need(PrintJob, posted.job_id).slip
    assert f"{posted.number[:4]} {posted.number[4:]}" in {b.text for b in slip.blocks if isinstance(b, Line)}
    return next(b.text for b in slip.blocks if isinstance(b, Code))


def test_slip_when_scanned_gives_its_number_and_no_other_code_does(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting())
    assert receipts.read_receipt(station.here, code_on(station, posted)) == posted.number
    forged = sign(issue(TicketKind.POSTING, posted.listing.id, 1, station.clock.now), b"another key")
    other = sign(issue(TicketKind.REFERRAL, posted.listing.id, 1, station.clock.now), bytes.fromhex("7b" * 32))
    for text in (f"https://phone.test/k/{forged}", other, posted.number, "", "https://phone.test"):
        with pytest.raises(NotFound):
            receipts.read_receipt(station.here, text)


def test_open_when_number_or_digits_are_wrong_opens_nothing_and_locks_after_ten(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting())
    mine = publish.post(station.here, a_posting(contact_phone="19900009999"))
    for number, last in ((posted.number, "9999"), (mine.number, LAST), ("12345678", LAST), ("", "")) * 2:
        with pytest.raises(NotFound):
            my_postings.open_postings(station.here, number, last)
    assert [one.listing.id for one in opened(station, posted).postings] == [posted.listing.id]
    for _ in range(2):
        with pytest.raises(NotFound):
            my_postings.open_postings(station.here, "87654321", LAST)
    with pytest.raises(LockedOut):
        opened(station, posted)
    station.clock.tick(minutes=10, seconds=1)
    assert opened(station, posted).postings


def test_open_when_another_posted_with_the_same_phone_keeps_the_two_apart(station: TestStation) -> None:
    first = publish.post(station.here, a_posting(title="卸货"))
    stranger = publish.post(station.here, a_posting(title="搬家"))
    assert [one.listing.title for one in opened(station, first).postings] == ["卸货"]
    with pytest.raises(NotAllowed):
        my_postings.end(station.here, opened(station, stranger), first.listing.id, filled=True)
    with pytest.raises(NotAllowed):
        my_postings.change(station.here, opened(station, stranger), first.listing.id, a_posting())
    with pytest.raises(NotAllowed):
        my_postings.print_again(station.here, opened(station, stranger), first.listing.id)


def test_once_more_when_posted_stands_on_the_coming_days_and_under_the_same_number(station: TestStation) -> None:
    first = publish.post(station.here, a_posting())
    decide(station, first, Verdict.APPROVE)
    station.clock.tick(days=30)
    mine = opened(station, first)
    assert mine.postings[0].state is ListingState.EXPIRED
    form = my_postings.once_more(mine.postings[0].listing, station.here.today())
    tomorrow = station.here.today() + timedelta(days=1)
    assert form == replace(a_posting(), starts_on=tomorrow, ends_on=tomorrow + timedelta(days=2))
    second = publish.post(station.here, form, number=mine.number)
    assert second.number == first.number
    assert [one.state for one in my_postings.reopen(station.here, mine).postings] == [ListingState.PENDING, ListingState.EXPIRED]


def test_once_more_when_the_first_day_is_still_to_come_keeps_it(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting())
    assert my_postings.once_more(posted.listing, station.here.today()) == a_posting()


def test_returned_when_mended_waits_again_with_its_reason_gone(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting())
    decide(station, posted, Verdict.RETURN, "请写清楚几点收工")
    mine = opened(station, posted)
    assert (mine.postings[0].state, mine.postings[0].reason) == (ListingState.RETURNED, "请写清楚几点收工")
    again = my_postings.change(station.here, mine, posted.listing.id, a_posting(day_end_min=18 * 60))
    assert (again.listing.revision, again.number, again.listing.collected_by) == (2, posted.number, "employer")
    (one,) = my_postings.reopen(station.here, mine).postings
    assert (one.state, one.reason) == (ListingState.PENDING, "")
    assert [p.listing.day_end_min for p in publish.pending(station.here)] == [18 * 60]


def test_change_when_it_stands_in_public_leaves_that_until_reviewed(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting())
    decide(station, posted, Verdict.APPROVE)
    mine = opened(station, posted)
    changed = my_postings.change(station.here, mine, posted.listing.id, a_posting(headcount=5))
    (one,) = my_postings.reopen(station.here, mine).postings
    assert (one.state, one.number, one.listing.headcount) == (ListingState.PENDING, 1, 5)
    with station.store.read() as u:
        public = u.published(posted.listing.id)
        assert public is not None
        assert public.listing.headcount == 3
    decide(station, changed, Verdict.APPROVE)
    with station.store.read() as u:
        public = u.published(posted.listing.id)
        assert public is not None
        assert public.listing.headcount == 5


@pytest.mark.parametrize("approved", [True, False], ids=["in public", "waiting"])
def test_end_when_he_has_his_people_takes_it_out_and_is_final(station: TestStation, approved: bool) -> None:
    posted = publish.post(station.here, a_posting())
    if approved:
        decide(station, posted, Verdict.APPROVE)
    mine = opened(station, posted)
    my_postings.end(station.here, mine, posted.listing.id, filled=approved)
    (one,) = my_postings.reopen(station.here, mine).postings
    assert one.state is (ListingState.FILLED if approved else ListingState.WITHDRAWN)
    with station.store.read() as u:
        assert u.published(posted.listing.id) is None
        assert len(u.list(Takedown)) == 1
    assert publish.pending(station.here) == []
    with pytest.raises(WrongState):
        my_postings.end(station.here, mine, posted.listing.id, filled=True)
    with pytest.raises(WrongState):
        my_postings.change(station.here, mine, posted.listing.id, a_posting())


def test_print_again_when_asked_gives_the_same_serial_marked(station: TestStation) -> None:
    posted = publish.post(station.here, a_posting())
    job_id = my_postings.print_again(station.here, opened(station, posted), posted.listing.id)
    with station.store.read() as u:
        first, again = u.need(PrintJob, posted.job_id), u.need(PrintJob, job_id)
    assert (again.serial, again.slip.reprint, first.slip.reprint) == (first.serial, True, False)


def test_places_when_asked_are_those_in_public_there(station: TestStation) -> None:
    for n, (area, place) in enumerate((("420923101", "老街"), ("420923102", "砖厂"), ("420923101", "汉十物流园"), ("420923101", "老街"))):
        station.clock.tick(minutes=1)
        posted = publish.post(station.here, a_posting(title=f"活{n}", area=area, place=place))
        if n != 1:
            decide(station, posted, Verdict.APPROVE)
    publish.post(station.here, a_posting(place="没审的地方"))
    assert my_postings.places(station.here, "420923101") == ("老街", "汉十物流园")
    assert my_postings.places(station.here, "420923102") == ()
