"""A real encrypted store against a real hub over a real line: once is once, whatever is lost between; what is refused is set aside."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.county import push
from kiosk.county.judge import Author, check
from kiosk.county.schema import county, device, feed, record
from kiosk.domain import ticket as tickets
from kiosk.domain.employer import Employer, EmployerHold, EmployerKind
from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import ContactScope, Listing, Review, Takedown, Verdict
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.running import ChainHead
from kiosk.domain.station import Policy, Station
from kiosk.domain.ticket import TicketKind
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import HubFailed, HubRefused, HubUnreachable, StoreBusy, SyncError
from kiosk.store import public
from kiosk.store.store import Store, open_store
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub, Hub, Pull
from kiosk.sync.protocol import (
    BucketAnswer,
    Change,
    Digests,
    EnrolAnswer,
    EnrolRequest,
    Op,
    PullAnswer,
    PushAnswer,
    PushRequest,
    WitnessAnswer,
    WitnessRequest,
)
from tests.hub_parts import OTHER, OURS, Line, TestHub, answering, some_id
from tests.integration.test_hub_feed import a_policy
from tests.integration.test_hub_push import a_hold, a_worker, an_employer, held, rows
from tests.station import KEY, START, Clock, a_listing, a_review, make_store


@dataclass
class Shop:
    """One terminal: its store, and a line to the hub that a test can hurt."""

    store: Store
    door: HttpHub
    line: Line
    hub: TestHub

    def keep(self, *records: Any) -> None:
        with self.store.write() as u:
            for record_ in records:
                u.keep(record_)

    def push(self) -> int:
        return exchange.push_once(self.store, self.door, self.hub.clock())

    def pull(self) -> exchange.Pulled:
        return exchange.pull_once(self.store, self.door, self.hub.clock())

    def pull_all(self) -> None:
        while self.pull().more:
            pass

    def waiting(self) -> int:
        with self.store.read() as u:
            return u.outbox_size()

    def parked(self) -> Sequence[tuple[str, str, str, str]]:
        with self.store.read() as u:
            return u.parked()

    def recall(self, key: str) -> str | None:
        with self.store.read() as u:
            return u.recall(key)

    def get(self, cls: type, record_id: str, revision: int | None = None) -> Any:
        with self.store.read() as u:
            return u.get(cls, record_id, revision)


@pytest.fixture
def shop(hub: TestHub, tmp_path: Path) -> Iterator[Shop]:
    line = Line(hub.port)
    store = make_store(tmp_path, hub.clock)
    door = HttpHub(line.base, connect_s=2, read_s=5)
    shop = Shop(store, door, line, hub)
    exchange.enrol(store, door, hub.code(), hub.clock())
    yield shop
    door.close()
    line.close()
    store.close()


def test_enrol_when_done_gives_the_terminal_all_it_needs(shop: Shop, hub: TestHub) -> None:
    assert shop.recall("station.id") == OURS.id
    assert shop.recall("station.phone_base") == "https://phone.test"
    assert shop.get(Station, OURS.id) == OURS
    key, key_id = shop.recall("ticket.key"), shop.recall("ticket.key_id")
    assert key is not None
    assert key_id is not None
    token = tickets.sign(tickets.issue(TicketKind.REGISTRATION, new_id(START), int(key_id), START), bytes.fromhex(key))
    assert "驿站还没有报上来" in hub.get(f"/k/{token}").text


def test_enrol_when_the_answer_is_lost_is_repeated_and_makes_one_terminal(hub: TestHub, tmp_path: Path) -> None:
    line, store, code = Line(hub.port), make_store(tmp_path, hub.clock), hub.code()
    door = HttpHub(line.base, connect_s=2, read_s=5)
    line.lose = 1
    with pytest.raises(HubUnreachable):
        exchange.enrol(store, door, code, hub.clock())
    assert exchange.identity(store) is None
    exchange.enrol(store, door, code, hub.clock())
    assert rows(hub, device) == line.lost == 1
    store.close()


def test_enrol_when_the_code_is_anothers_stations_changes_nothing(hub: TestHub, tmp_path: Path) -> None:
    store = make_store(tmp_path, hub.clock)
    with store.write() as u:
        u.remember("station.id", OURS.id)
    with pytest.raises(HubRefused) as caught:
        exchange.enrol(store, HttpHub(hub.base), hub.code(OTHER), hub.clock())
    assert caught.value.code == "code_other_station"
    assert exchange.identity(store) is None
    store.close()


def test_sync_when_not_enrolled_does_nothing(hub: TestHub, tmp_path: Path) -> None:
    store = make_store(tmp_path, hub.clock)
    with store.write() as u:
        u.keep(a_worker())
    door = HttpHub("http://127.0.0.1:1")
    assert exchange.push_once(store, door, START) == 0
    assert exchange.pull_once(store, door, START) == exchange.Pulled(0, 0, False)
    store.close()


def test_push_when_done_empties_the_outbox_and_the_county_has_it(shop: Shop, hub: TestHub) -> None:
    worker, listing = a_worker(), a_listing()
    shop.keep(worker, listing)
    assert (shop.push(), shop.waiting(), shop.push()) == (2, 0, 0)
    assert held(hub, worker.id) == {1: to_plain(worker)}
    assert held(hub, listing.id) == {1: to_plain(listing)}
    assert shop.recall("sync.heard_at") == to_plain(START)


def test_push_when_the_answer_is_lost_resumes_and_counts_once(shop: Shop, hub: TestHub) -> None:
    workers = [a_worker() for _ in range(20)]
    shop.keep(*workers)
    before = rows(hub, feed)
    shop.line.lose = 1
    with pytest.raises(HubUnreachable):
        shop.push()
    assert shop.line.lost == 1
    assert shop.waiting() == 20
    assert rows(hub, feed) == before + 20  # the hub has them; only the answer was lost
    assert shop.push() == 20
    assert (shop.waiting(), rows(hub, feed)) == (0, before + 20)


def test_push_when_a_change_is_refused_parks_it_and_takes_the_rest(shop: Shop, hub: TestHub) -> None:
    stranger = a_worker(station_id=OTHER.id)
    shop.keep(a_worker(), stranger, a_worker())
    assert (shop.push(), shop.waiting()) == (3, 0)
    assert shop.parked() == [("worker", stranger.id, "not_owner", "station_id")]
    assert shop.push() == 0
    shop.keep(a_worker())
    assert shop.push() == 1


def test_push_when_the_outbox_is_long_goes_in_batches(shop: Shop, hub: TestHub) -> None:
    shop.keep(*(a_worker() for _ in range(exchange.PUSH_LIMIT + 5)))
    assert [shop.push(), shop.push(), shop.push()] == [exchange.PUSH_LIMIT, 5, 0]


def test_push_when_a_worker_registered_twice_sends_what_is_true_now(shop: Shop, hub: TestHub) -> None:
    worker = a_worker()
    shop.keep(worker, replace(worker, revision=2, pay_fen=20000))
    assert (shop.push(), shop.parked()) == (2, [])
    assert held(hub, worker.id)[2]["pay_fen"] == 20000


def test_push_when_the_record_is_gone_sends_a_tombstone(shop: Shop, hub: TestHub) -> None:
    worker = a_worker()
    shop.keep(worker)
    shop.push()
    shop.keep(replace(worker, revision=2))
    with shop.store.write() as u:
        u.drop(Worker, worker.id)
    assert (shop.push(), shop.parked()) == (1, [])
    assert held(hub, worker.id) == {2: None}


def test_push_when_a_record_went_before_the_answer_came_buries_its_last_revision(shop: Shop, hub: TestHub) -> None:
    worker = a_worker()
    shop.keep(worker, replace(worker, revision=2))
    shop.line.lose = 1
    with pytest.raises(HubUnreachable):
        shop.push()
    shop.keep(replace(worker, revision=3))
    with shop.store.write() as u:
        u.drop(Worker, worker.id)
    assert (shop.push(), shop.parked()) == (3, [])
    assert held(hub, worker.id) == {3: None}


class TooLarge:
    """A hub whose door refuses any request that carries a certain record."""

    def __init__(self, inner: Hub, poison: str) -> None:
        self._inner, self._poison = inner, poison
        self.requests = 0

    def push(self, token: str, request: PushRequest) -> PushAnswer:
        self.requests += 1
        if any(c.record_id == self._poison for c in request.changes):
            raise HubRefused("too_large")
        return self._inner.push(token, request)

    def pull(self, token: str, what: Pull) -> PullAnswer:
        return self._inner.pull(token, what)

    def digests(self, token: str) -> Digests:
        return self._inner.digests(token)

    def bucket(self, token: str, entity: str, name: str) -> BucketAnswer:
        return self._inner.bucket(token, entity, name)

    def witness(self, token: str, request: WitnessRequest) -> WitnessAnswer:
        return self._inner.witness(token, request)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        return self._inner.enrol(request)


def test_push_when_one_change_spoils_the_whole_request_parks_that_one(shop: Shop, hub: TestHub) -> None:
    workers = [a_worker() for _ in range(32)]
    shop.keep(*workers)
    door = TooLarge(shop.door, workers[13].id)
    assert exchange.push_once(shop.store, door, START) == 32
    assert [(p[1], p[2]) for p in shop.parked()] == [(workers[13].id, "too_large")]
    assert door.requests < 14
    assert rows(hub, record) == 3 + 31


def path_of(shop: Shop) -> Path:
    with shop.store.read() as u:
        row = u.connection.exec_driver_sql("PRAGMA database_list").fetchone()
    assert row is not None
    return Path(row[2])


def backup(shop: Shop) -> bytes:
    raw = shop.store.watch()._raw
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return path_of(shop).read_bytes()


def restored(shop: Shop, copy: bytes) -> Shop:
    """Put an older copy of the store's file in its place, as after a broken disk."""
    path = path_of(shop)
    shop.store.close()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(copy)
    return replace(shop, store=open_store(path, KEY, clock=shop.hub.clock))


