"""The token on a slip's QR: what it is for, which record it names, when it was issued, and a truncated HMAC. Holds no personal data.

Layout, 36 bytes, base64url to 48 characters: version and kind (a nibble each) · county (3) · key id (4) · record id (16) · hour of issue
since 1970 (3) · HMAC-SHA256 cut to 9 bytes. The key id names one device's ticket key. Hour 0 means "clock not set": the hub judges by the
record. What is public needs no ticket: its token is a letter and the record's id, 23 characters. Validity: DESIGN, tickets.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kiosk.domain.codes import COUNTY
from kiosk.errors import TicketError

VERSION = 1
ACTS_FOR = timedelta(hours=72)
IDENTIFIES_FOR = timedelta(days=180)
PATH = "/k/"

_BODY = struct.Struct(">B3sI16s3s")
_MAC_BYTES = 9
_HOUR = 3600
_CLOCK_SET_FROM = datetime(2024, 1, 1, tzinfo=UTC)
_CLOCK_AHEAD = timedelta(hours=24)


class TicketKind(StrEnum):
    """What a ticket is for. A 推荐单 passes through the employer's hands: it names a referral, and identifies nobody."""

    LISTING = "listing"
    REGISTRATION = "registration"
    REFERRAL = "referral"
    POSTING = "posting"
    RECOMMENDATION = "recommendation"


_KINDS = dict(enumerate(TicketKind, start=1))
_NUMBERS = {kind: number for number, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a token says. `subject` is the record's id, `key_id` names the key that signs, `hour` counts from 1970 (0: clock not set)."""

    kind: TicketKind
    subject: str
    key_id: int
    county: str = COUNTY
    hour: int = 0

    def age(self, now: datetime) -> timedelta | None:
        """Give how old the ticket is, or None when the clock that issued it was not set or ran more than a day ahead."""
        age = now - datetime.fromtimestamp(self.hour * _HOUR, UTC)
        return None if self.hour == 0 or age < -_CLOCK_AHEAD else max(age, timedelta())


def issue(kind: TicketKind, subject: str, key_id: int, now: datetime, county: str = COUNTY) -> Ticket:
    """Make a ticket for a record; a clock before 2024 is not set, and the ticket says so."""
    hour = int(now.timestamp()) // _HOUR if now >= _CLOCK_SET_FROM else 0
    return Ticket(kind=kind, subject=subject, key_id=key_id, county=county, hour=hour)


def sign(ticket: Ticket, key: bytes) -> str:
    """Write a ticket as a token of 48 characters."""
    body = _BODY.pack(
        VERSION << 4 | _NUMBERS[ticket.kind],
        int(ticket.county).to_bytes(3),
        ticket.key_id,
        UUID(ticket.subject).bytes,
        ticket.hour.to_bytes(3),
    )
    return base64.urlsafe_b64encode(body + _mac(body, key)).decode()


def read(token: str) -> Ticket:
    """Read what a token claims, unverified, to find its key; raise TicketError('malformed')."""
    body, _ = _split(token)
    first, county, key_id, subject, hour = _BODY.unpack(body)
    kind = _KINDS.get(first & 0xF)
    if first >> 4 != VERSION or kind is None:
        raise TicketError("malformed")
    return Ticket(
        kind=kind,
        subject=str(UUID(bytes=subject)),
        key_id=key_id,
        county=f"{int.from_bytes(county):06d}",
        hour=int.from_bytes(hour),
    )


def verify(token: str, key: bytes, now: datetime) -> Ticket:
    """Check a token against its key and its age; raise TicketError: malformed, forged or expired.

    A listing's link lives until the listing ends, which only the record can say. So does a ticket without a trusted hour.
    """
    ticket = read(token)
    body, mac = _split(token)
    if not hmac.compare_digest(mac, _mac(body, key)):
        raise TicketError("forged")
    age = ticket.age(now)
    if ticket.kind is not TicketKind.LISTING and age is not None and age > IDENTIFIES_FOR:
        raise TicketError("expired")
    return ticket


class PublicKind(StrEnum):
    """What everybody may see: the first letter of its token."""

    LISTING = "L"
    POLICY = "P"
    TRAINING = "T"


def public_token(record_id: str, kind: PublicKind = PublicKind.LISTING) -> str:
    """Give the token of what is public, which needs no signature: 23 characters."""
    return kind.value + base64.urlsafe_b64encode(UUID(record_id).bytes).decode().rstrip("=")


def read_public(token: str) -> tuple[PublicKind, str] | None:
    """Give the kind and the record's id when the token is a plain public link, else None."""
    if len(token) != 23 or token[0] not in tuple(PublicKind):
        return None
    kind = PublicKind(token[0])
    try:
        record_id = str(UUID(bytes=base64.b64decode(token[1:] + "==", altchars=b"-_", validate=True)))
    except (binascii.Error, ValueError):
        return None
    return (kind, record_id) if public_token(record_id, kind) == token else None


def url(phone_base: str, token: str) -> str:
    """Give the address that a QR code carries."""
    return f"{phone_base.rstrip('/')}{PATH}{token}"


def _split(token: str) -> tuple[bytes, bytes]:
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TicketError("malformed") from None
    if len(raw) != _BODY.size + _MAC_BYTES:
        raise TicketError("malformed")
    return raw[: _BODY.size], raw[_BODY.size :]


def _mac(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)[:_MAC_BYTES]
