"""The county's assessment: what stations handed in, what it makes of each, publishing it to the station, and who is paid what."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from kiosk.county import samples
from kiosk.county.feed import Entry, append, of_station, open_county
from kiosk.county.phone_limits import hold
from kiosk.county.phone_records import text_of
from kiosk.county.schema import judgement, record
from kiosk.county.standing import Standing, standing, standings
from kiosk.county.year import year_of
from kiosk.domain.assessment import GradeBand
from kiosk.domain.entities import NAME_OF
from kiosk.domain.judgement import (
    REMARK_MAX,
    Judgement,
    band_of,
    counted_until,
    judged,
    plain,
    sums,
    total_of,
    year_judged,
)
from kiosk.domain.measures import CHINA, MEASURES
from kiosk.domain.record import RecordError, from_plain, new_id, to_plain
from kiosk.domain.standing import Stage
from kiosk.domain.station import COUNTY, StationLevel
from kiosk.domain.yearly import PaperSet
from kiosk.errors import BadInput, NotFound, WrongState
from kiosk.sync.protocol import Op

WORDS_MAX = 300
ACCEPTED = ("accepted_on", "accepted_by", "accepted_note")
YEAR = record.c.data["year"].as_integer()
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
    """A year as the county counts it, up to a moment: values by the measure's name."""

    values: Mapping[str, Decimal | None]
    until: datetime


def judgings(connection: sa.Connection, county_id: str, year: int) -> list[Judging]:
    """Give every station that is judged, with how its year stands."""
    return _judgings(connection, county_id, year, standings(connection, county_id), None)


def judging(connection: sa.Connection, county_id: str, year: int, station_id: str) -> Judging:
    """Give one station's; raise NotFound."""
    found = _judgings(connection, county_id, year, [standing(connection, county_id, station_id)], station_id)
    if not found:
        raise NotFound(f"station {station_id}")
    return found[0]


def _judgings(connection: sa.Connection, county_id: str, year: int, every: Iterable[Standing], station_id: str | None) -> list[Judging]:
    """Give how the year of these stands; where it is one, nothing is read of the others."""
    papers = {one.station_id: one for one in handed_in(connection, county_id, year, station_id)}
    mine = [judgement.c.county_id == county_id, judgement.c.year == year, *([judgement.c.station_id == station_id] if station_id else [])]
    rows = {row.station_id: row for row in connection.execute(sa.select(judgement).where(*mine))}
    return [
        Judging(
            one,
            papers.get(one.station.id),
            from_plain(Judgement, rows[one.station.id].data) if one.station.id in rows else None,
            bool(one.station.id in rows and rows[one.station.id].published),
        )
        for one in every
        if is_judged(one)
    ]


def is_judged(one: Standing) -> bool:
    """Say whether a station's years are judged: it is no centre, and was recognised."""
    return one.station.level is not StationLevel.COUNTY and one.stage in JUDGED_STAGES


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
    # what was to be put right, and perhaps has been, stays as it was where the points alone are given anew
    same = last is not None and last.deadline == deadline and last.words == words
    if deadline is not None and not same and (deadline <= today or not words):
        raise BadInput("deadline", "bad.judgement.deadline")
    accepted = {name: getattr(last, name) for name in ACCEPTED} if last and same else {}
    called = sums(samples.calls(connection, county_id, year, station_id))
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
        **accepted,
        asked=called.asked,
        affirmed=called.affirmed,
        denied=called.denied,
    )
    _keep(connection, county_id, made, published=False)
    return made


def publish(connection: sa.Connection, county_id: str, year: int, station_id: str, now: datetime) -> Judgement:
    """Let the station see what the county made of its year; raise WrongState for what was not judged, or is out already."""
    hold(connection, f"judgement {county_id} {station_id} {year}")
    found = judging(connection, county_id, year, station_id)
    if found.judgement is None or not found.ready:
        raise WrongState("nothing to publish")
    called = sums(samples.calls(connection, county_id, year, station_id))
    out = replace(found.judgement, published_at=now, asked=called.asked, affirmed=called.affirmed, denied=called.denied)
    _send(connection, county_id, out, now)
    return out


def accept(
    connection: sa.Connection, county_id: str, year: int, station_id: str, seen: int, on: date, note: str, by_name: str, now: datetime
) -> Judgement:
    """Let the station see that it has put right what it had to; `seen` is the revision that the writer saw.

    Raises NotFound, WrongState where nothing waits for it or somebody else has written meanwhile, BadInput for a day that is not yet
    here or words that are too long.
    """
    hold(connection, f"judgement {county_id} {station_id} {year}")
    found = judging(connection, county_id, year, station_id)
    made = found.judgement
    if made is None or not found.published or made.due is None or made.revision != seen:
        raise WrongState("nothing to accept")
    if on > now.astimezone(CHINA).date():
        raise BadInput("accepted_on", "bad.judgement.accepted_on")
    if len(note) > REMARK_MAX:
        raise BadInput("accepted_note", "bad.judgement.long", most=REMARK_MAX)
    done = replace(made, revision=seen + 1, accepted_on=on, accepted_by=by_name, accepted_note=note)
    _send(connection, county_id, done, now)
    return done


