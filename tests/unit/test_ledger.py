"""The ledger's arithmetic: what stands, by year and kind, whatever was taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.ledger import FIRST_DAY, MOST_FEN, check_line, standing, sums
from kiosk.domain.running import Spending, SpendingKind
from kiosk.errors import BadInput

TODAY = date(2026, 11, 23)


def a_line(number: int, fen: int, day: date, kind: SpendingKind, cancels: str | None = None) -> Spending:
    return Spending(
        id=f"{number:04d}",
        station_id="st",
        spent_on=day,
        kind=kind,
        amount_fen=fen,
        purpose="宽带费",
        payee="",
        cancels=cancels,
        by_id="s",
        by_name="李芳",
        entered_at=datetime(2026, 11, 23, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("fen", "day", "field"),
    [
        (0, TODAY, "amount"),
        (-1, TODAY, "amount"),
        (MOST_FEN + 1, TODAY, "amount"),
        (100, TODAY + timedelta(days=1), "spent_on"),
        (100, FIRST_DAY - timedelta(days=1), "spent_on"),
    ],
)
def test_check_line_when_it_cannot_be_names_the_field(fen: int, day: date, field: str) -> None:
    with pytest.raises(BadInput) as found:
        check_line(fen, day, TODAY)
    assert found.value.field == field


def test_check_line_when_at_the_edges_passes() -> None:
    check_line(1, FIRST_DAY, TODAY)
    check_line(MOST_FEN, TODAY, TODAY)


@given(
    st.lists(st.tuples(st.integers(1, MOST_FEN), st.dates(FIRST_DAY, TODAY), st.sampled_from(SpendingKind), st.booleans()), max_size=20),
    st.randoms(),
)
def test_sums_when_lines_are_taken_back_count_what_stands(entered: list[tuple[int, date, SpendingKind, bool]], dice: object) -> None:
    lines = [a_line(n, fen, day, kind) for n, (fen, day, kind, _) in enumerate(entered)]
    counters = [
        a_line(1000 + n, line.amount_fen, line.spent_on, line.kind, line.id)
        for n, (line, (*_, gone)) in enumerate(zip(lines, entered, strict=True))
        if gone
    ]
    everything = lines + counters
    dice.shuffle(everything)  # type: ignore[attr-defined]
    kept = [line for line, (*_, gone) in zip(lines, entered, strict=True) if not gone]
    assert sorted(line.id for line in standing(everything)) == [line.id for line in kept]
    totals = sums(everything)
    assert sum(fen for year in totals.values() for fen in year.values()) == sum(line.amount_fen for line in kept)
    for year, of in totals.items():
        for kind, fen in of.items():
            assert fen == sum(x.amount_fen for x in kept if (x.spent_on.year, x.kind) == (year, kind))
