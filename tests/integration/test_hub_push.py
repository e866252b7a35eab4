"""Pushing to a real hub: once is once, owners write their own records, one bad change never blocks the others."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.county.feed import renew
from kiosk.county.schema import feed, record
from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.employer import Employer, EmployerHold, EmployerKind
from kiosk.domain.listing import Listing, ListingState, Takedown, Verdict
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import new_id, to_plain
from kiosk.domain.running import ChainHead
from kiosk.domain.worker import Worker
from kiosk.errors import HubRefused
from kiosk.sync.protocol import PUSH_MAX, Op, PushAnswer
from tests.hub_parts import OTHER, OURS, Terminal, TestHub, some_id
from tests.station import START, a_listing, a_review


def a_worker(**changes: Any) -> Worker:
    worker = Worker(
        id=new_id(START),
        revision=1,
        station_id=OURS.id,
        name=PersonName("王秀兰"),
        phone=Phone("13800005678"),
        age_band=AgeBand.ADULT,
        trades=(Trade.CLEANING,),
        pay_fen=18000,
        code="40718836",
        number="YT-1123-0042",
        notice_version="2026-11",
        consented_at=START,
        registered_at=START,
    )
    return replace(worker, **changes)


def an_employer(**changes: Any) -> Employer:
    employer = Employer(
        id=new_id(START),
        revision=1,
        station_id=OURS.id,
        kind=EmployerKind.UNIT,
        name="云梦县汉十物流有限公司",
        phone=Phone("19900001234"),
        created_at=START,
    )
    return replace(employer, **changes)


def a_hold(employer: Employer, **changes: Any) -> EmployerHold:
    hold = EmployerHold(
        id=new_id(START),
        station_id=OURS.id,
        employer_id=employer.id,
        held=True,
        reason="欠薪",
        by_id="r",
        by_name="李芳",
        decided_at=START,
    )
    return replace(hold, **changes)


def a_head(terminal: Terminal, seq: int, **changes: Any) -> ChainHead:
    head = ChainHead(id=new_id(START), station_id=OURS.id, device_id=terminal.enrolled.device_id, seq=seq, hash="a" * 64, told_at=START)
    return replace(head, **changes)


def rows(hub: TestHub, table: sa.Table) -> int:
    with hub.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def held(hub: TestHub, record_id: str) -> dict[int, Any]:
    with hub.engine.connect() as connection:
        found = connection.execute(sa.select(record.c.revision, record.c.data).where(record.c.id == record_id))
        return {row.revision: row.data for row in found}


def test_push_when_sent_twice_counts_once(hub: TestHub) -> None:
    ours = hub.terminal()
    batch = [ours.change(a_worker()), ours.change(a_worker())]
    first = ours.send(batch, key="k")
    before = (rows(hub, record), rows(hub, feed))
    ours.batch -= 1  # the answer was lost
    assert ours.send(batch, key="k") == first == PushAnswer(taken=2, refused=())
    assert ours.send(batch) == first
    assert (rows(hub, record), rows(hub, feed)) == before


def test_push_when_one_change_is_bad_takes_the_others(hub: TestHub) -> None:
    ours = hub.terminal()
    good = [ours.change(a_worker()) for _ in range(3)]
    worker = a_worker()
    bad = {
        "not_owner": ours.change(a_worker(station_id=OTHER.id)),
        "county_owned": ours.change(OURS),
        "bad_data": ours.change(worker, data={**to_plain(worker), "trades": ["flying"]}),
        "bad_change": ours.change(a_worker(), op="spell"),
        "unknown_entity": ours.change(a_worker(), entity="spell"),
        "unknown_listing": ours.change(a_review(a_listing(), START)),
        "unknown_employer": ours.change(a_hold(an_employer())),
    }
    sent = [good[0], *list(bad.values())[:3], good[1], *list(bad.values())[3:], good[2]]
    answer = ours.send(sent)
    assert answer.taken == 3
    assert {r.code: sent[r.at] for r in answer.refused} == bad


@pytest.mark.parametrize("poison", ["a\0b", "a\ud800b"])
def test_push_when_the_database_cannot_hold_a_character_refuses_that_change_alone(hub: TestHub, poison: str) -> None:
    ours = hub.terminal()
    good, worker = ours.change(a_worker()), a_worker()
    bad = ours.change(worker, data={**to_plain(worker), "name": poison})
    answer = ours.send([bad, good])
    assert (answer.taken, [(r.at, r.code) for r in answer.refused]) == (1, [(0, "bad_data")])


def test_push_when_a_refusal_is_explained_names_the_field_and_never_the_value(hub: TestHub) -> None:
    ours, worker = hub.terminal(), a_worker()
    bad = ours.change(worker, data={**to_plain(worker), "age_band": "13812345678"})
    (refused,) = ours.send([bad]).refused
    assert (refused.code, refused.reason) == ("bad_data", "Worker.age_band")


def test_push_when_a_record_is_another_stations_is_refused_whatever_it_claims(hub: TestHub) -> None:
    ours, other = hub.terminal(), hub.terminal(OTHER)
    worker, listing = a_worker(), a_listing()
    ours.push(worker, listing)
    stolen = replace(worker, station_id=OTHER.id, revision=2)
    review = replace(a_review(listing, START), station_id=OTHER.id)
    takedown = Takedown(id=new_id(START), station_id=OTHER.id, listing_id=listing.id, by_name="某", reason="x", taken_down_at=START)
    answer = other.push(stolen, review, takedown)
    tombstone = other.send([other.change(worker, op=Op.DELETE.value, data={}, revision=9)])
    assert [r.code for r in answer.refused + tombstone.refused] == ["not_owner"] * 4
    assert held(hub, worker.id) == {1: to_plain(worker)}


def test_push_when_a_township_reviews_its_village_is_taken(hub: TestHub) -> None:
    village = replace(OTHER, id=some_id(hub.clock), parent_id=OURS.id, name="新桥服务站")
    hub.publish(village)
    below, ours = hub.terminal(village), hub.terminal()
    listing = a_listing(station_id=village.id)
    below.push(listing)
    review = replace(a_review(listing, START), station_id=OURS.id)
    assert ours.push(review).refused == ()
    other = replace(a_review(listing, START, Verdict.REJECT), station_id=village.id)
    assert below.push(other).refused == ()


def test_push_when_revisions_go_back_is_refused_and_when_they_repeat_is_taken(hub: TestHub) -> None:
    ours, worker = hub.terminal(), a_worker(revision=2)
    ours.push(worker)
    again = ours.push(worker)
    older = ours.push(replace(worker, revision=1))
    other = ours.push(replace(worker, pay_fen=99))
    newer = ours.push(replace(worker, revision=3))
    assert (again.refused, newer.refused) == ((), ())
    assert [r.code for r in older.refused + other.refused] == ["stale_revision", "revision_taken"]
    assert list(held(hub, worker.id)) == [3]


def test_push_when_a_listing_is_edited_keeps_its_revisions(hub: TestHub) -> None:
    ours, listing = hub.terminal(), a_listing()
    ours.push(listing, replace(listing, revision=2, title="装车工"))
    assert sorted(held(hub, listing.id)) == [1, 2]


def test_push_when_a_record_is_deleted_leaves_a_tombstone_that_outranks_it(hub: TestHub) -> None:
    ours, worker = hub.terminal(), a_worker(revision=2)
    ours.push(worker)
    gone = ours.change(worker, op=Op.DELETE.value, data={})
    assert ours.send([gone]).refused == ()
    assert ours.push(worker).refused == ()
    assert held(hub, worker.id) == {2: None}


def test_push_when_data_has_unknown_fields_keeps_them(hub: TestHub) -> None:
    ours, listing = hub.terminal(), a_listing()
    data = {**to_plain(listing), "shuttle_bus": {"from": "东站", "at": [630, 645]}}
    ours.send([ours.change(listing, data=data)])
    assert held(hub, listing.id)[1] == data


def test_push_when_a_number_is_used_for_another_change_asks_for_a_new_epoch(hub: TestHub) -> None:
    ours = hub.terminal()
    ours.push(a_worker())
    for batch in (0, 2):
        with pytest.raises(HubRefused) as caught:
            replace(ours, batch=batch).push(a_worker())
        assert caught.value.code == "epoch_used"
    with pytest.raises(HubRefused) as caught:
        replace(ours, batch=2).look()
    assert caught.value.code == "epoch_used"
    assert replace(ours, epoch="e2", batch=0).push(a_worker()).refused == ()


def test_push_when_the_batch_is_too_long_is_refused_whole(hub: TestHub) -> None:
    ours = hub.terminal()
    change = ours.change(a_worker())
    with pytest.raises(HubRefused) as caught:
        ours.send([change] * (PUSH_MAX + 1))
    assert caught.value.code == "too_large"


def test_push_when_a_listing_changes_twice_in_one_batch_with_a_takedown_holds_all(hub: TestHub) -> None:
    ours, other, listing = hub.terminal(), hub.terminal(OTHER), a_listing()
    down = Takedown(
        id=new_id(START),
        station_id=OURS.id,
        listing_id=listing.id,
        by_name="李芳",
        reason="招满",
        state=ListingState.FILLED,
        taken_down_at=START + timedelta(hours=1),
    )
    second: Listing = replace(listing, revision=2)
    assert ours.push(listing, a_review(listing, START), second, a_review(second, START), down).refused == ()
    kinds = [(c.entity, c.revision) for c in other.look().changes if c.entity not in ("station",)]
    assert kinds == [("listing", 1), ("review", 1), ("listing", 2), ("review", 1), ("takedown", 1)]


def test_push_when_an_employer_is_held_every_station_hears_of_it(hub: TestHub) -> None:
    ours, other, employer = hub.terminal(), hub.terminal(OTHER), an_employer()
    hold = a_hold(employer)
    assert ours.push(employer, hold).refused == ()
    assert [(c.entity, c.record_id) for c in other.look().changes if c.entity.startswith("employer")] == [("employer_hold", hold.id)]


def test_push_when_another_stations_employer_is_held_is_refused_unless_it_lies_below(hub: TestHub) -> None:
    village = replace(OTHER, id=some_id(hub.clock), parent_id=OURS.id, name="新桥服务站")
    hub.publish(village)
    ours, other, below = hub.terminal(), hub.terminal(OTHER), hub.terminal(village)
    near, far = an_employer(station_id=village.id), an_employer()
    below.push(near)
    ours.push(far)
    answer = other.push(*(replace(a_hold(one), station_id=OTHER.id) for one in (near, far)))
    assert [(r.code, r.reason) for r in answer.refused] == [("not_owner", "employer_id")] * 2
    assert ours.push(a_hold(near)).refused == ()


def test_push_when_a_chain_grows_takes_each_head_and_the_same_one_twice(hub: TestHub) -> None:
    ours = hub.terminal()
    assert ours.push(a_head(ours, 3), a_head(ours, 7)).refused == ()
    assert ours.push(a_head(ours, 7)).refused == ()
    assert ours.push(a_head(ours, 8)).refused == ()
    assert hub.terminal(OTHER).seen("chain_head") == []


@pytest.mark.parametrize(("seq", "hash_"), [(7, "b" * 64), (6, "a" * 64), (1, "a" * 64)])
def test_push_when_a_chain_was_rewritten_refuses_its_head_and_logs_it(
    hub: TestHub, caplog: pytest.LogCaptureFixture, seq: int, hash_: str
) -> None:
    ours = hub.terminal()
    ours.push(a_head(ours, 7))
    (refused,) = ours.push(a_head(ours, seq, hash=hash_)).refused
    assert (refused.code, refused.reason) == ("chain_forked", "the county was told of 7")
    assert [r.getMessage() for r in caplog.records if "forked" in r.getMessage()] == [
        f"chain forked: station {OURS.id}, device {ours.enrolled.device_id}, the county was told of 7"
    ]
    assert ours.push(a_head(ours, 9)).refused == ()


def test_push_when_the_hub_was_put_back_takes_a_head_that_it_lost_and_no_other_that_lies_before_the_last(hub: TestHub) -> None:
    ours = hub.terminal()
    lost, late = a_head(ours, 5), a_head(ours, 6, told_at=START + timedelta(hours=2))
    ours.push(a_head(ours, 7, told_at=START + timedelta(hours=1)))
    assert [r.code for r in ours.push(lost).refused] == ["chain_forked"], "nothing was lost"
    with hub.engine.begin() as connection:
        renew(connection, hub.settings.county, hub.clock())
    assert [ours.push(one).refused == () for one in (lost, late, a_head(ours, 4, told_at=START))] == [True, False, True]
    assert ours.push(a_head(ours, 7, hash="b" * 64)).refused != ()
    assert ours.push(a_head(ours, 4, hash="b" * 64, told_at=START)).refused != (), "told otherwise"
    hub.clock.tick(days=61)
    assert ours.push(a_head(ours, 3)).refused != ()


def test_push_when_a_head_is_forked_within_one_batch_is_refused(hub: TestHub) -> None:
    ours = hub.terminal()
    answer = ours.push(a_head(ours, 7), a_head(ours, 7, hash="c" * 64))
    assert [r.code for r in answer.refused] == ["chain_forked"]


def test_push_when_a_head_is_anothers_or_no_head_or_taken_back_is_refused(hub: TestHub) -> None:
    ours, second = hub.terminal(), hub.terminal()
    head = a_head(ours, 5)
    ours.push(head)
    assert [r.code for r in second.push(a_head(ours, 6)).refused] == ["not_owner"]
    assert [r.code for r in ours.push(a_head(ours, 0), a_head(ours, 6, hash="x")).refused] == ["bad_data"] * 2
    assert [r.code for r in ours.send([ours.change(head, op=Op.DELETE.value, data={})]).refused] == ["bad_change"]
    assert held(hub, head.id) == {1: to_plain(head)}
    assert second.push(a_head(second, 2)).refused == (), "each terminal has a chain of its own"


def _json(change: Any) -> str:
    import json

    return json.dumps(to_plain(change))


def _post(hub: TestHub, token: str, body: str) -> dict[str, Any]:
    import requests

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    response = requests.post(f"{hub.base}/api/v1/changes", data=body.encode(), headers=headers, timeout=20)
    assert response.status_code == 200
    return dict(response.json())


def test_push_when_a_batch_comes_in_any_order_is_taken_as_its_records_are_about_each_other(hub: TestHub) -> None:
    ours, listing, worker = hub.terminal(), a_listing(), a_worker()
    heads = [a_head(ours, seq, hash=f"{seq}" * 64) for seq in (2, 1)]
    assert ours.push(a_review(listing, START), *heads, listing).refused == ()
    gone = [ours.change(worker, op=Op.DELETE.value, data={}, revision=revision) for revision in (1, 2)]
    assert (ours.send(gone).refused, ours.send(gone).refused) == ((), ())
