"""How long it stays known who somebody was: at least two years after the last service (条例 33), then only that there was somebody."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

BUILT = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock before this has lost the time."""
AGREE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The terms: data, because a decree may change them. `slip_days`: a slip's ticket is good so long; `old_store_days`: a store that was
    replaced is kept so long beside the new one."""

    years: int
    slip_days: int
    old_store_days: int
    effective_from: date
    source: str

    def over_before(self, today: date) -> date:
        """Give the day before which the last service must have been for its time to be over; two years on, that day still stays."""
        try:
            return today.replace(year=today.year - self.years)
        except ValueError:  # 29 February
            return today.replace(year=today.year - self.years, day=28)


def trusted(wall: datetime, county: datetime | None) -> datetime | None:
    """Give the time by which something may be deleted, or None: the county must have told it, and this machine's clock must agree."""
    return county if county is not None and wall >= BUILT and abs(wall - county) < AGREE else None
