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
        try:
            rubric = rubric_text.read_rubric(sheets.pop(RUBRIC).text)
        except RubricError:
            aside.append(RUBRIC)
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
    """Give the rubric by which a year is judged: of this one what holds today, of one that is over what was in force on its 31 December."""
    last = last_day(year)
    if here.assets is None or here.today() <= last:
        return here.rubric
    return rubric_text.rubric_of(u.list(RuleSheet, name=RUBRIC), year, here.today()) or load_rubric(here.assets / "rubric", last)


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
