"""How a listing and a worker are said where staff bring them together: what stands large, what at its side, what below."""

from datetime import date
from typing import TYPE_CHECKING

from kiosk.domain.pay import yuan
from kiosk.domain.worker import PhoneOf
from kiosk.services import listing_words as words
from kiosk.text import t

if TYPE_CHECKING:
    from kiosk.domain.worker import Worker
    from kiosk.services.recommend import OpenListing


def listing_words(one: "OpenListing", today: date) -> tuple[str, str, str]:
    """Give title with the board's number, pay, and by whom, where and when."""
    listing = one.published.listing
    title = f"{listing.title} ・ {t('recommend.number', number=one.published.number)}"
    parts = (listing.employer_name, words.area(listing), words.begins(listing, today))
    return title, words.pay(listing), " ・ ".join(parts)


def places(one: "OpenListing") -> str:
    """Say how many are wanted and how many were recommended."""
    count = one.published.listing.headcount
    return t("recommend.full", count=count) if one.taken >= count else t("recommend.places", count=count, taken=one.taken)


def worker_words(one: "Worker") -> tuple[str, str, str]:
    """Give name with age, the whole phone in groups, and what he does for what pay, with whose phone it is."""
    wish = t("recommend.wants_open")
    if one.pay_fen is not None:
        wish = t("recommend.wants", pay=f"{yuan(one.pay_fen)} {t(f'pay_unit.{one.pay_unit.value}')}")
    trades = "、".join(t(f"trade.{trade.value}") for trade in one.trades)
    text = f"{trades} ・ {wish}"
    if one.phone_of is not PhoneOf.OWN:
        text = f"{text} ・ {t(f'phone_of.said_{one.phone_of.value}')}"
    return f"{one.name} ・ {t(f'age_band.{one.age_band.value}')}", one.phone.grouped(), text


def waits(days: int) -> str:
    """Say how long somebody has waited."""
    return t("recommend.waits", days=days) if days else t("recommend.waits_today")
