"""What a phone is shown for a token, from what the hub holds, and what becomes of what is sent from that page.

Opening a page never acts and shows nothing personal. What is sent must come with the last four digits of the phone: `phone_mine` does it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kiosk.county.card import make_card, make_reading
from kiosk.county.phone_limits import Limits
from kiosk.county.phone_mine import Counter, pay_answers
from kiosk.county.phone_page import Do, Form, Offer, Page, Sent, SorryError, refusal, said
from kiosk.county.phone_records import CHINA, Known, Records
from kiosk.county.rulings import Rulings
from kiosk.county.schema import device, record, ticket_key
from kiosk.county.vault import Vault
from kiosk.domain import referral as referrals
from kiosk.domain import ticket as tickets
from kiosk.domain.entities import ENTITIES
from kiosk.domain.listing import Listing, ListingState, state_of
from kiosk.domain.matching import AreaTable
from kiosk.domain.record import from_plain
from kiosk.domain.referral import Referral
from kiosk.domain.review import RuleBook
from kiosk.domain.station import Policy, Station, Training
from kiosk.domain.ticket import ACTS_FOR, IDENTIFIES_FOR, PublicKind, Ticket, TicketKind, public_token
from kiosk.domain.worker import Worker, WorkerState
from kiosk.errors import TicketError
from kiosk.text import t

ENTITY_OF = {
    TicketKind.REGISTRATION: "worker",
    TicketKind.REFERRAL: "referral",
    TicketKind.RECOMMENDATION: "referral",
    TicketKind.POSTING: "listing",
}
HIS_OWN = frozenset({TicketKind.REGISTRATION, TicketKind.REFERRAL})
"""The slips that a worker keeps; with one of them and his digits he is known."""
OTHERS = 3


@dataclass(frozen=True, slots=True)
class PhoneDesk:
    """Answers for one county. Without rules no pay is compared, and nobody under 18 is put down for anything."""

    county_id: str
    vault: Vault
    rulings: Rulings
    areas: AreaTable | None

    def page(self, connection: sa.Connection, token: str, now: datetime) -> Page:
        """Give the page for a token of any kind, good or bad."""
        records, rules = Records(connection, self.county_id, now), self.rulings.rules(connection, now)
        public = tickets.read_public(token)
        if public is not None:
            kind, record_id = public
            pages = _Pages(self, records, rules)
            return pages.public_listing(record_id, None) if kind is PublicKind.LISTING else pages.published(kind, record_id)
        try:
            ticket, station_id = self._verify(connection, token, now)
        except TicketError as error:
            return refusal(error.code)
        return _Pages(self, records, rules).ticket(ticket, station_id)

    def send(self, connection: sa.Connection, token: str, sent: Sent, source: str, now: datetime) -> Page:
        """Do what was sent from a page, in the caller's transaction, which is to be committed whatever comes of it.

        Nothing is done twice; what cannot be done gives the page again, with a sentence that says why, and with what was typed.
        """
        page = self.page(connection, token, now)
        if page.form is None:
            return page
        records, limits = Records(connection, self.county_id, now), Limits(connection, self.county_id, source, now)
        try:
            if page.form.do is Do.APPLY:
                slip, listing_id = None, page.form.sent.listing
                known = self._by_code(records, limits, sent)
                age, sent = now - known.at, Sent(listing=listing_id, consent=sent.consent)
            else:
                slip = sent.digits("last_four")
                ticket, station_id = self._verify(connection, token, now)
                known = self._by_ticket(records, limits, ticket, station_id, sent)
                signed = ticket.age(now)
                age = now - known.at if signed is None else signed
        except SorryError as sorry:
            return replace(page, status=sorry.status, form=replace(page.form, sorry=sorry.text, sent=sent))
        rules = self.rulings.rules(connection, now)
        counter = Counter(connection, self.county_id, records, rules, self.areas, known.worker, age <= ACTS_FOR, slip)
        return self._dated(records, counter.done(sent))

    def _by_code(self, records: Records, limits: Limits, sent: Sent) -> Known:
        """Find who typed his slip's number; raise SorryError."""
        code = sent.digits("code")
        if not (len(code) == 8 and code.isascii() and code.isdigit()):
            raise SorryError(422, t("phone.sorry.code"))
        subject = "code " + self.vault.derive("phone code", code)[:32]
        return _proved(limits, sent, subject, lambda last_four: records.worker_by_code(code, last_four), t("phone.sorry.wrong_code"))

    def _by_ticket(self, records: Records, limits: Limits, ticket: Ticket, station_id: str, sent: Sent) -> Known:
        """Find whose slip this is; raise SorryError."""
        worker_id = ticket.subject
        if ticket.kind is TicketKind.REFERRAL:
            worker_id = from_plain(Referral, records.rows("referral", record.c.id == ticket.subject)[-1].data).worker_id
        known = records.worker(worker_id, station_id)
        his = known is not None and known.has_own_phone
        sorry = t("phone.sorry.wrong" if his or known is None else "phone.sorry.through_staff")
        return _proved(limits, sent, worker_id, lambda last_four: known if known and known.is_his(last_four) else None, sorry)

    def _dated(self, records: Records, page: Page) -> Page:
        return replace(page, updated=_updated(records, page.station)) if page.station else page

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


