"""适合我的: what fits a visitor who is known in this visit, and why.

The list beside it (browse.jobs) knows nothing of him: there must be one that is not personalised (个人信息保护法 24).
"""

from kiosk.domain.matching import Match, match
from kiosk.domain.referral import Referral
from kiosk.domain.worker import Worker
from kiosk.services.station import Here

BEST = 20


def fitting(here: Here, worker_id: str) -> tuple[Match, ...]:
    """Give the listings that fit a worker best, each with its reasons, without those he put himself down for; raise NotFound."""
    with here.store.read() as u:
        worker = u.need(Worker, worker_id)
        asked = frozenset(made.listing_id for made in u.list(Referral, worker_id=worker_id))
        listings = (p.listing for p in u.newest())
        return tuple(match(worker, listings, here.areas, here.station(u).area, here.today(), BEST, here.rules.hazard, asked))
