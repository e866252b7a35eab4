"""The county's figures in words, tables and charts: the same parts for the page, for Word and for Excel. Hides what could name somebody."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from kiosk.county import charts
from kiosk.county.charts import Bar, Range, Row
from kiosk.county.figures.answer import Figures, Group, Scope, Span, hidden
from kiosk.county.figures.tally import Total
from kiosk.domain.codes import AREAS
from kiosk.domain.measures import CHINA
from kiosk.domain.pay import to_jiao, yuan
from kiosk.text import t

OUTCOMES = (Total.PAID, Total.ARRIVED, Total.CONFIRMED, Total.RECOMMENDED, Total.DOUBTFUL, Total.NO_SHOW, Total.DECLINED)
PEOPLE = frozenset({Total.REGISTERED, Total.WANTED, Total.REFERRED, Total.UNPAID, *OUTCOMES})
HOURS_TO_DAYS = 72
Cell = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the report: a chart (none where a table says it all) and the same numbers as a table.

    `lengths` is how long each row's first bar is in the chart, for paper that has no chart.
    """

    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: Markup | None = None
    lengths: tuple[float, ...] = ()

    @property
    def title(self) -> str:
        """Give its heading."""
        return t(f"county_report.{self.key}.title")

    @property
    def note(self) -> str:
        """Say how the numbers are meant."""
        return t(f"county_report.{self.key}.note") if self.key != "monthly" else ""


def span_words(span: Span) -> str:
    """Say the months: 2026 年, 2026 年 3 月到 5 月."""
    key = "year" if (span.first, span.last) == (1, 12) else "month" if span.first == span.last else "months"
    return t(f"county_report.{key}").format(year=span.year, first=span.first, last=span.last)


def parts(found: Figures) -> list[Part]:
    """Make all parts of a report that has something to say, in their order."""
    makers: tuple[Callable[[Figures], Part], ...] = (_overview, _supply_trade, _supply_area, _pay, _outcome, _monthly, _fill)
    return [part for part in (make(found) for make in makers) if part.rows]


def written(cell: Cell) -> str:
    """Write a cell as people read it: 1,234 with its comma, 183.9 as it is."""
    return f"{cell:,}" if isinstance(cell, int | float) else cell


def _narrow(scope: Scope) -> bool:
    return bool(scope.key)


def _people(counts: Sequence[int], *, narrow: bool, whole_known: bool = False) -> list[tuple[Cell, float | None]]:
    """Give for counts of people what is written and how long a bar is."""
    if not narrow:
        return [(count, count) for count in counts]
    marks = hidden(counts, whole_known=whole_known)
    return [(t(f"county_report.{mark}"), None) if mark else (count, count) for count, mark in zip(counts, marks, strict=True)]


def _column(groups: Iterable[Group], what: Total, *, narrow: bool) -> list[tuple[Cell, float | None]]:
    counts = [group[what] for group in groups]
    return _people(counts, narrow=narrow and what in PEOPLE, whole_known=what is not Total.WANTED)


def _names(key: str, *columns: str) -> tuple[str, ...]:
    return tuple(t(f"county_report.{key}.{column}") for column in columns)


def _compared(
    key: str, groups: Mapping[str, Group], columns: Sequence[tuple[str, Total]], *, narrow: bool, draw: Callable[..., Markup], many: int = 2
) -> Part:
    """Make a part that sets counts beside each other; the first `many` are drawn."""
    cells = [_column(groups.values(), what, narrow=narrow) for _, what in columns]
    names, title = _names(key, *(name for name, _ in columns)), t(f"county_report.{key}.title")
    rows = [Row(label, tuple(Bar(column[at][1], written(column[at][0])) for column in cells[:many])) for at, label in enumerate(groups)]
    table = tuple((label, *(column[at][0] for column in cells)) for at, label in enumerate(groups))
    return Part(
        key=key,
        columns=(*_names(key, "what"), *names),
        rows=table,
        chart=draw(title, names[:many], rows),
        lengths=tuple(value or 0 for _, value in cells[0]),
    )


def _came(group: Group) -> int:
    return group[Total.ARRIVED] + group[Total.PAID]


def _overview(found: Figures) -> Part:
    whole, narrow = found.all, _narrow(found.scope)
    said: dict[str, Cell] = {"registered": _people([whole[Total.REGISTERED]], narrow=narrow)[0][0]}
    said |= {what.value: whole[what] for what in (Total.PUBLISHED, Total.HEADCOUNT, Total.FILLED, Total.WITHDRAWN, Total.REMOVED)}
    referred, came = _people([whole[Total.REFERRED]], narrow=narrow)[0][0], _people([_came(whole)], narrow=narrow)[0][0]
    said |= {"referred": referred, "came": came}
    said["review"] = t("county_report.minutes", count=round(found.review.middle)) if found.review else t("county_report.unknown")
    said["fill"] = _hours(whole.fill.middle) if whole.fill else t("county_report.unknown")
    said["day"] = f"{_yuan(whole.pay.middle)} {t('pay_unit.day')}" if whole.pay else t("county_report.unknown")
    rows = tuple((t(f"county_report.overview.{name}"), value) for name, value in said.items())
    return Part(key="overview", columns=_names("overview", "what", "how_many"), rows=rows)


