"""How long every page of the county's console takes with 300 stations and 1,000,000 listings behind it.

`kiosk county serve` on PostgreSQL, all on this machine; somebody of the county centre is signed in, and each page is asked for over real
HTTP one after the other, from the request to its last byte. The pages are the rooms that the console itself names, and one of each kind
that they lead to, and those again: a new room is measured by itself; what is saved as a file is no page. Of what is sent, the search for
people and the look at a policy before it is published. `county_page_p95_ms` is of the page that stands in the place of its peer; the last
one is the worst. `county_count_s`: counting the figures of the whole county for the first time, the hub serving beside it.

The county is filled once (some ten minutes) and kept in the temporary folder.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pyotp
import requests

from kiosk.county.console.accounts import Accounts
from kiosk.county.console.counter import COOKIE, ROOT
from kiosk.county.console.roles import SECTIONS, Role
from kiosk.domain.measures import CHINA
from tests.bench.county_fill import count, fill, prepare, tree_of
from tests.bench.hub_process import County, running_county
from tests.bench.stage import figure, load, p, say, spread
from tests.console.crawl import crawl, kind_of
from tests.county_rooms import POLICY
from tests.hub_parts import COUNTY

STATIONS, LISTINGS, ASKS, GOAL_MS = 300, 1_000_000, 40, 300
KINDS_EACH, DEPTH = 12, 2
"""So many kinds of pages that a page leads to are asked for, so many pages away from the rooms."""
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
        acts = [(kind_of(path), partial(_get, county, line, path)) for path in _pages(county, line)]
        acts += [(name, partial(_post, county, line, path, fields)) for name, path, fields in _sent(county)]
        times: dict[str, list[float]] = {name: [] for name, _ in acts}
        for _ in range(asks):
            county.ask("DELETE FROM rate")
            for name, act in acts:
                times[name].append(1000 * act())
        for name, taken in times.items():
            say(f"{name}: {spread(taken)}")
            yield figure("county_page_p95_ms", round(p(taken, 95), 1), "ms", GOAL_MS, name)
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


def _pages(county: County, line: requests.Session) -> list[str]:
    """Name the rooms and one page of each kind that they lead to, without what is saved as a file."""
    texts: dict[str, str] = {}

    def get(path: str) -> str:
        if path not in texts:
            texts[path] = _page(line.get(f"{county.base}{ROOT}{path}", timeout=60))
        return texts[path]

    return [path for path in crawl(get, [section.path for section in SECTIONS], KINDS_EACH, DEPTH) if get(path)]


def _sent(county: County) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Give what is sent and answered with a page: its name, address and fields."""
    ((name, phone),) = county.ask(
        "SELECT data->>'name', data->>'phone' FROM record WHERE entity = 'worker' AND data->>'name' <> '' LIMIT 1"
    )
    asked = {"name": {"name": str(name)}, "last_four": {"digits": str(phone)[-4:]}, "phone": {"digits": str(phone)}}
    for what, typed in asked.items():
        yield f"POST /people?{what}", "/people", {"name": "", "digits": ""} | typed
    today = datetime.now(CHINA).date()
    words = {field: str(value) for field, value in POLICY.items() if field != "sample"}
    yield "POST /publish/policy/new", "/publish/policy/new", words | {"effective_on": f"{today}", "act": "preview"}


def _get(county: County, line: requests.Session, path: str) -> float:
    """Give the seconds that a page takes."""
    began = time.perf_counter()
    answer = line.get(f"{county.base}{ROOT}{path}", timeout=60)
    taken = time.perf_counter() - began
    _page(answer)
    return taken


def _post(county: County, line: requests.Session, path: str, fields: dict[str, str]) -> float:
    """Give the seconds that a form takes, sent from its page."""
    key = re.search(r'name="form_key" value="([^"]+)"', _page(line.get(f"{county.base}{ROOT}{path}", timeout=60)))
    if key is None:
        raise RuntimeError(f"{path} has no form")
    began = time.perf_counter()
    answer = line.post(f"{county.base}{ROOT}{path}", data=fields | {"form_key": key[1]}, timeout=60)
    taken = time.perf_counter() - began
    _page(answer)
    return taken


def _page(answer: requests.Response) -> str:
    """Give a page's text, empty for a file; raise RuntimeError where it is not what was asked for."""
    if answer.status_code != 200 or urlsplit(answer.url).path.endswith("/sign-in"):
        raise RuntimeError(f"{answer.url}: {answer.status_code}")
    return answer.text if "html" in answer.headers["content-type"] else ""
