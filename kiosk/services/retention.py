"""Forgetting who somebody was when the time is over: registrations, employers who are persons, contacts of listings, what cases say, slips.

The ledger stays: ids, trades, states, who of the staff decided. Each act is audited, and a second run finds nothing to do. Runs by a time
that the county told and this machine's clock bears out, or not at all: a clock at 1970 or 2099 forgets nobody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from kiosk.domain.case import Case, CaseState, CaseStep, state_of
from kiosk.domain.employer import Employer, EmployerKind
from kiosk.domain.listing import Listing
from kiosk.domain.print_job import PrintJob
from kiosk.domain.privacy import Phone
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.retention import BUILT, trusted
from kiosk.domain.running import Signup
from kiosk.domain.worker import Worker, WorkerState
from kiosk.services.station import Here, local
from kiosk.services.withdraw import empty
from kiosk.store import chain, retention, swap
from kiosk.store.store import UnitOfWork

AGENT, ACT = "agent", "retention"
AT_ONCE = 25
"""So many of a kind a run, each in a transaction of its own: visitors write meanwhile, and nothing else of the agent's waits long."""


def forget(here: Here, county_time: datetime | None, store_path: Path) -> int:
    """Forget what is over; give how many records and files that was, at most AT_ONCE of a kind.

    `county_time`: the time by the county, or None. Beside the store at `store_path` lie those that were put aside: they hold people, too.
    """
    now = trusted(here.now(), county_time)
    terms = here.rules.retention
    if now is None or terms is None:
        return 0
    with here.store.read() as u:
        look = _Look(u, now, terms.over_before(local(now).date()))
        workers, listings, people, cases = list(look.workers()), list(look.listings()), list(look.employers()), list(look.cases())
        slips = retention.old_slips(u.connection, BUILT, now - timedelta(days=terms.slip_days))
        slips |= retention.slips_of_the_withdrawn(u.connection)
    for worker in workers[:AT_ONCE]:
        with here.store.write() as u:
            empty(u, now, u.need(Worker, worker.id), AGENT, ACT)
    for listing_id in listings[:AT_ONCE]:
        with here.store.write() as u:
            retention.empty_contact(u.connection, listing_id)
            u.unsay(listing_id)
            u.audit(now, AGENT, ACT, listing_id)
    for employer in people[:AT_ONCE]:
        with here.store.write() as u:
            u.keep(replace(employer, revision=employer.revision + 1, name="", phone=Phone("")))
            u.unsay(employer.id)
            u.audit(now, AGENT, ACT, employer.id)
    for case in cases[:AT_ONCE]:
        with here.store.write() as u:
            u.keep(replace(case, revision=case.revision + 1, text=""))
            u.unsay(case.id)
            u.audit(now, AGENT, ACT, case.id)
    if slips:
        with here.store.write() as u:
            for job_id in slips:
                u.drop(PrintJob, job_id)
            u.audit(now, AGENT, ACT, here.station_id, slips=str(len(slips)))
    files = swap.forget_old(store_path, now - timedelta(days=terms.old_store_days))
    return sum(len(found[:AT_ONCE]) for found in (workers, listings, people, cases)) + len(slips) + files


class _Look:
    """What is over on one day. When something was last touched the chain says, whose order no clock can change."""

    def __init__(self, u: UnitOfWork, now: datetime, over_before: date) -> None:
        self._u, self._now, self._over_before = u, now, over_before
        self._station_id = u.recall("station.id") or ""
        self._touched = chain.last_acts(u.connection, BUILT, now)

    def workers(self) -> Iterator[Worker]:
        for worker in self._u.list(Worker, station_id=self._station_id):
            if worker.state is not WorkerState.WITHDRAWN and self._is_over([worker.id], [worker.registered_at, worker.consented_at]):
                made = self._u.list(Referral, worker_id=worker.id)
                steps = [step for one in made for step in self._u.list(ReferralStep, referral_id=one.id)]
                signups = self._u.list(Signup, worker_id=worker.id)
                cases = self._u.list(Case, worker_id=worker.id)
                instants = [*(r.created_at for r in made), *(s.stepped_at for s in steps), *(s.signed_at for s in signups)]
                instants += [c.opened_at for c in cases]
                ids = [*(r.id for r in made), *(s.id for s in signups), *(c.id for c in cases)]
                if self._is_over(ids, instants, known=True):
                    yield worker

    def listings(self) -> Iterator[str]:
        """Those of other stations, too: their contacts lie here."""
        for listing_id, ends_on in retention.listings_with_contact(self._u.connection):
            if ends_on < self._over_before and self._is_over([listing_id], [], known=True) and self._referrals_are_over(listing_id):
                yield listing_id

    def employers(self) -> Iterator[Employer]:
        """Persons only: a firm's number is its business."""
        for one in self._u.list(Employer, station_id=self._station_id, kind=EmployerKind.PERSON):
            if (one.phone or one.name) and self._is_over([one.id], [one.created_at]):
                listings = self._u.list(Listing, employer_id=one.id)
                cases = self._u.list(Case, employer_id=one.id)
                last = [listing.ends_on for listing in listings]
                ids = [*(listing.id for listing in listings), *(c.id for c in cases)]
                if all(day < self._over_before for day in last) and self._is_over(ids, [c.opened_at for c in cases], known=True):
                    yield one

    def cases(self) -> Iterator[Case]:
        for case in self._u.list(Case, station_id=self._station_id):
            if case.text and self._is_over([case.id], [case.opened_at]):
                steps = self._u.list(CaseStep, case_id=case.id)
                closed = state_of(steps) in (CaseState.SETTLED, CaseState.DISMISSED)
                if closed and self._is_over([], [s.stepped_at for s in steps], known=True):
                    yield case

    def _referrals_are_over(self, listing_id: str) -> bool:
        made = self._u.list(Referral, listing_id=listing_id)
        instants = [s.stepped_at for one in made for s in self._u.list(ReferralStep, referral_id=one.id)]
        return self._is_over([one.id for one in made], [*instants, *(one.created_at for one in made)], known=True)

    def _is_over(self, ids: Iterable[str], instants: Iterable[datetime], *, known: bool = False) -> bool:
        """Say whether all that is known of these lies before the day. What a wrong clock wrote says nothing; `known`: nor need anything."""
        sane = [at for at in instants if BUILT <= at <= self._now]
        sane += [self._touched[one] for one in ids if one in self._touched]
        return all(local(at).date() < self._over_before for at in sane) and (known or bool(sane))
