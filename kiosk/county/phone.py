"""What a phone is shown for a token: the page's words and its HTTP status, from what the hub holds. Never acts, shows nothing personal.

No HTML here (`templates/phone.html.j2`) and no HTTP (`app`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa

from kiosk.county.card import Card, Reading, make_card, make_reading
from kiosk.county.schema import device, record, ticket_key
from kiosk.county.vault import Vault
from kiosk.domain import referral as referrals
from kiosk.domain import ticket as tickets
from kiosk.domain.employer import EmployerHold, is_held
from kiosk.domain.entities import ENTITIES
from kiosk.domain.listing import Listing, ListingState, Review, Takedown, public_revision, state_of
from kiosk.domain.pay import MinimumWage
from kiosk.domain.record import from_plain
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.station import Policy, Station, Training
from kiosk.domain.ticket import IDENTIFIES_FOR, PublicKind, Ticket, TicketKind
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import TicketError
from kiosk.text import t, words

CHINA = timezone(timedelta(hours=8))
STATUS_OF = {"malformed": 404, "forged": 403, "unknown_key": 403, "foreign": 404, "expired": 410}
PAGE_OF = {"unknown_key": "forged"}
ENTITY_OF = {
    TicketKind.REGISTRATION: "worker",
    TicketKind.REFERRAL: "referral",
    TicketKind.RECOMMENDATION: "referral",
    TicketKind.POSTING: "listing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `ok` says whether the heading is good news; `for_worker`, that someone might be asked for money over it."""

    status: int = 200
    ok: bool = False
    title: str = ""
    text: str = ""
    card: Card | None = None
    reading: Reading | None = None
    for_worker: bool = True
    steps: tuple[str, ...] = ()
    station: Station | None = None
    updated: str = ""


@dataclass(frozen=True, slots=True)
class PhoneDesk:
    """Answers for one county. `wages` is None where the rules give no minimum wage."""

    county_id: str
    vault: Vault
    wages: MinimumWage | None

    def page(self, connection: sa.Connection, token: str, now: datetime) -> Page:
        """Give the page for a token of any kind, good or bad."""
        public = tickets.read_public(token)
        if public is not None:
            kind, record_id = public
            records = _Records(self, connection, now)
            return records.public_listing(record_id, None) if kind is PublicKind.LISTING else records.published(kind, record_id)
        try:
            ticket, station_id = self._verify(connection, token, now)
        except TicketError as error:
            return refusal(error.code)
        return _Records(self, connection, now).ticket(ticket, station_id)

    def _verify(self, connection: sa.Connection, token: str, now: datetime) -> tuple[Ticket, str]:
        """Check a token under the key that it names, and give the station whose terminal signed it; raise TicketError."""
        claimed = tickets.read(token)
        if claimed.county != self.county_id:
            raise TicketError("foreign")
        same = sa.and_(device.c.county_id == ticket_key.c.county_id, device.c.id == ticket_key.c.device_id)
        keys = sa.select(ticket_key.c.sealed_key, device.c.station_id).select_from(ticket_key.join(device, same))
        mine = (ticket_key.c.county_id == self.county_id, ticket_key.c.key_id == sa.cast(claimed.key_id, sa.BigInteger))
        key = connection.execute(keys.where(*mine)).first()
        if key is None:
            raise TicketError("unknown_key")
        return tickets.verify(token, self.vault.open(key.sealed_key), now), key.station_id


def refusal(code: str) -> Page:
    """Give the page for a token that is none of ours, or none any more."""
    return Page(status=STATUS_OF[code], **_words(f"phone.{PAGE_OF.get(code, code)}"))


def unavailable() -> Page:
    """Give the page for when the hub itself is in trouble."""
    return Page(status=503, **_words("phone.unavailable"))


def front() -> Page:
    """Give the page of the bare address, which a slip of a terminal that was never enrolled leads to."""
    return Page(ok=True, **_words("phone.front"))