def test_sync_when_the_store_is_a_restored_backup_gets_its_own_back_and_loses_nothing_new(shop: Shop, hub: TestHub) -> None:
    early, late, fresh = a_worker(), a_worker(), a_worker()
    shop.keep(early)
    shop.push()
    copy = backup(shop)
    shop.keep(late, replace(early, revision=2, pay_fen=1))
    shop.push()
    epoch = shop.recall("sync.epoch")
    shop = restored(shop, copy)
    shop.keep(fresh)
    assert (shop.push(), shop.recall("sync.epoch") == epoch) == (0, False), "first it learns what it was"
    shop.pull_all()
    assert (shop.push(), shop.parked()) == (1, [])
    assert shop.get(Worker, late.id) == late
    assert shop.get(Worker, early.id).pay_fen == 1
    assert held(hub, fresh.id) == {1: to_plain(fresh)}
    shop.store.close()


def test_sync_when_both_sides_went_on_from_a_backup_sets_ours_aside_with_its_content(shop: Shop, hub: TestHub) -> None:
    worker = a_worker()
    shop.keep(worker)
    shop.push()
    copy = backup(shop)
    shop.keep(replace(worker, revision=2, pay_fen=1))
    shop.push()
    shop.keep(a_worker())
    shop.push()
    shop = restored(shop, copy)
    shop.keep(replace(worker, revision=2, pay_fen=2))
    shop.pull_all()
    assert (shop.waiting(), shop.get(Worker, worker.id).pay_fen) == (0, 1)
    assert [(p[1], p[2]) for p in shop.parked()] == [(worker.id, "revision_taken")]
    with shop.store.read() as u:
        (kept,) = u.connection.execute(sa.text("SELECT data FROM outbox")).scalars()
    assert json.loads(kept)["pay_fen"] == 2
    shop.store.close()


