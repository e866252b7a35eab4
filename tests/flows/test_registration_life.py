"""A registration's whole life, played at random on a real store: made, changed, rested, referred, asked about pay, withdrawn, made again.

A model keeps what must be so; after every act the store, the county's outbox and matching agree with it.
"""

import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiosk.domain.codes import PayUnit, Trade
from kiosk.domain.listing import Listing
from kiosk.domain.record import to_plain
from kiosk.domain.referral import NEXT, Party, PayAnswer, Referral, ReferralState, ReferralStep, state_of
from kiosk.domain.worker import PhoneOf, Worker, WorkerState
from kiosk.errors import BadInput, NotAllowed, NotFound, WrongState
from kiosk.services import change, follow_up, my_pay, recommend, registrations
from kiosk.services.apply import apply
from kiosk.services.author import HIMSELF
from kiosk.services.guesses import MISSES
from kiosk.services.mine import find_mine, my_registration
from kiosk.services.register import register
from kiosk.services.withdraw import withdraw
from kiosk.store import chain
from tests.flows.test_use_cases import a_form, publish_one
from tests.station import TestStation, make_station

NUMBERS = count(1)
FIRST_WISH = {"trades": a_form().trades, "pay_fen": a_form().pay_fen}


@dataclass
class Model:
    """What must be so of one registration."""

    id: str
    code: str
    phone: str
    phone_of: PhoneOf = PhoneOf.OWN
    state: WorkerState = WorkerState.ACTIVE
    revision: int = 1
    wish: dict[str, object] = field(default_factory=lambda: dict(FIRST_WISH))

    @property
    def gone(self) -> bool:
        return self.state is WorkerState.WITHDRAWN


