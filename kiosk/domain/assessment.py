"""The yearly assessment (管理办法 11 to 13): a rubric of items in four areas, what a station's measures come to by it, grade and money.

The rubric is data (assets/rubric): the regulation names the areas, the grades and the money, and leaves the items to the county's 考核细则.
Knows no store, no clock and no sentence; what a measure means is kiosk.domain.measures'.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from kiosk.domain.station import StationLevel

TENTH = Decimal("0.1")
WHOLE = Decimal(100)
"""What all areas come to (管理办法 13: 90, 80 and 70 points of it)."""
NOTHING = Decimal(0)


class Area(StrEnum):
    """The four areas of article 11."""

    BUILDING = "building"
    POLICY = "policy"
    RUNNING = "running"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the rubric. `curve`: pairs of a value and its points, by rising value; between them points rise or fall evenly, or with
    `steps` stand until the next value is reached; outside them the first and the last stand. `short`: the name where
    there is little room.

    `measure` names what the system measures; where it is empty somebody enters the value and shows for it. `unmeasured`: points where there
    was nothing to measure, as of complaints that nobody made. `effort_h`: how many hours the rest would take (own guess, data); None where
    nothing can be done about it any more.
    """

    code: str
    area: Area
    name: str
    short: str
    curve: tuple[tuple[Decimal, Decimal], ...]
    steps: bool = False
    measure: str = ""
    unit: str = ""
    unmeasured: Decimal = NOTHING
    advice: str
    effort_h: Decimal | None = None
    source: str = ""

    @property
    def most(self) -> Decimal:
        """Give the points that it can bring."""
        return max(points for _, points in self.curve)

    @property
    def aim(self) -> Decimal:
        """Give the value nearest to what is usual at which all points are reached: the lowest where more is better, else the highest."""
        full = [value for value, points in self.curve if points == self.most]
        return full[0] if self.curve[0][1] < self.most else full[-1]

    def points(self, value: Decimal | None) -> Decimal:
        """Give what a value brings, in tenths; None is nothing measured."""
        return (self.unmeasured if value is None else self._on_curve(value)).quantize(TENTH, ROUND_HALF_UP)

    def _on_curve(self, value: Decimal) -> Decimal:
        at = bisect_right([x for x, _ in self.curve], value)
        if at == 0:
            return self.curve[0][1]
        left, low = self.curve[at - 1]
        if self.steps or at == len(self.curve):
            return low
        right, high = self.curve[at]
        return low + (high - low) * (value - left) / (right - left)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeBand:
    """A grade from so many points on, and what it pays (管理办法 12, 13); fen."""

    name: str
    least: Decimal
    township_fen: int
    doorstep_fen: int

    def money(self, level: StationLevel) -> int:
        """Give what a station of this level gets; the county centre and its branches, which article 13 does not name, get nothing."""
        return {StationLevel.TOWNSHIP: self.township_fen, StationLevel.DOORSTEP: self.doorstep_fen}.get(level, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """A whole rubric. `official`: the county's own 考核细则; else a placeholder, and every page and paper says so. `grades`: best first."""

    name: str
    official: bool
    effective_from: date
    source: str
    items: tuple[Item, ...]
    grades: tuple[GradeBand, ...]

    def most(self, area: Area) -> Decimal:
        """Give what an area can bring."""
        return sum((item.most for item in self.items if item.area is area), NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """An item with its value. `proved` is False where somebody entered a value and showed nothing for it: then it brings nothing."""

    item: Item
    value: Decimal | None
    proved: bool = True

    @property
    def points(self) -> Decimal:
        """Give what it brings."""
        return self.item.points(self.value) if self.proved else NOTHING

    @property
    def gain(self) -> Decimal:
        """Give what is still to be had."""
        return self.item.most - self.points

    @property
    def missing(self) -> Decimal:
        """Give how far the value is from all points."""
        return abs(self.item.aim - (self.value or NOTHING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A station's year as it stands. `level` decides the money."""

    rubric: Rubric
    level: StationLevel
    items: tuple[Scored, ...]

    @property
    def total(self) -> Decimal:
        """Add everything up."""
        return sum((one.points for one in self.items), NOTHING)

    def of(self, area: Area) -> Decimal:
        """Add an area up."""
        return sum((one.points for one in self.items if one.item.area is area), NOTHING)

    @property
    def grade(self) -> GradeBand:
        """Give the grade that the total reaches."""
        return next(band for band in self.rubric.grades if self.total >= band.least)

    @property
    def next_grade(self) -> GradeBand | None:
        """Give the next better grade; None at the best."""
        at = self.rubric.grades.index(self.grade)
        return self.rubric.grades[at - 1] if at else None

    @property
    def gap(self) -> Decimal:
        """Give the points to the next grade; 0 at the best."""
        return self.next_grade.least - self.total if self.next_grade else NOTHING

    @property
    def money(self) -> int:
        """Give what the grade pays; fen."""
        return self.grade.money(self.level)

    @property
    def more_money(self) -> int:
        """Give what the next grade would pay more; fen."""
        return self.next_grade.money(self.level) - self.money if self.next_grade else 0


def score(rubric: Rubric, level: StationLevel, values: Mapping[str, Decimal | None], unproved: frozenset[str] = frozenset()) -> Score:
    """Score what is known: `values` by the measure's name for what is measured, by the item's code for what is entered."""
    scored = [
        Scored(item=item, value=values.get(item.measure or item.code), proved=bool(item.measure) or item.code not in unproved)
        for item in rubric.items
    ]
    return Score(rubric=rubric, level=level, items=tuple(scored))


def cheapest(found: Score, most: int = 3) -> list[Scored]:
    """Give what would bring the most points an hour, best first; nothing about which nothing can be done."""
    open_ones = [one for one in found.items if one.gain > 0 and one.item.effort_h]
    open_ones.sort(key=lambda one: (-one.gain / (one.item.effort_h or WHOLE), one.item.code))
    return open_ones[:most]


def faults(rubric: Rubric, measures: frozenset[str], areas: Mapping[Area, Decimal]) -> Sequence[tuple[str, dict[str, object]]]:
    """Say what does not add up, as keys of sentences with their values; nothing for a good one. `areas`: what each is said to come to."""
    found: list[tuple[str, dict[str, object]]] = []
    codes = [item.code for item in rubric.items]
    found += [("rubric.twice", {"code": code}) for code in sorted(set(codes)) if codes.count(code) > 1]
    for item in rubric.items:
        values = [value for value, _ in item.curve]
        if len(values) < 2 or values != sorted(set(values)):
            found.append(("rubric.curve", {"code": item.code}))
        if item.measure and item.measure not in measures:
            found.append(("rubric.measure", {"code": item.code, "measure": item.measure}))
        wrong = [points for _, points in item.curve if points < 0] or item.unmeasured < 0 or item.unmeasured > item.most
        if wrong or any(points != points.quantize(TENTH) for _, points in item.curve):
            found.append(("rubric.points", {"code": item.code}))
    for area in Area:
        said, added = areas.get(area, NOTHING), rubric.most(area)
        if said != added:
            found.append(("rubric.area", {"area": area, "said": said, "added": added}))
    if (whole := sum((rubric.most(area) for area in Area), NOTHING)) != WHOLE:
        found.append(("rubric.whole", {"added": whole}))
    least = [band.least for band in rubric.grades]
    if not least or least[-1] != 0 or least != sorted(set(least), reverse=True):
        found.append(("rubric.grades", {}))
    return found
