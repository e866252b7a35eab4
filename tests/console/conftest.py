"""The console of a real hub on a real PostgreSQL, and a browser's view of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import pyotp
import pytest
import requests

from kiosk.county.console.accounts import Accounts
from kiosk.county.console.roles import Role
from tests.desk.chromium import Chromium
from tests.hub_parts import COUNTY, OURS, TestHub
from tests.integration.conftest import cluster, hub, shared_hub

__all__ = ["cluster", "hub", "shared_hub"]
PASSWORD = "yunmeng-2026-zhan"
SLOW_S = 20.0


@dataclass
class Browser:
    """A civil servant's browser: keeps its cookie, follows where it is sent."""

    hub: TestHub
    line: requests.Session = field(default_factory=requests.Session)
    page: requests.Response = field(init=False)
    totp: pyotp.TOTP = field(init=False)

    def open(self, path: str) -> str:
        """Load a page below /console; give what it says."""
        self.page = self.line.get(f"{self.hub.base}/console{path}", timeout=SLOW_S)
        return unescape(self.page.text)

    def send(self, path: str, files: Any = None, **fields: str) -> str:
        """Send a form of the page that stands there, with its hidden key."""
        key = re.search(r'name="form_key" value="([^"]+)"', self.page.text)
        data = {"form_key": unescape(key[1]) if key else "", **fields}
        self.page = self.line.post(f"{self.hub.base}/console{path}", data=data, files=files, timeout=SLOW_S)
        return unescape(self.page.text)

    @property
    def status(self) -> int:
        """Give the HTTP status of the page that stands there."""
        return self.page.status_code

    def join(self, login: str, code: str) -> str:
        """Take up an invitation, as a person does: scan, type the app's digits, choose a password."""
        self.open("/join")
        shown = self.send("/join", login=login, code=code)
        secret = re.search(r"：([A-Z2-7]{32})<", shown)
        assert secret is not None, shown
        self.totp = pyotp.TOTP(secret[1])
        return self.send("/join/finish", login=login, code=code, password=PASSWORD, again=PASSWORD, digits=self.digits())

    def sign_in(self, login: str, password: str = PASSWORD) -> str:
        """Sign in with the digits of the next half minute: each is good once."""
        self.hub.clock.tick(seconds=30)
        self.open("/sign-in")
        return self.send("/sign-in", login=login, password=password, digits=self.digits())

    def digits(self) -> str:
        """Give what the app shows now."""
        return self.totp.at(self.hub.clock())


@dataclass
class Console:
    """The console with its accounts in the test's hand."""

    hub: TestHub

    def invite(self, login: str, role: Role = Role.CENTRE, station_id: str | None = None) -> str:
        """Make an account; give its invitation."""
        if role is Role.TOWNSHIP:
            station_id = station_id or OURS.id
        with self.hub.engine.begin() as connection:
            names = {Role.CENTRE: "周敏", Role.BUREAU: "陈国强", Role.TOWNSHIP: "刘芳"}
            accounts = Accounts(COUNTY, self.hub.vault)
            return accounts.add(connection, self.hub.clock(), "", login, names[role], role, station_id)[1]

    def browser(self) -> Browser:
        """Give a browser that was not here before."""
        return Browser(self.hub)

    def signed_in(self, role: Role = Role.CENTRE, station_id: str | None = None) -> Browser:
        """Give a browser at which somebody of this role sits."""
        browser, login = self.browser(), f"{role}{self.hub.clock():%H%M%S}"
        browser.join(login, self.invite(login, role, station_id))
        browser.sign_in(login)
        assert browser.status == 200, browser.page.text
        return browser


@pytest.fixture
def console(hub: TestHub) -> Console:
    """Give the console of an empty hub with three stations."""
    return Console(hub)


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Chromium]:
    """Give a civil servant's laptop."""
    browser = Chromium(tmp_path / "profile", None, 1366, 768)
    yield browser
    browser.close()
