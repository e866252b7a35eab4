"""Who sits at which browser: seats live in memory, so a restart of the agent signs everybody out. Knows no HTTP and no page."""

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.services.sign_in import Session

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)


@dataclass(slots=True)
class Seat:
    """One signed-in browser. `form_key` must come back with everything it sends (a page of another site does not know it).

    `pin` is the hash of the PIN that opened it: who knew only an old PIN does not stay.
    """

    session: Session
    pin: str
    form_key: str
    since: datetime
    seen: datetime


class Seats:
    """All seats, by the secret in the browser's cookie."""

    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}
        self._lock = threading.Lock()

    def take(self, session: Session, pin: str, now: datetime) -> str:
        """Seat somebody; give the secret for the cookie."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._seats = {s: seat for s, seat in self._seats.items() if _sits(seat, now)}
            self._seats[secret] = Seat(session, pin, secrets.token_urlsafe(24), now, now)
        return secret

    def find(self, secret: str, now: datetime) -> Seat | None:
        """Give the seat and note that somebody is there; None when it was left too long."""
        with self._lock:
            seat = self._seats.get(secret)
            if seat is None or not _sits(seat, now):
                self._seats.pop(secret, None)
                return None
            seat.seen = now
            return seat

    def leave(self, secret: str) -> None:
        """Free a seat."""
        with self._lock:
            self._seats.pop(secret, None)


def _sits(seat: Seat, now: datetime) -> bool:
    # a clock that leaps back ends no seat
    return now - seat.seen < IDLE and now - seat.since < LONGEST
