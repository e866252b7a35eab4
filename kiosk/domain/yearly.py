"""What a year leaves for its assessment besides the work itself: how long the screens ran each day, and what the head entered and showed.

Owned by the station, seen by the county alone.
"""

from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain.assessment import Area


@dataclass(frozen=True, slots=True, kw_only=True)
class StationDay:
    """One day that is over, in minutes inside the opening hours: how many those were, and for how many the terminal and the board ran.

    `due_min` is None where the hours do not say plainly when the station is open. `visits`: visitors who touched the terminal;
    `policies`: policies and courses that they opened.
    """

    id: str
    station_id: str
    day: date
    due_min: int | None
    terminal_min: int
    board_min: int
    visits: int = 0
    policies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperItem:
    """One item of a self-assessment as it stood: its value (as text, None where there was nothing to measure), what that brings and what
    all of it would. `measure`: by what the system measured it, empty where it is the head's word; `file_name` and `file_digest` name what
    was shown for it.
    """

    code: str
    area: Area
    name: str
    unit: str
    value: str | None
    points: str
    most: str
    measure: str = ""
    file_name: str = ""
    file_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSet:
    """A year's self-assessment as it was handed in with the four papers of article 14. The last one of a year stands.

    `rubric` and `rubric_from` (since when it is in force) say by what it was judged, `official` whether that is the county's own or a
    placeholder. `digest` is the SHA-256 of the list of the papers' files, `file_digest` that of all of them as one zip.
    """

    id: str
    station_id: str
    year: int
    points: str
    grade: str
    money_fen: int
    official: bool
    rubric: str
    rubric_from: date
    items: tuple[PaperItem, ...]
    digest: str
    file_name: str
    file_size: int
    file_digest: str
    by_id: str
    by_name: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the head says of one item that no machine measures: `value` (a number, as text, with at most one decimal) of the item `item` in
    `year`, and the file that shows it, by name, size and SHA-256. Without a file it brings nothing. The last one of an item stands.
    """

    id: str
    station_id: str
    year: int
    item: str
    value: str
    note: str = ""
    file_name: str = ""
    file_size: int = 0
    file_digest: str = ""
    by_id: str
    by_name: str
    entered_at: datetime
