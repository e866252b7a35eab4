"""What is held before the scanner: our own slips lead to their registration, all else gets its sentence. A slip alone opens nobody."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.domain import ticket
from kiosk.domain.codes import COUNTY
from kiosk.domain.referral import Referral
from kiosk.domain.slip import Code
from kiosk.domain.ticket import PublicKind, TicketKind
from kiosk.domain.worker import PhoneOf, Worker
from kiosk.errors import BadInput, LockedOut, NotAllowed, NotFound
from kiosk.services import recommend, registrations, tickets
from kiosk.services.apply import apply
from kiosk.services.author import HIMSELF
from kiosk.services.guesses import MISSES
from kiosk.services.mine import find_mine
from kiosk.services.printing import job
from kiosk.services.publish import add_takedown
from kiosk.services.register import register
from kiosk.services.scan import Scanned, read_scan
from kiosk.services.withdraw import withdraw
from kiosk.text import words
from tests.flows.test_use_cases import a_form, publish_one
from tests.station import START, STATION, TestStation, make_station
from tests.unit.slip_samples import POLICY, TRAINING

KEY, KEY_ID = bytes(range(32)), 7


@pytest.fixture
def station(tmp_path: Path) -> Iterator[TestStation]:
    station = make_station(tmp_path)
    with station.store.write() as u:
        u.remember(tickets.KEY, KEY.hex())
        u.remember(tickets.KEY_ID, str(KEY_ID))
    yield station
    station.store.close()


def on_slip(station: TestStation, job_id: str) -> str:
    """Read the code off a slip."""
    return next(block.text for block in job(station.here, job_id).slip.blocks if isinstance(block, Code))


def refused(station: TestStation, text: str) -> str:
    with pytest.raises(BadInput) as caught:
        read_scan(station.here, text)
    assert caught.value.key in words()
    return caught.value.key.removeprefix("bad.scan.")


def link(kind: TicketKind, subject: str, *, key: bytes = KEY, key_id: int = KEY_ID, county: str = COUNTY) -> str:
    made = ticket.issue(kind, subject, key_id, START, county)
    return ticket.url("https://phone.test", ticket.sign(made, key))


def test_scan_when_it_is_ones_own_slip_gives_its_code_and_opens_nothing(station: TestStation) -> None:
    done = register(station.here, a_form())
    listing = publish_one(station)
    applied = apply(station.here, done.worker.id, listing.id, contact_consent=True)
    for job_id in (done.job_id, applied.job_id):
        url = on_slip(station, job_id)
        assert read_scan(station.here, url) == Scanned(code=done.worker.code)
        assert read_scan(station.here, f" {url.replace('https://phone.test', 'https://moved.example')}\r") == Scanned(code=done.worker.code)
    assert find_mine(station.here, done.worker.code, "5678").worker == done.worker
    with pytest.raises(NotFound):
        find_mine(station.here, done.worker.code, "5679")


def test_scan_when_it_is_a_recommendation_which_the_employer_holds_identifies_nobody(station: TestStation) -> None:
    worker, listing = register(station.here, a_form()).worker, publish_one(station)
    done = recommend.refer(station.here, station.head, worker.id, listing.id, how="打电话说好的", contact_consent=True)
    url = on_slip(station, done.job_id)
    assert ticket.read(url.rsplit("/", 1)[-1]).kind is TicketKind.RECOMMENDATION
    assert refused(station, url) == "recommendation"


def test_scan_when_it_is_a_listing_leads_there_while_it_is_public(station: TestStation) -> None:
    listing = publish_one(station)
    for url in (tickets.listing_url(station.here, listing.id), link(TicketKind.LISTING, listing.id)):
        assert read_scan(station.here, url) == Scanned(listing_id=listing.id)
    with station.store.write() as u:
        add_takedown(station.here, u, station.head, listing.id, "不招了")
    assert refused(station, tickets.listing_url(station.here, listing.id)) == "listing_over"
    assert refused(station, tickets.listing_url(station.here, STATION.id)) == "listing_unknown"


@pytest.mark.parametrize("days", [179, 181])
def test_scan_when_the_slip_is_old_says_so_after_180_days_and_the_code_stays_good(station: TestStation, days: int) -> None:
    done = register(station.here, a_form())
    url = on_slip(station, done.job_id)
    station.clock.tick(days=days)
    if days > 180:
        assert refused(station, url) == "expired"
    else:
        assert read_scan(station.here, url).code == done.worker.code
    assert find_mine(station.here, done.worker.code, "5678").worker == done.worker


def test_scan_when_the_slips_clock_was_not_set_is_judged_by_the_record(station: TestStation) -> None:
    worker = register(station.here, a_form()).worker
    made = replace(ticket.issue(TicketKind.REGISTRATION, worker.id, KEY_ID, START), hour=0)
    url = ticket.url("https://phone.test", ticket.sign(made, KEY))
    assert read_scan(station.here, url).code == worker.code
    station.clock.tick(days=181)
    assert refused(station, url) == "expired"


def test_scan_when_the_slip_is_not_of_this_terminal_says_where_to_go(station: TestStation) -> None:
    worker = register(station.here, a_form()).worker
    for url in (
        link(TicketKind.REGISTRATION, worker.id, key_id=8),
        link(TicketKind.REGISTRATION, worker.id, county="420922"),
        link(TicketKind.REGISTRATION, STATION.id),
        link(TicketKind.REFERRAL, STATION.id),
    ):
        assert refused(station, url) == "unknown_key"
    with station.store.write() as u:
        u.put(replace(worker, station_id="00000000-0000-7000-8000-000000000002"))
    assert refused(station, link(TicketKind.REGISTRATION, worker.id)) == "unknown_key"


def test_scan_when_forged_torn_or_taken_back_says_so(station: TestStation) -> None:
    worker = register(station.here, a_form()).worker
    assert refused(station, link(TicketKind.REGISTRATION, worker.id, key=b"\0" * 32)) == "forged"
    good = link(TicketKind.REGISTRATION, worker.id)
    assert refused(station, good[:-4]) == "malformed"
    version = good.replace("/k/E", "/k/I")
    assert version != good
    assert refused(station, version) == "malformed"
    withdraw(station.here, worker.id)
    assert refused(station, good) == "withdrawn"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("WIFI:S:yizhan;T:WPA;P:12345678;;", "wifi"),
        ("6901234567892", "foreign"),
        ("12345678", "foreign"),
        ("https://qr.alipay.com/fkx1234", "foreign"),
        ("wxp://f2f0AbCd", "foreign"),
        ("https://phone.test", "unsigned"),
        ("https://phone.test/", "unsigned"),
        ("YZGK00112233445566778899AABBCCDDEEFF", "card"),
        ("https://[", "foreign"),
        ("", "foreign"),
    ],
)
def test_scan_when_it_is_something_else_has_a_sentence_for_it(station: TestStation, text: str, key: str) -> None:
    assert refused(station, text) == key


def test_scan_when_it_is_an_employers_slip_leads_to_his_postings(station: TestStation) -> None:
    assert read_scan(station.here, link(TicketKind.POSTING, STATION.id)) == Scanned(receipt=True)


def test_scan_when_it_is_a_policys_or_a_courses_link_leads_there(station: TestStation) -> None:
    for record, kind in ((POLICY, PublicKind.POLICY), (TRAINING, PublicKind.TRAINING)):
        assert refused(station, ticket.url("https://phone.test", ticket.public_token(record.id, kind))) == "gone"
        with station.here.store.write() as u:
            u.put(record)
        assert read_scan(station.here, ticket.url("https://phone.test", ticket.public_token(record.id, kind))).record == record


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStation]:
    station = make_station(tmp_path_factory.mktemp("scan"))
    yield station
    station.store.close()


@example(text="http://a/k/\ud800")
@given(text=st.text(max_size=80) | st.text(max_size=60).map(lambda s: f"https://phone.test/k/{s}"))
def test_scan_when_it_is_anything_at_all_never_fails_otherwise(lasting: TestStation, text: str) -> None:
    assert refused(lasting, text)


def test_find_mine_when_a_couple_shares_a_number_opens_each_ones_own(station: TestStation) -> None:
    wife = register(station.here, a_form()).worker
    husband = register(station.here, a_form(name="刘汉生", phone_of=PhoneOf.RELATIVE)).worker
    assert wife.id != husband.id
    assert wife.code != husband.code
    for one in (wife, husband):
        assert find_mine(station.here, one.code, "5678").worker == one
    again = register(station.here, a_form(name="刘汉生")).worker
    assert (again.id, again.code, again.phone_of) == (husband.id, husband.code, PhoneOf.OWN)


def test_register_when_there_is_no_phone_keeps_the_stations_and_makes_nobody_another(station: TestStation) -> None:
    first = register(station.here, a_form(phone="", phone_of=PhoneOf.STATION)).worker
    namesake = register(station.here, a_form(phone="", phone_of=PhoneOf.STATION)).worker
    assert (first.phone, first.phone_of) == (STATION.phone, PhoneOf.STATION)
    assert first.id != namesake.id
    assert first.code != namesake.code
    with pytest.raises(BadInput):
        register(station.here, a_form(phone="", phone_of=PhoneOf.RELATIVE))


def test_find_mine_when_the_number_is_the_stations_lets_only_staff_in_and_counts_the_try(station: TestStation) -> None:
    worker = register(station.here, a_form(phone="", phone_of=PhoneOf.STATION)).worker
    for _ in range(MISSES):
        with pytest.raises(NotAllowed) as caught:
            find_mine(station.here, worker.code, STATION.phone.last_four())
        assert not isinstance(caught.value, LockedOut)
    with pytest.raises(LockedOut):
        find_mine(station.here, worker.code, STATION.phone.last_four())
    station.clock.tick(minutes=11)
    with pytest.raises(NotAllowed):
        find_mine(station.here, worker.code, "0000")


def test_recommendation_slip_when_the_phone_is_anothers_says_whose(station: TestStation) -> None:
    listing = publish_one(station)
    own = register(station.here, a_form()).worker
    relative = register(station.here, a_form(name="刘汉生", phone="19900001111", phone_of=PhoneOf.RELATIVE)).worker
    none = register(station.here, a_form(name="彭桂兰", phone_of=PhoneOf.STATION)).worker
    said = []
    for worker in (own, relative, none):
        done = recommend.refer(station.here, station.head, worker.id, listing.id, how="", contact_consent=True)
        said.append(str(job(station.here, done.job_id).slip))
    assert "199 0000 5678'" in said[0]
    assert "199 0000 1111（家里人的）" in said[1]
    assert "先打驿站电话 0712-4000001，由驿站转" in said[2]


def test_apply_when_he_rested_wants_work_again(station: TestStation) -> None:
    worker, listing = register(station.here, a_form()).worker, publish_one(station)
    registrations.pause(station.here, HIMSELF, worker.id)
    apply(station.here, worker.id, listing.id, contact_consent=True)
    assert [pair.worker.id for pair in recommend.workers_for(station.here, listing.id)] == [worker.id]
    with station.store.read() as u:
        assert u.need(Worker, worker.id).revision == 3
        assert u.count(Referral) == 1
