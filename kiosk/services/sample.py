"""Reads the marked samples of assets/sample: what two stations might hold on the day they are loaded. All firms and persons are invented.

Owns which file becomes which record, and the ids: an id follows from its key, so that loading twice gives the same records. Stores nothing
and knows no store.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from kiosk.domain.case import Case, CaseStep
from kiosk.domain.codes import AREAS
from kiosk.domain.employer import Employer
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.notice import Notice, end_of
from kiosk.domain.referral import Referral, ReferralStep
from kiosk.domain.station import Policy, Role, Station, Training
from kiosk.domain.worker import Worker
from kiosk.services.sample_entry import CHINA, Entry, read_entries
from kiosk.services.sample_running import Running, load_running

IDS = UUID("5a6d7065-0000-5000-8000-420923000000")
"""The name space of sample ids."""
READING = timedelta(minutes=3)
"""From consenting to registered, at a finger's pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleStaff:
    """A sample member of staff. `pin` is in clear because it is printed for whoever tries the samples; the caller hashes it."""

    id: str
    station_id: str
    name: str
    role: Role
    pin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """All samples. Every record but a policy or training says whose it is by `station_id`, a notice of the county's by None."""

    stations: tuple[Station, ...]
    staff: tuple[SampleStaff, ...]
    employers: tuple[Employer, ...]
    listings: tuple[Listing, ...]
    reviews: tuple[Review, ...]
    takedowns: tuple[Takedown, ...]
    workers: tuple[Worker, ...]
    policies: tuple[Policy, ...]
    trainings: tuple[Training, ...]
    notices: tuple[Notice, ...]
    referrals: tuple[Referral, ...]
    steps: tuple[ReferralStep, ...]
    cases: tuple[Case, ...]
    case_steps: tuple[CaseStep, ...]
    running: tuple[Running, ...]


def load_sample(folder: Path, now: datetime) -> Sample:
    """Read the samples as they stand at `now`; raise ConfigError naming file, entry and field."""
    return _Loader(folder, now.replace(microsecond=0)).load()


