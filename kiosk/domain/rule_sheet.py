"""What the county sets for every station as a text of its own: one table of the rules, or the rubric. Knows what stands in none of them.

Each edition is a record; a station keeps those that the county gives it and goes over to the next one by itself on its day, with or
without a line. An empty text is the one that the program came with. Rubrics that are over stay: years that are over are judged by them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

RUBRIC = "rubric"
"""The sheet that is the rubric."""
MINI_PROGRAM = "mini_program"
"""The sheet that is the mini-program's code: a PNG in base64."""
PAPER_ROSTER = "paper_roster"
PAPERS = {
    "paper_application": "application.docx",
    PAPER_ROSTER: "roster.xlsx",
    "paper_score": "score.xlsx",
    "paper_report": "report.docx",
}
"""Sheets that are templates of the papers of a claim, in base64, each for the file that the program came with."""
FILES = frozenset({MINI_PROGRAM, *PAPERS})
"""These hold a file; all others are tables of the rules, each by the name of its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSheet:
    """One edition of a sheet; owned by the county. What was taken back, or is over and no rubric, comes as a tombstone."""

    id: str
    revision: int
    name: str
    number: int
    text: str
    effective_on: date


def in_force(sheets: Iterable[RuleSheet], on: date) -> dict[str, RuleSheet]:
    """Give by name the sheet that is in force on a day: what took effect last, and of one day the last edition."""
    due = sorted((s for s in sheets if s.effective_on <= on), key=lambda s: (s.effective_on, s.number))
    return {sheet.name: sheet for sheet in due}
