"""What all rooms of the console share: the database, who sits there, what he may see, how a page is drawn and a form read. Owns no page."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from kiosk.county import notices, tree
from kiosk.county.console import audit
from kiosk.county.console.accounts import Accounts, Seat
from kiosk.county.console.audit import Fact
from kiosk.county.console.roles import COUNTY_ROLES, SECTIONS
from kiosk.county.rulings import Rulings
from kiosk.county.schema import station
from kiosk.county.settings import HubSettings
from kiosk.domain.notice import end_of
from kiosk.text import t
from kiosk.web.forms import Fields, fields_of

ROOT = "/console"
COOKIE = "console"
TOLD_FOR = timedelta(days=30)
CHINA = timezone(timedelta(hours=8))


class NotSeatedError(Exception):
    """Nobody is signed in at this browser."""


@dataclass(frozen=True)
class Counter:
    """The console of one county. `reading` is for what is only looked at: it may be a copy a moment behind."""

    engine: sa.Engine
    reading: sa.Engine
    settings: HubSettings
    accounts: Accounts
    rulings: Rulings
    templates: Environment
    clock: Callable[[], datetime]

    @property
    def county_id(self) -> str:
        """The county's own code."""
        return self.settings.county

    @property
    def today(self) -> date:
        """The day in China."""
        return local(self.clock()).date()

    def tell_boards(self, connection: sa.Connection, title: str, body: str) -> None:
        """Hang a notice on every board for a month (通报); raise BadInput."""
        now, ends_at = self.clock(), end_of(self.today + TOLD_FOR)
        notices.put_up(connection, self.county_id, title, body, urgent=False, starts_at=now, ends_at=ends_at, now=now)

    def show(self, template: str, seat: Seat | None = None, status: int = 200, **values: Any) -> HTMLResponse:
        """Draw a page. Every template gets `t`, the seat, the sections that its role may enter, the time in China and `here`, the section.

        `here` is the key of the room under console.section.*, as title and in the list at the side; a title of one's own may be passed.
        """
        sections = [s for s in SECTIONS if seat is not None and seat.user.role in s.roles]
        values = {"here": "", "title": t(f"console.section.{values['here']}") if values.get("here") else "", **values}
        values |= {"t": t, "root": ROOT, "seat": seat, "sections": sections, "now": self.clock().astimezone(CHINA), "local": local}
        return HTMLResponse(self.templates.get_template(template).render(**values, form_key=seat.form_key if seat else ""), status)

    def audit(self, connection: sa.Connection, seat: Seat, act: str, subject: str, **facts: Fact) -> None:
        """Note what somebody does, in the transaction that does it."""
        audit.audit(connection, self.county_id, self.clock(), seat.user.id, act, subject, **facts)

    def sees(self, connection: sa.Connection, seat: Seat) -> frozenset[str] | None:
        """Give the stations that somebody may look at: a township's are its own and all below; None is the whole county."""
        if seat.user.role in COUNTY_ROLES:
            return None
        every = connection.scalars(sa.select(station.c.id).where(station.c.county_id == self.county_id)).all()
        return frozenset(one for one, line in tree.lines(connection, self.county_id, every).items() if seat.user.station_id in line)


@dataclass(frozen=True)
class Sent(Fields):
    """A form that came from one of this seat's own pages."""

    seat: Seat


def local(instant: datetime) -> datetime:
    """Give an instant in China's time."""
    return instant.astimezone(CHINA)


def counter_of(request: Request) -> Counter:
    """Give the console that the request came to."""
    counter: Counter = request.app.state.counter
    return counter


def seated(request: Request) -> Seat:
    """Give who sits at this browser; raise NotSeatedError. An account that ended or was invited anew loses its seats at once."""
    counter = counter_of(request)
    with counter.engine.begin() as connection:
        seat = counter.accounts.seat(connection, counter.clock(), request.cookies.get(COOKIE, ""))
    if seat is None:
        raise NotSeatedError
    return seat


async def sent(request: Request, seat: Annotated[Seat, Depends(seated)]) -> AsyncIterator[Sent]:
    """Read a form of this seat, and let go of its files afterwards; raise StrangeFormError."""
    async with fields_of(request, seat.form_key) as fields:
        yield Sent(fields, seat)


async def unsigned(request: Request) -> AsyncIterator[Fields]:
    """Read a form of whoever is not signed in yet; it can do nothing but try to."""
    async with request.form(max_files=0, max_fields=20) as fields:
        yield Fields(fields)


Desk = Annotated[Counter, Depends(counter_of)]
Seated = Annotated[Seat, Depends(seated)]
Form = Annotated[Sent, Depends(sent)]
Unsigned = Annotated[Fields, Depends(unsigned)]
