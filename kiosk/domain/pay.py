"""Pay made comparable: one listing's 元/小时, 元/天 and whole sum, and where it stands beside the minimum wage.

Works only from what the listing states. What does not follow from it is None (算不出), never a guess. Knows no words and no
rules files: the minimum wage comes in as a value. Exact inside; only what is shown is rounded, to the jiao.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from kiosk.domain.codes import PayUnit
from kiosk.domain.listing import PublicListing

Fen = int

MONTH_DAYS = Fraction(87, 4)
"""21.75 paid days a month: (365 - 104) / 12 (人社部发〔2025〕2号)."""
WEEK_DAYS = 5
"""The same legal working year: 261 days in 52.2 weeks."""
PART_TIME_MIN = 4 * 60
"""非全日制: at most this a day (劳动合同法 68)."""
FULL_DAY_MIN = 8 * 60
BAR_FULL = Fraction(7, 4)
"""The pay card's bar ends at this multiple of the minimum wage (design/detail.png)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumWage:
    """A province's minimum wage from a day on: tiers from highest to lowest. `hold_tier` and `warn_tier` are indices into them."""

    month_fen: tuple[Fen, ...]
    hour_fen: tuple[Fen, ...]
    hold_tier: int
    warn_tier: int
    effective_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A listing's pay beside the least it may be, both in fen a `unit`, exact."""

    pay: Fraction
    least: Fraction
    unit: PayUnit

    @property
    def below(self) -> bool:
        """Say whether the pay is too low."""
        return self.pay < self.least


@dataclass(frozen=True, slots=True)
class WageMark:
    """The bar on the pay card: both figures in fen a `unit`, positions 0 to 1 along the bar."""

    pay_fen: Fen
    least_fen: Fen
    unit: PayUnit
    fill: float
    mark: float
    below: bool


def work_minutes(listing: PublicListing) -> int | None:
    """Give the paid minutes of one day: from start to end, over midnight when the end is not later, less the break."""
    start, end = listing.day_start_min, listing.day_end_min
    if start is None or end is None or not (0 <= start <= 1440 and 0 <= end <= 1440):
        return None
    span = end - start if end > start else end - start + 1440
    return span - listing.break_min if 0 <= listing.break_min < span else None


def work_days(listing: PublicListing) -> int | None:
    """Give the days of the whole job, both ends counted; None for long-term work, whose end is only the listing's."""
    days = (listing.ends_on - listing.starts_on).days + 1
    return days if days > 0 and not listing.long_term else None


def exact_per_day(listing: PublicListing) -> Fraction | None:
    """Give fen a day, exact; None when it does not follow from what is stated."""
    return _fraction(_day_ratio(listing))


def exact_per_hour(listing: PublicListing) -> Fraction | None:
    """Give fen an hour, exact; None when it does not follow from what is stated."""
    return _fraction(_hour_ratio(listing))


def per_day(listing: PublicListing) -> Fen | None:
    """Give fen a day, a computed figure rounded to the jiao; None = 算不出."""
    return _shown(_day_ratio(listing))


def per_hour(listing: PublicListing) -> Fen | None:
    """Give fen an hour, a computed figure rounded to the jiao; None = 算不出."""
    return _shown(_hour_ratio(listing))


