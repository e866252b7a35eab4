"""The registration of a worker who has proved who he is, and what he does there: put himself down, say whether he was paid.

What he does is written for his station, which carries it out (`kiosk.domain.phone_act`); nothing here changes a station's record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiosk.county.card import day_word, make_card
from kiosk.county.phone_limits import hold
from kiosk.county.phone_page import Mine, Offer, Page, Row, Sent, SorryError, said
from kiosk.county.phone_records import CHINA, Records, is_live
from kiosk.county.publish import tell_station
from kiosk.domain import referral as referrals
from kiosk.domain.codes import AgeBand
from kiosk.domain.listing import Listing
from kiosk.domain.matching import AreaTable, match
from kiosk.domain.opening import after, read_hours
from kiosk.domain.phone_act import PhoneAct, PhoneActKind
from kiosk.domain.record import new_id
from kiosk.domain.referral import Party, PayAnswer, Referral, ReferralStep
from kiosk.domain.review import RuleBook, hazardous
from kiosk.domain.station import Station
from kiosk.domain.ticket import public_token
from kiosk.domain.worker import Worker, WorkerState
from kiosk.text import t

OFFERS, ROWS = 5, 10
ACTS_A_DAY = 20
AWAY = timedelta(minutes=10)
"""A station that was not heard of for so long has no line now."""
CALL_WITHIN = timedelta(hours=1)
"""So long before the work begins staff must have seen it, to reach an employer and call back (own)."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One worker at his page. `may_act`: his slip is new enough to be put down with; `slip`: the digits, where he came with a slip."""

    connection: sa.Connection
    county_id: str
    records: Records
    rules: RuleBook | None
    areas: AreaTable | None
    worker: Worker
    may_act: bool
    slip: str | None

    def done(self, sent: Sent) -> Page:
        """Do what was asked for, or show his registration with what stands against it."""
        try:
            if sent.answer:
                return self._pay(sent.referral, sent.answer)
            if sent.listing:
                return self._apply(sent.listing, contact_consent=bool(sent.consent))
        except SorryError as sorry:
            return self._mine(sorry.status, sorry.text)
        return self._mine()

    def _mine(self, status: int = 200, sorry: str = "") -> Page:
        station, worker = self._station(), self.worker
        if self.slip is None:  # who typed a number into a listing's page sees no registration
            return Page(status=status, title=t("phone.sorry.head"), text=sorry, station=station)
        state = said(f"phone.mine.{worker.state}", who=worker.name.masked())
        rows, left_out = self._rows()
        offers = self._offers(station, left_out) if self.may_act and worker.state is not WorkerState.WITHDRAWN else ()
        mine = Mine(last_four=self.slip, rows=rows[:ROWS], offers=offers, may_act=self.may_act, sorry=sorry)
        return Page(status=status, ok=True, mine=mine, station=station, **state)

    def _rows(self) -> tuple[tuple[Row, ...], set[str]]:
        """Say what he put himself down for, what he is asked about first, then the newest; with it the listings not to offer him again."""
        acts, made = self.records.acts(self.worker.id), self.records.referrals(self.worker)
        known = {referral.id for referral, _ in made}
        on_the_way = [act for act in reversed(acts) if act.kind is PhoneActKind.APPLY and act.referral_id not in known]
        ids = {r.listing_id for r, _ in made} | {act.listing_id for act in on_the_way}
        stories = self.records.stories(ids)
        titles = {i: s.revisions[-1].title if s.revisions else t("phone.mine.words.gone") for i, s in stories.items()}
        rows = [
            Row(title=titles[a.listing_id], state=t("phone.mine.words.on_the_way"), text=t("phone.mine.words.on_the_way_text"))
            for a in on_the_way
        ]
        for referral, steps in made:
            state = referrals.state_of(steps)
            rows.append(
                Row(
                    title=titles[referral.listing_id],
                    state=t(f"phone.referral.{state}.title"),
                    text=_why(steps) or t(f"phone.referral.{state}.text"),
                    ok=state not in (referrals.ReferralState.DECLINED, referrals.ReferralState.NO_SHOW, referrals.ReferralState.UNPAID),
                    referral_id=referral.id,
                    answers=pay_answers(self.records, referral, steps, acts),
                )
            )
        live = {act.listing_id for act in on_the_way} | {r.listing_id for r, steps in made if is_live(steps)}
        return tuple(sorted(rows, key=lambda row: not row.answers)), live

    def _offers(self, station: Station | None, left_out: set[str]) -> tuple[Offer, ...]:
        """Find what suits him best now."""
        if self.rules is None or self.areas is None or station is None:
            return ()
        listings = (listing.public() for listing in self.records.for_worker(self.worker, station.area))
        found = match(self.worker, listings, self.areas, station.area, self.records.today, OFFERS, self.rules.hazard, left_out)
        return tuple(
            Offer(
                listing_id=m.listing.id,
                token=public_token(m.listing.id),
                card=make_card(m.listing, self.rules.wages, self.records.today),
            )
            for m in found
        )

    def _apply(self, listing_id: str, *, contact_consent: bool) -> Page:
        listing = self.records.public([listing_id]).get(listing_id)
        if listing is None:
            raise SorryError(410, t("phone.sorry.gone"))
        if not self.may_act:
            raise SorryError(403, t("phone.sorry.old_slip"))
        if self._too_young(listing):
            raise SorryError(403, t("bad.apply.young"))
        hold(self.connection, self.worker.id)
        acts = self.records.acts(self.worker.id)
        made = {r.id: is_live(steps) for r, steps in self.records.referrals(self.worker) if r.listing_id == listing_id}
        his = [a for a in acts if a.kind is PhoneActKind.APPLY and a.listing_id == listing_id]
        if not (any(made.values()) or any(a.referral_id not in made for a in his)):
            self._write(acts, PhoneActKind.APPLY, listing_id, new_id(self.records.now), contact_consent=contact_consent)
        return self._noted(listing, contact_consent)

    def _pay(self, referral_id: str, answer: str) -> Page:
        made = {r.id: (r, steps) for r, steps in self.records.referrals(self.worker)}.get(referral_id)
        if made is None or answer not in tuple(PayAnswer):
            raise SorryError(422, t("phone.sorry.not_now"))
        hold(self.connection, self.worker.id)
        referral, steps = made
        acts = self.records.acts(self.worker.id)
        last = _unheard(referral, steps, acts)
        if last is None or last.answer != answer:
            if PayAnswer(answer) not in _may_say(self.records, referral, steps):
                raise SorryError(422, t("phone.sorry.not_now"))
            self._write(acts, PhoneActKind.PAY, referral.listing_id, referral.id, answer=PayAnswer(answer))
        station = self._station()
        return Page(
            ok=True,
            title=t("phone.paid.noted"),
            text=t(f"phone.paid.{answer}"),
            steps=self._when(station),
            station=station,
            back=self.slip or "",
        )

    def _write(
        self,
        acts: Sequence[PhoneAct],
        kind: PhoneActKind,
        listing_id: str,
        referral_id: str,
        *,
        contact_consent: bool = False,
        answer: PayAnswer | None = None,
    ) -> None:
        if sum(act.acted_at > self.records.now - timedelta(days=1) for act in acts) >= ACTS_A_DAY:
            raise SorryError(429, t("phone.sorry.enough"))
        act = PhoneAct(
            id=new_id(self.records.now),
            station_id=self.worker.station_id,
            kind=kind,
            worker_id=self.worker.id,
            listing_id=listing_id,
            referral_id=referral_id,
            contact_consent=contact_consent,
            answer=answer,
            acted_at=self.records.now,
        )
        tell_station(self.connection, self.county_id, act)

    def _too_young(self, listing: Listing) -> bool:
        young = self.worker.age_band in (AgeBand.UNDER_16, AgeBand.MINOR)
        return young and (self.rules is None or hazardous(listing, self.rules.hazard))

    def _noted(self, listing: Listing, contact_consent: bool) -> Page:
        """Say what happens next with an application, and when."""
        station = self._station()
        senior = self.worker.age_band is AgeBand.SENIOR and self.rules is not None and hazardous(listing, self.rules.hazard)
        steps = [*self._when(station), t("phone.applied.yes" if contact_consent else "phone.applied.no")]
        steps += [t("applied.full")] if self.records.taken(listing.id) >= listing.headcount else []
        steps += [t("applied.hold")] if senior else []
        steps += [t("applied.wait")]
        opens, begins = self._opens(station), _begins(listing)
        text = t("phone.applied.text")
        if begins is not None and begins < (opens or self.records.now) + CALL_WITHIN:
            text = t("phone.applied.soon", day=day_word(begins.date(), self.records.today), time=f"{begins:%H:%M}")
        card = make_card(listing.public(), self.rules.wages if self.rules else None, self.records.today)
        return Page(
            ok=True, title=t("phone.applied.title"), text=text, card=card, steps=tuple(steps), station=station, back=self.slip or ""
        )

    def _when(self, station: Station | None) -> tuple[str, ...]:
        """Say when staff get to see it."""
        if station is None:
            return ()
        heard, opens = self.records.heard_at(station.id), self._opens(station)
        if heard is None or heard < self.records.now - AWAY:
            return (t("phone.applied.offline", station=station.name),)
        if opens is None:
            return (t("applied.seen", station=station.name),)
        if opens <= self.records.now:
            return (t("applied.seen_now", station=station.name),)
        there = opens.astimezone(CHINA)
        return (t("applied.seen_then", station=station.name, day=day_word(there.date(), self.records.today), time=f"{there:%H:%M}"),)

    def _opens(self, station: Station | None) -> datetime | None:
        week = read_hours(station.hours) if station else None
        holidays = self.rules.holidays if self.rules else frozenset()
        return after(self.records.now.astimezone(CHINA), timedelta(), week, holidays) if week else None

    def _station(self) -> Station | None:
        return self.records.station(self.worker.station_id)


