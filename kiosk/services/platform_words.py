"""A record in the fields of article 6, as somebody types it into the provincial platform. Only words: knows no store and no file."""

from collections.abc import Mapping

from kiosk.domain.codes import AREAS
from kiosk.domain.listing import Listing
from kiosk.domain.pay import yuan
from kiosk.domain.worker import PhoneOf, Worker
from kiosk.services import listing_words
from kiosk.services.table_write import Cell, Column
from kiosk.text import t

LISTING_COLUMNS = {"employer": 24, "requirements": 48, "hours": 36, "pay": 20, "contact": 24}
WORKER_COLUMNS = {"name": 16, "intention": 48, "pay_wanted": 20, "contact": 20}
"""What each sheet has, and how wide."""


def columns(widths: Mapping[str, int]) -> tuple[Column, ...]:
    """Name the columns of a sheet."""
    return tuple(Column(title=t(f"export.{name}"), width=width) for name, width in widths.items())


def listing_cells(listing: Listing) -> list[Cell]:
    """Say a listing in the five fields of article 6: unit or name, requirements, working time, pay, contact."""
    place = f"{listing_words.area(listing)}{listing.place}"
    needs = t("export.needs", title=listing.title, count=listing.headcount, place=place)
    hours, first = listing_words.hours(listing), listing.starts_on
    if listing.long_term:
        when = t("export.long_term", first=first, hours=hours)
    elif listing.ends_on == first:
        when = t("export.one_day", first=first, hours=hours)
    else:
        when = t("export.dates", first=first, last=listing.ends_on, hours=hours)
    return [
        listing.employer_name,
        t("export.needs_more", needs=needs, requirements=listing.requirements) if listing.requirements else needs,
        when,
        t("export.pay_terms", pay=listing_words.pay(listing), settled=t(f"settlement.{listing.settlement.value}")),
        f"{str.__str__(listing.contact_name)} {str.__str__(listing.contact_phone)}",
    ]


def worker_cells(worker: Worker) -> list[Cell]:
    """Say a worker in the four fields of article 6: name, intention, pay wanted, contact."""
    trades = t("export.separator").join(t(f"trade.{trade.value}") for trade in worker.trades)
    wanted = f"{yuan(worker.pay_fen)} {t(f'pay_unit.{worker.pay_unit.value}')}" if worker.pay_fen else t("export.negotiable")
    area = AREAS.get(worker.area or "")
    intention = t("export.in_area", trades=trades, area=area) if area else trades
    phone = str.__str__(worker.phone)
    contact = phone if worker.phone_of is PhoneOf.OWN else t(f"export.phone_of_{worker.phone_of.value}", phone=phone)
    return [str.__str__(worker.name), intention, wanted, contact]
