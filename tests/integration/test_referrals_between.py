"""A worker of one station, a listing of another, two real stores and a real hub: what reaches whom, in any order, and what goes again."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.county.feed import Reader
from kiosk.county.judge import Author
from kiosk.county.pull import Pages
from kiosk.county.push import push
from kiosk.county.schema import record
from kiosk.domain.introduction import Introduction, nobody
from kiosk.domain.listing import Listing
from kiosk.domain.phone_act import PhoneAct
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep, state_of
from kiosk.domain.station import Role
from kiosk.domain.worker import PhoneOf, Worker, WorkerState
from kiosk.services import follow_up, introduce, phone_acts, recommend
from kiosk.services.change import change_phone
from kiosk.services.rubric import load_rubric
from kiosk.services.rules import load_areas, load_rules
from kiosk.services.sign_in import Session, add_staff
from kiosk.services.station import Here
from kiosk.services.withdraw import reaches_all, withdraw
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from tests.hub_parts import COUNTY, OTHER, OURS, TestHub, some_id
from tests.integration.test_hub_feed import _change
from tests.integration.test_hub_push import a_worker, held
from tests.station import ASSETS, PIN, START, a_listing, a_review, make_store

S = ReferralState
NAME, PHONE = "王小兰", "19900000001"


@dataclass
class Side:
    """One station with its store and its line."""

    hub: TestHub
    here: Here
    door: HttpHub
    head: Session = field(init=False)

    def __post_init__(self) -> None:
        with self.here.store.write() as u:
            head = add_staff(u, self.here.now(), self.here.station_id, "王芳", Role.HEAD, PIN)
        self.head = Session(head.id, head.name, head.role)

    def sync(self) -> None:
        while exchange.push_once(self.here.store, self.door, self.hub.clock()):
            pass
        while exchange.pull_once(self.here.store, self.door, self.hub.clock()).more:
            pass

    def keep(self, *records: Any) -> None:
        with self.here.store.write() as u:
            for one in records:
                u.keep(one)

    def all(self, cls: type) -> list[Any]:
        with self.here.store.read() as u:
            return list(u.list(cls))

    def parked(self) -> list[str]:
        with self.here.store.read() as u:
            return [code for _, _, code, _ in u.parked()]

    def says(self, state: ReferralState, party: Party = Party.EMPLOYER, of: Referral | None = None) -> None:
        self.hub.clock.tick(seconds=1)
        made = of or self.all(Referral)[0]
        follow_up.step(self.here, self.head, made.id, state, party, "打电话问的")


def a_side(hub: TestHub, folder: Path, station: Any) -> Side:
    folder.mkdir()
    store, door = make_store(folder, hub.clock), HttpHub(hub.base)
    exchange.enrol(store, door, hub.code(station), hub.clock())
    rules, areas = load_rules(ASSETS / "rules", START.date()), load_areas(ASSETS / "areas.toml")
    rubric = load_rubric(ASSETS / "rubric", START.date())
    return Side(hub, Here(store, hub.clock, station.id, "https://phone.test", rules, areas, rubric), door)


@pytest.fixture
def ours(hub: TestHub, tmp_path: Path) -> Iterator[Side]:
    """The listing's station."""
    side = a_side(hub, tmp_path / "ours", OURS)
    yield side
    side.here.store.close()


@pytest.fixture
def theirs(hub: TestHub, tmp_path: Path) -> Iterator[Side]:
    """The worker's station."""
    side = a_side(hub, tmp_path / "theirs", OTHER)
    yield side
    side.here.store.close()


def published(ours: Side) -> Listing:
    listing = a_listing(ours.here.now())
    ours.keep(listing, a_review(listing, START))
    return listing


def referred(ours: Side, theirs: Side, contact: bool = True) -> tuple[Listing, Worker, Referral]:
    """Let their worker be recommended to our listing."""
    listing = published(ours)
    ours.sync()
    theirs.sync()
    worker = a_worker(station_id=OTHER.id, name=NAME, phone=PHONE)
    theirs.keep(worker)
    made = recommend.refer(theirs.here, theirs.head, worker.id, listing.id, how="打电话说好的", contact_consent=contact).referral
    theirs.sync()
    ours.sync()
    return listing, worker, made


def at_hub(hub: TestHub) -> str:
    with hub.engine.connect() as connection:
        return str(connection.execute(sa.select(record.c.data).where(record.c.entity == "introduction")).scalars().all())


def in_file(side: Side) -> str:
    """Everything that stands in a store."""
    with side.here.store.read() as u:
        names = (
            u.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'").scalars().all()
        )
        return str([u.connection.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in names])


