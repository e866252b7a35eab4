"""What a worker answers to 工钱拿到了吗? becomes steps that the table allows, and one question of staff is the other half of it."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import Settlement
from kiosk.domain.referral import (
    Party,
    PayAnswer,
    Question,
    ReferralState,
    ReferralStep,
    check_step,
    confirmations,
    pay_is_due,
    question,
    state_of,
    steps_for,
)
from kiosk.errors import WrongState
from tests.station import a_listing

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
S = ReferralState
ENDS = {PayAnswer.ALL: {S.PAID}, PayAnswer.PART: {S.UNPAID}, PayAnswer.NOTHING: {S.UNPAID}, PayAnswer.NOT_THERE: {S.NO_SHOW, S.DECLINED}}
DAYS = st.dates(date(2026, 11, 1), date(2027, 2, 1))


def a_step(n: int, state: S, party: Party) -> ReferralStep:
    return ReferralStep(
        id=f"{n:04}", station_id="a", referral_id="r", state=state, by_name="", how="", party=party, stepped_at=START + timedelta(minutes=n)
    )


def history(told: list[tuple[S, Party]]) -> list[ReferralStep]:
    """Make what the table allows of what was told."""
    steps: list[ReferralStep] = []
    for n, (state, party) in enumerate(told):
        try:
            check_step(steps, state, party)
        except WrongState:
            continue
        steps.append(a_step(n, state, party))
    return steps


@given(told=st.lists(st.tuples(st.sampled_from(S), st.sampled_from(Party)), max_size=12), answer=st.sampled_from(PayAnswer))
def test_steps_for_when_anything_happened_before_are_allowed_one_after_the_other(told: list[tuple[S, Party]], answer: PayAnswer) -> None:
    steps = history(told)
    state = state_of(steps)
    way = steps_for(answer, state, confirmations(steps))
    for n, to in enumerate(way, start=100):
        check_step(steps, to, Party.WORKER)
        steps.append(a_step(n, to, Party.WORKER))
    if way:
        assert state_of(steps) in ENDS[answer]
        assert steps_for(answer, state_of(steps), confirmations(steps)) == ()
    if state in (S.INTERESTED, S.DECLINED):
        assert way == ()
    if state in (S.REFERRED, S.ACCEPTED, S.ARRIVED):
        assert way


@given(st.sampled_from(S), st.sampled_from(Settlement), DAYS, DAYS, st.integers(0, 40), DAYS)
def test_pay_is_due_when_he_came_is_when_staff_would_ask_and_never_before_the_work(
    state: S, settlement: Settlement, moved_on: date, starts_on: date, lasts: int, today: date
) -> None:
    listing = a_listing(settlement=settlement, starts_on=starts_on, ends_on=starts_on + timedelta(days=lasts)).public()
    due = pay_is_due(state, listing, moved_on, today)
    asked = question(state, listing, moved_on)
    if state is S.ARRIVED:
        assert due is (asked is not None and asked[0] is Question.PAID and asked[1] <= today)
    if due:
        assert state in (S.REFERRED, S.ACCEPTED, S.ARRIVED)
        assert today > moved_on or settlement is Settlement.DONE
        assert today > starts_on or state is S.ARRIVED
        assert pay_is_due(state, listing, moved_on, today + timedelta(days=1))
