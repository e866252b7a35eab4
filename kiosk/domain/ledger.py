"""The ledger of the subsidy (管理办法 13): which lines stand, and what they come to. A line is taken back by another, never erased."""

from collections.abc import Sequence
from datetime import date

from kiosk.domain.running import Spending, SpendingKind
from kiosk.errors import BadInput

FIRST_DAY = date(2024, 9, 1)
"""The regulation is in force since then; no subsidy was spent before."""
MOST_FEN = 60_000 * 100
"""The largest subsidy of a year (管理办法 13): no single line can be more."""


def check_line(amount_fen: int, spent_on: date, today: date) -> None:
    """Raise BadInput for an amount or a day that no line can have."""
    if amount_fen <= 0:
        raise BadInput("amount", "bad.ledger.empty")
    if amount_fen > MOST_FEN:
        raise BadInput("amount", "bad.ledger.large")
    if spent_on > today:
        raise BadInput("spent_on", "bad.ledger.future")
    if spent_on < FIRST_DAY:
        raise BadInput("spent_on", "bad.ledger.early")


def standing(lines: Sequence[Spending]) -> list[Spending]:
    """Give the lines that were entered and not taken back."""
    gone = {line.cancels for line in lines}
    return [line for line in lines if line.cancels is None and line.id not in gone]


def sums(lines: Sequence[Spending]) -> dict[int, dict[SpendingKind, int]]:
    """Add up what stands, by the year it was spent in and by kind; fen."""
    totals: dict[int, dict[SpendingKind, int]] = {}
    for line in standing(lines):
        year = totals.setdefault(line.spent_on.year, dict.fromkeys(SpendingKind, 0))
        year[line.kind] += line.amount_fen
    return totals
