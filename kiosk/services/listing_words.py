"""How a listing is said on screen and desk page: pay, place, time. Plain Python; `today` is passed in."""

from datetime import date, datetime

from kiosk.domain.codes import AREAS, Meals, PayUnit
from kiosk.domain.listing import PublicListing
from kiosk.domain.pay import per_hour, yuan
from kiosk.text import t


def amount(listing: PublicListing) -> str:
    """Give the number of the pay: 260 or 200-260."""
    top = listing.pay_max_fen
    return yuan(listing.pay_fen) if top is None or top <= listing.pay_fen else f"{yuan(listing.pay_fen)}-{yuan(top)}"


def unit(listing: PublicListing) -> str:
    """Give the unit of the pay: 元/天."""
    return t(f"pay_unit.{PayUnit(listing.pay_unit).value}")


def short_unit(listing: PublicListing) -> str:
    """Give the unit where the pay stands big: a fixed price is so many 元, and that it is one stands in the terms."""
    return t("jobs.whole_unit") if listing.pay_unit is PayUnit.WHOLE else unit(listing)


def row_terms(listing: PublicListing) -> str:
    """Give the terms of a row; a fixed price says so, for an hour of it is known from the listing's page."""
    if listing.pay_unit is not PayUnit.WHOLE:
        return terms(listing)
    return " ・ ".join((t("jobs.whole"), t(f"settlement.{listing.settlement.value}")))


def pay(listing: PublicListing) -> str:
    """Give the pay with its unit: 260 元/天."""
    return f"{amount(listing)} {unit(listing)}"


def area(listing: PublicListing) -> str:
    """Name the township."""
    return AREAS.get(listing.area, "")


def clock(minutes: int) -> str:
    """Write minutes after midnight as 7:00."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def time_of(local: datetime) -> str:
    """Write the time of an instant on China's wall clock: 9:30."""
    return clock(local.hour * 60 + local.minute)


def part_of_day(hour: int) -> str:
    """Name the part of the day: night, morning, noon, afternoon or evening."""
    for until, part in ((5, "night"), (11, "morning"), (14, "noon"), (18, "afternoon")):
        if hour < until:
            return part
    return "evening"


def day(when: date, today: date) -> str:
    """Say a day as one speaks: 今天, 明天, 后天, 周六 within a week, else 11月25日."""
    away = (when - today).days
    if 0 <= away <= 2:
        return t(f"day.{away}")
    if 2 < away < 7:
        return t(f"day.week.{when.isoweekday()}")
    return t("day.date", month=when.month, day=when.day)


def begins(listing: PublicListing, today: date) -> str:
    """Say when it starts: 明天 7:00; what has begun already is 随时."""
    if listing.starts_on < today:
        return t("day.any")
    start = "" if listing.day_start_min is None else f" {clock(listing.day_start_min)}"
    return day(listing.starts_on, today) + start


def meals(listing: PublicListing) -> str:
    """Say what there is to eat, or nothing."""
    return "" if listing.meals is Meals.NONE else t(f"meals.{listing.meals.value}")


def lodging(listing: PublicListing) -> str:
    """Say that there is a bed, or nothing."""
    return t("jobs.lodging") if listing.lodging else ""


def ride(listing: PublicListing) -> str:
    """Say that one is fetched, or nothing; how stands on the listing's page."""
    return t("jobs.ride") if listing.transport else ""


def when(listing: PublicListing, today: date) -> str:
    """Say when it starts and until what hour: 明天 7:00 到 17:00."""
    start = begins(listing, today)
    if listing.day_start_min is None or listing.day_end_min is None or listing.starts_on < today:
        return start
    return t("day.hours", start=start, end=clock(listing.day_end_min))


def terms(listing: PublicListing) -> str:
    """Say what an hour comes to and how it is settled: 约 28.9 元/小时 ・ 日结."""
    hour = per_hour(listing) if listing.pay_unit is not PayUnit.HOUR else None
    settled = t(f"settlement.{listing.settlement.value}")
    return " ・ ".join(p for p in (t("jobs.per_hour", yuan=yuan(hour)) if hour else "", settled) if p)


def days(listing: PublicListing, today: date) -> str:
    """Say from when and how long: 明天起，3 天."""
    start = t("day.any") if listing.starts_on < today else day(listing.starts_on, today)
    if listing.long_term:
        return t("detail.long_term", start=start)
    count = (listing.ends_on - listing.starts_on).days + 1
    return t("detail.one_day", start=start) if count == 1 else t("detail.days", start=start, days=count)


def hours(listing: PublicListing) -> str:
    """Say the hours of a day and the break: 7:00 到 17:00，歇 1 小时."""
    if listing.day_start_min is None or listing.day_end_min is None:
        return t("detail.hours_open")
    said = t("detail.hours", start=clock(listing.day_start_min), end=clock(listing.day_end_min))
    if not listing.break_min:
        return said
    whole = listing.break_min % 60 == 0
    rest = t("detail.rest_hours", hours=listing.break_min // 60) if whole else t("detail.rest_minutes", minutes=listing.break_min)
    return said + t("detail.rest", rest=rest)
