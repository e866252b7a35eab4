"""The number on an employer's slip: which postings it opens.

A number opens the postings that were made with it, and no other. His phone alone opens nothing: nobody has proved that it is his, and on
slips it may be read by all. The numbers stay at this station.
"""

import secrets

from kiosk.domain.ticket import TicketKind, verify
from kiosk.errors import NotFound, TicketError
from kiosk.services.station import Here
from kiosk.services.tickets import KEY
from kiosk.store.store import UnitOfWork

DIGITS = 8
GUESSED = "posting.misses"


def give_number(u: UnitOfWork, listing_id: str, number: str = "") -> str:
    """Give the number of a posting's slip: `number`, which its employer has already, or a new one."""
    while not number:
        drawn = f"{secrets.randbelow(90_000_000) + 10_000_000}"
        number = drawn if u.recall(_opens(drawn)) is None else ""
    ids = opened_by(u, number)
    if listing_id not in ids:
        u.remember(_opens(number), " ".join((*ids, listing_id)))
        u.remember(_number_of(listing_id), number)
    return number


def opened_by(u: UnitOfWork, number: str) -> tuple[str, ...]:
    """Give the ids of the postings that a number opens, in the order in which they were made."""
    return tuple((u.recall(_opens(number)) or "").split())


def number_of(u: UnitOfWork, listing_id: str) -> str:
    """Give the number of a posting's slip; empty where it was given none, because nobody stood there."""
    return u.recall(_number_of(listing_id)) or ""


def read_receipt(here: Here, text: str) -> str:
    """Give the number of the slip whose code was scanned; raise NotFound for any other code, one that we did not sign included.

    A listing's id stands on every board: without the signature anybody could make the code of another's slip.
    """
    token = text.strip().rsplit("/", 1)[-1]
    with here.store.read() as u:
        key = u.recall(KEY)
        try:
            ticket = None if key is None else verify(token, bytes.fromhex(key), here.now())
        except TicketError:
            ticket = None
        number = number_of(u, ticket.subject) if ticket is not None and ticket.kind is TicketKind.POSTING else ""
    if not number:
        raise NotFound("receipt")
    return number


def _opens(number: str) -> str:
    return f"posting.number.{number}"


def _number_of(listing_id: str) -> str:
    return f"posting.listing.{listing_id}"
