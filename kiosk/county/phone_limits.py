"""How often a phone page may be tried: about one person, from one address. Kept in the database, for there are several workers.

Four digits are guessed in 10,000 tries: a found slip allows ten a month. Many phones share one address of their carrier, so an address is
given more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kiosk.county.phone_page import SorryError
from kiosk.county.schema import phone_try
from kiosk.text import t

MISSES_OF_ONE = ((5, timedelta(days=1)), (10, timedelta(days=30)))
MISSES_FROM_ONE = ((30, timedelta(hours=1)),)
TRIES_FROM_ONE = ((300, timedelta(hours=1)),)
TRY_KEPT, MISS_KEPT = timedelta(hours=1), timedelta(days=30)


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
        mine, from_here = phone_try.c.subject == subject, phone_try.c.source == self.source
        if self._over(MISSES_OF_ONE, mine, phone_try.c.missed):
            raise SorryError(429, t("phone.sorry.too_often"))
        if self._over(MISSES_FROM_ONE, from_here, phone_try.c.missed) or self._over(TRIES_FROM_ONE, from_here):
            raise SorryError(429, t("phone.sorry.too_many"))

    def count(self, subject: str, *, missed: bool) -> None:
        """Note a try, and forget what counts no more."""
        old = phone_try.c.tried_at < self.now - sa.case((phone_try.c.missed, MISS_KEPT), else_=TRY_KEPT)
        recent = phone_try.c.tried_at < self.now - TRY_KEPT
        self.connection.execute(sa.delete(phone_try).where(phone_try.c.county_id == self.county_id, recent, old))
        values = {"county_id": self.county_id, "subject": subject, "source": self.source, "missed": missed, "tried_at": self.now}
        self.connection.execute(sa.insert(phone_try).values(values))

    def _over(self, limits: Collection[tuple[int, timedelta]], *where: sa.ColumnElement[bool]) -> bool:
        for most, within in limits:
            these = (phone_try.c.county_id == self.county_id, phone_try.c.tried_at > self.now - within, *where)
            if (self.connection.scalar(sa.select(sa.func.count()).select_from(phone_try).where(*these)) or 0) >= most:
                return True
        return False


def hold(connection: sa.Connection, subject: str) -> None:
    """Let whatever is done about this subject wait for the end of this transaction."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(subject, 0))))
