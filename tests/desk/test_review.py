"""The review queue on the desk page: the same decisions as in staff mode, and what was typed stays."""

from kiosk.domain.employer import Employer
from kiosk.domain.listing import Collected, Review
from kiosk.domain.station import Role, Staff
from kiosk.services import employers
from kiosk.services.publish import UNDO_WITHIN, pending, post
from kiosk.services.sign_in import add_staff
from kiosk.text import t
from tests.desk.conftest import Browser, DeskStation
from tests.station import STATION, a_posting

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


def test_review_when_taken_back_within_the_minute_waits_again_and_is_no_more_public(desk: DeskStation) -> None:
    browser, listing = _open(desk)
    page = browser.send(f"/review/{listing}", verdict="approve", revision="1")
    with desk.station.store.read() as u:
        (review,) = u.list(Review, listing_id=listing)
    assert f'value="{review.id}"' in page
    desk.station.clock.tick(seconds=20)
    assert t("review.undone") in browser.send("/review/undo", review=review.id)
    assert browser.page.url.split("?")[0].endswith(f"/review/{listing}")
    assert not _public(desk, listing)
    assert "/review/undo" not in browser.page.text


def test_review_when_the_minute_is_over_offers_no_taking_back_and_refuses_it(desk: DeskStation) -> None:
    browser, listing = _open(desk)
    browser.send(f"/review/{listing}", verdict="approve", revision="1")
    with desk.station.store.read() as u:
        (review,) = u.list(Review, listing_id=listing)
    desk.station.clock.tick(seconds=UNDO_WITHIN.total_seconds() + 1)
    page = browser.send("/review/undo", review=review.id)
    assert browser.page.status_code == 422
    assert t("bad.review.undo_late") in page
    assert "/review/undo" not in browser.open("/review")
    assert _public(desk, listing)


def test_review_when_another_decided_lets_nobody_else_take_it_back(desk: DeskStation) -> None:
    browser, listing = _open(desk)
    browser.send(f"/review/{listing}", verdict="approve", revision="1")
    with desk.station.store.read() as u:
        (review,) = u.list(Review, listing_id=listing)
    other = _clerk(desk)
    assert "/review/undo" not in other.open("/review")
    other.open("/papers")
    other.send("/review/undo", review=review.id)
    assert other.page.status_code == 403
    assert _public(desk, listing)


def test_review_when_the_employer_is_held_says_so_and_refuses_with_its_sentence(desk: DeskStation) -> None:
    browser, listing = _open(desk)
    with desk.station.store.read() as u:
        (employer,) = u.list(Employer)
    employers.hold(desk.station.here, desk.station.head, employer.id, "欠薪")
    page = browser.open("/review")
    assert t("review.held") in page
    assert f"/employers/{employer.id}" in page
    page = browser.send(f"/review/{listing}", verdict="approve", revision="1", reason="先写在这里")
    assert browser.page.status_code == 422
    assert t("bad.review.held", name=employer.name) in page
    assert "先写在这里" in page
    assert not _public(desk, listing)


def test_review_when_the_same_stands_there_twice_shows_the_other(desk: DeskStation) -> None:
    post(desk.station.here, a_posting())
    browser, listing = _open(desk)
    page = browser.open(f"/review/{listing}")
    assert t("review.twin") in page
    assert t("same.phone") in page


def test_review_when_it_is_his_own_says_that_a_colleague_must_look(desk: DeskStation) -> None:
    clerk = _clerk(desk)
    listing = post(desk.station.here, a_posting(), Collected.STAFF, _clerk_id(desk)).listing
    page = clerk.open(f"/review/{listing.id}")
    assert t("review.own") in page
    page = clerk.send(f"/review/{listing.id}", verdict="approve", revision="1")
    assert clerk.page.status_code == 422
    assert not _public(desk, listing.id)


def _clerk_id(desk: DeskStation) -> str:
    with desk.station.store.read() as u:
        return next(person.id for person in u.list(Staff) if person.name == "张伟")


def _clerk(desk: DeskStation) -> Browser:
    with desk.station.store.write() as u:
        clerk = add_staff(u, desk.station.clock(), STATION.id, "张伟", Role.STAFF, "739164")
    browser = desk.browser()
    browser.sign_in(clerk.id, "739164")
    return browser


def test_review_when_a_reason_lacks_shows_which_and_keeps_no_more_than_a_line(desk: DeskStation) -> None:
    browser, listing = _open(desk, description=FEE)
    text = browser.send(f"/review/{listing}", verdict="approve", revision="1")
    assert '<label class="wrong">' + t("desk.why", title=t("rule.fee.title")) in text
    browser.send(f"/review/{listing}", verdict="reject", revision="1", reason="假" * 3000)
    with desk.station.store.read() as u:
        assert [len(r.reason) for r in u.list(Review)] == [200]


def test_review_when_a_colleague_must_do_it_offers_no_approval(desk: DeskStation) -> None:
    head = desk.station.head
    with desk.station.store.write() as u:
        add_staff(u, desk.station.clock(), STATION.id, "张伟", Role.STAFF, "739164")
    post(desk.station.here, a_posting(), Collected.STAFF, head.staff_id)
    browser = desk.signed_in()
    assert f"disabled>{t('review.own_kind')}" in browser.open("/review")
