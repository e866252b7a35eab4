"""What stands on a phone page, and its HTTP status: words ready to be read, nothing personal but what its reader proved to be his.

No HTML here (`templates/phone.html.j2`), no HTTP (`app`) and no record (`phone`).
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.county.card import Card, Reading
from kiosk.domain.referral import PayAnswer
from kiosk.domain.station import Station
from kiosk.text import t, words

STATUS_OF = {"malformed": 404, "forged": 403, "unknown_key": 403, "foreign": 404, "expired": 410}
PAGE_OF = {"unknown_key": "forged"}


class Do(StrEnum):
    """What a page's form is for: to see one's registration with a slip, or to be put down for the page's listing with a slip's number."""

    OPEN = "open"
    APPLY = "apply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was typed or pressed, as it came. With an `answer` it is about the pay of `referral`, else with a `listing` an application."""

    code: str = ""
    last_four: str = ""
    listing: str = ""
    referral: str = ""
    answer: str = ""
    consent: str = ""

    def digits(self, name: str) -> str:
        """Give what was typed without blanks and dashes, full-width digits as plain ones."""
        text = unicodedata.normalize("NFKC", getattr(self, name))
        return "".join(c for c in text if not (c.isspace() or c in "-–—"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The page's one form; `sorry` says what was wrong with what was `sent`, which stays. `asks`: behind it he is asked about his pay."""

    do: Do
    asks: bool = False
    sorry: str = ""
    sent: Sent = Sent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A public listing that one may go to (`token`), or be put down for."""

    listing_id: str
    token: str
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One listing that the reader put himself down for; `answers` is what he may say of his pay now."""

    title: str
    state: str
    text: str
    ok: bool = True
    referral_id: str = ""
    answers: tuple[PayAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """The reader's registration. `last_four` is what he proved himself with, for his next step; `may_act`: his slip is new enough."""

    last_four: str
    rows: tuple[Row, ...]
    offers: tuple[Offer, ...]
    may_act: bool
    sorry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `ok` says whether the heading is good news; `for_worker`, that someone might be asked for money over it.

    `others` stand in place of a listing that is over; with `back`, the last four digits, he comes back to his registration.
    """

    status: int = 200
    ok: bool = False
    title: str = ""
    text: str = ""
    card: Card | None = None
    reading: Reading | None = None
    for_worker: bool = True
    steps: tuple[str, ...] = ()
    form: Form | None = None
    mine: Mine | None = None
    others: tuple[Offer, ...] = ()
    back: str = ""
    station: Station | None = None
    updated: str = ""


class SorryError(Exception):
    """What was sent cannot be done; `text` says why, and what to do."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def said(name: str, **values: object) -> dict[str, Any]:
    """Give the title, text and steps of the page that stands in kiosk/text under `name`."""
    known = words()
    steps = tuple(t(f"{name}.step{i}", **values) for i in range(1, 4) if f"{name}.step{i}" in known)
    return {"title": t(f"{name}.title", **values), "text": t(f"{name}.text", **values), "steps": steps}


def refusal(code: str) -> Page:
    """Give the page for a token that is none of ours, or none any more."""
    return Page(status=STATUS_OF[code], **said(f"phone.{PAGE_OF.get(code, code)}"))


def unavailable() -> Page:
    """Give the page for when the hub itself is in trouble."""
    return Page(status=503, **said("phone.unavailable"))


def front() -> Page:
    """Give the page of the bare address, which a slip of a terminal that was never enrolled leads to."""
    return Page(ok=True, **said("phone.front"))
