"""考核 through a browser: papers handed in by a real station, judged, published to it, and paid; and what the county counts again."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import sqlalchemy as sa
from openpyxl import load_workbook

from kiosk.county.console.counter import local
from kiosk.county.console.roles import Role
from kiosk.county.schema import record
from kiosk.domain.yearly import PaperSet
from kiosk.services.assessment import assess
from kiosk.services.assessment_words import judged
from kiosk.text import t
from tests.console.conftest import Console
from tests.console.handed_in import PAGE, YEAR, hand_in, judge, marked, papers_of, site
from tests.hub_parts import OTHER, OURS
from tests.integration.test_backup_sync import settle
from tests.safety.parts import Site, add

__all__ = ["site"]


def test_year_when_judged_and_published_reaches_its_station_and_the_list_of_who_is_paid(console: Console, site: Site) -> None:
    centre = console.signed_in()
    assert t("console.need.judge", count=1, year=YEAR) in centre.open("/")
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
    grades = t("console.assessment.told_grade", grade=found.judgement.grade, count=1)
    assert told == f"{grades}。{t('console.assessment.provisional')}", "nobody takes a trial for the county's word"
    centre.open(f"/assessment/{YEAR}/subsidies.xlsx")
    cells = [cell.value for row in load_workbook(io.BytesIO(centre.page.content)).active.iter_rows() for cell in row]
    assert OURS.name in cells
    assert found.judgement.grade in cells
    assert t("console.assessment.provisional") in cells


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
    made_at = local(papers_of(site).made_at)
    site.clock.tick(hours=1)
    add(site.station.here, "13900001235", "刘桂香")
    add(site.station.here, "13900001236", "陈大明")
    settle(site.station.store, console.hub)
    page = centre.open(f"{PAGE}?count=1")
    assert marked(page) == [], "the county counts as its station did, and nothing that came later"
    assert t("console.assessment.counted_until", when=made_at.strftime("%Y-%m-%d %H:%M")) in page
    with site.station.store.write() as u:
        last = max(u.list(PaperSet), key=lambda one: one.made_at)
        lies = tuple(replace(item, value="640") if item.measure == "registrations" else item for item in last.items)
        u.keep(replace(last, id=last.id[:-1] + "f", items=lies, made_at=site.clock()))
    settle(site.station.store, console.hub)
    page = centre.open(f"{PAGE}?count=1")
    assert "640" in page
    (item,) = marked(page)
    page = centre.open(item)
    assert t("console.counted.sums", said="640", counted="3") in page
    assert page.count("刘＊") == 1
    assert "刘桂香" not in page
    assert centre.open(re.findall(r'href="/console(/people/[^"]+)"', page)[0])
    assert centre.status == 200


def test_evidence_when_looked_at_is_a_picture_and_nobody_gets_a_file_that_is_not_of_this_year(console: Console, site: Site) -> None:
    centre = console.signed_in()
    last = papers_of(site)
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
    bureau.open(PAGE)
    bureau.send(f"{PAGE}/accept", seen="1", accepted_on="2026-11-23", accepted_note="")
    assert bureau.status == 403
    own = console.signed_in(Role.TOWNSHIP, OURS.id)
    assert t("console.bundle.check") not in own.open(PAGE)
    own.send(f"{PAGE}/check", files={"bundle": ("材料.zip", b"PK")})
    assert own.status == 403
    own.open(f"{PAGE}/sample")
    assert own.status == 403, "its own station is judged"
    console.hub.clock.tick(seconds=1)
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
