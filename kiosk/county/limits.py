"""How often one may ask: counted by the minute in PostgreSQL, for a terminal or an address, whichever worker answers. Knows no route."""

import ipaddress
import random
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from starlette.requests import Request

from kiosk.county.schema import rate

WINDOW = timedelta(minutes=1)
TERMINAL = 12_000
"""An honest terminal that catches up after weeks asks a hundred times a second; one that has lost its patience asks more."""
STRANGER = 120
"""Whoever shows no token that we know: a village's terminals may stand behind one address."""
PHONE = 600
"""Thousands of phones may stand behind one address of their operator."""
SWEEP_ONE_IN = 200
V6_HOME = 64


class TooOftenError(Exception):
    """This one has asked too often; it may again after `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


def count(connection: sa.Connection, county_id: str, who: str, most: int, now: datetime) -> None:
    """Count one request of `who`; raise TooOftenError beyond `most` a minute."""
    since = now.replace(second=0, microsecond=0)
    asked = connection.execute(_once_more(), {"county_id": county_id, "who": who, "since": since}).scalar_one()
    if asked == 1 and random.randrange(SWEEP_ONE_IN) == 0:
        connection.execute(sa.delete(rate).where(rate.c.county_id == county_id, rate.c.since < now - 10 * WINDOW))
    if asked > most:
        raise TooOftenError(max(1, int((since + WINDOW - now).total_seconds())))


@cache
def _once_more() -> sa.Executable:
    """Put the statement together once: that takes longer than running it, and every request runs it."""
    new = insert(rate).values({name: sa.bindparam(name) for name in ("county_id", "who", "since")} | {"count": 1})
    again = sa.case((rate.c.since == new.excluded.since, rate.c.count + 1), else_=1)
    keys = [rate.c.county_id, rate.c.who]
    return new.on_conflict_do_update(index_elements=keys, set_={"since": new.excluded.since, "count": again}).returning(rate.c.count)


def source(request: Request) -> str:
    """Say who asks, where no token says it. The proxy has told us the real address, and nobody else can (`trusted_proxy`)."""
    return address(request.client.host if request.client else "")


def address(host: str) -> str:
    """Name who stands behind an address: of IPv6 the home's network, because one machine has many addresses there."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return f"at:{host}"
    return f"at:{ipaddress.ip_network((ip, V6_HOME), strict=False)}" if ip.version == 6 else f"at:{ip}"
