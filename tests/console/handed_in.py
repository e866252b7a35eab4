"""A real station that has handed in its year's papers, and what whoever judges does with them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.agent.files import FileSender
from kiosk.domain.yearly import PaperSet
from kiosk.services import claim_papers
from kiosk.services.claims import claim
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from tests.console.conftest import Browser, Console
from tests.flows.test_assessment import a_picture
from tests.hub_parts import OURS
from tests.integration.test_backup_sync import settle
from tests.safety.parts import Site, add, make_site
from tests.station import ASSETS

YEAR = 2026
PAGE = f"/assessment/{YEAR}/{OURS.id}"


@pytest.fixture
def site(tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Give a station at work whose head has handed in the year's papers, with a picture for one item; not as PDF, which takes long."""
    monkeypatch.setattr(claim_papers, "makes_pdf", lambda: False)
    site = make_site(tmp_path)
    exchange.enrol(site.station.store, HttpHub(console.hub.base), console.hub.code(), site.clock())
    settle(site.station.store, console.hub)
    add(site.station.here, "13900001234", "王桂兰")
    claim(site.station.here, site.station.head, "1.1", "3", file=("三个区.jpg", a_picture()))
    claim(site.station.here, site.station.head, "1.2", "3")
    hand_in(site, console)
    yield site
    site.station.store.close()


def hand_in(site: Site, console: Console) -> None:
    claim_papers.papers(site.station.here, site.station.head, ASSETS / "papers", "")
    settle(site.station.store, console.hub)
    FileSender(site.station.store, HttpHub(console.hub.base), site.clock, site.settings.copies_dir / "none").step()


def papers_of(site: Site) -> PaperSet:
    with site.station.store.read() as u:
        return max(u.list(PaperSet), key=lambda one: one.made_at)


def marked(page: str) -> list[str]:
    """Give the ways to the items that the county counts otherwise."""
    return re.findall(r'<a href="/console([^"]+)" class="warn">', page)


def judge(browser: Browser, seen: int = 0, **fields: str) -> str:
    browser.open(PAGE)
    return browser.send(PAGE, None, seen=str(seen), **fields)
