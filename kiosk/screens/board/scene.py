"""What stands on the board, in words: rows or one sheet, the 新 strip, the banner. Plain Python; made by the player, drawn by the view.

Nobody's contact and nobody's name is in it: the employer's name may be a private person's, and digits that look like a phone number are
struck out of what an employer wrote himself.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.listing import Published
from kiosk.domain.programme import PageKind
from kiosk.services import listing_words as say
from kiosk.text import t

NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")
"""Seven digits and more: a phone number, whatever else it was meant to be."""


class State(StrEnum):
    """What the board can show at all: listings (a page of them, or one large), a sheet, or one of the quiet pages."""

    LISTINGS = "listings"
    SHEET = "sheet"
    EMPTY = "empty"
    WAITING = "waiting"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One listing as the board says it. `url` is its public link."""

    id: str
    number: int
    title: str
    area: str
    place: str
    day: str
    hours: str
    people: str
    amount: str
    unit: str
    terms: str
    settled: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One short line with its icon."""

    icon: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page that is one thing. `lead` is what one should take home, `facts` and `body` the rest; what is empty is left out.

    `url` is what the code says (a link, or WIFI:…), `hint` what it brings. `picture` is the file of a picture that fills the page.
    """

    kind: PageKind
    id: str = ""
    title: str = ""
    lead: str = ""
    facts: tuple[Fact, ...] = ()
    body: str = ""
    url: str = ""
    hint: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything on the board but the clock. Instants are UTC; `turn` grows with each page, `until` is when the next one comes.

    `kind` LIST has `rows`; LARGE one row, which is the highlight, and its `sheet` with the facts; every other kind its `sheet` alone. The
    quiet pages (EMPTY, WAITING, TROUBLE) are of kind LIST; EMPTY may have a `sheet` with a picture.
    `total` counts all public listings. `clock_right` is False when the machine's clock was never set. `more_url` leads to all listings.
    `calling`: a visitor at the terminal calls for staff. `called`: the slip numbers that staff ask to the desk, the newest first.
    `dim`: quiet hours. `rings` grows whenever the hall should hear something, and `aloud` is what is said then.
    """

    state: State
    kind: PageKind = PageKind.LIST
    sheet: Sheet | None = None
    turn: int = 0
    station: str = ""
    total: int = 0
    heard_at: datetime | None = None
    stale: bool = False
    clock_right: bool = True
    rows: tuple[Row, ...] = ()
    highlight: Row | None = None
    fresh: Row | None = None
    page: int = 1
    pages: int = 1
    until: datetime | None = None
    more_url: str = ""
    calling: bool = False
    called: tuple[str, ...] = ()
    dim: bool = False
    rings: int = 0
    aloud: str = ""

    def words(self) -> list[str]:
        """Give what one reads aloud of the page; of a list the first line of each row, which is what one tells somebody else."""
        listed = [word for r in self.rows for word in (t("board.number", number=r.number), r.title, r.day, r.amount, r.unit)]
        sheet = self.sheet
        if sheet is None:
            return listed
        return [*listed, sheet.title, sheet.lead, *(fact.text for fact in sheet.facts), sheet.body, sheet.hint]


def row(published: Published, url: str, today: date) -> Row:
    """Say one public listing."""
    listing = published.listing
    begun = listing.starts_on < today
    start = listing.day_start_min
    return Row(
        id=listing.id,
        number=published.number,
        title=without_numbers(listing.title),
        area=say.area(listing),
        place=without_numbers(listing.place),
        day=t("board.long_term") if begun and listing.long_term else t("day.any") if begun else say.day(listing.starts_on, today),
        hours="" if start is None else t("board.from", time=say.clock(start)),
        people=t("board.people", count=listing.headcount),
        amount=say.amount(listing),
        unit=say.short_unit(listing),
        terms=say.row_terms(listing),
        settled=t(f"settlement.{listing.settlement.value}"),
        url=url,
    )


def without_numbers(text: str) -> str:
    """Strike out what looks like a phone number."""
    return " ".join(NUMBER.sub(" ", text).split())
