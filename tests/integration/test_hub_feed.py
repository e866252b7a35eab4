"""Pulling from a real hub: in commit order, only what a station may see, at once when something happens."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from kiosk.county import feed
from kiosk.county.feed import Reader
from kiosk.county.judge import Author
from kiosk.county.pull import Pages
from kiosk.county.push import push
from kiosk.county.schema import county
from kiosk.county.schema import station as stations
from kiosk.domain.employer import Employer, EmployerHold, EmployerKind
from kiosk.domain.introduction import nobody
from kiosk.domain.listing import ContactScope, Takedown, Verdict
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.referral import Referral, ReferralState, ReferralStep
from kiosk.domain.report import Report, ReportReason
from kiosk.domain.station import Policy, Station, StationLevel
from kiosk.errors import HubRefused
from kiosk.sync.protocol import Change, Op, change_of
from tests.hub_parts import CENTRE, COUNTY, OTHER, OURS, TestHub, some_id
from tests.integration.test_hub_push import a_worker
from tests.station import START, a_listing, a_review

WRITERS, BATCHES = 6, 12


def a_policy(**changes: Any) -> Policy:
    policy = Policy(
        id=new_id(START),
        revision=1,
        title="零工可以参加工伤保险",
        summary="s",
        body="b",
        who="w",
        how="h",
        phone=Phone("07124000000"),
        published_on=date(2026, 11, 1),
    )
    return replace(policy, **changes)


def test_feed_when_a_listing_is_reported_elsewhere_reaches_its_own_station(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    ours.push(listing, a_review(listing, START))
    other.look()
    ours.look()
    told = Report(
        id=new_id(START), station_id=OTHER.id, listing_id=listing.id, reason=ReportReason.FEE, words="要交 200 元", reported_at=START
    )
    other.push(told)
    (change,) = ours.look().changes
    assert (change.entity, change.record_id, change.data["words"]) == ("report", told.id, "要交 200 元")
    own = replace(told, id=new_id(START), station_id=OURS.id)
    ours.push(own)
    assert own.id not in {c.record_id for c in other.look().changes}


def test_feed_when_a_report_came_before_its_listing_reaches_its_station_with_it(hub: TestHub) -> None:
    """A hub that was put back gets what a reporting station has before the listing's own station has asked."""
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    ours.look()
    told = Report(
        id=new_id(START), station_id=OTHER.id, listing_id=listing.id, reason=ReportReason.FEE, words="要交 200 元", reported_at=START
    )
    other.push(told)
    assert ours.seen("report") == []
    hub.terminal().push(listing)
    assert ours.seen("report") == [to_plain(told)]


