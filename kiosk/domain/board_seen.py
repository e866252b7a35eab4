"""What a board tells of itself: that it lives, what stands on it, and for which screen it is set. No word of a listing, no name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

QUIET = timedelta(seconds=15)
"""A board that has told nothing for three of its rounds is gone."""

UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSeen:
    """A board's last word, at `alive_at`. `kind` is a PageKind, `state` what the board shows at all; `numbers` those of the rows.

    `turn` counts pages since it was first switched on; `data_age_s` is None where the county was never heard.
    """

    alive_at: datetime
    state: str = ""
    kind: str = ""
    page: int = 1
    pages: int = 1
    numbers: tuple[int, ...] = ()
    turn: int = 0
    data_age_s: float | None = None

    def alive(self, now: datetime) -> bool:
        """Say whether that is just now; a clock that was set back is not held against it."""
        return abs(now - self.alive_at) < QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardScreen:
    """For which screen a board is set: its diagonal, `guessed` where neither settings nor the screen say it.

    `reading_m` is from where it can be read: less than the `asked_m` of the settings where the screen is too small for those.
    """

    inches: float
    guessed: bool
    asked_m: float
    reading_m: float

    @property
    def cramped(self) -> bool:
        """Say whether the screen is too small for the distances that are asked for."""
        return self.reading_m < self.asked_m


def age_in(seconds: float) -> tuple[str, int]:
    """Give an age in its largest unit: days, hours or minutes."""
    return next(((unit, int(seconds // length)) for unit, length in UNITS if seconds >= length), ("minutes", 0))