class _Records:
    """Reads records and says them."""

    def __init__(self, desk: PhoneDesk, connection: sa.Connection, now: datetime) -> None:
        self._desk, self._connection, self._now = desk, connection, now
        self._today = now.astimezone(CHINA).date()

    def ticket(self, ticket: Ticket, station_id: str) -> Page:
        """Give the page for a verified ticket, which speaks only of its own station's records."""
        if ticket.kind is TicketKind.LISTING:
            return self.public_listing(ticket.subject, station_id)
        entity = ENTITY_OF[ticket.kind]
        rows = self._rows(entity, record.c.id == ticket.subject, record.c.owner == station_id)
        if not rows:
            return self._page(station_id, "phone.waiting")
        newest = rows[-1]
        if ticket.age(self._now) is None and newest.received_at < self._now - IDENTIFIES_FOR:
            return refusal("expired")
        if newest.data is None:
            return self._page(station_id, f"phone.registration.{WorkerState.WITHDRAWN}")
        found: Any = from_plain(ENTITIES[entity], newest.data)
        if isinstance(found, Worker):
            return self._page(station_id, f"phone.registration.{found.state}", ok=found.state is WorkerState.ACTIVE)
        if isinstance(found, Referral):
            return self._referral(found, station_id)
        return self._posting(found, station_id)

    def published(self, kind: PublicKind, record_id: str) -> Page:
        """Give a policy or a course of the county."""
        is_policy = kind is PublicKind.POLICY
        rows = self._rows("policy" if is_policy else "training", record.c.id == record_id)
        data = rows[-1].data if rows else None
        if data is None:
            return Page(status=404, **_words("phone.published_gone"))
        return Page(ok=True, for_worker=False, reading=make_reading(from_plain(Policy, data) if is_policy else from_plain(Training, data)))

    def public_listing(self, listing_id: str, signed_by: str | None) -> Page:
        """Give a listing as everyone may see it; `signed_by` is the station whose slip was scanned, if any."""
        listings, reviews, takedowns = self._listing(listing_id)
        if not listings:
            return self._page(signed_by, "phone.waiting") if signed_by else Page(status=404, **_words("phone.listing.hidden"))
        newest = listings[-1]
        station = self._station(signed_by or newest.station_id)
        shown = public_revision(listings, reviews, takedowns, self._today)
        if shown is not None and self._held(shown):
            return self._with(station, status=410, **_words("phone.listing.down"))
        if shown is not None:
            steps = [t("phone.listing.open.step1", station=station.name if station else "", title=shown.title)]
            steps += [t("phone.listing.open.step2")] if signed_by else []
            return self._with(station, ok=True, card=make_card(shown.public(), self._desk.wages, self._today), steps=tuple(steps))
        if takedowns:
            name = "filled" if takedowns[-1].state is ListingState.FILLED else "down"
            return self._with(station, status=410, **_words(f"phone.listing.{name}"))
        ended = [r for r in listings if state_of(r, reviews, takedowns, self._today) is ListingState.EXPIRED]
        if ended:
            return self._with(station, status=410, **_words("phone.listing.ended", title=ended[-1].title))
        return self._page(signed_by, "phone.waiting") if signed_by else Page(status=404, **_words("phone.listing.hidden"))

    def _held(self, listing: Listing) -> bool:
        rows = self._rows("employer_hold", record.c.about == listing.employer_id) if listing.employer_id else ()
        return is_held([from_plain(EmployerHold, r.data) for r in rows if r.data])

    def _referral(self, referral: Referral, station_id: str) -> Page:
        steps = [from_plain(ReferralStep, r.data) for r in self._rows("referral_step", record.c.about == referral.id) if r.data]
        listings, reviews, takedowns = self._listing(referral.listing_id)
        shown = public_revision(listings, reviews, takedowns, self._today)
        card = make_card(shown.public(), self._desk.wages, self._today) if shown else None
        return self._page(station_id, f"phone.referral.{referrals.state_of(steps)}", ok=True, card=card)

    def _posting(self, listing: Listing, station_id: str) -> Page:
        _, reviews, takedowns = self._listing(listing.id)
        state = state_of(listing, reviews, takedowns, self._today)
        card = make_card(listing.public(), self._desk.wages, self._today)
        return self._page(station_id, f"phone.posting.{state}", ok=state is ListingState.APPROVED, card=card, for_worker=False)

    def _listing(self, listing_id: str) -> tuple[list[Listing], list[Review], list[Takedown]]:
        listings = [from_plain(Listing, r.data) for r in self._rows("listing", record.c.id == listing_id) if r.data]
        reviews = [from_plain(Review, r.data) for r in self._rows("review", record.c.about == listing_id) if r.data]
        takedowns = [from_plain(Takedown, r.data) for r in self._rows("takedown", record.c.about == listing_id) if r.data]
        return listings, reviews, sorted(takedowns, key=lambda x: (x.taken_down_at, x.id))

    def _rows(self, entity: str, *where: sa.ColumnElement[bool]) -> Sequence[sa.Row[Any, Any]]:
        query = sa.select(record.c.data, record.c.received_at).where(
            record.c.county_id == self._desk.county_id, record.c.entity == entity, *where
        )
        return self._connection.execute(query.order_by(record.c.revision, record.c.id)).all()

    def _station(self, station_id: str | None) -> Station | None:
        rows = self._rows("station", record.c.id == station_id)
        return from_plain(Station, rows[-1].data) if rows else None

    def _page(self, station_id: str | None, name: str, **values: Any) -> Page:
        return self._with(self._station(station_id), **values, **_words(name))

    def _with(self, station: Station | None, **values: Any) -> Page:
        return Page(station=station, updated=self._updated(station.id) if station else "", **values)

    def _updated(self, station_id: str) -> str:
        """Say when the station was last heard of."""
        mine = (device.c.county_id == self._desk.county_id, device.c.station_id == station_id)
        heard = self._connection.scalar(sa.select(sa.func.max(device.c.heard_at)).where(*mine))
        if heard is None:
            return t("phone.updated_never")
        there = heard.astimezone(CHINA)
        clock = f"{there:%H:%M}"
        other_day = t("phone.updated_day", month=there.month, day=there.day, time=clock)
        return t("phone.updated", time=clock if there.date() == self._today else other_day)


def _words(name: str, **values: object) -> dict[str, Any]:
    """Give the title, text and steps of the page that stands in kiosk/text under `name`."""
    known = words()
    steps = tuple(t(f"{name}.step{i}", **values) for i in range(1, 4) if f"{name}.step{i}" in known)
    return {"title": t(f"{name}.title"), "text": t(f"{name}.text", **values), "steps": steps}
