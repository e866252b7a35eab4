"""A referral's whole life, played at random: two stations and three parties write steps, each seeing only what has reached it."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk.domain.referral import NEXT, Party, ReferralState, ReferralStep, check_step, confirmations, in_order, state_of
from kiosk.errors import WrongState

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
STATIONS = ("a", "b")


class Life(RuleBasedStateMachine):
    """`seen` is what each station has; a step is made only where it is allowed, and reaches the other station when they sync."""

    parties: ClassVar[st.SearchStrategy[Party]] = st.sampled_from(Party)

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, list[ReferralStep]] = {station: [] for station in STATIONS}
        self.minutes = 0
        self.number = 0

    @rule(station=st.sampled_from(STATIONS), state=st.sampled_from(ReferralState), party=parties, later=st.integers(0, 3))
    def write(self, station: str, state: ReferralState, party: Party, later: int) -> None:
        steps = self.seen[station]
        before, stood_on = state_of(steps), confirmations(steps)
        evidence = state is before and state is not ReferralState.INTERESTED and party not in {s.party for s in stood_on}
        try:
            check_step(steps, state, party)
        except WrongState:
            assert state not in NEXT[before]
            assert not evidence
            return
        assert state in NEXT[before] or evidence
        self.minutes += later
        self.number += 1
        made = ReferralStep(
            id=f"{self.number:04}",
            station_id=station,
            referral_id="r",
            state=state,
            by_name="李芳",
            how="电话",
            party=party,
            stepped_at=START + timedelta(minutes=self.minutes),
        )
        steps.append(made)
        assert state_of(steps) is state
        assert made in confirmations(steps)
        assert evidence == (len(confirmations(steps)) > 1)

    @rule()
    def sync(self) -> None:
        everything = {step.id: step for steps in self.seen.values() for step in steps}
        for station, steps in self.seen.items():
            self.seen[station] = [*steps, *(s for s in everything.values() if s not in steps)]
        assert state_of(self.seen["a"]) is state_of(self.seen["b"])
        assert confirmations(self.seen["a"]) == confirmations(self.seen["b"])

    @invariant()
    def fold_keeps_to_the_table_whatever_the_order(self) -> None:
        for steps in self.seen.values():
            shuffled = random.Random(self.number).sample(steps, len(steps))
            assert state_of(shuffled) is state_of(steps)
            assert confirmations(shuffled) == confirmations(steps)
            ordered = in_order(steps)
            path = [state_of(ordered[:k]) for k in range(len(ordered) + 1)]
            assert path[0] is ReferralState.INTERESTED
            assert all(after is before or after in NEXT[before] for before, after in pairwise(path))
            assert all(step.state is path[-1] for step in confirmations(steps))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
