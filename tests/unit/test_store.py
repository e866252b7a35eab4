"""The store on real SQLCipher: transactions, revisions, outbox, public projection, watcher, board's authorizer."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher

from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.employer import EmployerHold
from kiosk.domain.listing import Listing, Review, Takedown, Verdict, public_revision
from kiosk.domain.notice import Notice, SlipCall
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import field_types
from kiosk.domain.running import Facility, FacilityCheck
from kiosk.domain.station import COUNTY, Policy, Station, Training
from kiosk.domain.worker import Worker
from kiosk.errors import NotFound, StoreBusy, StoreError, WrongKey
from kiosk.store.connection import BOARD_COLUMNS, BOARD_TABLES, connect
from kiosk.store.migrate import migrate
from kiosk.store.schema import TABLES, metadata
from kiosk.store.search import DDL, Filters
from kiosk.store.store import Store, UnitOfWork, open_store
from tests.station import KEY, START, STATION, Clock, a_listing, a_review, make_store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = make_store(tmp_path, clock)
    yield store
    store.close()


def a_worker(**changes: object) -> Worker:
    worker = Worker(
        id="w1",
        revision=1,
        station_id="s",
        name=PersonName("王秀兰"),
        phone=Phone("19900005678"),
        age_band=AgeBand.ADULT,
        trades=(Trade.LOADING, Trade.FARMING),
        pay_fen=None,
        code="40718836",
        number="YT-1123-0001",
        notice_version="2026-11",
        consented_at=START,
        registered_at=START,
    )
    return replace(worker, **changes)  # type: ignore[arg-type]


def test_record_when_kept_reads_back_equal_and_queues_for_the_county(store: Store) -> None:
    worker, listing = a_worker(), a_listing()
    with store.write() as u:
        u.keep(worker)
        u.keep(listing)
    with store.read() as u:
        assert u.get(Worker, "w1") == worker
        assert u.need(Listing, listing.id) == listing
        assert [(o.sequence, o.entity, o.record) for o in u.outgoing(10)] == [(1, "worker", worker), (2, "listing", listing)]


def test_unit_of_work_when_it_fails_takes_everything_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as u:
        u.keep(a_worker())
        _ = 1 / 0
    with store.read() as u:
        assert u.get(Worker, "w1") is None
        assert u.outbox_size() == 0
    assert store.counters() == {}


def test_need_when_nothing_is_there_raises_not_found(store: Store) -> None:
    with store.read() as u, pytest.raises(NotFound):
        u.need(Worker, "nobody")


def test_worker_when_revised_leaves_no_older_revision_behind(store: Store) -> None:
    with store.write() as u:
        u.keep(a_worker())
        u.keep(a_worker(revision=2, phone=Phone("19900009999")))
    with store.read() as u:
        assert [w.phone for w in u.list(Worker)] == ["19900009999"]


def test_receive_when_older_than_ours_changes_nothing(store: Store) -> None:
    listing, worker = a_listing(revision=2), a_worker(revision=2)
    with store.write() as u:
        assert u.receive(listing, worker) == 2
        assert u.receive(replace(worker, revision=1, pay_fen=1), worker, listing) == 0
        assert u.receive(replace(listing, revision=1, title="旧")) == 1, "of a listing every revision is kept"
    with store.read() as u:
        assert (u.need(Listing, listing.id).title, u.need(Worker, worker.id)) == ("装卸工", worker)
        assert u.outbox_size() == 0


def test_receive_when_the_record_was_buried_takes_only_what_is_newer(store: Store) -> None:
    worker = a_worker(revision=2)
    with store.write() as u:
        u.receive(worker)
        u.bury(Worker, worker.id, 2)
        assert u.receive(worker, replace(worker, revision=1)) == 0
        assert list(u.standing("worker")) == [(worker.id, 2, True)]
        assert u.receive(replace(worker, revision=3)) == 1


def test_receive_when_the_county_contradicts_what_waits_sets_ours_aside(store: Store) -> None:
    ours = a_worker(revision=2, pay_fen=1)
    with store.write() as u:
        u.remember("station.id", ours.station_id)
        u.keep(ours)
        theirs = replace(ours, pay_fen=2)
        assert u.receive(theirs) == 1
        assert (u.get(Worker, ours.id), u.outbox_size()) == (theirs, 0)
        assert [(p[0], p[2]) for p in u.parked()] == [("worker", "revision_taken")]
        assert u.receive(theirs) == 0
        u.unsay(ours.id)
        assert list(u.parked()) == []


def test_listing_when_approved_is_public_with_a_number_and_without_a_contact(store: Store) -> None:
    listing = a_listing()
    with store.write() as u:
        u.keep(listing)
        assert list(u.newest()) == []
        u.keep(a_review(listing, START))
    with store.read() as u:
        (published,) = u.newest()
        assert (published.number, published.listing, published.published_at) == (1, listing.public(), START)
        assert u.numbered(1) == published


@pytest.mark.parametrize("verdict", [Verdict.RETURN, Verdict.REJECT])
def test_listing_when_not_approved_is_not_public(store: Store, verdict: Verdict) -> None:
    listing = a_listing()
    with store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, START, verdict))
    with store.read() as u:
        assert list(u.newest()) == []


def test_listing_when_edited_keeps_the_approved_revision_public_until_the_edit_is_approved(store: Store, clock: Clock) -> None:
    listing = a_listing()
    edited = replace(listing, revision=2, pay_fen=28000)
    with store.write() as u:
        for record in (listing, a_review(listing, START), edited):
            u.keep(record)
        assert [p.listing.pay_fen for p in u.newest()] == [26000]
        before = next(u.newest())
        clock.tick(minutes=1)
        u.keep(a_review(edited, clock()))
        after = next(u.newest())
    assert after.listing.pay_fen == 28000
    assert (after.number, after.seq > before.seq) == (before.number, True)


def test_listing_when_its_last_day_has_passed_is_gone_at_once_and_swept(store: Store, clock: Clock) -> None:
    listing = a_listing()
    with store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, START))
    clock.tick(days=4)
    with store.write() as u:
        assert list(u.newest()) == []
        assert u.sweep() == 1
    assert store.counters()["listing"] == 2


def test_listing_when_its_newest_approved_revision_is_over_brings_no_older_one_back(store: Store, clock: Clock) -> None:
    first = a_listing(ends_on=START.date() + timedelta(days=60))
    second = replace(first, revision=2, ends_on=START.date() + timedelta(days=3))
    with store.write() as u:
        u.keep(first)
        u.keep(a_review(first, START))
        u.keep(second)
        u.keep(a_review(second, START + timedelta(minutes=5)))
        assert [one.listing.revision for one in u.newest()] == [2]
    clock.tick(days=5)
    with store.write() as u:
        u.sweep()
        assert list(u.newest()) == []
        assert public_revision([first, second], u.list(Review), [], u.today) is None


def test_listing_when_what_took_it_down_is_taken_back_is_public_again(store: Store) -> None:
    listing = a_listing(employer_id="e")
    taken = Takedown(id="t", station_id=COUNTY, listing_id=listing.id, by_name="县里", reason="假的", taken_down_at=START)
    held = EmployerHold(
        id="h", station_id=COUNTY, employer_id="e", held=True, reason="欠薪", by_id="u", by_name="县里", decided_at=START
    )  # fmt: skip
    with store.write() as u:
        u.receive(listing, a_review(listing, START), taken, held)
        assert list(u.newest()) == []
        u.bury(Takedown, taken.id, 2)
        assert list(u.newest()) == []
        u.bury(EmployerHold, held.id, 2)
        assert [one.listing.id for one in u.newest()] == [listing.id]
        u.receive(taken, held)  # told once more, from before
        assert [one.listing.id for one in u.newest()] == [listing.id]


def test_sweep_when_the_clock_ran_ahead_and_is_right_again_brings_listings_back(store: Store, clock: Clock) -> None:
    listing, late = a_listing(), a_listing()
    with store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, START))
        u.sweep()
    clock.tick(days=4000)
    with store.write() as u:
        u.sweep()
        u.receive(late, a_review(late, START))
    clock.tick(days=-4000)
    with store.write() as u:
        assert list(u.newest()) == []
        assert u.sweep() == 2
        assert {p.listing.id for p in u.newest()} == {listing.id, late.id}


def test_outbox_when_acknowledged_or_refused_gives_no_more(store: Store) -> None:
    with store.write() as u:
        for number in range(3):
            u.keep(a_worker(id=f"w{number}"))
        u.acknowledge([1])
        u.park(2, "not_yours", "…")
        assert [o.sequence for o in u.outgoing(10)] == [3]
        assert u.parked() == [("worker", "w1", "not_yours", "…")]


def test_outbox_when_the_record_is_gone_says_its_last_revision_even_where_that_waits_behind_the_limit(store: Store) -> None:
    with store.write() as u:
        for revision in (1, 2, 3):
            u.keep(a_worker(revision=revision))
        u.drop(Worker, "w1")
        assert [(o.revision, o.record) for o in u.outgoing(2)] == [(3, None), (3, None)]


def test_outbox_when_emptied_never_uses_a_sequence_again(store: Store) -> None:
    with store.write() as u:
        u.keep(a_worker())
        u.acknowledge([1])
    with store.write() as u:
        u.keep(a_worker(revision=2))
        assert [o.sequence for o in u.outgoing(10)] == [2]


def test_watcher_when_another_connection_commits_names_the_topic(store: Store) -> None:
    watcher = store.watch()
    watcher.changed()
    assert watcher.changed() == set()
    with store.write() as u:
        u.keep(a_listing())
    assert watcher.changed() == {"listing", "outbox"}
    assert watcher.changed() == set()
    watcher.close()


def test_second_writer_when_the_first_holds_on_too_long_is_told_busy(tmp_path: Path, store: Store) -> None:
    impatient = open_store(tmp_path / "station.db", KEY)
    with store.write():
        with pytest.raises(StoreBusy):
            with impatient.write() as u:
                u.connection.exec_driver_sql("PRAGMA busy_timeout")
    impatient.close()


def test_store_when_the_key_is_wrong_says_so_and_holds_no_plain_text(tmp_path: Path, store: Store) -> None:
    with store.write() as u:
        u.keep(a_worker())
    with pytest.raises(WrongKey):
        open_store(tmp_path / "station.db", "00" * 32)
    with pytest.raises(WrongKey):
        open_store(tmp_path / "station.db", "not a key")
    stored = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert "王秀兰".encode() not in stored
    assert b"19900005678" not in stored


def test_store_when_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        open_store(tmp_path / "nothing.db", KEY)


def test_migrate_when_run_twice_keeps_what_is_there(tmp_path: Path, store: Store) -> None:
    with store.write() as u:
        u.keep(a_worker())
    migrate(tmp_path / "station.db", KEY)
    with store.read() as u:
        assert u.get(Worker, "w1") is not None


def test_board_connection_when_it_reaches_for_people_is_refused(tmp_path: Path, store: Store) -> None:
    listing = a_listing()
    with store.write() as u:
        u.keep(listing)
        u.keep(a_review(listing, START))
        u.keep(a_worker())
    raw = connect(tmp_path / "station.db", KEY, board=True)
    for table in set(metadata.tables) - BOARD_TABLES:
        with pytest.raises(Exception, match="prohibited|not authorized"):
            raw.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(Exception, match="prohibited|not authorized"):
        raw.execute("UPDATE public_listing SET title = ''")
    raw.close()
    board = open_store(tmp_path / "station.db", KEY, board=True, clock=lambda: START)
    with board.read() as u:
        assert [p.listing.title for p in u.newest()] == ["装卸工"]
    board.close()


def test_board_connection_when_it_asks_what_is_said_to_the_hall_reads_notices_numbers_and_what_works(tmp_path: Path, store: Store) -> None:
    notices = [Notice(id=i, revision=1, station_id=s, title="停电", starts_at=START, ends_at=START) for i, s in (("n1", None), ("n2", "s"))]
    call = SlipCall(id="c1", number="0042", called_at=START)
    with store.write() as u:
        for n, (facility, ok) in enumerate([(Facility.WATER, True), (Facility.WIFI, True), (Facility.WATER, False)]):
            at = START + timedelta(minutes=n)
            u.put(FacilityCheck(id=f"f{n}", station_id="s", facility=facility, ok=ok, note="水垢", by_name="李芳", checked_at=at))
        u.put(*notices, call)
    assert store.counters() == {"policy": 1, "call": 1, "facility": 1}
    board = open_store(tmp_path / "station.db", KEY, board=True)
    with board.read() as u:
        assert (u.list(Notice), u.list(SlipCall)) == (notices, [call])
        assert u.facility_facts() == [
            (Facility.WATER, False, START + timedelta(minutes=2)),
            (Facility.WIFI, True, START + timedelta(minutes=1)),
        ]
    board.close()
    raw = connect(tmp_path / "station.db", KEY, board=True)
    for column in field_types(FacilityCheck).keys() - BOARD_COLUMNS["facility_check"]:
        with pytest.raises(Exception, match=f"facility_check.{column} is prohibited"):
            raw.execute(f"SELECT {column} FROM facility_check")
    raw.close()


def test_what_the_board_reads_whole_when_enumerated_has_no_place_for_a_person() -> None:
    said = {cls for cls, table in TABLES.items() if table.name in BOARD_TABLES}
    assert said == {Station, Policy, Training, Notice, SlipCall}
    personal = {(c.__name__, f) for c in said for f, kind in field_types(c).items() if kind is PersonName or f.startswith("by_")}
    assert personal == set()


def test_board_connection_when_it_asks_for_state_reads_what_is_public_and_no_secret(tmp_path: Path, store: Store) -> None:
    secret = {"ticket.key": "5ecre7" * 10, "sync.token": "70ken" * 8, "sync.nonce": "n0nce" * 8, "guesses": "2026-11-23T07:42:00.000Z"}
    public = {"station.id": STATION.id, "station.phone_base": "https://phone.test", "sync.heard_at": "2026-11-23T07:42:00.000Z"}
    with store.write() as u:
        for key, value in (secret | public).items():
            u.remember(key, value)
    with store.read() as u:
        assert {key: u.recall(key) for key in secret | public} == secret | public
    board = open_store(tmp_path / "station.db", KEY, board=True)
    with board.read() as u:
        assert {key: u.recall(key) for key in public} == public
        for key in secret:
            with pytest.raises(sa.exc.DBAPIError, match="memory.value is prohibited"):
                u.recall(key)
    board.close()
    raw = connect(tmp_path / "station.db", KEY, board=True)
    readable = ""
    for table in sorted(BOARD_TABLES):
        readable += str(raw.execute(f"SELECT * FROM {table}").fetchall())
    raw.close()
    assert public["station.phone_base"] in readable
    assert [key for key, value in secret.items() if key != "guesses" and value in readable] == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT value FROM memory",
        "SELECT count(*) FROM memory",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM memory WHERE key = 'ticket.key' AND value LIKE 'a%')",
        "SELECT p.key FROM public_memory p JOIN memory m ON m.key = p.key",
        "WITH m AS (SELECT * FROM memory) SELECT * FROM m",
        "SELECT * FROM public_memory UNION SELECT * FROM memory",
        "SELECT (SELECT max(value) FROM memory) FROM topic",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_table_info('memory')",
        "SELECT * FROM listing_text",
        "ATTACH ':memory:' AS other KEY ''",
        "CREATE TEMP TABLE copy AS SELECT * FROM memory",
        "PRAGMA writable_schema=ON",
    ],
)
def test_board_connection_when_it_takes_a_detour_is_refused(tmp_path: Path, store: Store, statement: str) -> None:
    with store.write() as u:
        u.remember("ticket.key", "aa")
        u.remember("station.id", "s")
    raw = connect(tmp_path / "station.db", KEY, board=True)
    with pytest.raises(Exception, match="prohibited|not authorized|vtable constructor failed"):
        raw.execute(statement).fetchall()
    raw.close()


def _publish_at(u: UnitOfWork, *instants: datetime) -> list[str]:
    """Let listings arrive in this order, each published at its instant."""
    listings = [a_listing() for _ in instants]
    for listing, at in zip(listings, instants, strict=True):
        u.receive(listing)
        u.receive(a_review(listing, at))
    return [listing.id for listing in listings]


def test_newest_when_older_listings_arrive_later_keeps_the_order_of_publication(store: Store) -> None:
    with store.write() as u:
        first, second, third = _publish_at(u, START, START - timedelta(hours=5), START - timedelta(milliseconds=1))
        assert [p.listing.id for p in u.newest()] == [first, third, second]
        assert [p.listing.id for p in u.search("", Filters())] == [first, third, second]
        assert [p.listing.id for p in u.search("装卸", Filters(trade=Trade.LOADING))] == [first, third, second]


def test_newest_when_published_in_the_same_instant_keeps_all_and_the_order_of_arrival(store: Store) -> None:
    with store.write() as u:
        same = _publish_at(u, START, START, START)
        (between,) = _publish_at(u, START + timedelta(milliseconds=1))
        (last,) = _publish_at(u, START)
        assert len({p.seq for p in u.newest()}) == 5
        ids = [p.listing.id for p in u.newest()]
        assert [i for i in ids if i != between] == [last, *reversed(same)]


def test_newest_when_many_are_published_within_a_second_keeps_their_order(store: Store) -> None:
    with store.write() as u:
        published = _publish_at(u, *(START + timedelta(milliseconds=n) for n in range(50)))
        assert [p.listing.id for p in u.newest()] == published[::-1]


def test_newest_when_paged_gives_each_listing_once_in_the_same_order(store: Store) -> None:
    rng = random.Random(4)
    with store.write() as u:
        _publish_at(u, *(START - timedelta(seconds=rng.randrange(20)) for _ in range(30)))
        whole = [(p.listing.id, p.published_at) for p in u.newest()]
        paged = [p.listing.id for at in range(0, 30, 7) for p in u.search("", Filters(), limit=7, offset=at)]
    assert paged == [i for i, _ in whole]
    assert len(set(paged)) == 30


def test_listing_when_published_by_a_clock_at_1970_comes_last(store: Store) -> None:
    with store.write() as u:
        lost, today = _publish_at(u, datetime(1970, 1, 1, tzinfo=UTC), START)
        assert [p.listing.id for p in u.newest()] == [today, lost]


def test_migrate_when_the_store_is_new_makes_exactly_the_schema(tmp_path: Path, store: Store) -> None:
    """A change of a record needs a migration: this fails until there is one."""
    fresh = sqlcipher.connect(":memory:", isolation_level=None)
    engine = sa.create_engine("sqlite://", module=sqlcipher, creator=lambda: fresh, poolclass=sa.pool.StaticPool)
    metadata.create_all(engine)
    for statement in DDL:
        fresh.execute(statement)
    with store.read() as u, engine.connect() as connection:
        made = _shape(u.connection)
        del made["alembic_version"]
        assert made == _shape(connection)


def _shape(connection: sa.Connection) -> dict[str, object]:
    """Give every table's columns, keys and indexes; of the index of words, which is no plain table, its statement."""
    words = "SELECT name, sql FROM sqlite_master WHERE name = 'listing_text'"
    shape: dict[str, object] = {f"{name}()": sql for name, sql in connection.exec_driver_sql(words)}
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'listing_text%' AND name NOT LIKE 'sqlite_%'"
    for table in connection.exec_driver_sql(tables).scalars().all():
        indexes = connection.exec_driver_sql(f"PRAGMA index_list({table})").all()
        parts = {i.name: connection.exec_driver_sql(f"PRAGMA index_info({i.name})").all() for i in indexes}
        sql = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one()
        shape[table] = (
            sorted(connection.exec_driver_sql(f"PRAGMA table_info({table})").all()),
            sorted((i.name, i.unique, i.origin, i.partial, tuple(map(tuple, parts[i.name]))) for i in indexes),
            "AUTOINCREMENT" in sql,
        )
    return shape


def test_store_when_a_statement_fails_names_no_values_in_the_error(store: Store) -> None:
    with store.write() as u, pytest.raises(sa.exc.DBAPIError) as caught:
        u.connection.execute(sa.text("INSERT INTO nowhere VALUES (:name)"), {"name": "胡桂花"})
    assert "胡桂花" not in str(caught.value)