def test_sync_when_the_hub_lost_a_day_brings_it_back(shop: Shop, hub: TestHub) -> None:
    worker, listing = a_worker(), a_listing()
    shop.keep(worker, listing, a_review(listing, START))
    shop.push()
    shop.pull_all()
    with hub.engine.begin() as connection:
        connection.execute(sa.delete(record).where(record.c.owner == OURS.id))
        connection.execute(sa.delete(feed).where(feed.c.entity.in_(["worker", "listing", "review"])))
        connection.execute(sa.update(county).values(feed_epoch="restored"))
        connection.execute(sa.update(device).values(push_batch=0, push_epoch=None))
    shop.pull_all()
    assert shop.push() == 3
    assert held(hub, worker.id) == {1: to_plain(worker)}
    assert exchange.repair(shop.store, shop.door) == 0


def test_pull_when_the_line_was_away_asks_first_for_what_must_leave_the_boards(shop: Shop, hub: TestHub) -> None:
    other, listing = hub.terminal(OTHER), a_listing(station_id=OTHER.id)
    other.push(listing, a_review(listing, START))
    shop.pull_all()
    hub.publish(*(a_policy() for _ in range(30)))
    other.push(Takedown(id=new_id(START), station_id=OTHER.id, listing_id=listing.id, by_name="某", reason="x", taken_down_at=START))
    cursor = shop.recall("sync.cursor")
    assert exchange.pull_urgent(shop.store, shop.door, START) == 1
    assert (boards(shop), shop.recall("sync.cursor")) == ([set()], cursor)


def test_repair_when_a_record_was_lost_at_either_side_mends_it(shop: Shop, hub: TestHub) -> None:
    here, there, policy = a_worker(), a_worker(), a_policy()
    hub.publish(policy)
    shop.keep(here, there)
    shop.push()
    shop.pull_all()
    assert exchange.repair(shop.store, shop.door) == 0
    with shop.store.write() as u:
        u.drop(Worker, here.id)
        u.drop(Policy, policy.id)
    with hub.engine.begin() as connection:
        connection.execute(sa.delete(record).where(record.c.id == there.id))
        connection.execute(sa.delete(feed).where(feed.c.record_id == there.id))
    assert exchange.repair(shop.store, shop.door) in (2, 3)
    assert (shop.get(Worker, here.id), shop.get(Policy, policy.id)) == (here, policy)
    assert (shop.push(), held(hub, there.id), exchange.repair(shop.store, shop.door)) == (1, {1: to_plain(there)}, 0)


def test_pull_when_the_employer_no_longer_gives_his_contact_it_goes_here_too(shop: Shop, hub: TestHub) -> None:
    other, listing = hub.terminal(OTHER), a_listing(station_id=OTHER.id, contact_scope=ContactScope.ALL_STATIONS)
    other.push(listing, a_review(listing, START))
    shop.pull_all()
    assert str(shop.get(Listing, listing.id).contact_phone) == "19900001234"
    other.push(replace(listing, revision=2, contact_scope=ContactScope.OWN_STATION))
    shop.pull_all()
    assert str(shop.get(Listing, listing.id).contact_phone) == ""
    assert boards(shop) == [{listing.id}]


def test_two_terminals_when_both_change_a_record_the_later_ones_word_is_set_aside(shop: Shop, hub: TestHub) -> None:
    beside, worker = hub.terminal(), a_worker()
    shop.keep(worker)
    shop.push()
    beside.push(replace(worker, revision=2, pay_fen=1))
    shop.keep(replace(worker, revision=2, pay_fen=2))
    assert (shop.push(), shop.get(Worker, worker.id).pay_fen) == (1, 1)
    assert [(p[1], p[2]) for p in shop.parked()] == [(worker.id, "revision_taken")]
    shop.pull_all()
    assert (shop.get(Worker, worker.id).pay_fen, len(shop.parked())) == (1, 1)


def test_two_terminals_when_one_changed_twice_the_others_word_between_is_not_lost(shop: Shop, hub: TestHub) -> None:
    beside, worker = hub.terminal(), a_worker()
    shop.keep(worker)
    shop.push()
    beside.push(replace(worker, revision=2, pay_fen=1))
    shop.keep(replace(worker, revision=2, pay_fen=2))
    shop.keep(replace(worker, revision=3, pay_fen=3))
    shop.push()
    shop.pull_all()
    assert (held(hub, worker.id)[2]["pay_fen"], shop.get(Worker, worker.id).pay_fen, shop.waiting()) == (1, 1, 0)
    assert [(p[1], p[2]) for p in shop.parked()] == [(worker.id, "revision_taken")]


