"""A real station for tests: an encrypted store in a temporary folder, a clock that the test moves, records with sensible defaults."""

import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.domain.codes import Meals, PayUnit, Settlement, Trade
from kiosk.domain.introduction import nobody
from kiosk.domain.listing import ContactScope, Listing, Review, Verdict
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep
from kiosk.domain.station import Role, Staff, Station, StationLevel
from kiosk.domain.worker import Worker
from kiosk.services.publish import PostingForm
from kiosk.services.rubric import load_rubric
from kiosk.services.rules import load_areas, load_rules
from kiosk.services.sign_in import Session, add_staff
from kiosk.services.station import Here
from kiosk.store.migrate import migrate
from kiosk.store.store import Store, UnitOfWork, open_store

ASSETS = Path(__file__).parent.parent / "assets"
KEY = "5a" * 32
START = datetime(2026, 11, 23, 7, 42, tzinfo=UTC)
PIN = "482915"
STATION = Station(
    id="00000000-0000-7000-8000-000000000001",
    revision=1,
    name="义堂站",
    short="YT",
    level=StationLevel.TOWNSHIP,
    area="420923101",
    parent_id=None,
    address="义堂镇兴义街 1 号",
    phone=Phone("07124000001"),
)


@dataclass
class Clock:
    """A clock that moves when told."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class TestStation:
    """A station with one head of staff."""

    __test__ = False

    here: Here
    clock: Clock
    path: Path
    head: Session

    @property
    def store(self) -> Store:
        return self.here.store

    def staff(self) -> Staff:
        with self.store.read() as u:
            return u.list(Staff)[0]


def make_store(folder: Path, clock: Clock) -> Store:
    """Make an empty encrypted store."""
    return _copied(_empty(), folder, clock)


def make_station(folder: Path) -> TestStation:
    """Make a station that was enrolled and has never had a visitor."""
    clock = Clock()
    store, head = _staffed()
    here = Here(
        store=_copied(store, folder, clock),
        clock=clock,
        station_id=STATION.id,
        phone_base="https://phone.test",
        rules=_rules(),
        areas=load_areas(ASSETS / "areas.toml"),
        rubric=load_rubric(ASSETS / "rubric", START.date()),
    )
    return TestStation(here, clock, folder / "station.db", head)


_rules = cache(lambda: load_rules(ASSETS / "rules", START.date()))


@cache
def _empty() -> bytes:
    """Migrate a store once a process: each one anew would be a third of what most tests take."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "station.db"
        migrate(path, KEY)
        return path.read_bytes()


@cache
def _staffed() -> tuple[bytes, Session]:
    """Give a store with the station and its head, whose PIN is slow to hash, as it must be."""
    with tempfile.TemporaryDirectory() as name:
        with closing(_copied(_empty(), Path(name), Clock())) as store, store.write() as u:
            u.put(STATION)
            u.remember("station.id", STATION.id)
            head = add_staff(u, START, STATION.id, "李芳", Role.HEAD, PIN)
        return (Path(name) / "station.db").read_bytes(), Session(head.id, head.name, head.role)


def _copied(template: bytes, folder: Path, clock: Clock) -> Store:
    path = folder / "station.db"
    path.write_bytes(template)
    return open_store(path, KEY, clock=clock)


def a_listing(now: datetime = START, **changes: Any) -> Listing:
    """Make an honest listing: 装卸工, 260 a day."""
    listing = Listing(
        id=new_id(now),
        revision=1,
        station_id=STATION.id,
        title="装卸工",
        trade=Trade.LOADING,
        headcount=3,
        employer_name="云梦县汉十物流有限公司",
        requirements="能吃苦，穿平底鞋",
        description="搬 25 公斤以内的箱子，上下货车。",
        area="420923101",
        place="汉十物流园",
        starts_on=date(2026, 11, 24),
        ends_on=date(2026, 11, 26),
        day_start_min=7 * 60,
        day_end_min=17 * 60,
        break_min=60,
        pay_fen=26000,
        pay_unit=PayUnit.DAY,
        settlement=Settlement.DAILY,
        meals=Meals.ONE,
        contact_name=PersonName("周建国"),
        contact_phone=Phone("19900001234"),
        contact_scope=ContactScope.OWN_STATION,
        collected_by="employer",
        collected_at=now,
    )
    return replace(listing, **changes)


def a_review(listing: Listing, now: datetime, verdict: Verdict = Verdict.APPROVE, **changes: Any) -> Review:
    """Make a decision on a listing."""
    review = Review(
        id=new_id(now),
        station_id=listing.station_id,
        listing_id=listing.id,
        listing_revision=listing.revision,
        verdict=verdict,
        reviewer_id="r",
        reviewer_name="李芳",
        hold_reasons={},
        reviewed_at=now,
    )
    return replace(review, **changes)


def a_posting(**changes: Any) -> PostingForm:
    """Make a form as an honest employer fills it."""
    listing = a_listing()
    values = {f: getattr(listing, f) for f in PostingForm.__dataclass_fields__}
    return PostingForm(**values | changes)


def walked(u: UnitOfWork, worker: Worker, listing_id: str, at: datetime, *states: ReferralState) -> Referral:
    """Let a worker of ours have been recommended to a listing at an instant, and gone as far as the last of these states."""
    made = Referral(
        id=new_id(at), station_id=worker.station_id, worker_id=worker.id, listing_id=listing_id, contact_consent=True, created_at=at
    )
    u.keep(made)
    for n, state in enumerate((ReferralState.REFERRED, *states)):
        step = ReferralStep(
            id=new_id(at),
            station_id=worker.station_id,
            referral_id=made.id,
            state=state,
            by_name="李芳",
            how="",
            party=Party.STAFF,
            stepped_at=at + timedelta(seconds=n),
        )
        u.keep(step)
    return made


def sent(
    u: UnitOfWork, station_id: str, listing_id: str, at: datetime, *states: ReferralState, name: str = "", phone: str = ""
) -> Referral:
    """Let another station's worker have been recommended to a listing of ours, step by step; `name`, `phone` where he gave them."""
    made = Referral(
        id=new_id(at), station_id=station_id, worker_id=new_id(at), listing_id=listing_id, contact_consent=bool(name), created_at=at
    )
    u.put(made)
    for n, state in enumerate((ReferralState.REFERRED, *states)):
        stepped = at + timedelta(seconds=n)
        step = ReferralStep(
            id=new_id(stepped), station_id=station_id, referral_id=made.id, state=state, by_name="王芳", how="", stepped_at=stepped
        )
        u.put(step)
    if name:
        u.put(replace(nobody(made, at), revision=1, name=PersonName(name), phone=Phone(phone)))
    return made
