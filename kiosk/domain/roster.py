"""The roster of successful recommendations (岗位推荐成功花名册; 管理办法 14): how good the evidence of each row is, and what is doubtful.

A grade stands on the words of the worker and the employer alone: the station is paid for its roster, so its own word raises nothing (own).
Knows no store, no file and no sentence.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from kiosk.domain.employer import Employer
from kiosk.domain.listing import Listing
from kiosk.domain.normalise import runs
from kiosk.domain.referral import Party, Referral, ReferralState, ReferralStep, state_of
from kiosk.domain.worker import PhoneOf, Worker

REPEAT_WITHIN = timedelta(days=7)
"""The same person sent to the same employer again this soon is probably one hire told twice (own); to the same listing, always."""


class Grade(IntEnum):
    """How well a row is proved; each rung needs the ones below."""

    RECOMMENDED = 1
    CONFIRMED = 2
    ARRIVED = 3
    PAID = 4


class Doubt(StrEnum):
    """What somebody must look at before the row is handed in, and what is only noted (NOTED)."""

    SELF_DEALING = "self_dealing"
    REPEATED = "repeated"
    TWICE_REGISTERED = "twice_registered"
    CONTRADICTED = "contradicted"
    SHARED_PHONE = "shared_phone"
    SAME_NAME = "same_name"


NOTED = frozenset({Doubt.SHARED_PHONE, Doubt.SAME_NAME})
"""A couple shares a phone, and names are common: neither is a reproach by itself."""

RUNGS = {
    ReferralState.ACCEPTED: Grade.CONFIRMED,
    ReferralState.ARRIVED: Grade.ARRIVED,
    ReferralState.UNPAID: Grade.ARRIVED,
    ReferralState.PAID: Grade.PAID,
}
"""How far a party's word reaches: who says that he came has also said that he agreed; who was not paid was there."""
AT_MOST = {ReferralState.DECLINED: 0, ReferralState.NO_SHOW: Grade.CONFIRMED, ReferralState.UNPAID: Grade.ARRIVED}
"""What a party's later word leaves of its earlier ones."""
FAILED = frozenset({ReferralState.DECLINED, ReferralState.NO_SHOW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """All that the station knows of one referral. A worker or an employer of another station may be unknown."""

    referral: Referral
    steps: Sequence[ReferralStep]
    worker: Worker | None
    listing: Listing | None
    employer: Employer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One row: `words` are the steps the grade stands on, in order; `repeats` is when the row was told before."""

    about: Recommendation
    grade: Grade
    referred_at: datetime
    words: tuple[ReferralStep, ...]
    doubts: tuple[Doubt, ...] = ()
    repeats: datetime | None = None

    @property
    def suspicious(self) -> bool:
        """Say whether somebody must look at the row."""
        return not NOTED.issuperset(self.doubts)


def grade(steps: Sequence[ReferralStep]) -> Grade | None:
    """Give the grade that the words reach; None when nothing was recommended, or nothing came of it."""
    if not any(s.state is ReferralState.REFERRED for s in steps) or state_of(steps) in FAILED:
        return None
    worker, employer = _reach(steps, Party.WORKER), _reach(steps, Party.EMPLOYER)
    if min(worker, employer) < Grade.CONFIRMED:
        return Grade.RECOMMENDED
    if max(worker, employer) < Grade.ARRIVED:
        return Grade.CONFIRMED
    # only the one who is paid can say that he was
    return Grade.PAID if worker == Grade.PAID else Grade.ARRIVED


def missing(steps: Sequence[ReferralStep]) -> frozenset[Party]:
    """Give whose word would lift the grade."""
    reached = grade(steps)
    if reached is None or reached is Grade.PAID:
        return frozenset()
    if reached is Grade.RECOMMENDED:
        return frozenset(p for p in (Party.WORKER, Party.EMPLOYER) if _reach(steps, p) < Grade.CONFIRMED)
    return frozenset({Party.WORKER}) if reached is Grade.ARRIVED else frozenset({Party.WORKER, Party.EMPLOYER})


def roster_rows(known: Sequence[Recommendation]) -> list[RosterRow]:
    """Make the rows, oldest first, each with its doubts; what was told before marks the later row."""
    rows = []
    for about in known:
        reached = grade(about.steps)
        if reached is not None:
            words = [s for s in _in_order(about.steps) if s.state is ReferralState.REFERRED or s.state in RUNGS]
            referred_at = next(s.stepped_at for s in words if s.state is ReferralState.REFERRED)
            rows.append(RosterRow(about=about, grade=reached, referred_at=referred_at, words=tuple(words)))
    rows.sort(key=lambda r: (r.referred_at, r.about.referral.id))
    registrations, names = defaultdict(set), defaultdict(set)
    for known_worker in (r.about.worker for r in rows if r.about.worker):
        registrations[person(known_worker)].add(known_worker.id)
        if _has_phone(known_worker):
            names[known_worker.phone].add(plain(known_worker.name))
    before: dict[str, list[RosterRow]] = defaultdict(list)
    done = []
    for row in rows:
        doubts = _doubts(row.about)
        worker = row.about.worker
        who = person(worker) if worker else row.about.referral.worker_id
        twin = _told_before(row, before[who])
        if twin is not None:
            doubts.append(Doubt.REPEATED)
        if len(registrations[who]) > 1:
            doubts.append(Doubt.TWICE_REGISTERED)
        if worker and len(names[worker.phone]) > 1 and Doubt.SHARED_PHONE not in doubts:
            doubts.append(Doubt.SHARED_PHONE)
        ordered = tuple(d for d in Doubt if d in doubts)
        done.append(replace(row, doubts=ordered, repeats=twin.referred_at if twin else None))
        before[who].append(row)
    return done


def person(worker: Worker) -> str:
    """Give what makes two registrations one person: phone and name; who withdrew, or has no phone, is only himself."""
    return f"{worker.phone} {plain(worker.name)}" if _has_phone(worker) and worker.name else worker.id


def _has_phone(worker: Worker) -> bool:
    """Say whether the number is his or his family's: the station's is everybody's."""
    return bool(worker.phone) and worker.phone_of is not PhoneOf.STATION


def plain(name: str) -> str:
    """Fold a name for comparison: widths, blanks and the forms of ·."""
    return "".join(runs(str(name)))


def _in_order(steps: Sequence[ReferralStep]) -> list[ReferralStep]:
    return sorted(steps, key=lambda s: (s.stepped_at, s.id))


def _reach(steps: Sequence[ReferralStep], party: Party) -> int:
    """Give how far a party's words reach, the later putting the earlier right; 0 when it said nothing that counts."""
    reached = 0
    for step in _in_order(steps):
        if step.party is party:
            reached = min(max(reached, RUNGS.get(step.state, 0)), AT_MOST.get(step.state, Grade.PAID))
    return reached


def _last_words(steps: Sequence[ReferralStep]) -> set[ReferralState]:
    # what says nothing about the work (a contact taken back) is no word on it
    return set({s.party: s.state for s in _in_order(steps) if s.state is not ReferralState.INTERESTED}.values())


def _doubts(about: Recommendation) -> list[Doubt]:
    doubts = []
    worker, listing, employer = about.worker, about.listing, about.employer
    if worker and worker.name and listing:
        named = {plain(listing.contact_name), plain(listing.employer_name), *([plain(employer.name)] if employer else [])}
        phones = {str(listing.contact_phone), *([str(employer.phone)] if employer else [])}
        same_name, same_phone = plain(worker.name) in named, _has_phone(worker) and str(worker.phone) in phones
        if same_name and same_phone:
            doubts.append(Doubt.SELF_DEALING)
        elif same_phone:
            doubts.append(Doubt.SHARED_PHONE)
        elif same_name:
            doubts.append(Doubt.SAME_NAME)
    if FAILED & _last_words(about.steps):
        doubts.append(Doubt.CONTRADICTED)
    return doubts


def _told_before(row: RosterRow, earlier: Sequence[RosterRow]) -> RosterRow | None:
    """Find the last earlier row of the same person that tells the same hire."""
    for other in reversed(earlier):
        again = row.referred_at - other.referred_at <= REPEAT_WITHIN and _same_employer(row.about.listing, other.about.listing)
        if again or other.about.referral.listing_id == row.about.referral.listing_id:
            return other
    return None


def _same_employer(one: Listing | None, other: Listing | None) -> bool:
    """Say whether two listings are one employer's: by its file, its name or its phone, whichever is known of both."""
    if one is None or other is None:
        return False
    files = one.employer_id, other.employer_id
    if None not in files and files[0] == files[1]:
        return True
    return plain(one.employer_name) == plain(other.employer_name) or "" != one.contact_phone == other.contact_phone