def test_repair_when_a_push_was_answered_into_the_void_knows_its_own_again(shop: Shop, hub: TestHub) -> None:
    worker = a_worker()
    shop.keep(worker)
    shop.line.lose = 1
    with pytest.raises(HubUnreachable):
        shop.push()
    shop.keep(replace(worker, revision=2, pay_fen=2))
    exchange.repair(shop.store, shop.door)
    assert shop.parked() == []
    shop.push()
    assert (held(hub, worker.id)[2]["pay_fen"], shop.waiting(), shop.parked()) == (2, 0, [])


def test_repair_when_the_county_forgot_that_a_record_was_taken_away_says_so_again(shop: Shop, hub: TestHub) -> None:
    beside, worker, unknown, listing = hub.terminal(), a_worker(), a_worker(), a_listing()
    beside.push(worker, unknown, listing)
    shop.pull_all()
    for one in (worker, unknown, listing):
        beside.send([Change(entity=NAME_OF[type(one)], record_id=one.id, revision=2, op=Op.DELETE)])
    shop.pull_all()
    assert (shop.get(Worker, worker.id), exchange.repair(shop.store, shop.door)) == (None, 0)
    with hub.engine.begin() as connection:
        connection.execute(sa.update(record).where(record.c.id == worker.id).values(revision=1, data=to_plain(worker)))
        connection.execute(sa.update(feed).where(feed.c.record_id == worker.id).values(revision=1, op=Op.PUT))
        for lost in (unknown.id, listing.id):
            connection.execute(sa.delete(record).where(record.c.id == lost))
            connection.execute(sa.delete(feed).where(feed.c.record_id == lost))
    assert exchange.repair(shop.store, shop.door) == 3
    assert (shop.push(), held(hub, worker.id), held(hub, unknown.id), held(hub, listing.id)) == (2, {2: None}, {2: None}, {})
    assert (exchange.repair(shop.store, shop.door), shop.get(Worker, worker.id), shop.get(Listing, listing.id)) == (0, None, None)


def test_repair_when_an_older_revision_of_a_listing_is_lost_at_either_side_mends_it(shop: Shop, hub: TestHub) -> None:
    beside, listing = hub.terminal(), a_listing()
    beside.push(listing, a_review(listing, START), replace(listing, revision=2, title="改过"))
    shop.pull_all()
    assert exchange.repair(shop.store, shop.door) == 0
    with hub.engine.begin() as connection:
        for table, its in ((record, record.c.id), (feed, feed.c.record_id)):
            connection.execute(sa.delete(table).where(its == listing.id, table.c.revision == 1))
    assert exchange.repair(shop.store, shop.door) == 1
    assert (shop.push(), set(held(hub, listing.id)), exchange.repair(shop.store, shop.door)) == (1, {1, 2}, 0)
    with shop.store.write() as u:
        u.connection.execute(sa.text("DELETE FROM listing WHERE revision = 1"))
    assert exchange.repair(shop.store, shop.door) == 1
    with shop.store.read() as u:
        assert set(u.connection.execute(sa.text("SELECT revision FROM listing")).scalars()) == {1, 2}
    assert (boards(shop), exchange.repair(shop.store, shop.door)) == ([{listing.id}], 0)


