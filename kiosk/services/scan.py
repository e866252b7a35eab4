"""What somebody held before the scanner: a slip of ours, a listing's link, or something else, each with its sentence.

A slip only says whose registration is meant; opening it is services/mine's, with the last four digits of the phone.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from kiosk.domain import ticket
from kiosk.domain.codes import COUNTY
from kiosk.domain.listing import Listing
from kiosk.domain.referral import Referral
from kiosk.domain.station import Policy, Training
from kiosk.domain.ticket import PATH, PublicKind, Ticket, TicketKind
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import BadInput, TicketError
from kiosk.services import tickets
from kiosk.services.station import Here
from kiosk.services.team import CARD_MARK
from kiosk.store.store import UnitOfWork

WIFI = "WIFI:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """Where a code leads: to a public listing, a policy or a course, to the registration with this 8-digit code, or, being an employer's
    `receipt`, to his postings (services/receipts reads it).
    """

    listing_id: str = ""
    record: Policy | Training | None = None
    code: str = ""
    receipt: bool = False


def read_scan(here: Here, text: str) -> Scanned:
    """Say what a scanned code is; raise BadInput('scan') with the sentence for one that leads nowhere here.

    A ticket must be one of this terminal's own (its key alone is here), whole, and not older than 180 days; the host is not looked at,
    because the county's may change while slips live.
    """
    text = text.strip()
    token = _token(text)
    if token is None:
        raise BadInput("scan", _strange(here, text))
    with here.store.read() as u:
        public = ticket.read_public(token)
        if public is not None:
            return _public(u, *public)
        found = _verified(here, u, token)
        if found.kind is TicketKind.LISTING:
            return _listing(u, found.subject)
        if found.kind is TicketKind.POSTING:
            return Scanned(receipt=True)
        if found.kind is TicketKind.RECOMMENDATION:
            raise BadInput("scan", "bad.scan.recommendation")
        return Scanned(code=_worker(here, u, found).code)


def _token(text: str) -> str | None:
    """Give what follows /k/ in a link; None where it is no link of that kind."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    begins = parts.scheme in ("http", "https") and parts.path.startswith(PATH)
    return parts.path.removeprefix(PATH) if begins else None


def _strange(here: Here, text: str) -> str:
    if text.upper().startswith(WIFI):
        return "bad.scan.wifi"
    if text.startswith(CARD_MARK):
        return "bad.scan.card"
    # a slip of a terminal that was never enrolled carries the county's front page
    return "bad.scan.unsigned" if text.rstrip("/") == here.phone_base.rstrip("/") else "bad.scan.foreign"


def _verified(here: Here, u: UnitOfWork, token: str) -> Ticket:
    key, key_id = u.recall(tickets.KEY), u.recall(tickets.KEY_ID)
    try:
        claimed = ticket.read(token)
        if key is None or key_id != str(claimed.key_id) or claimed.county != COUNTY:
            raise TicketError("unknown_key")
        return ticket.verify(token, bytes.fromhex(key), here.now())
    except TicketError as error:
        raise BadInput("scan", f"bad.scan.{error.code}") from None


def _public(u: UnitOfWork, kind: PublicKind, record_id: str) -> Scanned:
    if kind is PublicKind.LISTING:
        return _listing(u, record_id)
    record = u.get(Policy, record_id) if kind is PublicKind.POLICY else u.get(Training, record_id)
    if record is None:
        raise BadInput("scan", "bad.scan.gone")
    return Scanned(record=record)


def _listing(u: UnitOfWork, listing_id: str) -> Scanned:
    if u.published(listing_id) is None:
        raise BadInput("scan", "bad.scan.listing_over" if u.get(Listing, listing_id) else "bad.scan.listing_unknown")
    return Scanned(listing_id=listing_id)


def _worker(here: Here, u: UnitOfWork, found: Ticket) -> Worker:
    made = u.get(Referral, found.subject) if found.kind is TicketKind.REFERRAL else None
    worker = u.get(Worker, made.worker_id if made else found.subject)
    if worker is None or worker.station_id != here.station_id:
        raise BadInput("scan", "bad.scan.unknown_key")
    if worker.state is WorkerState.WITHDRAWN:
        raise BadInput("scan", "bad.scan.withdrawn")
    # a ticket whose clock was not set is judged by the record
    born = made.created_at if made else worker.registered_at
    if found.age(here.now()) is None and here.now() - born > ticket.IDENTIFIES_FOR:
        raise BadInput("scan", "bad.scan.expired")
    return worker
