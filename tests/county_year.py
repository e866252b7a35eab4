"""A station's year as the hub may hold it, made up from a seed: every way that its records can go. Nobody is meant."""

import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from psycopg.types.json import Jsonb

from kiosk.county.feed import Entry, append, of_station
from kiosk.county.judge import ABOUT
from kiosk.domain.codes import AREAS, AgeBand, PayUnit, Trade
from kiosk.domain.entities import NAME_OF
from kiosk.domain.listing import ContactScope, Listing, ListingState, PublicListing, Review, Takedown, Verdict
from kiosk.domain.privacy import PersonName, Phone
from kiosk.domain.record import to_plain
from kiosk.domain.referral import NEXT, Party, Referral, ReferralState, ReferralStep
from kiosk.domain.running import PlatformEntry
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker, WorkerState
from kiosk.sync.protocol import Op
from tests.bench.data import NAMES, SURNAMES, TODAY, make_listings

PUBLIC = [f.name for f in fields(PublicListing)]
BACK = 330
"""Days back that the oldest was collected."""
GOES = (ReferralState.ACCEPTED, ReferralState.ACCEPTED, ReferralState.ARRIVED, ReferralState.PAID, ReferralState.DECLINED)


class StationYear:
    """Makes one station's records, in the order in which they refer to each other."""

    def __init__(self, station: Station, now: datetime, seed: int, others: Sequence[str] = (), centre: str = "") -> None:
        self.station, self.now, self.rng, self.centre = station, now, random.Random(seed), centre
        self.seed, self.others = seed, others
        self.listing_ids: list[str] = []
        self.worker_ids: list[str] = []

    def all(self, listings: int, workers: int, referrals: int) -> Iterator[Any]:
        """Make so many of each, and what belongs to them."""
        for public in make_listings(listings, self.seed):
            yield from self._listing(public)
        for _ in range(workers):
            yield self._worker()
        for _ in range(referrals):
            yield from self._referral()

    def _id(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def _ago(self, days: float = BACK) -> datetime:
        return self.now - timedelta(seconds=self.rng.randrange(1, int(days * 86_400)))

    def _name(self) -> PersonName:
        return PersonName(self.rng.choice(SURNAMES) + "".join(self.rng.choices(NAMES, k=self.rng.randint(1, 2))))

    def _phone(self) -> Phone:
        return Phone(f"139{self.rng.randrange(10**8):08}")

    def _listing(self, public: PublicListing) -> Iterator[Any]:
        rng, at = self.rng, self._ago()
        back = TODAY - at.date()
        plain: dict[str, Any] = {name: getattr(public, name) for name in PUBLIC}
        listing = Listing(
            **plain
            | {
                "id": self._id(),
                "station_id": self.station.id,
                "area": rng.choice((self.station.area, self.station.area, rng.choice(list(AREAS)))),
                "starts_on": public.starts_on - back,
                "ends_on": public.ends_on - back,
            },
            contact_name=self._name(),
            contact_phone=self._phone(),
            contact_scope=rng.choice(list(ContactScope)),
            collected_by="employer",
            collected_at=at,
        )
        self.listing_ids.append(listing.id)
        yield listing
        chance = rng.random()
        if chance < 0.02:
            return  # waits
        reviewed = at + timedelta(seconds=rng.randrange(60, 60 * rng.choice((30, 300, 3000))))
        if chance < 0.05:
            yield self._review(listing, reviewed, rng.choice((Verdict.RETURN, Verdict.REJECT)))
            return
        if chance < 0.07:
            yield self._review(listing, reviewed, Verdict.APPROVE)
            yield self._review(listing, reviewed + timedelta(seconds=30), Verdict.UNDO)
        by = self.centre if self.centre and chance > 0.97 else self.station.id
        yield self._review(listing, reviewed + timedelta(minutes=2), Verdict.APPROVE, station_id=by)
        if chance > 0.9:
            again = replace(
                listing, revision=2, pay_fen=listing.pay_fen + 1000, pay_max_fen=None, collected_at=reviewed + timedelta(days=2)
            )
            yield again
            yield self._review(again, again.collected_at + timedelta(minutes=9), Verdict.APPROVE)
        if chance < 0.45:
            states = (ListingState.FILLED, ListingState.FILLED, ListingState.WITHDRAWN)
            by = self.centre if self.centre and chance < 0.08 else self.station.id
            ended = reviewed + timedelta(hours=rng.randrange(1, 200))
            yield Takedown(
                id=self._id(),
                station_id=by,
                listing_id=listing.id,
                by_name="李芳",
                reason="招满了",
                state=rng.choice(states),
                taken_down_at=ended,
            )
        elif chance < 0.6:
            entered = reviewed + timedelta(days=1)
            yield PlatformEntry(
                id=self._id(),
                station_id=self.station.id,
                entity="listing",
                record_id=listing.id,
                record_revision=1,
                by_id="r",
                by_name="李芳",
                entered_at=entered,
            )

    def _review(self, listing: Listing, at: datetime, verdict: Verdict, **changes: Any) -> Review:
        review = Review(
            id=self._id(),
            station_id=self.station.id,
            listing_id=listing.id,
            listing_revision=listing.revision,
            verdict=verdict,
            reviewer_id="r",
            reviewer_name="李芳",
            hold_reasons={},
            reviewed_at=at,
        )
        return replace(review, **changes)

    def _worker(self) -> Worker:
        rng, at = self.rng, self._ago()
        worker = Worker(
            id=self._id(),
            revision=1,
            station_id=self.station.id,
            name=self._name(),
            phone=rng.choice((self._phone(), Phone("13900000001"))),
            age_band=rng.choice((AgeBand.ADULT, AgeBand.SENIOR)),
            trades=tuple(rng.sample(list(Trade), rng.randint(1, 3))),
            pay_fen=rng.choice((None, 15_000, 20_000, 30_000)),
            pay_unit=PayUnit.DAY,
            code=f"{rng.randrange(10**8):08}",
            number="YT-1",
            notice_version="2026-11",
            consented_at=at,
            registered_at=at,
        )
        self.worker_ids.append(worker.id)
        if rng.random() < 0.05:
            emptied = replace(worker, revision=2, state=WorkerState.WITHDRAWN, name=PersonName(""), phone=Phone(""))
            return replace(emptied, trades=(), pay_fen=None)
        return worker

    def _referral(self) -> Iterator[Any]:
        rng, at = self.rng, self._ago()
        to = rng.choice(self.others if self.others and rng.random() < 0.1 else self.listing_ids)
        made = Referral(
            id=self._id(),
            station_id=self.station.id,
            worker_id=rng.choice(self.worker_ids[:7] if rng.random() < 0.1 else self.worker_ids),
            listing_id=to,
            contact_consent=True,
            created_at=at,
        )
        yield made
        state = ReferralState.INTERESTED
        for number in range(rng.randint(0, 5)):
            after = sorted(NEXT[state])
            if not after:
                return
            state = ReferralState.REFERRED if number == 0 else rng.choice([s for s in GOES if s in after] or after)
            for party in rng.sample(list(Party), rng.randint(1, 3)) if number else [Party.STAFF]:
                at += timedelta(minutes=rng.randrange(1, 3000))
                yield ReferralStep(
                    id=self._id(),
                    station_id=self.station.id,
                    referral_id=made.id,
                    state=state,
                    by_name="李芳",
                    how="电话",
                    party=party,
                    by_id="r",
                    stepped_at=at,
                )


def keep(connection: sa.Connection, county_id: str, records: Iterable[Any], now: datetime) -> int:
    """Copy records into the hub's table as if they had been pushed, and note in each station's feed that something came; give how many."""
    many, stations = 0, set[str]()
    cursor = connection.connection.cursor()
    with cursor.copy("COPY record (county_id, entity, id, revision, owner, data, about, received_at) FROM STDIN") as copy:
        for one in records:
            entity, data = NAME_OF[type(one)], to_plain(one)
            revision = data.get("revision", 1)
            about = data.get(ABOUT.get(entity, ""))
            copy.write_row((county_id, entity, one.id, revision, one.station_id, Jsonb(data), about, now))
            many += 1
            stations.add(one.station_id)
    append(connection, county_id, [Entry(of_station(one), "station_day", str(uuid.uuid4()), 1, Op.PUT, "x") for one in sorted(stations)])
    return many
