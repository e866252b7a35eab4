"""How a listing is said on the screens: pay, place, time. Plain Python; `today` is passed in."""

from datetime import date

from kiosk.domain.codes import AREAS, Meals, PayUnit
from kiosk.domain.listing import PublicListing
from kiosk.text import t


def yuan(fen: int) -> str:
    """Write fen as yuan, without needless decimals: 260, 28.9."""
    return f"{fen / 100:.2f}".rstrip("0").rstrip(".")


def amount(listing: PublicListing) -> str:
    """Give the number of the pay: 260 or 200-260."""
    top = listing.pay_max_fen
    return yuan(listing.pay_fen) if top is None or top <= listing.pay_fen else f"{yuan(listing.pay_fen)}-{yuan(top)}"


def unit(listing: PublicListing) -> str:
    """Give the unit of the pay: 元/天."""
    return t(f"pay_unit.{PayUnit(listing.pay_unit).value}")


def pay(listing: PublicListing) -> str:
    """Give the pay with its unit: 260 元/天."""
    return f"{amount(listing)} {unit(listing)}"


def area(listing: PublicListing) -> str:
    """Name the township."""
    return AREAS.get(listing.area, "")


def clock(minutes: int) -> str:
    """Write minutes after midnight as 7:00."""
    return f"{minutes // 60}:{minutes % 60:02d}"


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