def pay_answers(records: Records, referral: Referral, steps: list[ReferralStep], acts: Sequence[PhoneAct]) -> tuple[PayAnswer, ...]:
    """Give what the worker may say of his pay now; nothing while his station has not heard what he said last."""
    return () if _unheard(referral, steps, acts) else _may_say(records, referral, steps)


def _may_say(records: Records, referral: Referral, steps: list[ReferralStep]) -> tuple[PayAnswer, ...]:
    confirmed = referrals.confirmations(steps)
    if not confirmed:
        return ()
    revisions = records.story(referral.listing_id).revisions
    moved_on = confirmed[0].stepped_at.astimezone(CHINA).date()
    return referrals.pay_answers(revisions[-1] if revisions else None, confirmed, moved_on, records.today)


def _unheard(referral: Referral, steps: Sequence[ReferralStep], acts: Sequence[PhoneAct]) -> PhoneAct | None:
    """Give what he said last of his pay, unless his own word has come back from the station since."""
    told = [act for act in acts if act.kind is PhoneActKind.PAY and act.referral_id == referral.id]
    heard = any(step.party is Party.WORKER and step.stepped_at >= told[-1].acted_at for step in steps) if told else True
    return None if heard else told[-1]


def _why(steps: Sequence[ReferralStep]) -> str:
    """Give why a phone's application was declined by itself, in the words that the station wrote."""
    known = (t("phone_act.gone"), t("phone_act.young"))
    return next((step.how for step in steps if step.how in known), "")


def _begins(listing: Listing) -> datetime | None:
    """Give when the work begins, where a time is said."""
    if listing.day_start_min is None:
        return None
    return datetime.combine(listing.starts_on, datetime.min.time(), CHINA) + timedelta(minutes=listing.day_start_min)
