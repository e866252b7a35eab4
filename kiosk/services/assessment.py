"""年度考核: what a year comes to by its rubric, item by item with the records it stands on, and what the head enters and shows.

A year is handed in when it is over, so the last one can be chosen beside this one. It counts to its 31 December and is judged by the rubric
that was in force then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kiosk.domain.assessment import Rubric, Score, score
from kiosk.domain.case import Case, CaseStep
from kiosk.domain.judgement import Judgement
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.measures import MEASURES, Measured, Year, last_day
from kiosk.domain.roster import roster_rows
from kiosk.domain.running import FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import Claim, PaperSet, StationDay
from kiosk.services.roster import as_of, recommendations
from kiosk.services.ruling import rubric_of
from kiosk.services.sign_in import Session
from kiosk.services.station import Here, local
from kiosk.store.store import UnitOfWork

LATE_MONTHS = 3
"""So long into a year the last one is still handed in."""
YEARS_BACK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A station's year as it stands: `measured` by the item's code for what is counted, `claims` for what was entered.

    `until` is the last day that is counted, `over` whether the year is. `handed_in`: the papers that were made last.
    `judgement`: the newest that the county has published, of this year or an earlier one.
    """

    station: Station
    year: int
    until: date
    over: bool
    score: Score
    measured: Mapping[str, Measured]
    claims: Mapping[str, Claim]
    handed_in: PaperSet | None = None
    judgement: Judgement | None = None

    @property
    def rubric(self) -> Rubric:
        """Give what it is judged by."""
        return self.score.rubric


@dataclass(frozen=True, slots=True)
class Years:
    """Which years can be looked at, newest first, and which of them one is shown who names none."""

    all: tuple[int, ...]
    first: int

    def chosen(self, asked: int) -> int:
        """Give the year that was asked for where it can be looked at."""
        return asked if asked in self.all else self.first


def years(here: Here) -> Years:
    """Give this year and the last one, and of the two before those of which something is known.

    The last one comes first until 31 March, when something happened in it and it was neither handed in since it is over nor judged (own):
    until then the county's own counts of a year move, too.
    """
    today, mine = here.today(), here.station_id
    this, last = today.year, today.year - 1
    with here.store.read() as u:
        known = {day.day.year for day in u.list(StationDay, station_id=mine)} | {one.year for one in u.list(Claim, station_id=mine)}
        known |= {local(worker.registered_at).year for worker in u.list(Worker, station_id=mine)}
        done = {one.year for one in u.list(PaperSet, station_id=mine) if local(one.made_at).year > one.year}
        done |= {one.year for one in u.list(Judgement, station_id=mine)}
    earlier = sorted(known & set(range(this - YEARS_BACK, last)), reverse=True)
    waits = today.month <= LATE_MONTHS and last in known - done
    return Years((this, last, *earlier), last if waits else this)


def assess(here: Here, session: Session, year: int | None = None) -> Assessment:
    """Judge a year, this one unless another is named, as of today or its end; raise NotAllowed for all but the head."""
    session.need_head("the assessment")
    today = here.today()
    year = year or today.year
    with here.store.read() as u:
        station, rubric, records = here.station(u), rubric_of(here, u, year), _records(here, u, year)
        judgements = [one for one in u.list(Judgement, station_id=here.station_id) if one.year <= year]
        claims = {claim.item: claim for claim in u.list(Claim, station_id=here.station_id, year=year)}
        handed_in = next(reversed(u.list(PaperSet, station_id=here.station_id, year=year)), None)
    measured = {item.code: MEASURES[item.measure](records) for item in rubric.items if item.measure}
    values: dict[str, Decimal | None] = {code: Decimal(claim.value) for code, claim in claims.items()}
    values |= {item.measure: measured[item.code].value for item in rubric.items if item.measure}
    unproved = frozenset(code for code, claim in claims.items() if not claim.file_digest)
    found = score(rubric, station.level, values, unproved)
    return Assessment(
        station=station,
        year=year,
        until=records.today,
        over=today > last_day(year),
        score=found,
        measured=measured,
        claims=claims,
        handed_in=handed_in,
        judgement=max(judgements, key=lambda one: (one.year, one.revision), default=None),
    )


def _records(here: Here, u: UnitOfWork, year: int) -> Year:
    mine, last = here.station_id, last_day(year)
    found = Year(
        year=year,
        today=here.today(),
        workers=u.list(Worker, station_id=mine),
        listings=[as_of(u, one, last) for one in u.list(Listing, station_id=mine)],
        reviews=u.list(Review, station_id=mine),
        takedowns=u.list(Takedown),
        # doubts are found over all years before it, too
        roster=[row for row in roster_rows(recommendations(u, mine, last)) if local(row.referred_at).year == year],
        cases=u.list(Case, station_id=mine),
        case_steps=u.list(CaseStep, station_id=mine),
        checks=u.list(FacilityCheck, station_id=mine),
        signups=u.list(Signup, station_id=mine),
        spendings=u.list(Spending, station_id=mine),
        entries=u.list(PlatformEntry, station_id=mine),
        days=u.list(StationDay, station_id=mine),
    )
    return found.at_its_end()