def test_referral_when_to_another_stations_listing_tells_it_who_comes_and_its_answers_come_back(ours: Side, theirs: Side) -> None:
    listing, _, made = referred(ours, theirs)
    (one,) = follow_up.due(ours.here)
    assert (one.referral, str(one.worker.name), str(one.worker.phone)) == (made, NAME, PHONE)
    assert one.sent_by is not None
    assert (one.sent_by.name, one.shows_contact, one.question) == ("曾店站", True, "agreed")
    assert not ours.all(Worker), "his registration stays at home"
    (mine,) = [o for o in recommend.open_listings(ours.here) if o.published.listing.id == listing.id]
    assert mine.taken == 1
    ours.says(S.ACCEPTED)
    ours.sync()
    theirs.sync()
    (back,) = [s for s in theirs.all(ReferralStep) if s.station_id == OURS.id]
    assert (back.state, back.party, back.how) == (S.ACCEPTED, Party.EMPLOYER, ""), "what was heard how stays at home"
    assert [a.state for a in follow_up.answered(theirs.here)] == [S.ACCEPTED]
    assert ours.parked() == theirs.parked() == []


def test_referral_when_he_does_not_agree_comes_without_a_name(ours: Side, theirs: Side, hub: TestHub) -> None:
    referred(ours, theirs, contact=False)
    (one,) = follow_up.due(ours.here)
    assert (str(one.worker.name), str(one.worker.phone)) == ("", "")
    assert NAME not in in_file(ours)
    assert at_hub(hub) == "[]"


def test_introduction_when_it_has_ended_is_purged_there_and_at_the_county(ours: Side, theirs: Side, hub: TestHub) -> None:
    def withdrawn(worker: Worker, _: Referral) -> None:
        withdraw(theirs.here, worker.id)

    def taken_back(worker: Worker, made: Referral) -> None:
        introduce.take_contact_back(theirs.here, theirs.head, worker.id, made.id)
        introduce.take_contact_back(theirs.here, theirs.head, worker.id, made.id)

    def declined_there(_: Worker, made: Referral) -> None:
        ours.says(S.DECLINED, of=made)
        ours.sync()
        theirs.sync()
        assert introduce.forget(theirs.here.store, hub.clock()) == 1

    def paid(_: Worker, made: Referral) -> None:
        for state in (S.ACCEPTED, S.ARRIVED, S.PAID):
            theirs.says(state, Party.WORKER, of=made)

    def late(_: Worker, __: Referral) -> None:
        hub.clock.tick(days=40)
        assert introduce.forget(theirs.here.store, hub.clock()) == 1

    for end in (withdrawn, taken_back, declined_there, paid, late):
        _, worker, made = referred(ours, theirs)
        assert PHONE in in_file(ours)
        assert PHONE in at_hub(hub)
        end(worker, made)
        theirs.sync()
        ours.sync()
        for text in (in_file(ours), at_hub(hub)):
            assert NAME not in text, end.__name__
            assert PHONE not in text, end.__name__
    assert [(one.revision, str(one.name)) for one in ours.all(Introduction)] == [(2, "")] * 5


def test_introduction_when_the_workers_station_is_away_is_forgotten_where_it_was_told(ours: Side, theirs: Side, hub: TestHub) -> None:
    referred(ours, theirs)
    hub.clock.tick(days=40)
    assert introduce.forget(ours.here.store, hub.clock()) == 1
    assert introduce.forget(ours.here.store, hub.clock()) == 0
    assert PHONE not in in_file(ours)
    assert [one.revision for one in ours.all(Introduction)] == [1]
    assert exchange.repair(ours.here.store, ours.door) == 0


def test_introduction_when_he_changes_his_number_follows(ours: Side, theirs: Side) -> None:
    _, worker, _ = referred(ours, theirs)
    change_phone(theirs.here, theirs.head, worker.id, "19900000002", worker.phone_of)
    theirs.sync()
    ours.sync()
    (one,) = follow_up.due(ours.here)
    assert str(one.worker.phone) == "19900000002"
    assert PHONE not in in_file(ours)