def test_feed_when_a_listing_is_approved_reaches_the_other_station_in_order(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    other.look()
    ours.push(listing)
    assert other.look().changes == ()
    review = a_review(listing, START)
    ours.push(review)
    assert [(c.entity, c.record_id) for c in other.look().changes] == [("listing", listing.id), ("review", review.id)]


def test_feed_when_a_listing_is_returned_or_rejected_stays_at_its_station(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    other.look()
    ours.push(listing, a_review(listing, START, Verdict.RETURN, reason="少了钟点"))
    down = Takedown(id=new_id(START), station_id=OURS.id, listing_id=listing.id, by_name="李芳", reason="假的", taken_down_at=START)
    ours.push(down)
    assert other.look().changes == ()


def test_feed_when_a_public_listing_is_rejected_later_says_so_to_everyone(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    ours.push(listing, a_review(listing, START))
    other.look()
    ours.push(a_review(listing, START, Verdict.REJECT, reason="假的"))
    (change,) = other.look().changes
    assert change.data["verdict"] == "reject"


@pytest.mark.parametrize(
    ("scope", "name", "phone"), [(ContactScope.OWN_STATION, "", ""), (ContactScope.ALL_STATIONS, "周建国", "19900001234")]
)
def test_feed_when_the_contact_is_for_the_own_station_others_get_it_blank(hub: TestHub, scope: ContactScope, name: str, phone: str) -> None:
    ours, second, other = hub.terminal(), hub.terminal(), hub.terminal(OTHER)
    listing = a_listing(contact_scope=scope)
    ours.push(listing, a_review(listing, START))
    (far,) = other.seen("listing")
    assert (far["contact_name"], far["contact_phone"]) == (name, phone)
    near = second.seen("listing")[0]
    assert (near["contact_name"], near["contact_phone"]) == ("周建国", "19900001234")


def test_feed_when_records_are_personal_never_reaches_another_station(hub: TestHub) -> None:
    ours, second, other = hub.terminal(), hub.terminal(), hub.terminal(OTHER)
    other.look()
    worker = a_worker()
    employer = Employer(
        id=new_id(START),
        revision=1,
        station_id=OURS.id,
        kind=EmployerKind.PERSON,
        name="周建国",
        phone=Phone("19900001234"),
        created_at=START,
    )
    listing = a_listing()
    referral = Referral(
        id=new_id(START), station_id=OURS.id, worker_id=worker.id, listing_id=listing.id, contact_consent=True, created_at=START
    )
    elsewhere = replace(referral, id=new_id(START), listing_id=some_id(hub.clock))
    step = ReferralStep(
        id=new_id(START),
        station_id=OURS.id,
        referral_id=referral.id,
        state=ReferralState.REFERRED,
        by_name="李芳",
        how="",
        stepped_at=START,
    )
    told = [replace(nobody(one, START), revision=1, name=worker.name, phone=worker.phone) for one in (referral, elsewhere)]
    records = (worker, employer, listing, referral, elsewhere, step, *told)
    assert ours.push(*records).refused == ()
    assert other.look().changes == (), "nor a referral whose listing nobody knows: it may be anybody's"
    personal = {"worker", "employer", "referral", "referral_step", "introduction"}
    assert not personal & set(other.door.digests(other.enrolled.device_token).digests)
    assert {c.entity for c in second.look().changes} >= personal


def test_feed_when_a_device_pulls_gives_it_none_of_its_own_changes_and_moves_its_cursor_seldom(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = hub.terminal()
    ours.look()
    cursor = ours.cursor
    ours.push(*(a_worker() for _ in range(5)))
    page = ours.look(limit=3)
    assert (page.changes, page.cursor, page.more) == ((), cursor, False)
    monkeypatch.setattr("kiosk.county.pull.STRIDE", 5)
    page = ours.look(limit=3)
    assert (page.changes, page.more) == ((), False)
    assert page.cursor.endswith(".8")


def test_feed_when_the_county_publishes_reaches_everyone_and_only_the_newest_revision(hub: TestHub) -> None:
    other, policy = hub.terminal(OTHER), a_policy()
    hub.publish(policy)
    hub.publish(replace(policy, revision=2, title="新的"))
    assert [p["title"] for p in other.seen("policy")] == ["新的"]


def test_feed_when_a_shown_listing_is_deleted_sends_a_tombstone(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    ours.push(listing, a_review(listing, START))
    other.look()
    ours.send([ours.change(listing, op=Op.DELETE.value, data={})])
    (gone,) = other.look().changes
    assert (gone.op, gone.record_id, gone.data) == ("delete", listing.id, {})
    assert not [c for c in hub.terminal(OTHER).look().changes if c.entity == "listing" and c.op == "put"]


def test_feed_when_read_in_pages_gives_everything_once(hub: TestHub) -> None:
    hub.publish(*(a_policy() for _ in range(57)))
    reader, found, more = hub.terminal(OTHER), [], True
    while more:
        page = reader.look(limit=10)
        found += [c.record_id for c in page.changes]
        more = page.more
    assert len(found) == len(set(found)) == 60


@pytest.mark.parametrize("cursor", ["0badbadbad00.5", "nonsense", "..", "0badbadbad00.99999999999999999999999"])
def test_pull_when_the_cursor_is_of_another_feed_says_so(hub: TestHub, cursor: str) -> None:
    ours = hub.terminal()
    ours.cursor = cursor
    with pytest.raises(HubRefused) as caught:
        ours.look()
    assert caught.value.code == "cursor_gone"


def test_pull_when_waiting_answers_soon_after_a_commit(hub: TestHub) -> None:
    other = hub.terminal(OTHER)
    other.look()
    began: list[float] = []

    def write() -> None:
        time.sleep(0.4)
        began.append(time.monotonic())
        hub.publish(a_policy())

    threading.Thread(target=write).start()
    page = other.look(wait_s=20)
    assert [c.entity for c in page.changes] == ["policy"]
    assert time.monotonic() - began[0] < 1.0


def test_pull_when_waiting_sleeps_through_what_is_not_for_it(hub: TestHub) -> None:
    ours, other = hub.terminal(), hub.terminal(OTHER)
    other.look()
    threading.Timer(0.2, lambda: ours.push(a_worker())).start()
    started = time.monotonic()
    assert other.look(wait_s=1).changes == ()
    assert time.monotonic() - started >= 0.95


def test_pull_when_fifty_wait_holds_no_connection(hub: TestHub) -> None:
    terminals = [hub.terminal(OTHER) for _ in range(3)]
    for terminal in terminals:
        terminal.look()
    with ThreadPoolExecutor(50) as pool:
        waits = [pool.submit(replace(terminals[i % 3], door=type(t.door)(hub.base)).look, 20.0) for i, t in enumerate(terminals * 17)]
        busy, until = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'", time.monotonic() + 15
        with psycopg.connect(hub.settings.database.replace("+psycopg", ""), autocommit=True) as connection:
            time.sleep(0.5)
            while connection.execute(busy).fetchone() != (1,):  # the one that asks
                assert time.monotonic() < until, "somebody who waits holds a connection"
                time.sleep(0.1)
        hub.publish(a_policy())
        pages = [w.result() for w in waits]
    assert all([c.entity for c in p.changes] == ["policy"] for p in pages)


def test_pull_when_the_hub_stops_lets_the_waiting_go_at_once(hub: TestHub) -> None:
    other = hub.terminal(OTHER)
    other.look()
    with ThreadPoolExecutor(1) as pool:
        wait = pool.submit(other.look, 25.0)
        time.sleep(0.5)
        started = time.monotonic()
        hub.stop()
        assert wait.result().changes == ()
    assert time.monotonic() - started < 3


def test_feed_order_when_writers_are_many_is_commit_order(hub: TestHub) -> None:
    """Writers hold their transactions open for random times; a reader that follows the cursor must miss nothing."""
    ids = [some_id(hub.clock) for _ in range(WRITERS)]
    hub.publish(*(replace(OTHER, id=i, name=f"站{n}", parent_id=OURS.id) for n, i in enumerate(ids)))
    done, pages, seen, late = threading.Event(), Pages(), dict[str, list[str]](), list[str]()

    def write(station_id: str, seed: int) -> None:
        dice = random.Random(seed)
        author = Author(COUNTY, station_id, f"d{seed}")
        for _ in range(BATCHES):
            listing = a_listing(station_id=station_id)
            changes = [_change(listing), _change(a_review(listing, START))]
            time.sleep(dice.random() * 0.01)
            with hub.engine.begin() as connection:
                push(connection, author, changes, START)
                time.sleep(dice.random() * 0.01)

    def follow(station_id: str) -> None:
        reader, cursor = Reader(COUNTY, station_id, "reader"), ""
        while True:
            last = done.is_set()
            with hub.engine.connect() as connection:
                page = pages.read(connection, reader, cursor, 7).answer
            if cursor and int(page.cursor.split(".")[1]) < int(cursor.split(".")[1]):
                late.append(page.cursor)
            seen.setdefault(station_id, []).extend(c.record_id for c in page.changes if c.entity == "review")
            cursor = page.cursor
            if last and not page.more:
                return

    readers = [OTHER.id, OURS.id, ids[0]]
    followers = [threading.Thread(target=follow, args=(station_id,)) for station_id in readers]
    for follower in followers:
        follower.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, ids, range(WRITERS)))
    done.set()
    for follower in followers:
        follower.join(30)
    assert late == []
    assert [len(set(seen[station_id])) for station_id in readers] == [WRITERS * BATCHES] * len(readers)
    assert len(seen[OTHER.id]) == WRITERS * BATCHES, "each of them once"


def test_feed_position_when_a_transaction_rolls_back_leaves_no_gap(hub: TestHub) -> None:
    with hub.engine.connect() as connection:
        before = connection.scalar(sa.select(county.c.feed_position))
        feed.append(connection, COUNTY, [feed.Entry("all", "policy", some_id(hub.clock), 1, Op.PUT, "x")])
        connection.rollback()
        assert connection.scalar(sa.select(county.c.feed_position)) == before
        assert connection.scalar(sa.select(sa.func.count()).select_from(stations)) == 3


def _change(record: Any) -> Change:
    return change_of(record, entity=type(record).__name__.lower(), record_id=record.id, revision=1)


def test_feed_when_an_approval_is_undone_reaches_everyone_who_saw_it(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    ours.push(listing, a_review(listing, START))
    other.look()
    undone = a_review(listing, START + timedelta(seconds=30), Verdict.UNDO)
    ours.push(undone)
    (change,) = other.look().changes
    assert (change.record_id, change.data["verdict"]) == (undone.id, "undo")
    ours.push(replace(listing, revision=2), a_review(replace(listing, revision=2), START, Verdict.RETURN, reason="少了钟点"))
    assert [c.entity for c in other.look().changes] == ["review"], "whoever saw it sees what is decided about it, never what waits"


def test_feed_when_an_undone_listing_was_never_seen_stays_at_its_station(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    other.look()
    ours.push(listing, a_review(listing, START, Verdict.REJECT, reason="假的"), a_review(listing, START, Verdict.UNDO))
    assert other.look().changes == ()


def test_feed_when_an_employer_is_held_reaches_every_station_but_only_from_his_own(hub: TestHub) -> None:
    ours, other = hub.terminal(), hub.terminal(OTHER)
    other.look()
    employer = Employer(
        id=new_id(START), revision=1, station_id=OURS.id, kind=EmployerKind.UNIT, name="某厂", phone=Phone("19900001234"), created_at=START
    )
    hold = EmployerHold(
        id=new_id(START),
        station_id=OURS.id,
        employer_id=employer.id,
        held=True,
        reason="欠薪",
        by_id="x",
        by_name="李芳",
        decided_at=START,
    )
    assert ours.push(employer, hold).refused == ()
    assert [(c.entity, c.record_id) for c in other.look().changes] == [("employer_hold", hold.id)]
    foreign = replace(hold, id=new_id(START), station_id=OTHER.id, held=False)
    assert [r.code for r in other.push(foreign).refused] == ["not_owner"]
    assert [r.code for r in ours.push(replace(hold, id=new_id(START), employer_id=some_id(hub.clock))).refused] == ["unknown_employer"]


def test_feed_when_a_village_collects_those_above_it_see_the_queue_and_never_the_people(hub: TestHub) -> None:
    village = replace(OTHER, id=some_id(hub.clock), parent_id=OURS.id, name="新桥服务站")
    hub.publish(village)
    below, ours, other, centre = hub.terminal(village), hub.terminal(), hub.terminal(OTHER), hub.terminal(CENTRE)
    listing = a_listing(station_id=village.id)
    below.push(listing, a_worker(station_id=village.id))
    for above in (ours, centre):
        assert [(c.entity, c.data["contact_phone"]) for c in above.look().changes if c.entity in ("listing", "worker")] == [("listing", "")]
    assert {c.entity for c in other.look().changes} == {"station"}
    below.look()
    ours.push(replace(a_review(listing, START, Verdict.RETURN, reason="少了钟点"), station_id=OURS.id))
    assert [(c.entity, c.data["verdict"]) for c in below.look().changes] == [("review", "return")], (
        "who collected it hears what was decided"
    )


def test_feed_when_the_tree_is_five_deep_is_seen_by_all_above_and_by_nobody_beside(hub: TestHub) -> None:
    def under(parent: Station, level: StationLevel, name: str) -> Station:
        return replace(OTHER, id=some_id(hub.clock), parent_id=parent.id, level=level, name=name)

    branch = under(CENTRE, StationLevel.BRANCH, "城北分站")
    town = under(branch, StationLevel.TOWNSHIP, "倒店站")
    village, beside = (under(town, StationLevel.DOORSTEP, name) for name in ("好石村站", "双桥村站"))
    hamlet = under(village, StationLevel.DOORSTEP, "好石村三组服务点")  # of the same level as the one above it
    hub.publish(branch, town, village, beside, hamlet)
    above = [hub.terminal(one) for one in (village, town, branch, CENTRE)]
    aside = [hub.terminal(one) for one in (beside, OURS, OTHER)]
    deepest, listing = hub.terminal(hamlet), a_listing(station_id=hamlet.id)
    told = Report(
        id=some_id(hub.clock), station_id=hamlet.id, listing_id=listing.id, reason=ReportReason.FEE, words="要交钱", reported_at=START
    )
    assert deepest.push(listing, a_worker(station_id=hamlet.id), told).refused == ()
    for one in above:
        seen = [c for c in one.look().changes if c.entity != "station"]
        assert [(c.entity, c.data.get("contact_phone")) for c in seen] == [("listing", ""), ("report", None)], one.station.name
    assert [{c.entity for c in one.look().changes} for one in aside] == [{"station"}] * 3
    # each of those above may decide about it, and nobody beside
    wrong = replace(a_review(listing, START, Verdict.RETURN), id=some_id(hub.clock), station_id=beside.id)
    assert [r.code for r in aside[0].push(wrong).refused] == ["not_owner"]
    assert above[2].push(replace(a_review(listing, START), station_id=branch.id)).refused == ()
    assert [[c.entity for c in one.look().changes] for one in aside] == [["listing", "review"]] * 3
    # it comes under another branch, with all that hangs below it
    hub.publish(replace(village, revision=2, parent_id=OURS.id))
    waiting = a_listing(station_id=hamlet.id)
    deepest.push(waiting)
    found = {
        one.station.name: [c.record_id for c in one.look().changes if c.entity == "listing" and c.op == "put"] for one in above + aside
    }
    assert {name for name, ids in found.items() if waiting.id in ids} == {village.name, OURS.name, CENTRE.name}


def test_feed_when_a_station_comes_under_another_its_queue_changes_hands(hub: TestHub) -> None:
    village = replace(OTHER, id=some_id(hub.clock), parent_id=OURS.id, name="新桥服务站")
    hub.publish(village)
    below, ours, other = hub.terminal(village), hub.terminal(), hub.terminal(OTHER)
    waiting, public = a_listing(station_id=village.id), a_listing(station_id=village.id)
    below.push(waiting, public, a_review(public, START))
    ours.look()
    other.look()
    hub.publish(replace(village, revision=2, parent_id=OTHER.id))
    assert [(c.record_id, c.op) for c in ours.look().changes if c.entity == "listing"] == [(waiting.id, "delete")]
    assert [(c.record_id, c.op) for c in other.look().changes if c.entity == "listing"] == [(waiting.id, "put"), (public.id, "put")]
    hub.publish(replace(village, revision=3, parent_id=OURS.id))
    assert waiting.id in {c.record_id for c in ours.look().changes if c.op == "put"}


def test_feed_when_a_listing_changed_often_stands_in_it_once_for_each_revision(hub: TestHub) -> None:
    ours, beside, worker = hub.terminal(), hub.terminal(), a_worker()
    for revision in range(1, 6):
        ours.push(replace(worker, revision=revision))
    assert [(c.record_id, c.revision) for c in beside.look().changes if c.entity == "worker"] == [(worker.id, 5)]
    listing = a_listing()
    ours.push(listing, replace(listing, revision=2), a_review(listing, START), a_review(listing, START, Verdict.UNDO))
    assert [c.revision for c in beside.look().changes if c.entity == "listing"] == [1, 2, 1], "its own, and as everyone sees it"
