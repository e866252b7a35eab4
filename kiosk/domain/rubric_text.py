"""Reading a rubric (TOML), and what is wrong with one, each fault with its line. What a rubric comes to is `assessment`'s."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from kiosk.domain.assessment import Area, GradeBand, Item, Rubric, faults
from kiosk.domain.measures import MEASURES, last_day
from kiosk.domain.rule_sheet import RUBRIC, RuleSheet
from kiosk.domain.rule_text import LINE, line_of
from kiosk.domain.words import Say, Word
from kiosk.errors import KioskError

FEN = 100
TEXTS, NUMBERS = frozenset({"code", "name", "short", "advice", "measure", "unit", "source"}), frozenset({"unmeasured", "effort_h"})


class RubricError(KioskError):
    """A rubric that cannot be used. `faults`: the line from 1 (0: the whole), and the sentence, of bad.rubric.* or rubric.*."""

    def __init__(self, *found: tuple[int, Say]) -> None:
        super().__init__("; ".join(f"line {line}: {say.key}" for line, say in found))
        self.faults = found


def read_rubric(text: str) -> Rubric:
    """Read one rubric; raise RubricError with every fault."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = LINE.search(str(error))
        line = int(at[1]) if at and at[1] else len(text.splitlines())
        raise RubricError((line, Say("bad.rubric.file", {"where": str(error)}))) from None
    rubric, areas = _read(text, table)
    wrong = faults(rubric, frozenset(MEASURES), areas)
    if wrong:
        raise RubricError(*((_line(text, rubric, values), Say(key, _said(values))) for key, values in wrong))
    return rubric


def rubric_of(sheets: Iterable[RuleSheet], year: int, today: date) -> Rubric | None:
    """Give the county's rubric by which a year that is over is judged: what was in force on its 31 December; None for the one shipped.

    考核细则 come late: one that the county gave afterwards, up to today, holds too where its own `effective_from` lies in that year.
    """
    last = last_day(year)
    given = (sheet for sheet in sheets if sheet.name == RUBRIC and sheet.effective_on <= today)
    for sheet in sorted(given, key=lambda s: (s.effective_on, s.number), reverse=True):
        try:
            found = read_rubric(sheet.text) if sheet.text else None
        except RubricError:
            found = None
        if sheet.effective_on <= last or (found is not None and found.effective_from.year == year):
            return found
    return None


def _read(text: str, table: Mapping[str, Any]) -> tuple[Rubric, Mapping[Area, Decimal]]:
    kind, index = "", 0

    def each(name: str, read: Any) -> Any:
        nonlocal kind, index
        kind = name
        for index, entry in enumerate(table.get(name, [])):  # noqa: B007 - the line of what fails is said by it
            yield read(entry)

    try:
        rubric = Rubric(
            name=_text(table, "name"),
            official=table.get("official") is True,
            effective_from=_day(table, "effective_from"),
            source=_text(table, "source"),
            items=tuple(each("item", _named)),
            grades=tuple(each("grade", _grade)),
        )
        kind, index = "areas", 0
        return rubric, {_area(name): _number(points) for name, points in table.get("areas", {}).items()}
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, OverflowError) as error:
        what = str(error).strip("'")
        line = line_of(text, kind, index, what.rsplit(" ", 1)[-1]) if kind else line_of(text, what, 0)
        raise RubricError((line, Say("bad.rubric.field", {"what": what}))) from None


def _line(text: str, rubric: Rubric, values: Mapping[str, object]) -> int:
    """Give the line that a fault is about: the item's, the area's, else the first grade's."""
    if "code" in values:
        return line_of(text, "item", max(at for at, item in enumerate(rubric.items) if item.code == values["code"]), "code")
    area = values.get("area")
    return line_of(text, "areas", 0, area.value if isinstance(area, Area) else "") if values else line_of(text, "grade", 0)


def _said(values: Mapping[str, object]) -> dict[str, object]:
    return {name: Word(f"area_of.{value}") if isinstance(value, Area) else value for name, value in values.items()}


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _day(entry: Mapping[str, Any], name: str) -> date:
    value = entry[name]
    if type(value) is not date:
        raise TypeError(name)
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError(str(value))
    if not Decimal(value).is_finite():
        raise TypeError(str(value))
    return Decimal(value)


def _area(name: str) -> Area:
    if name not in list(Area):
        raise KeyError(f"area = {name}")
    return Area(name)


def _named(entry: Mapping[str, Any]) -> Item:
    try:
        return _item(entry)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise KeyError(f"{entry.get('code', '')} {str(error).strip(chr(39))}".strip()) from None


def _item(entry: Mapping[str, Any]) -> Item:
    if unknown := entry.keys() - {field.name for field in fields(Item)}:
        raise KeyError(sorted(unknown)[0])
    curve = tuple((_number(value), _number(points)) for value, points in entry["curve"])
    if not curve:
        raise KeyError("curve")
    texts = {name: _text(entry, name) for name in TEXTS & entry.keys()}
    numbers = {name: _number(entry[name]) for name in NUMBERS & entry.keys()}
    return Item(area=_area(_text(entry, "area")), curve=curve, steps=entry.get("steps") is True, **texts, **numbers)  # type: ignore[arg-type]


def _grade(entry: Mapping[str, Any]) -> GradeBand:
    return GradeBand(
        name=_text(entry, "name"),
        least=_number(entry["least"]),
        township_fen=int(_number(entry["township_yuan"]) * FEN),
        doorstep_fen=int(_number(entry["doorstep_yuan"]) * FEN),
    )
