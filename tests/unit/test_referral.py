"""A referral's states as a table: a fold that two stations may write to at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.referral import NEXT, ReferralState, ReferralStep, check_step, state_of
from kiosk.errors import WrongState

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
S = ReferralState


def _step(state: ReferralState, after: int, number: int = 0) -> ReferralStep:
    return ReferralStep(
        id=f"{number:04}",
        station_id="s",
        referral_id="r",
        state=state,
        by_name="李芳",
        how="电话",
        stepped_at=START + timedelta(minutes=after),
    )


STEPS = st.lists(st.tuples(st.sampled_from(ReferralState), st.integers(0, 5)), max_size=8).map(
    lambda pairs: [_step(state, after, n) for n, (state, after) in enumerate(pairs)]
)


def test_state_of_when_nothing_happened_is_interested() -> None:
    assert state_of([]) is S.INTERESTED


@pytest.mark.parametrize(
    "path",
    [
        (S.REFERRED, S.ACCEPTED, S.ARRIVED, S.PAID),
        (S.REFERRED, S.ACCEPTED, S.ARRIVED, S.UNPAID, S.PAID),
        (S.REFERRED, S.ACCEPTED, S.NO_SHOW),
        (S.REFERRED, S.DECLINED),
        (S.DECLINED,),
    ],
)
def test_state_of_when_the_table_allows_each_step_reaches_its_end(path: tuple[ReferralState, ...]) -> None:
    steps: list[ReferralStep] = []
    for n, state in enumerate(path):
        check_step(steps, state)
        steps.append(_step(state, n, n))
        assert state_of(steps) is state


@pytest.mark.parametrize(("at", "to"), [(at, to) for at in S for to in S if to not in NEXT[at]])
def test_check_step_when_the_table_does_not_allow_it_raises(at: ReferralState, to: ReferralState) -> None:
    with pytest.raises(WrongState):
        check_step(_way_to(at), to)


def _way_to(state: ReferralState) -> list[ReferralStep]:
    ways: dict[ReferralState, list[ReferralState]] = {S.INTERESTED: []}
    queue = [S.INTERESTED]
    while queue:
        here = queue.pop(0)
        for there in sorted(NEXT[here]):
            if there not in ways:
                ways[there] = [*ways[here], there]
                queue.append(there)
    return [_step(s, n, n) for n, s in enumerate(ways[state])]


@given(STEPS, st.randoms())
def test_state_of_when_steps_arrive_in_any_order_is_the_same(steps: list[ReferralStep], random: object) -> None:
    shuffled = list(steps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert state_of(shuffled) is state_of(steps)


@given(STEPS)
def test_state_of_when_a_step_is_impossible_ignores_it(steps: list[ReferralStep]) -> None:
    ordered = sorted(steps, key=lambda s: (s.stepped_at, s.id))
    state = S.INTERESTED
    for k, step in enumerate(ordered, 1):
        moved = state_of(ordered[:k])
        assert moved is (step.state if step.state in NEXT[state] else state)
        state = moved


def test_next_when_read_knows_every_state_and_ends_somewhere() -> None:
    assert NEXT.keys() == set(S)
    assert {s for s in S if not NEXT[s]} == {S.DECLINED}
