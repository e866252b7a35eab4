"""Reading the rules and the table of areas from assets/, and putting what they found into words. Decides nothing itself."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from kiosk.domain.codes import AREAS, Trade
from kiosk.domain.employer import Reverify
from kiosk.domain.matching import AreaTable
from kiosk.domain.pay import MinimumWage
from kiosk.domain.retention import Retention
from kiosk.domain.review import TEXT_FIELDS, FieldRule, Hazard, RuleBook, Severity, WordRule
from kiosk.domain.review_checks import CHECKS, LIMITS, Numbers
from kiosk.domain.review_text import PLAIN, Folding, TextRule
from kiosk.domain.words import Say, Word
from kiosk.errors import ConfigError
from kiosk.text import t

D = TypeVar("D", MinimumWage, Reverify, Retention)
MACRO = re.compile(r"(?<!\?P)<([a-z_]+)>")


def load_rules(folder: Path, on: date) -> RuleBook:
    """Read every *.toml of the folder and keep what is in force on the day; raise ConfigError naming the file and the rule.

    When no minimum wage or term is in force yet (the clock is not set), the earliest one stands.
    """
    tables = [(path.name, _read(path)) for path in sorted(folder.glob("*.toml"))]
    macros = {name: text for _, table in tables for name, text in table.get("words", {}).items()}
    negations = {name: entry for _, table in tables for name, entry in table.get("negation", {}).items()}
    words: list[WordRule] = []
    fields: list[FieldRule] = []
    wages: list[MinimumWage] = []
    hazards: list[Hazard] = []
    terms: list[Reverify] = []
    kept: list[Retention] = []
    for file, table in tables:
        for entry in table.get("word", []):
            if _in_force(file, entry, on):
                words.append(_word(file, entry, macros, negations))
        for entry in table.get("check", []):
            if _in_force(file, entry, on):
                fields.append(_check(file, entry))
        wages += [_wage(file, entry) for entry in table.get("wage", [])]
        terms += [_reverify(file, entry) for entry in table.get("reverify", [])]
        kept += [_retention(file, entry) for entry in table.get("retention", [])]
        if "hazard" in table:
            hazards.append(_hazard(file, table["hazard"], macros))
    if not wages or not terms or len(hazards) != 1:
        raise ConfigError(f"{folder}: no [[wage]], no [[reverify]], or not exactly one [hazard]")
    return RuleBook(
        words=tuple(words),
        fields=tuple(fields),
        wages=_latest(wages, on),
        hazard=hazards[0],
        reverify=_latest(terms, on),
        retention=_latest(kept, on) if kept else None,
        holidays=frozenset(day for file, table in tables if "holidays" in table for day in _need(file, table["holidays"], "days", list)),
        folding=next((_folding(file, table["fold"]) for file, table in tables if "fold" in table), PLAIN),
    )


def _latest(entries: list[D], on: date) -> D:
    dated = sorted(entries, key=lambda e: e.effective_from)
    return ([e for e in dated if e.effective_from <= on] or dated[:1])[-1]


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


def _need(file: str, entry: Mapping[str, Any], key: str, kind: type) -> Any:
    value = entry.get(key)
    if not isinstance(value, kind):
        raise ConfigError(f"{file}: {entry.get('name', '?')}: {key} is missing or not {kind.__name__}")
    return value


def _in_force(file: str, entry: Mapping[str, Any], on: date) -> bool:
    until = entry.get("effective_until")
    first: date = _need(file, entry, "effective_from", date)
    return first <= on and (until is None or on <= until)


def _pattern(file: str, name: str, parts: list[str], macros: Mapping[str, str]) -> re.Pattern[str] | None:
    def fill(m: re.Match[str]) -> str:
        return MACRO.sub(fill, macros[m[1]])

    try:
        return re.compile("|".join(f"(?:{MACRO.sub(fill, part)})" for part in parts)) if parts else None
    except (re.error, KeyError, RecursionError) as error:
        raise ConfigError(f"{file}: {name}: {error!r}") from None


def _text(file: str, entry: Mapping[str, Any], macros: Mapping[str, str], negations: Mapping[str, Any]) -> TextRule:
    name = entry.get("name", "hazard")
    kind = entry.get("negation")
    if kind is not None and kind not in negations:
        raise ConfigError(f"{file}: {name}: no [negation.{kind}]")
    denial = negations[kind] if kind else {}

    def one(key: str) -> re.Pattern[str] | None:
        return _pattern(file, name, [denial[key]] if key in denial else [], macros)

    pattern = _pattern(file, name, _need(file, entry, "patterns", list), macros)
    if pattern is None:
        raise ConfigError(f"{file}: {name}: no patterns")
    exception = _pattern(file, name, entry.get("exceptions", []), macros)
    return TextRule(
        name=name, pattern=pattern, exception=exception, denied_before=one("before"), denied_after=one("after"), still=one("still")
    )


def _severity(file: str, entry: Mapping[str, Any]) -> Severity:
    try:
        return Severity(entry.get("severity", ""))
    except ValueError:
        raise ConfigError(f"{file}: {entry.get('name', '?')}: severity is block, hold or warn") from None


def _word(file: str, entry: Mapping[str, Any], macros: Mapping[str, str], negations: Mapping[str, Any]) -> WordRule:
    return WordRule(
        name=_need(file, entry, "name", str),
        severity=_severity(file, entry),
        source=_need(file, entry, "source", str),
        text=_text(file, entry, macros, negations),
        fields=tuple(entry.get("fields", TEXT_FIELDS)),
    )


def _check(file: str, entry: Mapping[str, Any]) -> FieldRule:
    name, limits = _need(file, entry, "name", str), entry.get("limits", {})
    if name not in CHECKS or limits.keys() != LIMITS.get(name, frozenset()):
        raise ConfigError(f"{file}: {name}: no such check, or its limits are not {sorted(LIMITS.get(name, ()))}")
    return FieldRule(
        name=name,
        severity=_severity(file, entry),
        source=_need(file, entry, "source", str),
        numbers=Numbers(fields=tuple(entry.get("fields", ())), limits=limits),
    )


def _wage(file: str, entry: Mapping[str, Any]) -> MinimumWage:
    month, hour = _need(file, entry, "month", list), _need(file, entry, "hour", list)
    hold, warn = _need(file, entry, "hold_tier", int), _need(file, entry, "warn_tier", int)
    if len(month) != len(hour) or not (1 <= warn <= len(month) and 1 <= hold <= len(month)):
        raise ConfigError(f"{file}: minimum wage from {entry.get('effective_from')}: tiers do not fit")
    return MinimumWage(
        month_fen=tuple(round(yuan * 100) for yuan in month),
        hour_fen=tuple(round(yuan * 100) for yuan in hour),
        hold_tier=hold - 1,
        warn_tier=warn - 1,
        effective_from=_need(file, entry, "effective_from", date),
        source=_need(file, entry, "source", str),
    )


def _reverify(file: str, entry: Mapping[str, Any]) -> Reverify:
    months = _need(file, entry, "months", int)
    if months < 1:
        raise ConfigError(f"{file}: reverify: months is below 1")
    return Reverify(months=months, effective_from=_need(file, entry, "effective_from", date), source=_need(file, entry, "source", str))


def _retention(file: str, entry: Mapping[str, Any]) -> Retention:
    numbers = {name: _need(file, entry, name, int) for name in ("years", "slip_days", "old_store_days")}
    if min(numbers.values()) < 1:
        raise ConfigError(f"{file}: retention: a term is below 1")
    return Retention(**numbers, effective_from=_need(file, entry, "effective_from", date), source=_need(file, entry, "source", str))


def _hazard(file: str, entry: Mapping[str, Any], macros: Mapping[str, str]) -> Hazard:
    try:
        trades = frozenset(Trade(code) for code in entry.get("trades", []))
    except ValueError as error:
        raise ConfigError(f"{file}: hazard: {error}") from None
    return Hazard(trades=trades, text=_text(file, entry, macros, {}), source=_need(file, entry, "source", str))


GAP = r"[^\w\s,。;!?、:(),/]{0,3}[ ]?"
"""What may stand inside a word that somebody pulled apart."""


def _folding(file: str, entry: Mapping[str, Any]) -> Folding:
    pairs: list[str] = _need(file, entry, "alike", str).split()
    if wrong := [pair for pair in pairs if len(pair) != 2]:
        raise ConfigError(f"{file}: fold: not two characters: {wrong}")
    words = []
    for first, *others in _need(file, entry, "words", list):
        loose = GAP.join(re.escape(c) for c in first) + ("(?!额)" if first.endswith("金") else "")
        others = [GAP.join(other) if other.isalnum() else other for other in others]
        words.append((_pattern(file, first, [loose, *others], {}), first))
    return Folding(alike={pair[0]: pair[1] for pair in pairs}, words=tuple((p, w) for p, w in words if p), deny=entry.get("deny", ""))