def whole_job(listing: PublicListing) -> Fen | None:
    """Give fen for the whole job when one comes every day of it; weeks and months only when they come out even."""
    if listing.pay_fen <= 0:
        return None
    if listing.pay_unit is PayUnit.WHOLE:
        return listing.pay_fen
    days = work_days(listing)
    if days is None:
        return None
    if listing.pay_unit in (PayUnit.HOUR, PayUnit.DAY):
        return _shown(_times(_day_ratio(listing), days))
    if listing.pay_unit is PayUnit.WEEK:
        return None if days % 7 else listing.pay_fen * (days // 7)
    if listing.pay_unit is PayUnit.MONTH:
        months = _whole_months(listing.starts_on, listing.ends_on)
        return None if months is None else listing.pay_fen * months
    return None


def compare(listing: PublicListing, wages: MinimumWage, tier: int) -> Comparison | None:
    """Set the pay beside one tier, in 元/小时 where hours are stated.

    Full-time pay by the month is held against the monthly figure, everything with hours against the hourly one; a day or week
    without hours against the monthly one ÷ 21.75 (RULES, minimum wage). None for 件, 趟 and a 一口价 without hours.
    """
    month, hour = Fraction(wages.month_fen[tier]), Fraction(wages.hour_fen[tier])
    unit, minutes, pay = listing.pay_unit, work_minutes(listing), exact_per_hour(listing)
    if pay is not None:
        by_month = unit is PayUnit.MONTH and minutes is not None and minutes > PART_TIME_MIN
        return Comparison(pay, month / MONTH_DAYS * 60 / FULL_DAY_MIN if by_month else hour, PayUnit.HOUR)
    if unit is PayUnit.MONTH and listing.pay_fen > 0:
        return Comparison(Fraction(listing.pay_fen), month, PayUnit.MONTH)
    day = exact_per_day(listing)
    if day is not None and unit in (PayUnit.DAY, PayUnit.WEEK):
        return Comparison(day, month / MONTH_DAYS, PayUnit.DAY)
    return None


def wage_mark(listing: PublicListing, wages: MinimumWage) -> WageMark | None:
    """Place the pay and the lowest lawful one on the pay card's bar, by the hour where hours are stated; None when nothing can be said."""
    found = compare(listing, wages, wages.hold_tier)
    if found is None:
        return None
    full = found.least * BAR_FULL
    figures = to_jiao(found.pay), to_jiao(found.least), found.unit
    return WageMark(*figures, min(1.0, float(found.pay / full)), float(1 / BAR_FULL), found.below)


def yuan(fen: Fen) -> str:
    """Write fen as 元 without needless zeros: 260, 28.9, 0.35."""
    sign, (whole, rest) = "-" if fen < 0 else "", divmod(abs(fen), 100)
    return f"{sign}{whole}.{rest:02d}".rstrip("0").rstrip(".")


def capitals(fen: Fen) -> str:
    """Write whole 元 below a hundred million as papers want them, so that no digit is added: 伍万元整, 壹万伍仟元整."""
    digits, units, sections = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟"), ("", "万")
    said, rest = "", fen // 100
    for place, digit in enumerate(reversed(str(rest))):
        section = sections[place // 4] if place % 4 == 0 and rest // 10**place % 10_000 else ""
        said = (digits[int(digit)] + units[place % 4] if digit != "0" else "零") + section + said
    said = re.sub("零+", "零", said).replace("零万", "万").rstrip("零")
    return f"{said or '零'}元整"


def to_jiao(fen: Fraction) -> Fen:
    """Round a computed figure half up to ten fen."""
    return _round(fen.numerator, fen.denominator)


def _round(numerator: int, denominator: int) -> Fen:
    return (2 * numerator + 10 * denominator) // (20 * denominator) * 10


def _shown(ratio: tuple[int, int] | None) -> Fen | None:
    if ratio is None:
        return None
    # what the employer stated stays as stated; only a quotient is rounded
    return ratio[0] if ratio[1] == 1 else _round(*ratio)


def _fraction(ratio: tuple[int, int] | None) -> Fraction | None:
    return None if ratio is None else Fraction(*ratio)


def _times(ratio: tuple[int, int] | None, factor: int) -> tuple[int, int] | None:
    return None if ratio is None else (ratio[0] * factor, ratio[1])


def _hour_ratio(listing: PublicListing) -> tuple[int, int] | None:
    # plain integer pairs, not Fractions: matching asks for 100,000 of them
    if listing.pay_fen <= 0:
        return None
    if listing.pay_unit is PayUnit.HOUR:
        return listing.pay_fen, 1
    day, minutes = _day_ratio(listing), work_minutes(listing)
    return None if day is None or minutes is None else (day[0] * 60, day[1] * minutes)


def _day_ratio(listing: PublicListing) -> tuple[int, int] | None:
    pay, unit = listing.pay_fen, listing.pay_unit
    if pay <= 0:
        return None
    if unit is PayUnit.DAY:
        return pay, 1
    if unit is PayUnit.HOUR:
        minutes = work_minutes(listing)
        return None if minutes is None else (pay * minutes, 60)
    if unit is PayUnit.MONTH:
        return pay * MONTH_DAYS.denominator, MONTH_DAYS.numerator
    if unit is PayUnit.WEEK:
        return pay, WEEK_DAYS
    if unit is PayUnit.WHOLE:
        days = work_days(listing)
        return None if days is None else (pay, days)
    return None


def _whole_months(first: date, last: date) -> int | None:
    if last == date.max:
        return None
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    # a month that began on the 31st ends with the shorter month
    even = after.day == min(first.day, monthrange(after.year, after.month)[1])
    return months if even and months > 0 else None