def _supply_trade(found: Figures) -> Part:
    groups = {t(f"trade.{trade.value}"): group for trade, group in found.trades.items() if group.totals}
    columns = (("headcount", Total.HEADCOUNT), ("wanted", Total.WANTED), ("published", Total.PUBLISHED), ("filled", Total.FILLED))
    ordered = dict(sorted(groups.items(), key=lambda one: -one[1][Total.HEADCOUNT]))
    return _compared("supply_trade", ordered, columns, narrow=_narrow(found.scope), draw=charts.bars)


def _supply_area(found: Figures) -> Part:
    groups = {AREAS[area]: group for area, group in found.townships.items()}
    if not any(group.totals for group in groups.values()):
        groups = {}
    columns = (
        ("headcount", Total.HEADCOUNT),
        ("registered", Total.REGISTERED),
        ("published", Total.PUBLISHED),
        ("referred", Total.REFERRED),
    )
    return _compared("supply_area", groups, columns, narrow=True, draw=charts.bars)


def _pay(found: Figures) -> Part:
    key = "pay"
    known = [(t(f"trade.{trade.value}"), group.pay) for trade, group in found.trades.items() if group.pay]
    ordered = sorted(((label, pay) for label, pay in known if pay), key=lambda one: -one[1].middle)
    rows: tuple[tuple[Cell, ...], ...] = tuple((label, pay.count, *map(_number, (pay.low, pay.middle, pay.high))) for label, pay in ordered)
    drawn = [
        Range(
            label,
            float(pay.low),
            float(pay.middle),
            float(pay.high),
            _yuan(pay.middle)
            if pay.low == pay.high
            else t("county_report.pay_range", low=_yuan(pay.low), high=_yuan(pay.high), middle=_yuan(pay.middle)),
        )
        for label, pay in ordered
    ]
    chart = charts.ranges(t("county_report.pay.title"), drawn)
    lengths = tuple(float(pay.middle) for _, pay in ordered)
    return Part(key=key, columns=_names(key, "what", "count", "low", "middle", "high"), rows=rows, chart=chart, lengths=lengths)


def _outcome(found: Figures) -> Part:
    key, whole, narrow = "outcome", found.all[Total.REFERRED], _narrow(found.scope)
    if not whole:
        return Part(key=key, columns=(), rows=())
    counts = _people([found.all[what] for what in OUTCOMES], narrow=narrow, whole_known=True)
    labels = [t(f"county_report.outcome.{what.value}") for what in OUTCOMES]
    rows: list[tuple[Cell, ...]] = [
        (label, cell, t("county_report.share", share=round(100 * value / whole)) if value is not None else "")
        for label, (cell, value) in zip(labels, counts, strict=True)
    ]
    rows.append((t("county_report.outcome.unpaid"), _people([found.all[Total.UNPAID]], narrow=narrow)[0][0], ""))
    drawn = [Row(label, (Bar(value, written(cell)),)) for label, (cell, value) in zip(labels, counts, strict=True)]
    chart = charts.bars(t("county_report.outcome.title"), ("",), drawn)
    lengths = (*(value or 0 for _, value in counts), 0)
    return Part(key=key, columns=_names(key, "what", "how_many", "share"), rows=tuple(rows), chart=chart, lengths=lengths)


def _monthly(found: Figures) -> Part:
    # what is still to come is not nothing
    now = found.counted_at.astimezone(CHINA) if found.counted_at else None
    past = now.month if now and now.year == found.span.year else found.span.last
    groups = {t("county_report.month_name", month=month): group for month, group in found.months.items() if month <= past}
    columns = (
        ("registered", Total.REGISTERED),
        ("published", Total.PUBLISHED),
        ("referred", Total.REFERRED),
        ("filled", Total.FILLED),
    )
    return _compared("monthly", groups, columns, narrow=_narrow(found.scope), draw=charts.columns)


def _fill(found: Figures) -> Part:
    key = "fill"
    known = [(t(f"trade.{trade.value}"), group.fill) for trade, group in found.trades.items() if group.fill]
    ordered = sorted(((label, fill) for label, fill in known if fill), key=lambda one: one[1].middle)
    rows = tuple((label, fill.count, round(fill.middle)) for label, fill in ordered)
    drawn = [Row(label, (Bar(float(fill.middle), _hours(fill.middle)),)) for label, fill in ordered]
    chart = charts.bars(t("county_report.fill.title"), ("",), drawn)
    lengths = tuple(float(fill.middle) for _, fill in ordered)
    return Part(key=key, columns=_names(key, "what", "count", "middle"), rows=rows, chart=chart, lengths=lengths)


def _yuan(fen: Fraction) -> str:
    return yuan(to_jiao(fen))


def _number(fen: Fraction) -> int | float:
    """Give 元 as a number that a sheet can reckon with."""
    shown = to_jiao(fen)
    return shown / 100 if shown % 100 else shown // 100


def _hours(hours: Fraction) -> str:
    return t("county_report.days", count=round(hours / 24)) if hours >= HOURS_TO_DAYS else t("county_report.hours", count=round(hours))
