"""Which rules hold at the hub today: the county's published sheets over those that the program came with. Reads no file.

Every worker reads the same editions and keeps what it made of them until they or the day are others.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from kiosk.county.editions import CHINA, Kind, State, in_force_query
from kiosk.county.schema import edition
from kiosk.domain.assessment import Rubric
from kiosk.domain.measures import last_day
from kiosk.domain.review import RuleBook
from kiosk.domain.rubric_text import RubricError, read_rubric, rubric_of
from kiosk.domain.rule_sheet import RUBRIC, RuleSheet
from kiosk.domain.rule_text import SheetError, read_rules


class Rulings:
    """The rules of one county. `shipped`: by name the sheets that the program came with, the rubric among them; without any, no rules."""

    def __init__(self, county_id: str, shipped: Mapping[str, str] | None) -> None:
        self.shipped: Mapping[str, str] = shipped or {}
        self._county_id = county_id
        self._held: tuple[object, RuleBook | None] = (None, None)

    def texts(self, connection: sa.Connection, now: datetime) -> dict[str, str]:
        """Give by name every sheet as it holds on the day, the rubric among them."""
        columns = (edition.c.id, edition.c.content["text"].astext.label("text"))
        found = connection.execute(in_force_query(self._county_id, Kind.SHEET, now.astimezone(CHINA).date(), *columns))
        return {**self.shipped, **{row.id: row.text for row in found if row.text and row.id in self.shipped}}

    def rules(self, connection: sa.Connection, now: datetime) -> RuleBook | None:
        """Give the rules that hold; None where the program came with none."""
        if not self.shipped:
            return None
        today = now.astimezone(CHINA).date()
        numbers = connection.execute(in_force_query(self._county_id, Kind.SHEET, today, edition.c.id, edition.c.number)).all()
        mark = (today, tuple(map(tuple, numbers)))
        if self._held[0] != mark:
            self._held = (mark, self._read(self.texts(connection, now), now))
        return self._held[1]

    def rubric(self, connection: sa.Connection, now: datetime) -> Rubric | None:
        """Give the rubric that holds; None where the program came with none."""
        if RUBRIC not in self.shipped:
            return None
        try:
            return read_rubric(self.texts(connection, now)[RUBRIC])
        except RubricError:  # as below
            return read_rubric(self.shipped[RUBRIC])

    def rubric_of(self, connection: sa.Connection, year: int, now: datetime) -> Rubric | None:
        """Give the rubric by which a year is judged, as its stations do: of this one what holds today, of one that is over what held at
        its end or was given for it afterwards (rubric_text.rubric_of). None where the program came with none.
        """
        today = now.astimezone(CHINA).date()
        if RUBRIC not in self.shipped or today <= last_day(year):
            return self.rubric(connection, now)
        columns = (edition.c.number, edition.c.content["text"].astext.label("text"), edition.c.effective_on)
        ours = (edition.c.county_id == self._county_id, edition.c.kind == Kind.SHEET, edition.c.id == RUBRIC)
        rows = connection.execute(sa.select(*columns).where(*ours, edition.c.state != State.WITHDRAWN))
        sheets = [
            RuleSheet(id=RUBRIC, revision=1, name=RUBRIC, number=row.number, text=row.text or "", effective_on=row.effective_on)
            for row in rows
        ]
        return rubric_of(sheets, year, today) or read_rubric(self.shipped[RUBRIC])

    def _read(self, texts: Mapping[str, str], now: datetime) -> RuleBook:
        today = now.astimezone(CHINA).date()
        try:
            return read_rules(without_rubric(texts), today)
        except SheetError:  # what is published was read before it was; the program may be older now
            return read_rules(without_rubric(self.shipped), today)


def without_rubric(texts: Mapping[str, str]) -> dict[str, str]:
    """Give the tables of the rules alone."""
    return {name: text for name, text in texts.items() if name != RUBRIC}