def test_withdrawal_when_nothing_was_sent_yet_never_leaves_the_station(ours: Side, theirs: Side, hub: TestHub) -> None:
    listing = published(ours)
    ours.sync()
    theirs.sync()
    worker = a_worker(station_id=OTHER.id, name=NAME, phone=PHONE)
    theirs.keep(worker)
    recommend.refer(theirs.here, theirs.head, worker.id, listing.id, how="x", contact_consent=True)
    withdraw(theirs.here, worker.id)
    theirs.sync()
    ours.sync()
    assert NAME not in in_file(ours)
    assert PHONE not in at_hub(hub)


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_hub_when_put_back_from_a_backup_gets_both_sides_in_any_order_and_loses_nothing(
    ours: Side, theirs: Side, hub: TestHub, first: str
) -> None:
    listing, _, made = referred(ours, theirs)
    ours.says(S.ACCEPTED)
    ours.sync()
    theirs.sync()
    _lose_everything(hub)
    for side in [ours, theirs, ours, theirs, ours, ours][0 if first == "ours" else 1 :]:
        side.sync()
    assert ours.parked() == theirs.parked() == []
    with hub.engine.connect() as connection:
        kinds = connection.execute(sa.select(record.c.entity, sa.func.count()).group_by(record.c.entity)).all()
    assert dict(map(tuple, kinds)).items() >= {"referral": 1, "referral_step": 2, "introduction": 1, "listing": 1}.items()
    assert [exchange.repair(s.here.store, s.door) for s in (ours, theirs)] == [0, 0]
    ours.says(S.ARRIVED)
    ours.sync()
    theirs.sync()
    assert {s.state for s in theirs.all(ReferralStep)} == {S.REFERRED, S.ACCEPTED, S.ARRIVED}
    assert (listing.id, made.id) == (ours.all(Listing)[0].id, ours.all(Referral)[0].id)


def _lose_everything(hub: TestHub) -> None:
    """Put the hub back to before anything was pushed; its feed begins anew and its devices are still enrolled."""
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM record WHERE entity <> 'station'")
        connection.exec_driver_sql("DELETE FROM feed WHERE entity <> 'station'")
        connection.exec_driver_sql("UPDATE county SET feed_epoch = 'renewed'")
        connection.exec_driver_sql("UPDATE device SET push_epoch = NULL, push_batch = 0, push_key = NULL")


def a_referral(listing: Listing, worker_id: str) -> Referral:
    return Referral(
        id=new_id(START), station_id=OTHER.id, worker_id=worker_id, listing_id=listing.id, contact_consent=True, created_at=START
    )


def a_step(made: Referral, station_id: str, state: ReferralState = S.REFERRED) -> ReferralStep:
    return ReferralStep(
        id=new_id(START), station_id=station_id, referral_id=made.id, state=state, by_name="某", how="说了心脏的事", stepped_at=START
    )


def an_introduction(made: Referral, **changes: Any) -> Introduction:
    return replace(nobody(made, START), revision=1, name=PersonName(NAME), phone=Phone(PHONE), **changes)


def test_hub_when_a_referral_is_between_two_stations_tells_nobody_else_not_even_those_above(hub: TestHub) -> None:
    village = replace(OTHER, id=some_id(hub.clock), parent_id=OURS.id, name="新桥服务站")
    hub.publish(village)
    above, worker_side, listing_side = hub.terminal(), hub.terminal(OTHER), hub.terminal(village)
    listing = a_listing(station_id=village.id)
    listing_side.push(listing, a_review(listing, START))
    made = a_referral(listing, some_id(hub.clock))
    parts = (made, a_step(made, OTHER.id), an_introduction(made))
    assert worker_side.push(*parts).refused == ()
    kinds = {"referral", "referral_step", "introduction"}
    seen = {c.entity: c.data for c in listing_side.look().changes if c.entity in kinds}
    assert seen.keys() == kinds
    assert "worker" not in str(seen["introduction"]), "the hub tells what the record says, and it does not say who he is to his station"
    assert "心脏" not in str(seen["referral_step"])
    assert not kinds & {c.entity for c in above.look().changes}
    assert not kinds & set(above.door.digests(above.enrolled.device_token).digests)


def test_hub_when_a_stranger_writes_about_a_referral_refuses_it(hub: TestHub) -> None:
    stranger_station = replace(OTHER, id=some_id(hub.clock), name="生站")
    hub.publish(stranger_station)
    listing_side, worker_side, stranger = hub.terminal(), hub.terminal(OTHER), hub.terminal(stranger_station)
    listing = a_listing()
    made = a_referral(listing, some_id(hub.clock))
    listing_side.push(listing)
    assert [r.code for r in listing_side.push(a_step(made, OURS.id)).refused] == ["unknown_referral"]
    assert [r.code for r in worker_side.push(an_introduction(made)).refused] == ["unknown_referral"]
    worker_side.push(made)
    assert [r.code for r in stranger.push(a_step(made, stranger_station.id)).refused] == ["not_owner"]
    forged = an_introduction(made, station_id=stranger_station.id)
    assert [r.code for r in stranger.push(forged).refused] == ["not_owner"]
    assert [r.code for r in listing_side.push(replace(forged, id=new_id(START), station_id=OURS.id)).refused] == ["not_owner"]
    assert listing_side.push(a_step(made, OURS.id, S.DECLINED)).refused == ()
    assert held(hub, forged.id) == {}


