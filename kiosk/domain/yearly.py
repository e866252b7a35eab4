"""What a year leaves for its assessment besides the work itself: how long the screens ran each day, and what the head entered and showed.

Owned by the station, seen by the county alone.
"""

from dataclasses import dataclass
from datetime import date, datetime


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
class PaperSet:
    """That the four papers of article 14 were made: the SHA-256 of the list of their files, and what they ask for. The last one stands."""

    id: str
    station_id: str
    year: int
    points: str
    grade: str
    money_fen: int
    official: bool
    digest: str
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
