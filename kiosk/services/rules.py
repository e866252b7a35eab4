"""Reading the rules and the table of areas from assets/, and putting what they found into words. Decides nothing itself."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.domain.codes import AREAS
from kiosk.domain.matching import AreaTable
from kiosk.domain.review import RuleBook
from kiosk.domain.rule_text import SheetError, read_rules
from kiosk.domain.words import Say, Word
from kiosk.errors import ConfigError
from kiosk.text import t


def load_rules(folder: Path, on: date) -> RuleBook:
    """Read every *.toml of the folder and keep what is in force on the day; raise ConfigError naming the file and the rule."""
    try:
        return read_rules(texts_of(folder), on)
    except SheetError as error:
        raise ConfigError(str(error)) from None


def texts_of(folder: Path) -> dict[str, str]:
    """Give every *.toml of the folder by its name without the ending; raise ConfigError."""
    try:
        return {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.toml"))}
    except OSError as error:
        raise ConfigError(f"{folder.name}: {error}") from None


def load_areas(path: Path) -> AreaTable:
    """Read the centres of the county's areas; raise ConfigError when one is missing or unknown."""
    table = _read(path)
    try:
        centres = {code: (float(place["lat"]), float(place["lon"])) for code, place in table["area"].items()}
        near = float(table["neighbours_km"])
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path.name}: {error!r}") from None
    if centres.keys() != AREAS.keys():
        raise ConfigError(f"{path.name}: not the areas of the code list: {sorted(centres.keys() ^ AREAS.keys())}")
    return AreaTable(centres=centres, neighbours_km=near)


def say(sentence: Say) -> str:
    """Put a sentence into words."""
    return t(sentence.key, **resolved(sentence))


def resolved(sentence: Say) -> dict[str, object]:
    """Give a sentence's values with those that are keys themselves put into words."""
    return {name: t(value) if isinstance(value, Word) else value for name, value in sentence.values.items()}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, OSError) as error:
        raise ConfigError(f"{path.name}: {error}") from None
