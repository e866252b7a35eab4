"""A station whose machine has lost the time works, dates nothing falsely, loses nothing, and is right once it is told the time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from kiosk.clock import StationClock
from kiosk.domain.clock import Teller
from kiosk.domain.listing import Verdict
from kiosk.domain.print_job import PrintJob
from kiosk.domain.referral import Party
from kiosk.domain.slip import Code, Field, Line, Slip
from kiosk.domain.ticket import PATH
from kiosk.domain.ticket import read as read_ticket
from kiosk.domain.worker import Worker
from kiosk.errors import BadInput
from kiosk.services import bookings, printing, publish
from kiosk.services.call import call_staff
from kiosk.services.hand_out import print_listing
from kiosk.services.set_clock import read_digits, set_clock
from kiosk.services.slips import reprinted
from kiosk.services.station import CHINA, Here
from kiosk.services.today import Need, today
from kiosk.store import chain
from kiosk.store.store import open_store
from tests.safety.parts import add
from tests.station import KEY, START, STATION, TestStation, a_posting, make_station
from tests.unit.test_clock import AHEAD, LOST, Box

NOW = START + timedelta(days=1)


@dataclass
class Site:
    """A station on a machine of its own; `here` opens with each start anew."""

    station: TestStation
    box: Box
    folder: Path

    def __post_init__(self) -> None:
        self.clock = StationClock(self.folder, self.box)
        self.here = self._open()

    def _open(self) -> Here:
        store = open_store(self.station.path, KEY, clock=self.clock, sure=self.clock.sure)
        return replace(self.station.here, store=store, clock=self.clock, tell_time=self.clock.tell)

    def start_anew(self, wall: datetime) -> None:
        """Switch the machine off and on again."""
        self.here.store.close()
        self.box.start_anew(wall)
        self.here = self._open()

    def in_public(self) -> int:
        with self.here.store.write() as u:
            u.sweep()
        with self.here.store.read() as u:
            return u.count_public("")

    def slip(self, job_id: str) -> Slip:
        return printing.job(self.here, job_id).slip


def shut_by_day(site: Site) -> None:
    """Let the station be open so little that a wrong hour is surely outside of it."""
    with site.here.store.write() as u:
        u.put(replace(STATION, hours="每天 0:00-0:01"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Give a station that the county told the time, with one listing in public."""
    site = Site(make_station(tmp_path), Box(START), tmp_path)
    site.clock.tell(START, Teller.HUB)
    with site.here.store.write() as u:
        u.remember("ticket.key", "11" * 16)
        u.remember("ticket.key_id", "7")
    posted = publish.post(site.here, a_posting())
    publish.decide(site.here, site.station.head, posted.listing.id, 1, Verdict.APPROVE)
    assert site.in_public() == 1
    yield site
    site.here.store.close()


def stamps(slip: Slip) -> list[str]:
    """Give what a slip says of when it was made."""
    fields = [block.value for block in slip.blocks if isinstance(block, Field)]
    lines = [block.text for block in slip.blocks if isinstance(block, Line)]
    return [text for text in (*fields, *lines) if "2026-" in text or "1970" in text or "2099" in text]


@pytest.mark.parametrize("wall", [LOST, AHEAD, START - timedelta(days=1)])
def test_station_when_it_starts_with_a_lost_clock_works_and_dates_nothing_falsely(wall: datetime, site: Site) -> None:
    site.start_anew(wall)
    assert not site.here.sure()
    assert site.in_public() == 1, "nothing has ended by a false clock"
    worker_id = add(site.here, "13912345678")
    posted = publish.post(site.here, a_posting())
    assert posted.review_due_at is None
    with site.here.store.read() as u:
        assert u.need(Worker, worker_id).registered_at >= START, "after all that is known to have been"
        jobs = u.list(PrintJob)
    for job in jobs[-2:]:
        assert stamps(job.slip) == []
    (code,) = [block for block in jobs[-2].slip.blocks if isinstance(block, Code)]
    assert read_ticket(code.text.rpartition(PATH)[2]).hour == 0, "the hub judges by the record"
    shut_by_day(site)
    assert not call_staff(site.here, "找活干").shut, "nobody is sent away by a false hour"
    (item,) = [one for one in today(site.here) if one.need is Need.CLOCK]
    assert item.page == "set_clock"


