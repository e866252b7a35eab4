"""The review queue on the desk page: the same decisions as in staff mode, and what was typed stays."""

from kiosk.domain.listing import Review
from kiosk.services.publish import pending, post
from kiosk.text import t
from tests.desk.conftest import Browser, DeskStation
from tests.station import a_posting

FEE = "每人150元工装费入职时交清，不收押金。"


def _open(desk: DeskStation, **changes: str) -> tuple[Browser, str]:
    listing = post(desk.station.here, a_posting(**changes)).listing
    browser = desk.signed_in()
    browser.open("/review")
    return browser, listing.id


def _public(desk: DeskStation, listing_id: str) -> bool:
    with desk.station.store.read() as u:
        return u.published(listing_id) is not None


def test_review_when_clean_is_public_with_one_click(desk: DeskStation) -> None:
    browser, listing = _open(desk)
    assert t("review.no_findings") in browser.page.text
    said = browser.send(f"/review/{listing}", verdict="approve", revision="1")
    assert t("review.approved") in said
    assert t("review.nothing") in said
    assert _public(desk, listing)


def test_review_when_a_rule_holds_marks_the_words_and_wants_a_reason(desk: DeskStation) -> None:
    browser, listing = _open(desk, description=FEE)
    assert '<mark class="bad">' in browser.page.text
    assert '<mark class="good">不收押金</mark>' in browser.page.text
    text = browser.send(f"/review/{listing}", verdict="approve", revision="1", reason="先写在这里")
    assert browser.page.status_code == 422
    assert t("bad.review.hold_reason") in text
    assert "先写在这里" in text
    assert not _public(desk, listing)
    holds: dict[str, str] = {f"hold.{f.rule}": "已打电话核实" for f in pending(desk.station.here)[0].findings}
    browser.send(f"/review/{listing}", verdict="approve", revision="1", **holds)
    assert _public(desk, listing)


def test_review_when_returned_without_a_reason_asks_for_it(desk: DeskStation) -> None:
    browser, listing = _open(desk)
    assert t("bad.review.reason") in browser.send(f"/review/{listing}", verdict="return", revision="1")
    assert t("review.returned") in browser.send(f"/review/{listing}", verdict="return", revision="1", reason="请写清楚地点")
    with desk.station.store.read() as u:
        assert [r.reason for r in u.list(Review, listing_id=listing)] == ["请写清楚地点"]


def test_review_when_a_colleague_was_quicker_says_so(desk: DeskStation) -> None:
    browser, listing = _open(desk)
    other = desk.signed_in()
    other.open("/review")
    other.send(f"/review/{listing}", verdict="approve", revision="1")
    assert t("desk.changed") in browser.send(f"/review/{listing}", verdict="approve", revision="1")
    assert browser.page.status_code == 409


def test_review_when_the_form_is_nonsense_answers_calmly(desk: DeskStation) -> None:
    browser, listing = _open(desk)
    for fields in ({}, {"verdict": "maybe", "revision": "1"}, {"verdict": "approve", "revision": "one"}):
        browser.send(f"/review/{listing}", **fields)
        assert browser.page.status_code in (403, 404)
        browser.open("/review")
    assert not _public(desk, listing)


def test_review_when_the_text_is_html_shows_it_as_text(desk: DeskStation) -> None:
    browser, _ = _open(desk, description="<script>alert(1)</script> <b>好</b>")
    assert "<script>" not in browser.page.text
    assert "&lt;script&gt;" in browser.page.text