def test_pull_when_the_process_dies_between_two_parts_of_a_page_takes_the_page_again(
    shop: Shop, hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def die() -> None:
        raise KilledError

    policies = [a_policy() for _ in range(5)]
    hub.publish(*policies)
    monkeypatch.setattr(exchange, "APPLY_LIMIT", 2)
    with pytest.raises(KilledError):
        exchange.pull_once(shop.store, shop.door, START, rest=die)
    assert shop.recall("sync.cursor") == ""
    with shop.store.read() as u:
        half = u.count(Policy) + u.count(Station)
    shop.pull_all()
    with shop.store.read() as u:
        assert {one.id for one in u.list(Policy)} == {one.id for one in policies}
        assert half < u.count(Policy) + u.count(Station)


@pytest.mark.parametrize(("verdict", "shown", "kept"), [(Verdict.APPROVE, False, False), (Verdict.REJECT, False, True)])
def test_push_when_the_listings_station_came_under_another_meanwhile_the_decision_puts_nothing_up_here(
    shop: Shop, hub: TestHub, verdict: Verdict, shown: bool, kept: bool
) -> None:
    """What takes something off the board stays, to be safe, until somebody has looked."""
    hub.publish(replace(OTHER, revision=2, parent_id=OURS.id))
    other, listing = hub.terminal(OTHER), a_listing(station_id=OTHER.id)
    other.push(listing, *([a_review(listing, START)] if verdict is Verdict.REJECT else []))
    shop.pull_all()
    said = replace(a_review(listing, START + timedelta(minutes=1), verdict), station_id=OURS.id)
    shop.keep(said)
    assert boards(shop) == [{listing.id} if verdict is Verdict.APPROVE else set()]
    hub.publish(replace(OTHER, revision=3))
    assert (shop.push(), shop.waiting(), boards(shop)) == (1, 0, [{listing.id} if shown else set()])
    assert shop.parked() == [("review", said.id, "not_owner", "listing_id")]
    assert (shop.get(Review, said.id) is not None) == kept


def test_push_when_a_decision_was_taken_and_its_answer_lost_counts_once_though_the_station_moved(shop: Shop, hub: TestHub) -> None:
    hub.publish(replace(OTHER, revision=2, parent_id=OURS.id))
    other, listing = hub.terminal(OTHER), a_listing(station_id=OTHER.id)
    other.push(listing)
    shop.pull_all()
    shop.keep(replace(a_review(listing, START), station_id=OURS.id))
    shop.line.lose = 1
    with pytest.raises(HubUnreachable):
        shop.push()
    hub.publish(replace(OTHER, revision=3))
    assert (shop.push(), shop.parked(), boards(shop)) == (1, [], [{listing.id}])


@pytest.mark.parametrize("pulls_first", [False, True])
def test_two_terminals_when_one_edits_a_listing_twice_the_others_closed_contact_stays_closed(
    shop: Shop, hub: TestHub, pulls_first: bool
) -> None:
    beside, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing(contact_scope=ContactScope.ALL_STATIONS)
    shop.keep(listing, a_review(listing, START))
    shop.push()
    closed = replace(listing, revision=2, contact_scope=ContactScope.OWN_STATION)
    beside.push(closed)
    shop.keep(*(replace(listing, revision=number, title=f"改 {number}") for number in (2, 3)))
    for act in (shop.pull_all, shop.push) if pulls_first else (shop.push, shop.pull_all):
        act()
    assert (held(hub, listing.id), shop.waiting()) == ({1: to_plain(listing), 2: to_plain(closed)}, 0)
    assert (shop.get(Listing, listing.id), exchange.repair(shop.store, shop.door)) == (closed, 0)
    assert sorted((p[1], p[2]) for p in shop.parked()) == [(listing.id, "revision_taken")] * 2
    assert [one["contact_phone"] for one in other.seen("listing")] == [""]


def test_pull_when_two_edits_are_contradicted_one_after_the_other_sets_both_aside(shop: Shop, hub: TestHub) -> None:
    beside, worker = hub.terminal(), a_worker()
    beside.push(worker)
    shop.pull_all()
    for revision in (2, 3):
        beside.push(replace(worker, revision=revision, pay_fen=revision))
        shop.keep(replace(worker, revision=revision, pay_fen=10 * revision))
        shop.pull_all()
    with shop.store.read() as u:
        kept = u.connection.execute(sa.text("SELECT data FROM outbox ORDER BY revision")).scalars().all()
    assert [json.loads(one)["pay_fen"] for one in kept] == [20, 30]
    assert (shop.get(Worker, worker.id).pay_fen, shop.waiting()) == (3, 0)


def test_withdrawal_when_another_terminal_had_gone_further_ends_it_there_too(shop: Shop, hub: TestHub) -> None:
    beside, worker = hub.terminal(), a_worker()
    beside.push(worker)
    shop.pull_all()
    shop.keep(replace(worker, revision=2, pay_fen=2), replace(worker, revision=3, pay_fen=3))
    with shop.store.write() as u:
        u.set_aside(u.need(Worker, worker.id))  # the hub refused it, and the line went before its word came
    gone = emptied(worker, 2)
    beside.push(gone)
    assert [r.code for r in beside.push(replace(worker, revision=4)).refused] == ["revision_taken"]
    shop.pull_all()
    exchange.repair(shop.store, shop.door)
    shop.push()
    assert (shop.get(Worker, worker.id), held(hub, worker.id), shop.parked()) == (gone, {2: to_plain(gone)}, [])


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, b"{}", HubFailed),
        (503, b"<html>", HubFailed),
        (200, b"<html>log in</html>", HubFailed),
        (401, b'{"code":"unauthorized","message":""}', HubRefused),
    ],
)
def test_sync_when_the_hub_answers_wrongly_keeps_everything(shop: Shop, status: int, body: bytes, error: type[SyncError]) -> None:
    shop.keep(a_worker())
    with answering(status, body) as base:
        away = replace(shop, door=HttpHub(base))
        with pytest.raises(error):
            away.push()
        with pytest.raises(error):
            away.pull()
    assert (shop.waiting(), shop.parked(), shop.recall("sync.cursor")) == (1, [], "")
    assert shop.push() == 1


def test_sync_when_the_hub_is_down_keeps_everything_and_goes_on_after(shop: Shop, hub: TestHub) -> None:
    shop.keep(a_worker())
    hub.stop()
    for act in (shop.push, shop.pull):
        with pytest.raises(HubUnreachable):
            act()
    hub.start()
    assert shop.push() == 1
    shop.pull_all()
    assert shop.get(Station, OTHER.id) == OTHER


def test_push_when_the_answer_settles_nothing_is_not_taken_for_an_end(shop: Shop) -> None:
    shop.keep(a_worker())
    with answering(200, b'{"taken":0,"refused":[]}', "application/json") as base, pytest.raises(HubFailed):
        replace(shop, door=HttpHub(base)).push()
    assert shop.waiting() == 1


def test_pull_when_another_station_published_shows_it_here_without_its_contact(shop: Shop, hub: TestHub) -> None:
    other = hub.terminal(OTHER)
    near, far = a_listing(station_id=OTHER.id), a_listing(station_id=OTHER.id, contact_scope=ContactScope.ALL_STATIONS)
    other.push(near, far, a_review(near, START), a_review(far, START))
    shop.pull_all()
    with shop.store.read() as u:
        public = [p.listing.id for p in u.newest()]
        contacts = {u.need(Listing, i).id: str(u.need(Listing, i).contact_phone) for i in (near.id, far.id)}
    assert sorted(public) == sorted([near.id, far.id])
    assert contacts == {near.id: "", far.id: "19900001234"}


