"""How often a phone page may be guessed at: about one person, from one address. Counted in the database, for there are several workers.

Four digits are guessed in 10,000 tries: a found slip allows ten a month. Many phones share one address of their carrier, so an address is
given more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiosk.county.phone_page import SorryError
from kiosk.county.schema import phone_miss
from kiosk.text import t

Limit = tuple[int, timedelta]
ABOUT_ONE: tuple[Limit, ...] = ((5, timedelta(days=1)), (10, timedelta(days=30)))
FROM_ONE: Limit = (30, timedelta(hours=1))
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one thing that was sent, in its transaction, which must be committed also where it missed."""

    connection: sa.Connection
    county_id: str
    source: str
    now: datetime

    def check(self, subject: str) -> None:
        """Go on with tries about one person one after the other; raise SorryError where there were too many."""
        hold(self.connection, subject)
        if any(self._reached(limit, phone_miss.c.subject == subject) for limit in ABOUT_ONE):
            raise SorryError(429, t("phone.sorry.too_often"))
        if self._reached(FROM_ONE, phone_miss.c.source == self.source):
            raise SorryError(429, t("phone.sorry.too_many"))

    def missed(self, subject: str) -> None:
        """Note a miss, and forget what counts no more."""
        old = (phone_miss.c.county_id == self.county_id, phone_miss.c.missed_at < self.now - KEPT)
        self.connection.execute(sa.delete(phone_miss).where(*old))
        values = {"county_id": self.county_id, "subject": subject, "source": self.source, "missed_at": self.now}
        self.connection.execute(sa.insert(phone_miss).values(values))

    def _reached(self, limit: Limit, where: sa.ColumnElement[bool]) -> bool:
        most, within = limit
        these = (phone_miss.c.county_id == self.county_id, phone_miss.c.missed_at > self.now - within, where)
        return (self.connection.scalar(sa.select(sa.func.count()).select_from(phone_miss).where(*these)) or 0) >= most


def hold(connection: sa.Connection, subject: str) -> None:
    """Let whatever is done about this subject wait for the end of this transaction."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(subject, 0))))
