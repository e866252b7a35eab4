"""What workers did on their phones, carried out at the station: once, with the rules of the terminal, and seen by staff as what it is."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.case import Case
from kiosk.domain.codes import AgeBand, Trade
from kiosk.domain.listing import Listing, Takedown
from kiosk.domain.phone_act import PhoneAct, PhoneActKind
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, PayAnswer, Referral, ReferralState, ReferralStep, state_of
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services import phone_acts, recommend
from kiosk.services.apply import apply
from kiosk.services.mine import my_registration
from kiosk.services.my_pay import say_pay
from kiosk.services.withdraw import withdraw
from kiosk.store.store import Store
from kiosk.text import t
from tests.integration.test_hub_push import a_worker
from tests.station import START, STATION, TestStation, a_listing, a_review, make_station


@pytest.fixture
def station(tmp_path: Path) -> TestStation:
    return make_station(tmp_path)


def known(station: TestStation, listing: Listing | None = None, **changes: object) -> tuple[Worker, Listing]:
    """Let the station have a worker and a public listing."""
    worker, listing = replace(a_worker(), **changes), listing or a_listing()  # type: ignore[arg-type]
    with station.store.write() as u:
        u.keep(worker)
        u.put(listing)
        u.put(a_review(listing, START))
    return worker, listing


def an_act(station: TestStation, worker: Worker, listing: Listing, **changes: object) -> PhoneAct:
    act = PhoneAct(
        id=new_id(station.clock()),
        station_id=STATION.id,
        kind=PhoneActKind.APPLY,
        worker_id=worker.id,
        listing_id=listing.id,
        referral_id=new_id(station.clock()),
        acted_at=station.clock(),
    )
    return replace(act, **changes)  # type: ignore[arg-type]


def arrives(station: TestStation, *acts: PhoneAct) -> int:
    with station.store.write() as u:
        for act in acts:
            u.receive(act)
    return phone_acts.take(station.here)


def referrals(store: Store) -> list[tuple[Referral, ReferralState]]:
    with store.read() as u:
        return [(made, state_of(u.list(ReferralStep, referral_id=made.id))) for made in u.list(Referral)]


def said(station: TestStation, referral_id: str, *states: ReferralState, party: Party = Party.STAFF) -> None:
    with station.store.write() as u:
        for state in states:
            station.clock.tick(minutes=1)
            step = ReferralStep(
                id=new_id(station.clock()),
                station_id=STATION.id,
                referral_id=referral_id,
                state=state,
                by_name="李芳",
                how="电话",
                party=party,
                stepped_at=station.clock(),
            )
            u.keep(step)


@pytest.mark.parametrize("consent", [True, False])
def test_apply_when_it_comes_from_a_phone_is_a_referral_that_staff_see_as_such(station: TestStation, consent: bool) -> None:
    worker, listing = known(station)
    assert arrives(station, act := an_act(station, worker, listing, contact_consent=consent)) == 1
    [(made, state)] = referrals(station.store)
    assert (made.id, made.worker_id, made.contact_consent, state) == (act.referral_id, worker.id, consent, ReferralState.INTERESTED)
    [pair] = recommend.workers_for(station.here, listing.id)
    assert (pair.applied, pair.by_phone) == (True, True)
    with station.store.read() as u:
        assert made.id in [o.record_id for o in u.outgoing(50)]
        assert phone_acts.waiting(station.store) == []


def test_apply_when_it_comes_again_or_from_the_terminal_too_makes_no_second(station: TestStation) -> None:
    worker, listing = known(station)
    act = an_act(station, worker, listing)
    assert [arrives(station, act), arrives(station, act)] == [1, 0]
    with station.store.write() as u:  # a store that was put back from a backup has not noted it
        u.put(act)
    assert phone_acts.take(station.here) == 1
    assert apply(station.here, worker.id, listing.id, True).already
    assert arrives(station, an_act(station, worker, listing)) == 1
    assert len(referrals(station.store)) == 1


def test_apply_when_he_put_himself_down_at_the_terminal_is_not_called_a_phones(station: TestStation) -> None:
    worker, listing = known(station)
    apply(station.here, worker.id, listing.id, True)
    [pair] = recommend.workers_for(station.here, listing.id)
    assert (pair.applied, pair.by_phone) == (True, False)


def test_apply_when_the_listing_has_gone_is_declined_and_says_why(station: TestStation) -> None:
    worker, listing = known(station)
    down = Takedown(id=new_id(START), station_id=STATION.id, listing_id=listing.id, by_name="李芳", reason="招满", taken_down_at=START)
    with station.store.write() as u:
        u.put(down)
    arrives(station, an_act(station, worker, listing))
    [(made, state)] = referrals(station.store)
    assert state is ReferralState.DECLINED
    with station.store.read() as u:
        assert [s.how for s in u.list(ReferralStep, referral_id=made.id)] == [t("phone_act.gone")]
    assert my_registration(station.here, worker.id).referrals[0].state is ReferralState.DECLINED


def test_apply_when_he_is_too_young_for_it_is_declined(station: TestStation) -> None:
    worker, listing = known(station, a_listing(trade=Trade.LABOURER, title="矿山井下工", description="下井"), age_band=AgeBand.MINOR)
    arrives(station, an_act(station, worker, listing))
    assert [state for _, state in referrals(station.store)] == [ReferralState.DECLINED]


def test_apply_when_all_places_are_taken_is_taken_as_at_the_terminal(station: TestStation) -> None:
    worker, listing = known(station, a_listing(headcount=1))
    other, _ = known(station, listing)
    apply(station.here, other.id, listing.id, True)
    arrives(station, an_act(station, worker, listing))
    assert len(referrals(station.store)) == 2


def test_apply_when_he_rested_wakes_him(station: TestStation) -> None:
    worker, listing = known(station, state=WorkerState.PAUSED)
    arrives(station, an_act(station, worker, listing))
    with station.store.read() as u:
        assert u.need(Worker, worker.id).state is WorkerState.ACTIVE


def test_act_when_he_withdrew_or_is_unknown_does_nothing_and_waits_no_more(station: TestStation) -> None:
    worker, listing = known(station)
    withdraw(station.here, worker.id)
    stranger = replace(a_worker(), station_id="00000000-0000-7000-8000-000000000009")
    with station.store.write() as u:
        u.put(stranger)
    acts = [an_act(station, w, listing) for w in (worker, stranger, replace(worker, id=new_id(START)))]
    assert arrives(station, *acts) == 3
    assert referrals(station.store) == []
    assert phone_acts.waiting(station.store) == []


def paid(station: TestStation, worker: Worker, listing: Listing, made: Referral, answer: PayAnswer, **changes: object) -> PhoneAct:
    return an_act(station, worker, listing, kind=PhoneActKind.PAY, referral_id=made.id, answer=answer, **changes)


def recommended(station: TestStation) -> tuple[Worker, Listing, Referral]:
    worker, listing = known(station)
    made = apply(station.here, worker.id, listing.id, True).referral
    said(station, made.id, ReferralState.REFERRED)
    station.clock.tick(days=2)
    return worker, listing, made


@pytest.mark.parametrize(
    ("answer", "state", "cases"),
    [
        (PayAnswer.ALL, ReferralState.PAID, []),
        (PayAnswer.PART, ReferralState.UNPAID, [t("phone_act.case_part")]),
        (PayAnswer.NOTHING, ReferralState.UNPAID, [t("phone_act.case_nothing")]),
        (PayAnswer.NOT_THERE, ReferralState.DECLINED, []),
    ],
)
def test_pay_when_said_on_a_phone_is_his_own_word_and_opens_a_case(
    station: TestStation, answer: PayAnswer, state: ReferralState, cases: list[str]
) -> None:
    worker, listing, made = recommended(station)
    act = paid(station, worker, listing, made, answer)
    assert [arrives(station, act), arrives(station, act)] == [1, 0]
    assert [s for _, s in referrals(station.store)] == [state]
    with station.store.read() as u:
        assert [case.text for case in u.list(Case)] == cases
        assert {s.party for s in u.list(ReferralStep, referral_id=made.id)} == {Party.STAFF, Party.WORKER}


def test_pay_when_he_said_otherwise_since_is_not_written_over_it(station: TestStation) -> None:
    worker, listing, made = recommended(station)
    earlier = paid(station, worker, listing, made, PayAnswer.NOTHING)
    station.clock.tick(minutes=5)
    say_pay(station.here, worker.id, made.id, PayAnswer.ALL)
    assert arrives(station, earlier) == 1
    assert [s for _, s in referrals(station.store)] == [ReferralState.PAID]


def test_pay_when_said_twice_before_it_arrives_ends_with_the_later_word(station: TestStation) -> None:
    worker, listing, made = recommended(station)
    first = paid(station, worker, listing, made, PayAnswer.NOTHING)
    station.clock.tick(minutes=5)
    second = paid(station, worker, listing, made, PayAnswer.ALL)
    station.clock.tick(hours=1)
    arrives(station, second, first)
    with station.store.write() as u:  # carried out before, and forgotten by a restored store
        u.put(first)
    phone_acts.take(station.here)
    assert [s for _, s in referrals(station.store)] == [ReferralState.PAID]


def test_pay_when_it_is_another_workers_referral_does_nothing(station: TestStation) -> None:
    _, listing, made = recommended(station)
    other, _ = known(station, listing)
    arrives(station, paid(station, other, listing, made, PayAnswer.ALL))
    assert [s for _, s in referrals(station.store)] == [ReferralState.REFERRED]