def _proved(limits: Limits, sent: Sent, subject: str, find: Any, wrong: str) -> Known:
    """Give whom `find` finds for the digits that were typed, within the limits; raise SorryError. Digits that are none cost nothing."""
    last_four = sent.digits("last_four")
    if not (len(last_four) == 4 and last_four.isascii() and last_four.isdigit()):
        raise SorryError(422, t("phone.sorry.digits"))
    limits.check(subject)
    known: Known | None = find(last_four)
    if known is None:
        limits.missed(subject)
        raise SorryError(403, wrong)
    return known


class _Pages:
    """Says records."""

    def __init__(self, desk: PhoneDesk, records: Records, rules: RuleBook | None) -> None:
        self._desk, self._records = desk, records
        self._wages = rules.wages if rules else None

    def ticket(self, ticket: Ticket, station_id: str) -> Page:
        """Give the page for a verified ticket, which speaks only of its own station's records."""
        if ticket.kind is TicketKind.LISTING:
            return self.public_listing(ticket.subject, station_id)
        entity = ENTITY_OF[ticket.kind]
        rows = self._records.rows(entity, record.c.id == ticket.subject, record.c.owner == station_id)
        if not rows:
            return self._page(station_id, "phone.waiting")
        newest = rows[-1]
        if ticket.age(self._records.now) is None and newest.received_at < self._records.now - IDENTIFIES_FOR:
            return refusal("expired")
        if newest.data is None:
            return self._page(station_id, f"phone.registration.{WorkerState.WITHDRAWN}")
        found: Any = from_plain(ENTITIES[entity], newest.data)
        if isinstance(found, Worker):
            form = None if found.state is WorkerState.WITHDRAWN else Form(do=Do.OPEN)
            return self._page(station_id, f"phone.registration.{found.state}", ok=found.state is WorkerState.ACTIVE, form=form)
        if isinstance(found, Referral):
            return self._referral(found, station_id, his_own=ticket.kind in HIS_OWN)
        return self._posting(found, station_id)

    def published(self, kind: PublicKind, record_id: str) -> Page:
        """Give a policy or a course of the county."""
        is_policy = kind is PublicKind.POLICY
        rows = self._records.rows("policy" if is_policy else "training", record.c.id == record_id)
        data = rows[-1].data if rows else None
        if data is None:
            return Page(status=404, **said("phone.published_gone"))
        return Page(ok=True, for_worker=False, reading=make_reading(from_plain(Policy, data) if is_policy else from_plain(Training, data)))

    def public_listing(self, listing_id: str, signed_by: str | None) -> Page:
        """Give a listing as everyone may see it; `signed_by` is the station whose slip was scanned, if any."""
        story, today = self._records.story(listing_id), self._records.today
        if not story.revisions:
            return self._page(signed_by, "phone.waiting") if signed_by else Page(status=404, **said("phone.listing.hidden"))
        newest, shown, ended = story.revisions[-1], story.shown(today), story.ended(today)
        station = self._records.station(signed_by or newest.station_id)
        if shown is not None and not story.held:
            form = Form(do=Do.APPLY, sent=Sent(listing=listing_id))
            return self._with(station, ok=True, card=make_card(shown.public(), self._wages, today), form=form)
        if shown is not None:
            return self._over(station, newest, "phone.listing.down")
        if story.takedowns:
            return self._over(
                station, newest, "phone.listing.filled" if story.takedowns[-1].state is ListingState.FILLED else "phone.listing.down"
            )
        if ended is not None:
            return self._over(station, ended, "phone.listing.ended", title=ended.title)
        return self._page(signed_by, "phone.waiting") if signed_by else Page(status=404, **said("phone.listing.hidden"))

    def _over(self, station: Station | None, listing: Listing, name: str, **values: object) -> Page:
        """Say that a listing is over, and show what is nearest to it."""
        others = tuple(
            Offer(listing_id=o.id, token=public_token(o.id), card=make_card(o.public(), self._wages, self._records.today))
            for o in self._records.nearest(listing, self._desk.areas, OTHERS)
        )
        return self._with(station, status=410, others=others, **said(name, **values))

    def _referral(self, referral: Referral, station_id: str, *, his_own: bool) -> Page:
        steps = self._records.steps(referral.id)
        story = self._records.story(referral.listing_id)
        shown = story.shown(self._records.today)
        card = make_card(shown.public(), self._wages, self._records.today) if shown else None
        form = None
        if his_own:
            asks = bool(pay_answers(self._records, referral, steps, self._records.acts(referral.worker_id)))
            form = Form(do=Do.OPEN, asks=asks)
        return self._page(station_id, f"phone.referral.{referrals.state_of(steps)}", ok=True, card=card, form=form)

    def _posting(self, listing: Listing, station_id: str) -> Page:
        story = self._records.story(listing.id)
        state = state_of(listing, story.reviews, story.takedowns, self._records.today)
        card = make_card(listing.public(), self._wages, self._records.today)
        return self._page(station_id, f"phone.posting.{state}", ok=state is ListingState.APPROVED, card=card, for_worker=False)

    def _page(self, station_id: str | None, name: str, **values: Any) -> Page:
        return self._with(self._records.station(station_id), **values, **said(name))

    def _with(self, station: Station | None, **values: Any) -> Page:
        return Page(station=station, updated=_updated(self._records, station) if station else "", **values)


def _updated(records: Records, station: Station) -> str:
    """Say when the station was last heard of."""
    heard = records.heard_at(station.id)
    if heard is None:
        return t("phone.updated_never")
    there = heard.astimezone(CHINA)
    clock = f"{there:%H:%M}"
    other_day = t("phone.updated_day", month=there.month, day=there.day, time=clock)
    return t("phone.updated", time=clock if there.date() == records.today else other_day)
