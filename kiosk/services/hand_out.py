"""Slips that a visitor asks for: one listing, one policy. An employer's contact stands there only as he chose, and that is audited."""

from kiosk.domain.listing import Listing
from kiosk.domain.station import Policy, Station
from kiosk.errors import NotFound
from kiosk.services import printing, slips, tickets
from kiosk.services.station import Here, slip_serial


def print_listing(here: Here, listing_id: str) -> str:
    """Queue a slip of a public listing; give the job's id, or raise NotFound when it is no longer public."""
    now = here.now()
    with here.store.write() as u:
        published = u.published(listing_id)
        if published is None:
            raise NotFound(listing_id)
        listing = u.need(Listing, listing_id, published.listing.revision)
        own = here.station(u)
        owner = u.get(Station, listing.station_id)
        serial, url = slip_serial(u, own, now), tickets.listing_url(here, listing_id)
        slip = slips.listing_slip(listing, own, serial, url, now, owner=owner, number=published.number)
        job = printing.queue_slip(u, slip, listing_id, now)
        if slips.shows_contact(listing, own):
            u.audit(now, "visitor", "contact_on_slip", listing_id)
    return job.id


def print_policy(here: Here, policy_id: str) -> str:
    """Queue a slip of a policy; give the job's id, or raise NotFound when the county has taken it back."""
    now = here.now()
    with here.store.write() as u:
        policy, station = u.need(Policy, policy_id), here.station(u)
        slip = slips.policy_slip(policy, station, slip_serial(u, station, now), tickets.policy_url(here, policy_id), now)
        job = printing.queue_slip(u, slip, policy_id, now)
    return job.id