def recount(connection: sa.Connection, county_id: str, papers: PaperSet) -> Recount:
    """Count a year again from the records that the county has, as they stood when its papers were made."""
    until = counted_until(papers)
    year = year_of(connection, county_id, papers.station_id, papers.year, until)
    wanted = {item.measure for item in papers.items if item.measure in MEASURES}
    return Recount({name: MEASURES[name](year).value for name in wanted}, until)


def years(connection: sa.Connection, county_id: str, today: date) -> list[int]:
    """Give the years that may be asked for, the newest first: this one, the one that is judged, and all with papers or a judgement."""
    ours = (record.c.county_id == county_id, record.c.entity == NAME_OF[PaperSet], record.c.data.is_not(None))
    handed_in = sa.select(YEAR).where(*ours).distinct()
    made = sa.select(judgement.c.year).where(judgement.c.county_id == county_id).distinct()
    found = {*connection.scalars(handed_in), *connection.scalars(made)}
    return sorted(found | {today.year, year_judged(today)}, reverse=True)


def unjudged(connection: sa.Connection, county_id: str, since: int) -> dict[int, set[str]]:
    """Give by year, from `since` on, the stations whose newest papers nobody has judged."""
    ours = (record.c.county_id == county_id, record.c.entity == NAME_OF[PaperSet], since <= YEAR)
    order = (record.c.owner, YEAR, text_of(record, "made_at").desc(), record.c.id.desc())
    newest = sa.select(record.c.owner, YEAR.label("year"), record.c.id).where(*ours).ext(distinct_on(record.c.owner, YEAR)).order_by(*order)
    last = newest.subquery()
    same = (judgement.c.station_id == last.c.owner, judgement.c.year == last.c.year, judgement.c.data["papers"].astext == last.c.id)
    rows = sa.select(last.c.year, last.c.owner).where(~sa.exists().where(judgement.c.county_id == county_id, *same))
    found: dict[int, set[str]] = {}
    for year, station_id in connection.execute(rows.order_by(last.c.year)):
        found.setdefault(year, set()).add(station_id)
    return found


def overdue(connection: sa.Connection, county_id: str, today: date) -> list[Judgement]:
    """Give what stations were to put right by a day that has passed, and that nobody has found done; the longest due first."""
    ours = (record.c.county_id == county_id, record.c.owner == COUNTY, record.c.entity == NAME_OF[Judgement])
    late = (text_of(record, "deadline") < to_plain(today), text_of(record, "accepted_on").is_(None))
    rows = connection.scalars(sa.select(record.c.data).where(*ours, *late).order_by(text_of(record, "deadline"), record.c.id))
    return [from_plain(Judgement, data) for data in rows]


def handed_in(connection: sa.Connection, county_id: str, year: int, station_id: str | None = None) -> list[PaperSet]:
    """Give all that stations, or one, handed in for a year, the oldest first."""
    ours = [record.c.county_id == county_id, record.c.entity == NAME_OF[PaperSet], year == YEAR, record.c.data.is_not(None)]
    ours += [record.c.owner == station_id] if station_id else []
    found: list[PaperSet] = []
    for data in connection.scalars(sa.select(record.c.data).where(*ours)):
        with suppress(RecordError):  # what this hub cannot read is as none
            found.append(from_plain(PaperSet, data))
    return sorted(found, key=lambda one: (one.made_at, one.id))


def _send(connection: sa.Connection, county_id: str, out: Judgement, now: datetime) -> None:
    """Keep a judgement as what is published, and put it into its station's feed in the place of the one before."""
    open_county(connection, county_id, now)
    _keep(connection, county_id, out, published=True)
    entity = NAME_OF[Judgement]
    connection.execute(sa.delete(record).where(record.c.county_id == county_id, record.c.entity == entity, record.c.id == out.id))
    values = {"county_id": county_id, "entity": entity, "id": out.id, "revision": out.revision, "owner": COUNTY, "about": out.station_id}
    connection.execute(sa.insert(record).values(**values, data=to_plain(out), received_at=now))
    append(connection, county_id, [Entry(of_station(out.station_id), entity, out.id, out.revision, Op.PUT, COUNTY)])


def _keep(connection: sa.Connection, county_id: str, made: Judgement, *, published: bool) -> None:
    values = {"revision": made.revision, "data": to_plain(made), "published": published}
    new = insert(judgement).values(county_id=county_id, station_id=made.station_id, year=made.year, **values)
    keys = [judgement.c.county_id, judgement.c.station_id, judgement.c.year]
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values))
