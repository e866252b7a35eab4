"""The sample of a station's roster that is called: rows that nobody chose, and what came of each call. Knows no page; tells no station."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kiosk.county.schema import sample_call
from kiosk.county.year import roster_of
from kiosk.domain.judgement import Heard, SampleCall, counted_until, sample
from kiosk.domain.record import new_id
from kiosk.domain.roster import RosterRow
from kiosk.domain.yearly import PaperSet
from kiosk.errors import BadInput

SAMPLED = 10
"""Rows of a roster that are called: nobody chose them."""
NOTE_MAX = 100


def draw(connection: sa.Connection, county_id: str, papers: PaperSet) -> list[RosterRow]:
    """Draw rows of the roster that stood when these papers were made."""
    roster = roster_of(connection, county_id, papers.station_id, papers.year, counted_until(papers))
    return sample(roster, [row.about.referral.id for row in roster], f"{papers.station_id} {papers.year}", SAMPLED)


def calls(connection: sa.Connection, county_id: str, year: int, station_id: str) -> Sequence[SampleCall]:
    """Give every call about a station's year, the oldest first."""
    mine = (sample_call.c.county_id == county_id, sample_call.c.station_id == station_id, sample_call.c.year == year)
    rows = connection.execute(sa.select(sample_call).where(*mine).order_by(sample_call.c.called_at, sample_call.c.id))
    return [
        SampleCall(
            id=row.id,
            station_id=row.station_id,
            year=row.year,
            referral_id=row.referral_id,
            heard=Heard(row.heard),
            note=row.note,
            by_name=row.by_name,
            called_at=row.called_at,
        )
        for row in rows
    ]


def keep(
    connection: sa.Connection, county_id: str, papers: PaperSet, row: RosterRow, heard: str, note: str, by_name: str, now: datetime
) -> None:
    """Keep what came of a call; raise BadInput."""
    if heard not in set(Heard):
        raise BadInput("heard", "bad.sample.heard")
    if len(note) > NOTE_MAX:
        raise BadInput("note", "bad.judgement.long", most=NOTE_MAX)
    if heard == Heard.UNTRUE and not note:
        raise BadInput("note", "bad.sample.note")
    values = {"county_id": county_id, "id": new_id(now), "station_id": papers.station_id, "year": papers.year}
    values |= {"referral_id": row.about.referral.id, "heard": heard, "note": note, "by_name": by_name, "called_at": now}
    connection.execute(sa.insert(sample_call).values(values))
