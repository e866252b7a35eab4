"""Reading tables of rules (TOML): what stands in each, which of it is in force on a day, and the line at which something is wrong.

Station and county read them with the same eyes. Knows no file: texts come by the names of their sheets.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from kiosk.domain.codes import Trade
from kiosk.domain.employer import Reverify
from kiosk.domain.pay import MinimumWage
from kiosk.domain.retention import Retention
from kiosk.domain.review import TEXT_FIELDS, FieldRule, Hazard, RuleBook, Severity, WordRule
from kiosk.domain.review_checks import CHECKS, LIMITS, Numbers
from kiosk.domain.review_text import PLAIN, Folding, TextRule
from kiosk.errors import KioskError

D = TypeVar("D", MinimumWage, Reverify, Retention)
MACRO = re.compile(r"(?<!\?P)<([a-z_]+)>")
LINE = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")
GAP = r"[^\w\s,。;!?、:(),/]{0,3}[ ]?"
"""What may stand inside a word that somebody pulled apart."""
YUAN_MOST = 1_000_000


class SheetError(KioskError):
    """A sheet that cannot be used: `key` of bad.sheet.* says why, with `values`; `line` from 1, 0 where the whole is meant."""

    def __init__(self, sheet: str, key: str, line: int = 0, **values: object) -> None:
        told = " ".join(str(value) for value in values.values())
        super().__init__(f"{sheet}.toml: {told}: {key}" if told else f"{sheet}.toml: {key}")
        self.sheet, self.key, self.line, self.values = sheet, f"bad.sheet.{key}", line, values


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of a sheet: the `index`-th of its `kind`, and what stands in it."""

    sheet: str
    text: str
    kind: str
    index: int
    table: Mapping[str, Any]

    def fail(self, key: str, field: str = "", what: object = "") -> SheetError:
        """Make the error that names this entry and, where it stands there, the field's line."""
        name = self.table.get("name", self.kind)
        return SheetError(self.sheet, key, line_of(self.text, self.kind, self.index, field), name=name, field=field, what=what)

    def need(self, field: str, kind: type) -> Any:
        """Give a field of just this type; raise SheetError."""
        value = self.table.get(field)
        if not isinstance(value, kind) or isinstance(value, (bool, datetime)):
            raise self.fail("field", field)
        return value

    def texts(self, field: str) -> list[str]:
        """Give a list of texts, empty where there is none; raise SheetError."""
        value = self.table.get(field, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.fail("field", field)
        return value

    def in_force(self, on: date) -> bool:
        """Say whether it holds on a day."""
        first, until = self.need("effective_from", date), self.need("effective_until", date) if "effective_until" in self.table else None
        return bool(first <= on and (until is None or on <= until))


def read_rules(texts: Mapping[str, str], on: date) -> RuleBook:
    """Read all sheets and keep what is in force on the day; raise SheetError for the first that is wrong.

    When no minimum wage or term is in force yet (the clock is not set), the earliest one stands.
    """
    tables = {name: read_table(name, text) for name, text in texts.items()}

    def entries(kind: str) -> Iterator[Entry]:
        for sheet, table in tables.items():
            found = table.get(kind, [])
            if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
                raise SheetError(sheet, "shape", line_of(texts[sheet], kind, 0), what=kind)
            yield from (Entry(sheet, texts[sheet], kind, at, one) for at, one in enumerate(found))

    def singles(kind: str) -> Iterator[Entry]:
        for sheet, table in tables.items():
            if kind in table:
                if not isinstance(table[kind], dict):
                    raise SheetError(sheet, "shape", line_of(texts[sheet], kind, 0), what=kind)
                yield Entry(sheet, texts[sheet], kind, 0, table[kind])

    macros: dict[str, str] = {}
    for one in singles("words"):
        macros |= {name: one.need(name, str) for name in one.table}
    negations: dict[str, Mapping[str, str]] = {}
    for one in singles("negation"):
        for name in one.table:
            denial = one.need(name, dict)
            if not all(isinstance(value, str) for value in denial.values()):
                raise one.fail("field", name)
            negations[name] = denial
    words = [(one.in_force(on), _word(one, macros, negations)) for one in entries("word")]
    checks = [(one.in_force(on), _check(one)) for one in entries("check")]
    wages, terms = [_wage(one) for one in entries("wage")], [_reverify(one) for one in entries("reverify")]
    kept, hazards = [_retention(one) for one in entries("retention")], [_hazard(one, macros) for one in singles("hazard")]
    holidays = {day for one in singles("holidays") for day in _days(one)}
    for kind, found in (("wage", wages), ("reverify", terms), ("hazard", hazards)):
        if not found or (kind == "hazard" and len(hazards) != 1):
            raise SheetError(next(iter(texts), ""), "lacks", what=kind)
    return RuleBook(
        words=tuple(rule for there, rule in words if there),
        fields=tuple(rule for there, rule in checks if there),
        wages=_latest(wages, on),
        hazard=hazards[0],
        reverify=_latest(terms, on),
        retention=_latest(kept, on) if kept else None,
        holidays=frozenset(holidays),
        folding=next((_folding(one) for one in singles("fold")), PLAIN),
    )


def read_table(sheet: str, text: str) -> dict[str, Any]:
    """Read TOML; raise SheetError with the line that is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = LINE.search(str(error))
        line = int(at[1]) if at and at[1] else len(text.splitlines())
        key = "twice" if "overwrite" in str(error) or "twice" in str(error) else "toml"
        raise SheetError(sheet, key, line, what=LINE.sub("", str(error))) from None
    except (RecursionError, ValueError):
        raise SheetError(sheet, "toml", what="") from None


def line_of(text: str, kind: str, index: int, field: str = "") -> int:
    """Give the line on which the `index`-th table of a kind begins, or a field of it stands, from 1; 0 where it is not found."""
    head = re.compile(rf"\s*\[\[?\s*{re.escape(kind)}\s*[\].]|\s*{re.escape(kind)}\s*=")
    lines = text.splitlines()
    begins = [at for at, line in enumerate(lines) if head.match(line)]
    if index >= len(begins):
        return 0
    first, last = begins[index], begins[index + 1] if index + 1 < len(begins) else len(lines)
    named = re.compile(rf"""\s*["']?{re.escape(field)}["']?\s*=""")
    return next((at + 1 for at in range(first, last) if field and named.match(lines[at])), first + 1)


def _latest(entries: list[D], on: date) -> D:
    dated = sorted(entries, key=lambda e: e.effective_from)
    return ([e for e in dated if e.effective_from <= on] or dated[:1])[-1]


def _pattern(entry: Entry, field: str, parts: list[str], macros: Mapping[str, str]) -> re.Pattern[str] | None:
    def fill(m: re.Match[str]) -> str:
        return MACRO.sub(fill, macros[m[1]])

    try:
        return re.compile("|".join(f"(?:{MACRO.sub(fill, part)})" for part in parts)) if parts else None
    except (re.error, KeyError, RecursionError, OverflowError, FutureWarning) as all_of_them:
        alone = ((part, error) for part in parts if (error := _fault(part, fill)))
        part, error = next(alone, (parts[0], str(all_of_them)))  # each may be good alone: two groups of one name
        name = entry.table.get("name", entry.kind)
        key = "macro" if MACRO.fullmatch(error) else "pattern"
        raise SheetError(entry.sheet, key, _line_with(entry, field, part), name=name, what=error) from None


def _fault(part: str, fill: Callable[[re.Match[str]], str]) -> str:
    """Say what is wrong with one pattern; empty for a good one."""
    try:
        re.compile(f"(?:{MACRO.sub(fill, part)})")
    except KeyError as error:
        return f"<{error.args[0]}>"
    except (re.error, RecursionError, OverflowError, FutureWarning) as error:
        return str(error) or type(error).__name__
    return ""


def _line_with(entry: Entry, field: str, part: str) -> int:
    """Give the line on which a pattern stands, from 1; the field's where it is not written as it reads."""
    first = line_of(entry.text, entry.kind, entry.index, field)
    lines = entry.text.splitlines()
    return next((at + 1 for at in range(max(first - 1, 0), len(lines)) if part and part in lines[at]), first)


def _text(entry: Entry, macros: Mapping[str, str], negations: Mapping[str, Mapping[str, str]]) -> TextRule:
    kind = entry.need("negation", str) if "negation" in entry.table else None
    if kind is not None and kind not in negations:
        raise entry.fail("negation", "negation", kind)
    denial = negations[kind] if kind is not None else {}

    def one(key: str) -> re.Pattern[str] | None:
        return _pattern(entry, key, [denial[key]] if key in denial else [], macros)

    entry.need("patterns", list)
    pattern = _pattern(entry, "patterns", entry.texts("patterns"), macros)
    if pattern is None:
        raise entry.fail("no_patterns", "patterns")
    return TextRule(
        name=entry.table.get("name", "hazard"),
        pattern=pattern,
        exception=_pattern(entry, "exceptions", entry.texts("exceptions"), macros),
        denied_before=one("before"),
        denied_after=one("after"),
        still=one("still"),
    )


def _severity(entry: Entry) -> Severity:
    try:
        return Severity(entry.table.get("severity", ""))
    except ValueError:
        raise entry.fail("severity", "severity") from None


def _fields(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.texts("fields"))


def _word(entry: Entry, macros: Mapping[str, str], negations: Mapping[str, Mapping[str, str]]) -> WordRule:
    name, severity, source = entry.need("name", str), _severity(entry), entry.need("source", str)
    fields = _fields(entry) if "fields" in entry.table else TEXT_FIELDS
    return WordRule(name=name, severity=severity, source=source, text=_text(entry, macros, negations), fields=fields)


def _check(entry: Entry) -> FieldRule:
    name, limits = entry.need("name", str), entry.table.get("limits", {})
    if name not in CHECKS:
        raise entry.fail("check", "name", name)
    asked = LIMITS.get(name, frozenset())
    numbers = isinstance(limits, dict) and all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in limits.values())
    if not numbers or limits.keys() != asked:
        raise entry.fail("limits", "limits", "、".join(sorted(asked)))
    return FieldRule(
        name=name, severity=_severity(entry), source=entry.need("source", str), numbers=Numbers(fields=_fields(entry), limits=limits)
    )


def _wage(entry: Entry) -> MinimumWage:
    month, hour = entry.need("month", list), entry.need("hour", list)
    for field, tiers in (("month", month), ("hour", hour)):
        if not all(isinstance(yuan, (int, float)) and not isinstance(yuan, bool) and 0 < yuan < YUAN_MOST for yuan in tiers):
            raise entry.fail("yuan", field)
    hold, warn = entry.need("hold_tier", int), entry.need("warn_tier", int)
    if len(month) != len(hour) or not (1 <= warn <= len(month) and 1 <= hold <= len(month)):
        raise entry.fail("tiers", "hold_tier")
    return MinimumWage(
        month_fen=tuple(round(yuan * 100) for yuan in month),
        hour_fen=tuple(round(yuan * 100) for yuan in hour),
        hold_tier=hold - 1,
        warn_tier=warn - 1,
        effective_from=entry.need("effective_from", date),
        source=entry.need("source", str),
    )


def _reverify(entry: Entry) -> Reverify:
    months = entry.need("months", int)
    if months < 1:
        raise entry.fail("term", "months")
    return Reverify(months=months, effective_from=entry.need("effective_from", date), source=entry.need("source", str))


def _retention(entry: Entry) -> Retention:
    numbers = {name: entry.need(name, int) for name in ("years", "slip_days", "old_store_days")}
    for name, number in numbers.items():
        if number < 1:
            raise entry.fail("term", name)
    return Retention(**numbers, effective_from=entry.need("effective_from", date), source=entry.need("source", str))


def _hazard(entry: Entry, macros: Mapping[str, str]) -> Hazard:
    trades = entry.texts("trades")
    if unknown := [code for code in trades if code not in list(Trade)]:
        raise entry.fail("trade", "trades", "、".join(unknown))
    return Hazard(trades=frozenset(map(Trade, trades)), text=_text(entry, macros, {}), source=entry.need("source", str))


def _days(entry: Entry) -> list[date]:
    days: list[date] = entry.need("days", list)
    if not all(isinstance(day, date) and not isinstance(day, datetime) for day in days):
        raise entry.fail("field", "days")
    return days


def _folding(entry: Entry) -> Folding:
    pairs: list[str] = entry.need("alike", str).split()
    if wrong := [pair for pair in pairs if len(pair) != 2]:
        raise entry.fail("pair", "alike", "、".join(wrong))
    words = []
    for group in entry.need("words", list):
        if not isinstance(group, list) or not group or not all(isinstance(one, str) and one for one in group):
            raise entry.fail("field", "words")
        first, *others = group
        loose = GAP.join(re.escape(c) for c in first) + ("(?!额)" if first.endswith("金") else "")
        others = [GAP.join(other) if other.isalnum() else other for other in others]
        words.append((_pattern(entry, "words", [loose, *others], {}), first))
    deny = entry.table.get("deny", "")
    if not isinstance(deny, str):
        raise entry.fail("field", "deny")
    return Folding(alike={pair[0]: pair[1] for pair in pairs}, words=tuple((p, w) for p, w in words if p), deny=deny)