def test_pull_when_an_employer_closes_his_contact_it_goes_out_of_every_earlier_revision(shop: Shop, hub: TestHub) -> None:
    other = hub.terminal(OTHER)
    first = a_listing(station_id=OTHER.id, contact_scope=ContactScope.ALL_STATIONS)
    second, closed = replace(first, revision=2, headcount=5), replace(first, revision=3, contact_scope=ContactScope.OWN_STATION)
    other.push(first, a_review(first, START), second, a_review(second, START + timedelta(seconds=1)))
    shop.pull_all()
    seen = [str(shop.get(Listing, first.id, n).contact_phone) for n in (1, 2)]
    other.push(closed)
    shop.pull_all()
    assert (seen, [str(shop.get(Listing, first.id, n).contact_phone) for n in (1, 2)]) == (["19900001234"] * 2, ["", ""])


def test_pull_when_another_station_takes_its_listing_down_takes_it_off_here(shop: Shop, hub: TestHub) -> None:
    other, listing = hub.terminal(OTHER), a_listing(station_id=OTHER.id)
    other.push(listing, a_review(listing, START))
    shop.pull_all()
    down = Takedown(id=new_id(START), station_id=OTHER.id, listing_id=listing.id, by_name="某", reason="假的", taken_down_at=START)
    other.push(down)
    shop.pull_all()
    with shop.store.read() as u:
        assert list(u.newest()) == []


def test_pull_when_the_answer_is_lost_pulls_it_again_and_applies_it_once(shop: Shop, hub: TestHub) -> None:
    shop.pull_all()
    cursor = shop.recall("sync.cursor")
    policy = a_policy()
    hub.publish(policy)
    shop.line.lose = 1
    with pytest.raises(HubUnreachable):
        shop.pull()
    assert (shop.line.lost, shop.recall("sync.cursor"), shop.get(Policy, policy.id)) == (1, cursor, None)
    assert shop.pull() == exchange.Pulled(1, 0, False)
    assert shop.get(Policy, policy.id) == policy


