"""The labelled texts and how well the rules read them: `python -m tests.corpus` writes docs/rules-report.md."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.domain.review import FieldRule, RuleBook, WordRule, check
from kiosk.domain.words import Say
from kiosk.services.rules import load_rules, say
from tests.station import ASSETS, a_listing

TODAY = date(2026, 11, 23)
DATA = Path(__file__).parent / "data" / "review_texts.toml"
REPORT = Path(__file__).parent.parent / "docs" / "rules-report.md"
IN_NUMBERS = ("long_day", "wage_low", "wage_middle")
"""Rules on fields that also read what is said in words."""


@dataclass
class Tally:
    """How often a rule was wanted, found, and both."""

    wanted: int = 0
    found: int = 0
    hit: int = 0

    def add(self, wanted: bool, found: bool) -> None:
        self.wanted, self.found, self.hit = self.wanted + wanted, self.found + found, self.hit + (wanted and found)

    @property
    def precision(self) -> float:
        return self.hit / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.hit / self.wanted if self.wanted else 1.0


@dataclass(frozen=True)
class Read:
    """One text, what it should give and what it gave."""

    text: str
    sitting: int
    wanted: frozenset[str]
    found: frozenset[str]


def book() -> RuleBook:
    """Read the shipped rules."""
    return load_rules(ASSETS / "rules", TODAY)


def texts() -> list[dict[str, Any]]:
    """Give the labelled texts."""
    return tomllib.loads(DATA.read_text("utf-8"))["text"]  # type: ignore[no-any-return]


def sittings() -> list[dict[str, Any]]:
    """Give what is known of each sitting."""
    return tomllib.loads(DATA.read_text("utf-8"))["sitting"]  # type: ignore[no-any-return]


def rules(rule_book: RuleBook) -> list[str]:
    """Name the rules that read texts."""
    return [*(rule.name for rule in rule_book.words), *IN_NUMBERS]


def read(rule_book: RuleBook) -> list[Read]:
    """Read every text by the rules."""
    ours = frozenset(rules(rule_book))
    made = []
    for entry in texts():
        changes: dict[str, Any] = {"description": "", entry.get("field", "description"): entry["text"]}
        found = frozenset(f.rule for f in check(a_listing(**changes), rule_book, [], TODAY)) & ours
        made.append(Read(entry["text"], entry["sitting"], frozenset(entry["rules"]), found))
    return made


def tallies(readings: list[Read], names: list[str]) -> dict[str, Tally]:
    """Count each rule over all texts."""
    counted = {name: Tally() for name in names}
    for reading in readings:
        for name, tally in counted.items():
            tally.add(name in reading.wanted, name in reading.found)
    return counted


def report(rule_book: RuleBook) -> str:
    """Write the report."""
    readings = read(rule_book)
    by_rule = tallies(readings, rules(rule_book))
    every: list[WordRule | FieldRule] = [*rule_book.words, *rule_book.fields]
    severity, source = {r.name: r.severity.upper() for r in every}, {r.name: r.source for r in every}
    honest = [r for r in readings if not r.wanted]
    lines = [
        "# How well the rules read",
        "",
        "Written by `python -m tests.corpus` from `tests/data/review_texts.toml`; a test keeps it true. Precision: of what a rule found,",
        "how much was right. Recall: of what it should find, how much it found.",
        "",
        f"{len(readings)} texts: {len(honest)} honest, {len(readings) - len(honest)} not. "
        f"Something is found in {sum(bool(r.found) for r in honest)} honest ones.",
        "",
        "## By rule, as the patterns stand now",
        "",
        "| rule | weight | what | texts | found | precision | recall | source |",
        "|---|---|---|---:|---:|---:|---:|---|",
    ]
    for name, tally in by_rule.items():
        what = say(Say(f"rule.{name}.title"))
        figures = f"{tally.wanted} | {tally.found} | {tally.precision:.2f} | {tally.recall:.2f}"
        lines.append(f"| `{name}` | {severity[name]} | {what} | {figures} | {source[name]} |")
    lines += [
        "",
        "These figures are high because the patterns were mended for these very texts. The first reading says what to expect of a text",
        "nobody has seen: plain words are mostly found, words chosen to get round the rules mostly not, and honest texts are seldom",
        "marked. A reviewer reads every listing; the rules help him.",
        "",
        "## By sitting",
        "",
        "| sitting | texts | honest | first: precision | first: recall | first: honest marked | now: precision | now: recall | about |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    lines += [_sitting_line(sitting, [r for r in readings if r.sitting == sitting["number"]]) for sitting in sittings()]
    missed = Counter(name for r in readings for name in r.wanted - r.found)
    lines += ["", f"Not found now: {', '.join(f'{name} {n}' for name, n in sorted(missed.items())) or 'nothing'}.", ""]
    return "\n".join(lines)


def _sitting_line(sitting: dict[str, Any], readings: list[Read]) -> str:
    now = Tally()
    for reading in readings:
        for name in reading.wanted | reading.found:
            now.add(name in reading.wanted, name in reading.found)
    first = sitting.get("read_first", {})
    precision, recall = (f"{first[k]:.2f}" if k in first else "-" for k in ("precision", "recall"))
    honest = sum(not r.wanted for r in readings)
    marked = first.get("honest_marked", "-")
    figures = f"{len(readings)} | {honest} | {precision} | {recall} | {marked} | {now.precision:.2f} | {now.recall:.2f}"
    return f"| {sitting['number']} | {figures} | {sitting['about']} |"


if __name__ == "__main__":
    REPORT.write_text(report(book()), "utf-8")
    print(REPORT.read_text("utf-8"))