class _Loader:
    """Reads the files in the order in which they refer to each other."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder, self._now = folder, now
        self._areas = {name: code for code, name in AREAS.items()}
        self._stations: dict[str, Station] = {}
        self._staff: dict[str, SampleStaff] = {}
        self._employers: dict[str, tuple[Employer, str]] = {}
        self._listings: dict[str, Listing] = {}
        self._reviews: list[Review] = []
        self._takedowns: list[Takedown] = []
        self._workers: dict[str, Worker] = {}
        self._referrals: dict[str, Referral] = {}
        self._steps: list[ReferralStep] = []
        self._cases: list[Case] = []
        self._case_steps: list[CaseStep] = []

    def load(self) -> Sample:
        for key, entry in self._entries("stations.toml", "station"):
            parent = entry.refer("parent", self._stations).id if entry.has("parent") else None
            self._stations[key] = entry.build(Station, id=_id("station", key), revision=1, area=self._area(entry), parent_id=parent)
        for key, entry in self._entries("stations.toml", "staff"):
            station = entry.refer("station", self._stations)
            self._staff[key] = entry.build(SampleStaff, id=_id("staff", key), station_id=station.id)
        for key, entry in self._entries("employers.toml", "employer"):
            self._employer(key, entry)
        for path in sorted(self._folder.glob("listings*.toml")):
            for key, entry in self._entries(path.name, "listing"):
                self._listing(key, entry)
        for number, (key, entry) in enumerate(self._entries("workers.toml", "worker"), start=1):
            self._worker(key, entry, number)
        for key, entry in self._entries("referrals.toml", "referral"):
            self._referral(key, entry)
        for key, entry in self._entries("cases.toml", "case"):
            self._case(key, entry)
        trainings = {key: self._training(key, entry) for key, entry in self._entries("county.toml", "training")}
        return Sample(
            stations=tuple(self._stations.values()),
            staff=tuple(self._staff.values()),
            employers=tuple(employer for employer, _ in self._employers.values()),
            listings=tuple(self._listings.values()),
            reviews=tuple(self._reviews),
            takedowns=tuple(self._takedowns),
            workers=tuple(self._workers.values()),
            policies=tuple(self._policy(key, entry) for key, entry in self._entries("county.toml", "policy")),
            trainings=tuple(trainings.values()),
            notices=tuple(self._notice(key, entry) for key, entry in self._entries("notices.toml", "notice")),
            referrals=tuple(self._referrals.values()),
            steps=tuple(self._steps),
            cases=tuple(self._cases),
            case_steps=tuple(self._case_steps),
            running=tuple(load_running(self._folder, self._now, _id, self._stations, self._staff, self._workers, trainings)),
        )

    def _entries(self, file: str, kind: str) -> Iterator[tuple[str, Entry]]:
        return read_entries(self._folder / file, kind, self._now)

    def _area(self, entry: Entry) -> str:
        return entry.refer("area", self._areas)

    def _employer(self, key: str, entry: Entry) -> None:
        contact = entry.take("contact", str)
        verified = {"verified_on": entry.day("verified_days_ago", -1)} if entry.has("verified_days_ago") else {}
        employer = entry.build(
            Employer,
            id=_id("employer", key),
            revision=1,
            station_id=entry.refer("station", self._stations).id,
            area=self._area(entry),
            created_at=entry.ago("created"),
            **verified,
        )
        self._employers[key] = employer, contact

    def _listing(self, key: str, entry: Entry) -> None:
        if key in self._listings:
            raise entry.fail("key", "stands in another file too")
        station = entry.refer("station", self._stations)
        collector = entry.refer("collected_by", self._staff).id if entry.has("collected_by") else "employer"
        review = entry.part("review") if entry.has("review") else None
        takedown = entry.part("takedown") if entry.has("takedown") else None
        listing = entry.build(
            Listing,
            id=_id("listing", key),
            revision=1,
            station_id=station.id,
            area=self._area(entry),
            starts_on=entry.day("starts_in_days"),
            ends_on=entry.day("ends_in_days"),
            pay_fen=entry.fen("pay_yuan"),
            pay_max_fen=entry.fen("pay_max_yuan") if entry.has("pay_max_yuan") else None,
            collected_by=collector,
            collected_at=entry.ago("collected"),
            **entry.hours("hours"),
            **self._who(entry),
        )
        self._listings[key] = listing
        if review is not None:
            self._review(key, review, listing)
        if takedown is not None:
            self._takedowns.append(
                takedown.build(
                    Takedown,
                    id=_id("takedown", key),
                    station_id=station.id,
                    listing_id=listing.id,
                    by_name=takedown.refer("by", self._staff).name,
                    taken_down_at=takedown.ago("ago"),
                )
            )

    def _who(self, entry: Entry) -> dict[str, object]:
        """Give who employs and whom to call; a listing of a registered employer may name a contact of its own."""
        who: dict[str, object] = {}
        if entry.has("employer"):
            employer, contact = entry.refer("employer", self._employers)
            who = {
                "employer_id": employer.id,
                "employer_name": employer.name,
                "employer_verified_on": employer.verified_on,
                "contact_name": contact,
                "contact_phone": employer.phone,
            }
        if entry.has("contact"):
            named = entry.take("contact", list)
            if len(named) != 2:
                raise entry.fail("contact", "not [name, phone]")
            who |= {"contact_name": named[0], "contact_phone": named[1]}
        return who

    def _review(self, key: str, entry: Entry, listing: Listing) -> None:
        reviewer = entry.refer("by", self._staff)
        defaults: dict[str, object] = {"verdict": "approve"} if not entry.has("verdict") else {}
        if not entry.has("hold_reasons"):
            defaults["hold_reasons"] = {}
        self._reviews.append(
            entry.build(
                Review,
                id=_id("review", key),
                station_id=reviewer.station_id,
                listing_id=listing.id,
                listing_revision=listing.revision,
                reviewer_id=reviewer.id,
                reviewer_name=reviewer.name,
                reviewed_at=entry.ago("ago"),
                **defaults,
            )
        )

    def _worker(self, key: str, entry: Entry, number: int) -> None:
        station = entry.refer("station", self._stations)
        registered = entry.ago("registered")
        worker_id = _id("worker", key)
        self._workers[key] = entry.build(
            Worker,
            id=worker_id,
            revision=1,
            station_id=station.id,
            pay_fen=entry.fen("pay_yuan") if entry.has("pay_yuan") else None,
            area=self._area(entry) if entry.has("area") else None,
            code=f"{UUID(worker_id).int % 90_000_000 + 10_000_000}",
            number=f"{station.short}-{registered.astimezone(CHINA):%m%d}-{number:04d}",
            consented_at=registered - READING,
            registered_at=registered,
        )

    def _referral(self, key: str, entry: Entry) -> None:
        worker, listing = entry.refer("worker", self._workers), entry.refer("listing", self._listings)
        steps = entry.take("steps", list) if entry.has("steps") else []
        referral = entry.build(
            Referral,
            id=_id("referral", key),
            station_id=worker.station_id,
            worker_id=worker.id,
            listing_id=listing.id,
            created_at=entry.ago("ago"),
        )
        self._referrals[key] = referral
        for number, table in enumerate(steps, start=1):
            step = Entry(f"{entry.where}: step {number}", table, self._now)
            self._steps.append(
                step.build(
                    ReferralStep,
                    id=_id("step", f"{key}/{number}"),
                    station_id=worker.station_id,
                    referral_id=referral.id,
                    stepped_at=step.ago("ago"),
                )
            )

    def _case(self, key: str, entry: Entry) -> None:
        """A case about a referral takes worker and listing from it."""
        steps = entry.take("steps", list) if entry.has("steps") else []
        by = entry.refer("by", self._staff)
        referral = entry.refer("referral", self._referrals) if entry.has("referral") else None
        listing_id = referral.listing_id if referral else entry.refer("listing", self._listings).id
        case = entry.build(
            Case,
            id=_id("case", key),
            station_id=by.station_id,
            employer_id=next(one.employer_id for one in self._listings.values() if one.id == listing_id),
            listing_id=listing_id,
            referral_id=referral.id if referral else None,
            worker_id=referral.worker_id if referral else None,
            by_name=by.name,
            opened_at=entry.ago("ago"),
        )
        self._cases.append(case)
        for number, table in enumerate(steps, start=1):
            step = Entry(f"{entry.where}: step {number}", table, self._now)
            who, at = step.refer("by", self._staff), step.ago("ago")
            made = {"id": _id("case_step", f"{key}/{number}"), "station_id": case.station_id, "case_id": case.id}
            self._case_steps.append(step.build(CaseStep, **made, by_id=who.id, by_name=who.name, stepped_at=at))

    def _policy(self, key: str, entry: Entry) -> Policy:
        return entry.build(Policy, id=_id("policy", key), revision=1, published_on=entry.day("published_days_ago", -1), sample=True)

    def _training(self, key: str, entry: Entry) -> Training:
        return entry.build(
            Training,
            id=_id("training", key),
            revision=1,
            area=self._area(entry),
            starts_on=entry.day("starts_in_days"),
            fee_fen=entry.fen("fee_yuan"),
            sample=True,
        )

    def _notice(self, key: str, entry: Entry) -> Notice:
        station = entry.refer("station", self._stations).id if entry.has("station") else None
        ends_at = end_of(date.fromisoformat(entry.day("ends_in_days")))
        made = {"id": _id("notice", key), "revision": 1, "station_id": station, "sample": True}
        return entry.build(Notice, **made, starts_at=entry.ago("ago"), ends_at=ends_at)


def _id(kind: str, key: str) -> str:
    return str(uuid5(IDS, f"{kind}/{key}"))
