"""What wrong guesses cost: each, after the first few, twice the wait of the last. Pure; who counts them keeps them."""

from datetime import datetime, timedelta

FREE_TRIES = 3
FIRST_LOCK_S = 30
LONGEST_LOCK_S = 3600


def locked_until(failures: int, now: datetime) -> datetime | None:
    """Say until when the next try waits after so many wrong ones in a row; None while they are free."""
    wait = _wait(failures)
    return now + wait if wait else None


def still_locked(locked: datetime | None, failures: int, now: datetime) -> datetime | None:
    """Say until when it is locked, if it is. Where the clock was set back the wait begins anew, and is no longer than it was."""
    return min(locked, now + _wait(failures)) if locked is not None and now < locked else None


def _wait(failures: int) -> timedelta:
    over = failures - FREE_TRIES
    return timedelta(seconds=min(FIRST_LOCK_S * 2 ** min(over, 12), LONGEST_LOCK_S) if over >= 0 else 0)
