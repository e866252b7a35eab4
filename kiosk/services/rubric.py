"""Reading the rubric from assets/rubric, and saying what is wrong with one in a sentence. What it comes to is kiosk.domain.assessment's."""

from datetime import date
from pathlib import Path

from kiosk.domain import rubric_text
from kiosk.domain.assessment import Rubric
from kiosk.domain.rubric_text import RubricError
from kiosk.errors import BadInput, ConfigError
from kiosk.services.rules import resolved, say, texts_of
from kiosk.text import t


def load_rubric(folder: Path, on: date) -> Rubric:
    """Read the folder's rubrics and give the one in force on a day: the county's own before a placeholder, then the latest.

    Before all of them (the clock is not set) the earliest stands. Raises ConfigError with every fault of a file that does not add up.
    """
    return _chosen(folder, on)[0]


def text_in_force(folder: Path, on: date) -> str:
    """Give the text of the folder's rubric that is in force on a day; raise ConfigError."""
    return _chosen(folder, on)[1]


def _chosen(folder: Path, on: date) -> tuple[Rubric, str]:
    found = [(_read(name, text), text) for name, text in texts_of(folder).items()]
    if not found:
        raise ConfigError(f"{folder.name}: no rubric")
    found.sort(key=lambda one: (one[0].official, one[0].effective_from))
    return next((one for one in reversed(found) if one[0].effective_from <= on), found[0])


def _read(name: str, text: str) -> Rubric:
    try:
        return read_rubric(text)
    except BadInput as error:
        raise ConfigError(f"{name}.toml: {t(error.key, **error.words)}") from None


def read_rubric(text: str) -> Rubric:
    """Read one rubric; raise BadInput('rubric') that says every fault, one a line."""
    try:
        return rubric_text.read_rubric(text)
    except RubricError as error:
        first = error.faults[0][1]
        if first.key.startswith("bad."):
            raise BadInput("rubric", first.key, **resolved(first)) from None
        raise BadInput("rubric", "bad.rubric.faults", faults="\n".join(say(one) for _, one in error.faults)) from None
