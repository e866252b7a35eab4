"""Which rules and which rubric hold at this station today: the county's sheets where they can be read, else those the program came with.

A sheet that this program cannot read (the county may be ahead of it) is set aside and said by the doctor; it never stops anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kiosk.domain import rubric_text
from kiosk.domain.assessment import Rubric
from kiosk.domain.measures import last_day
from kiosk.domain.review import RuleBook
from kiosk.domain.rubric_text import RubricError
from kiosk.domain.rule_sheet import FILES, RUBRIC, RuleSheet, in_force
from kiosk.domain.rule_text import SheetError, read_rules
from kiosk.services.rubric import load_rubric
from kiosk.services.rules import load_rules, texts_of
from kiosk.services.station import Here
from kiosk.store.store import UnitOfWork

TOPIC = "rules"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What holds. `aside`: names of the county's sheets that could not be read."""

    rules: RuleBook
    rubric: Rubric
    aside: tuple[str, ...] = ()


def load(given: Iterable[RuleSheet], assets: Path, on: date) -> Ruling:
    """Give what holds on a day by the county's sheets; raise ConfigError where what the program came with is broken."""
    sheets = {name: sheet for name, sheet in in_force(given, on).items() if sheet.text and name not in FILES}
    rubric, aside = load_rubric(assets / "rubric", on), []
    if RUBRIC in sheets:
        given_rubric = _rubric(sheets.pop(RUBRIC).text)
        if given_rubric is None:
            aside.append(RUBRIC)
        else:
            rubric = given_rubric
    rules, wrong = _rules(assets / "rules", {name: sheet.text for name, sheet in sheets.items()}, on)
    return Ruling(rules, rubric, (*aside, *wrong))


def keep(here: Here) -> None:
    """Bring a station's rules and rubric up to date when the county wrote, or the day is over; a look costs a small read."""
    if here.assets is None:
        return
    mark = (here.store.counters().get(TOPIC, 0), here.today())
    if mark == here.ruled:
        return
    with here.store.read() as u:
        ruling = load(u.list(RuleSheet), here.assets, here.today())
    here.rules, here.rubric, here.ruled = ruling.rules, ruling.rubric, mark


def rubric_of(here: Here, u: UnitOfWork, year: int) -> Rubric:
    """Give the rubric by which a year is judged: of this one what holds today, of one that is over what was in force on its 31 December.

    考核细则 come late: one that the county gave afterwards holds too, where its own `effective_from` lies in that year.
    """
    today, last = here.today(), last_day(year)
    if here.assets is None or today <= last:
        return here.rubric
    given = [sheet for sheet in u.list(RuleSheet, name=RUBRIC) if sheet.effective_on <= today]
    for sheet in sorted(given, key=lambda s: (s.effective_on, s.number), reverse=True):
        found = _rubric(sheet.text)
        if found is not None and (sheet.effective_on <= last or found.effective_from.year == year):
            return found
        if sheet.effective_on <= last:
            break
    return load_rubric(here.assets / "rubric", last)


def _rubric(text: str) -> Rubric | None:
    try:
        return rubric_text.read_rubric(text) if text else None
    except RubricError:
        return None


def _rules(folder: Path, sheets: dict[str, str], on: date) -> tuple[RuleBook, list[str]]:
    """Read the county's sheets over the shipped ones; where they do not go together, one after the other, and leave out what fails."""
    shipped = texts_of(folder)
    taken, rules = shipped, load_rules(folder, on)
    if not sheets:
        return rules, []
    if (whole := _read(shipped | sheets, on)) is not None:
        return whole, []
    aside = []
    for name, text in sheets.items():
        found = _read({**taken, name: text}, on)
        if found is None:
            aside.append(name)
        else:
            taken, rules = {**taken, name: text}, found
    return rules, aside


def _read(texts: dict[str, str], on: date) -> RuleBook | None:
    try:
        return read_rules(texts, on)
    except SheetError:
        return None
