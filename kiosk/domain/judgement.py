"""What the county makes of a station's year (管理办法 11 to 14): points item by item, the grade, the money, what is to be put right. Pure.

A judgement begins from what the station handed in, each item as it was claimed, and is a draft until it is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from kiosk.domain.assessment import NOTHING, TENTH, GradeBand
from kiosk.domain.measures import CHINA
from kiosk.domain.yearly import PaperItem, PaperSet
from kiosk.errors import BadInput

REMARK_MAX = 200
LATE_MONTHS = 3
"""So long into a year what belongs to the last one still comes in: stations without a line, pay that is asked after, papers."""
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

    `papers` is the PaperSet that was judged. `deadline`: until when the station has to put right what `words` say, None for nothing;
    `accepted_on`, `accepted_by`, `accepted_note`: when the county found it put right, who did, and what he says to it. Of the roster's
    people `asked` were called, `affirmed` said that it is true, `denied` that it is not; the others were not reached.
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
    accepted_on: date | None = None
    accepted_by: str = ""
    accepted_note: str = ""
    asked: int = 0
    affirmed: int = 0
    denied: int = 0

    @property
    def due(self) -> date | None:
        """Give until when something is to be put right; None where nothing is, or the county has found it done."""
        return None if self.accepted_on else self.deadline


class Heard(StrEnum):
    """What came of a call to somebody of the roster: it is true, it is not, nobody answered."""

    TRUE = "true"
    UNTRUE = "untrue"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCall:
    """One call about a row of a station's roster, which stands at the county alone. The last about a row counts."""

    id: str
    station_id: str
    year: int
    referral_id: str
    heard: Heard
    note: str
    by_name: str
    called_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What calls came to, as a judgement keeps it."""

    asked: int
    affirmed: int
    denied: int

    @property
    def unreached(self) -> int:
        """Count whom nobody reached."""
        return self.asked - self.affirmed - self.denied


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


def last_calls(calls: Iterable[SampleCall]) -> dict[str, SampleCall]:
    """Give the call that counts for each row that was called about, by the referral's id."""
    return {one.referral_id: one for one in sorted(calls, key=lambda one: (one.called_at, one.id))}


def sums(calls: Iterable[SampleCall]) -> Sums:
    """Count the calls that count."""
    heard = [one.heard for one in last_calls(calls).values()]
    return Sums(asked=len(heard), affirmed=heard.count(Heard.TRUE), denied=heard.count(Heard.UNTRUE))


def year_judged(today: date) -> int:
    """Give the year that is being judged: the last one until the end of March, when its papers come in and are worked on (own)."""
    return today.year - 1 if today.month <= LATE_MONTHS else today.year


def year_end(year: int) -> datetime:
    """Give the last instant of a year, in China's time."""
    return datetime(year + 1, 1, 1, tzinfo=CHINA) - timedelta(milliseconds=1)


def counted_until(papers: PaperSet) -> datetime:
    """Give the moment up to which the year of these papers is counted: when they were made, at most the year's end."""
    return min(papers.made_at, year_end(papers.year))


def differs(item: PaperItem, counted: Decimal | None) -> bool:
    """Say whether the county counts another value than the station claims."""
    claimed = None if item.value is None else Decimal(item.value)
    return claimed != (None if counted is None else counted.quantize(TENTH, ROUND_HALF_UP))