class Life(RuleBasedStateMachine):
    """One visitor after the other at one station; `left` are those who withdrew."""

    station: TestStation
    listing: Listing

    def __init__(self) -> None:
        super().__init__()
        self.name = f"王秀{chr(0x4E00 + next(NUMBERS))}"
        self.left: list[Model] = []
        self.now = self._register()

    @staticmethod
    def _number() -> str:
        return f"199{next(NUMBERS):08}"

    def _register(self) -> Model:
        phone = self._number()
        worker = register(self.station.here, a_form(name=self.name, phone=phone)).worker
        return Model(worker.id, worker.code, phone)

    def _moved(self, worker: Worker, **changes: object) -> None:
        """Note what a change must have made: one revision more where something changed, else none."""
        before = (self.now.state, self.now.phone, self.now.phone_of, dict(self.now.wish))
        for name, value in changes.items():
            if hasattr(self.now, name):
                setattr(self.now, name, value)
            else:
                self.now.wish[name] = value
        changed = before != (self.now.state, self.now.phone, self.now.phone_of, self.now.wish)
        assert worker.revision - self.now.revision == int(changed)
        self.now.revision = worker.revision

    @rule(later=st.integers(1, 50))
    def time_passes(self, later: int) -> None:
        self.station.clock.tick(hours=later)

    @precondition(lambda self: self.now.gone)
    @rule()
    def comes_again(self) -> None:
        self.left.append(self.now)
        self.now = self._register()
        assert self.now.id not in {one.id for one in self.left}

    @precondition(lambda self: not self.now.gone and self.now.phone_of is not PhoneOf.STATION)
    @rule()
    def registers_once_more(self) -> None:
        worker = register(self.station.here, a_form(name=self.name, phone=self.now.phone)).worker
        assert (worker.id, worker.code) == (self.now.id, self.now.code)
        self.now.wish = dict(FIRST_WISH)
        self.now.state, self.now.phone_of, self.now.revision = WorkerState.ACTIVE, PhoneOf.OWN, self.now.revision + 1

    @rule(by_staff=st.booleans(), rests=st.booleans())
    def rests_or_comes_back(self, by_staff: bool, rests: bool) -> None:
        act = registrations.pause if rests else registrations.resume
        author = self.station.head if by_staff else HIMSELF
        if self.now.gone:
            with pytest.raises(NotFound):
                act(self.station.here, author, self.now.id)
            return
        state = WorkerState.PAUSED if rests else WorkerState.ACTIVE
        self._moved(act(self.station.here, author, self.now.id), state=state)

    @rule(whose=st.sampled_from(PhoneOf), short=st.booleans())
    def changes_phone(self, whose: PhoneOf, short: bool) -> None:
        phone = self._number()
        if self.now.gone:
            with pytest.raises(NotFound):
                change.change_phone(self.station.here, HIMSELF, self.now.id, phone, whose)
        elif short and whose is not PhoneOf.STATION:
            with pytest.raises(BadInput):
                change.change_phone(self.station.here, HIMSELF, self.now.id, phone[:10], whose)
        else:
            worker = change.change_phone(self.station.here, HIMSELF, self.now.id, phone, whose).worker
            self._moved(worker, phone=str(worker.phone), phone_of=whose)
            assert worker.phone == phone or whose is PhoneOf.STATION

    @precondition(lambda self: not self.now.gone)
    @rule(trades=st.lists(st.sampled_from(Trade), min_size=1, max_size=3, unique=True), fen=st.none() | st.integers(1, 300_000))
    def changes_wish(self, trades: list[Trade], fen: int | None) -> None:
        chosen = tuple(trades)
        self._moved(change.change_trades(self.station.here, HIMSELF, self.now.id, chosen).worker, trades=chosen)
        worker = change.change_pay(self.station.here, HIMSELF, self.now.id, fen, PayUnit.DAY).worker
        self._moved(worker, pay_fen=fen)

    @rule()
    def applies(self) -> None:
        if self.now.gone:
            with pytest.raises(NotAllowed):
                apply(self.station.here, self.now.id, self.listing.id, contact_consent=True)
            return
        apply(self.station.here, self.now.id, self.listing.id, contact_consent=True)
        self._moved(self._stored(), state=WorkerState.ACTIVE)

    @rule()
    def is_recommended(self) -> None:
        try:
            recommend.refer(self.station.here, self.station.head, self.now.id, self.listing.id, how="", contact_consent=True)
        except NotAllowed:
            assert self.now.state is not WorkerState.ACTIVE
        except WrongState:
            assert any(state is not ReferralState.INTERESTED for state in self._states())
        else:
            assert self.now.state is WorkerState.ACTIVE

    @rule(to=st.sampled_from(ReferralState), party=st.sampled_from(Party))
    def is_followed_up(self, to: ReferralState, party: Party) -> None:
        for made in self._referrals():
            before = self._state(made)
            try:
                follow_up.step(self.station.here, self.station.head, made.id, to, party, "")
            except WrongState:
                assert to not in NEXT[before]
            else:
                assert self._state(made) is to

    @rule(answer=st.sampled_from(PayAnswer), puts_off=st.booleans())
    def is_asked_about_pay(self, answer: PayAnswer, puts_off: bool) -> None:
        for made in self._referrals():
            before = self._state(made)
            if self.now.gone:
                with pytest.raises(NotFound):
                    my_pay.say_pay(self.station.here, self.now.id, made.id, answer)
                continue
            (mine,) = [one for one in my_registration(self.station.here, self.now.id).referrals if one.referral.id == made.id]
            assert not mine.asks or mine.pay_answers
            if answer not in mine.pay_answers:
                continue
            if puts_off:
                my_pay.put_off(self.station.here, self.now.id, made.id)
                assert self._state(made) is before
                assert not any(one.asks and one.referral == made for one in my_registration(self.station.here, self.now.id).referrals)
                continue
            my_pay.say_pay(self.station.here, self.now.id, made.id, answer)
            paid = {PayAnswer.ALL: {ReferralState.PAID}, PayAnswer.NOT_THERE: {ReferralState.NO_SHOW, ReferralState.DECLINED}}
            assert self._state(made) in paid.get(answer, {ReferralState.UNPAID})

    @rule()
    def withdraws(self) -> None:
        withdraw(self.station.here, self.now.id)
        if not self.now.gone:
            self.now.state, self.now.revision = WorkerState.WITHDRAWN, self.now.revision + 1

    def _stored(self) -> Worker:
        with self.station.store.read() as u:
            return u.need(Worker, self.now.id)

    def _referrals(self) -> list[Referral]:
        with self.station.store.read() as u:
            return list(u.list(Referral, worker_id=self.now.id))

    def _state(self, made: Referral) -> ReferralState:
        with self.station.store.read() as u:
            return state_of(u.list(ReferralStep, referral_id=made.id))

    def _states(self) -> list[ReferralState]:
        return [self._state(made) for made in self._referrals()]

    @invariant()
    def the_store_holds_what_must_be_so_and_the_county_will_hear_it(self) -> None:
        for model in (*self.left, self.now):
            with self.station.store.read() as u:
                worker = u.need(Worker, model.id)
                queued = [change.revision for change in u.outgoing(10_000) if change.record_id == model.id]
            assert (worker.state, worker.revision, worker.code) == (model.state, model.revision, model.code)
            assert queued == list(range(1, model.revision + 1))
            assert {name: getattr(worker, name) for name in model.wish} == model.wish or model.gone
            if model.gone:
                assert (worker.name, worker.phone, worker.phone_of, worker.trades) == ("", "", PhoneOf.OWN, ())
                assert model.phone not in str(to_plain(worker))
            else:
                assert (worker.phone, worker.phone_of) == (model.phone, model.phone_of)

    @invariant()
    def the_slip_and_the_last_four_open_it_as_long_as_it_stands(self) -> None:
        with self.station.store.write() as u:
            u.remember("guesses", "")
        for model in (*self.left, self.now):
            if model.gone:
                with pytest.raises(NotFound):
                    find_mine(self.station.here, model.code, model.phone[-4:])
            elif model.phone_of is PhoneOf.STATION:
                with pytest.raises(NotAllowed):
                    find_mine(self.station.here, model.code, model.phone[-4:])
            else:
                assert find_mine(self.station.here, model.code, model.phone[-4:]).worker.id == model.id
        assert len(self.left) < MISSES

    @invariant()
    def whoever_rests_or_left_is_recommended_nowhere(self) -> None:
        named = {pair.worker.id for pair in recommend.workers_for(self.station.here, self.listing.id, limit=1000)}
        waiting = {one.worker.id for one in recommend.waiting_workers(self.station.here)}
        for model in (*self.left, self.now):
            active = model.state is WorkerState.ACTIVE
            assert (model.id in waiting) is active
            assert active or model.id not in named
        if self.now.state is WorkerState.PAUSED:
            assert my_registration(self.station.here, self.now.id).matches == ()

    def teardown(self) -> None:
        with self.station.store.read() as u:
            assert chain.verify(u.connection) is None


def test_registration_when_its_life_is_played_at_random_keeps_its_rules() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Life.station = make_station(Path(folder))
        Life.listing = publish_one(Life.station, headcount=50, long_term=True, ends_on=Life.station.clock().date().replace(year=2030))
        case = Life.TestCase
        case.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
        try:
            case().runTest()
        finally:
            Life.station.store.close()