def test_hub_when_the_referral_comes_before_the_listing_tells_the_listings_station_as_soon_as_it_comes(hub: TestHub) -> None:
    listing_side, second, worker_side = hub.terminal(), hub.terminal(), hub.terminal(OTHER)
    listing = a_listing()
    made = a_referral(listing, some_id(hub.clock))
    assert worker_side.push(made, a_step(made, OTHER.id), an_introduction(made)).refused == ()
    assert [r.code for r in listing_side.push(a_step(made, OURS.id)).refused] == ["unknown_listing"]
    listing_side.push(listing)
    for terminal in (listing_side, second):
        assert {c.entity for c in terminal.look().changes} >= {"referral", "referral_step", "introduction"}
    assert listing_side.push(a_step(made, OURS.id, S.ACCEPTED)).refused == ()


def test_hub_when_referral_and_listing_come_at_once_loses_neither(hub: TestHub) -> None:
    """Each transaction reads before the other commits; the one that commits later must see both."""
    listing = a_listing()
    made = a_referral(listing, some_id(hub.clock))
    with hub.engine.begin() as first:
        push(first, Author(COUNTY, OTHER.id, "d1"), [_change(made)], START)

        def second() -> None:
            with hub.engine.begin() as connection:
                push(connection, Author(COUNTY, OURS.id, "d2"), [_change(listing)], START)

        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive(), "it waits for the county's lock"
    thread.join(10)
    with hub.engine.connect() as connection:
        page = Pages().read(connection, Reader(COUNTY, OURS.id, "d3"), "", 100).answer
    assert [c.record_id for c in page.changes if c.entity == "referral"] == [made.id]


def test_step_when_made_while_the_line_was_down_is_folded_by_both_alike(ours: Side, theirs: Side) -> None:
    referred(ours, theirs)
    ours.says(S.ACCEPTED)
    theirs.says(S.DECLINED, Party.WORKER)
    for side in (ours, theirs, ours):
        side.sync()
    assert ours.parked() == theirs.parked() == []
    ours_, theirs_ = (side.all(ReferralStep) for side in (ours, theirs))
    assert {s.id for s in ours_} == {s.id for s in theirs_}
    assert state_of(ours_) is state_of(theirs_)


# ---- one person at two stations


def registered(side: Side, name: str = NAME, **changes: Any) -> Worker:
    at = {"id": new_id(side.here.now()), "station_id": side.here.station_id, "name": PersonName(name), "phone": Phone(PHONE)}
    worker = replace(a_worker(), **(at | changes))
    side.keep(worker)
    return worker


def states(side: Side) -> dict[str, WorkerState]:
    phone_acts.take(side.here)
    return {one.id: one.state for one in side.all(Worker)}


def test_withdrawal_when_wished_everywhere_reaches_the_other_station_and_nobody_else(ours: Side, theirs: Side) -> None:
    his, husbands = registered(ours), registered(ours, name="李建国")
    here, at_the_station = registered(theirs), registered(theirs, name="张三", phone_of=PhoneOf.STATION)
    assert not reaches_all(theirs.here, here.id), "the county has never heard of it"
    for side in (ours, theirs):
        side.sync()
    assert reaches_all(theirs.here, here.id)
    assert not reaches_all(theirs.here, at_the_station.id), "the number stands on every slip"
    withdraw(theirs.here, here.id, everywhere=True)
    theirs.sync()
    ours.sync()
    assert states(ours) == {his.id: WorkerState.WITHDRAWN, husbands.id: WorkerState.ACTIVE}
    assert states(theirs)[at_the_station.id] is WorkerState.ACTIVE
    ours.sync()
    assert NAME not in str(held(ours.hub, his.id)), "and the county forgets him"
    with ours.here.store.read() as u:
        assert u.get(Worker, his.id) == replace(
            his,
            revision=2,
            state=WorkerState.WITHDRAWN,
            name=PersonName(""),
            phone=Phone(""),
            trades=(),
            pay_fen=None,
            area=None,
        )
    theirs.sync()
    assert theirs.all(PhoneAct) == [], "what comes back from there is no wish of his for a second time"


def test_withdrawal_when_only_here_leaves_the_other_station_alone(ours: Side, theirs: Side) -> None:
    his, here = registered(ours), registered(theirs)
    for side in (ours, theirs):
        side.sync()
    withdraw(theirs.here, here.id)
    for side in (theirs, ours):
        side.sync()
    assert states(ours) == {his.id: WorkerState.ACTIVE}
