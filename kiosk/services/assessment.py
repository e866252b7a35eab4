"""今年考核: what the year comes to by the rubric today, item by item with the records it stands on, and what the head enters and shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kiosk.domain.assessment import Rubric, Score, score
from kiosk.domain.case import Case, CaseStep
from kiosk.domain.judgement import Judgement
from kiosk.domain.listing import Listing, Review, Takedown
from kiosk.domain.measures import MEASURES, Measured, Year
from kiosk.domain.roster import roster_rows
from kiosk.domain.running import FacilityCheck, PlatformEntry, Signup, Spending
from kiosk.domain.station import Station
from kiosk.domain.worker import Worker
from kiosk.domain.yearly import Claim, StationDay
from kiosk.services.roster import recommendations
from kiosk.services.sign_in import Session
from kiosk.services.station import Here, local
from kiosk.store.store import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A station's year as it stands: `measured` by the item's code for what is counted, `claims` for what was entered.

    `judgement`: the newest that the county has published, of this year or an earlier one.
    """

    station: Station
    year: int
    score: Score
    measured: Mapping[str, Measured]
    claims: Mapping[str, Claim]
    judgement: Judgement | None = None

    @property
    def rubric(self) -> Rubric:
        """Give what it is judged by."""
        return self.score.rubric


def assess(here: Here, session: Session, year: int | None = None) -> Assessment:
    """Judge a year, this one unless another is named, as of today; raise NotAllowed for all but the head."""
    session.need_head("the assessment")
    year = year or here.today().year
    with here.store.read() as u:
        station, records = here.station(u), _records(here, u, year)
        judgement = max(u.list(Judgement, station_id=here.station_id), key=lambda one: (one.year, one.revision), default=None)
        claims = {claim.item: claim for claim in u.list(Claim, station_id=here.station_id, year=year)}
    rubric = here.rubric
    measured = {item.code: MEASURES[item.measure](records) for item in rubric.items if item.measure}
    values: dict[str, Decimal | None] = {code: Decimal(claim.value) for code, claim in claims.items()}
    values |= {item.measure: measured[item.code].value for item in rubric.items if item.measure}
    unproved = frozenset(code for code, claim in claims.items() if not claim.file_digest)
    found = score(rubric, station.level, values, unproved)
    return Assessment(station=station, year=year, score=found, measured=measured, claims=claims, judgement=judgement)


def _records(here: Here, u: UnitOfWork, year: int) -> Year:
    mine = here.station_id
    return Year(
        year=year,
        today=here.today(),
        workers=u.list(Worker, station_id=mine),
        listings=u.list(Listing, station_id=mine),
        reviews=u.list(Review, station_id=mine),
        takedowns=u.list(Takedown),
        # doubts are found over all years
        roster=[row for row in roster_rows(recommendations(u, mine)) if local(row.referred_at).year == year],
        cases=u.list(Case, station_id=mine),
        case_steps=u.list(CaseStep, station_id=mine),
        checks=u.list(FacilityCheck, station_id=mine),
        signups=u.list(Signup, station_id=mine),
        spendings=u.list(Spending, station_id=mine),
        entries=u.list(PlatformEntry, station_id=mine),
        days=u.list(StationDay, station_id=mine),
    )
