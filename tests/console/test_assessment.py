"""考核 through a browser: papers handed in by a real station, judged, published to it, and paid; and what the county counts again."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from kiosk.agent.files import FileSender
from kiosk.county.console.roles import Role
from kiosk.county.schema import record
from kiosk.domain.yearly import PaperSet
from kiosk.services import claim_papers
from kiosk.services.assessment import assess
from kiosk.services.assessment_words import judged
from kiosk.services.claims import claim
from kiosk.sync import exchange
from kiosk.sync.client import HttpHub
from kiosk.text import t
from tests.console.conftest import Browser, Console
from tests.flows.test_assessment import a_picture
from tests.hub_parts import OTHER, OURS
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
    FileSender(site.station.store, HttpHub(console.hub.base), site.clock, None).step()


def judge(browser: Browser, seen: int = 0, **fields: str) -> str:
    browser.open(PAGE)
    return browser.send(PAGE, None, seen=str(seen), **fields)


def test_year_when_judged_and_published_reaches_its_station_and_the_list_of_who_is_paid(console: Console, site: Site) -> None:
    centre = console.signed_in()
    assert t("console.need.judge", count=1) in centre.open("/")
    page = centre.open("/assessment")
    assert t("console.assessment.waits") in page
    assert t("console.assessment.placeholder") in page
    page = judge(centre, 0, **{"points.1.1": "6", "remark.1.1": "只拍了两个区"}, words="补拍洽谈区", deadline="2026-12-20")
    assert t("console.assessment.said_judged") in page
    assert judged(assess(site.station.here, site.station.head)) == ""
    centre.open("/assessment")
    assert t("console.assessment.said_all") in centre.send(f"/assessment/{YEAR}")
    settle(site.station.store, console.hub)
    found = assess(site.station.here, site.station.head)
    assert found.judgement is not None
    assert found.judgement.items[0].remark == "只拍了两个区"
    said = judged(found)
    assert "补拍洽谈区" in said
    assert t("assess.judged_until", day="2026-12-20") in said
    with console.hub.engine.connect() as connection:
        told = connection.scalar(sa.select(record.c.data["body"].astext).where(record.c.entity == "notice"))
    assert told == t("console.assessment.told_grade", grade=found.judgement.grade, count=1)
    centre.open(f"/assessment/{YEAR}/subsidies.xlsx")
    cells = [cell.value for row in load_workbook(io.BytesIO(centre.page.content)).active.iter_rows() for cell in row]
    assert OURS.name in cells
    assert found.judgement.grade in cells


def test_year_when_points_do_not_fit_or_somebody_was_faster_keeps_what_was_typed(console: Console, site: Site) -> None:
    centre = console.signed_in()
    for points, key in (("10", "points"), ("-1", "points"), ("六", "points"), ("1.23", "points"), ("NaN", "points"), ("6", "remark")):
        page = judge(centre, 0, **{"points.1.1": points, "remark.1.2": "没有图"})
        assert centre.status == 422, points
        assert t(f"bad.judgement.{key}", most="9") in page, points
        assert f'value="{points}"' in page
        assert 'value="没有图"' in page
    page = judge(centre, words="", deadline="2026-12-20")
    assert t("bad.judgement.deadline") in page
    judge(centre)
    judge(centre)
    assert centre.status == 409
    site.clock.tick(minutes=1)
    hand_in(site, console)
    assert t("console.assessment.stale") in centre.open(PAGE)
    centre.send(f"{PAGE}/publish")
    assert centre.status == 409


def test_year_when_counted_again_agrees_with_what_is_true_and_marks_what_is_not(console: Console, site: Site) -> None:
    centre = console.signed_in()
    page = centre.open(f"{PAGE}?count=1")
    counted = page.count('class="warn">') - page.count(f'class="warn">{t("console.assessment.no_file")}')
    assert counted == 0, "the county counts as its station does"
    with site.station.store.write() as u:
        last = max(u.list(PaperSet), key=lambda one: one.made_at)
        lies = tuple(replace(item, value="640") if item.measure == "registrations" else item for item in last.items)
        u.keep(replace(last, id=last.id[:-1] + "f", items=lies, made_at=site.clock()))
    settle(site.station.store, console.hub)
    page = centre.open(f"{PAGE}?count=1")
    assert "640" in page
    assert page.count('<span class="warn">1</span>') == 1


def test_evidence_when_looked_at_is_a_picture_and_nobody_gets_a_file_that_is_not_of_this_year(console: Console, site: Site) -> None:
    centre = console.signed_in()
    with site.station.store.read() as u:
        last = max(u.list(PaperSet), key=lambda one: one.made_at)
    digest = next(item.file_digest for item in last.items if item.file_digest)
    centre.open(f"{PAGE}/files/{digest}")
    assert centre.page.headers["content-type"] == "image/jpeg"
    centre.open(f"{PAGE}/files/{last.file_digest}")
    assert centre.page.content.startswith(b"PK")
    centre.open(f"/assessment/2025/{OURS.id}/files/{digest}")
    assert centre.status == 404


def test_year_when_a_township_or_the_bureau_looks_shows_no_more_than_theirs_and_takes_no_word(console: Console, site: Site) -> None:
    bureau = console.signed_in(Role.BUREAU)
    judge(bureau)
    assert bureau.status == 403
    township = console.signed_in(Role.TOWNSHIP, OTHER.id)
    assert OURS.name not in township.open("/assessment")
    for path in (PAGE, f"{PAGE}?count=1", f"/assessment/{YEAR}/subsidies.xlsx"):
        township.open(path)
        assert township.status in (403, 404), path


def test_year_when_two_judge_at_the_same_moment_is_judged_once_and_the_other_is_told(console: Console, site: Site) -> None:
    browsers = [console.signed_in(), console.signed_in()]
    for one in browsers:
        one.open(PAGE)
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(lambda one: one.send(PAGE, None, seen="0"), browsers))
    assert sorted(one.status for one in browsers) == [200, 409]
