"""年度考核 on the desk page: the head sees the points, enters an item with a picture, takes the picture back out; others see nothing."""

import io

from PIL import Image

from kiosk.domain.station import Role
from kiosk.services.sign_in import add_staff
from kiosk.text import t
from tests.desk.conftest import DeskStation
from tests.station import PIN, START, STATION


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def test_assessment_when_an_item_is_entered_with_a_picture_brings_its_points(desk: DeskStation) -> None:
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
    for path in ("/assessment", "/assessment/file/x"):
        browser.open(path)
        assert browser.page.status_code == 403
