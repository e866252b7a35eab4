"""The links on slips and board: signed with this device's ticket key, which the county gave at enrolment."""

from datetime import datetime

from kiosk.domain import ticket
from kiosk.domain.record import EPOCH
from kiosk.domain.referral import Referral
from kiosk.domain.ticket import TicketKind
from kiosk.domain.worker import Worker
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

KEY = "ticket.key"
KEY_ID = "ticket.key_id"


def listing_url(here: Here, listing_id: str) -> str:
    """Give the plain link to a public listing."""
    return ticket.url(here.phone_base, ticket.public_token(listing_id))


def policy_url(here: Here, policy_id: str) -> str:
    """Give the plain link to a policy."""
    return ticket.url(here.phone_base, ticket.public_token(policy_id, ticket.PublicKind.POLICY))


def training_url(here: Here, training_id: str) -> str:
    """Give the plain link to a course."""
    return ticket.url(here.phone_base, ticket.public_token(training_id, ticket.PublicKind.TRAINING))


def registration_url(here: Here, u: UnitOfWork, worker: Worker, now: datetime) -> str:
    """Give the signed link to a registration's state."""
    return _signed(here, u, TicketKind.REGISTRATION, worker.id, now)


def referral_url(here: Here, u: UnitOfWork, referral: Referral, now: datetime) -> str:
    """Give the signed link to a referral's state."""
    return _signed(here, u, TicketKind.REFERRAL, referral.id, now)


def recommendation_url(here: Here, u: UnitOfWork, referral: Referral, now: datetime) -> str:
    """Give the signed link on a 推荐单: to a referral's state too, but to no registration, because the employer holds it."""
    return _signed(here, u, TicketKind.RECOMMENDATION, referral.id, now)


def posting_url(here: Here, u: UnitOfWork, listing_id: str, now: datetime) -> str:
    """Give the employer's signed link to his posting, which is not public yet."""
    return _signed(here, u, TicketKind.POSTING, listing_id, now)


def _signed(here: Here, u: UnitOfWork, kind: TicketKind, subject: str, now: datetime) -> str:
    key, key_id = u.recall(KEY), u.recall(KEY_ID)
    if key is None or key_id is None:
        return here.phone_base  # never enrolled: the county could verify nothing, so the code leads to its front page
    return ticket.url(here.phone_base, ticket.sign(ticket.issue(kind, subject, int(key_id), now if u.sure else EPOCH), bytes.fromhex(key)))
