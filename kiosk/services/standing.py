"""What this station has in public, for whoever answers for it. Changes nothing: filling, taking down and editing are `publish`."""

from dataclasses import dataclass

from kiosk.domain.listing import Listing, Published
from kiosk.errors import NotAllowed, NotFound
from kiosk.services import browse
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One listing of ours in public; `newest` is its newest revision, with the contact, which may not be public yet.

    `sent` counts those of the recommended whom other stations sent.
    """

    published: Published
    referred: int
    sent: int
    newest: Listing

    @property
    def edited(self) -> bool:
        """Say whether there is a newer revision than the public one."""
        return self.newest.revision > self.published.listing.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingPage:
    """One page of them, newest publication first, and how many there are. `offset` is that of the first row."""

    rows: tuple[Standing, ...]
    offset: int
    total: int


def standing(here: Here, offset: int = 0) -> StandingPage:
    """Give at most PAGE of our listings in public; past the end the last page."""
    with here.store.read() as u:
        total = u.count_public(here.station_id)
        first = min(offset, max(0, total - 1) // PAGE * PAGE)
        rows = tuple(_standing(u, p) for p in u.newest(PAGE, first, here.station_id))
        return StandingPage(rows=rows, offset=first, total=total)


def stands(here: Here, listing_id: str) -> Standing:
    """Give one of our listings in public; raise NotFound when it is not public any more, NotAllowed for another station's."""
    with here.store.read() as u:
        published = u.published(listing_id)
        if published is None:
            raise NotFound(listing_id)
        if published.listing.station_id != here.station_id:
            raise NotAllowed("another station's listing")
        return _standing(u, published)


def _standing(u: UnitOfWork, published: Published) -> Standing:
    listing_id = published.listing.id
    return Standing(
        published=published,
        referred=browse.referred(u, listing_id),
        sent=browse.referred(u, listing_id, but=published.listing.station_id),
        newest=u.need(Listing, listing_id),
    )
