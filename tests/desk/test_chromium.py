"""The desk page in real Chromium: a clerk's morning, typed and clicked, with nothing cut off."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.services.publish import pending, post
from kiosk.text import t
from tests.desk.chromium import Chromium
from tests.desk.conftest import DeskStation
from tests.station import PIN, a_posting


@pytest.fixture
def chromium(desk: DeskStation, tmp_path: Path) -> Iterator[Chromium]:
    """Give a browser that trusts the station's certificate."""
    browser = Chromium(tmp_path / "profile", desk.certificate)
    yield browser
    browser.close()


def sign_in(desk: DeskStation, chromium: Chromium) -> None:
    """Sign the head of station in, as he does it."""
    chromium.open(desk.base)
    chromium.type("pin", PIN)
    chromium.click(t("desk.enter"))
    assert t("header.who", name="李芳", role=t("role.head")) in chromium.text()


def test_review_when_clicked_through_in_chromium_publishes_with_a_reason(desk: DeskStation, chromium: Chromium) -> None:
    post(desk.station.here, a_posting(description="每人150元工装费入职时交清，不收押金。"))
    sign_in(desk, chromium)
    chromium.click(t("section.review"))
    assert chromium.wider_than_window() == 0
    for finding in pending(desk.station.here)[0].findings:
        chromium.type(f"hold.{finding.rule}", t("reason.hold_1"))
    chromium.click(t("review.approve_reasons"))
    assert t("review.approved") in chromium.text()
    with desk.station.store.read() as u:
        assert len(list(u.newest())) == 1
    chromium.click(t("desk.hand_over"))
    assert t("sign_in.who") in chromium.text()


def test_import_when_ads_are_pasted_in_chromium_is_completed_and_waits_for_review(desk: DeskStation, chromium: Chromium) -> None:
    sign_in(desk, chromium)
    chromium.click(t("section.import"))
    assert chromium.wider_than_window() == 0
    chromium.type("text", "招装卸工3人 260/天 日结 管饭 义堂镇政府旁 11月24号早7点到下午5点半 干3天 电话 199 0000 1234")
    chromium.click(t("desk.import_chat_go"))
    assert chromium.wider_than_window() == 0
    for name, words in (("employer_name", "汉十物流"), ("contact_name", "周建国"), ("requirements", "能吃苦")):
        chromium.type(f"d.1.{name}", words)
    chromium.click(t("desk.import_number", number=1))
    chromium.click(t("desk.import_take"))
    assert t("desk.import_listings", count=1) in chromium.text()
    assert [p.listing.contact_name for p in pending(desk.station.here)] == ["周建国"]


def test_rooms_when_opened_on_a_small_window_cut_nothing_off(desk: DeskStation, chromium: Chromium) -> None:
    listing = post(desk.station.here, a_posting()).listing
    sign_in(desk, chromium)
    for width in (1440, 820):
        chromium.resize(width, 900)
        for path in ("/", "/review", "/import", "/follow-up", "/employers", f"/employers/{listing.employer_id}", "/papers"):
            chromium.open(desk.base + path)
            assert chromium.wider_than_window() == 0, (path, width)


def test_assessment_when_an_item_is_entered_in_chromium_stands_with_its_number(desk: DeskStation, chromium: Chromium) -> None:
    sign_in(desk, chromium)
    chromium.click(t("section.assessment"))
    assert chromium.wider_than_window() == 0
    chromium.type("value", "3")
    chromium.click(t("assess.note", name="服务区、发布区、洽谈区"))
    assert t("assess.noted") in chromium.text()
    assert t("assess.item_unproved") in chromium.text()
