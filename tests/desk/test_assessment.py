"""年度考核 on the desk page: the head sees the points, enters an item with a picture, takes the picture back out; others see nothing.

After New Year the year that is over comes first, until its papers were made.
"""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from PIL import Image

from kiosk.domain.station import Role
from kiosk.services import claim_papers, claims
from kiosk.services.sign_in import add_staff
from kiosk.text import t
from tests.desk.conftest import DeskStation
from tests.flows.test_assessment import a_person
from tests.station import PIN, START, STATION


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def test_assessment_when_an_item_is_entered_or_counted_leads_from_its_points_to_what_they_stand_on(desk: DeskStation) -> None:
    for n in range(3):
        a_person(desk.station, f"1380000000{n}")
    browser = desk.signed_in()
    page = browser.open("/assessment")
    assert t("assess.placeholder") in page
    assert "0 / 9" in page
    page = browser.upload("/assessment/1.1", "三个区.jpg", a_picture(), value="3", note="<b>")
    assert t("assess.noted") in page
    assert "9 / 9" in page
    assert "&lt;b&gt;" in page
    address = page.split('href="/assessment/file/')[1].split('"')[0]
    browser.open(f"/assessment/file/{address}")
    assert browser.page.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(browser.page.content)).size == (40, 30)
    assert f'<a href="/assessment/2026/3.1">{t("assess.look", count=3)}</a>' in browser.open("/assessment")
    page = browser.open("/assessment/2026/3.1")
    assert page.count("王＊兰 登记") == 3
    assert "王秀兰" not in page
    assert t("assess.placeholder") in page
    assert t("assess.title", year=2026) in page
    for path in ("/assessment/2026/1.1", "/assessment/2026/9.9", "/assessment/2020/3.1"):
        browser.open(path)
        assert browser.page.status_code == 404, path


def test_assessment_when_something_is_wrong_says_so_beside_it_and_keeps_what_was_typed(desk: DeskStation) -> None:
    browser = desk.signed_in()
    browser.open("/assessment")
    page = browser.upload("/assessment/1.1", "装.exe", b"MZ" + bytes(100), value="3", note="三个区")
    assert browser.page.status_code == 422
    assert t("bad.evidence.kind") in page
    assert 'value="三个区"' in page
    assert t("bad.evidence.value") in browser.send("/assessment/1.1", value="三")
    browser.open("/assessment")
    browser.upload("/assessment/1.1", "片.mp4", bytes(9 * 1024 * 1024), value="3")
    assert (browser.page.status_code, t("desk.too_large") in browser.page.text) == (413, True)


def test_assessment_when_staff_are_no_head_is_not_theirs(desk: DeskStation) -> None:
    with desk.station.store.write() as u:
        person = add_staff(u, START, STATION.id, "王芳", Role.STAFF, PIN)
    browser = desk.browser()
    assert t("section.assessment") not in browser.sign_in(person.id)
    for path in ("/assessment", "/assessment/file/x", "/assessment/2026/3.1"):
        browser.open(path)
        assert browser.page.status_code == 403


def test_assessment_when_the_year_is_over_comes_first_until_its_papers_are_made(desk: DeskStation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_papers, "makes_pdf", lambda: False)
    here = desk.station.here
    a_person(desk.station, "13800000001")
    claims.claim(here, desk.station.head, "1.1", "2", "去年的三个区", ("去年.jpg", a_picture()))
    desk.station.clock.now = datetime(2027, 1, 5, 2, tzinfo=UTC)
    a_person(desk.station, "13800000002")
    browser = desk.signed_in()
    page = browser.open("/assessment")
    assert t("assess.title", year=2026) in page
    assert t("assess.over", year=2026) in page
    assert t("claim_papers.not_yet", year=2026) in page
    assert "去年的三个区" in page
    page = browser.upload("/assessment/1.1", "改.jpg", a_picture(), year="2026", value="3", note="改过的")
    assert "改过的" in page, "one comes back to the year"
    assert t("assess.title", year=2026) in page
    assert "去年.jpg" not in browser.open("/assessment?year=2027")
    assert t("claim_papers.make", year=2027) in browser.page.text
    browser.open("/assessment")
    browser.send("/papers/claim", year="2026", password="")
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(browser.page.content)).namelist()
    page = browser.open("/assessment")
    assert t("assess.title", year=2027) in page
    assert "2027年1月5日做过" in browser.open("/assessment?year=2026")
    browser.upload("/assessment/1.1", "x.jpg", a_picture(), year="2020", value="3")
    assert browser.page.status_code == 404
