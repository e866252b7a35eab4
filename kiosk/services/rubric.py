"""Reading the rubric from assets/rubric, and saying what is wrong with one in a sentence. What it comes to is kiosk.domain.assessment's."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from kiosk.domain.assessment import Area, GradeBand, Item, Rubric, faults
from kiosk.domain.measures import MEASURES
from kiosk.errors import BadInput, ConfigError
from kiosk.text import t

FEN = 100
TEXTS, NUMBERS = frozenset({"code", "name", "short", "advice", "measure", "unit", "source"}), frozenset({"unmeasured", "effort_h"})


def load_rubric(folder: Path, on: date) -> Rubric:
    """Read the folder's rubrics and give the one in force on a day: the county's own before a placeholder, then the latest.

    Before all of them (the clock is not set) the earliest stands. Raises ConfigError with every fault of a file that does not add up.
    """
    found = [_read(path) for path in sorted(folder.glob("*.toml"))]
    if not found:
        raise ConfigError(f"{folder.name}: no rubric")
    found.sort(key=lambda rubric: (rubric.official, rubric.effective_from))
    return next((rubric for rubric in reversed(found) if rubric.effective_from <= on), found[0])


def _read(path: Path) -> Rubric:
    try:
        return read_rubric(path.read_text("utf-8"))
    except (OSError, BadInput) as error:
        raise ConfigError(f"{path.name}: {t(error.key, **error.words) if isinstance(error, BadInput) else error}") from None


def read_rubric(text: str) -> Rubric:
    """Read one rubric; raise BadInput('rubric') that says every fault, one a line."""
    try:
        table = tomllib.loads(text, parse_float=Decimal)
        rubric = Rubric(
            name=_text(table, "name"),
            official=table.get("official") is True,
            effective_from=_day(table, "effective_from"),
            source=_text(table, "source"),
            items=tuple(_named(entry) for entry in table.get("item", [])),
            grades=tuple(_grade(entry) for entry in table.get("grade", [])),
        )
        areas = {_area(name): _number(points) for name, points in table.get("areas", {}).items()}
    except tomllib.TOMLDecodeError as error:
        raise BadInput("rubric", "bad.rubric.file", where=str(error)) from None
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise BadInput("rubric", "bad.rubric.field", what=str(error).strip("'")) from None
    wrong = faults(rubric, frozenset(MEASURES), areas)
    if wrong:
        raise BadInput("rubric", "bad.rubric.faults", faults="\n".join(t(key, **_said(values)) for key, values in wrong))
    return rubric


def _said(values: Mapping[str, object]) -> dict[str, object]:
    return {name: t(f"area_of.{value}") if isinstance(value, Area) else value for name, value in values.items()}


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
