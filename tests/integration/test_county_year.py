"""A year that is over, counted by the county from what it was sent and by the station from what it has: the same, whatever came since."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.county.year import year_of
from kiosk.domain.case import Case, CaseKind, CaseState, CaseStep
from kiosk.domain.judgement import year_end
from kiosk.domain.measures import MEASURES
from kiosk.services.assessment import assess
from kiosk.services.station import local
from tests.county_year import StationYear, keep
from tests.hub_parts import COUNTY, OURS, TestHub
from tests.station import make_station

FEBRUARY = datetime(2027, 2, 20, 2, tzinfo=UTC)
FOUND, UNTOLD, DISMISSED, YOUNG = (f"{0:08}-0000-7000-8000-0000000000a{n}" for n in range(4))


def incidents() -> Iterator[Case | CaseStep]:
    """Give what visitors said of their own data: found true, never looked into, dismissed, and said lately."""
    said = {FOUND: 60, UNTOLD: 59, DISMISSED: 58, YOUNG: 3}
    at = {one: FEBRUARY - timedelta(days=50 + days if one != YOUNG else days) for one, days in said.items()}
    for one, opened_at in at.items():
        yield Case(id=one, station_id=OURS.id, kind=CaseKind.PRIVACY, text="电话给了别人", opened_at=opened_at)
    for one, state in ((FOUND, CaseState.CONFIRMED), (DISMISSED, CaseState.DISMISSED)):
        yield CaseStep(
            id=f"{one[:-2]}b{one[-1]}",
            station_id=OURS.id,
            case_id=one,
            state=state,
            note="查过",
            by_id="r",
            by_name="李芳",
            stepped_at=at[one] + timedelta(days=1),
        )


def test_year_when_it_is_over_is_the_same_at_the_county_and_at_the_station(hub: TestHub, tmp_path: Path) -> None:
    records = [*StationYear(OURS, FEBRUARY, 3).all(40, 40, 60), *incidents()]
    assert any(local(step.stepped_at).year == 2027 for step in records if hasattr(step, "stepped_at")), "January goes on"
    station = make_station(tmp_path)
    station.clock.now = FEBRUARY
    with station.store.write() as u:
        u.put(*records)
    with hub.engine.begin() as connection:
        keep(connection, COUNTY, records, FEBRUARY)
        counted = {year: year_of(connection, COUNTY, OURS.id, year, min(FEBRUARY, year_end(year))) for year in (2026, 2027)}
    for year, records_of in counted.items():
        ours = assess(station.here, station.head, year)
        measures = {item.measure: ours.measured[item.code] for item in ours.rubric.items if item.measure}
        theirs = {name: MEASURES[name](records_of) for name in measures}
        assert {name: (one.value, set(one.ids), set(one.against)) for name, one in measures.items()} == {
            name: (one.value, set(one.ids), set(one.against)) for name, one in theirs.items()
        }
        assert measures["arrived"].ids, year
    incidents_of = {year: MEASURES["privacy_incidents"](one).ids for year, one in counted.items()}
    assert incidents_of == {2026: (FOUND, UNTOLD), 2027: ()}, "what is young or was dismissed is none"
    station.store.close()
