"""Matching workers with listings, both ways (精准推介): a score anybody can add up, and the reasons in plain words.

Points: near 30, pay 20, starts soon 10, a trade that was chosen by name 10, whichever way one asks. Knows centres of areas, not addresses:
all distances are 约. Who may not be shown what (16 and 17: nothing hazardous) is decided here, so that no caller can forget it.
"""

import heapq
import math
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import islice

from kiosk.domain.codes import AREAS, AgeBand, Meals, PayUnit, Trade
from kiosk.domain.listing import PublicListing
from kiosk.domain.pay import MONTH_DAYS, WEEK_DAYS, Fen, per_day, per_hour, yuan
from kiosk.domain.review import Hazard, hazardous
from kiosk.domain.words import Say, Word
from kiosk.domain.worker import Worker, WorkerState

KM_A_DEGREE = 111.2
NEAR, NEAR_UNKNOWN = 30, 10
PAY_MET, PAY_BEST, PAY_UNKNOWN = 15, 20, 8
SOON_DAYS = 1
SOON, CHOSEN = 10, 10
REASONS = 3

Ranked = tuple[int, date, str, PublicListing]
"""Minus the score, the first day, the id: smallest is best, and nothing is left to chance."""


class Ring(IntEnum):
    """How far an area is from one's own, as the board tells them apart."""

    OWN = 0
    NEIGHBOUR = 1
    COUNTY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTable:
    """Centres of areas in degrees, by code; approximate."""

    centres: Mapping[str, tuple[float, float]]
    neighbours_km: float

    def km(self, a: str, b: str) -> int | None:
        """Give whole kilometres between two centres as the crow flies: 0 only for the same area, None for an unknown one."""
        if a == b:
            return 0
        if a not in self.centres or b not in self.centres:
            return None
        (lat_a, lon_a), (lat_b, lon_b) = self.centres[a], self.centres[b]
        # a county is small enough to be flat
        east = (lon_a - lon_b) * math.cos(math.radians((lat_a + lat_b) / 2))
        return max(1, round(math.hypot(lat_a - lat_b, east) * KM_A_DEGREE))

    def ring(self, own: str, area: str) -> Ring:
        """Say whether an area is one's own, a neighbour or elsewhere in the county."""
        km = self.km(own, area)
        if km == 0:
            return Ring.OWN
        return Ring.NEIGHBOUR if km is not None and km <= self.neighbours_km else Ring.COUNTY


@dataclass(frozen=True, slots=True)
class Match:
    """One listing that fits, best reasons first. `hold`: staff look at it first (60+ and hazardous, 老年人权益保障法 70)."""

    listing: PublicListing
    score: int
    reasons: tuple[Say, ...]
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """One worker who fits a listing, best reasons first. `days` he has waited; `hold` as in Match."""

    worker: Worker
    score: int
    reasons: tuple[Say, ...]
    days: int
    hold: bool = False


def match(
    worker: Worker,
    listings: Iterable[PublicListing],
    areas: AreaTable,
    here: str,
    today: date,
    limit: int,
    hazard: Hazard,
    full: Collection[str] = frozenset(),
) -> list[Match]:
    """Give the `limit` listings that fit best; equal ones by the day they start, then by id.

    `here` is the station's area, used when the worker gave none; `full` holds the ids of listings whose places are taken.
    """
    if limit < 1 or worker.state is not WorkerState.ACTIVE or worker.age_band is AgeBand.UNDER_16:
        return []
    home = worker.area or here
    young, old = worker.age_band is AgeBand.MINOR, worker.age_band is AgeBand.SENIOR
    best: list[Ranked] = []
    for base, bucket in sorted(_by_base(worker, listings, areas, home, today, full).items(), reverse=True):
        # pay is the slow part: what cannot catch up any more is not looked at
        if len(best) == limit and base + PAY_BEST < -best[-1][0]:
            break
        ranked = sorted(
            (-base - _pay_points(_pay_for(listing, worker), worker.pay_fen), listing.starts_on, listing.id, listing) for listing in bucket
        )
        fit = (r for r in ranked if not (young and hazardous(r[3], hazard)))
        best = sorted(best + list(islice(fit, limit)))[:limit]
    matches = []
    for minus_score, _, _, listing in best:
        danger = old and hazardous(listing, hazard)
        reasons = _reasons(worker, listing, areas.km(home, listing.area), today, danger)
        matches.append(Match(listing, -minus_score, reasons, danger))
    return matches


