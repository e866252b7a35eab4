"""What a page, a paper or a sheet says of a span of months: of the county, a township or a station. Writes nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kiosk.county.figures.tally import Total, Value
from kiosk.county.schema import figure
from kiosk.domain.codes import AREAS, Trade

FEW = 5
"""Of fewer people than this in a township or at a station the number is not shown: somebody could be recognised (own)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures: the whole county's, a township's (`area`, by where the station stands) or a station's."""

    area: str = ""
    station_id: str = ""

    @property
    def key(self) -> str:
        """Give the name under which its counts are kept."""
        return f"station:{self.station_id}" if self.station_id else f"area:{self.area}" if self.area else ""


@dataclass(frozen=True, slots=True)
class Span:
    """Months of one year, both counted."""

    year: int
    first: int = 1
    last: int = 12

    @property
    def months(self) -> range:
        """Give the months."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many were measured, and where the lower quarter, the half and the upper quarter of them end."""

    count: int
    low: Fraction
    middle: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Group:
    """The counts of a trade, a township or a month; what is not there is 0."""

    totals: Mapping[str, int]
    pay: Spread | None = None
    fill: Spread | None = None

    def __getitem__(self, what: Total) -> int:
        return self.totals.get(what, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything of one scope and span. `counted_at` is None where nothing was ever counted; townships only of the whole county."""

    scope: Scope
    span: Span
    counted_at: datetime | None
    all: Group
    review: Spread | None
    trades: Mapping[Trade, Group]
    townships: Mapping[str, Group]
    months: Mapping[int, Group]

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not self.all.totals and self.review is None


def figures(connection: sa.Connection, county_id: str, scope: Scope, span: Span) -> Figures:
    """Give the figures as they were counted last; at most half an hour old (`count`)."""
    wanted = [scope.key] if scope.key else ["", *(Scope(area).key for area in AREAS)]
    ours = (figure.c.county_id == county_id, figure.c.year == span.year, figure.c.scope.in_(wanted))
    # of the townships only what is counted is shown
    values = sa.case((figure.c.scope == scope.key, figure.c.spread), else_=None)
    rows = {
        row.scope: row for row in connection.execute(sa.select(figure.c.scope, figure.c.counted_at, figure.c.totals, values).where(*ours))
    }
    mine = rows.pop(scope.key, None)
    totals, spread = (mine.totals, mine[3]) if mine else ({}, {})
    return answer(
        scope, span, mine.counted_at if mine else None, totals, spread, {key.partition(":")[2]: row.totals for key, row in rows.items()}
    )


def answer(scope: Scope, span: Span, counted_at: datetime | None, totals: Any, spread: Any, townships: Mapping[str, Any]) -> Figures:
    """Make the figures of counts as they are kept (tally.Counts)."""
    by_trade, by_month = _folded(totals, span, by_month=False), _folded(totals, span, by_month=True)
    pay, fill, review = (_values(spread.get(kind, {}), span) for kind in (Value.PAY, Value.FILL, Value.REVIEW))
    trades = {
        trade: Group(by_trade.get(trade.value, {}), _spread(pay.get(trade.value, ())), _spread(fill.get(trade.value, ())))
        for trade in Trade
    }
    return Figures(
        scope=scope,
        span=span,
        counted_at=counted_at,
        all=Group(_summed(by_trade.values()), _spread_of_all(pay), _spread_of_all(fill)),
        review=_spread_of_all(review),
        trades=trades,
        townships={area: Group(_summed(_folded(townships.get(area, {}), span, by_month=False).values())) for area in AREAS if townships},
        months={month: Group(by_month.get(str(month), {})) for month in span.months},
    )


def _folded(totals: Mapping[str, Mapping[str, Mapping[str, int]]], span: Span, *, by_month: bool) -> dict[str, Counter[str]]:
    """Give the counts of each trade, or of each month."""
    months, folded = {str(month) for month in span.months}, dict[str, Counter[str]]()
    for what, trades in totals.items():
        for trade, counts in trades.items():
            for month, count in counts.items():
                if month in months:
                    folded.setdefault(month if by_month else trade, Counter())[what] += count
    return folded


def _summed(groups: Iterable[Mapping[str, int]]) -> Counter[str]:
    together: Counter[str] = Counter()
    for group in groups:
        together.update(group)
    return together


def _values(trades: Mapping[str, Mapping[str, Mapping[str, int]]], span: Span) -> dict[str, Counter[int]]:
    """Give of each trade how often each value was measured."""
    months = {str(month) for month in span.months}
    found: dict[str, Counter[int]] = {}
    for trade, by_month in trades.items():
        here = found.setdefault(trade, Counter())
        for month in months & by_month.keys():
            for value, count in by_month[month].items():
                here[int(value)] += count
    return found


def _spread_of_all(by_trade: Mapping[str, Counter[int]]) -> Spread | None:
    together: Counter[int] = Counter()
    for values in by_trade.values():
        together.update(values)
    return _spread(together)


def _spread(values: Counter[int] | tuple[()]) -> Spread | None:
    if not values:
        return None
    ordered = sorted(Counter(values).items())
    return Spread(sum(count for _, count in ordered), *(_quarter(ordered, number) for number in (1, 2, 3)))


def _quarter(ordered: Sequence[tuple[int, int]], number: int) -> Fraction:
    """Give the value below which so many quarters lie, as statistics.quantiles(method='inclusive') does: the half is the usual median."""
    at, quarters = divmod((sum(count for _, count in ordered) - 1) * number, 4)
    passed, found = 0, list[int]()
    for value, count in ordered:
        passed += count
        found += [value] * sum(1 for wanted in (at, at + 1)[len(found) :] if wanted < passed)
        if len(found) == 2:
            break
    low, high = found[0], found[-1]
    return low + Fraction(quarters, 4) * (high - low)


def hidden(people: Sequence[int], *, whole_known: bool) -> list[str]:
    """Say for each count of people how it may be shown: '' as it is, 'few' as fewer than FEW, 'left' not at all.

    `whole_known`: their sum is told beside them; then a single one that is not shown would be what is missing from it, so the smallest of
    the others is not shown either.
    """
    shown = ["few" if 0 < count < FEW else "" for count in people]
    others = [at for at, count in enumerate(people) if count >= FEW]
    if whole_known and shown.count("few") == 1 and others:
        shown[min(others, key=lambda at: people[at])] = "left"
    return shown
