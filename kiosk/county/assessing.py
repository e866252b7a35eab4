"""The county's assessment: what stations handed in, what it makes of each, publishing it to the station, and who is paid what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from kiosk.county.feed import Entry, append, of_station, open_county
from kiosk.county.phone_limits import hold
from kiosk.county.schema import judgement, record
from kiosk.county.standing import Standing, standings
from kiosk.county.year import year_of
from kiosk.domain.assessment import GradeBand
from kiosk.domain.entities import NAME_OF
from kiosk.domain.judgement import Judgement, band_of, judged, plain, sample, total_of
from kiosk.domain.measures import MEASURES
from kiosk.domain.record import RecordError, from_plain, new_id, to_plain
from kiosk.domain.roster import RosterRow
from kiosk.domain.standing import Stage
from kiosk.domain.station import COUNTY, StationLevel
from kiosk.domain.yearly import PaperSet
from kiosk.errors import BadInput, NotFound, WrongState
from kiosk.sync.protocol import Op

SAMPLED = 10
"""Rows of a roster that are looked at by telephone: nobody chose them."""
WORDS_MAX = 300
JUDGED_STAGES = frozenset(Stage) - {Stage.APPLIED, Stage.REFUSED}


@dataclass(frozen=True, slots=True)
class Judging:
    """One station's year at the county: what it handed in, what is made of it, and whether that is out."""

    standing: Standing
    papers: PaperSet | None
    judgement: Judgement | None
    published: bool

    @property
    def stale(self) -> bool:
        """Say whether the station has handed in anew since it was judged."""
        return self.judgement is not None and self.papers is not None and self.judgement.papers != self.papers.id

    @property
    def ready(self) -> bool:
        """Say whether it can be published."""
        return self.judgement is not None and not self.published and not self.stale


@dataclass(frozen=True, slots=True)
class Recount:
    """A year as the county counts it: values by the measure's name, and rows of the roster that were drawn."""

    values: Mapping[str, Decimal | None]
    drawn: Sequence[RosterRow]


def judgings(connection: sa.Connection, county_id: str, year: int, station_id: str | None = None) -> list[Judging]:
    """Give every station that is judged, or one, with how its year stands."""
    papers = _papers(connection, county_id, year, station_id)
    mine = [judgement.c.county_id == county_id, judgement.c.year == year]
    rows = {row.station_id: row for row in connection.execute(sa.select(judgement).where(*mine))}
    return [
        Judging(
            one,
            papers.get(one.station.id),
            from_plain(Judgement, rows[one.station.id].data) if one.station.id in rows else None,
            bool(one.station.id in rows and rows[one.station.id].published),
        )
        for one in standings(connection, county_id)
        if one.station.level is not StationLevel.COUNTY and one.stage in JUDGED_STAGES and station_id in (None, one.station.id)
    ]


def judging(connection: sa.Connection, county_id: str, year: int, station_id: str) -> Judging:
    """Give one station's; raise NotFound."""
    found = judgings(connection, county_id, year, station_id)
    if not found:
        raise NotFound(f"station {station_id}")
    return found[0]


def judge(
    connection: sa.Connection,
    county_id: str,
    year: int,
    station_id: str,
    seen: int,
    points: Mapping[str, str],
    remarks: Mapping[str, str],
    words: str,
    deadline: date | None,
    bands: Sequence[GradeBand],
    by_name: str,
    now: datetime,
    today: date,
) -> Judgement:
    """Keep what the county makes of a year, as a draft; `seen` is the revision that the writer saw, 0 for none.

    Raises NotFound, WrongState when nothing was handed in or somebody else has written meanwhile, BadInput for what does not fit.
    """
    hold(connection, f"judgement {county_id} {station_id} {year}")
    before = judging(connection, county_id, year, station_id)
    papers, last = before.papers, before.judgement
    if papers is None:
        raise WrongState("nothing was handed in")
    if seen != (last.revision if last else 0):
        raise WrongState("somebody else has judged meanwhile")
    items = judged(papers, points, remarks)
    if len(words) > WORDS_MAX:
        raise BadInput("words", "bad.judgement.long", most=WORDS_MAX)
    if deadline is not None and (deadline <= today or not words):
        raise BadInput("deadline", "bad.judgement.deadline")
    total = total_of(items)
    band = band_of(bands, total)
    made = Judgement(
        id=last.id if last else new_id(now),
        revision=seen + 1,
        station_id=station_id,
        year=year,
        papers=papers.id,
        items=items,
        total=plain(total),
        grade=band.name,
        money_fen=band.money(before.standing.station.level),
        words=words,
        deadline=deadline,
        by_name=by_name,
        published_at=now,
    )
    _keep(connection, county_id, made, published=False)
    return made


def publish(connection: sa.Connection, county_id: str, year: int, station_id: str, now: datetime) -> Judgement:
    """Let the station see what the county made of its year; raise WrongState for what was not judged, or is out already."""
    hold(connection, f"judgement {county_id} {station_id} {year}")
    found = judging(connection, county_id, year, station_id)
    if found.judgement is None or not found.ready:
        raise WrongState("nothing to publish")
    open_county(connection, county_id)
    out = replace(found.judgement, published_at=now)
    _keep(connection, county_id, out, published=True)
    entity = NAME_OF[Judgement]
    connection.execute(sa.delete(record).where(record.c.county_id == county_id, record.c.entity == entity, record.c.id == out.id))
    values = {"county_id": county_id, "entity": entity, "id": out.id, "revision": out.revision, "owner": COUNTY, "about": station_id}
    connection.execute(sa.insert(record).values(**values, data=to_plain(out), received_at=now))
    append(connection, county_id, [Entry(of_station(station_id), entity, out.id, out.revision, Op.PUT, COUNTY)])
    return out


def recount(connection: sa.Connection, county_id: str, papers: PaperSet, today: date) -> Recount:
    """Count a year again from the records that the county has, and draw rows of its roster."""
    year = year_of(connection, county_id, papers.station_id, papers.year, today)
    wanted = {item.measure for item in papers.items if item.measure in MEASURES}
    values = {name: MEASURES[name](year).value for name in wanted}
    ids = [row.about.referral.id for row in year.roster]
    return Recount(values, sample(year.roster, ids, f"{papers.station_id} {papers.year}", SAMPLED))


def _papers(connection: sa.Connection, county_id: str, year: int, station_id: str | None) -> dict[str, PaperSet]:
    """Give what each station handed in last for a year."""
    ours = [record.c.county_id == county_id, record.c.entity == NAME_OF[PaperSet], record.c.data["year"].as_integer() == year]
    ours += [record.c.owner == station_id] if station_id else []
    found: dict[str, PaperSet] = {}
    for owner, data in connection.execute(sa.select(record.c.owner, record.c.data).where(*ours)):
        try:
            one = from_plain(PaperSet, data)
        except RecordError:
            continue
        if owner not in found or (found[owner].made_at, found[owner].id) < (one.made_at, one.id):
            found[owner] = one
    return found


def _keep(connection: sa.Connection, county_id: str, made: Judgement, *, published: bool) -> None:
    values = {"revision": made.revision, "data": to_plain(made), "published": published}
    new = insert(judgement).values(county_id=county_id, station_id=made.station_id, year=made.year, **values)
    keys = [judgement.c.county_id, judgement.c.station_id, judgement.c.year]
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values))
