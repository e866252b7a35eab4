"""Counts a day as it goes: for how long the screens ran while the station was open, who came, what was read.

A day that is over is a record. The day that is not over is one line of memory: it moves nothing, and the county hears of it tomorrow.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kiosk.domain.record import new_id
from kiosk.domain.yearly import StationDay
from kiosk.services.opening import open_spans
from kiosk.services.station import Here, local
from kiosk.store.store import UnitOfWork

COUNT = "station_day.now"
NOTHING = {"terminal_min": 0, "board_min": 0, "visits": 0, "policies": 0}


@dataclass(frozen=True, slots=True)
class Look:
    """What one minute showed: whether the terminal and the board ran, and whether a visit began."""

    at: datetime
    terminal: bool
    board: bool
    visit: bool


def note(here: Here, looks: Sequence[Look]) -> None:
    """Add minutes that were looked at to their days; no screen counts outside the opening hours, nothing by a clock not believed."""
    with here.store.write() as u:
        if not u.sure:
            return
        station = here.station(u)
        for look in looks:
            count = _day(here, u, local(look.at).date())
            spans = open_spans(station, local(look.at).date(), here.rules) or ()
            if any(opens <= look.at < shuts for opens, shuts in spans):
                count["terminal_min"] += look.terminal
                count["board_min"] += look.board
            count["visits"] += look.visit
            u.remember(COUNT, json.dumps(count))


def opened(here: Here) -> None:
    """Count a policy or a course that somebody opened to read."""
    with here.store.write() as u:
        if not u.sure:
            return
        count = _day(here, u, here.today())
        count["policies"] += 1
        u.remember(COUNT, json.dumps(count))


def _day(here: Here, u: UnitOfWork, day: date) -> dict[str, Any]:
    """Give the count of a day; one that was counted before it is over, and becomes a record."""
    said = u.recall(COUNT)
    count: dict[str, Any] = json.loads(said) if said else {"day": day.isoformat(), **NOTHING}
    if count["day"] == day.isoformat():
        return count
    over = date.fromisoformat(count.pop("day"))
    if not u.count(StationDay, station_id=here.station_id, day=over):
        spans = open_spans(here.station(u), over, here.rules)
        due = None if spans is None else sum(round((shuts - opens).total_seconds() / 60) for opens, shuts in spans)
        u.keep(StationDay(id=new_id(here.now()), station_id=here.station_id, day=over, due_min=due, **count))
    return {"day": day.isoformat(), **NOTHING}
