"""How long every page of the county's console takes with 300 stations and 1,000,000 listings behind it.

`kiosk county serve` on PostgreSQL, all on this machine; somebody of the county centre is signed in, and each page is asked for over real
HTTP one after the other, from the request to its last byte. The pages are the rooms that the console itself names, and one of each kind
that they lead to: a new room is measured by itself. `county_page_p95_ms` is of the page that stands in the place of its peer; the last one
is the worst. `county_count_s`: counting the figures of the whole county for the first time, the hub serving beside it.

The county is filled once (some ten minutes) and kept in the temporary folder.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pyotp
import requests

from kiosk.county.console.accounts import Accounts
from kiosk.county.console.counter import COOKIE, ROOT
from kiosk.county.console.roles import SECTIONS, Role
from tests.bench.county_fill import count, fill, prepare, tree_of
from tests.bench.hub_process import County, running_county
from tests.bench.stage import figure, load, p, say, spread
from tests.hub_parts import COUNTY

STATIONS, LISTINGS, ASKS, GOAL_MS = 300, 1_000_000, 40, 300
KINDS_EACH = 12
"""So many kinds of pages that a room leads to are asked for."""
WORDS = "装卸"
PASSWORD = "yunmeng-2026-zhan"


def run(stations: int = STATIONS, listings: int = LISTINGS, asks: int = ASKS) -> Iterator[dict[str, Any]]:
    """Fill the county where it is not, and ask for its pages."""
    tree = tree_of(stations)
    with running_county(*tree, kept=prepare(stations, listings)) as county:
        fill(county, tree, listings)
        counted = count(county)
        if counted is not None:
            yield figure("county_count_s", round(counted, 1), "s", None)
        line = _seated(county)
        paths = _paths(county, line)
        times: dict[str, list[float]] = {path: [] for path in paths}
        for _ in range(asks):
            county.ask("DELETE FROM rate")
            for path, taken in times.items():
                began = time.perf_counter()
                _get(county, line, path)
                taken.append(1000 * (time.perf_counter() - began))
        for path, taken in times.items():
            say(f"{path}: {spread(taken)}")
            yield figure("county_page_p95_ms", round(p(taken, 95), 1), "ms", GOAL_MS, _kind(path))
        say(load())
        yield figure("county_page_p95_ms", round(max(p(taken, 95) for taken in times.values()), 1), "ms", GOAL_MS, "worst")


def _seated(county: County) -> requests.Session:
    """Give somebody of the county centre a seat, without the hours that his lock would take."""
    accounts, login, now = Accounts(COUNTY, county.vault), f"bench{time.time_ns()}", datetime.now(UTC)
    with county.engine.begin() as connection:
        _, code = accounts.add(connection, now, "", login, "周敏", Role.CENTRE)
        app = pyotp.TOTP(accounts.open_invite(connection, now, login, code)[0])
        accounts.join(connection, now, login, code, PASSWORD, app.at(now))
        secret = accounts.sign_in(connection, now, login, PASSWORD, app.at(now + timedelta(seconds=30)))
    line = requests.Session()
    line.cookies.set(COOKIE, secret)
    return line


def _get(county: County, line: requests.Session, path: str) -> str:
    answer = line.get(f"{county.base}{ROOT}{path}", timeout=60)
    if answer.status_code != 200 or urlsplit(answer.url).path.endswith("/sign-in"):
        raise RuntimeError(f"{path}: {answer.status_code}")
    return answer.text if "html" in answer.headers["content-type"] else ""
