"""Records of several stations as they stand at a hub, for the tests of the console's rooms about listings and people."""

from dataclasses import replace
from typing import Any

from kiosk.county.listing_rows import catch_up
from kiosk.county.rulings import Rulings
from kiosk.domain.employer import Employer, EmployerKind
from kiosk.domain.listing import Listing, Verdict
from kiosk.domain.privacy import Phone
from kiosk.domain.record import new_id
from kiosk.domain.report import Report, ReportReason
from kiosk.services.rules import texts_of
from tests.hub_parts import COUNTY, OTHER, OURS, Terminal, TestHub
from tests.station import ASSETS, a_listing, a_review

OLD_SWINDLE = "在家刷单，日赚三百，先交保证金两百元，名额有限"


class Records:
    """Pushes what stations would, each by a terminal of its own, and brings the console's rows in step."""

    def __init__(self, hub: TestHub) -> None:
        self.hub = hub
        self.terminals: dict[str, Terminal] = {one.id: hub.terminal(one) for one in (OURS, OTHER)}

    def push(self, *records: Any) -> None:
        """Push records, each by its station."""
        for station_id, terminal in self.terminals.items():
            if own := [one for one in records if one.station_id == station_id]:
                assert not terminal.push(*own).refused
        self.catch_up()

    def catch_up(self) -> None:
        """Bring the rows in step, as the hub does every few seconds."""
        assert not catch_up(self.hub.engine, COUNTY, self.hub.clock, Rulings(COUNTY, texts_of(ASSETS / "rules")), 60)

    def listing(self, station: Any = OURS, verdict: Verdict | None = Verdict.APPROVE, **changes: Any) -> Listing:
        """Collect a listing with its employer's file, and decide about it."""
        self.hub.clock.tick(seconds=1)
        now = self.hub.clock()
        listing = a_listing(now, station_id=station.id, employer_id=new_id(now), **changes)
        employer = Employer(
            id=listing.employer_id or "",
            revision=1,
            station_id=station.id,
            kind=EmployerKind.UNIT,
            name=listing.employer_name,
            phone=listing.contact_phone,
            created_at=now,
        )
        reviews = [a_review(listing, now, verdict, reason="" if verdict is Verdict.APPROVE else "说不清楚")] if verdict else []
        self.push(employer, listing, *reviews)
        return listing

    def swindle(self, station: Any, phone: str, verdict: Verdict | None = Verdict.APPROVE) -> Listing:
        """Collect the same swindle with another number."""
        return self.listing(
            station, verdict, title="刷单员", description=OLD_SWINDLE, employer_name=f"某工作室{phone[-2:]}", contact_phone=Phone(phone)
        )

    def report(self, listing: Listing, station: Any = OTHER, words: str = "要先交钱") -> None:
        """Let a visitor of another station say that it is not true."""
        self.hub.clock.tick(seconds=1)
        now = self.hub.clock()
        self.push(
            Report(id=new_id(now), station_id=station.id, listing_id=listing.id, reason=ReportReason.FEE, words=words, reported_at=now)
        )

    def edit(self, listing: Listing, **changes: Any) -> Listing:
        """Hand another revision in, which waits."""
        self.hub.clock.tick(seconds=1)
        edited = replace(listing, revision=listing.revision + 1, collected_at=self.hub.clock(), **changes)
        self.push(edited)
        return edited