def test_pull_when_the_store_cannot_be_written_moves_no_cursor(shop: Shop, hub: TestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.pull_all()
    cursor, policy = shop.recall("sync.cursor"), a_policy()
    hub.publish(policy)
    with shop.store.write():  # the write lock is held elsewhere
        monkeypatch.setattr("kiosk.store.connection.BUSY_MS", 50)
        locked = make_second(shop)
        with pytest.raises(StoreBusy):
            exchange.pull_once(locked, shop.door, START)
        locked.close()
    assert (shop.recall("sync.cursor"), shop.get(Policy, policy.id)) == (cursor, None)
    assert shop.pull().applied == 1


def test_push_when_what_was_taken_away_here_was_changed_elsewhere_takes_the_countys_and_bothers_nobody(shop: Shop, hub: TestHub) -> None:
    beside, worker = hub.terminal(), a_worker()
    shop.keep(worker)
    shop.push()
    beside.push(replace(worker, revision=2), replace(worker, revision=3, pay_fen=1))
    with shop.store.write() as u:
        u.keep(replace(worker, revision=2))
        u.drop(Worker, worker.id)
    shop.push()
    shop.pull_all()
    assert (shop.waiting(), list(shop.parked()), shop.get(Worker, worker.id).pay_fen) == (0, [], 1)
    assert exchange.repair(shop.store, shop.door) == 0


def make_second(shop: Shop) -> Store:
    """Open the same store as another process would."""
    return open_store(path_of(shop), KEY, clock=Clock())


def test_pull_when_a_change_is_from_the_future_skips_it_and_takes_the_rest(shop: Shop, hub: TestHub) -> None:
    shop.pull_all()
    policy, odd = a_policy(), a_policy()
    hub.publish(odd, policy)
    with hub.engine.begin() as connection:
        bare = sa.update(record).where(record.c.id == odd.id).values(data={"id": odd.id, "colour": "green"})
        connection.execute(bare)
    assert shop.pull() == exchange.Pulled(1, 1, False)
    assert shop.get(Policy, policy.id) == policy


def test_pull_when_the_hubs_feed_began_anew_reads_it_from_its_beginning(shop: Shop, hub: TestHub) -> None:
    shop.pull_all()
    with hub.engine.begin() as connection:
        connection.execute(sa.update(county).values(feed_epoch="restored"))
    policy = a_policy()
    hub.publish(policy)
    shop.pull_all()
    shop.pull_all()
    assert shop.get(Policy, policy.id) == policy
    assert str(shop.recall("sync.cursor")).startswith("restored.")


def test_pull_when_nothing_is_new_writes_nothing_for_a_while(shop: Shop, hub: TestHub) -> None:
    shop.pull_all()
    watcher = shop.store.watch()
    version = watcher._raw.execute("PRAGMA data_version").fetchone()
    hub.clock.tick(minutes=1)
    shop.pull()
    assert watcher._raw.execute("PRAGMA data_version").fetchone() == version
    hub.clock.tick(minutes=10)
    shop.pull()
    assert watcher._raw.execute("PRAGMA data_version").fetchone() != version
    assert shop.recall("sync.heard_at") == to_plain(hub.clock())
    watcher.close()


def test_two_stations_when_each_publishes_end_with_the_same_public_listings(shop: Shop, hub: TestHub, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    second = Shop(make_store(tmp_path / "second", hub.clock), HttpHub(hub.base), shop.line, hub)
    exchange.enrol(second.store, second.door, hub.code(OTHER), hub.clock())
    for one, station in ((shop, OURS), (second, OTHER)):
        for _ in range(5):
            listing = a_listing(station_id=station.id)
            one.keep(listing, a_review(listing, START))
        one.push()
    shop.pull_all()
    second.pull_all()
    public = []
    for one in (shop, second):
        with one.store.read() as u:
            public.append(sorted(p.listing.id for p in u.newest()))
    assert public[0] == public[1]
    assert len(public[0]) == 10
    second.store.close()


def test_pull_when_an_approval_is_undone_elsewhere_the_listing_leaves_this_board_too(shop: Shop, hub: TestHub) -> None:
    other, listing = hub.terminal(OTHER), a_listing(station_id=OTHER.id)
    other.push(listing, a_review(listing, START))
    shop.pull_all()
    with shop.store.read() as u:
        assert u.published(listing.id) is not None
    other.push(a_review(listing, START + timedelta(seconds=30), Verdict.UNDO))
    shop.pull_all()
    with shop.store.read() as u:
        assert u.published(listing.id) is None


def test_pull_when_an_employer_is_held_elsewhere_his_listings_leave_this_board_until_released(shop: Shop, hub: TestHub) -> None:
    other = hub.terminal(OTHER)
    employer = Employer(
        id=new_id(START), revision=1, station_id=OTHER.id, kind=EmployerKind.UNIT, name="某厂", phone=Phone("19900001234"), created_at=START
    )
    listing = a_listing(station_id=OTHER.id, employer_id=employer.id)
    hold = EmployerHold(
        id=new_id(START),
        station_id=OTHER.id,
        employer_id=employer.id,
        held=True,
        reason="欠薪",
        by_id="x",
        by_name="陈静",
        decided_at=START,
    )
    seen = []
    for record_ in (
        (employer, listing, a_review(listing, START)),
        (hold,),
        (replace(hold, id=new_id(START), held=False, decided_at=START + timedelta(hours=1)),),
    ):
        assert other.push(*record_).refused == ()
        shop.pull_all()
        with shop.store.read() as u:
            seen.append(u.published(listing.id) is not None)
    assert seen == [True, False, True]


def test_two_stations_when_one_holds_an_employer_its_listings_leave_both_boards_and_come_back(
    shop: Shop, hub: TestHub, tmp_path: Path
) -> None:
    (tmp_path / "second").mkdir()
    second = Shop(make_store(tmp_path / "second", hub.clock), HttpHub(hub.base), shop.line, hub)
    exchange.enrol(second.store, second.door, hub.code(OTHER), hub.clock())
    employer = an_employer()
    listing, free = a_listing(employer_id=employer.id), a_listing()
    shop.keep(employer, listing, free, a_review(listing, START), a_review(free, START))
    shop.push()
    second.pull_all()
    assert boards(shop, second) == [{listing.id, free.id}] * 2
    shop.keep(a_hold(employer))
    shop.push()
    second.pull_all()
    assert boards(shop, second) == [{free.id}] * 2
    hub.clock.tick(hours=1)
    shop.keep(a_hold(employer, held=False, decided_at=hub.clock()))
    shop.push()
    second.pull_all()
    assert boards(shop, second) == [{listing.id, free.id}] * 2
    second.store.close()


def boards(*shops: Shop) -> list[set[str]]:
    """Give what stands on each station's board."""
    found = []
    for one in shops:
        with one.store.read() as u:
            found.append({p.listing.id for p in u.newest()})
    return found


def heads(shop: Shop) -> list[ChainHead]:
    with shop.store.read() as u:
        return list(u.list(ChainHead))


def act(shop: Shop) -> None:
    with shop.store.write() as u:
        u.audit(START, "staff", "approve", "listing")


def test_push_when_the_chain_has_grown_sends_its_head_along_once(shop: Shop, hub: TestHub) -> None:
    act(shop)
    act(shop)
    shop.keep(a_worker())
    assert (shop.push(), shop.push(), shop.parked()) == (2, 0, [])
    (head,) = heads(shop)
    with shop.store.read() as u:
        assert (head.seq, head.hash) == u.chain_head()
    assert held(hub, head.id) == {1: to_plain(head)}
    act(shop)
    assert shop.push() == 1, "an act by itself is told, too"
    assert sorted(h.seq for h in heads(shop)) == [2, 3]


def test_push_when_the_store_is_an_older_backup_parks_the_forked_head_and_goes_on(shop: Shop, hub: TestHub) -> None:
    for _ in range(3):
        act(shop)
    shop.push()
    with shop.store.write() as u:  # as a backup of before the last act would stand
        u.connection.exec_driver_sql("DROP TRIGGER audit_lasts")
        u.connection.exec_driver_sql("DELETE FROM audit WHERE seq = 3")
        u.connection.exec_driver_sql("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'audit'")
    act(shop)
    shop.keep(a_worker())
    assert shop.push() == 2
    assert [(p[0], p[2]) for p in shop.parked()] == [("chain_head", "chain_forked")]


def test_pull_when_one_change_breaks_us_takes_the_others_and_goes_on(shop: Shop, hub: TestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    other = hub.terminal(OTHER)
    bad, good = a_listing(station_id=OTHER.id), a_listing(station_id=OTHER.id)
    other.push(bad, a_review(bad, START), good, a_review(good, START))
    project = public.project

    def breaks(connection: sa.Connection, listing_ids: Collection[str], today: date, sure: bool) -> None:
        if bad.id in listing_ids:
            raise ZeroDivisionError
        project(connection, listing_ids, today, sure)

    monkeypatch.setattr(public, "project", breaks)
    shop.pull_all()
    assert boards(shop) == [{good.id}]
    monkeypatch.undo()
    assert exchange.repair(shop.store, shop.door) > 0
    assert boards(shop) == [{good.id, bad.id}]


def test_push_when_the_hub_breaks_on_one_change_refuses_that_one(shop: Shop, hub: TestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = a_worker(), a_worker()

    def breaks(change: Change, author: Author) -> dict[str, Any]:
        if change.record_id == bad.id:
            raise ZeroDivisionError
        return check(change, author)

    monkeypatch.setattr(push, "check", breaks)
    shop.keep(bad, good)
    assert (shop.push(), shop.parked()) == (2, [("worker", bad.id, "bad_data", "ZeroDivisionError")])
    assert held(hub, good.id) == {1: to_plain(good)}


def test_pull_when_the_store_began_anew_meanwhile_does_not_move_the_cursor(shop: Shop, hub: TestHub) -> None:
    inner = shop.door.pull

    def pull(token: str, what: Pull) -> PullAnswer:
        page = inner(token, what)
        exchange.start_anew(shop.store)  # as the pushing thread does when it is told
        return page

    shop.door.pull = pull  # type: ignore[method-assign]
    shop.pull()
    assert shop.recall("sync.cursor") == ""
    shop.door.pull = inner  # type: ignore[method-assign]
    shop.pull_all()
    assert shop.recall("sync.anew") == ""


def test_push_when_a_decision_came_before_its_listing_is_sent_again_once_that_is_there(shop: Shop, hub: TestHub) -> None:
    village = replace(OTHER, id=some_id(hub.clock), parent_id=OURS.id, name="新桥服务站")
    hub.publish(village)
    below, listing = hub.terminal(village), a_listing(station_id=village.id)
    shop.keep(replace(a_review(listing, START), station_id=OURS.id))
    assert (shop.push(), [p[2] for p in shop.parked()]) == (1, ["unknown_listing"])
    below.push(listing)
    shop.pull_all()
    assert (shop.push(), shop.parked()) == (1, [])


def test_two_terminals_when_one_withdraws_what_the_other_changed_the_withdrawal_stands_everywhere(shop: Shop, hub: TestHub) -> None:
    beside, worker = hub.terminal(), a_worker()
    shop.keep(worker)
    shop.push()
    beside.push(replace(worker, revision=2, pay_fen=1))
    shop.keep(emptied(worker, revision=2))
    shop.push()
    shop.push()
    shop.pull_all()
    assert (shop.get(Worker, worker.id).state, shop.parked(), shop.waiting()) == (WorkerState.WITHDRAWN, [], 0)
    assert [data["name"] for data in held(hub, worker.id).values()] == [""]


def test_pull_when_a_colleague_withdrew_what_waits_here_keeps_nothing_of_it(shop: Shop, hub: TestHub) -> None:
    beside, worker = hub.terminal(), a_worker()
    shop.keep(worker)
    shop.push()
    shop.keep(replace(worker, revision=2, pay_fen=1))
    beside.push(emptied(worker, revision=2))
    shop.pull_all()
    assert (shop.get(Worker, worker.id).name, shop.parked(), shop.waiting()) == ("", [], 0)


def test_pull_when_a_colleague_changed_what_was_changed_here_twice_sets_ours_aside(shop: Shop, hub: TestHub) -> None:
    beside, worker = hub.terminal(), a_worker()
    shop.keep(worker)
    shop.push()
    shop.keep(replace(worker, revision=2, pay_fen=1), replace(worker, revision=3, pay_fen=1))
    beside.push(replace(worker, revision=2, pay_fen=2))
    shop.pull_all()
    assert (shop.get(Worker, worker.id).pay_fen, len(shop.parked()), shop.waiting()) == (2, 1, 0)


def test_feed_when_a_takedown_came_back_to_a_restored_hub_before_the_approval_reaches_everyone(shop: Shop, hub: TestHub) -> None:
    ours, listing = hub.terminal(), a_listing()
    down = Takedown(id=new_id(START), station_id=OURS.id, listing_id=listing.id, by_name="某", reason="x", taken_down_at=START)
    ours.push(listing, down)
    ours.push(a_review(listing, START))
    late = replace(listing, revision=2)
    ours.push(a_review(late, START))
    far = hub.terminal(OTHER)
    assert {"listing", "review", "takedown"} <= {c.entity for c in far.look().changes}
    ours.push(late)
    assert [(c.entity, c.revision) for c in far.look().changes if c.entity == "listing"] == [("listing", 2)]
    shop.pull_all()
    assert boards(shop) == [set()]


def test_repair_when_the_county_was_put_back_to_an_earlier_word_of_its_own_takes_it(shop: Shop, hub: TestHub) -> None:
    policy = a_policy()
    hub.publish(replace(policy, revision=3))
    shop.pull_all()
    with hub.engine.begin() as connection:
        connection.execute(sa.delete(record).where(record.c.id == policy.id))
        connection.execute(sa.delete(feed).where(feed.c.record_id == policy.id))
        connection.execute(sa.update(county).values(feed_epoch="restored"))
    hub.publish(replace(policy, revision=2, title="别的"))
    shop.pull_all()
    assert shop.get(Policy, policy.id).title == "别的"
    assert exchange.repair(shop.store, shop.door) == 0


def emptied(worker: Worker, revision: int) -> Worker:
    return replace(worker, revision=revision, state=WorkerState.WITHDRAWN, name=PersonName(""), phone=Phone(""), trades=(), pay_fen=None)


def test_push_when_a_decision_of_ours_came_before_our_own_listing_is_sent_again(shop: Shop, hub: TestHub) -> None:
    listing = a_listing()
    shop.keep(a_review(listing, START))
    assert (shop.push(), [p[2] for p in shop.parked()]) == (1, ["unknown_listing"])
    shop.keep(listing)
    assert (shop.push(), shop.push(), shop.push(), shop.parked()) == (1, 1, 0, [])
