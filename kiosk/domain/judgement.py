"""What the county makes of a station's year (管理办法 11 to 14): points item by item, the grade, the money, what is to be put right. Pure.

A judgement begins from what the station handed in, each item as it was claimed, and is a draft until it is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from hashlib import sha256
from typing import TypeVar

from kiosk.domain.assessment import NOTHING, TENTH, GradeBand
from kiosk.domain.yearly import PaperItem, PaperSet
from kiosk.errors import BadInput

REMARK_MAX = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One item: the points that the county gives, in tenths as text, and why where they are not those that were claimed."""

    code: str
    points: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A station's year as the county judges it; owned by the county, seen by that station alone. The newest revision stands.

    `papers` is the PaperSet that was judged. `deadline`: until when the station has to put right what `words` say, None for nothing.
    """

    id: str
    revision: int
    station_id: str
    year: int
    papers: str
    items: tuple[Judged, ...]
    total: str
    grade: str
    money_fen: int
    words: str = ""
    deadline: date | None = None
    by_name: str
    published_at: datetime


def judged(papers: PaperSet, points: Mapping[str, str], remarks: Mapping[str, str]) -> tuple[Judged, ...]:
    """Read what was typed for each item of the papers; raise BadInput('points.CODE').

    Points lie between nothing and all that the item brings, in tenths; who gives other points than were claimed says why.
    """
    found = []
    for item in papers.items:
        typed, remark = points.get(item.code, "").strip(), remarks.get(item.code, "").strip()
        try:
            given = Decimal(typed).quantize(TENTH, ROUND_HALF_UP) if typed else Decimal(item.points)
        except InvalidOperation:
            raise BadInput(f"points.{item.code}", "bad.judgement.points", most=item.most) from None
        if not given.is_finite() or not NOTHING <= given <= Decimal(item.most) or (typed and given != Decimal(typed)):
            raise BadInput(f"points.{item.code}", "bad.judgement.points", most=item.most)
        if given != Decimal(item.points) and not remark:
            raise BadInput(f"points.{item.code}", "bad.judgement.remark")
        if len(remark) > REMARK_MAX:
            raise BadInput(f"points.{item.code}", "bad.judgement.long", most=REMARK_MAX)
        found.append(Judged(code=item.code, points=plain(given), remark=remark))
    return tuple(found)


def total_of(items: Iterable[Judged]) -> Decimal:
    """Add the points up."""
    return sum((Decimal(item.points) for item in items), NOTHING)


def band_of(bands: Sequence[GradeBand], total: Decimal) -> GradeBand:
    """Give the grade that a total reaches; `bands` are the rubric's, best first."""
    return next(band for band in bands if total >= band.least)


def plain(value: Decimal) -> str:
    """Write a number without idle zeros: 84.5, 90."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def sample(rows: Sequence[T], ids: Sequence[str], seed: str, most: int) -> list[T]:
    """Draw rows that nobody chose: those whose ids hash lowest with `seed`, the same for whoever looks and however often."""
    drawn = sorted(zip(ids, rows, strict=True), key=lambda pair: sha256(f"{seed} {pair[0]}".encode()).digest())
    return [row for _, row in drawn[:most]]


def differs(item: PaperItem, counted: Decimal | None) -> bool:
    """Say whether the county counts another value than the station claims."""
    claimed = None if item.value is None else Decimal(item.value)
    return claimed != (None if counted is None else counted.quantize(TENTH, ROUND_HALF_UP))
