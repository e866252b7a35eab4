"""A hub at which something stands in every room: two stations' year, employers, reports, terminals, papers, what was published."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiosk.county import standing
from kiosk.county.figures.count import count_next
from kiosk.county.listing_rows import refresh
from kiosk.county.schema import station_step
from kiosk.county.standing import Course
from kiosk.domain.record import new_id
from kiosk.domain.standing import Act, Step
from kiosk.domain.station import StationLevel
from kiosk.services.rubric import load_rubric
from kiosk.services.rules import load_rules
from tests.console.county_records import Records
from tests.county_rooms import StationRooms, put_out, tell
from tests.county_year import StationYear, keep
from tests.hub_parts import COUNTY, OTHER, OURS, TestHub
from tests.station import ASSETS


def fill_rooms(hub: TestHub) -> None:
    """Put records of every kind that the console shows into an empty hub."""
    now = hub.clock()
    rules, rubric = load_rules(ASSETS / "rules", now.date()), load_rubric(ASSETS / "rubric", now.date())
    with hub.engine.begin() as connection:
        for seed, station in enumerate((OURS, OTHER), 1):
            year = StationYear(station, now, seed)
            keep(connection, COUNTY, year.all(70, 25, 40), now)
            refresh(connection, COUNTY, year.listing_ids, now, rules)
            rooms = StationRooms(station, now, seed, year.listing_ids)
            rooms.put(connection, 3, 20, rules)
            rooms.judge(connection, rooms.hand_in(connection, hub.settings, now.year - 1, rubric), rubric, out=True)
            rooms.hand_in(connection, hub.settings, now.year, rubric)
            tell(connection, rooms.install(connection, 2), now)
        put_out(connection, now, 6)
        _steps(connection, now)
    records = Records(hub)  # and with it a terminal of each that has never told anything
    for station, phone in ((OURS, "19900007701"), (OTHER, "19900007702")):
        records.listing(station)
        records.swindle(station, phone)
    records.edit(records.listing(verdict=None), pay_fen=30000)
    with hub.engine.begin() as connection:
        while count_next(connection, COUNTY, hub.clock()):
            pass


def _steps(connection: sa.Connection, now: datetime) -> None:
    """Let one station be warned, whose time has passed, one be applied for, and both come to a course."""
    today = now.date()
    warned = Step(
        id=new_id(now),
        station_id=OTHER.id,
        act=Act.WARN,
        on=today - timedelta(days=40),
        at=now,
        by="",
        number="云人社〔2026〕9号",
        reason="没有药箱",
        deadline=today - timedelta(days=3),
    )
    connection.execute(sa.insert(station_step).values(county_id=COUNTY, place=1, **asdict(warned)))
    below = replace(OURS, id=new_id(now), name="义堂村站", short="YV", level=StationLevel.DOORSTEP, parent_id=OURS.id)
    standing.apply(connection, COUNTY, below, "", now, today)
    people = {OURS.id: 2, OTHER.id: 1}
    standing.add_course(connection, COUNTY, Course(id=new_id(now), held_on=today, title="怎样审核", hours=6, people=people), today)
