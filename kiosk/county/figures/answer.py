"""What a page, a paper or a sheet says of a span of months: of the county, a township or a station. Writes nothing."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import accumulate
from typing import Any, TypeVar

import sqlalchemy as sa

from kiosk.county.figures.tally import Total, Value
from kiosk.county.schema import figure
from kiosk.domain.codes import AREAS, Trade

K = TypeVar("K")
COMPARED = (Total.HEADCOUNT, Total.REGISTERED, Total.PUBLISHED, Total.REFERRED)
"""What is told of each township beside the whole county."""
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
    ours = (figure.c.county_id == county_id, figure.c.year == span.year)
    mine = connection.execute(sa.select(figure).where(*ours, figure.c.scope == scope.key)).first()
    # of the townships only what is compared
    some = [part for what in COMPARED for part in (what.value, figure.c.totals[what.value])]
    beside = sa.select(figure.c.scope, sa.func.jsonb_build_object(*some).label("totals")).where(*ours, figure.c.scope.startswith("area:"))
    townships = {row.scope.removeprefix("area:"): row.totals for row in connection.execute(beside)} if not scope.key else {}
    if mine is None:
        return answer(scope, span, None, {}, {}, {})
    return answer(scope, span, mine.counted_at, mine.totals, mine.spread, townships)


def answer(scope: Scope, span: Span, counted_at: datetime | None, totals: Any, spread: Any, townships: Mapping[str, Any]) -> Figures:
    """Make the figures of counts as they are kept (tally.Counts)."""
    by_trade, by_month = _by_trade(totals, span), _by_month(totals, span)
    pay, fill, review = (_values(spread.get(kind, {}), span) for kind in (Value.PAY, Value.FILL, Value.REVIEW))
    return Figures(
        scope=scope,
        span=span,
        counted_at=counted_at,
        all=Group(_summed(by_trade.values()), _spread(_summed(pay.values())), _spread(_summed(fill.values()))),
        review=_spread(_summed(review.values())),
        trades={one: Group(by_trade.get(one, {}), _spread(pay.get(one, {})), _spread(fill.get(one, {}))) for one in Trade},
        townships={area: Group(_summed(_by_trade(townships.get(area, {}), span).values())) for area in AREAS if townships},
        months={month: Group(by_month.get(month, {})) for month in span.months},
    )


def _by_trade(totals: Mapping[str, Mapping[str, Sequence[int]] | None], span: Span) -> dict[str, dict[str, int]]:
    """Give the counts of each trade that are not 0."""
    folded: dict[str, dict[str, int]] = {}
    for what, trades in totals.items():
        for trade, months in (trades or {}).items():
            if count := sum(months[span.first - 1 : span.last]):
                folded.setdefault(trade, {})[what] = count
    return folded


def _by_month(totals: Mapping[str, Mapping[str, Sequence[int]]], span: Span) -> dict[int, dict[str, int]]:
    """Give the counts of each month."""
    return {month: {what: sum(months[month - 1] for months in trades.values()) for what, trades in totals.items()} for month in span.months}


def _values(trades: Mapping[str, Mapping[str, Sequence[int]]], span: Span) -> dict[str, dict[int, int]]:
    """Give of each trade how often each value was measured."""
    return {
        trade: {int(value): count for value, months in values.items() if (count := sum(months[span.first - 1 : span.last]))}
        for trade, values in trades.items()
    }


def _summed(groups: Iterable[Mapping[K, int]]) -> dict[K, int]:
    together: dict[K, int] = {}
    for group in groups:
        for key, count in group.items():
            together[key] = together.get(key, 0) + count
    return together


def _spread(values: Mapping[int, int]) -> Spread | None:
    """Give the quarters as statistics.quantiles(method='inclusive') does: the half is the usual median."""
    if not values:
        return None
    ordered = sorted(values)
    passed = list(accumulate(values[value] for value in ordered))
    quarters = []
    for number in (1, 2, 3):
        at, rest = divmod((passed[-1] - 1) * number, 4)
        low, high = (ordered[bisect_right(passed, min(place, passed[-1] - 1))] for place in (at, at + 1))
        quarters.append(low + Fraction(rest, 4) * (high - low))
    return Spread(passed[-1], *quarters)


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