def match_workers(
    listing: PublicListing,
    workers: Iterable[Worker],
    areas: AreaTable,
    here: str,
    today: date,
    limit: int,
    hazard: Hazard,
    waiting: Mapping[str, date],
    applied: Container[str] = frozenset(),
    left_out: Container[str] = frozenset(),
) -> list[Fit]:
    """Give the `limit` workers whom a listing fits best; equal ones by the days they have waited, then 60+ first, then id.

    `waiting` is the day since when, by id (default: today); the order among equals is that of 人社部发〔2022〕38号. Who is in
    `applied` has asked for it himself: he comes before all others, whatever his trade. `left_out` holds the ids of those who are not to be
    offered. `here` is the area of workers who gave none.
    """
    if limit < 1 or listing.ends_on < today:
        return []
    danger = hazardous(listing, hazard)
    barred = {AgeBand.UNDER_16, AgeBand.MINOR} if danger else {AgeBand.UNDER_16}
    soon = _soon_points((listing.starts_on - today).days)
    near = {area: _near_points(areas.km(area, listing.area)) for area in (*areas.centres, here)}
    pay: dict[PayUnit, Fen | None] = {}
    ranked: list[tuple[bool, int, int, bool, str, Worker]] = []
    for worker in workers:
        asked, chosen = worker.id in applied, listing.trade in worker.trades
        if not (asked or chosen or Trade.OTHER in worker.trades) or worker.id in left_out:
            continue
        if worker.state is not WorkerState.ACTIVE or worker.age_band in barred:
            continue
        unit = worker.pay_unit
        if unit not in pay:
            pay[unit] = pay_as(listing, unit)
        home = worker.area or here
        points = near[home] if home in near else _near_points(areas.km(home, listing.area))
        points += soon + (CHOSEN if chosen else 0) + _pay_points(pay[unit], worker.pay_fen)
        days = (today - waiting.get(worker.id, today)).days
        ranked.append((not asked, -points, -days, worker.age_band is not AgeBand.SENIOR, worker.id, worker))
    fits = []
    for _, minus_score, minus_days, young, _, worker in heapq.nsmallest(limit, ranked):
        hold = danger and not young
        reasons = _reasons(worker, listing, areas.km(worker.area or here, listing.area), today, hold)
        fits.append(Fit(worker, -minus_score, reasons, -minus_days, hold))
    return fits


def _by_base(
    worker: Worker, listings: Iterable[PublicListing], areas: AreaTable, home: str, today: date, full: Collection[str]
) -> dict[int, list[PublicListing]]:
    """Sort the listings that may be shown by all their points but those for pay."""
    wanted = frozenset(worker.trades)
    chosen = {trade: CHOSEN if trade in wanted else 0 for trade in (Trade if Trade.OTHER in wanted else wanted)}
    near = {area: _near_points(areas.km(home, area)) for area in (*areas.centres, home)}
    soon: dict[date, int] = {}
    buckets: dict[int, list[PublicListing]] = {points: [] for points in range(NEAR + SOON + CHOSEN + 1)}
    for listing in listings:
        points = chosen.get(listing.trade)
        if points is None or listing.ends_on < today or (full and listing.id in full):
            continue
        starts = listing.starts_on
        starting = soon.get(starts)
        if starting is None:
            starting = soon[starts] = _soon_points((starts - today).days)
        buckets[points + near.get(listing.area, NEAR_UNKNOWN) + starting].append(listing)
    return buckets


def pay_as(listing: PublicListing, unit: PayUnit) -> Fen | None:
    """Give a listing's pay in fen a `unit`; None when it does not follow from what is stated."""
    if listing.pay_unit is unit:
        return listing.pay_fen
    if unit is PayUnit.HOUR:
        return per_hour(listing)
    day = per_day(listing)
    if day is None or unit is PayUnit.DAY:
        return day
    if unit is PayUnit.WEEK:
        return day * WEEK_DAYS
    return round(day * MONTH_DAYS) if unit is PayUnit.MONTH else None


def _near_points(km: int | None) -> int:
    return NEAR_UNKNOWN if km is None else max(0, NEAR - 2 * km)


def _soon_points(days: int) -> int:
    return SOON if days <= SOON_DAYS else max(0, SOON - days // 2)


def _pay_for(listing: PublicListing, worker: Worker) -> Fen | None:
    return pay_as(listing, worker.pay_unit) if worker.pay_fen else None


def _pay_points(pay: Fen | None, wanted: Fen | None) -> int:
    if pay is None or not wanted:
        return PAY_UNKNOWN
    if pay >= wanted:
        return PAY_MET + min(PAY_BEST - PAY_MET, 10 * (pay - wanted) // wanted)
    # a third below what was asked is worth nothing
    return max(0, PAY_MET - 3 * PAY_MET * (wanted - pay) // wanted)


def _reasons(worker: Worker, listing: PublicListing, km: int | None, today: date, danger: bool) -> tuple[Say, ...]:
    reasons: list[Say] = []
    if danger:
        reasons.append(Say("match.hazard"))
    if km == 0:
        reasons.append(Say("match.here", {"area": AREAS.get(listing.area, "")}))
    elif km is not None:
        reasons.append(Say("match.near", {"km": km}))
    if listing.trade in worker.trades and listing.trade is not Trade.OTHER:
        reasons.append(Say("match.trade", {"trade": Word(f"trade.{listing.trade}")}))
    pay = _pay_for(listing, worker)
    if pay is not None and worker.pay_fen:
        reasons.append(_pay_reason(pay - worker.pay_fen, worker.pay_unit))
    days = (listing.starts_on - today).days
    if 0 <= days <= SOON_DAYS:
        reasons.append(Say(f"match.starts.{'today' if days == 0 else 'tomorrow'}"))
    if listing.meals is not Meals.NONE:
        reasons.append(Say(f"meals.{listing.meals}"))
    if listing.lodging:
        reasons.append(Say("match.lodging"))
    return tuple(reasons[:REASONS])


def _pay_reason(more: Fen, unit: PayUnit) -> Say:
    if more == 0:
        return Say("match.pay.same")
    return Say(f"match.pay.{'more' if more > 0 else 'less'}", {"per": Word(f"match.per.{unit}"), "yuan": yuan(abs(more))})
