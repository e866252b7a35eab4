"""A rule sheet or rubric for reading: what is wrong with its text, line by line, what it says as a table, and what was changed in it."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.county.rulings import without_rubric
from kiosk.domain.assessment import Area, Rubric
from kiosk.domain.rubric_text import RubricError, read_rubric
from kiosk.domain.rule_sheet import RUBRIC
from kiosk.domain.rule_text import SheetError, read_rules, read_table
from kiosk.domain.words import Say, Word
from kiosk.errors import BadInput
from kiosk.text import t, words

CONTEXT = 2
TERMS = ("months", "years", "slip_days", "old_store_days")
SEVERITIES = frozenset({"block", "hold", "warn"})
Rows = list[tuple[str, str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """A line of what was changed: `sign` is + or -, or empty for one that stands beside."""

    sign: str
    text: str


def faults(name: str, text: str, others: Mapping[str, str], on: date) -> list[str]:
    """Say what is wrong with a sheet's text, one sentence a line of it; nothing for a good one. `others`: the sheets beside it."""
    try:
        if name == RUBRIC:
            _check_rubric(read_rubric(text), on)
        else:
            read_rules(without_rubric({**others, name: text}), on)
    except RubricError as error:
        return [_lined(line, _sentence(say)) for line, say in error.faults]
    except SheetError as error:
        return [_lined(error.line if error.sheet == name else 0, t(error.key, **error.values))]
    except BadInput as error:
        return [t(error.key, **error.words)]
    return []


def changes(before: str, after: str) -> Sequence[Change]:
    """Give the lines that were taken out and put in, with what stands beside them; nothing where both say the same."""
    found = difflib.unified_diff(before.strip().splitlines(), after.strip().splitlines(), n=CONTEXT, lineterm="")
    return [Change("", "……") if line.startswith("@@") else Change(line[0].strip(), line[1:]) for line in list(found)[2:]]


def rows(name: str, text: str) -> Rows:
    """Say a table of rules in words: name, what happens, what it holds, from when, and its source; raise SheetError."""
    table = read_table(name, text)
    found: Rows = []
    for kind in ("wage", "reverify", "retention", "check", "word"):
        found += [_row(kind, entry) for entry in table.get(kind, [])]
    if "hazard" in table:
        found.append(_row("hazard", table["hazard"]))
    for day in table.get("holidays", {}).get("days", []):
        found.append((f"{day}", "", "", "", ""))
    for kind in ("words", "negation", "fold"):
        if kind in table:
            found.append((t(f"console.publish.part_{kind}"), "", t("console.publish.entries", count=len(table[kind])), "", ""))
    return found


def areas(one: Rubric) -> list[tuple[str, object, list[Any]]]:
    """Give each area with its name, its points and its items."""
    return [(t(f"area_of.{area}"), one.most(area), [item for item in one.items if item.area is area]) for area in Area]


def _check_rubric(one: Rubric, on: date) -> None:
    if one.effective_from > on:
        raise BadInput("text", "bad.publish.rubric_from", day=one.effective_from)


def _row(kind: str, entry: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    severity = entry.get("severity", "")
    does = t(f"rule.severity.{severity}") if severity in SEVERITIES else ""
    if kind == "wage":
        months, hours = ("、".join(f"{yuan:g}" for yuan in entry[field]) for field in ("month", "hour"))
        what = t("console.publish.tiers", month=months, hour=hours)
        does = t("console.publish.tier_marks", hold=entry["hold_tier"], warn=entry["warn_tier"])
    elif kind in ("reverify", "retention"):
        what = "；".join(t(f"console.publish.term_{field}", count=entry[field]) for field in TERMS if field in entry)
    elif kind == "check":
        what = "；".join(f"{field} {value:g}" for field, value in entry.get("limits", {}).items())
    else:
        what = t("console.publish.patterns", count=len(entry.get("patterns", [])))
    title = _title(entry["name"]) if "name" in entry else t(f"console.publish.kind_{kind}")
    return title, does, what, f"{entry.get('effective_from', '')}", str(entry.get("source", ""))


def _title(name: str) -> str:
    key = f"rule.{name}.title"
    return t(key) if key in words() else name


def _lined(line: int, sentence: str) -> str:
    return t("console.publish.line", line=line, words=sentence) if line else sentence


def _sentence(say: Say) -> str:
    if say.key == "bad.rubric.file":  # what the parser says is for developers
        where = str(say.values["where"])
        return t("bad.sheet.twice" if "overwrite" in where or "twice" in where else "bad.sheet.toml")
    return t(say.key, **_said(say.values))


def _said(values: Mapping[str, object]) -> dict[str, object]:
    return {name: t(value) if isinstance(value, Word) else value for name, value in values.items()}
