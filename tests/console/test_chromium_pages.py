"""Every page of the console with records in it, in real Chromium: nothing cut off on two laptops, nothing to stumble over (axe)."""

import pytest

from kiosk.county.console.roles import SECTIONS, Role
from kiosk.text import t
from tests.console.chromium import sit_down
from tests.console.conftest import Browser, Console
from tests.console.county_whole import fill_rooms
from tests.console.crawl import Page, crawl
from tests.desk.chromium import Chromium

EACH, DEPTH = 30, 2


def faults_of(console: Console, chromium: Chromium, paths: list[str]) -> dict[str, list[str]]:
    """Open pages and give what is wrong, by address."""
    found = {}
    for path in paths:
        chromium.open(f"{console.hub.base}/console{path}")
        found[path] = chromium.faults()
        assert t("console.sign_out") in chromium.text(), path
    return {path: wrong for path, wrong in found.items() if wrong}


def pages(browser: Browser, role: Role) -> list[str]:
    """Give one page of every kind that this role's rooms lead to, without what is saved as a file."""
    saved = set()

    def get(path: str) -> str:
        browser.open(path)
        assert browser.status == 200, path
        if "html" in browser.page.headers["content-type"]:
            return browser.page.text
        saved.add(path)
        return ""

    rooms = [section.path for section in SECTIONS if role in section.roles]
    found = crawl(get, rooms, EACH, DEPTH)
    for path in found:
        if path not in rooms:
            get(path)
    return [path for path in found if path not in saved]


def test_pages_most_used_when_full_are_whole_and_nobody_stumbles(console: Console, chromium: Chromium) -> None:
    fill_rooms(console.hub)
    browser = sit_down(console, chromium, Role.CENTRE)
    browser.sign_in(Role.CENTRE.value)
    listing, employer, terminal = (
        next(link for link in Page(browser.page.text).links if link.startswith(f"{room}/"))
        for room in ("/listings", "/employers", "/fleet")
        if browser.open(room)
    )
    assert faults_of(console, chromium, ["/", "/listings", listing, employer, terminal]) == {}


@pytest.mark.long
@pytest.mark.parametrize("role", list(Role))
def test_page_of_every_kind_when_full_is_whole_and_nobody_stumbles(console: Console, chromium: Chromium, role: Role) -> None:
    fill_rooms(console.hub)
    browser = sit_down(console, chromium, role)
    browser.sign_in(role.value)
    assert faults_of(console, chromium, pages(browser, role)) == {}