def test_desk_when_the_clock_is_lost_is_booked_on_no_false_day(site: Site) -> None:
    site.start_anew(LOST)
    day, start = NOW.astimezone(CHINA).date(), datetime.combine(NOW.astimezone(CHINA).date(), time(10), CHINA)
    acts = (
        lambda: bookings.free_slots(site.here, day, 60),
        lambda: bookings.book_oneself(site.here, Party.WORKER, start, 60),
        lambda: bookings.book(site.here, site.station.head, "汉十物流", start, 60),
    )
    for act in acts:
        with pytest.raises(BadInput) as refused:
            act()
        assert refused.value.key == "bad.booking.no_clock"
    site.clock.tell(start - timedelta(hours=2), Teller.HUB)
    assert bookings.booked(site.here) == ()
    assert start in bookings.free_slots(site.here, day, 60)
    assert bookings.book_oneself(site.here, Party.WORKER, start, 60).booking.starts_at == start


def test_station_when_the_county_answers_is_right_at_once_and_has_lost_nothing(site: Site) -> None:
    site.start_anew(LOST)
    worker_id = add(site.here, "13912345678")
    with site.here.store.read() as u:
        waits = u.list(PrintJob)[-1]
    moved = site.clock.tell(NOW, Teller.HUB)
    printing.wait_on(site.here.store, moved)
    assert site.here.sure()
    assert abs(site.here.now() - NOW) < timedelta(seconds=1)
    with site.here.store.read() as u:
        assert u.get(Worker, worker_id) is not None
        assert u.need(PrintJob, waits.id).expires_at > site.here.now(), "the slip still waits for its printer"
        assert chain.verify(u.connection, []) is None
    assert site.in_public() == 1
    assert [one for one in today(site.here) if one.need is Need.CLOCK] == []
    with site.here.store.read() as u:
        (listing_id,) = [one.listing.id for one in u.newest()]
    assert stamps(site.slip(print_listing(site.here, listing_id))) != []


def test_station_when_it_leapt_ahead_and_nobody_noticed_gets_its_listings_back(site: Site) -> None:
    """Within what may be, a leap is believed: only the county can tell."""
    site.start_anew(START + timedelta(days=200))
    assert site.here.sure()
    assert site.in_public() == 0
    site.clock.tell(NOW, Teller.HUB)
    assert site.in_public() == 1


def test_clock_when_staff_set_it_counts_until_the_county_speaks_and_is_audited(site: Site) -> None:
    site.start_anew(LOST)
    digits = f"{NOW.astimezone(CHINA):%Y%m%d%H%M}"
    assert abs(set_clock(site.here, site.station.head, digits) - NOW) < timedelta(minutes=1)
    assert site.here.sure()
    with site.here.store.read() as u:
        acts = [act.actor_id for act in chain.acts(u.connection, ["set_clock"])]
    assert acts == [site.station.head.staff_id]
    with pytest.raises(BadInput) as refused:
        set_clock(site.here, site.station.head, digits)
    assert refused.value.key == "set_clock.known"
    site.clock.tell(NOW + timedelta(hours=1), Teller.HUB)
    assert abs(site.here.now() - NOW - timedelta(hours=1)) < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("digits", "key"),
    [
        ("202611", "no_such"),
        ("202613011200", "no_such"),
        ("202702301200", "no_such"),
        ("202612012460", "no_such"),
        ("abcdefghijkl", "no_such"),
        ("202611010800", "past"),
        ("197001010000", "past"),
        ("209901010000", "far"),
    ],
)
def test_clock_when_staff_mistype_it_says_what_is_wrong_and_changes_nothing(digits: str, key: str, site: Site) -> None:
    site.start_anew(LOST)
    before = site.here.now()
    with pytest.raises(BadInput) as refused:
        set_clock(site.here, site.station.head, digits)
    assert refused.value.key == f"set_clock.{key}"
    assert (site.here.now(), site.here.sure()) == (before, False)


def test_digits_when_read_are_chinas_clock() -> None:
    assert read_digits("202612011405") == datetime(2026, 12, 1, 14, 5, tzinfo=CHINA)


def test_postings_when_reprinted_without_a_time_say_only_that_they_are(site: Site) -> None:
    posted = publish.post(site.here, a_posting(title="搬运"))
    site.start_anew(LOST)
    with site.here.store.write() as u:
        job = u.list(PrintJob, subject_id=posted.listing.id)[-1]
        again = printing.queue_slip(u, reprinted(job.slip, site.here.now()), posted.listing.id, site.here.now())
    first = again.slip.blocks[0]
    assert isinstance(first, Line)
    assert first.text == "补打"
