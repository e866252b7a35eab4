"""Who calls: the employers whom a phone number or a name brings back, and what each offered last, to be entered again."""

from dataclasses import dataclass

from kiosk.domain.employer import Employer
from kiosk.domain.listing import Listing
from kiosk.services.employers import employers, listings_of
from kiosk.services.station import Here

MOST, LOOKED_AT = 4, 20
DIGITS, CHARACTERS = 3, 2
"""Fewer would bring back half the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An employer who may be on the phone. `places` are where he had people work, latest first."""

    employer: Employer
    held: bool
    last: Listing | None
    places: tuple[str, ...]


def callers(here: Here, query: str) -> list[Caller]:
    """Give the likeliest few whose phone or name contains `query`, who called last first; none for a query that is too short."""
    if len(query) < (DIGITS if query.isdigit() else CHARACTERS):
        return []
    rows = sorted(employers(here, query), key=lambda r: not (r.employer.phone.startswith(query) or r.employer.name.startswith(query)))
    found = []
    with here.store.read() as u:
        for row in rows[:LOOKED_AT]:
            listings = listings_of(u, row.employer)[::-1]
            places = tuple(dict.fromkeys(one.place for one in listings))
            found.append(Caller(employer=row.employer, held=row.held, last=listings[0] if listings else None, places=places))
    return sorted(found, key=lambda c: c.last.collected_at.timestamp() if c.last else 0, reverse=True)[:MOST]


def own_area(here: Here) -> str:
    """Give the township of this station, where most of its work is."""
    with here.store.read() as u:
        return here.station(u).area
