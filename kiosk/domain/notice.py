"""What county or station have to say to the hall, and whom staff ask to the desk: by the number of his slip, never by name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

CALLED_FOR = timedelta(minutes=3)
"""So long a number stands on the board; who has not come by then is called again or is out."""
NUMBER_DIGITS = 4
CALLED_AT_ONCE = 3
"""More numbers than these are not read at a glance; the first called waits no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice on the board. `station_id` is whose it is, None the county's own, which every board shows. An urgent one breaks in.

    Taken back by a revision that is `withdrawn`. Who wrote it stands in the audit.
    """

    id: str
    revision: int
    station_id: str | None
    title: str
    body: str = ""
    urgent: bool = False
    starts_at: datetime
    ends_at: datetime
    withdrawn: bool = False
    sample: bool = False

    def stands(self, now: datetime) -> bool:
        """Say whether it is to be shown."""
        return not self.withdrawn and self.starts_at <= now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipCall:
    """Staff ask for whoever holds the slip with this number (its last four digits) to come; stays at the station."""

    id: str
    number: str
    called_at: datetime
    ended_at: datetime | None = None

    def calling(self, now: datetime) -> bool:
        """Say whether it still stands on the board; a clock that was set back does not prolong it."""
        return self.ended_at is None and timedelta() <= now - self.called_at < CALLED_FOR
